"""Prints what preloading costs: ``python -m tests.benchmarks growth|precision [--python PATH ...] [--json]``.

``growth``: scanning and preloading in programs of 100 to 3,000 loaded modules. ``precision``: time and memory of
preload() next to those of importing the whole standard library; exit code 1 if one is more than a third.
"""
from __future__ import absolute_import, division, print_function

import argparse
import json
import subprocess
import sys

from . import fresh_processes, growth, precision


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["growth", "precision"])
    parser.add_argument("--python", action="append", metavar="PATH", help="interpreter to run; repeat for more")
    parser.add_argument("--rounds", type=int, default=5, help="fresh processes of each kind (default: 5)")
    parser.add_argument("--json", action="store_true", help="one JSON object for each interpreter")
    options = parser.parse_args()
    bad, rows = False, [precision.HEAD]
    for python in options.python or [sys.executable]:
        version = subprocess.check_output([python, "-c", "import sys; print(sys.version.split()[0])"]).decode().strip()
        if options.what == "growth":
            found = growth.measure(python, options.rounds)
            print(json.dumps(dict(found, python=version)) if options.json else growth.text(version, found) + "\n")
        else:
            found = list(precision.measure(python, options.rounds))
            bad = bad or any(not one.get("is_precise", True) for one in found)
            rows.extend(precision.row(version, one) for one in found)
            if options.json:
                print(json.dumps({"python": version, "programs": found}))
        sys.stdout.flush()
    if options.what == "precision" and not options.json:
        print(fresh_processes.table(rows))
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
