"""A PreloadWarning that -W error makes an exception does not lose the report."""

from __future__ import absolute_import, division, print_function

import sys
import threading

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 4
CASES = ("flag", "filter")
DIFFERENT = {"flag": {"OPTIONS": ["-W", "error::UserWarning"]}}
PART = ("filter",)
CASE = arena.case(CASES)

import warmup  # noqa: E402

if CASE == "filter":
    import warnings

    warnings.simplefilter("error", warmup.PreloadWarning)
arena.folder(
    {"hostile_slow.py": "import sys\n" "main = sys.modules['__main__']\n" "main.begun.set()\n" "main.go_on.wait(20)\n"}
)
begun, go_on, raised, report = threading.Event(), threading.Event(), None, None


def run():
    if arena.PY2:  # any thread is reason enough there; an import in it would block this one
        begun.set()
        go_on.wait(20)
    else:
        import hostile_slow  # noqa: F401


thread = threading.Thread(target=run)
thread.daemon = True
thread.start()
begun.wait(20)
try:
    report = warmup.preload(codecs=())
except Exception as error:
    raised = error
go_on.set()
thread.join()
if raised is not None:
    arena.expect(isinstance(raised, warmup.PreloadWarning), "preload() raised %s" % arena.described(raised))
    report = getattr(raised, "report", None)
    arena.expect(report is not None, "preload() raised %s, and the report is lost" % arena.described(raised))
arena.expect(report.warmed, "nothing was warmed")
arena.held()
