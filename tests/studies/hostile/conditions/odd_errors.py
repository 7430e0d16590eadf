"""Whatever an exception of a module looks like, it becomes an outcome."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 3
CASES = (
    "no-module-named-nothing",
    "no-module-named-without-name",
    "no-arguments",
    "argument-is-a-number",
    "str-raises",
    "str-and-repr-raise",
    "str-returns-a-number",
    "args-raise",
    "name-is-a-number",
    "bytes",
    "lone-surrogate",
    "a-million-letters",
    "class-without-a-name",
)
DIFFERENT = {"lone-surrogate": {"SINCE": (3, 6)}, "class-without-a-name": {"UNTIL": (2, 7)}}
PART = ("no-module-named-nothing", "str-and-repr-raise")
CASE = arena.case(CASES)


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("this cannot be shown")


class Muter(Mute):
    __repr__ = Mute.__str__


class Number(Exception):
    def __str__(self):
        return 3


class NoArguments(ImportError):
    args = property(lambda self: 1 // 0)


class OldStyle:
    pass


odd_name = ImportError("No module named 3")
odd_name.name = 3
raised = {
    "no-module-named-nothing": ImportError("No module named "),
    "no-module-named-without-name": ImportError("No module named"),
    "no-arguments": ImportError(),
    "argument-is-a-number": ImportError(3),
    "str-raises": Mute(),
    "str-and-repr-raise": Muter(),
    "str-returns-a-number": Number(),
    "args-raise": NoArguments(),
    "name-is-a-number": odd_name,
    "bytes": Exception(b"\xff\xfe"),
    "lone-surrogate": Exception("\udc80"),
    "a-million-letters": ImportError("x" * 1000000),
    "class-without-a-name": OldStyle(),
}[CASE]
arena.folder(
    {
        "hostile_named.py": "import sys\nraise sys.modules['__main__'].raised\n",
        "hostile_package/__init__.py": "def late():\n    from hostile_package import below\n",
        "hostile_package/below.py": "import sys\nraise sys.modules['__main__'].raised\n",
    }
)
import hostile_package  # noqa: E402,F401

report = arena.preload(codecs=(), modules=["hostile_named"], packages=["hostile_package"])
for name in ("hostile_named", "hostile_package.below"):
    arena.equal(arena.status(report, name), "failed", "the outcome of " + name)
for show in (str, repr, lambda report: report.to_json(), lambda report: [repr(one) for one in report.outcomes]):
    try:
        show(report)
    except Exception as error:
        arena.broken("the report cannot be shown: %s" % arena.described(error))
arena.held()
