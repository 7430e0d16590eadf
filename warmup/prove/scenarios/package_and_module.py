"""Two threads import a package and one of its modules at the same moment.

The first thread holds the package's lock and waits for the module's lock. The second thread holds
the module's lock and waits for the package's lock. The import system detects the deadlock, and
gives one thread a half-imported module or an error.
"""

from __future__ import absolute_import, division, print_function

import sys
import threading
from timeit import default_timer as clock

POSITION = 95
COLD = {
    "2.7": "absent",
    "3.6": "raises AttributeError",
    "3.7-3.14": "raises ImportError or raises _DeadlockError",
    "3.15-": "fine",
    "pypy": "raises ImportError or raises _DeadlockError",
}
NEEDS = ("asyncio",)
LIMIT = 1.0  # seconds that the package's body waits for the other thread
in_package, at_package = threading.Event(), threading.Event()
answers = []


def stage(frame, event, argument):  # makes "the same moment" happen every time
    if frame.f_code.co_name == "<module>" and frame.f_globals["__name__"] == "asyncio":
        in_package.set()
        at_package.wait(LIMIT)
    elif getattr(frame.f_locals.get("self"), "name", "") == "asyncio":  # asks for its lock
        if frame.f_code.co_name == "acquire" and in_package.is_set():
            at_package.set()


def import_package():
    try:
        import asyncio  # noqa: F401
    except Exception as error:
        answers.append("raises %r" % error)
    in_package.set()


def import_module():
    in_package.wait()
    try:
        import asyncio.tasks  # noqa: F401
    except Exception as error:
        answers.append("raises %r" % error)


if "warm" in sys.argv:
    import warmup

    warmup.preload()
began = clock()
threading.settrace(stage)
threads = [threading.Thread(target=target) for target in (import_package, import_module)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
outcome = answers[0] if answers else "fine"
print("%s after %.4f s" % (outcome, clock() - began))
sys.exit(outcome != "fine")
