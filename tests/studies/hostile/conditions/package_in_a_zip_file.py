"""The package works from a zip file: preload(), and every command."""

from __future__ import absolute_import, division, print_function

import os
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 19
CASES = ("preload", "prove-list", "prove", "run", "report")
DIFFERENT = {"prove": {"SECONDS": 4, "LIMIT": 120}}
SECONDS = 0.8
PART = ("preload", "prove-list")
CASE = arena.case(CASES)

import zipfile  # noqa: E402

where = arena.folder({"program.py": "print('it ran')\n"}, on_path=False)
archive = os.path.join(where, "package.zip")
with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as stream:
    for folder, folders, files in os.walk(os.path.join(arena.ROOT, "warmup")):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in files:
            if not name.endswith(".pyc"):
                path = os.path.join(folder, name)
                stream.write(path, os.path.relpath(path, arena.ROOT))
words = {
    "preload": ["-c", "import warmup; print(warmup.__file__); print(repr(warmup.preload(strict=True)))"],
    "prove-list": ["-m", "warmup", "prove", "--list"],
    "prove": ["-m", "warmup", "prove", "--scenario", "codec"],
    "run": ["-m", "warmup", "run", os.path.join(where, "program.py")],
    "report": ["-m", "warmup", "report", "--no-codecs"],
}[CASE]
if CASE == "prove":
    # The first scenario of the list, whatever it is called.
    code, out, err = arena.run(["-m", "warmup", "prove", "--list"])
    arena.arranged(code == 0, "prove --list does not work from a folder: %s" % arena.tail(err))
    names = [line.split()[0] for line in out.splitlines() if line.strip() and "_" in line.split()[0]]
    arena.arranged(names, "no scenario is listed: %s" % out)
    words[-1] = names[0]
code, out, err = arena.run(words, environment={"PYTHONPATH": archive}, directory=where)
arena.expect(code == 0, "exit code %s: %s %s" % (code, arena.tail(out), arena.tail(err)))
arena.expect("Traceback" not in err, "a traceback: %s" % arena.tail(err))
if CASE == "preload":
    arena.arranged(archive in out, "the package came from elsewhere: %s" % out)
elif CASE == "run":
    arena.equal(out.strip(), "it ran", "what the program printed")
else:
    arena.expect(out.strip(), "nothing was printed")
arena.held()
