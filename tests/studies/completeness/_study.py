"""Carry out the command. Print a line for each test module when it has run, and a table at the end."""

from __future__ import absolute_import, division, print_function

import json
import os
import sys

from tests.studies import _command, completeness
from tests.studies.completeness import rules, runner
from tests.support.table import say, table

_SECONDS = 1.5  # that a test module takes, on the average, in one run


def main(arguments):
    """Run the study. Return 0 if each cold run has a late import, and each warm run has ended and has none; else 1."""
    options = _parser().parse_args(arguments)
    if options.logs:
        options.logs = os.path.abspath(options.logs)  # the tests run elsewhere
        if not os.path.isdir(options.logs):
            os.makedirs(options.logs)
    earlier = {}
    if options.cold_from:
        with open(options.cold_from) as stream:
            earlier = {one["version"]: one for one in json.load(stream)}
    try:
        subjects = [rules.Subject(path) for path in options.python or [sys.executable]]
    except ValueError as error:
        print("completeness: %s" % error, file=sys.stderr)
        return 2
    unknown = set(options.module or ()).difference(*[subject.tests for subject in subjects])
    if unknown:
        text = "completeness: there is no test module %s; write it as in test.test_time"
        print(text % ", ".join(sorted(unknown)), file=sys.stderr)
        return 2
    chosen = [(subject, _names(subject, options)) for subject in subjects]
    _announce(chosen, options)
    found = []
    for subject, names in chosen:
        found.append(_run(subject, names, options, earlier))
        if options.json:  # after each: a run on many interpreters takes long
            with open(options.json, "w") as stream:
                json.dump(found, stream, indent=1, sort_keys=True)
    say(table(_rows(found)))
    late, broken, blind = remaining(found), not_run(found), seen_nothing(found)
    for title, lines in (
        ("Late in spite of preload():", late),
        ("Not run to its end warm, but cold:", broken),
        ("Proves nothing:", blind),
        ("Does less well warm than cold (a slow machine, or preload()):", worse(found)),
    ):
        if lines:
            say("\n".join(["", title] + lines))
    return 1 if late or broken or blind else 0


def _parser():
    parser = _command.parser(completeness)
    parser.add_argument("--python", action="append", metavar="PATH", help="interpreter to run; repeat for more")
    parser.add_argument("--subset", action="store_true", help="only the modules in subset.txt, for every commit")
    parser.add_argument("--module", action="append", metavar="NAME", help="only this test module; repeat for more")
    parser.add_argument("--cold-only", action="store_true", help="do not run warm")
    parser.add_argument("--cold-from", metavar="FILE", help="take the cold results from an earlier --json FILE")
    parser.add_argument(
        "--limit", type=float, default=20, metavar="SECONDS", help="per test module, cold (default: 20)"
    )
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="test modules at a time (default: 1)")
    parser.add_argument("--json", metavar="FILE", help="write everything that was found to FILE")
    parser.add_argument("--logs", metavar="FOLDER", help="keep what the tests printed and the recorder wrote")
    parser.add_argument("--quiet", action="store_true", help="no line for each test module")
    return parser


def _names(subject, options):
    wanted = options.module or (subset() if options.subset else subject.tests)
    return [name for name in wanted if name in set(subject.tests)]


def subset():
    """Return the names in ``subset.txt``, in their order."""
    with open(os.path.join(runner.HERE, "subset.txt")) as lines:
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _announce(chosen, options):
    count = sum(len(names) for _, names in chosen)
    runs = 1 if options.cold_only else 2
    say(
        "%d test modules on %d interpreters, %d at a time: %s. Installs nothing."
        % (count, len(chosen), options.jobs, _command.minutes(count * runs * _SECONDS / options.jobs))
    )
    for subject, names in chosen:
        say(
            "Python %s: %d test modules; %d modules of its library, of which %d are never preloaded, by design"
            % (subject.title, len(names), len(subject.modules), sum(map(subject.is_by_design, subject.modules)))
        )
    say()


def _run(subject, names, options, earlier):
    """Return everything about one interpreter, as a dictionary for the table and for JSON."""

    def run(some, temperature):
        def report(name, result):
            if not options.quiet:
                say(
                    "%s %s %-45s %-7s %s late %d"
                    % (subject.title, temperature, name, result["status"], result["seconds"], len(result["late"]))
                )

        # Five times as long warm: a busy machine must not look like a call that hangs.
        limit = options.limit * (5 if temperature == "warm" else 1)
        return runner.run_modules(subject, some, temperature, limit, options.jobs, report, options.logs)

    known = earlier.get(subject.title, {}).get("cold", {})
    cold = {name: known[name] for name in names if name in known}
    cold.update(run([name for name in names if name not in known], "cold"))
    chosen = [name for name in names if cold[name]["status"] in ("passed", "failed")]
    warm = {} if options.cold_only else run(chosen, "warm")
    return {"version": subject.title, "chosen": chosen, "cold": cold, "warm": warm}


def count(results):
    """Return ``{kind: number of late imports, summed over the test modules}``, with "all" and "distinct"."""
    late = [one for result in results.values() for one in result["late"]]
    counts = {kind: sum(one["kind"] == kind for one in late) for kind in rules.KINDS}
    counts["all"] = len(late)
    counts["distinct"] = len({one["module"] for one in late})
    return counts


def _rows(found):
    columns = list(rules.KINDS) + ["all", "distinct"]
    rows = [["interpreter", "run", "modules"] + columns + ["not passed"]]
    for one in found:
        for temperature in ("cold", "warm"):
            results = {name: one[temperature][name] for name in one["chosen"] if name in one[temperature]}
            if results:
                counts = count(results)
                not_passed = sum(result["status"] != "passed" for result in results.values())
                rows.append(
                    [one["version"], temperature, len(results)] + [counts[column] for column in columns] + [not_passed]
                )
    return rows


def remaining(found):
    """Return a line for each late import of the warm runs: its name, its asker, its test modules."""
    lines = []
    for one in found:
        seen = {}
        for name, result in one["warm"].items():
            for late in result["late"]:
                seen.setdefault((late["kind"], late["module"], late["where"]), []).append(name)
        for (kind, module, where), names in sorted(seen.items()):
            lines.append(
                "%s  %-11s %-32s %s  [%s]" % (one["version"], kind, module, where, ", ".join(sorted(names)[:3]))
            )
    return lines


def worse(found):
    """Return a line for each test module with more failures warm than cold. preload() has changed what it sees."""
    lines = []
    for one in found:
        for name, warm in sorted(one["warm"].items()):
            cold = one["cold"][name]
            new = sorted(set(warm["failed"]) - set(cold["failed"]))
            if cold["status"] == "passed" != warm["status"] or (new and warm["ran"] > 0):
                lines.append(
                    "%s  %-40s %s -> %s  %s"
                    % (one["version"], name, cold["status"], warm["status"], "; ".join(new)[-160:].replace("\n", " "))
                )
    return lines


def not_run(found):
    """Return a line for each test module whose warm run shows nothing late because its tests did not run."""
    return [
        "%s  %s: %s" % (one["version"], name, warm["status"])
        for one in found
        for name, warm in sorted(one["warm"].items())  # those whose tests ran cold
        if warm["status"] not in ("passed", "failed")
    ]


def seen_nothing(found):
    """Return the interpreters whose cold run shows nothing late: no test module, or the recorder does not work."""
    return ["%s: no late import in the cold run" % one["version"] for one in found if not count(one["cold"])["all"]]
