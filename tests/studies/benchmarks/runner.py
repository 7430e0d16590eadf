"""Runs processes in turn, A B A B, so that a machine that gets slower slows down both; tells medians and spread."""
from __future__ import absolute_import, division, print_function

import collections
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CHECKOUT = os.path.dirname(os.path.dirname(HERE))
INSIDE = os.path.join(HERE, "inside.py")
BOUND = 600  # seconds that no process takes, not even under valgrind
_clock = getattr(time, "perf_counter", time.time)

# What several processes have told of one thing; ``spread``: between its quartiles, as a share of the median.
Figure = collections.namedtuple("Figure", "median spread")


class Failed(Exception):
    """A process has failed: the last line that it wrote to standard error."""


class Process(object):
    """What an interpreter is to run: ``words``.

    ``python``: another interpreter than the others'; ``path``: folders that are searched for modules, before the
    checkout; ``before``: called before each run.
    """

    def __init__(self, words, python=None, path=(), before=None):
        self.words, self.python, self.path, self.before = [str(word) for word in words], python, path, before


def inside(*words, **more):
    """A `Process` that times a part of itself, and tells that."""
    return Process((INSIDE,) + words, **more)


class Bench(object):
    """One interpreter, and how it is measured: in ``rounds`` rounds, with ``instructions`` counted too or not."""

    def __init__(self, python, rounds, instructions=False):
        self.python, self.rounds, self.instructions = python, rounds, instructions
        self.version = tuple(self.run(Process(["-c", "import sys; print(list(sys.version_info[:3]))"]))["printed"])

    def measure(self, **processes):
        """``{name: {what: Figure}}`` of the numbers that each of the ``processes`` tells, see `run`."""
        found = {name: [] for name in processes}
        for _ in range(1 + self.rounds):  # the first time, files are compiled, and come into the file cache
            for name in sorted(processes):
                found[name].append(self.run(processes[name]))
        return {name: {what: figure([result[what] for result in results[1:]]) for what in results[0]}
                for name, results in found.items()}

    def run(self, process, tool=(), **environment):
        """Run ``process`` once. Returns the JSON object that it printed last (``printed``: another value), and
        ``elapsed``: seconds from its start to its end."""
        if process.before:
            process.before()
        # As a program that is deployed: compiled files are written and used, nothing is set.
        variables = {name: value for name, value in os.environ.items()
                     if not name.startswith(("PYTHON", "WARMUP", "VIRTUAL_ENV"))}
        variables.update(environment, PYTHONPATH=os.pathsep.join(list(process.path) + [CHECKOUT]))
        words = list(tool) + [process.python or self.python, "-s"] + process.words
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            began = _clock()
            child = subprocess.Popen(words, stdout=out, stderr=errors, env=variables, cwd=tempfile.gettempdir())
            timer = threading.Timer(BOUND, child.kill)  # 2.7 cannot wait for a limited time
            timer.start()
            code = child.wait()
            elapsed = _clock() - began
            timer.cancel()
            errors.seek(0)
            out.seek(0)
            if code:
                lines = errors.read().decode("utf-8", "replace").split("\n")
                raise Failed(([line for line in lines if line.strip()] or ["exit code %d" % code])[-1])
            lines = out.read().decode("utf-8").splitlines()
        printed = json.loads(lines[-1]) if lines else {}
        return dict(printed if isinstance(printed, dict) else {"printed": printed}, elapsed=elapsed)

    def count(self, process):
        """A `Figure` of the instructions in the timed part of ``process``, or in all of it, where none is timed."""
        whole = self._count(process, "yes")
        return Figure(whole - self._count(process, "no") if process.words[0] == INSIDE else whole, 0)

    def _count(self, process, timed):
        with tempfile.NamedTemporaryFile("r") as log:
            tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + os.devnull, "--log-file=" + log.name]
            self.run(process, tool, BENCHMARKS_TIMED=timed, PYTHONHASHSEED="0")
            return int(re.search(r"Collected : (\d+)", log.read()).group(1))


def figure(samples):
    """The `Figure` of a list of numbers."""
    ordered, quarter = sorted(samples), len(samples) // 4
    middle = median(samples)
    return Figure(middle, (ordered[-1 - quarter] - ordered[quarter]) / middle if middle else 0)


def median(numbers):
    numbers = sorted(numbers)
    return (numbers[(len(numbers) - 1) // 2] + numbers[len(numbers) // 2]) / 2


def line(points):
    """The straight line through pairs ``(x, y)``, by least squares: its slope, where it starts, and how much of the
    variance it explains (1: all)."""
    count = len(points)
    x_mean, y_mean = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    slope = (sum((x - x_mean) * (y - y_mean) for x, y in points) / sum((x - x_mean) ** 2 for x, _ in points))
    start = y_mean - slope * x_mean
    off = sum((y - start - slope * x) ** 2 for x, y in points)
    return slope, start, 1 - off / (sum((y - y_mean) ** 2 for _, y in points) or 1)
