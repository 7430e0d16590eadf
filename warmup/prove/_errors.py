"""The error of this package for what the command line asks for."""

from __future__ import absolute_import, division, print_function


class UsageError(ValueError):
    """Something was asked for that does not exist or cannot work; the text says what to do."""
