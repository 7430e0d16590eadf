"""Makes environments for an interpreter: a bare one, and one with the packages that some of the comparisons need."""
from __future__ import absolute_import, division, print_function

import os
import subprocess
import sys

from .runner import HERE, Failed


def bare(python, version, folder):
    """The interpreter of an environment in ``folder`` without packages, some of which slow down each start."""
    if version < (3,):
        return python  # there, it is the environment that slows it down
    _run([python, "-m", "venv", "--without-pip", folder])
    return os.path.join(folder, "bin", "python")


def environment(python, version, folder):
    """The interpreter of an environment of ``python`` in ``folder``; it is made unless it is there.

    Raises `Failed`. A package that cannot be installed is no failure: the comparison with it is.
    """
    inner, made, tools = os.path.join(folder, "bin", "python"), os.path.join(folder, "made"), folder + ".tools"
    if os.path.exists(made):
        return inner
    pip = [inner, "-m", "pip"]
    if version < (3,):
        _run([python, "-m", "pip", "install", "--target", tools, "virtualenv"])
        _run([python, "-m", "virtualenv", folder], tools)
    else:
        try:
            _run([python, "-m", "venv", "--clear", folder])
        except Failed:  # Debian's interpreters come without pip: take ours, which has to know theirs
            _run([python, "-m", "venv", "--clear", "--without-pip", folder])
            _run([sys.executable, "-m", "pip", "install", "--target", tools, "--upgrade", "pip"])
            pip = [sys.executable, "-m", "pip", "--python", inner]
    with open(os.path.join(HERE, "requirements.txt")) as requirements:
        for requirement in requirements:
            if requirement.strip() and not requirement.startswith("#"):
                try:
                    _run(pip + ["install", requirement.strip()], tools)
                except Failed:
                    pass
    open(made, "w").close()
    return inner


def _run(words, path=""):
    variables = dict(os.environ, PYTHONPATH=path, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_ROOT_USER_ACTION="ignore")
    child = subprocess.Popen(words, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = child.communicate()[0].decode("utf-8", "replace").splitlines()
    if child.returncode:
        raise Failed((lines or [" ".join(words) + " failed"])[-1])
