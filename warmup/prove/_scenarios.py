"""Read scenarios as data from the source of their scripts. Run no script for this."""

from __future__ import absolute_import, division, print_function

import ast
import collections
import os
import pkgutil
import re

from warmup.prove._errors import UsageError

PACKAGE = "warmup.prove"
FOLDER = "scenarios"

#: How a cold run may go wrong. Besides these, it may be expected to do `raises NAME`.
FAILURES = ("stalls", "fork stalls", "child hangs", "slow")
#: Nothing went wrong.
FINE = "fine"
#: The version lacks what the scenario is about: it lacks one of its needs.
ABSENT = "absent"

#: Literals of a script, with their defaults.
LITERALS = {"CASES": (), "COLD": None, "CURE": "preload()", "NEEDS": (), "POSITION": None, "RUNS": 1, "SEE": ""}
#: Keys of an entry of CASES. `name` and `title` are required. `needs` is added to NEEDS.
CASE_KEYS = frozenset(["name", "title", "cold", "needs", "see"])


class Scenario(
    collections.namedtuple("Scenario", "name script arguments title cold needs runs see cure position source")
):
    """Describe one way to stall, which is one row of the table.

    name       the name of the case, or the script's name without `.py`
    script     the script's name without `.py`
    arguments  the arguments of the script: the name of the case, if the script has cases
    title      the sentence of the case, or the first line of the script's docstring
    cold       {versions: outcome}, see `expected()`
    needs      names of modules, `os.NAME` for a function of `os`, `root` or `semaphores`
    runs       how often the cold run is tried, because it does not go wrong each time; if it is slow, how often
               it is measured at least, and the warm run too
    see        address of an issue, or an empty string
    cure       what the warm run calls: `preload()` or `guard_fork()`
    position   the place of the row: (POSITION of the script, number of the case)
    source     the script's text
    """

    __slots__ = ()

    def expected(self, implementation, version, platform="linux"):
        """Return the outcomes that a cold run may have, as a tuple. None if `cold` has no key for it.

        `implementation`: a name such as `CPython`. `version`: a pair of int. `platform`: the
        `sys.platform` of the interpreter. The keys of `cold` are `3.6`, `3.6-3.9` or `3.6-` (3.6
        and later) for CPython; another implementation's name in lower case, for all its versions;
        or a platform, which precedes all others.
        """
        if platform in self.cold:
            return tuple(self.cold[platform].split(" or "))
        for versions, outcome in sorted(self.cold.items()):
            if versions == implementation.lower() or (
                implementation == "CPython" and versions[0].isdigit() and _within(version, versions)
            ):
                return tuple(outcome.split(" or "))
        return None


def _within(version, versions):
    first, dash, last = versions.partition("-")
    if not dash:
        last = first
    return _pair(first) <= tuple(version) and (not last or tuple(version) <= _pair(last))


def _pair(text):
    major, minor = text.split(".")
    return int(major), int(minor)


def read_scenarios(script, source):
    """Return the scenarios of a script, one for each of its cases, as a list.

    `script`: its name without `.py`. `source`: its text. Raise ValueError if a required literal is
    missing, or if COLD has an outcome that no run can have.
    """
    tree = ast.parse(source.encode("utf-8"), script)
    data = dict(LITERALS)
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
            if name in data:
                data[name] = ast.literal_eval(statement.value)
    title = (ast.get_docstring(tree) or "").partition("\n")[0]
    if not title or data["POSITION"] is None:
        raise ValueError("%s: a script needs a docstring and a literal POSITION" % script)
    found = []
    for number, case in enumerate(data["CASES"] or [{"name": script, "title": title}]):
        unknown = sorted(set(case) - CASE_KEYS)
        cold = case.get("cold", data["COLD"])
        if unknown or not case.get("name") or not case.get("title"):
            raise ValueError("%s: case %r lacks a name or a title, or has more" % (script, case))
        if not cold:
            raise ValueError("%s: %s needs a literal COLD" % (script, case["name"]))
        for outcome in " or ".join(cold.values()).split(" or "):
            if outcome not in FAILURES + (FINE, ABSENT) and not re.match(r"raises \w+$", outcome):
                raise ValueError("%s: COLD expects %r, which no run reports" % (script, outcome))
        found.append(
            Scenario(
                name=case["name"],
                script=script,
                arguments=(case["name"],) if data["CASES"] else (),
                title=case["title"],
                cold=cold,
                needs=data["NEEDS"] + case.get("needs", ()),
                runs=data["RUNS"],
                see=case.get("see", data["SEE"]),
                cure=data["CURE"],
                position=(data["POSITION"], number),
                source=source,
            )
        )
    return found


def script_names():
    """Return the names of the scripts of this package, without `.py`, sorted.

    The package may be in a folder or in a zip file.
    """
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), FOLDER)
    return sorted(module[1] for module in pkgutil.iter_modules([folder]))


def load_scenarios():
    """Return every Scenario of this package as a list, sorted by position."""
    found = []
    for script in script_names():
        text = pkgutil.get_data(PACKAGE, "%s/%s.py" % (FOLDER, script)).decode("utf-8")
        found += read_scenarios(script, text.replace("\r\n", "\n"))
    return sorted(found, key=lambda scenario: scenario.position)


def find_scenarios(names):
    """Return the scenarios called `names`, in that order. Raise UsageError for an unknown name."""
    scenarios = dict((scenario.name, scenario) for scenario in load_scenarios())
    for name in names:
        if name not in scenarios:
            raise UsageError("there is no scenario %r; --list shows all %d" % (name, len(scenarios)))
    return [scenarios[name] for name in names]
