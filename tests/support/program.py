"""Provide programs as text, for tests that run them: an ordinary one, and one that interrupts a function."""

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

# A module that replaces ``__import__`` by a function of its own, as some programs do.
REPLACES_IMPORT = u"""
try:
    import builtins
except ImportError:
    import __builtin__ as builtins
before = builtins.__import__
def hook(*args, **kwargs):
    return before(*args, **kwargs)
builtins.__import__ = hook
"""

# interrupted_at_each_line(is_ours, work, has_left) calls work() again and again, and raises KeyboardInterrupt in it: at
# its first event for which is_ours(frame, event) is true, at its second one and so on, until work() has fewer. It
# returns the places after which has_left() was true, a list, and how many calls it made.
INTERRUPTS = u"""
import sys

def interrupted_at(number, is_ours, work):
    count, place = [0], [None]
    def tracer(frame, event, argument):
        if is_ours(frame, event):
            count[0] += 1
            if count[0] == number:
                sys.settrace(None)
                place[0] = "%s:%d" % (frame.f_code.co_name, frame.f_lineno)
                raise KeyboardInterrupt
        return tracer
    sys.settrace(tracer)
    try:
        work()
    except KeyboardInterrupt:
        pass
    sys.settrace(None)
    return place[0]

def interrupted_at_each_line(is_ours, work, has_left):
    left, number, place = [], 0, ""
    while place is not None:
        number += 1
        place = interrupted_at(number, is_ours, work)
        left += [place] * bool(has_left())
    return left, number
"""
