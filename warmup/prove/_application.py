"""The user's own program under a slowed importer, cold and warm."""
from __future__ import absolute_import, division, print_function

import io
import json
import os
import shutil

from warmup.prove._errors import UsageError
from warmup.prove._processes import last_line
from warmup.prove._table import FLOOR, duration

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_application_run.py")


def prove_application(harness, interpreter, target):
    """Call `target`, `MODULE` or `MODULE:CALLABLE`, cold and warm and return {mode: answer}.

    The module is looked for in the working directory first, and on PYTHONPATH. An answer has
    `late`, the names of what was imported late, in order; `seconds` that the callable took with
    50 ms added to each import; `raised`, what it raised, as text; and of the warm run, how many
    modules were `preloaded` and in how many `preload_seconds`. Raises UsageError if the module
    or the callable is not there or the run does not end.
    """
    module, _, function = target.partition(":")
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    path = [os.path.abspath(entry) for entry in entries if entry]
    answers = {}
    for mode in "cold", "warm":
        script, answer = harness.file("_application_run.py"), harness.file("answer.json")
        shutil.copyfile(SCRIPT, script)
        command = [script, mode, module, function, answer]
        status, _, stderr = harness.run(interpreter, command, folder=os.getcwd(), path=path)
        if status is None:
            raise UsageError(
                "%s, %s: not done after %g s; give --app a callable that ends, or raise --limit"
                % (target, mode, harness.limit)
            )
        if status != 0 or not os.path.exists(answer):
            raise UsageError(
                "%s, %s: exit status %s: %s" % (target, mode, status, last_line(stderr))
            )
        with io.open(answer, encoding="utf-8") as stream:
            answers[mode] = json.load(stream)
        os.remove(answer)
        if answers[mode]["problem"]:
            raise UsageError(
                "--app %s cannot be had from %s: %s"
                % (target, os.getcwd(), answers[mode]["problem"])
            )
    return answers


def is_cured(answers):
    """Whether the warm call imported nothing late and did not raise."""
    return not answers["warm"]["late"] and not answers["warm"]["raised"]


def as_lines(target, interpreter, answers, style):
    """The answers for people, as lines."""
    cold, warm = answers["cold"], answers["warm"]
    longest = max(cold["seconds"], warm["seconds"], FLOOR)
    lines = ["%s on %s, every late import slowed by 50 ms" % (target, interpreter.name), ""]
    for mode, answer in (("cold", cold), ("warm", warm)):
        words = "%s, %d late imports" % (duration(answer["seconds"]), len(answer["late"]))
        if answer["raised"]:
            words += ", raised %s" % answer["raised"]
        lines.append("  %s  %s  %s" % (mode, style.bar(answer["seconds"] / longest), words))
    preloaded = warm["preloaded"], duration(warm["preload_seconds"])
    lines += ["", "preload() brought %d modules in %s" % preloaded]
    if ":" not in target:
        lines += ["", "nothing was called: --app %s:CALLABLE shows what that imports late" % target]
    for mode, answer in (("cold", cold), ("warm, all the same", warm)):
        if answer["late"]:
            lines += ["", "late, %s:" % mode] + ["  " + name for name in answer["late"]]
    return lines
