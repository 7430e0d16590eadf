"""Run source text in fresh interpreters, because a process cannot forget what it has loaded."""

from __future__ import absolute_import, division, print_function

import io
import json
import os
import shutil
import sys
import tempfile
import textwrap

from tests.support import process
from tests.support.process import ROOT, SLOW, Result

PY2 = sys.version_info[0] == 2
PYPY = hasattr(sys, "pypy_version_info")

__all__ = ["PY2", "PYPY", "ROOT", "Result", "SLOW", "call", "python", "value"]


def _recorder():
    with io.open(os.path.join(ROOT, "tests", "support", "recording", "late.py"), encoding="ascii") as stream:
        text = stream.read()
    return text[text.index(u"import sys") :]  # what is before must be at the top of a file


def call(arguments, environment=(), directory=None):
    """Run this interpreter with ``arguments``, a list. Return a `Result`.

    ``environment``: more variables, as a dictionary. ``directory``: the current folder of the process.
    """
    given = dict(environment)
    variables = process.variables("PYTHON", "WARMUP", PYTHONPATH=ROOT)
    variables.update(given)
    return process.run([sys.executable] + list(arguments), variables, directory)


def python(source, options=(), environment=(), arguments=(), directory=None):
    """Run ``source`` as a program. It can use the class `Recorder` of ``late.py``. Return a `Result`.

    ``options``: of the interpreter. ``arguments``: of the program.
    """
    source = u"# coding: utf-8\n" + _recorder() + textwrap.dedent(source)
    folder = tempfile.mkdtemp(prefix="fresh-")  # the first on the path of the program
    path = os.path.join(folder, "fresh_program.py")
    try:
        with open(path, "wb") as stream:
            stream.write(source.encode("utf-8"))
        return call(list(options) + [path] + list(arguments), environment, directory)
    finally:
        shutil.rmtree(folder, True)


def value(source, **options):
    """Run ``source``. Return the value of the last line that it prints, which must be JSON. It must exit with 0."""
    result = python(source, **options)
    if result.code != 0:
        raise AssertionError("the child failed: %r" % result)
    return json.loads(result.out.splitlines()[-1])
