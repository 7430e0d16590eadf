"""A command gives the program the path that plain python gives it, and nothing of another folder
runs.
"""

from __future__ import absolute_import, division, print_function

import os
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 7
CASES = (
    "run-from-another-folder",
    "run-with-modules-of-its-own",
    "run-has-the-same-path",
    "run-has-the-same-path-isolated",
    "run-has-the-same-path-safe",
    "run-module-has-the-same-path",
    "run-folder-has-the-same-path",
    "run-zip-has-the-same-path",
    "run-from-a-deleted-folder",
    "record-from-another-folder",
    "record-with-modules-of-its-own",
    "record-has-the-same-path",
    "report-from-another-folder",
    "prove-from-another-folder",
)
DIFFERENT = {
    # 2.7 itself runs no -m in a folder that is gone.
    "run-from-a-deleted-folder": {"SINCE": (3, 6)},
    "run-has-the-same-path-isolated": {"SINCE": (3, 6)},
    "run-has-the-same-path-safe": {"SINCE": (3, 11)},
    "prove-from-another-folder": {"SECONDS": 1},
}
SECONDS = 0.8
PART = (
    "run-from-another-folder",
    "run-with-modules-of-its-own",
    "run-has-the-same-path",
    "record-from-another-folder",
    "report-from-another-folder",
)
CASE = arena.case(CASES)
COMMAND = CASE.partition("-")[0]
TRACE = arena.LEAVES_A_TRACE
# Without those that `python -m` itself loads, before anything of the package: heapq, up to 3.8.
OF_PYTHON = arena.run(["-c", "import runpy, sys; print(' '.join(sys.modules))"])[1].split()
NAMES = ("resource", "sched", "copy", "heapq", "tempfile", "random", "argparse", "json")
SHADOWS = [name for name in NAMES if name not in OF_PYTHON]

# The program has modules of its own with the names of standard ones; so has the folder that the
# command is called in.
program = arena.folder(
    {
        "program.py": "import sys\n"
        "print('path %r' % [entry for entry in sys.path])\n"
        "import calendar, sched\n"
        "print('own %s %s' % (getattr(calendar, 'own', None), getattr(sched, 'own', None)))\n",
        "__main__.py": "import sys\nprint('path %r' % sys.path)\n",
        "calendar.py": "own = 'calendar'\n",
        "sched.py": "own = 'sched'\n",
    },
    on_path=False,
)
elsewhere = arena.folder({name + ".py": TRACE for name in SHADOWS}, on_path=False)
path = os.path.join(program, "program.py")
options = ["-I"] if CASE.endswith("isolated") else ["-P"] if CASE.endswith("safe") else []
environment, target, directory = {}, [path], elsewhere
if CASE.startswith("run-module"):
    target, directory = ["-m", "program"], program
elif CASE.startswith("run-folder"):
    target = [program]
elif CASE.startswith("run-zip"):
    import zipfile

    target = [os.path.join(elsewhere, "program.zip")]
    with zipfile.ZipFile(target[0], "w") as stream:
        stream.write(os.path.join(program, "__main__.py"), "__main__.py")


def lines(text, kind):
    return [line for line in text.splitlines() if line.startswith(kind)]


def call(words, **more):
    if options == ["-I"]:  # PYTHONPATH is not read
        words = [
            "-c",
            "import sys; sys.path.append(%r); import warmup._cli as cli; "
            "sys.path.remove(%r); sys.exit(cli.main(%r))" % (arena.ROOT, arena.ROOT, words[2:]),
        ]
    return arena.run(options + words, environment=environment, directory=directory, **more)


if CASE == "run-from-a-deleted-folder":
    if arena.PYPY:
        arena.does_not_apply("PyPy itself does not start with -m there")
    code, out, err = arena.run(
        [
            "-c",
            "import os, sys, subprocess\n"
            "os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')\n"
            "sys.exit(subprocess.call([sys.executable, '-m', 'warmup', 'run', %r]))" % path,
        ],
        directory=arena.folder({}, on_path=False),
    )
    arena.equal((code, lines(out, "own")), (0, ["own calendar sched"]), "exit code and output (%s)" % arena.tail(err))
    arena.held()
if COMMAND == "report":
    command = ["-m", "warmup", "report", "--no-codecs"]
elif COMMAND == "prove":
    command = ["-m", "warmup", "prove", "--list"]
elif COMMAND == "record":
    command = ["-m", "warmup", "record", "-o", os.path.join(program, "manifest")] + target
else:
    command = ["-m", "warmup", "run", "--no-codecs"] + target
code, out, err = call(command)
arena.expect(code == 0, "exit code %s: %s" % (code, arena.tail(err)))
arena.equal(arena.ran(elsewhere), [], "ran from the folder of the call")
if COMMAND in ("run", "record"):
    plain = arena.run(options + target, directory=directory)
    arena.arranged(lines(plain[1], "path"), "the program does not run: %s" % (plain,))
    arena.equal(lines(out, "path"), lines(plain[1], "path"), "the path of the program")
    arena.equal(lines(out, "own"), lines(plain[1], "own"), "the modules of the program")
arena.held()
