"""Programs that are prepared in several ways, and the ways."""

from __future__ import absolute_import, division, print_function
