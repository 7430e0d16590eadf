"""The filter of the package is gone afterwards, whatever happened to the filters meanwhile."""

from __future__ import absolute_import, division, print_function

import os
import sys
import threading
import warnings

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 12
CASES = (
    "another-thread-enters-catch-warnings-meanwhile",
    "another-thread-leaves-catch-warnings-meanwhile",
    "another-thread-is-inside-all-the-time",
    "module-resets-the-filters",
    "module-adds-a-filter",
    "module-replaces-the-list",
    "module-forks",
    "called-inside-catch-warnings",
    "called-while-recording",
)
DIFFERENT = {"module-replaces-the-list": {"UNTIL": (3, 13)}}
PART = ("another-thread-enters-catch-warnings-meanwhile", "module-forks")
CASE = arena.case(CASES)

done, entered, middle, left = [], threading.Event(), threading.Event(), threading.Event()


def enter_meanwhile():
    middle.wait(20)
    with warnings.catch_warnings():
        entered.set()
        left.wait(20)


def leave_meanwhile():
    with warnings.catch_warnings():
        entered.set()
        middle.wait(20)
    left.set()


def stay():
    with warnings.catch_warnings():
        entered.set()
        middle.wait(20)


def in_the_middle():
    """What the module does in its body."""
    done.append(1)
    if "-meanwhile" in CASE:
        middle.set()
        (entered if "enters" in CASE else left).wait(20)
    elif CASE == "module-resets-the-filters":
        warnings.resetwarnings()
    elif CASE == "module-adds-a-filter":
        warnings.simplefilter("ignore", BytesWarning)
    elif CASE == "module-replaces-the-list":
        warnings.filters = list(warnings.filters)
    elif CASE == "module-forks":
        done.append(os.fork())


RUN = {"another-thread-enters": enter_meanwhile, "another-thread-leaves": leave_meanwhile, "another-thread-is": stay}
arena.folder({"hostile_module.py": "import sys\nsys.modules['__main__'].in_the_middle()\n"})


def late():
    import sched  # noqa: F401


def check(filters, then=""):
    ours = [one for one in warnings.filters if type(one[1]).__module__.startswith("warmup")]
    ours += [one for one in warnings.filters if one not in filters and one[2] is Warning]
    arena.equal(ours, [], "filters of the package" + then)
    expected = list(filters)
    if CASE == "module-resets-the-filters":
        expected = []
    elif CASE == "module-adds-a-filter":
        expected.insert(0, ("ignore", None, BytesWarning, None, 0))
    arena.equal(list(warnings.filters), expected, "the filters" + then)


import warmup  # noqa: E402,F401

arena.state()
run = [RUN[name] for name in RUN if CASE.startswith(name)]
before = list(warnings.filters)
if run:
    thread = threading.Thread(target=run[0])
    thread.daemon = True
    thread.start()
    if "enters" not in CASE:
        entered.wait(20)
options = {"codecs": (), "modules": ["hostile_module"]}
if CASE in ("called-inside-catch-warnings", "called-while-recording"):
    with warnings.catch_warnings(record=CASE.endswith("recording")):
        warnings.simplefilter("error", BytesWarning)
        inside = list(warnings.filters)
        arena.preload(**options)
        check(inside, " inside of catch_warnings")
else:
    arena.preload(**options)
arena.arranged(done, "the module did not run")
if run:
    middle.set()
    left.set()
    thread.join(20)
if len(done) == 2:
    if done[1] == 0:
        ours = [one for one in warnings.filters if one not in before]
        os._exit(3 if ours else 0)
    arena.equal(os.waitpid(done[1], 0)[1] >> 8, 0, "exit code of the child, 3 if the filter is still there")
check(before)
arena.held()
