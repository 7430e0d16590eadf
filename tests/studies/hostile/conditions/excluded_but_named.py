"""What a user names is imported, also if the package excludes it."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 5
CASES = ("readline", "unittest", "pdb", "doctest", "curses", "idlelib", "manifest")
DIFFERENT = {"manifest": {"SECONDS": 1}}
PART = ("readline", "pdb", "manifest")
CASE = arena.case(CASES)
NAME = "pdb" if CASE == "manifest" else CASE

sys.path.append(arena.folder({"hostile_program.py": "def main():\n    import %s\nmain()\n" % NAME}, on_path=False))
code, out, err = arena.run(["-c", "import " + NAME])
if code:
    arena.does_not_apply("there is no %s" % NAME)
arena.arranged(not arena.loaded(NAME), "%s is loaded already" % NAME)
options = {"modules": [NAME]}
if CASE == "manifest":
    import os

    manifest = os.path.join(sys.path[-1], "manifest")
    code, out, err = arena.run(
        ["-m", "warmup", "record", "-o", manifest, os.path.join(sys.path[-1], "hostile_program.py")]
    )
    arena.expect(code == 0, "a manifest cannot be recorded: %s" % err)
    with open(manifest) as stream:
        arena.expect(NAME in stream.read(), "%s is not in the manifest" % NAME)
    options = {"manifest": manifest, "scan": False}
report = arena.preload(codecs=(), **options)
arena.expect(arena.status(report, NAME) == "warmed", "the outcome is %s" % arena.said(report, NAME))
arena.expect(arena.loaded(NAME), "it is not loaded")
arena.held()
