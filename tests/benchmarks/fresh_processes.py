"""Runs scripts in fresh processes, in turn, so that a machine that gets slower slows down all of them; takes medians."""
from __future__ import absolute_import, division, print_function

import json
import os
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CHECKOUT = os.path.dirname(os.path.dirname(HERE))


def run(python, script, *arguments):
    """The JSON that ``script`` (a file of this folder) prints last, run by the interpreter ``python``."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "WARMUP"))}
    with open(os.devnull, "w") as nothing:
        output = subprocess.check_output([python, "-s", os.path.join(HERE, script)] + [str(each) for each in arguments],
                                         env=environment, cwd=tempfile.gettempdir(), stderr=nothing)
    return json.loads(output.decode("utf-8").splitlines()[-1])


def medians(calls, rounds):
    """``{key: {name: median}}`` of what the functions in the dictionary ``calls`` return, each called once a round."""
    found = {key: [] for key in calls}
    for _ in range(rounds):
        for key in sorted(calls):
            found[key].append(calls[key]())
    return {key: _medians_of(results) for key, results in found.items()}


def _medians_of(results):
    return {name: None if results[0][name] is None else sorted(result[name] for result in results)[len(results) // 2]
            for name in results[0]}


def table(rows):
    """Lines of a table whose first row is its head; the first column is text."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("  ".join([row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])])
                     for row in rows)
