"""Run processes in turn, A B A B, so that a machine that gets slower slows down both; give medians and spread."""

from __future__ import absolute_import, division, print_function

import collections
import json
import os
import re
import tempfile

from tests.support.process import ROOT, Failed, run, variables

HERE = os.path.dirname(os.path.abspath(__file__))
INSIDE = os.path.join(HERE, "inside.py")
_SLOW = 600  # seconds that no process takes, not even under valgrind

# What several processes have measured of one thing; ``spread``: between its quartiles, as a share of the median.
Figure = collections.namedtuple("Figure", "median spread")


class Process(object):
    """What an interpreter is to run: ``words``.

    ``python``: another interpreter than the others'; ``path``: folders that are searched for modules, before the
    checkout; ``before``: called before each run.
    """

    def __init__(self, words, python=None, path=(), before=None):
        self.words, self.python, self.path, self.before = (
            [str(word) for word in words],
            python,
            path,
            before,
        )


def inside(*words, **more):
    """Return a `Process` that times a part of itself, and prints that."""
    return Process((INSIDE,) + words, **more)


class Bench(object):
    """One `Interpreter`, and how it is measured: in ``rounds`` rounds, with ``instructions`` counted too or not.

    ``python``: the path of the executable that runs the processes.
    """

    def __init__(self, interpreter, rounds, instructions=False):
        self.python, self.version = interpreter.path, interpreter.version
        self.rounds, self.instructions = rounds, instructions

    def measure(self, **processes):
        """Return ``{name: {what: Figure}}`` of the numbers that each of the ``processes`` prints, see `run`."""
        found = {name: [] for name in processes}
        for _ in range(
            1 + self.rounds
        ):  # the first time, files are compiled, and come into the file cache
            for name in sorted(processes):
                found[name].append(self.run(processes[name]))
        return {
            name: {what: figure([result[what] for result in results[1:]]) for what in results[0]}
            for name, results in found.items()
        }

    def run(self, process, tool=(), **environment):
        """Run ``process`` once.

        Return the JSON object that it printed last (``printed``: another value), and ``elapsed``: seconds from its
        start to its end. Raises `Failed`.
        """
        if process.before:
            process.before()
        # As a program that is deployed: compiled files are written and used, nothing is set.
        path = os.pathsep.join(list(process.path) + [ROOT])
        words = list(tool) + [process.python or self.python, "-s"] + process.words
        result = run(words, dict(variables(), PYTHONPATH=path, **environment), seconds=_SLOW)
        if result.code != 0:
            raise Failed(result.last_line())
        lines = result.out.splitlines()
        printed = json.loads(lines[-1]) if lines else {}
        return dict(
            printed if isinstance(printed, dict) else {"printed": printed}, elapsed=result.seconds
        )

    def count(self, process):
        """Return a `Figure` of the instructions in the timed part of ``process``, or in all of it, where none is timed."""
        whole = self._count(process, "yes")
        return Figure(
            whole - self._count(process, "no") if process.words[0] == INSIDE else whole, 0
        )

    def _count(self, process, timed):
        with tempfile.NamedTemporaryFile("r") as log:
            tool = [
                "valgrind",
                "--tool=callgrind",
                "--callgrind-out-file=" + os.devnull,
                "--log-file=" + log.name,
            ]
            self.run(process, tool, BENCHMARKS_TIMED=timed, PYTHONHASHSEED="0")
            return int(re.search(r"Collected : (\d+)", log.read()).group(1))


def figure(samples):
    """Return the `Figure` of a list of numbers."""
    ordered, quarter = sorted(samples), len(samples) // 4
    middle = median(samples)
    return Figure(middle, (ordered[-1 - quarter] - ordered[quarter]) / middle if middle else 0)


def median(numbers):
    numbers = sorted(numbers)
    return (numbers[(len(numbers) - 1) // 2] + numbers[len(numbers) // 2]) / 2


def line(points):
    """Return the straight line through pairs ``(x, y)``, by least squares.

    A triple: its slope, where it starts, and how much of the variance it explains (1: all).
    """
    count = len(points)
    x_mean, y_mean = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    slope = sum((x - x_mean) * (y - y_mean) for x, y in points) / sum(
        (x - x_mean) ** 2 for x, _ in points
    )
    start = y_mean - slope * x_mean
    off = sum((y - start - slope * x) ** 2 for x, y in points)
    return slope, start, 1 - off / (sum((y - y_mean) ** 2 for _, y in points) or 1)
