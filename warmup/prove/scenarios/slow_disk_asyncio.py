"""Every import costs 50 ms, and the event loop parses its first date.

The first argument is the case. No task can await an import. So the whole loop stands still, and
every connection with it. The figure is the longest standstill.
"""

from __future__ import absolute_import, division, print_function

import asyncio
import datetime
import sys
import time
from timeit import default_timer as clock

POSITION = 140
NEEDS = ("asyncio",)
RUNS = 2  # the smallest figure counts, because other programs may slow one run
CASES = (
    {
        "name": "slow_disk_asyncio",
        "title": "Every import costs 50 ms, and the event loop parses its first date.",
        "cold": {"2.7": "absent", "3.6-": "slow", "pypy": "slow"},
    },
    {
        "name": "slow_disk_proactor",
        "title": "Every import costs 50 ms, and the proactor event loop parses its first date.",
        "cold": {"2.7-": "absent", "pypy": "absent", "win32": "slow"},
        "needs": ("asyncio.windows_events",),
    },
)
TICK = 0.005  # seconds
ticks, errors = [], []


class SlowDisk(object):
    def find_spec(self, name, path=None, target=None):
        time.sleep(0.05)


if "warm" in sys.argv:
    import warmup

    warmup.preload()
if "slow_disk_proactor" in sys.argv:
    loop = asyncio.ProactorEventLoop()
else:
    loop = asyncio.SelectorEventLoop()


def tick():
    ticks.append(clock())
    loop.call_later(TICK, tick)


def parse():
    sys.meta_path.insert(0, SlowDisk())
    try:
        datetime.datetime.strptime("2024-02-29", "%Y-%m-%d")
    except Exception as error:
        errors.append("raises %r" % error)


loop.call_soon(tick)
loop.call_later(10 * TICK, parse)
loop.call_later(40 * TICK, loop.stop)
loop.run_forever()
loop.close()
standstill = max(after - before for before, after in zip(ticks, ticks[1:])) - TICK
outcome = errors[0] if errors else "fine"
print("%s after %.4f s" % (outcome, max(standstill, 0)))
sys.exit(outcome != "fine")
