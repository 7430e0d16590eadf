"""Threads and objects that change sys.modules meanwhile do not make preload() raise."""

from __future__ import absolute_import, division, print_function

import sys
import threading
import time

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 3
CASES = ("by-threads", "by-a-finder", "by-an-attribute", "by-the-collector")
DIFFERENT = {"by-threads": {"SECONDS": 5}}
LIMIT = 60
PART = ("by-a-finder", "by-an-attribute")
CASE = arena.case(CASES)

import warmup  # noqa: E402

changes = []
# Made once: a new module at each change would make the collector, and not sys.modules, what is busy (3.13t).
MODULES = [type(sys)("hostile_made_up_%d" % number) for number in range(350)]


def late():
    import email.generator  # noqa: F401
    import sched  # noqa: F401


def change():
    changes.append(1)
    first = len(changes) % 7 * 50
    for module in MODULES[first : first + 50]:
        if module.__name__ in sys.modules:
            sys.modules.pop(module.__name__, None)
        else:
            sys.modules[module.__name__] = module


class Changes(type(sys)):
    def __getattribute__(self, name):
        change()
        raise AttributeError(name)


if CASE == "by-threads":
    stop = threading.Event()

    def run():
        while not stop.is_set():
            change()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.daemon = True
        thread.start()
    getattr(sys, "setswitchinterval", lambda seconds: sys.setcheckinterval(1))(0.000005)
    problem, end, calls = None, time.time() + 4, 0
    while problem is None and time.time() < end:
        calls += 1
        for name in ("sched", "email.generator"):
            sys.modules.pop(name, None)
        try:
            warmup.preload(codecs=(), exclude=["hostile%d" % calls])
        except Exception as error:
            problem = "call %d raised %s" % (calls, arena.described(error))
    stop.set()
    arena.expect(problem is None, problem)
else:
    if CASE == "by-a-finder":
        sys.meta_path.insert(0, arena.finder(lambda name: change()))
    elif CASE == "by-an-attribute":
        for name in ("hostile_changing", "gevent.monkey", "email"):
            sys.modules[name] = Changes(name)
    else:
        import gc

        def callback(phase, info):
            change()

        if not hasattr(gc, "callbacks"):
            arena.does_not_apply("gc.callbacks came with 3.3")
        gc.callbacks.append(callback)
        gc.set_threshold(20)
    report = arena.preload(codecs=())
    arena.expect(arena.loaded("sched"), "sched was not warmed: %s" % arena.said(report, "sched"))
    if CASE != "by-the-collector":
        arena.arranged(changes, "nothing was changed")
arena.held()
