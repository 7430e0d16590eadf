"""Run scenarios cold and warm in fresh interpreters, and judge what happened."""

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

# 2.7 may give a relative path. Computed later, after os.chdir(), it would be wrong.
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

CURED = "cured"
NOT_AFFECTED = "not affected"
NOT_CURED = "NOT CURED"
UNEXPECTED = "UNEXPECTED"
NOT_RUN = "not run"

#: A cold run that is expected to be slow must take this many times as long as the warm run.
#: Measured on a busy machine: if the warm run does not preload, the factor is below 2. If it does,
#: the factor is 7 (`forkserver_child`) to some thousands.
RATIO = 3

#: How many scenarios run at once. Most of them only wait for a second to pass. A scenario whose
#: figure depends on the load of the machine runs alone, after the others.
AT_ONCE = 4

#: Outcomes that no scenario reports: it printed no report, or did not end in time.
BREAKS = "breaks"
NEVER_ENDS = "never ends"


class Run(collections.namedtuple("Run", "outcome seconds detail")):
    """Hold the result of one run of a script.

    outcome  what the script printed: `fine`, `stalls`, `child hangs`, `raises NAME`...; `never
             ends` at the time limit; `breaks` if the script printed nothing, or if its exit status
             contradicts what it printed
    seconds  as the script measured
    detail   what the script printed, or the last line that it wrote to stderr
    """

    __slots__ = ()


class Proof(collections.namedtuple("Proof", "scenario interpreter verdict expected cold warm reason")):
    """Hold the result of a scenario on an interpreter.

    verdict     CURED: cold it went wrong as expected, and warm it did not
                NOT_AFFECTED: as expected, cold it was fine, or the thing does not exist here
                NOT_CURED: warm it went wrong
                UNEXPECTED: cold it did not do what the scenario says, so nothing is proved
                NOT_RUN: it cannot run here
    expected    what a cold run may do, a tuple of outcomes, or None
    cold, warm  a Run each, or None if it was not run
    reason      why it is NOT_RUN, NOT_CURED or UNEXPECTED, or what does not exist; otherwise ""
    """

    __slots__ = ()


def expected(scenario, interpreter):
    """Return what a cold run of `scenario` may do on `interpreter`: outcomes, or None."""
    return scenario.expected(interpreter.implementation, interpreter.version[:2], interpreter.platform)


def foresee(scenario, interpreter):
    """Return (verdict, reason) if the verdict is known without a run, else (None, "")."""
    outcomes = expected(scenario, interpreter)
    missing = [need for need in scenario.needs if not interpreter.can.get(need)]
    if outcomes is None:
        return NOT_RUN, "no cold run was ever measured on %s" % interpreter.name
    if ABSENT in outcomes:
        if missing:
            return NOT_AFFECTED, "it has no %s" % missing[0]
        return UNEXPECTED, "the scenario says `absent`, but the interpreter has what it needs"
    if missing:
        return NOT_RUN, "needs %s" % missing[0]
    return None, ""


def in_order(scenarios, interpreter):
    """Return `scenarios` sorted: first what goes wrong on `interpreter`, last what cannot run."""

    def key(scenario):
        verdict = foresee(scenario, interpreter)[0]
        if verdict == NOT_RUN:
            return 2
        return int(verdict == NOT_AFFECTED or expected(scenario, interpreter) == (FINE,))

    return sorted(scenarios, key=key)  # scenarios with the same key keep their order


class Harness(object):
    """Run scenarios. A context manager, which removes every file at its end.

    package  folder of the `warmup` package that warm runs import; the default is this package,
             which may be in a zip file
    limit    seconds after which a run is ended, with every process that it started

    The harness copies the package to a folder of its own. Otherwise an interpreter could also
    import what else is in the folder where the package is installed.
    """

    def __init__(self, package=None, limit=30.0):
        self.package = package
        self.limit = limit
        self._compiled = set()  # paths of interpreters, such as {"/usr/bin/python3"}
        self._folder = None

    def __enter__(self):
        folder = tempfile.gettempdir()
        # The forkserver of multiprocessing makes a socket 58 characters deeper. Its whole path may have 103 (macOS).
        if os.name == "posix" and len(folder) > 45 and os.access("/tmp", os.W_OK):
            folder = "/tmp"
        self._folder = tempfile.mkdtemp(prefix="warmup-prove-", dir=folder)
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
        """Remove every file. `prove_all()` has ended every run before."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def prove(self, scenario, interpreter):
        """Run `scenario` cold and warm on `interpreter`, and return the Proof."""
        (proof,) = self.prove_all([scenario], interpreter)
        return proof

    def prove_all(self, scenarios, interpreter, show=None):
        """Run each of `scenarios` cold and warm. Yield the proofs in the order of `scenarios`.

        Up to AT_ONCE scenarios run at once; those that are run several times run alone. `show`, if
        given, is called with the names of the running scenarios each time that a scenario begins.
        Closing the generator ends the running scenarios.
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
        """Prove `scenario`. Yield the arguments of the next run, and receive its Run by send().

        Yield the Proof at last.
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

        # Cases of one script run at the same time. In one folder they would overwrite the script.
        folder = tempfile.mkdtemp(dir=self._path("scripts"))
        script = os.path.join(folder, scenario.script + ".py")
        with io.open(script, "w", encoding="utf-8") as copy:
            copy.write(scenario.source)
        command = [script] + list(scenario.arguments)

        slow = outcomes == ("slow",)
        # A busy machine makes runs slower, never quicker. So slow runs are repeated, and the
        # quickest of each side count. They take turns: if the machine were busy during the cold
        # runs only, a warm run that imports the same would look cured.
        for turn in range(1, 1 + 2 * scenario.runs):
            cold.append((yield command))
            if cold[-1].outcome not in ((FINE,) if slow else outcomes):
                if not slow and turn < scenario.runs:
                    continue  # a race is not lost each time
                reason = "cold: %s; expected: %s" % (cold[-1].detail, " or ".join(outcomes))
                yield proof(UNEXPECTED, reason)
                return
            warm.append((yield command + ["warm"]))
            if warm[-1].outcome != FINE:
                yield proof(NOT_CURED, "warm: %s" % warm[-1].detail)
                return
            if not slow:
                yield proof(NOT_AFFECTED if outcomes == (FINE,) else CURED)
                return
            quickest = _representative(cold).seconds, _representative(warm).seconds
            if turn >= scenario.runs and quickest[0] >= RATIO * quickest[1]:
                yield proof(CURED)
                return
        yield proof(NOT_CURED, "cold took less than %d times as long as warm" % RATIO)

    def start(self, interpreter, command):
        """Start `interpreter` with `command`, a list of arguments. Return the Process.

        The process can import the package. Its working directory is an empty folder.
        """
        if interpreter.path not in self._compiled:
            # Otherwise each warm run would compile the package. Users have it compiled.
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
            # The library has no compiled files, as in many container images. Without a cache each
            # run would compile all that it imports.
            environment["PYTHONPYCACHEPREFIX"] = self._path("cache")
        else:
            environment["PYTHONDONTWRITEBYTECODE"] = "1"
        if command[-1] != "warm":
            # Files of `python -m warmup site` and a sitecustomize with warmup.auto would warm a cold run.
            environment["WARMUP"] = "off"
        return _processes.Process([interpreter.path] + command, environment, self.limit, temporary)

    def _path(self, *names):
        return os.path.join(self._folder, *names)


class _Row(object):
    """Carry a scenario through its steps to a Proof. Hold the process that runs now."""

    def __init__(self, harness, scenario, interpreter):
        self._start = lambda command: harness.start(interpreter, command)
        self._limit = harness.limit
        self._steps = harness.steps(scenario, interpreter)
        self._process = None
        self._proof = None
        self._follow(next(self._steps))

    def advance(self):
        """Look at the process, and begin the next step if it has ended. Return the Proof or None."""
        if self._proof is None:
            ended = self._process.poll()
            if ended is not None:
                self.end()
                self._follow(self._steps.send(_judge(ended, self._limit)))
        return self._proof

    def end(self):
        """End the process if it runs."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def _follow(self, step):
        if isinstance(step, Proof):
            self._proof = step
        else:
            self._process = self._start(step)


def _judge(ended, limit):
    """Return the Run of a process that has `ended` by itself, or was ended after `limit` seconds."""
    if ended.status is None:
        return Run(NEVER_ENDS, limit, "never ends (%g s)" % limit)
    # A sitecustomize may print, and a process that the script has started may end after it.
    matches = list(re.finditer(r"^(.+) after ([\d.]+) s\r?$", ended.stdout, re.MULTILINE))
    match = matches[-1] if matches else None
    if not match or (ended.status == 0) != (match.group(1) == FINE):
        words = ended.status, _processes.last_line(ended.stderr)
        return Run(BREAKS, 0.0, "breaks, exit status %d: %s" % words)
    detail, seconds = match.groups()
    raised = re.match(r"raises \w+", detail)
    return Run(raised.group() if raised else detail, float(seconds), detail)


def _representative(runs):
    """Return the last of `runs` if it went wrong, else the quickest. None if `runs` is empty."""
    if not runs or runs[-1].outcome != FINE:
        return runs[-1] if runs else None
    return min(runs, key=lambda run: run.seconds)


def _copy_package(package, target):
    """Copy the `warmup` package without the harness. `package`: as for `Harness`."""
    archive = getattr(globals().get("__loader__"), "archive", None)
    if package is not None or archive is None:
        ignore = shutil.ignore_patterns("prove", "__pycache__", "*.pyc")
        shutil.copytree(package or PACKAGE, target, ignore=ignore)
        # copytree() keeps the mode of a folder. In a read-only one compileall could not write, nor close() remove.
        for folder, _, _ in os.walk(target):
            os.chmod(folder, 0o700)
        return
    # The package was imported from a zip file. PACKAGE is a path into that file.
    prefix = os.path.relpath(PACKAGE, os.path.abspath(archive)).replace(os.sep, "/") + "/"
    with zipfile.ZipFile(archive) as members:
        for name in members.namelist():
            inside = name[len(prefix) :]
            if name.startswith(prefix) and not inside.startswith("prove/") and name[-1:] != "/":
                path = os.path.join(target, *inside.split("/"))
                if not os.path.isdir(os.path.dirname(path)):
                    os.makedirs(os.path.dirname(path))
                with open(path, "wb") as copy:
                    copy.write(members.read(name))
