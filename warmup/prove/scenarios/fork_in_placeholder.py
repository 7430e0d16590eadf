"""A process forks while another of its threads wakes a lazily imported module; the child wants it.

A lazy import (PEP 810, 3.15) is loaded by the first use of its name, wherever that happens:
here `colorsys` looks imported since the top of the file, and the child hangs all the same.
"""
from __future__ import absolute_import, division, print_function

import os
import select
import signal
import sys
import threading
from timeit import default_timer as clock

__lazy_modules__ = ["colorsys"]  # 3.15 reads this as `lazy import colorsys`
import colorsys  # noqa: E402

COLD = {"2.7": "fine", "3.6-3.14": "fine", "3.15-": "child hangs", "pypy": "fine"}
NEEDS = ("fork",)
LIMIT = 1.0  # seconds that the import in flight, and then the child, are waited for
importing, forked = threading.Event(), threading.Event()
answers = []


def late():
    colorsys.rgb_to_hsv(0.1, 0.2, 0.3)


def stall(frame, event, argument):  # a module that takes long to run its first line
    if frame.f_code.co_name == "<module>" and frame.f_globals["__name__"] == "colorsys":
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
