"""A function whose globals are odd does not make preload() raise, and costs no other function."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 3
CASES = (
    "own-get-raises",
    "own-getitem-raises",
    "own-get-lies",
    "contains-raises",
    "name-is-a-number",
    "name-is-a-list",
    "name-is-missing",
    "name-is-odd-text",
    "package-is-a-number",
    "package-is-odd-text",
    "package-is-empty-and-relative",
    "path-is-a-number",
    "huge-level",
    "function-name-is-odd",
)
PART = ("own-get-raises", "name-is-a-list")
CASE = arena.case(CASES)


def late():
    import sched  # noqa: F401


class Globals(dict):
    def get(self, *arguments):
        if CASE == "own-get-raises":
            raise RuntimeError("get() is not for everyone")
        return object() if CASE == "own-get-lies" else dict.get(self, *arguments)

    def __getitem__(self, key):
        if CASE == "own-getitem-raises":
            raise RuntimeError("nor is []")
        return dict.__getitem__(self, key)

    def __contains__(self, key):
        if CASE == "contains-raises":
            raise RuntimeError("nor is in")
        return dict.__contains__(self, key)


class Text(str):
    def startswith(self, *arguments):
        raise RuntimeError("startswith()")

    partition = rpartition = split = rsplit = __add__ = __eq__ = startswith
    __hash__ = str.__hash__


namespace = Globals(__name__="hostile_odd", __package__="hostile_odd", __builtins__=__builtins__)
for key, value in (
    {
        "name-is-a-number": {"__name__": 3},
        "name-is-a-list": {"__name__": [], "__package__": None},
        "name-is-odd-text": {"__name__": Text("hostile_odd"), "__package__": None},
        "package-is-a-number": {"__package__": 3},
        "package-is-odd-text": {"__package__": Text("hostile_odd")},
        "package-is-empty-and-relative": {"__package__": ""},
        "path-is-a-number": {"__path__": 3, "__package__": None},
    }
    .get(CASE, {})
    .items()
):
    dict.__setitem__(namespace, key, value)
if CASE == "name-is-missing":
    dict.__delitem__(namespace, "__name__")

made = {}
exec(
    "def relative():\n"
    "    from . import sibling\n"
    "    from .sibling import name\n"
    "    from %s import far\n"
    "def absolute():\n"
    "    import calendar\n"
    "    import email.generator\n" % ("." * (200 if CASE == "huge-level" else 3)),
    made,
)
functions = [type(late)(made[name].__code__, namespace) for name in ("relative", "absolute")]
if CASE == "function-name-is-odd":
    for function in functions:
        function.__name__ = Text("main")
report = arena.preload(codecs=())
arena.expect(arena.loaded("sched"), "sched was not warmed: %s" % arena.said(report, "sched"))
arena.held()
