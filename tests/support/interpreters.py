"""Find interpreters on this machine, and describe them."""

from __future__ import absolute_import, division, print_function

import json
import os
import re

from tests.support import process

# The interpreters that the package supports.
NAMES = ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15", "pypy3.11")

_DESCRIBE = """
import json, sys, sysconfig
name = "pypy" if hasattr(sys, "pypy_version_info") else ""
name += "%d.%d" % sys.version_info[:2] + ("t" if sysconfig.get_config_var("Py_GIL_DISABLED") else "")
print(json.dumps([name, list(sys.version_info[:3])]))
"""


class Interpreter(object):
    """Describe a Python.

    ``path``: its executable. ``name``: for example ``"3.13"``, ``"3.13t"``, ``"pypy3.11"``. ``version``: three
    numbers. ``is_pypy``: whether it is PyPy. ``full_version``: for example ``"3.13.0"``.

    Raise ``ValueError`` if ``path`` cannot be run.
    """

    def __init__(self, path):
        self.path = path
        try:
            name, version = json.loads(process.output([path, "-c", _DESCRIBE]))
        except (OSError, ValueError, process.Failed) as error:
            raise ValueError("%s is no Python that can be run: %s" % (path, error))
        self.name, self.version = str(name), tuple(version)
        self.is_pypy = self.name.startswith("pypy")
        self.full_version = ".".join(map(str, self.version))


def find(names=NAMES):
    """Return an `Interpreter` for each of ``names`` that is installed. Look into pyenv's folder, then at ``PATH``."""
    found = []
    for name in names:
        for path in _places(name):
            try:
                interpreter = Interpreter(path)
            except ValueError:  # the shim of a version that is not there
                continue
            if interpreter.name == name:
                found.append(interpreter)
                break
    return found


def _places(name):
    executable = name if name.startswith("pypy") else "python" + name
    folder = os.path.join(os.environ.get("PYENV_ROOT") or os.path.expanduser(os.path.join("~", ".pyenv")), "versions")
    places = [os.path.join(folder, version, "bin", executable) for version in _versions(folder, name)]
    places += [os.path.join(folder, executable) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    return [path for path in places if os.access(path, os.X_OK)]


def _versions(folder, name):
    try:
        entries = os.listdir(folder)
    except OSError:  # no pyenv, or another user's
        return []
    versions = [entry for entry in entries if entry.startswith(name + ".") or entry == name]
    return sorted(versions, key=lambda entry: [int(number) for number in re.findall(r"\d+", entry)], reverse=True)
