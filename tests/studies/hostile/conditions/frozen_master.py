"""In a forked worker a second preload() with nothing to do makes no page private, and costs nearly
nothing.
"""

from __future__ import absolute_import, division, print_function

import gc
import os
import sys
import time

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 14
SINCE = (3, 7)
CASES = (
    "frozen-after-preload-pages",
    "frozen-after-preload-time",
    "frozen-before-preload-pages",
    "frozen-before-preload-time",
)
SECONDS = 3
CASE = arena.case(CASES)
BOUND = 2 * 2**20
OBJECTS = 300000

if not os.path.exists("/proc/self/smaps_rollup"):
    arena.does_not_apply("no smaps_rollup")


class Record(object):
    def __init__(self, number):
        self.number, self.text = number, str(number)

    def late(self):
        import sched  # noqa: F401


def private():
    with open("/proc/self/smaps_rollup") as stream:
        return sum(int(line.split()[1]) for line in stream if line.startswith("Private_Dirty")) * 1024


def timed(options):
    started = time.time()
    warmup.preload(**options)
    return time.time() - started


def worker(options):
    """Return the bytes that became private in a second call, and its seconds."""
    private()  # what reading the file itself makes private
    before = private()
    seconds = timed(options)
    return "%d %r" % (private() - before, seconds)


import json  # noqa: E402,F401
import logging  # noqa: E402,F401
import socket  # noqa: E402,F401

heap = [Record(number) for number in range(OBJECTS)]
import warmup  # noqa: E402

gc.collect()
if CASE.startswith("frozen-before"):
    gc.freeze()
first = timed({})
gc.collect()
if CASE.startswith("frozen-after"):
    gc.freeze()
arena.arranged(gc.get_freeze_count() > OBJECTS // 2, "only %d objects are frozen" % gc.get_freeze_count())
gc.disable()  # in the worker no collection of the program's own shall make pages private
# The least of three workers: another program's burst of work can only make a call slower.
calls = [arena.in_child(worker, {}).split() for _ in range(3)]
size, second = min(int(size) for size, _ in calls), min(float(second) for _, second in calls)
if CASE.endswith("pages"):
    arena.expect(size <= BOUND, "%.1f MiB became private" % (size / 2.0**20))
else:
    arena.expect(second < first / 10, "the second call took %.1f ms, the first %.1f" % (1000 * second, 1000 * first))
arena.held()
