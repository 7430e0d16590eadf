"""Ten threads that preload, watch, fork, import and define functions at once, many times, do not disturb each other."""

from __future__ import absolute_import, division, print_function

import os
import signal
import sys
import threading

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = "held"
SECONDS = 3
LIMIT = 60
TURNS = 15
DIES_AFTER = 20  # seconds: a child that hangs
# 3.13t forks while another thread holds the lock of a dictionary, of sys.modules too: a child may wait for ever.
FORKS = sys.version_info >= (3, 7) and getattr(sys, "_is_gil_enabled", lambda: True)()

import warmup  # noqa: E402

problems, watches, defined = [], [], []


def late():
    import email.generator  # noqa: F401
    import sched  # noqa: F401


def preload(number, turn):
    # Each turn excludes another name, so that the call looks at everything.
    report = warmup.preload(codecs=(), exclude=["hostile_%d_%d" % (number, turn)])
    if report.failed:
        problems.append("failed: %s" % arena.short(report.failed))


def watch(number, turn):
    with warmup.watch() as one:
        name = "hostile_late_%d" % number
        sys.modules.pop(name, None)
        __import__(name)
    watches.append(len(one.late))


def define(number, turn):
    space = {"__name__": "hostile_defined_%d_%d" % (number, turn)}
    exec("".join("def f%d():\n    import sched\n" % one for one in range(50)), space)
    defined.append(space)
    sys.modules[space["__name__"]] = type(sys)(space["__name__"])
    sys.modules.pop(space["__name__"])


def fork(number, turn):
    child = os.fork()
    if child == 0:
        signal.alarm(DIES_AFTER)
        code = 1
        try:
            code = len(warmup.preload(codecs=()).failed)
        finally:
            os._exit(code)
    end = os.waitpid(child, 0)[1]
    if end:
        problems.append("a child ended with %d" % end)


def run(act, number):
    try:
        ready.wait(20)
        for turn in range(TURNS):
            act(number, turn)
    except BaseException as error:
        problems.append("%s: %s" % (act.__name__, arena.described(error)))


signal.signal(signal.SIGALRM, signal.SIG_DFL)
arena.folder({"hostile_late_%d.py" % number: "" for number in range(10)})
arena.preload(codecs=())
if FORKS:
    warmup.guard_fork()
before = arena.state()
ready = threading.Event()
acts = [preload, watch, define, fork if FORKS else define, preload] * 2
threads = [threading.Thread(target=run, args=pair) for pair in zip(acts, range(10))]
for thread in threads:
    thread.daemon = True
    thread.start()
ready.set()
for thread in threads:
    thread.join()
arena.expect(not problems, "%d: %s" % (len(problems), arena.short(problems[:3])))
arena.equal(len(watches), 2 * TURNS, "watches that ended")
arena.equal(len(defined), (2 if FORKS else 4) * TURNS, "times that functions were defined")
arena.equal(arena.changed(before), "", "changed afterwards")
warmup.preload(codecs=())
arena.expect(arena.loaded("sched"), "sched was not warmed afterwards")
arena.held()
