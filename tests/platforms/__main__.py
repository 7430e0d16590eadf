"""``python -m tests.platforms zipped|frozen|cx_freeze|nuitka``: build a platform from this interpreter, and try it."""

from __future__ import absolute_import, division, print_function

import functools
import json
import os
import shutil
import sys
import sysconfig
import tempfile
import zipfile

from tests.support import process

INSIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inside.py")
_EXCEPT = ("site-packages", "test", "tests", "idlelib", "__pycache__", "lib-dynload")


class Wrong(Exception):
    """Say what is wrong with an interpreter."""


def zipped(folder):
    """Build a home whose library is a zip file. Return the command that starts its interpreter, and its variables.

    Shared objects cannot be loaded from a zip file. They are in the folder ``lib-dynload`` beside it.
    """
    version = "%d.%d" % sys.version_info[:2]
    library = os.path.dirname(os.path.realpath(os.__file__))
    executable = os.path.join(folder, "bin", "python" + version)
    beside = os.path.join(folder, "lib", "python" + version)
    os.makedirs(os.path.dirname(executable))
    os.makedirs(beside)
    shutil.copy(os.path.realpath(sys.executable), executable)
    shutil.copytree(os.path.join(library, "lib-dynload"), os.path.join(beside, "lib-dynload"))
    name = os.path.join(folder, "lib", "python%s.zip" % version.replace(".", ""))
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _sources(library):
            archive.write(path, os.path.relpath(path, library))
    libraries = [sysconfig.get_config_var("LIBDIR") or "", os.environ.get("LD_LIBRARY_PATH", "")]
    return [executable], {"PYTHONHOME": folder, "LD_LIBRARY_PATH": os.pathsep.join(path for path in libraries if path)}


def _sources(library):
    for folder, folders, names in os.walk(library):
        folders[:] = sorted(name for name in folders if name not in _EXCEPT)
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.endswith(".py") and os.path.exists(path):  # Debian's sitecustomize.py is a link to another package
                yield path


def frozen(folder):
    """Let PyInstaller make a program of ``inside.py`` in ``folder``. Return its path."""
    words = ["-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "--distpath", folder]
    words += ["--workpath", os.path.join(folder, "work"), "--specpath", folder, INSIDE]
    _make(words)
    return os.path.join(folder, "inside", "inside")


def cx_freeze(folder):
    """Let cx_Freeze make the program. Return its path."""
    script = "import sys, cx_Freeze.cli; sys.exit(cx_Freeze.cli.main())"
    words = ["-c", script, "--script", INSIDE, "build_exe", "--silent"]
    _make(words + ["--build-exe", os.path.join(folder, "made")])
    return os.path.join(folder, "made", "inside")


def nuitka(folder):
    """Let Nuitka compile the program to C. Return its path."""
    words = ["-m", "nuitka", "--mode=standalone", "--assume-yes-for-downloads"]
    _make(words + ["--output-dir=" + folder, INSIDE])
    return os.path.join(folder, "inside.dist", "inside.bin")


def _make(words):
    process.output(
        [sys.executable] + words, environment=dict(process.variables(), PYTHONPATH=process.ROOT), seconds=580
    )


def ask(command, variables, *arguments):
    """Run ``inside.py`` by ``command``; return the dictionary that it prints."""
    variables = dict(process.variables(), **variables)
    return json.loads(process.output(command + list(arguments), environment=variables).splitlines()[-1])


def judge(cold, warm, fewest):
    """Raise `Wrong` unless something is late cold, nothing is warm, and ``fewest`` targets were found."""
    if not cold["late"]:
        raise Wrong("cold nothing was late: the program proves nothing")
    if warm["late"]:
        raise Wrong("late in spite of preload(): %s" % ", ".join(warm["late"]))
    if warm["failed"]:
        raise Wrong("failed: %s" % "; ".join(warm["failed"]))
    if warm["targets"] < fewest:
        raise Wrong("%d targets; at least %d were expected" % (warm["targets"], fewest))


def try_zipped(folder):
    """Try a library in a zip file. Return a sentence."""
    command, variables = zipped(folder)
    variables["PYTHONPATH"] = process.ROOT
    usual = ask([sys.executable, INSIDE], {"PYTHONPATH": process.ROOT}, "warm")
    cold, warm = (ask(command + [INSIDE], variables, how) for how in ("cold", "warm"))
    if ".zip" not in warm["library"]:
        raise Wrong("the library was read from %s" % warm["library"])
    # Some modules want data files that are not in the zip, so a few targets may be missing.
    judge(cold, warm, 0.95 * usual["targets"])
    return "%d targets (%d with the library in a folder)" % (warm["targets"], usual["targets"])


def try_made(make, folder):
    """Try a program that ``make`` makes. It must have all that it needs in its folder. Return a sentence."""
    program = make(folder)
    cold, warm = (ask([program], {}, how) for how in ("cold", "warm"))
    judge(cold, warm, 100)
    return "%d targets; %s" % (warm["targets"], " ".join(warm["notes"]) or "no notes")


def main(arguments):
    """Try one platform, and print a line. Return 0, 1 if something is wrong, or 2 for wrong arguments."""
    kinds = {"zipped": try_zipped}
    for make in (frozen, cx_freeze, nuitka):
        kinds[make.__name__] = functools.partial(try_made, make)
    if len(arguments) != 1 or arguments[0] not in kinds:
        print("python -m tests.platforms %s" % "|".join(sorted(kinds)), file=sys.stderr)
        return 2
    folder = tempfile.mkdtemp(prefix="warmup-platform-")
    try:
        sentence = kinds[arguments[0]](folder)
    except (Wrong, process.Failed) as error:
        print("%s: %s" % (arguments[0], error), file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("%s: nothing late, none failed, %s" % (arguments[0], sentence))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
