"""Prints the table of hosts with what each shows cold and warm: ``python tests/hosts [--json] [NAME ...]``.

A name stands for every host whose name has it as a part. Exit code 1 if a host failed. ``python tests/hosts --memory``
tells what preloading before the fork saves.
"""
from __future__ import absolute_import, division, print_function

import argparse
import json
import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from hosts import declared, harness, memory  # noqa: E402

_COLUMNS = "%-40s %6s %6s %6s %6s %6s %6s  %s"


def main():
    parser = argparse.ArgumentParser(prog="python tests/hosts", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="only hosts whose name has this as a part")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--memory", action="store_true", help="the memory of four gunicorn workers instead")
    options = parser.parse_args()
    if options.memory:
        return _print_memory(options.json)
    if not options.json:
        print(_COLUMNS % ("", "cold", "", "", "warm", "", "", ""))
        print(_COLUMNS % ("host", "late", "first", "later", "late", "first", "later", "preloading ran"))
    failed = False
    for host in declared.HOSTS:
        if not options.names or any(name in host.name for name in options.names):
            row = _row(host)
            failed = failed or "failed" in row
            print(json.dumps(row, sort_keys=True) if options.json else _text(row))
            sys.stdout.flush()
    return int(failed)


def _print_memory(as_json):
    if not as_json:
        print("Memory of four gunicorn workers and their master (sum of proportional set sizes), preloading done")
    for name, size in memory.measure():
        print(json.dumps({"preloading": name, "bytes": size}) if as_json
              else "%-40s %6.1f MiB" % (name, size / 2 ** 20))
    return 0


def _row(host):
    missing = declared.missing(host)
    if missing:
        return {"host": host.name, "skipped": missing}
    try:
        return {"host": host.name, "cold": harness.measure(host, warm=False).as_dict(),
                "warm": harness.measure(host, warm=True).as_dict()}
    except harness.HostFailed as error:
        return {"host": host.name, "failed": str(error)}


def _text(row):
    for word in ("skipped", "failed"):
        if word in row:
            return "%-40s %s: %s" % (row["host"], word, row[word])
    figures = []
    for run in (row["cold"], row["warm"]):
        figures += [len(run["late"])] + ["%.0f ms" % (1000 * run[name]) for name in ("first_seconds", "later_seconds")]
    return _COLUMNS % tuple([row["host"]] + figures + [row["warm"]["preloaded"]])


if __name__ == "__main__":
    sys.exit(main())
