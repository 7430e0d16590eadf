"""Compares what preloading costs with what it should: ``python -m tests.benchmarks``, on Linux.

Prints one table for each interpreter. Exit code 1 if a target is not met, unless ``--short`` is asked for.

The lines that run the processes are our own: neither pyperf nor hyperfine runs two commands in turn, A B A B; both run
all of the one, then all of the other, and what the machine does meanwhile becomes a difference between them.

Instructions are counted by valgrind, because few virtual machines let ``perf`` count them.

The file cache is made cold by ``posix_fadvise(DONTNEED)`` on every file of the library, which needs no rights, nor
disturbs others: ``fincore`` tells that nothing stays but shared libraries that some process has mapped. The row "bare
imports: cold / warm" shows it by time. What is known of directories and files (their size and time) stays cached.
"""
from __future__ import absolute_import, division, print_function

import argparse
import json
import os
import shutil
import sys
import tempfile

from . import environments
from .comparisons import Comparisons
from .runner import Bench, Failed
from .tables import HEAD, Row, table

ALL = ["importing", "preload", "program", "growth", "precision", "second", "steady", "cold", "sitecustomize", "rivals"]
SHORT = ["importing", "preload", "precision", "second", "sitecustomize"]


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--python", action="append", metavar="PATH", help="interpreter to run; repeat for more")
    parser.add_argument("--rounds", type=int, help="fresh processes of each kind (default: 15; 7 with --short)")
    parser.add_argument("--only", action="append", choices=ALL, metavar="NAME",
                        help="only these rows, in detail; repeat for more: " + ", ".join(ALL))
    parser.add_argument("--short", action="store_true", help="only the quick rows, in few rounds; judges nothing")
    parser.add_argument("--instructions", action="store_true", help="count instructions too; needs valgrind, and time")
    parser.add_argument("--environments", metavar="FOLDER", help="keep what is installed there, and use it again")
    parser.add_argument("--json", action="store_true", help="one JSON object for each interpreter")
    options = parser.parse_args()
    are_met = True
    for python in options.python or [sys.executable]:
        folder = tempfile.mkdtemp(prefix="warmup-benchmarks-")
        try:
            bench = Bench(python, options.rounds or (7 if options.short else 15), options.instructions)
            rows = list(measure(bench, python, folder, options))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        version = ".".join(map(str, bench.version))
        notes = [row for row in rows if not isinstance(row, Row)]
        rows = [row for row in rows if isinstance(row, Row)]
        are_met = are_met and all(row.is_met is not False for row in rows)
        if options.json:
            print(json.dumps({"python": version, "rounds": bench.rounds, "rows": [row.as_dict() for row in rows],
                              "details": notes}))
        else:
            print("Python %s: medians of %d fresh processes; spread: between the quartiles, of ours / the reference" % (
                version, bench.rounds))
            print(table([HEAD] + [row.cells() for row in rows]))
            print("\n".join(notes))
        sys.stdout.flush()
    return 0 if are_met or options.short else 1


def measure(bench, python, folder, options):
    bench.python = environments.bare(python, bench.version, os.path.join(folder, "bare"))
    its_environment = os.path.join(os.path.abspath(options.environments or folder), ".".join(map(str, bench.version)))
    comparisons = Comparisons(bench, folder, lambda: environments.environment(python, bench.version, its_environment),
                              options.short, bool(options.only))
    for name in options.only or (SHORT if options.short else ALL):
        if sys.stderr.isatty():
            sys.stderr.write("%s\n" % name)
        try:
            for row in getattr(comparisons, name)():
                yield row
        except Failed as error:
            yield Row(name, skipped=str(error))


if __name__ == "__main__":
    sys.exit(main())
