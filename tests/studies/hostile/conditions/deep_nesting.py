"""Code that is nested 1,000 deep does not make preload() raise."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 3
CASES = ("lambdas", "near-the-recursion-limit")
PART = ("lambdas",)
CASE = arena.case(CASES)


def template():
    import sched  # noqa: F401


def late():
    import calendar  # noqa: F401


code = template.__code__
outer = compile("lambda: 1", "hostile", "eval")
if hasattr(outer, "replace"):

    def around(inner):
        return outer.replace(co_consts=(inner, "<lambda>"))

else:

    def around(inner):
        arguments = [
            getattr(outer, "co_" + name)
            for name in (
                "argcount kwonlyargcount nlocals stacksize flags code consts names varnames "
                "filename name firstlineno lnotab"
            ).split()
            if hasattr(outer, "co_" + name)
        ]
        arguments[arguments.index(outer.co_consts)] = (inner, "<lambda>")
        return type(outer)(*arguments)


if CASE == "lambdas":
    for _ in range(1000):
        code = around(code)
    deep = type(late)(code, globals())
    report = arena.preload(codecs=())
    arena.expect(arena.loaded("calendar"), "another function's import was not warmed")
else:

    def down(levels):
        return down(levels - 1) if levels else arena.preload(codecs=())

    report = down(sys.getrecursionlimit() - 60)
    arena.expect(report is not None, "nothing was returned")
arena.held()
