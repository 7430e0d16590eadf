"""Scenarios as data: read from the scripts' source, which is not run for it."""
from __future__ import absolute_import, division, print_function

import ast
import collections
import io
import os
import re

from warmup.prove._errors import UsageError

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scenarios")

#: What a cold run may be expected to do; `raises NAME` besides.
FAILURES = ("stalls", "fork stalls", "child hangs", "slow")
#: The run is as good as a warm one.
FINE = "fine"
#: What the scenario is about does not exist in that version, so one of its needs is missing.
ABSENT = "absent"


class Scenario(
    collections.namedtuple("Scenario", "name path title text cold needs runs see source")
):
    """One way to stall.

    name    the script's name without `.py`
    path    where the script is
    title   one sentence: the first line of its docstring
    text    the rest of the docstring
    cold    {versions: outcome}, see `expected()`
    needs   names of modules, `fork` or `root`
    runs    how often the cold side is run where chance has a say
    see     address of an issue, or an empty string
    source  the script's text
    """

    __slots__ = ()

    def expected(self, implementation, version):
        """What a cold run does in `version`, a pair of int, of `implementation`, a string.

        Returns a tuple of outcomes, any of which will do, or None where nobody has measured.
        The keys of `cold` are `3.6` (that version), `3.6-3.9`, `3.6-` (and later) for CPython,
        or another implementation's name in lower case, whatever its version.
        """
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


def load_scenario(path):
    """Read the script at `path` and return its Scenario; raises ValueError if it says too little."""
    with io.open(path, encoding="utf-8") as script:
        source = script.read()
    tree = ast.parse(source.encode("utf-8"), path)
    data = {"NEEDS": (), "RUNS": 1, "SEE": ""}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
            if name in ("COLD", "NEEDS", "RUNS", "SEE"):
                data[name] = ast.literal_eval(statement.value)
    title, _, text = (ast.get_docstring(tree) or "").partition("\n")
    if not title or "COLD" not in data:
        raise ValueError("%s: a scenario needs a docstring and a literal COLD" % path)
    for outcome in " or ".join(data["COLD"].values()).split(" or "):
        if outcome not in FAILURES + (FINE, ABSENT) and not re.match(r"raises \w+$", outcome):
            raise ValueError("%s: COLD expects %r, which no run can report" % (path, outcome))
    return Scenario(
        name=os.path.splitext(os.path.basename(path))[0],
        path=path,
        title=title,
        text=text.strip(),
        cold=data["COLD"],
        needs=data["NEEDS"],
        runs=data["RUNS"],
        see=data["SEE"],
        source=source,
    )


#: The order in which they are told: from the original bug to the youngest.
ORDER = (
    "encode_in_import",
    "codec_imported",
    "other_spelling",
    "time_strptime",
    "date_strptime",
    "function_import",
    "original_program",
    "fork_in_body",
    "fork_in_codec",
    "fork_in_placeholder",
    "fork_in_finder",
    "no_files_codec",
    "no_files_idna",
    "no_files_strptime",
    "chroot",
    "codec_at_shutdown",
    "pool_at_shutdown",
    "sticky_failure",
    "package_and_module",
    "library_replaced",
    "sixteen_threads",
    "slow_disk_threads",
    "slow_disk_asyncio",
    "forkserver_child",
    "subinterpreter",
)


def load_scenarios():
    """Every Scenario that is shipped, as a list, in the order of `ORDER`."""
    return [load_scenario(os.path.join(FOLDER, name + ".py")) for name in ORDER]


def find_scenarios(names):
    """The scenarios called `names`, in that order; raises UsageError for a name that is none."""
    scenarios = dict((scenario.name, scenario) for scenario in load_scenarios())
    for name in names:
        if name not in scenarios:
            raise UsageError("there is no scenario %r; --list shows all %d" % (name, len(scenarios)))
    return [scenarios[name] for name in names]
