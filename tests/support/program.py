"""Provide an ordinary program as text, for tests that run it."""

from __future__ import absolute_import, division, print_function

# Without ``try``, the program would fail where the interpreter lacks a module.
PROGRAM = u"""
for name in ("json", "logging", "socket", "ssl", "http.client", "urllib.request", "urllib2", "email", "asyncio",
             "sqlite3", "concurrent.futures", "xml.etree.ElementTree", "decimal", "zoneinfo"):
    try:
        __import__(name)
    except ImportError:
        pass
import json
"""
