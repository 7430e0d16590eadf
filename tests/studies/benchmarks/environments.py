"""Make environments for an interpreter: a bare one, and one with packages."""

from __future__ import absolute_import, division, print_function

import os
import sys

from tests.support.process import Failed, output, variables
from tests.support.table import say

_SLOW = 600  # seconds that no installation takes
# dateutil 3 says that it is for 2.7, and needs six, which it does not say.
_FOR_2 = {"pandas": ["python-dateutil<3"]}


def bare(interpreter, folder):
    """Make an environment without packages in ``folder``. Return its executable. Some packages slow down each start."""
    if interpreter.version < (3,):
        return interpreter.path  # an environment of 2.7 slows down each start itself
    if not os.path.isdir(folder):
        _run([interpreter.path, "-m", "venv", "--without-pip", folder])
    return os.path.join(folder, "bin", "python")


def environment(interpreter, folder, packages):
    """Make an environment with ``packages`` in ``folder``, unless it exists. Return its executable.

    Print a line for each package that is installed.

    Raises `Failed` for a package that cannot be installed.
    """
    inner, tools = os.path.join(folder, "bin", "python"), folder + ".tools"
    pip = [inner, "-m", "pip"]
    if not os.path.exists(inner):
        if interpreter.version < (3,):
            _run([interpreter.path, "-m", "pip", "install", "--target", tools, "virtualenv"])
            _run([interpreter.path, "-m", "virtualenv", folder], tools)
        else:
            bare(interpreter, folder)
    if interpreter.version >= (3,):
        # Debian's interpreters come without pip: take ours, in a version that knows theirs.
        pip = [sys.executable, "-m", "pip", "--python", inner]
    if interpreter.version >= (3, 10) and not os.path.isdir(tools):
        _run([sys.executable, "-m", "pip", "install", "--target", tools, "pip"])
    for package in packages:
        made = os.path.join(folder, package + ".made")
        if not os.path.exists(made):
            say("installs %s" % package)
            try:
                more = _FOR_2.get(package, []) if interpreter.version < (3,) else []
                # With 2.7 the folder has virtualenv and what it needs: pip would not install that again.
                path = tools if interpreter.version >= (3, 10) else ""
                _run(pip + ["install", "--only-binary", ":all:", package] + more, path)
            except Failed as error:
                raise Failed("%s cannot be installed: %s" % (package, error))
            open(made, "w").close()
    return inner


def _run(words, path=""):
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    output(words, environment=variables("VIRTUAL_ENV", PYTHONPATH=path, **quiet), seconds=_SLOW)
