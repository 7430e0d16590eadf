"""Runs source text in fresh interpreters, for tests: what a process has loaded cannot be undone in it."""
from __future__ import absolute_import, division, print_function

import json
import os
import subprocess
import sys
import tempfile
import textwrap
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PY2 = sys.version_info[0] == 2
PYPY = hasattr(sys, "pypy_version_info")
SLOW = 120  # seconds that no child takes, on however busy a machine

# Independent of the package: notes what comes into sys.modules between begin() and end().
RECORDER = """
import sys

class Recorder(object):
    def __enter__(self):
        self.before = set(sys.modules)
        return self

    def __exit__(self, *exception):
        self.late = sorted(name for name in set(sys.modules) - self.before if sys.modules[name] is not None)
"""


class Result(object):
    """What a child left: ``code``, ``out`` and ``err`` as text."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __repr__(self):
        return "exit %s\n%s\n%s" % (self.code, self.out, self.err)


def call(arguments, environment=(), directory=None):
    """Run this interpreter with ``arguments``; return a `Result`. Its time is limited to `SLOW` seconds."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("WARMUP")}
    variables["PYTHONPATH"] = ROOT
    variables.update(environment)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen([sys.executable] + list(arguments), stdout=out, stderr=err, env=variables,
                                 cwd=directory or tempfile.gettempdir())
        timer = threading.Timer(SLOW, child.kill)  # 2.7 has no wait(timeout)
        timer.start()
        try:
            child.wait()
        finally:
            timer.cancel()
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
        return Result(child.returncode, *texts)


def python(source, options=(), environment=(), arguments=(), directory=None):
    """Run ``source`` as a program of its own."""
    source = "# coding: utf-8\n" + RECORDER + textwrap.dedent(source)
    handle, path = tempfile.mkstemp(suffix=".py")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(source.encode("utf-8"))
        return call(list(options) + [path] + list(arguments), environment, directory)
    finally:
        os.remove(path)


def value(source, **options):
    """Run ``source``, which must print one line of JSON at last and fail in no way; return what that says."""
    result = python(source, **options)
    if result.code != 0:
        raise AssertionError("the child failed: %r" % result)
    return json.loads(result.out.splitlines()[-1])
