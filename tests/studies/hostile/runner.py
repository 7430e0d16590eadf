"""Run one condition on one interpreter, in a process and a folder of its own."""

from __future__ import absolute_import, division, print_function

import shutil
import tempfile

from tests.support import process

HELD, BROKEN, DOES_NOT_APPLY = "+", "X", "."


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
    variables = process.variables("PYTHON", "WARMUP", "HOSTILE")
    variables.update(condition.environment, HOSTILE_SCRATCH=scratch)
    try:
        ended = process.run(command, variables, scratch, condition.limit)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if ended.code is None:
        text = "still running after %d s%s" % (condition.limit, _last(ended.err, ": "))
        return Result(BROKEN, text, ended.seconds)
    if ended.code == 0:
        return Result(HELD, "", ended.seconds)
    if ended.code == 77:
        return Result(DOES_NOT_APPLY, _last(ended.out), ended.seconds)
    if ended.code == 1:
        return Result(BROKEN, _last(ended.out) or _last(ended.err), ended.seconds)
    how = "killed by signal %d" % -ended.code if ended.code < 0 else "exit code %d" % ended.code
    return Result(BROKEN, how + (_last(ended.out, ": ") or _last(ended.err, ": ")), ended.seconds)


def _last(text, before=""):
    lines = [line for line in text.splitlines() if line.strip()]
    return before + lines[-1].strip() if lines else ""
