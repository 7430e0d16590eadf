"""Carry out the command. Print each failure when it happens, and a table at the end."""

from __future__ import absolute_import, division, print_function

import sys
import time

from tests.studies import _command, hostile
from tests.studies.hostile import conditions, runner
from tests.support import interpreters
from tests.support.table import table

VERSIONS = ("2.7", "3.8", "3.11", "3.13", "3.15")
SILENCE = 5  # seconds without a line, at the most, unless one condition takes longer


def main(arguments):
    """Run the study. Return 0 if all held, 1 if a condition is broken, 2 for wrong arguments."""
    options = _parser().parse_args(arguments)
    chosen = [one for one in conditions.every() if _is_chosen(one, options)]
    if options.list:
        for condition in chosen:
            print("%-5s %-52s %s" % (condition.row, condition.name, condition.promise))
        return 0
    try:
        given = [interpreters.Interpreter(path) for path in options.python or ()]
        pythons = given or _defaults()
    except ValueError as error:
        print("hostile: %s" % error, file=sys.stderr)
        return 2
    if not chosen or not pythons:
        print("hostile: no %s" % ("interpreter" if chosen else "condition of that name"), file=sys.stderr)
        return 2
    return _run(chosen, pythons)


def _parser():
    parser = _command.parser(hostile)
    parser.add_argument("--python", metavar="PATH", action="append", help="an interpreter; any number of times")
    parser.add_argument("--only", metavar="NAME", action="append", help="conditions whose name has this as a part")
    parser.add_argument(
        "--row", metavar="ROW", action="append", help="conditions of the promise with this number (see --list)"
    )
    parser.add_argument("--part", action="store_true", help="the part that CI runs")
    parser.add_argument("--list", action="store_true", help="show the conditions, and run nothing")
    return parser


def _is_chosen(condition, options):
    return (
        _command.is_chosen(condition.name, options.only)
        and (not options.row or str(condition.row) in options.row)
        and (not options.part or condition.part)
    )


def _defaults():
    """Return an `Interpreter` for each of `VERSIONS` that is installed. Print which are not."""
    found = interpreters.find(VERSIONS)
    for name in VERSIONS:
        if name not in [python.name for python in found]:
            print("not found, so not tried: Python %s" % name)
    return found


def _run(chosen, pythons):
    pairs = [(one, python) for one in chosen for python in pythons if one.applies_to(python.version)]
    seconds = sum(condition.seconds for condition, _ in pairs)
    print(
        "%d conditions, %d interpreters (%s): %d runs, one after the other, about %s. Installs nothing."
        % (len(chosen), len(pythons), ", ".join(one.name for one in pythons), len(pairs), _duration(seconds))
    )
    sys.stdout.flush()
    results, started = {}, time.time()
    printed = started
    for number, (condition, python) in enumerate(pairs, 1):
        result = results[condition.name, python.path] = runner.run(condition, python)
        if result.state == runner.BROKEN:
            print("[%d/%d] BROKEN on %s: %s: %s" % (number, len(pairs), python.name, condition.name, result.text[:400]))
        elif time.time() > printed + SILENCE:
            print("[%d/%d] %s" % (number, len(pairs), _duration(time.time() - started)))
        else:
            continue
        printed = time.time()
        sys.stdout.flush()
    print()
    _show(chosen, pythons, results)
    states = [result.state for result in results.values()]
    print(
        "\n%d runs in %s: %d held, %d broken, %d did not apply"
        % (
            len(pairs),
            _duration(time.time() - started),
            states.count(runner.HELD),
            states.count(runner.BROKEN),
            states.count(runner.DOES_NOT_APPLY),
        )
    )
    every = {condition.name: _states(condition, pythons, results) for condition in chosen}
    print(
        "%d conditions: %d held wherever they apply, %d did not"
        % (
            len(chosen),
            sum(runner.HELD in found and runner.BROKEN not in found for found in every.values()),
            sum(runner.BROKEN in found for found in every.values()),
        )
    )
    return int(runner.BROKEN in states)


def _states(condition, pythons, results):
    return [
        (
            results[condition.name, python.path].state
            if (condition.name, python.path) in results
            else runner.DOES_NOT_APPLY
        )
        for python in pythons
    ]


def _show(chosen, pythons, results):
    rows = [["row   condition"] + [python.name for python in pythons]]
    rows += [["%-5s %s" % (one.row, one.name)] + _states(one, pythons, results) for one in chosen]
    print(table(rows))
    print("\n+ held   X broken   . does not apply")


def _duration(seconds):
    return "%d s" % round(seconds) if seconds < 100 else "%d min" % round(seconds / 60)
