"""A process forks while a thread waits for a slow disk to find a module.

A thread that looks for a module holds the global import lock. os.fork() takes this lock. So the
parent cannot fork until the disk has answered. `guard_fork_finder` shows the child of such a fork.
"""

from __future__ import absolute_import, division, print_function

import os
import sys
import threading
import time
from timeit import default_timer as clock

POSITION = 40
COLD = {"2.7-": "fork stalls", "pypy": "fork stalls", "win32": "absent"}
NEEDS = ("os.fork",)
LIMIT = 1.0  # seconds that the disk takes unless the fork is done before
importing, forked = threading.Event(), threading.Event()
answers = []


class SlowDisk(object):
    def find_spec(self, name, path=None, target=None):
        if name == "_strptime":
            importing.set()
            if not forked.wait(LIMIT):
                answers.append("fork stalls")

    find_module = find_spec  # what 2.7 asks


def work():
    try:
        time.strptime("2024-02-29", "%Y-%m-%d")
    except Exception as error:
        answers.append("raises %r" % error)
    importing.set()


if "warm" in sys.argv:
    import warmup

    warmup.preload()
sys.meta_path.insert(0, SlowDisk())
thread = threading.Thread(target=work)
thread.start()
importing.wait()
began = clock()
child = os.fork()
if child == 0:
    os._exit(0)
forked.set()
seconds = clock() - began
os.waitpid(child, 0)
thread.join()
outcome = answers[0] if answers else "fine"
print("%s after %.4f s" % (outcome, seconds))
sys.exit(outcome != "fine")
