"""Code that is nested 1,000 deep does not make preload() raise. A full stack does not end the process."""

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

    import warmup

    def down(levels):
        return down(levels - 1) if levels else warmup.preload()

    for room in range(5, 100, 5):
        try:
            report = down(sys.getrecursionlimit() - room)
            arena.expect(report is not None, "nothing was returned")
        except RuntimeError as error:
            # Where the process would end (3.6 to 3.8) it raises one error; elsewhere only if it cannot even begin.
            is_refusal = (3,) <= sys.version_info < (3, 9)
            arena.expect(
                room < (70 if is_refusal else 30) and "recursion" in str(error),
                "with %d levels it raised %s" % (room, arena.described(error)),
            )
arena.held()
