"""Define the error for wrong input on the command line."""

from __future__ import absolute_import, division, print_function


class UsageError(ValueError):
    """Say that the user asked for something that does not exist or cannot work, and what to do."""
