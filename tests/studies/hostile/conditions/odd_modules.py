"""Objects in sys.modules that cannot be looked at do not make preload() raise."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 3
CASES = (
    "attributes-raise",
    "class-raises",
    "path-raises",
    "path-is-a-number",
    "dict-raises",
    "hash-raises",
    "name-is-a-number",
    "name-is-bytes",
    "parent-of-a-target",
    "gevent",
    "threading",
    "sysconfig",
    "named",
    "package",
    "blocked-zipimport",
    "blocked-threading",
    "blocked-warnings",
)
DIFFERENT = {"name-is-bytes": {"SINCE": (3, 6)}}
PART = ("blocked-zipimport", "gevent", "path-raises", "sysconfig")
CASE = arena.case(CASES)


def late():
    import email.generator  # noqa: F401
    import sched  # noqa: F401


class Bomb(object):
    def __getattribute__(self, name):
        raise RuntimeError("no attribute of this may be looked at: %s" % name)


class ClassRaises(object):
    __class__ = property(lambda self: 1 // 0)


class PathRaises(object):
    __path__ = property(lambda self: 1 // 0)


class DictRaises(object):
    __dict__ = property(lambda self: 1 // 0)
    __path__ = ()


class NoHash(object):
    __hash__ = None


class NumberPath(object):
    __path__ = 3


import warmup  # noqa: E402,F401

if "warnings" not in CASE and "threading" not in CASE:
    import threading  # noqa: F401
    import warnings  # noqa: F401
name, value, options = "hostile_odd", Bomb(), {"codecs": ()}
if CASE == "class-raises":
    value = ClassRaises()
elif CASE == "path-raises":
    value, options["packages"] = PathRaises(), ["hostile_odd"]
elif CASE == "path-is-a-number":
    value, options["packages"] = NumberPath(), ["hostile_odd"]
elif CASE == "dict-raises":
    value, options["packages"] = DictRaises(), ["hostile_odd"]
elif CASE == "hash-raises":
    value = NoHash()
elif CASE == "name-is-a-number":
    name = 3
elif CASE == "name-is-bytes":
    name = b"hostile_odd"
elif CASE == "parent-of-a-target":
    name = "email"
elif CASE == "gevent":
    name = "gevent.monkey"
elif CASE in ("threading", "sysconfig"):
    name = CASE
elif CASE == "named":
    options["modules"] = ["hostile_odd", "hostile_odd.below"]
elif CASE == "package":
    options["packages"] = ["hostile_odd"]
elif CASE.startswith("blocked-"):
    name, value = CASE.partition("-")[2], None
sys.modules[name] = value
report = arena.preload(**options)
if CASE not in ("threading", "blocked-threading", "blocked-warnings"):  # sched needs them
    arena.expect(arena.loaded("sched"), "sched was not warmed: %s" % arena.said(report, "sched"))
arena.expect(sys.modules[name] is value, "the object was replaced")
arena.held()
