"""Seeing imports."""
from __future__ import absolute_import, division, print_function


def in_flight():
    return []
