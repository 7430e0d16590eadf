"""A forkserver preloads `datetime`, and each child still imports to parse a date.

The server imports the modules that it is given. It does not import what these modules import late.
Here every import costs 50 ms. The figure is the time that the child takes to parse one date.
"""

from __future__ import absolute_import, division, print_function

import datetime
import multiprocessing
import sys
import time
from timeit import default_timer as clock

POSITION = 150
COLD = {"2.7": "absent", "3.6-": "slow", "pypy": "slow", "win32": "absent"}
NEEDS = ("os.fork", "multiprocessing.forkserver")
RUNS = 2  # the smallest figure counts, because other programs may slow one run
SEE = "https://github.com/python/cpython/issues/157216"
LIMIT = 10  # seconds to wait for the child


class SlowDisk(object):
    def find_spec(self, name, path=None, target=None):
        time.sleep(0.05)


def parse(answer):
    sys.meta_path.insert(0, SlowDisk())
    began = clock()
    datetime.datetime.strptime("2024-02-29", "%Y-%m-%d")
    answer.send(clock() - began)


if __name__ == "__main__":
    context = multiprocessing.get_context("forkserver")
    preload = ["__main__", "datetime"]
    if "warm" in sys.argv:
        preload.append("warmup.auto")
    context.set_forkserver_preload(preload)
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=parse, args=(sender,))
    child.start()
    sender.close()  # without it, poll() would not notice that the child has ended
    answered = receiver.poll(LIMIT)
    if not answered:
        child.terminate()
    child.join()
    outcome = "child hangs" if not answered else "child fails" if child.exitcode else "fine"
    print("%s after %.4f s" % (outcome, LIMIT if outcome != "fine" else receiver.recv()))
    sys.exit(outcome != "fine")
