"""A reload of a loaded module during a preload hides no module that came before it."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 17
SINCE = (3, 8)
CASES = ("modules-of-the-outcome", "modules-of-the-report", "placeholders", "placeholders-of-two-targets", "functions")
DIFFERENT = {"placeholders": {"SINCE": (3, 15)}, "placeholders-of-two-targets": {"SINCE": (3, 15)}}
PART = ("modules-of-the-outcome", "placeholders")
CASE = arena.case(CASES)

arena.folder(
    {
        "hostile_loaded.py": "times = globals().get('times', 0) + 1\n",
        "hostile_first.py": ("globals()['even'] = __lazy_import__('sched')\n" if sys.version_info >= (3, 15) else ""),
        "hostile_function.py": "def late():\n    import calendar\n",
        "hostile_reloads.py": "import hostile_function\n"
        + ("" if CASE == "placeholders-of-two-targets" else "import hostile_first\n")
        + "import importlib, hostile_loaded\nimportlib.reload(hostile_loaded)\n",
    }
)
import hostile_loaded  # noqa: E402

names = ["hostile_reloads"]
if CASE == "placeholders-of-two-targets":
    names.insert(0, "hostile_first")
report = arena.preload(codecs=(), modules=names)
arena.arranged(hostile_loaded.times == 2, "nothing was reloaded: %s" % arena.said(report, "hostile_reloads"))
if CASE == "modules-of-the-outcome":
    found = arena.outcome(report, "hostile_reloads").modules
    missing = sorted({"hostile_first", "hostile_function", "hostile_reloads"} - set(found))
    arena.equal(missing, [], "missing in the outcome's modules")
elif CASE == "modules-of-the-report":
    missing = sorted({"hostile_first", "hostile_function", "hostile_reloads"} - set(report.modules))
    arena.equal(missing, [], "missing in the report's modules")
elif CASE == "functions":
    arena.expect(arena.loaded("calendar"), "what a function of a module before the reload imports was not warmed")
else:
    import hostile_first

    kind = type(vars(hostile_first)["even"]).__name__
    arena.expect(kind == "module", "a placeholder of a module before the reload is still one")
arena.held()
