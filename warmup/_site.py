"""Install files that prime two things at each start of a virtual environment's Python: ``python -m warmup site``.

The two things are those that stalled most often: dates (``strptime``) and the names of hosts (the codec ``idna``). The
files prime nothing else, because each thing that they prime makes a start longer. The files import nothing of this
package. So they work after the package is uninstalled, and a start does not pay for the import of the package.

Up to 3.14 the file is a ``.pth`` file with an ``import`` line. 3.15 reads ``.start`` files, which name a function, and
3.18 will ignore ``import`` lines. Source: PEP 829.
"""

from __future__ import absolute_import, division, print_function

import io
import os
import subprocess
import sys
import sysconfig

from warmup._python.compat import clock
from warmup._report import printable
from warmup._run import ProgramError

_FIRST_LINE = u"# written by: python -m warmup site --install\n"
_FILES = (
    {
        "warmup-start.start": _FIRST_LINE + u"_warmup_start:warm\n",
        "_warmup_start.py": _FIRST_LINE
        + u"""

def warm():
    import os
    import sys
    import time

    word = "" if sys.flags.ignore_environment else os.environ.get("WARMUP", "")
    if word.strip().lower() not in ("off", "0", "no", "false"):
        time.strptime("2000", "%Y")
        "\\xfc".encode("idna")
""",
    }
    if sys.version_info >= (3, 15)
    else {
        "warmup-start.pth": _FIRST_LINE
        + u"import os, sys, time; not sys.flags.ignore_environment and "
        + u'os.environ.get("WARMUP", "").strip().lower() in ("off", "0", "no", "false") or '
        + u'(time.strptime("2000", "%Y"), u"\\xfc".encode("idna"))\n'
    }
)
_ALL_NAMES = ("_warmup_start.py", "warmup-start.pth", "warmup-start.start")
_STARTS = 9  # how many starts are timed; the median is shown


def add_arguments(parser):
    """Add the options of ``python -m warmup site`` to ``parser``, an ``argparse.ArgumentParser``."""
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument(
        "--install",
        action="store_true",
        help="write %s into this virtual environment; then each start of its Python primes time.strptime and the "
        "codec idna, unless WARMUP=off" % " and ".join(sorted(_FILES)),
    )
    choice.add_argument(
        "--remove", action="store_true", help="delete these files; do that before you uninstall the package"
    )


def main(options):
    """Install or remove the files, print what was done, and return 0. Raise `ProgramError` if it is not possible."""
    if sys.prefix == getattr(sys, "real_prefix", getattr(sys, "base_prefix", sys.prefix)):
        raise ProgramError(
            "%s belongs to no virtual environment: run the Python of a virtual environment" % sys.executable
        )
    folder = sysconfig.get_path("purelib")
    try:
        existing = {name: _read(folder, name) for name in _ALL_NAMES if os.path.exists(os.path.join(folder, name))}
        # An empty file is what a full disk has made of ours.
        foreign = [name for name in sorted(existing) if existing[name] and not existing[name].startswith(_FIRST_LINE)]
        if foreign:
            raise ProgramError("%s was not written by this command: move it away" % os.path.join(folder, foreign[0]))
        text = (_install if options.install else _remove)(folder, existing)
    except (IOError, OSError) as error:
        raise ProgramError("%s cannot be changed: %s" % (error.filename or folder, error.strerror))
    print(printable(text))  # not above: an error of standard output is none of the folder
    return 0


def _install(folder, existing):
    paths = [os.path.join(folder, name) for name in sorted(_FILES)]
    if existing == _FILES:
        return "Already there: %s" % ", ".join(paths)
    before = _start_seconds()
    for name in existing:
        _delete(folder, name)
    for name in sorted(_FILES):
        with io.open(os.path.join(folder, name), "w", encoding="ascii") as stream:
            stream.write(_FILES[name])
    text = "Written: %s\nA start of this Python takes %.0f ms now; it took %.0f ms."
    return text % (", ".join(paths), 1000 * _start_seconds(), 1000 * before)


def _remove(folder, existing):
    if not existing:
        return "Nothing to remove in %s" % folder
    for name in sorted(existing):
        _delete(folder, name)
    return "\n".join("Removed: %s" % os.path.join(folder, name) for name in sorted(existing))


def _delete(folder, name):
    """Delete a file, and what Python has compiled from it."""
    os.remove(os.path.join(folder, name))
    cache, stem = os.path.join(folder, "__pycache__"), name.rpartition(".")[0]
    compiled = [entry for entry in os.listdir(cache) if entry.startswith(stem + ".")] if os.path.isdir(cache) else []
    for entry in compiled:
        os.remove(os.path.join(cache, entry))
    if compiled and not os.listdir(cache):
        os.rmdir(cache)


def _read(folder, name):
    with io.open(os.path.join(folder, name), encoding="latin-1") as stream:
        return stream.read()


def _start_seconds():
    seconds = []
    for _ in range(_STARTS):
        started = clock()
        subprocess.call([sys.executable, "-c", ""])
        seconds.append(clock() - started)
    return sorted(seconds)[_STARTS // 2]
