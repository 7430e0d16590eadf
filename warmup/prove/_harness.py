"""Runs scenarios cold and warm in fresh interpreters, and judges what happened."""

from __future__ import absolute_import, division, print_function

import collections
import io
import os
import re
import shutil
import tempfile
import time
import zipfile

from warmup.prove import _processes
from warmup.prove._scenarios import ABSENT, FINE

# Computed once: 2.7 may give a path that the next os.chdir() makes wrong.
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

#: How many scenarios run at once. Most of their time is spent waiting for a second to be over.
#: Those whose figure depends on how busy the machine is run alone, after the others.
AT_ONCE = 4

#: Outcomes besides those of a scenario: no report at all, or not in time.
BREAKS = "breaks"
NEVER_ENDS = "never ends"


class Run(collections.namedtuple("Run", "outcome seconds detail")):
    """The result of one run of a script.

    outcome  `fine`, `stalls`, `child hangs`, `raises NAME`...: as the script said; `never ends` at
             the time limit; `breaks` if it said nothing or its exit status contradicts it
    seconds  as measured by the script
    detail   the script's own words, or the end of what it wrote to stderr
    """

    __slots__ = ()


class Proof(
    collections.namedtuple("Proof", "scenario interpreter verdict expected cold warm reason")
):
    """The result of a scenario on an interpreter.

    verdict     CURED: cold it went wrong as expected, warm it did not; NOT_AFFECTED: cold it was
                fine, or what it is about does not exist, as expected; NOT_CURED: warm it went
                wrong; UNEXPECTED: cold it did not do what the scenario says, so nothing is
                proved; NOT_RUN
    expected    a tuple of outcomes, or None
    cold, warm  a Run each, or None where there was none
    reason      why NOT_RUN, NOT_CURED or UNEXPECTED, or what does not exist; otherwise ""
    """

    __slots__ = ()


def expected(scenario, interpreter):
    """Return what a cold run of `scenario` does on `interpreter`: outcomes, or None."""
    return scenario.expected(
        interpreter.implementation, interpreter.version[:2], interpreter.platform
    )


def foresee(scenario, interpreter):
    """Return (verdict, reason) where no run is needed to know the verdict, else (None, "")."""
    outcomes = expected(scenario, interpreter)
    missing = [need for need in scenario.needs if not interpreter.can.get(need)]
    if outcomes is None:
        return NOT_RUN, "%s was never measured" % interpreter.name
    if ABSENT in outcomes:
        if missing:
            return NOT_AFFECTED, "it has no %s" % missing[0]
        return UNEXPECTED, "it is said to lack what the scenario needs, and has it"
    if missing:
        return NOT_RUN, "needs %s" % missing[0]
    return None, ""


def in_order(scenarios, interpreter):
    """Return `scenarios` sorted: what goes wrong on `interpreter` first, what cannot run last."""

    def key(scenario):
        verdict = foresee(scenario, interpreter)[0]
        if verdict == NOT_RUN:
            return 2
        return int(verdict == NOT_AFFECTED or expected(scenario, interpreter) == (FINE,))

    return sorted(scenarios, key=key)  # sorted() keeps the order of those with the same key


class Harness(object):
    """A workplace for scenarios; a context manager, which leaves nothing behind.

    package  folder of the `warmup` package that warm runs import (default: this one, which may
             be inside a zip file)
    limit    seconds after which a run is ended with everything that it started

    The package is copied aside: an interpreter gets the package, and nothing else from the
    folder where the package is installed.
    """

    def __init__(self, package=None, limit=30.0):
        self.package = package
        self.limit = limit
        self._compiled = set()  # paths of interpreters, such as {"/usr/bin/python3"}
        self._folder = None

    def __enter__(self):
        self._folder = tempfile.mkdtemp(prefix="warmup-prove-")
        try:
            for name in ("package", "scripts", "tmp"):
                os.mkdir(self._path(name))
            _copy_package(self.package, self._path("package", "warmup"))
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        """Remove every file. No run is left by then: whoever starts one ends it."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def prove(self, scenario, interpreter):
        """Run `scenario` cold and warm on `interpreter` and return the Proof."""
        (proof,) = self.prove_all([scenario], interpreter)
        return proof

    def prove_all(self, scenarios, interpreter, show=None):
        """Run each of `scenarios` cold and warm; yield the proofs in that order.

        Scenarios run beside each other as long as their figures allow it. `show`, if given, is
        called with the names of those that run, whenever another one has begun. To close the
        generator ends what runs.
        """
        together, alone, proofs, running = [], [], {}, {}
        for index, scenario in enumerate(scenarios):
            (alone if scenario.runs > 1 else together).append(index)
        given = 0
        try:
            while given < len(scenarios):
                while together and len(running) < AT_ONCE or alone and not running:
                    index = (together or alone).pop(0)
                    running[index] = _Row(self, scenarios[index], interpreter)
                    if show is not None:
                        show([scenarios[one].name for one in sorted(running)])
                for index in sorted(running):
                    proof = running[index].advance()
                    if proof is not None:
                        proofs[index] = proof
                        del running[index]
                if given in proofs:
                    yield proofs.pop(given)
                    given += 1
                elif running:
                    time.sleep(_processes.POLL)
        finally:
            for row in running.values():
                row.end()

    def steps(self, scenario, interpreter):
        """Prove `scenario`: yield what to run next, a list of arguments, and take its Run.

        The last thing yielded is the Proof.
        """
        outcomes = expected(scenario, interpreter)
        cold, warm = [], []

        def proof(verdict, reason=""):
            runs = _representative(cold), _representative(warm)
            return Proof(scenario, interpreter, verdict, outcomes, runs[0], runs[1], reason)

        verdict, reason = foresee(scenario, interpreter)
        if verdict is not None:
            yield proof(verdict, reason)
            return

        # Each row has a folder of its own: cases of one script run at the same time.
        folder = tempfile.mkdtemp(dir=self._path("scripts"))
        script = os.path.join(folder, scenario.script + ".py")
        with io.open(script, "w", encoding="utf-8") as copy:
            copy.write(scenario.source)
        command = [script] + list(scenario.arguments)

        slow = outcomes == ("slow",)
        for _ in range(scenario.runs):
            cold.append((yield command))
            if slow and cold[-1].outcome != FINE or not slow and cold[-1].outcome in outcomes:
                break
        if cold[-1].outcome not in (FINE if slow else outcomes):
            reason = "cold: %s; expected: %s" % (cold[-1].detail, " or ".join(outcomes))
            yield proof(UNEXPECTED, reason)
            return
        # A busy machine makes runs slower, never quicker: a warm run that is too slow may be
        # repeated, and no repetition makes one quick that imports what the cold ones do.
        for _ in range(2 * scenario.runs if slow else 1):
            warm.append((yield command + ["warm"]))
            if warm[-1].outcome != FINE:
                yield proof(NOT_CURED, "warm: %s" % warm[-1].detail)
                return
            if slow and _representative(cold).seconds >= RATIO * _representative(warm).seconds:
                yield proof(CURED)
                return
        if slow:
            yield proof(NOT_CURED, "cold took less than %d times as long as warm" % RATIO)
        else:
            yield proof(NOT_AFFECTED if outcomes == (FINE,) else CURED)

    def start(self, interpreter, command):
        """Start `interpreter` with `command`, a list of arguments; return the Process.

        The package can be imported there. The working directory is an empty folder.
        """
        if interpreter.path not in self._compiled:
            # Otherwise each warm run would compile the package, which a user's does not.
            self._compiled.add(interpreter.path)
            process = self.start(interpreter, ["-m", "compileall", "-q", self._path("package")])
            try:
                while process.poll() is None:
                    time.sleep(_processes.POLL)
            finally:
                process.end()
        temporary = self._path("tmp")
        environment = dict(
            _processes.clean_environment(),
            PYTHONPATH=self._path("package"),
            PYTHONIOENCODING="utf-8:backslashreplace",
            TMPDIR=temporary,
            TEMP=temporary,
            TMP=temporary,
        )
        if not interpreter.compiled and interpreter.version >= (3, 8):
            # As many container images are: without a cache each run would compile all it imports.
            environment["PYTHONPYCACHEPREFIX"] = self._path("cache")
        else:
            environment["PYTHONDONTWRITEBYTECODE"] = "1"
        return _processes.Process([interpreter.path] + command, environment, self.limit, temporary)

    def _path(self, *names):
        return os.path.join(self._folder, *names)


class _Row(object):
    """A scenario on its way to a Proof: its steps, and the process that runs now."""

    def __init__(self, harness, scenario, interpreter):
        self._start = lambda command: harness.start(interpreter, command)
        self._limit = harness.limit
        self._steps = harness.steps(scenario, interpreter)
        self._process = None
        self._proof = None
        self._follow(next(self._steps))

    def advance(self):
        """Return the Proof, or None as long as there is none."""
        if self._proof is None:
            ended = self._process.poll()
            if ended is not None:
                self.end()
                self._follow(self._steps.send(_judge(ended, self._limit)))
        return self._proof

    def end(self):
        """End the process that runs, if any."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def _follow(self, step):
        if isinstance(step, Proof):
            self._proof = step
        else:
            self._process = self._start(step)


def _judge(ended, limit):
    """Return the Run that a process was, which has `ended` within `limit` seconds or was ended."""
    if ended.status is None:
        return Run(NEVER_ENDS, limit, "never ends (%g s)" % limit)
    match = re.search(r"^(.+) after ([\d.]+) s$", _processes.last_line(ended.stdout))
    if not match or (ended.status == 0) != (match.group(1) == FINE):
        words = ended.status, _processes.last_line(ended.stderr)
        return Run(BREAKS, 0.0, "breaks, exit status %d: %s" % words)
    detail, seconds = match.groups()
    raised = re.match(r"raises \w+", detail)
    return Run(raised.group() if raised else detail, float(seconds), detail)


def _representative(runs):
    """Return the run that went wrong, which ended the series, or the quickest; None without any."""
    if not runs or runs[-1].outcome != FINE:
        return runs[-1] if runs else None
    return min(runs, key=lambda run: run.seconds)


def _copy_package(package, target):
    """Copy the `warmup` package without the harness; `package` as for `Harness`."""
    archive = getattr(globals().get("__loader__"), "archive", None)
    if package is not None or archive is None:
        ignore = shutil.ignore_patterns("prove", "__pycache__", "*.pyc")
        shutil.copytree(package or PACKAGE, target, ignore=ignore)
        return
    # The package is imported from a zip file: PACKAGE is a path that leads into it.
    prefix = os.path.relpath(PACKAGE, os.path.abspath(archive)).replace(os.sep, "/") + "/"
    with zipfile.ZipFile(archive) as members:
        for name in members.namelist():
            inside = name[len(prefix) :]
            if name.startswith(prefix) and not inside.startswith("prove/") and inside[-1:] != "/":
                path = os.path.join(target, *inside.split("/"))
                if not os.path.isdir(os.path.dirname(path)):
                    os.makedirs(os.path.dirname(path))
                with open(path, "wb") as copy:
                    copy.write(members.read(name))
