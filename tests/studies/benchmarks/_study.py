"""The command: each row printed when it was measured, a table for each interpreter at the end."""

from __future__ import absolute_import, division, print_function

import argparse
import json
import os
import shutil
import sys
import tempfile

from tests.studies import benchmarks
from tests.studies.benchmarks import environments
from tests.studies.benchmarks.comparisons import Comparisons
from tests.studies.benchmarks.rows import HEAD, Row
from tests.studies.benchmarks.runner import Bench
from tests.support.interpreters import Interpreter
from tests.support.process import Failed
from tests.support.table import say, table

ALL = [
    "importing",
    "preload",
    "program",
    "growth",
    "precision",
    "second",
    "steady",
    "cold",
    "sitecustomize",
    "rivals",
]
SHORT = ["importing", "preload", "precision", "second", "sitecustomize"]
_WITH_PACKAGES = {"program", "precision", "rivals"}  # with --short or --only too, but for precision
_SECONDS = {
    "growth": 4.0,
    "steady": 5.0,
    "cold": 2.5,
    "program": 2.0,
    "precision": 4.0,
    "rivals": 5.0,
}  # a round


def main(arguments):
    """Run the study. Return 0, 1 if a target is not met, 2 for wrong arguments."""
    options = _parser().parse_args(arguments)
    names = options.only or (SHORT if options.short else ALL)
    rounds = options.rounds or (7 if options.short else 15)
    try:
        interpreters = [Interpreter(path) for path in options.python or [sys.executable]]
    except ValueError as error:
        print("benchmarks: %s" % error, file=sys.stderr)
        return 2
    if not options.json:
        _announce(names, rounds, len(interpreters), options)
    are_met = True
    for interpreter in interpreters:
        folder = tempfile.mkdtemp(prefix="warmup-benchmarks-")
        try:
            bench = Bench(interpreter, rounds, options.instructions)
            rows = list(_measure(bench, interpreter, names, folder, options))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        notes = [row for row in rows if not isinstance(row, Row)]
        rows = [row for row in rows if isinstance(row, Row)]
        are_met = are_met and all(row.is_met is not False for row in rows)
        if options.json:
            say(
                json.dumps(
                    {
                        "python": interpreter.full_version,
                        "rounds": rounds,
                        "rows": [row.as_dict() for row in rows],
                        "details": notes,
                    }
                )
            )
        else:
            say(
                "\nPython %s: medians of %d fresh processes; spread: between the quartiles, of ours / the reference"
                % (interpreter.full_version, rounds)
            )
            say(table([HEAD] + [row.cells() for row in rows]))
            say("\n".join(notes))
    return 0 if are_met or options.short else 1


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m tests.studies benchmarks",
        description=benchmarks.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--python", action="append", metavar="PATH", help="interpreter to run; repeat for more"
    )
    parser.add_argument(
        "--rounds", type=int, help="fresh processes of each kind (default: 15; 7 with --short)"
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=ALL,
        metavar="NAME",
        help="only these rows, in detail; repeat for more: " + ", ".join(ALL),
    )
    parser.add_argument(
        "--short", action="store_true", help="only the quick rows, in few rounds; judges nothing"
    )
    parser.add_argument(
        "--instructions",
        action="store_true",
        help="count instructions too; needs valgrind, and time",
    )
    parser.add_argument(
        "--environments", metavar="FOLDER", help="keep what is installed there, and use it again"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object for each interpreter")
    return parser


def _announce(names, rounds, count, options):
    seconds = count * (20 + (rounds + 1) * sum(_SECONDS.get(name, 1.0) for name in names))
    factor = " With --instructions, many times longer." if options.instructions else ""
    say(
        "%d interpreters, %d rounds: about %d minutes.%s"
        % (count, rounds, round(seconds / 60 + 0.5), factor)
    )
    if _WITH_PACKAGES.intersection(names) and not (options.short and not options.only):
        say(
            "Installs, for each interpreter, into a folder %s: %s"
            % (
                options.environments or "that is deleted at the end",
                ", ".join(line.partition(";")[0] for line in environments.requirements()),
            )
        )
    else:
        say("Installs nothing.")


def _measure(bench, interpreter, names, folder, options):
    """Yield each row and each note when it was measured; print it at once, unless JSON is asked for."""
    bench.python = environments.bare(interpreter, os.path.join(folder, "bare"))
    kept = os.path.join(os.path.abspath(options.environments or folder), interpreter.full_version)
    comparisons = Comparisons(
        bench,
        folder,
        lambda: environments.environment(interpreter, kept),
        options.short,
        bool(options.only),
    )
    for name in names:
        try:
            for row in getattr(comparisons, name)():
                if isinstance(row, Row) and not options.json:
                    say("%s  %s" % (interpreter.name, row))
                yield row
        except Failed as error:
            yield Row(name, skipped=str(error))
