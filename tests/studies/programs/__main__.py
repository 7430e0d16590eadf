"""Prints what real programs import late, cold and warm: ``python tests/programs [--json] [--list] [NAME ...]``.

A name stands for every program whose name has it as a part. Exit code 1 if a program failed, imported a module of the
standard library late although it was warmed, or none without that.
"""
from __future__ import absolute_import, division, print_function

import argparse
import json
import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from hosts import harness  # noqa: E402
from programs import declared, measure  # noqa: E402

_COLUMNS = "%-32s %8s %8s %8s %8s %8s"


def main():
    parser = argparse.ArgumentParser(prog="python tests/programs", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="only programs whose name has this as a part")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, with every name and its asker")
    parser.add_argument("--list", action="store_true", help="also list what is late, and who asked for it")
    options = parser.parse_args()
    if not options.json:
        print("Modules imported late on Python %s; preload(packages=[...]): with those of the program" %
              sys.version.split()[0])
        print(_COLUMNS % ("", "standard", "", "others", "", ""))
        print(_COLUMNS % ("program", "cold", "preload", "cold", "preload", "packages"))
    bad = False
    for program in declared.PROGRAMS:
        if not options.names or any(name in program.name for name in options.names):
            row = _row(program)
            bad = bad or _is_bad(row)
            print(json.dumps(row, sort_keys=True) if options.json else _text(row, options.list))
            sys.stdout.flush()
    return int(bad)


def _row(program):
    row = {"program": program.name, "python": sys.version.split()[0]}
    missing = declared.missing(program)
    if missing:
        return dict(row, skipped=missing)
    try:
        for how in measure.RUNS:
            standard, others = measure.measure(program, how)
            row[how] = {"standard": [late._asdict() for late in standard],
                        "others": [late._asdict() for late in others]}
    except harness.HostFailed as error:
        row["failed"] = str(error)
    return row


def _is_bad(row):
    if "skipped" in row:
        return False
    return "failed" in row or not row["cold"]["standard"] or bool(row["warmup"]["standard"])


def _text(row, with_list):
    for word in ("skipped", "failed"):
        if word in row:
            return "%-32s %s: %s" % (row["program"], word, row[word])
    counts = ([len(row[how]["standard"]) for how in ("cold", "warmup")]
              + [len(row[how]["others"]) for how in measure.RUNS])
    lines = [_COLUMNS % tuple([row["program"]] + counts)]
    for how in measure.RUNS:
        for kind in ("standard", "others"):
            # Cold, the standard ones are many, and no news; warm, each is one too many.
            if with_list or (kind == "standard" and how != "cold"):
                lines.extend("    %-8s %-8s %-40s %s" % (how, kind, late["name"],
                                                         late["asker"].split("site-packages/")[-1])
                             for late in row[how][kind])
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
