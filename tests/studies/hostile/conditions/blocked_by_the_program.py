"""A module that the program has blocked in sys.modules is excluded by the program, and stays
blocked.
"""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 5
CASES = (
    "derived",
    "derived-strict",
    "derived-submodule",
    "named",
    "named-strict",
    "codec",
    "codec-named",
    "c-import",
    "placeholder",
)
DIFFERENT = {"placeholder": {"SINCE": (3, 15)}}
PART = ("derived-strict", "named", "codec", "placeholder")
CASE = arena.case(CASES)
NAME, KIND = "sched", "module"
options = {"codecs": (), "strict": CASE.endswith("-strict")}


def late():
    import email.generator  # noqa: F401
    import sched  # noqa: F401


if CASE == "derived-submodule":
    NAME = "email.generator"
elif CASE.startswith("named"):
    options["modules"] = [NAME]
elif CASE.startswith("codec"):
    NAME, KIND, options["codecs"] = "cp1250", "codec", ["cp1250"] if CASE == "codec-named" else None
elif CASE == "c-import":
    NAME = "_strptime"
    import datetime  # noqa: F401
    import time  # noqa: F401
elif CASE == "placeholder":
    NAME, KIND = "hostile_program.even", "placeholder"
    arena.folder({"hostile_program.py": "globals()['even'] = __lazy_import__('sched')\n"})
    import hostile_program  # noqa: F401
BLOCKED = {"codec": "encodings.cp1250", "placeholder": "sched"}.get(KIND, NAME)
import warmup  # noqa: E402

sys.modules[BLOCKED] = None
try:
    report = warmup.preload(**options)
except Exception as error:
    arena.broken("preload() raised %s" % arena.described(error))
found = arena.outcome(report, NAME, KIND)
arena.expect(found is not None, "nothing is said of %s" % NAME)
arena.expect(found.status == "excluded", "the outcome is %s" % arena.said(report, NAME, KIND))
arena.expect("blocked by the program" in (found.error or ""), "the reason is %r" % found.error)
arena.expect(found in report.excluded and found not in report.failed, "report.excluded does not hold it")
arena.expect(BLOCKED in sys.modules and sys.modules[BLOCKED] is None, "it is not blocked any more")
arena.held()
