"""A program of the usual kind, as text, for tests that run it."""

from __future__ import absolute_import, division, print_function

# As far as this interpreter has the modules.
PROGRAM = u"""
for name in ("json", "logging", "socket", "ssl", "http.client", "urllib.request", "urllib2", "email", "asyncio",
             "sqlite3", "concurrent.futures", "xml.etree.ElementTree", "decimal", "zoneinfo"):
    try:
        __import__(name)
    except ImportError:
        pass
import json
"""
