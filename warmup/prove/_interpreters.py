"""Interpreters: which there are on this machine, and what each can do."""
from __future__ import absolute_import, division, print_function

import collections
import errno
import glob
import json
import os
import re

from warmup.prove._errors import UsageError
from warmup.prove._processes import clean_environment, last_line, run

LIMIT = 20.0  # seconds in which an interpreter has to say what it is

# Runs in the interpreter in question, so it is as old as the oldest of them. What is asked for
# is tried, not looked up: a container's root may be refused chroot, a build may lack a module.
PROBE = r"""
import json, os, platform, sys
def can(need):
    try:
        if need == "fork":
            os.fork
        elif need == "root":
            os.chroot("/")
            os.setuid(0)
        else:
            __import__(need)
        return True
    except (AttributeError, ImportError, OSError):
        return False
def compiled():
    import _strptime
    spec = getattr(_strptime, "__spec__", None)
    return os.path.exists(spec.cached or "") if spec else _strptime.__file__.endswith("c")
print(json.dumps({
    "executable": sys.executable,
    "implementation": platform.python_implementation(),
    "compiled": compiled(),
    "version": list(sys.version_info[:3]),
    "can": dict((need, can(need)) for need in sys.argv[1:]),
}))
"""


class Interpreter(
    collections.namedtuple("Interpreter", "path program label implementation version compiled can")
):
    """One interpreter that was started once.

    path            what to start it with
    program         the file that runs then, whatever links lead to it
    label           `3.11`, `pypy3.11`
    implementation  `CPython`, `PyPy`, ...
    version         three int
    compiled        whether its library's compiled files are there
    can             {need: bool} for the needs that probe() was given
    """

    __slots__ = ()

    @property
    def name(self):
        return "%s %d.%d.%d" % ((self.implementation,) + self.version)


def probe(path, needs=()):
    """Start the interpreter at `path` (or on PATH) once and return the Interpreter it is.

    Raises UsageError if there is none, if it cannot start, or if it is no Python.
    """
    if os.path.dirname(path):
        path = os.path.abspath(path)  # runs happen in another working directory
    environment = dict(clean_environment(), PYTHONDONTWRITEBYTECODE="1")
    try:
        status, answer, complaint = run([path, "-c", PROBE] + sorted(needs), environment, LIMIT)
    except OSError as error:
        if error.errno == errno.ENOENT:
            raise UsageError("there is no interpreter %s; --python takes a path or a name" % path)
        raise UsageError("%s cannot be started: %s" % (path, error.strerror))
    try:
        facts = json.loads(answer)
        version = tuple(facts["version"])
    except (ValueError, KeyError, TypeError):
        ended = "no answer after %g s" % LIMIT if status is None else "exit status %d" % status
        raise UsageError(
            "%s does not start as a Python interpreter (%s): %s"
            % (path, ended, last_line(complaint))
        )
    label = "%d.%d" % version[:2]
    if facts["implementation"] != "CPython":
        label = facts["implementation"].lower() + label
    return Interpreter(
        path=path,
        program=os.path.realpath(facts["executable"]),
        label=label,
        implementation=facts["implementation"],
        version=version,
        compiled=facts["compiled"],
        can=facts["can"],
    )


def find_interpreters(needs=()):
    """Every Python interpreter on this machine as a list of Interpreter, oldest first.

    Looks at the names on PATH and into pyenv's folder of versions. Names that lead to the same
    program count once; what cannot start, such as a pyenv shim of a version that is not chosen,
    does not count.
    """
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    folders = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += sorted(glob.glob(os.path.join(pyenv, "versions", "*", "bin")))
    found = {}
    for folder in folders:
        for name in _names(folder):
            path = os.path.join(folder, name)
            if re.match(r"(python|pypy)[\d.]*$", name) and os.access(path, os.X_OK):
                # A shim is one script under many names, so the program cannot be told by it.
                key = path if "shims" in folder else os.path.realpath(path)
                if key not in found:
                    found[key] = _probe_or_none(path, needs)
    unique = {}
    for _, interpreter in sorted(found.items()):
        if interpreter is not None:
            unique.setdefault(interpreter.program, interpreter)
    return sorted(unique.values(), key=lambda one: (one.implementation, one.version, one.path))


def _names(folder):
    try:
        return sorted(os.listdir(folder))
    except OSError:  # PATH may well name folders that are not there, or not ours to read
        return []


def _probe_or_none(path, needs):
    try:
        return probe(path, needs)
    except UsageError:
        return None
