# coding: utf-8
"""The report can be shown where standard output takes only ASCII, and bytes in names do no harm."""

from __future__ import absolute_import, division, print_function

import os
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 4
CASES = ("print", "repr", "why", "json", "print-outcomes", "print-error", "command")
ENVIRONMENT = {"PYTHONIOENCODING": "ascii:strict", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
PART = ("print", "command")
CASE = arena.case(CASES)

# In the path of a reason, in the text of an error, and (not on 2.7) in the name of a target.
path = arena.folder({})
odd = os.path.join(path, b"h\xc3\xb6st-\xff" if arena.PY2 else os.fsdecode(b"h\xc3\xb6st-\xff"))
os.mkdir(odd)
arena.write(odd, {"hostile_program.py": "def late():\n    import sched\n"})
sys.path.insert(0, odd)
arena.write(
    path,
    {
        "hostile_text.py": "raise RuntimeError(u'f\\xfcr \\u20ac')\n",
        "hostile_bytes.py": "raise RuntimeError(b'f\\xfcr')\n",
    },
)
arena.invalidate()
import hostile_program  # noqa: E402,F401

modules = ["hostile_text", "hostile_bytes"] + ([] if arena.PY2 else ["hostile_\xfc"])
if CASE == "command":
    code, out, err = arena.run(
        ["-m", "warmup", "report", "--no-codecs"] + [part for name in modules[:2] for part in ("--module", name)],
        environment=dict(ENVIRONMENT, PYTHONPATH=os.pathsep.join([path, arena.ROOT])),
    )
    arena.expect(
        "Traceback" not in err and code in (0, 1) and "hostile_text" in out, "exit %s, %s %s" % (code, out, err)
    )
    arena.held()
import warmup  # noqa: E402

try:
    report = warmup.preload(codecs=(), modules=modules, strict=CASE == "print-error")
except warmup.PreloadError as error:
    raised = error
else:
    arena.equal([one.target.name for one in report.failed], modules, "what failed")
try:
    if CASE == "print":
        print(report)
    elif CASE == "repr":
        print(repr(report))
    elif CASE == "why":
        print(report.why())
    elif CASE == "json":
        print(report.to_json())
    elif CASE == "print-outcomes":
        for one in report.outcomes:
            print(one)
            print(one.target)
    else:
        print(raised)
    sys.stdout.flush()
except Exception as error:
    arena.broken(arena.described(error))
arena.held()
