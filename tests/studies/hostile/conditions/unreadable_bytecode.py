"""A function whose bytecode cannot be read costs that function, and nothing else."""

from __future__ import absolute_import, division, print_function

import random
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 3
CASES = (
    "nothing-before-the-import",
    "name-out-of-range",
    "constant-out-of-range",
    "level-by-an-unknown-instruction",
    "level-is-no-number",
    "names-are-no-tuple",
    "cut-off",
    "random-bytes",
    "what-cannot-be-read-is-said",
    "the-name-is-that-of-a-loaded-module",
)
DIFFERENT = {"what-cannot-be-read-is-said": {"SINCE": (3, 6)}}
PART = (
    "the-name-is-that-of-a-loaded-module",
    "level-by-an-unknown-instruction",
    "random-bytes",
    "what-cannot-be-read-is-said",
)
CASE = arena.case(CASES)

import opcode  # noqa: E402

if arena.PY2:

    def with_code(function, instructions, constants=None):
        code = function.__code__
        return type(function)(
            type(code)(
                code.co_argcount,
                code.co_nlocals,
                code.co_stacksize,
                code.co_flags,
                bytes(instructions),
                code.co_consts if constants is None else constants,
                code.co_names,
                code.co_varnames,
                code.co_filename,
                code.co_name,
                code.co_firstlineno,
                code.co_lnotab,
            ),
            GLOBALS,
        )

elif sys.version_info >= (3, 8):

    def with_code(function, instructions, constants=None):
        code = function.__code__
        constants = code.co_consts if constants is None else constants
        return type(function)(code.replace(co_code=bytes(instructions), co_consts=constants), GLOBALS)

else:
    arena.does_not_apply("code objects cannot be replaced")

GLOBALS = {"__name__": "hostile_scrambled"}
IMPORT_NAME, LOAD_CONST, LOAD_FAST, NOP, RETURN_VALUE = (
    opcode.opmap[name] for name in ("IMPORT_NAME", "LOAD_CONST", "LOAD_FAST", "NOP", "RETURN_VALUE")
)


def template():
    import sched  # noqa: F401
    from email import generator  # noqa: F401


def late():
    import sched  # noqa: F401


def instruction(operation, argument):
    if arena.PY2:
        return bytearray([operation, argument, 0])
    return bytearray([operation, argument])


end = bytearray([RETURN_VALUE]) if arena.PY2 else bytearray([NOP, 0] * 8 + [RETURN_VALUE, 0])
load, bring = instruction(LOAD_CONST, 0), instruction(IMPORT_NAME, 0)
constants = None
if CASE in ("nothing-before-the-import", "what-cannot-be-read-is-said", "the-name-is-that-of-a-loaded-module"):
    codes = [bring + end]
elif CASE == "name-out-of-range":
    codes = [load + load + instruction(IMPORT_NAME, 255) + end]
elif CASE == "constant-out-of-range":
    codes = [instruction(LOAD_CONST, 255) + instruction(LOAD_CONST, 254) + bring + end]
elif CASE == "level-by-an-unknown-instruction":
    codes = [instruction(LOAD_FAST, 0) + load + bring + end, load + instruction(LOAD_FAST, 0) + bring + end]
elif CASE in ("level-is-no-number", "names-are-no-tuple"):
    codes = [instruction(LOAD_CONST, 1) + instruction(LOAD_CONST, 2) + bring + end]
    odd = object()
    constants = (None, "level", ("a",)) if CASE == "level-is-no-number" else (None, 0, odd)
elif CASE == "cut-off":
    codes = [(load + load + bring)[: 7 if arena.PY2 else 6]]
else:
    dice = random.Random(1)
    plain = [
        number
        for name, number in opcode.opmap.items()
        if number < 200 and not name.startswith(("INSTRUMENTED", "RESERVED", "ENTER", "CACHE"))
    ]
    codes = []
    for _ in range(500):
        code = bytearray()
        for _ in range(dice.randrange(20)):
            code += instruction(dice.choice([IMPORT_NAME, LOAD_CONST, dice.choice(plain)]), dice.randrange(256))
        codes.append(code + end)
scrambled = [with_code(template, code, constants) for code in codes]
arena.arranged(scrambled[0].__code__.co_code != template.__code__.co_code, "the code is as it was")
if CASE == "the-name-is-that-of-a-loaded-module":
    sys.modules["hostile_scrambled.template"] = type(sys)("hostile_scrambled.template")
report = arena.preload(codecs=())
arena.expect(arena.loaded("sched"), "another function's import was not warmed: %s" % arena.said(report, "sched"))
if CASE == "what-cannot-be-read-is-said":
    named = [one for one in report.outcomes if one.status != "warmed" and "hostile_scrambled" in repr(one)]
    arena.expect(named, "no outcome names the function or its module")
arena.held()
