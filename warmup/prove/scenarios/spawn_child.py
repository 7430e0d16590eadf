"""A program has parsed dates, and a spawned child still imports to parse one.

A spawned child is a new interpreter. It has no module that its parent has loaded. So each child
preloads for itself, in the initializer of the pool. Windows and macOS spawn by default. Here every
import costs 50 ms. The figure is the time that the child takes to parse one date.
"""

from __future__ import absolute_import, division, print_function

import datetime
import multiprocessing
import sys
import time
from timeit import default_timer as clock

POSITION = 160
COLD = {"2.7": "absent", "3.6-": "slow", "pypy": "slow"}
NEEDS = ("multiprocessing.spawn", "semaphores")
RUNS = 2  # the smallest figure counts, because other programs may slow one run
LIMIT = 20  # seconds to wait for the child


class SlowDisk(object):
    def find_spec(self, name, path=None, target=None):
        time.sleep(0.05)


def parse():
    sys.meta_path.insert(0, SlowDisk())
    began = clock()
    datetime.datetime.strptime("2024-02-29", "%Y-%m-%d")
    return clock() - began


if __name__ == "__main__":
    datetime.datetime.strptime("2024-02-29", "%Y-%m-%d")  # the child gains nothing by this
    initializer = None
    if "warm" in sys.argv:
        import warmup

        initializer = warmup.preload
    pool = multiprocessing.get_context("spawn").Pool(1, initializer)
    try:
        seconds, outcome = pool.apply_async(parse).get(LIMIT), "fine"
    except multiprocessing.TimeoutError:
        seconds, outcome = LIMIT, "child hangs"
    pool.terminate()
    pool.join()
    print("%s after %.4f s" % (outcome, seconds))
    sys.exit(outcome != "fine")
