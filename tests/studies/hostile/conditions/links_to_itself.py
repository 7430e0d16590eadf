"""A package with links to its own folder does not make preload() run for ever."""

from __future__ import absolute_import, division, print_function

import os
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 3
CASES = ("one-link", "two-links", "two-links-in-the-package-of-a-codec")
LIMIT = 15
PART = ("two-links",)
CASE = arena.case(CASES)

path = arena.folder(
    {
        "hostile_package/__init__.py": "def late():\n    from hostile_package import below\n",
        "hostile_package/below.py": "",
    }
)
package = os.path.join(path, "hostile_package")
for number in range(1 if CASE == "one-link" else 2):
    os.symlink(package, os.path.join(package, "link%d" % number))
import hostile_package  # noqa: E402,F401

if CASE.endswith("codec"):
    import encodings

    encodings.__path__.append(package)
    report = arena.preload()
else:
    report = arena.preload(codecs=(), packages=["hostile_package"])
    arena.equal(arena.status(report, "hostile_package.below"), "warmed", "the outcome of the package's module")
arena.held()
