"""preload() under a limit of the system returns a report, or passes MemoryError on; it does not
crash.
"""

from __future__ import absolute_import, division, print_function

import os
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = "held"
CASES = (
    "few-descriptors",
    "no-descriptors",
    "little-address-space",
    "no-address-space",
    "no-new-processes",
    "no-files-may-grow",
    "low-recursion-limit",
    "low-stack",
)
LIMIT = 60
PART = ("few-descriptors", "no-address-space")
CASE = arena.case(CASES)

import resource  # noqa: E402


def limit(which, value):
    resource.setrlimit(which, (value, resource.getrlimit(which)[1]))


def used():
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def late():
    import sched  # noqa: F401


import warmup  # noqa: E402

before = arena.state()
taken = []
if CASE in ("few-descriptors", "no-descriptors"):
    limit(resource.RLIMIT_NOFILE, 32)
    try:
        while True:
            taken.append(os.dup(0))
    except OSError:
        pass
    if CASE == "few-descriptors":
        for number in taken[:3]:
            os.close(number)
elif CASE in ("little-address-space", "no-address-space"):
    if not os.path.exists("/proc/self/statm"):
        arena.does_not_apply("no /proc")
    if arena.PYPY and CASE == "no-address-space":
        arena.does_not_apply("PyPy itself ends the process when it gets no memory")
    limit(resource.RLIMIT_AS, used() + (256 if CASE.startswith("little") else 1) * 2**20)
elif CASE == "no-new-processes":
    limit(resource.RLIMIT_NPROC, 0)
elif CASE == "no-files-may-grow":
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limit(resource.RLIMIT_FSIZE, 0)
elif CASE == "low-stack":
    limit(resource.RLIMIT_STACK, 512 * 1024)
else:
    sys.setrecursionlimit(150)
    before = arena.state()
report = None
try:
    report = warmup.preload()
except MemoryError:
    arena.expect(CASE == "no-address-space", "preload() raised MemoryError")
except Exception as error:
    arena.broken("preload() raised %s" % arena.described(error))
for number in taken:
    try:
        os.close(number)
    except OSError:
        pass
if CASE in ("little-address-space", "no-address-space"):
    resource.setrlimit(resource.RLIMIT_AS, (resource.getrlimit(resource.RLIMIT_AS)[1],) * 2)
arena.equal(arena.changed(before), "", "changed afterwards")
if CASE not in ("few-descriptors", "no-descriptors", "no-address-space", "low-recursion-limit"):
    arena.equal([one for one in report.failed], [], "failed")
elif CASE.endswith("descriptors"):
    # Once there are descriptors again, a later call warms what could not be read.
    limit(resource.RLIMIT_NOFILE, 256)
    arena.equal([one for one in arena.preload().failed], [], "failed in a later call")
    arena.expect(arena.loaded("sched"), "sched was not warmed in a later call")
arena.held()
