"""What other code does to the collector's switch and thresholds meanwhile is not undone."""

from __future__ import absolute_import, division, print_function

import gc
import sys
import threading

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 11
CASES = (
    "disabled-by-a-module",
    "enabled-by-a-module",
    "disabled-by-another-thread",
    "enabled-by-another-thread",
    "disabled-by-a-finder",
    "thresholds-by-a-module",
    "thresholds-by-another-thread",
    "frozen-by-a-module",
    "off-before",
    "thresholds-of-nothing-before",
    "debug-flags-by-a-module",
)
DIFFERENT = {"frozen-by-a-module": {"SINCE": (3, 7)}}
PART = ("disabled-by-a-module", "disabled-by-another-thread", "thresholds-by-a-module")
CASE = arena.case(CASES)
if arena.PYPY:
    arena.does_not_apply("its collector has no thresholds, and preload() leaves it alone")
DO = {
    "disabled": "gc.disable()",
    "enabled": "gc.enable()",
    "thresholds": "gc.set_threshold(500, 7, 8)",
    "frozen": "gc.freeze()",
    "debug": "gc.set_debug(gc.DEBUG_SAVEALL)",
}.get(CASE.partition("-" if "-by-" in CASE else " ")[0], "pass")

arena.folder(
    {
        "hostile_module.py": "import gc, sys\nmain = sys.modules['__main__']\nmain.done.append(1)\n"
        + ("main.hand_over()\n" if CASE.endswith("thread") else DO + "\n")
    }
)
done, begun, finished = [], threading.Event(), threading.Event()


def run():
    begun.wait(20)
    exec(DO)
    finished.set()


def hand_over():
    begun.set()
    finished.wait(20)


def late():
    import sched  # noqa: F401


def find(name):
    if name == "sched":
        done.append(1)
        gc.disable()


import warmup  # noqa: E402,F401

options = {"codecs": (), "modules": ["hostile_module"]}
if CASE.endswith("thread"):
    thread = threading.Thread(target=run)
    thread.daemon = True
    thread.start()
if CASE.startswith("enabled") or CASE == "off-before":
    gc.disable()
if CASE == "thresholds-of-nothing-before":
    gc.set_threshold(0)
if CASE == "disabled-by-a-finder":
    sys.meta_path.insert(0, arena.finder(find))
before = gc.isenabled(), gc.get_threshold()
frozen = getattr(gc, "get_freeze_count", int)()  # 3.12 starts with some
report = arena.preload(**options)
arena.arranged(done, "the module did not run: %s" % arena.said(report, "hostile_module"))
enabled, thresholds = before
if CASE.startswith(("disabled", "enabled")):
    enabled = CASE.startswith("enabled")
elif CASE.startswith("thresholds-by"):
    thresholds = (500, 7) + gc.get_threshold()[2:]  # 3.14 has no third one to set
arena.equal((gc.isenabled(), gc.get_threshold()[:2]), (enabled, thresholds[:2]), "switch and thresholds")
if CASE.startswith("frozen"):
    arena.expect(gc.get_freeze_count() > 1000, "%d objects are frozen" % gc.get_freeze_count())
else:
    arena.equal(getattr(gc, "get_freeze_count", int)(), frozen, "the number of frozen objects")
if CASE.startswith("debug"):
    arena.equal(gc.get_debug(), gc.DEBUG_SAVEALL, "the debug flags")
arena.held()
