"""Runs scenarios cold and warm in fresh interpreters, and judges what happened."""
from __future__ import absolute_import, division, print_function

import collections
import io
import os
import re
import shutil
import tempfile

from warmup.prove._processes import clean_environment, last_line, run
from warmup.prove._scenarios import ABSENT, FINE

# Found once: 2.7 may give a path that the next os.chdir() makes wrong.
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

CURED = "cured"
NOT_AFFECTED = "not affected"
NOT_CURED = "NOT CURED"
UNEXPECTED = "UNEXPECTED"
NOT_RUN = "not run"

#: A cold run that is expected to be slow has to take this many times as long as the warm one.
#: Without preloading the two differ by less than 2; with it by 4 (`sixteen_threads` on PyPy,
#: where a busy machine shows most) to some thousands.
RATIO = 3

#: Outcomes besides those of a scenario: no report at all, or not in time.
BREAKS = "breaks"
NEVER_ENDS = "never ends"


class Run(collections.namedtuple("Run", "outcome seconds detail")):
    """What one run of a script came to.

    outcome  `fine`, `stalls`, `child hangs`, `raises NAME`...: as the script said; `never ends` at
             the time limit; `breaks` if it said nothing or its exit status says something else
    seconds  as measured by the script
    detail   the script's own words, or the end of what it wrote to stderr
    """

    __slots__ = ()


class Proof(
    collections.namedtuple("Proof", "scenario interpreter verdict expected cold warm reason")
):
    """What a scenario came to on an interpreter.

    verdict     CURED: cold it went wrong as expected, warm it did not; NOT_AFFECTED: cold it was
                fine, or what it is about does not exist, as expected; NOT_CURED: warm it went
                wrong; UNEXPECTED: cold it did not do what the scenario says, so nothing is
                proved; NOT_RUN
    expected    a tuple of outcomes, or None
    cold, warm  a Run each, or None where there was none
    reason      why NOT_RUN, NOT_CURED or UNEXPECTED, or what does not exist; otherwise ""
    """

    __slots__ = ()


class Harness(object):
    """A workplace for scenarios; a context manager, which leaves nothing behind.

    package  folder of the `warmup` package that warm runs import (default: this one)
    limit    seconds after which a run is ended with everything that it started

    The package is copied aside, so that an interpreter gets it and nothing else from the
    folder where it is installed.
    """

    def __init__(self, package=None, limit=30.0):
        self.package = package or PACKAGE
        self.limit = limit
        self._compiled = set()
        self._folder = None

    def __enter__(self):
        self._folder = tempfile.mkdtemp(prefix="warmup-prove-")
        try:
            for name in ("package", "scripts", "tmp"):
                os.mkdir(os.path.join(self._folder, name))
            shutil.copytree(
                self.package,
                os.path.join(self._folder, "package", "warmup"),
                ignore=shutil.ignore_patterns("prove", "__pycache__", "*.pyc"),
            )
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        """Remove every file; runs are over by then, since run() ends what it starts."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def file(self, name):
        """The path of a file called `name` in the workplace; it ends with the harness."""
        return os.path.join(self._folder, "scripts", name)

    def prove(self, scenario, interpreter):
        """Run `scenario` cold and warm on `interpreter` and return the Proof."""
        expected = scenario.expected(interpreter.implementation, interpreter.version[:2])
        missing = [need for need in scenario.needs if not interpreter.can.get(need)]
        cold, warm = [], []

        def proof(verdict, reason=""):
            return Proof(
                scenario, interpreter, verdict, expected, _telling(cold), _telling(warm), reason
            )

        if expected is None:
            return proof(NOT_RUN, "nobody has measured %s" % interpreter.name)
        if ABSENT in expected:
            if missing:
                return proof(NOT_AFFECTED, "it has no %s" % ", ".join(missing))
            return proof(UNEXPECTED, "it is said to lack what the scenario needs, and has it")
        if missing:
            return proof(NOT_RUN, "needs %s" % ", ".join(missing))

        script = self.file(scenario.name + ".py")
        with io.open(script, "w", encoding="utf-8") as copy:
            copy.write(scenario.source)
        self._compile(interpreter)

        slow = expected == ("slow",)
        for _ in range(scenario.runs):
            cold.append(self._report(interpreter, script))
            if slow and cold[-1].outcome != FINE or not slow and cold[-1].outcome in expected:
                break
        if cold[-1].outcome not in (FINE if slow else expected):
            return proof(
                UNEXPECTED, "cold: %s; expected: %s" % (cold[-1].detail, " or ".join(expected))
            )
        # A busy machine makes runs slower, never quicker: a warm run that is too slow may be
        # repeated, and no repetition makes one quick that imports what the cold ones do.
        for _ in range(2 * scenario.runs if slow else 1):
            warm.append(self._report(interpreter, script, "warm"))
            if warm[-1].outcome != FINE:
                return proof(NOT_CURED, "warm: %s" % warm[-1].detail)
            if slow and _telling(cold).seconds >= RATIO * _telling(warm).seconds:
                return proof(CURED)
        if slow:
            return proof(NOT_CURED, "cold took less than %d times as long as warm" % RATIO)
        return proof(NOT_AFFECTED if expected == (FINE,) else CURED)

    def run(self, interpreter, command, folder=None, path=()):
        """Run `interpreter` with `command`, a list of arguments, and the package importable.

        `folder` is the working directory (default: an empty one), `path` folders that are
        importable after the package. Returns what _processes.run() does.
        """
        temporary = os.path.join(self._folder, "tmp")
        package = os.path.join(self._folder, "package")
        environment = dict(
            clean_environment(),
            PYTHONPATH=os.pathsep.join([package] + list(path)),
            PYTHONIOENCODING="utf-8:backslashreplace",
            TMPDIR=temporary,
        )
        if not interpreter.compiled and interpreter.version >= (3, 8):
            # As many container images are: without a cache each run would compile all it imports.
            environment["PYTHONPYCACHEPREFIX"] = os.path.join(self._folder, "cache")
        else:
            environment["PYTHONDONTWRITEBYTECODE"] = "1"
        return run([interpreter.path] + command, environment, self.limit, folder or temporary)

    def _report(self, interpreter, script, *mode):
        status, stdout, stderr = self.run(interpreter, [script] + list(mode))
        if status is None:
            return Run(NEVER_ENDS, self.limit, "never ends (%g s)" % self.limit)
        match = re.search(r"^(.+) after ([\d.]+) s$", last_line(stdout))
        if not match or (status == 0) != (match.group(1) == FINE):
            words = "breaks, exit status %d: %s" % (status, last_line(stderr))
            return Run(BREAKS, 0.0, words)
        detail, seconds = match.groups()
        raised = re.match(r"raises \w+", detail)
        return Run(raised.group() if raised else detail, float(seconds), detail)

    def _compile(self, interpreter):
        # Otherwise every warm run would pay for compiling the package, which a user's does not.
        if interpreter.path not in self._compiled:
            package = os.path.join(self._folder, "package")
            self.run(interpreter, ["-m", "compileall", "-q", package])
            self._compiled.add(interpreter.path)


def _telling(runs):
    """The run that went wrong, which ended the series, or else the quickest; None without any."""
    if not runs or runs[-1].outcome != FINE:
        return runs[-1] if runs else None
    return min(runs, key=lambda run: run.seconds)
