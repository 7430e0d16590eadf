"""The completeness run: `python -m tests.completeness --python PATH [--python PATH ...]`.

Runs CPython's own regression tests, each module in a fresh process and its tests in a thread, first
without preload() (cold), then with it (warm), and prints how many standard modules were imported late.

Which test modules count is decided by rule: those whose tests end, cold, in a thread, without resources,
within `--limit` seconds.  A few tests cannot pass in a thread (signals); what fails cold may fail warm.
"""

from __future__ import absolute_import, division, print_function

import argparse
import json
import os
import sys

from . import rules, runner


def parse(arguments):
    parser = argparse.ArgumentParser(prog="python -m tests.completeness", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", metavar="PATH", help="interpreter to run; repeat for more")
    parser.add_argument("--subset", action="store_true", help="only the modules in subset.txt, for every commit")
    parser.add_argument("--module", action="append", metavar="NAME", help="only this test module; repeat for more")
    parser.add_argument("--cold-only", action="store_true", help="do not run warm")
    parser.add_argument("--cold-from", metavar="FILE", help="take the cold results from an earlier --json FILE")
    parser.add_argument("--limit", type=float, default=20, metavar="SECONDS", help="per test module (default: 20)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="test modules at a time (default: 1)")
    parser.add_argument("--json", metavar="FILE", help="write everything that was found to FILE")
    parser.add_argument("--logs", metavar="DIRECTORY", help="keep what the tests printed and the recorder wrote")
    parser.add_argument("--quiet", action="store_true", help="no line per test module on standard error")
    return parser.parse_args(arguments)


def subset():
    with open(os.path.join(runner.HERE, "subset.txt")) as lines:
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def count(results):
    """{kind: number of late imports, summed over the test modules}, with "all" and "distinct"."""
    late = [one for result in results.values() for one in result["late"]]
    counts = dict((kind, sum(one["kind"] == kind for one in late)) for kind in rules.KINDS)
    counts["all"] = len(late)
    counts["distinct"] = len(set(one["module"] for one in late))
    return counts


def run_interpreter(python, options, earlier):
    """Everything about one interpreter, as a dictionary for the table and for JSON."""
    interpreter, names = runner.describe(python)
    wanted = options.module or (subset() if options.subset else names)
    names = [name for name in wanted if name in set(names)]

    def told(temperature):
        def tell(name, result):
            if not options.quiet:
                print("%s %s %-45s %-7s %s late %d" % (interpreter.version, temperature, name, result["status"],
                                                       result["seconds"], len(result["late"])),
                      file=sys.stderr)
                sys.stderr.flush()
        return tell

    def run(some, temperature):
        return runner.run_modules(interpreter, some, temperature, options.limit, options.jobs,
                                  told(temperature), options.logs)

    known = earlier.get(interpreter.version, {}).get("cold", {})
    cold = dict((name, known[name]) for name in names if name in known)
    cold.update(run([name for name in names if name not in known], "cold"))
    chosen = [name for name in names if cold[name]["status"] in ("passed", "failed")]
    warm = {} if options.cold_only else run(chosen, "warm")
    return {"version": interpreter.version, "chosen": chosen, "cold": cold, "warm": warm}


def table(found):
    """The counts per interpreter and kind, as text."""
    heads = ["interpreter", "run", "modules"] + list(rules.KINDS) + ["all", "distinct", "not passed"]
    rows = [heads]
    for one in found:
        for temperature in ("cold", "warm"):
            results = dict((name, one[temperature][name]) for name in one["chosen"] if name in one[temperature])
            if not results:
                continue
            counts = count(results)
            rows.append([one["version"], temperature, len(results)]
                        + [counts[kind] for kind in rules.KINDS] + [counts["all"], counts["distinct"]]
                        + [sum(result["status"] != "passed" for result in results.values())])
    widths = [max(len(str(row[column])) for row in rows) for column in range(len(heads))]
    return "\n".join("  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def remaining(found):
    """One line per late import of the warm runs: what it is, who asked, in which test modules."""
    lines = []
    for one in found:
        seen = {}
        for name, result in one["warm"].items():
            for late in result["late"]:
                seen.setdefault((late["kind"], late["module"], late["where"]), []).append(name)
        for (kind, module, where), names in sorted(seen.items()):
            lines.append("%s  %-11s %-32s %s  [%s]" % (one["version"], kind, module, where,
                                                       ", ".join(sorted(names)[:3])))
    return lines


def worse(found):
    """One line per test module that does less well warm than cold: preload() changed what its tests see."""
    lines = []
    for one in found:
        for name, warm in sorted(one["warm"].items()):
            cold = one["cold"][name]
            new = sorted(set(warm["failed"]) - set(cold["failed"]))
            if cold["status"] == "passed" != warm["status"] or (new and warm["ran"] > 0):
                lines.append("%s  %-40s %s -> %s  %s" % (one["version"], name, cold["status"], warm["status"],
                                                         "; ".join(new)[-160:].replace("\n", " ")))
    return lines


def seen_nothing(found):
    """The interpreters whose cold run shows nothing late: there the recorder is blind, not the world perfect."""
    return ["%s: no late import in the cold run" % one["version"] for one in found
            if one["chosen"] and not count(one["cold"])["all"]]


def main(arguments=None):
    """Exit status: 0 for no late import in any warm run and some in every cold one, 1 otherwise."""
    options = parse(arguments)
    if options.logs and not os.path.isdir(options.logs):
        os.makedirs(options.logs)
    if options.logs:
        options.logs = os.path.abspath(options.logs)  # the tests run elsewhere
    earlier = {}
    if options.cold_from:
        with open(options.cold_from) as stored:
            earlier = dict((one["version"], one) for one in json.load(stored))
    found = []
    for python in options.python or [sys.executable]:
        found.append(run_interpreter(python, options, earlier))
        if options.json:  # after each: a run over many interpreters is long
            with open(options.json, "w") as stored:
                json.dump(found, stored, indent=1, sort_keys=True)
    print(table(found))
    left, blind = remaining(found), seen_nothing(found)
    for title, lines in (("Late in spite of preload():", left), ("Proves nothing:", blind),
                         ("Does less well warm than cold (a slow machine, or preload()):", worse(found))):
        if lines:
            print("\n".join(["", title] + lines))
    return 1 if left or blind else 0


if __name__ == "__main__":
    sys.exit(main())
