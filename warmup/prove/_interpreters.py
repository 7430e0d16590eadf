"""Find the interpreters of this machine, and find out what each can do."""

from __future__ import absolute_import, division, print_function

import collections
import errno
import glob
import json
import os
import re
import sys

from warmup.prove._errors import UsageError
from warmup.prove._processes import clean_environment, last_line, run

LIMIT = 20.0  # how many seconds an interpreter has to answer PROBE

# The interpreter in question runs this, so it must be valid in the oldest version. It tries each
# need: a container may refuse chroot to root, and a build may lack a module.
PROBE = r"""
import sys
if sys.path[:1] == [""]:
    del sys.path[0]  # the folder of the user may have a platform.py
import json, os, platform
def can(need):
    try:
        if need == "root":
            os.chroot("/")
            # A user namespace may lack these users: then the system refuses them with EINVAL.
            user, group = os.geteuid(), os.getegid()
            os.setegid(65534)
            os.seteuid(65534)
            os.seteuid(user)
            os.setegid(group)
            os.setuid(0)
        elif need == "semaphores":  # a container may lack /dev/shm
            import multiprocessing
            # Another way of starting would start a process here, which may import files of this folder.
            context = getattr(multiprocessing, "get_context", None)
            (context("fork") if context and hasattr(os, "fork") else multiprocessing).Lock()
        elif need.startswith("os."):
            getattr(os, need[3:])
        else:
            __import__(need)
        return True
    except (AttributeError, ImportError, OSError):
        return False
def compiled():
    import _strptime
    spec = getattr(_strptime, "__spec__", None)
    return os.path.exists(spec.cached or "") if spec else _strptime.__file__.endswith("c")
def free_threaded():
    try:
        import sysconfig
        return bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    except Exception:
        return False
print(json.dumps({
    "executable": sys.executable,
    "implementation": platform.python_implementation(),
    "platform": sys.platform,
    "free_threaded": free_threaded(),
    "compiled": compiled(),
    "version": list(sys.version_info[:3]),
    "can": dict((need, can(need)) for need in sys.argv[1:]),
}))
"""


class Interpreter(
    collections.namedtuple("Interpreter", "path program label implementation version platform compiled can")
):
    """Describe an interpreter that was started once.

    path            the path to start it with
    program         the file that runs, after all links are followed
    label           `3.11`; `3.13t` if it is free-threaded; `pypy3.11`
    implementation  `CPython`, `PyPy`, ...
    version         three int
    platform        its `sys.platform`: `linux`, `linux2` (2.7), `darwin`, `win32`
    compiled        whether its library has compiled files
    can             {need: bool} for the needs that probe() was given
    """

    __slots__ = ()

    @property
    def name(self):
        return "%s %d.%d.%d" % ((self.implementation,) + self.version)

    @property
    def shown(self):
        """Return the path as text. On 2.7 the path is bytes."""
        if not isinstance(self.path, bytes):
            return self.path
        return self.path.decode(sys.getfilesystemencoding() or "ascii", "replace")


def probe(name, needs=()):
    """Start the interpreter `name` once, and return an Interpreter.

    `name`: a path, a name on PATH such as `python3.11`, or a version such as `3.11`, which means
    `python3.11`. If PATH does not have it, or has only a pyenv shim of a version that is not
    selected, look into pyenv's folder of versions. `needs`: names to try, see `Interpreter.can`.
    Raise UsageError if no such interpreter exists, if it cannot start, or if it is no Python.
    """
    if os.path.dirname(name):
        return _start(os.path.abspath(name), needs)  # the runs have another working directory
    refusal = UsageError("there is no interpreter %s; --python takes a path, a name or a version" % name)
    for number, path in enumerate(_paths(name)):
        try:
            return _start(path, needs)
        except UsageError as error:
            if number == 0:
                refusal = error
    raise refusal


def _start(path, needs):
    environment = dict(clean_environment(), PYTHONDONTWRITEBYTECODE="1")
    try:
        status, answer, complaint = run([path, "-c", PROBE] + sorted(needs), environment, LIMIT)
    except OSError as error:
        if error.errno == errno.ENOENT:
            raise UsageError("there is no interpreter %s" % path)
        raise UsageError("%s cannot be started: %s" % (path, error.strerror))
    try:
        facts = json.loads(last_line(answer))  # sitecustomize may print
        version = tuple(facts["version"])
    except (ValueError, KeyError, TypeError):
        ended = "no answer after %g s" % LIMIT if status is None else "exit status %d" % status
        raise UsageError("%s does not start as a Python interpreter (%s): %s" % (path, ended, last_line(complaint)))
    executable = facts["executable"] or path
    if sys.version_info[0] < 3:  # json gives unicode, which lstat() encodes in the encoding of the locale
        executable = executable if isinstance(executable, bytes) else executable.encode("utf-8")
    label = "%d.%d" % version[:2] + "t" * facts["free_threaded"]
    if facts["implementation"] != "CPython":
        label = facts["implementation"].lower() + label
    return Interpreter(
        path=path,
        program=os.path.realpath(executable),
        label=label,
        implementation=facts["implementation"],
        version=version,
        platform=facts["platform"],
        compiled=facts["compiled"],
        can=facts["can"],
    )


def find_interpreters(needs=()):
    """Return every Python interpreter on this machine as a list of Interpreter, oldest first.

    Look at the names on PATH and into pyenv's folder of versions. Return an interpreter once, even
    if several names lead to it. Skip what cannot start, such as a pyenv shim of a version that is
    not selected.
    """
    folders = _path_folders() + sorted(glob.glob(os.path.join(_pyenv(), "versions", "*", "bin")))
    found = {}
    for folder in folders:
        for name in _names(folder):
            path = os.path.join(folder, name)
            if re.match(r"(python|pypy)[\d.]*t?(\.exe)?$", name) and os.access(path, os.X_OK):
                # All shims are links to one script. By that path, all would be one interpreter.
                key = path if "shims" in folder else os.path.realpath(path)
                if key not in found:
                    found[key] = _start_or_none(path, needs)
    unique = {}
    for _, interpreter in sorted(found.items()):
        if interpreter is not None:
            unique.setdefault(interpreter.program, interpreter)
    return sorted(unique.values(), key=lambda one: (one.implementation, one.version, one.path))


def _paths(name):
    """Return where the interpreter `name` may be, as a list of paths that can be executed.

    For `3.11`: first `python3.11` in each folder on PATH, then the versions 3.11 of pyenv, newest
    first.
    """
    names = [name, "python" + name] if re.match(r"\d", name) else [name]
    if sys.platform == "win32":
        names = [one + ".exe" for one in names] + names
    paths = [os.path.join(folder, one) for folder in _path_folders() for one in names]
    version = re.match(r"(python|pypy)?([\d.]*)(t?)$", name)
    if version and version.group(2):
        kind, number, suffix = version.groups()
        kind = "" if kind in (None, "python") else kind
        pattern = r"%s%s(\.\d+)*%s(-.*)?$" % (kind, re.escape(number), suffix)
        folders = [
            ([int(one) for one in re.findall(r"\d+", folder)], folder)
            for folder in _names(os.path.join(_pyenv(), "versions"))
            if re.match(pattern, folder)
        ]
        for _, folder in sorted(folders, reverse=True):
            paths.append(os.path.join(_pyenv(), "versions", folder, "bin", kind or "python"))
    return [path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)]


def _path_folders():
    # Absolute, because the runs have another working directory.
    return [os.path.abspath(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]


def _pyenv():
    return os.environ.get("PYENV_ROOT") or os.path.expanduser(os.path.join("~", ".pyenv"))


def _names(folder):
    try:
        return sorted(os.listdir(folder))
    except OSError:  # PATH may name folders that do not exist or that this user may not read
        return []


def _start_or_none(path, needs):
    try:
        return _start(path, needs)
    except UsageError:
        return None
