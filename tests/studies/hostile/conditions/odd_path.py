"""An entry of sys.path that is no text does not make preload() raise."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 3
CASES = (
    "none",
    "int",
    "path-object",
    "bytes",
    "surrogate",
    "nothing-there",
    "a-file",
    "nul",
    "not-a-list",
    "codecs-too",
)
DIFFERENT = {"path-object": {"SINCE": (3, 6)}, "surrogate": {"SINCE": (3, 6)}}
PART = ("none", "path-object")
CASE = arena.case(CASES)

entries = {
    "none": None,
    "int": 3,
    "bytes": b"/hostile-bytes",
    "surrogate": "/hostile-\udc80",
    "nothing-there": "/hostile-nothing/there",
    "a-file": __file__,
    "nul": "/hostile\0nul",
}
if CASE == "path-object":
    import pathlib

    entries[CASE] = pathlib.Path("/hostile-path")


def late():
    import sched  # noqa: F401


import warmup  # noqa: E402,F401

if CASE == "not-a-list":
    sys.path = tuple(sys.path)
else:
    for entry in [entries[CASE]] if CASE in entries else [None, 3]:
        sys.path.insert(0, entry)
        sys.path.append(entry)
path = list(sys.path)
report = arena.preload(codecs=None if CASE == "codecs-too" else ())
# With these, no Python imports anything from a file.
if CASE != "nul" and not (arena.PY2 and CASE == "not-a-list"):
    arena.expect(arena.loaded("sched"), "sched was not warmed: %s" % arena.said(report, "sched"))
arena.equal(list(sys.path), path, "sys.path")
arena.held()
