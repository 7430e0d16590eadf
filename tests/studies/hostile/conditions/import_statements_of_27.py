"""2.7: every import statement gives the same module, the same __package__ and the same error as
without the package.
"""

from __future__ import absolute_import, division, print_function

import os
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 16
UNTIL = (2, 7)
CASES = (
    "generated-1",
    "generated-2",
    "generated-3",
    "name-used-outside-of-a-package-first",
    "unhashable-name",
    "memory-does-not-grow",
    "not-replaced-if-not-wanted",
)
DIFFERENT = {"generated-1": {"SECONDS": 2}, "generated-2": {"SECONDS": 2}, "generated-3": {"SECONDS": 2}}
PART = ("generated-1", "name-used-outside-of-a-package-first", "unhashable-name")
CASE = arena.case(CASES)
COUNT = 4000


def resident():
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if CASE.startswith("generated"):
    import json

    outputs = []
    for kind in ("plain", "warm"):
        where = arena.folder({}, on_path=False)
        program = os.path.join(arena.HERE, "statements27.py")
        code, out, err = arena.run([program, where, kind, CASE[-1], str(COUNT)])
        arena.arranged(code == 0, "%s: exit code %s, %s" % (kind, code, arena.tail(err)))
        outputs.append([json.loads(line) for line in out.splitlines()])
    plain, warm = outputs
    arena.arranged(len(plain) == COUNT, "%d statements" % len(plain))
    kinds = {one["result"].partition(":")[0] for _, one in plain}
    arena.arranged({"ImportError", "ValueError", "None"} <= kinds, "only %s" % sorted(kinds))
    different = [(what, did, other) for (what, did), (_, other) in zip(plain, warm) if did != other]
    arena.equal(len(warm), COUNT, "statements with the package")
    if different:
        what, did, other = different[0]
        keys = [key for key in sorted(did) if did[key] != other[key]]
        arena.broken(
            "%d of %d; first %s: %s, plain %s"
            % (len(different), COUNT, what, [(key, other[key]) for key in keys], [(key, did[key]) for key in keys])
        )
    arena.held()

import warmup  # noqa: E402

before = __import__
if CASE == "not-replaced-if-not-wanted":
    warmup.preload(codecs=(), lock_free_import=False)
    arena.expect(__builtins__.__import__ is before, "__import__ was replaced")
    arena.held()
import json  # noqa: E402

# Not as this file is compiled: with absolute_import no statement could be relative.
code = compile("import json", "generated", "exec", 0, True)
warmup.preload(codecs=())
arena.arranged(__builtins__.__import__ is not before, "__import__ was not replaced")
if CASE == "name-used-outside-of-a-package-first":
    arena.folder({"t/__init__.py": "", "t/json.py": "own = 1\n"})
    exec(code, {"__name__": "t"})
    import t  # noqa: F401

    own = {"__name__": "t", "__package__": "t", "__path__": t.__path__}
    exec(code, own)
    arena.expect(hasattr(own["json"], "own"), "the package's own module is not what its import statement gives")
elif CASE == "unhashable-name":
    for name in ([], {}, set()):
        try:
            exec(code, {"__name__": name})
        except Exception as error:
            arena.broken("%r: %s" % (name, arena.described(error)))
else:

    def execute(count, first=0):
        for number in range(first, first + count):
            exec(code, {"__name__": "hostile_name_%d_%s" % (number, "x" * 200)})

    execute(1000)
    start = resident()
    execute(200000, 1000)
    grown = resident() - start
    arena.expect(grown < 8 * 2**20, "200,000 statements in modules of other names cost %.1f MiB" % (grown / 2.0**20))
arena.held()
