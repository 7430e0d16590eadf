"""Carry out the command. Print what it will do, and each row when it was measured."""

from __future__ import absolute_import, division, print_function

import os
import shutil
import signal
import sys
import tempfile

from tests.studies import _command, benchmarks
from tests.studies.benchmarks import environments, exact, measuring, ours, users, watching
from tests.support.interpreters import Interpreter
from tests.support.process import Failed
from tests.support.table import Layout, say

LAYOUT = Layout((46, 5, 8, 13, 7, 12, 0))
_INSTALLING = 20  # seconds, a package


def part_2():
    """Return the rows of part 2."""
    return ours.rows() + watching.rows() + exact.rows()


def main(arguments):
    """Run the study. Return 0, 1 if a target is missed or a measurement failed, 2 for wrong arguments."""
    options = _parser().parse_args(arguments)
    if options.short:
        programs = [users.CHOICE[0]._replace(needs=())]
        rows = [row for row in part_2() if not row.needs]
    else:
        programs, rows = users.CHOICE, part_2()
    only = options.only or [""]
    programs = [one for one in programs if options.part != 2 and any(word in one.name for word in only)]
    rows = [row for row in rows if options.part != 1 and any(word in row.name for word in only)]
    if not programs and not rows:
        print("benchmarks: no row has such a name", file=sys.stderr)
        return 2
    if options.before and not os.path.isfile(os.path.join(options.before, "warmup", "__init__.py")):
        print("benchmarks: --before %s: there is no package warmup" % options.before, file=sys.stderr)
        return 2
    if options.rounds is not None and options.rounds < 1:
        print("benchmarks: --rounds %d: give a number above 0" % options.rounds, file=sys.stderr)
        return 2
    rounds_1 = options.rounds or (1 if options.short else 7)
    rounds_2 = options.rounds or (3 if options.short else measuring.ENOUGH)
    try:
        interpreter = Interpreter(options.python)
    except ValueError as error:
        print("benchmarks: %s" % error, file=sys.stderr)
        return 2
    needs = sorted(set(package for one in programs + rows for package in one.needs))
    seconds = _INSTALLING * len(needs)
    seconds += (1 + rounds_2) * sum(row.seconds * (1.5 if options.before else 1) for row in rows)
    seconds += (1 + rounds_1) * sum(one.seconds * len(users.ways_of(one)) for one in programs)
    say(
        "Python %s: %s. Installs %s, into %s."
        % (
            interpreter.full_version,
            _command.minutes(seconds),
            ", ".join(needs) or "nothing",
            options.environments or "a folder that is deleted at the end",
        )
    )
    # Without this line, processes would outlive a study that SIGTERM ends.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    folder = os.path.abspath(options.environments or tempfile.mkdtemp(prefix="warmup-benchmarks-"))
    files = tempfile.mkdtemp(prefix="warmup-benchmarks-files-")
    try:
        has_failed = _part_1(interpreter, programs, rounds_1, folder, files)
        before = options.before and os.path.abspath(options.before)
        return int(_part_2(interpreter, rows, rounds_2, folder, files, before) or has_failed)
    finally:
        for made in [files] if options.environments else [files, folder]:
            shutil.rmtree(made, ignore_errors=True)


def _part_1(interpreter, programs, rounds, folder, files):
    """Measure the programs. Return whether one of them failed."""
    has_failed = False
    if programs:
        say("\nWhat a user asks: medians of %d fresh processes for each way\n%s" % (rounds, users.LEGEND))
    for program in programs:
        say()
        try:
            python = _python(interpreter, folder, program.needs)
        except Failed as error:
            say("%s: skipped: %s" % (program.title, error))
            continue
        try:
            _measure(program, python, rounds, files)
        except Failed as error:
            has_failed = True
            say("%s: failed: %s" % (program.title, error))
    return has_failed


def _measure(program, python, rounds, files):
    """Measure a program. Print a line when a round begins; in the last round, print each row when it is known."""

    def begins(turn):
        seconds = program.seconds * len(users.ways_of(program))
        what = "round %d of %d" % (turn, rounds) if turn else "a first round, which compiles files"
        say("%s: %s, about %d s" % (program.title, what, seconds))
        if turn == rounds:
            say(users.head(program))

    users.measure(
        program, python, rounds, files, begins, lambda way, result: say(users.row(way, result, users.character()))
    )


def _part_2(interpreter, rows, rounds, folder, files, before):
    """Measure the rows. Return whether one of them failed, or missed its target."""
    is_bad = False
    if rows:
        say("\nOurs against the bare imports: medians of %d pairs of fresh processes" % rounds)
        say(LAYOUT.line(measuring.HEAD))
    for row in rows:
        try:
            if interpreter.version < row.since:
                raise Failed("needs Python %d.%d" % row.since)
            python = _python(interpreter, folder, row.needs)
        except Failed as error:
            say(LAYOUT.line([row.name, "skipped: %s" % error]))
            continue
        try:
            cells = row.cells(*measuring.Bench(python, rounds, files, before).measure(row))
        except Failed as error:
            cells = [row.name, "failed: %s" % error]
        is_bad = is_bad or cells[-1].startswith(("missed", "failed"))
        say(LAYOUT.line(cells))
    return is_bad


def _python(interpreter, folder, packages):
    name = interpreter.name + "-" + interpreter.full_version
    if packages:
        return environments.environment(interpreter, os.path.join(folder, name), packages)
    return environments.bare(interpreter, os.path.join(folder, name + "-bare"))


def _parser():
    parser = _command.parser(benchmarks)
    parser.add_argument(
        "--python", default=sys.executable, metavar="PATH", help="interpreter to run (default: this one)"
    )
    parser.add_argument("--part", type=int, choices=(1, 2), help="only this part")
    parser.add_argument(
        "--only", action="append", metavar="ROW", help="only rows whose name has this as a part; repeat for more"
    )
    parser.add_argument(
        "--rounds",
        type=int,
        help="fresh processes of each kind (default: 7 in part 1, %d in part 2)" % measuring.ENOUGH,
    )
    parser.add_argument("--short", action="store_true", help="what installs nothing, in few rounds; judges nothing")
    parser.add_argument("--before", metavar="PATH", help="another checkout of the package, to compare with (part 2)")
    parser.add_argument("--environments", metavar="FOLDER", help="keep what is installed there, and use it again")
    return parser
