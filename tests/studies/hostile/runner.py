"""Run one condition on one interpreter, in a process and a folder of its own."""

from __future__ import absolute_import, division, print_function

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time

HELD, BROKEN, DOES_NOT_APPLY = "+", "X", "."
_DESCRIBE = """
import json, sys, sysconfig
name = "pypy" if hasattr(sys, "pypy_version_info") else ""
name += "%d.%d" % sys.version_info[:2]
name += "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
print(json.dumps([name, list(sys.version_info[:3])]))
"""


class Interpreter(object):
    """Describe a Python. ``path``: its executable; ``name``: as ``3.13t``; ``version``: three numbers.

    Raise ``ValueError`` if ``path`` cannot be run.
    """

    def __init__(self, path):
        self.path = path
        try:
            name, version = json.loads(
                subprocess.check_output([path, "-c", _DESCRIBE]).decode("ascii")
            )
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            raise ValueError("%s is no Python that can be run: %s" % (path, error))
        self.name, self.version = str(name), tuple(version)


class Result(object):
    """Say how a run ended. ``state``: `HELD`, `BROKEN` or `DOES_NOT_APPLY`; ``text``: what happened."""

    def __init__(self, state, text, seconds):
        self.state, self.text, self.seconds = state, text, seconds

    def __repr__(self):
        return "%s %s (%.1f s)" % (self.state, self.text, self.seconds)


def run(condition, interpreter):
    """Run ``condition`` on ``interpreter``. Return a `Result`."""
    if not condition.applies_to(interpreter.version):
        return Result(DOES_NOT_APPLY, "another version", 0.0)
    command = [interpreter.path] + condition.options + [condition.path]
    if condition.case is not None:
        command.append(condition.case)
    scratch = tempfile.mkdtemp(prefix="hostile-")
    started = time.time()
    try:
        code, out, err, hung = _call(
            command, _environment(condition, scratch), scratch, condition.limit
        )
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    seconds = time.time() - started
    if hung:
        return Result(
            BROKEN, "still running after %d s%s" % (condition.limit, _last(err, ": ")), seconds
        )
    if code == 0:
        return Result(HELD, "", seconds)
    if code == 77:
        return Result(DOES_NOT_APPLY, _last(out), seconds)
    if code == 1:
        return Result(BROKEN, _last(out) or _last(err), seconds)
    how = "killed by signal %d" % -code if code < 0 else "exit code %d" % code
    return Result(BROKEN, how + (_last(out, ": ") or _last(err, ": ")), seconds)


def _call(command, environment, directory, limit):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, open(
        os.devnull, "rb"
    ) as nothing:
        child = subprocess.Popen(
            command,
            stdin=nothing,
            stdout=out,
            stderr=err,
            env=environment,
            cwd=directory,
            preexec_fn=os.setsid,  # what the script starts must end with it
        )
        hung = threading.Event()
        timer = threading.Timer(limit, _kill, (child, hung))  # 2.7 has no wait(timeout)
        timer.start()
        try:
            child.wait()
        finally:
            timer.cancel()
            _kill(child, threading.Event())
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
        return child.returncode, texts[0], texts[1], hung.is_set()


def _kill(child, killed):
    killed.set()
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except OSError:  # the group has no process any more
        pass


def _environment(condition, scratch):
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "WARMUP", "HOSTILE"))
    }
    variables["HOSTILE_SCRATCH"] = scratch
    variables.update(condition.environment)
    return variables


def _last(text, before=""):
    lines = [line for line in text.splitlines() if line.strip()]
    return before + lines[-1].strip() if lines else ""
