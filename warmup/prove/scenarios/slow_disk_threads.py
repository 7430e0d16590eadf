"""Every import costs 50 ms, and four workers make one late import each.

A slow disk, a network file system or a cold container layer makes the first request of every
kind slow. On 2.7 the worker that parses a date fails, because another worker is inside an
import. The figure is the time of the slowest worker.
"""

from __future__ import absolute_import, division, print_function

import datetime
import sys
import threading
import time
from timeit import default_timer as clock

POSITION = 130
COLD = {"2.7": "raises ImportError", "3.6-": "slow", "pypy": "slow"}
RUNS = 2  # the smallest figure counts, because other programs may slow one run
LATE = (
    lambda: u"b\u00fccher.example".encode("idna"),
    lambda: u"x".encode("cp1250"),
    lambda: b"+AGE-".decode("utf-7"),
    lambda: datetime.datetime.strptime("2024-02-29", "%Y-%m-%d"),
)
seconds, errors = [], []


class SlowDisk(object):
    def find_spec(self, name, path=None, target=None):
        time.sleep(0.05)

    find_module = find_spec  # what 2.7 asks


def work(late):
    began = clock()
    try:
        late()
    except Exception as error:
        errors.append("raises %r" % error)
    seconds.append(clock() - began)


if "warm" in sys.argv:
    import warmup

    warmup.preload()
sys.meta_path.insert(0, SlowDisk())
threads = [threading.Thread(target=work, args=(late,)) for late in LATE]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
outcome = errors[0] if errors else "fine"
print("%s after %.4f s" % (outcome, max(seconds)))
sys.exit(outcome != "fine")
