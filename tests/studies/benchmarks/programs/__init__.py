"""Hold programs that are warmed in several ways, and the ways."""

from __future__ import absolute_import, division, print_function
