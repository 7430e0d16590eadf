"""Carry out the command. Print a table of programs, each row when it was measured."""

from __future__ import absolute_import, division, print_function

import json
import sys

from tests.studies import _command, programs
from tests.studies.programs import declared, measure
from tests.support.process import Failed
from tests.support.table import Layout, say

_LAYOUT = Layout((32, 8, 8, 8, 8, 8))
_SECONDS = 40  # that a program takes in all its runs


def main(arguments):
    """Run the study. Return the exit code: 0 or 1, see `programs`, or 2 if no program has that name."""
    parser = _command.parser(programs)
    _command.add_names(parser, "programs")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, with every name and its asker")
    parser.add_argument("--list", action="store_true", help="also list what is late, and who asked for it")
    options = parser.parse_args(arguments)
    chosen = [program for program in declared.PROGRAMS if _command.is_chosen(program.name, options.names)]
    if not chosen:
        print("programs: no program has such a name", file=sys.stderr)
        return 2
    if not options.json:
        _announce(chosen)
        say("Modules imported late; preload, packages: warmed without and with packages=[the program's own]")
        say(_LAYOUT.line(("", "standard", "", "others", "", "")))
        say(_LAYOUT.line(("program", "cold", "preload", "cold", "preload", "packages")))
    is_bad = False
    for program in chosen:
        row = _row(program)
        is_bad = is_bad or _is_bad(row)
        say(json.dumps(row, sort_keys=True) if options.json else _text(row, options.list))
    return int(is_bad)


def _announce(chosen):
    possible = [program for program in chosen if declared.missing(program) is None]
    say(
        "%d of %d programs can run on Python %s here, each %d times: %s. Installs nothing."
        % (
            len(possible),
            len(chosen),
            sys.version.split()[0],
            len(measure.RUNS),
            _command.minutes(len(possible) * _SECONDS),
        )
    )
    if len(possible) < len(chosen):
        say("For the others: python -m pip install -r %s" % declared.REQUIREMENTS)
    say()


def _row(program):
    row = {"program": program.name, "python": sys.version.split()[0]}
    missing = declared.missing(program)
    if missing:
        return dict(row, skipped=missing)
    try:
        for how in measure.RUNS:
            standard, others = measure.measure(program, how)
            row[how] = {
                "standard": [late._asdict() for late in standard],
                "others": [late._asdict() for late in others],
            }
    except Failed as error:
        row["failed"] = str(error)
    return row


def _is_bad(row):
    if "skipped" in row:
        return False
    return "failed" in row or not row["cold"]["standard"] or bool(row["warmup"]["standard"])


def _text(row, with_list):
    for word in ("skipped", "failed"):
        if word in row:
            return _LAYOUT.line((row["program"], "%s: %s" % (word, row[word])))
    counts = [len(row[how]["standard"]) for how in ("cold", "warmup")]
    counts += [len(row[how]["others"]) for how in measure.RUNS]
    lines = [_LAYOUT.line([row["program"]] + counts)]
    for how in measure.RUNS:
        for kind in ("standard", "others"):
            # The cold run imports many standard modules late, as expected. The warm run must import none.
            if with_list or (kind == "standard" and how != "cold"):
                lines.extend(
                    "    %-8s %-8s %-40s %s" % (how, kind, late["name"], late["asker"].split("site-packages/")[-1])
                    for late in row[how][kind]
                )
    return "\n".join(lines)
