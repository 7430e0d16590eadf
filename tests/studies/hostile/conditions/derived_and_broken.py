"""Only what the standard library itself refuses is unavailable. A third-party module that cannot
load has failed.
"""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 2
CASES = ("missing-dependency", "missing-name", "own-import-error", "standard-module-hidden-by-a-text")
PART = ("own-import-error", "standard-module-hidden-by-a-text")
CASE = arena.case(CASES)

arena.folder(
    {
        "hostile_package/__init__.py": "def late():\n" "    from hostile_package import below\n" "    import sched\n",
        "hostile_package/below.py": {
            "missing-dependency": "import hostile_dependency\n",
            "missing-name": "from os import hostile_name\n",
            "own-import-error": "raise ImportError('DATABASE_URL is not set')\n",
        }.get(CASE, ""),
    }
)
import hostile_package  # noqa: E402,F401

name, options = "hostile_package.below", {"codecs": (), "packages": ["hostile_package"]}
if CASE == "standard-module-hidden-by-a-text":
    # A finder with a trouble of its own, whose text reads like the interpreter's. The module
    # exists.
    name, options, asked = "sched", {"codecs": ()}, []

    def find(name):
        if name == "sched":
            asked.append(name)
            raise ImportError("No module named 'sched'")

    sys.meta_path.insert(0, arena.finder(find))
report = arena.preload(**options)
if CASE == "standard-module-hidden-by-a-text":
    arena.arranged(asked, "the finder was not asked")
arena.expect(arena.status(report, name) == "failed", "the outcome is %s" % arena.said(report, name))
arena.held()
