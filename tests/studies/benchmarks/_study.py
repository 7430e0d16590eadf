"""The command: says what it will do, and prints each row when it was measured."""

from __future__ import absolute_import, division, print_function

import argparse
import importlib
import os
import shutil
import sys
import tempfile

from tests.studies import benchmarks
from tests.studies.benchmarks import environments, measuring
from tests.support.interpreters import Interpreter
from tests.support.process import Failed
from tests.support.table import Layout, say

LAYOUT = Layout((46, 5, 8, 13, 7, 12, 0))
_INSTALLING = 20  # seconds, a package


def part_2():
    """Return the rows of part 2, of the modules that are there."""
    found = []
    for name in ("ours", "watching", "exact"):
        if os.path.exists(os.path.join(measuring.HERE, name + ".py")):
            found += importlib.import_module("tests.studies.benchmarks." + name).rows()
    return found


def main(arguments):
    """Run the study. Return 0, 1 if a target is missed, 2 for wrong arguments."""
    options = _parser().parse_args(arguments)
    rounds = options.rounds or (3 if options.short else measuring.ENOUGH)
    rows = [row for row in part_2() if not (options.short and row.needs)]
    rows = [
        row for row in rows if not options.only or any(word in row.name for word in options.only)
    ]
    try:
        interpreter = Interpreter(options.python)
    except ValueError as error:
        print("benchmarks: %s" % error, file=sys.stderr)
        return 2
    folder = os.path.abspath(options.environments or tempfile.mkdtemp(prefix="warmup-benchmarks-"))
    before = options.before and os.path.abspath(options.before)
    needs = sorted(set(package for row in rows for package in row.needs))
    seconds = sum(row.seconds for row in rows) * (1 + rounds) * (1.5 if before else 1)
    say(
        "Python %s, %d rounds: about %d minutes. Installs %s, into %s."
        % (
            interpreter.full_version,
            rounds,
            (seconds + _INSTALLING * len(needs)) / 60 + 1,
            ", ".join(needs) or "nothing",
            options.environments or "a folder that is deleted at the end",
        )
    )
    try:
        return _part_2(interpreter, rows, rounds, folder, before)
    finally:
        if not options.environments:
            shutil.rmtree(folder, ignore_errors=True)


def _part_2(interpreter, rows, rounds, folder, before):
    say("\nOurs against the bare imports: medians of %d pairs of fresh processes" % rounds)
    say(LAYOUT.line(measuring.HEAD))
    is_missed = False
    for row in rows:
        try:
            python = _python(interpreter, folder, row.needs)
            with_files = tempfile.mkdtemp(dir=folder)
            try:
                cells = row.cells(*measuring.Bench(python, rounds, with_files, before).measure(row))
            finally:
                shutil.rmtree(with_files, ignore_errors=True)
        except Failed as error:
            cells = [row.name, "skipped: %s" % error]
        is_missed = is_missed or cells[-1].startswith("missed")
        say(LAYOUT.line(cells))
    return int(is_missed)


def _python(interpreter, folder, packages):
    name = interpreter.name + "-" + interpreter.full_version
    if packages:
        return environments.environment(interpreter, os.path.join(folder, name), packages)
    return environments.bare(interpreter, os.path.join(folder, name + "-bare"))


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m tests.studies benchmarks",
        description=benchmarks.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--python",
        default=sys.executable,
        metavar="PATH",
        help="interpreter to run (default: this one)",
    )
    parser.add_argument("--part", type=int, choices=(1, 2), help="only this part")
    parser.add_argument(
        "--only",
        action="append",
        metavar="ROW",
        help="only rows whose name has this as a part; repeat for more",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        help="fresh processes of each kind (default: %d; 3 with --short)" % measuring.ENOUGH,
    )
    parser.add_argument(
        "--short", action="store_true", help="what installs nothing, in few rounds; judges nothing"
    )
    parser.add_argument(
        "--before", metavar="PATH", help="another checkout of the package, to compare with (part 2)"
    )
    parser.add_argument(
        "--environments", metavar="FOLDER", help="keep what is installed there, and use it again"
    )
    return parser
