"""Hold what tests and studies share: processes, tables, interpreters, recorders."""

from __future__ import absolute_import, division, print_function
