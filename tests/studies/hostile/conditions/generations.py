"""The program's young objects stay young, and a young collection frees its garbage."""

from __future__ import absolute_import, division, print_function

import gc
import sys
import weakref

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 11
SINCE = (3, 6)
CASES = ("garbage", "objects", "garbage-of-a-second-call")
PART = ("garbage",)
CASE = arena.case(CASES)


class Cycle(object):
    def __init__(self):
        self.itself = self


def late():
    import sched  # noqa: F401


import warmup  # noqa: E402,F401

if arena.PYPY or not getattr(sys, "_is_gil_enabled", lambda: True)():
    arena.does_not_apply("no generations")
if hasattr(gc, "get_freeze_count") and gc.get_freeze_count():
    arena.does_not_apply("this interpreter starts with frozen objects")
if CASE == "garbage-of-a-second-call":
    arena.preload(codecs=())
gc.collect()
# Only what preload() itself does moves objects: no collection of the program's is due.
gc.set_threshold(1000000, 1000, 1000)
cycle = Cycle()
young = weakref.ref(cycle)
if CASE == "objects":
    if sys.version_info < (3, 8):
        arena.does_not_apply("generations can be listed since 3.8")
    report = arena.preload(codecs=())
    oldest = gc.get_objects(generation=2)
    arena.expect(not any(one is cycle for one in oldest), "a new object is among the oldest ones")
    arena.held()
del cycle
report = arena.preload(codecs=())
gc.collect(1)
arena.expect(young() is None, "garbage made just before the call outlives a collection of the young generations")
arena.held()
