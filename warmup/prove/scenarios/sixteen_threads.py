"""Sixteen workers parse their first date at the same moment.

Fifteen workers wait until the sixteenth has imported `_strptime` and has compiled its patterns. On
2.7 they fail with the half-imported module instead. The figure is the processor time of the slowest
worker; the others wait as long. On Windows it is the time that passes. preload() primes this
format. With another format, the warm run would be slow too.
"""

from __future__ import absolute_import, division, print_function

import datetime
import sys
import threading
import time
from timeit import default_timer as clock

POSITION = 120
COLD = {
    "2.7": "raises AttributeError or raises ImportError",  # the fifteen do not wait there
    "3.6-": "slow",
    "pypy": "slow",
}
RUNS = 3  # a race on 2.7, a few milliseconds elsewhere
go = threading.Event()
seconds, errors = [], []
if hasattr(time, "CLOCK_THREAD_CPUTIME_ID"):  # on a busy machine, warm workers would be slow too

    def clock():
        return time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID)


def work():
    go.wait()
    began = clock()
    try:
        datetime.datetime.strptime("2024", "%Y")
    except Exception as error:
        errors.append("raises %r" % error)
    seconds.append(clock() - began)


if "warm" in sys.argv:
    import warmup

    warmup.preload()
threads = [threading.Thread(target=work) for _ in range(16)]
for thread in threads:
    thread.start()
go.set()
for thread in threads:
    thread.join()
outcome = errors[0] if errors else "fine"
print("%s after %.4f s" % (outcome, max(seconds)))
sys.exit(outcome != "fine")
