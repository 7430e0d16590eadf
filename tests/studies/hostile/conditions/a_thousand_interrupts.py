"""An interrupt at a random moment of preload() comes through, and leaves the process as it was."""

from __future__ import absolute_import, division, print_function

import random
import signal
import sys
import time

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 11
CASES = ("first-calls", "later-calls", "beginnings", "thrown-by-another-thread")
DIFFERENT = {"first-calls": {"SECONDS": 12}}
SECONDS = 4
LIMIT = 200
CASE = arena.case(CASES)
ROUNDS = 100 if CASE == "first-calls" else 300
# A busy machine has no one duration of a call. With these, most interrupts come in time, whatever it does.
SHORTER, LONGER = 0.9, 1.02

import warmup  # noqa: E402

NAMES = ("sched", "email.generator", "calendar", "difflib")


def late():
    import calendar  # noqa: F401
    import difflib  # noqa: F401
    import email.generator  # noqa: F401
    import sched  # noqa: F401


def interrupt(number, frame):
    raise KeyboardInterrupt


class Cancelled(BaseException):
    pass


def timed(options):
    started = time.time()
    warmup.preload(**options)
    return time.time() - started


def round_(seconds, options):
    """Return "came", "late", or what went wrong, of a call interrupted after ``seconds``."""
    before = arena.state()
    came, report = False, None
    try:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.000002))
        report = warmup.preload(**options)
        signal.setitimer(signal.ITIMER_REAL, 0)
    except KeyboardInterrupt:
        came = True
    signal.setitimer(signal.ITIMER_REAL, 0)
    changed = arena.changed(before)
    if changed:
        return "changed: " + changed
    if came:
        return "came"
    lost = [one for one in report.outcomes if "KeyboardInterrupt" in (one.error or "")]
    return "it became an outcome: %s" % arena.short(lost) if lost else "late"


def forget():
    for name in NAMES:
        sys.modules.pop(name, None)


signal.signal(signal.SIGALRM, interrupt)
dice = random.Random(7)
results = []
if CASE == "first-calls":
    duration = min(float(arena.in_child(timed, {})) for _ in range(2))
    for _ in range(ROUNDS):
        results.append(arena.in_child(round_, dice.random() * duration, {}))
        duration *= SHORTER if results[-1] == "late" else LONGER
elif CASE in ("later-calls", "beginnings"):
    options = {"codecs": ()}
    arena.preload(**options)
    forget()
    duration = timed(options) * (0.03 if CASE == "beginnings" else 1.0)
    for _ in range(ROUNDS):
        forget()
        results.append(round_(dice.random() * duration, options))
        duration *= SHORTER if results[-1] == "late" else LONGER
else:
    import ctypes
    import threading

    if not hasattr(ctypes, "pythonapi"):
        arena.does_not_apply("PyPy has no ctypes.pythonapi")
    main = getattr(threading, "get_ident", getattr(threading, "_get_ident", None))()
    throw = ctypes.pythonapi.PyThreadState_SetAsyncExc
    number = (ctypes.c_ulong if sys.version_info >= (3, 7) else ctypes.c_long)(main)
    options = {"codecs": ()}
    arena.preload(**options)
    getattr(sys, "setswitchinterval", lambda seconds: sys.setcheckinterval(10))(0.0001)

    def wait(thread):
        while thread.is_alive():  # not join(), for the same reason as below
            time.sleep(0.0001)
        time.sleep(0.0001)

    forget()
    duration = timed(options)
    for _ in range(ROUNDS):
        forget()
        before = arena.state()
        came, report, delay = False, None, dice.random() * duration
        begun = []

        def run():
            while not begun:
                time.sleep(0.0001)
            time.sleep(delay)
            throw(number, ctypes.py_object(Cancelled))

        thread = threading.Thread(target=run)
        thread.start()  # outside of the try: 2.7 leaves its locks in disorder if it is interrupted
        try:
            begun.append(1)
            report = warmup.preload(**options)
            wait(thread)
        except Cancelled:
            came = report is None or "after"
        thread.join()
        throw(number, None)
        changed = arena.changed(before)
        # An interrupt in the body of a module looks like an exception of the module itself: it
        # may be an outcome.
        lost = report is not None and [one for one in report.outcomes if "Cancelled" in (one.error or "")]
        results.append("changed: " + changed if changed else "came" if came or lost else "late")
        is_late = came == "after" or results[-1] == "late"
        duration *= SHORTER if is_late else LONGER
bad = [result for result in results if result not in ("came", "late")]
arena.expect(not bad, "%d of %d: %s" % (len(bad), len(results), arena.short(bad[:2])))
arena.arranged(
    results.count("came") > ROUNDS // 5, "%d of %d interrupts came in time" % (results.count("came"), ROUNDS)
)
report = arena.preload()
arena.expect(not report.failed, "a call after the interrupts failed: %s" % arena.short(report.failed))
arena.held()
