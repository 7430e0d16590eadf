"""A process forks while another of its threads is running a module's body; the child needs it.

The child inherits the module's lock as held, but not the thread that would release it, and
waits for ever. A worker pool that forks while the application still warms up does this.
"""
from __future__ import absolute_import, division, print_function

import os
import select
import signal
import sys
import threading
from timeit import default_timer as clock

COLD = {"2.7": "fork stalls", "3.6-": "child hangs", "pypy": "child hangs"}
NEEDS = ("fork",)
LIMIT = 1.0  # seconds that the import in flight, and then the child, are waited for
importing, forked = threading.Event(), threading.Event()
answers = []


def late():
    import csv  # noqa: F401  where it is needed, as many do


def stall(frame, event, argument):  # a module that takes long to run its first line
    if frame.f_code.co_name == "<module>" and frame.f_globals["__name__"] == "csv":
        importing.set()
        if not forked.wait(LIMIT):
            answers.append("fork stalls")


def work():
    try:
        late()
    except Exception as error:
        answers.append("raises %r" % error)
    importing.set()


if "warm" in sys.argv:
    import warmup

    warmup.preload()
threading.settrace(stall)
threading.Thread(target=work).start()
importing.wait()
began = clock()
reader, writer = os.pipe()
child = os.fork()
if child == 0:
    try:
        late()
        os._exit(0)
    finally:
        os._exit(1)
forked.set()
os.close(writer)
if not select.select([reader], [], [], LIMIT)[0]:  # readable once the child has ended
    os.kill(child, signal.SIGKILL)
    answers.append("child hangs")
seconds = clock() - began
if os.waitpid(child, 0)[1] and not answers:
    answers.append("child fails")
outcome = answers[0] if answers else "fine"
print("%s after %.4f s" % (outcome, seconds))
sys.exit(outcome != "fine")
