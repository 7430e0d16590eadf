"""Read the conditions from the source of the scripts. Run no script for this.

A script has one condition, or several cases of one condition. Its docstring is the promise. Its
literals describe it:

    ROW = 1                          number of the promise; "held" for a promise that never failed
    CASES = ("in-body", "in-finder") conditions of their own; the script gets the name as argument
    SINCE, UNTIL = (3, 7), (3, 14)   the first and the last version, both included
    OPTIONS, ENVIRONMENT = ["-I"], {"NAME": "value"}    what the interpreter is started with
    SECONDS, LIMIT = 0.4, 30         what it takes, and when it counts as hung
    PART = True                      whether CI runs it; or the names of the cases that it runs
    DIFFERENT = {"in-body": {"OPTIONS": ["-O"]}}        what is different for some of the cases
"""

from __future__ import absolute_import, division, print_function

import ast
import io
import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "conditions")
DEFAULTS = {
    "CASES": (),
    "DIFFERENT": {},
    "ENVIRONMENT": {},
    "LIMIT": 30,
    "OPTIONS": (),
    "PART": False,
    "ROW": None,
    "SECONDS": 0.4,
    "SINCE": None,
    "UNTIL": None,
}


class Condition(object):
    """Describe one condition.

    ``name``: the script's, with the case after a slash; ``path``: of the script; ``case``: its
    argument or ``None``; ``promise``: one sentence; ``row``: a number or ``"held"``; ``since``,
    ``until``: version tuples or ``None``; ``options``: list of interpreter flags; ``environment``:
    dictionary; ``part``: whether CI runs it; ``seconds``: what it takes; ``limit``: seconds after
    which it counts as hung.
    """

    def __init__(self, path, promise, case, values):
        stem = os.path.splitext(os.path.basename(path))[0]
        self.name = stem if case is None else stem + "/" + case
        self.path, self.promise, self.case = path, promise, case
        self.row = values["ROW"]
        self.part = values["PART"] if isinstance(values["PART"], bool) else case in values["PART"]
        self.since, self.until = values["SINCE"], values["UNTIL"]
        self.options, self.environment = list(values["OPTIONS"]), dict(values["ENVIRONMENT"])
        self.seconds, self.limit = values["SECONDS"], values["LIMIT"]

    def __repr__(self):
        return "<condition %s>" % self.name

    def applies_to(self, version):
        """Return whether the condition is meant for ``version``, a tuple such as ``(3, 11, 7)``."""
        version = tuple(version)
        return (self.since is None or version >= tuple(self.since)) and (
            self.until is None or version[: len(self.until)] <= tuple(self.until)
        )


def every():
    """Return all conditions, sorted by row and name."""
    found = []
    for name in sorted(os.listdir(FOLDER)):
        if name.endswith(".py"):
            found.extend(read(os.path.join(FOLDER, name)))
    return sorted(found, key=lambda one: (one.row == "held", one.row, one.name))


def read(path):
    """Return the conditions of the script at ``path``.

    Raises ``ValueError``, with the script's name, for a script without a promise or a row, and for
    one that names a case which it does not have.
    """
    with io.open(path, encoding="utf-8") as stream:
        tree = ast.parse(stream.read().encode("utf-8"), path)
    promise = (ast.get_docstring(tree) or "").strip().partition("\n\n")[0].replace("\n", " ")
    own = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and getattr(node.targets[0], "id", "") in DEFAULTS:
            own[node.targets[0].id] = ast.literal_eval(node.value)
    if not promise or own.get("ROW") is None:
        raise ValueError("%s: a docstring and ROW are needed" % os.path.basename(path))
    values = dict(DEFAULTS, **own)
    named = list(values["DIFFERENT"]) + ([] if isinstance(values["PART"], bool) else list(values["PART"]))
    unknown = set(named).difference(values["CASES"])
    if unknown:
        raise ValueError("%s: there is no case %s" % (os.path.basename(path), ", ".join(sorted(unknown))))
    if not values["CASES"]:
        return [Condition(path, promise, None, values)]
    return [
        Condition(path, promise, case, dict(values, **values["DIFFERENT"].get(case, {}))) for case in values["CASES"]
    ]
