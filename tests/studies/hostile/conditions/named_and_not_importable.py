"""A module that was asked for by name and cannot be imported has failed, whatever the reason, and
is tried again.
"""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 2
CASES = (
    "missing-dependency",
    "missing-dependency-raises-if-strict",
    "missing-dependency-is-tried-again",
    "missing-name",
    "missing-name-raises-if-strict",
    "missing-name-is-tried-again",
    "own-import-error",
    "own-import-error-raises-if-strict",
    "own-import-error-is-tried-again",
    "circular",
    "circular-raises-if-strict",
    "circular-is-tried-again",
    "does-not-exist",
    "does-not-exist-raises-if-strict",
    "does-not-exist-is-tried-again",
    "missing-submodule",
    "below-a-module-that-is-no-package",
    "syntax-error",
)
PART = (
    "missing-dependency-is-tried-again",
    "missing-name",
    "own-import-error-raises-if-strict",
    "circular",
    "does-not-exist",
)
CASE = arena.case(CASES)
SOURCES = {
    "missing-dependency": "import hostile_dependency\n",
    "missing-name": "from os import hostile_name\n",
    "own-import-error": "raise ImportError('DATABASE_URL is not set')\n",
    "circular": "import hostile_other\nname = 1\n",
    "syntax-error": "def def\n",
    "missing-submodule": "import email.hostile_below\n",
}
KIND = [kind for kind in SOURCES if CASE.startswith(kind)]
files = {"hostile_other.py": "from hostile_module import name\n"}
if KIND:
    files["hostile_module.py"] = SOURCES[KIND[0]]
sys.dont_write_bytecode = True  # 2.7 does not see that a file was rewritten in the same second
path = arena.folder(files)
name = "os.hostile_below" if CASE.startswith("below-") else "hostile_module"

import warmup  # noqa: E402

if CASE.endswith("-raises-if-strict"):
    try:
        report = warmup.preload(modules=[name], codecs=(), strict=True)
    except warmup.PreloadError as error:
        arena.equal(arena.status(error.report, name), "failed", "the outcome in the error's report")
        arena.expect(name in str(error), "the error does not name the module: %s" % error)
    except Exception as error:
        arena.broken("preload() raised %s" % arena.described(error))
    else:
        arena.broken("preload(strict=True) did not raise: %s" % arena.said(report, name))
    arena.held()

report = arena.preload(modules=[name], codecs=())
arena.expect(arena.status(report, name) == "failed", "the outcome is %s" % arena.said(report, name))
arena.expect(arena.outcome(report, name) in report.failed, "the outcome is not in report.failed")
if CASE.endswith("-is-tried-again"):
    again = arena.preload(modules=[name], codecs=())
    arena.expect(arena.status(again, name) == "failed", "tried again, the outcome is %s" % arena.said(again, name))
    arena.write(path, {"hostile_module.py": "value = 'repaired, and of another length'\n"})
    arena.invalidate()
    repaired = arena.preload(modules=[name], codecs=())
    arena.expect(
        arena.status(repaired, name) == "warmed", "once repaired, the outcome is %s" % arena.said(repaired, name)
    )
arena.held()
