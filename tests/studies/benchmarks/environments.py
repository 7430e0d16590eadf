"""Make environments for an interpreter: a bare one, and one with the packages that some of the comparisons need."""

from __future__ import absolute_import, division, print_function

import os
import sys

from tests.studies.benchmarks.runner import HERE
from tests.support.process import Failed, output, variables

_SLOW = 600  # seconds that no installation takes


def requirements():
    """Return the lines of ``requirements.txt`` that name a package."""
    with open(os.path.join(HERE, "requirements.txt")) as lines:
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def bare(interpreter, folder):
    """Make an environment in ``folder`` without packages, some of which slow down each start. Return its executable."""
    if interpreter.version < (3,):
        return interpreter.path  # there, it is the environment that slows it down
    _run([interpreter.path, "-m", "venv", "--without-pip", folder])
    return os.path.join(folder, "bin", "python")


def environment(interpreter, folder):
    """Make an environment with packages in ``folder``, unless it is there. Return its executable.

    Raises `Failed`. A package that cannot be installed is no failure: the comparison with it is.
    """
    inner, made, tools = (
        os.path.join(folder, "bin", "python"),
        os.path.join(folder, "made"),
        folder + ".tools",
    )
    if os.path.exists(made):
        return inner
    python, pip = interpreter.path, [inner, "-m", "pip"]
    if interpreter.version < (3,):
        _run([python, "-m", "pip", "install", "--target", tools, "virtualenv"])
        _run([python, "-m", "virtualenv", folder], tools)
    else:
        try:
            _run([python, "-m", "venv", "--clear", folder])
        except (
            Failed
        ):  # Debian's interpreters come without pip: take ours, which has to know theirs
            _run([python, "-m", "venv", "--clear", "--without-pip", folder])
            _run([sys.executable, "-m", "pip", "install", "--target", tools, "--upgrade", "pip"])
            pip = [sys.executable, "-m", "pip", "--python", inner]
    for requirement in requirements():
        try:
            _run(pip + ["install", requirement], tools)
        except Failed:
            pass
    open(made, "w").close()
    return inner


def _run(words, path=""):
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    output(words, environment=variables("VIRTUAL_ENV", PYTHONPATH=path, **quiet), seconds=_SLOW)
