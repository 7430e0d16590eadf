"""preload() keeps nothing of the program alive: no dropped function, no constant, no object."""

from __future__ import absolute_import, division, print_function

import gc
import os
import sys
import weakref

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 14
CASES = (
    "constant-of-a-function",
    "function",
    "code",
    "nested-code",
    "class",
    "objects",
    "module",
    "module-that-failed",
    "exception",
    "placeholder",
)
DIFFERENT = {
    "constant-of-a-function": {"SECONDS": 1},
    "nested-code": {"SINCE": (3, 8)},
    "placeholder": {"SINCE": (3, 15)},
}
PART = ("constant-of-a-function", "objects")
CASE = arena.case(CASES)
SIZE = 100 * 2**20


def resident():
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def made(source, name="late"):
    namespace = {"__name__": "hostile_made"}
    exec(source, namespace)
    return namespace.pop(name)


def with_constants(function, constants):
    code = function.__code__
    if hasattr(code, "replace"):
        return type(function)(code.replace(co_consts=constants), {"__name__": "hostile_made"})
    names = "argcount kwonlyargcount nlocals stacksize flags code consts names varnames "
    names += "filename name firstlineno lnotab"
    arguments = [getattr(code, "co_" + name) for name in names.split() if hasattr(code, "co_" + name)]
    arguments[arguments.index(code.co_consts)] = constants
    return type(function)(type(code)(*arguments), {"__name__": "hostile_made"})


class List(list):
    """A list that can be referred to weakly."""


class Object(object):
    pass


if arena.PYPY:
    arena.does_not_apply("PyPy frees when it likes")
import warmup  # noqa: E402,F401

options, alive = {"codecs": ()}, []
SOURCE = "def late():\n    import sched\n    return lambda: __import__('calendar')\n"
gc.collect()
if CASE == "constant-of-a-function":
    late = made(SOURCE)
    late = with_constants(late, late.__code__.co_consts + (b"x" * SIZE,))
    alive.append(weakref.ref(late.__code__))
elif CASE in ("function", "code", "nested-code"):
    late = made(SOURCE)
    nested = [one for one in late.__code__.co_consts if hasattr(one, "co_code")][0]
    alive.append(weakref.ref({"function": late, "code": late.__code__, "nested-code": nested}[CASE]))
    del nested
elif CASE == "class":
    late = made("class late(object):\n    def method(self):\n        import sched\n")
    alive.append(weakref.ref(late))
elif CASE == "objects":
    # Made first after a full collection, and moved by a young one: the first object of the second
    # generation.
    late = List()
    late.extend(Object() for _ in range(100))
    gc.collect(0)
    alive.append(weakref.ref(late))
    alive.extend(weakref.ref(one) for one in late)
elif CASE == "module":
    late = type(sys)("hostile_module")
    sys.modules["hostile_module"] = late
    exec(SOURCE, vars(late))
    alive.append(weakref.ref(late.late))
    if not arena.PY2:
        alive.append(weakref.ref(late))
elif CASE in ("module-that-failed", "exception"):
    late = Object()
    arena.folder(
        {
            "hostile_failing.py": "import sys\n"
            "local = sys.modules['__main__'].Object()\n"
            "sys.modules['__main__'].note(local)\n"
            "raise RuntimeError(local)\n"
        }
    )

    def note(one):
        alive.append(weakref.ref(one))

    options["modules"] = ["hostile_failing"]
else:
    late = type(sys)("hostile_module")
    sys.modules["hostile_module"] = late
    exec("globals()['even'] = __lazy_import__('sched')", vars(late))
    alive.append(weakref.ref(late))
with_it = resident()
report = arena.preload(**options)
arena.arranged(alive, "nothing was noted")
sys.modules.pop("hostile_module", None)
if CASE == "module" and arena.PY2:
    vars(late).clear()
late = None
if CASE == "exception":
    report = None
if hasattr(sys, "exc_clear"):
    sys.exc_clear()
gc.collect()
without = resident()
kept = [one() for one in alive if one() is not None]
who = [type(one).__name__ for one in gc.get_referrers(*kept) if one is not kept] if kept else []
arena.equal(len(kept), 0, "objects still alive, referred to by %s" % who)
if CASE == "constant-of-a-function":
    arena.expect(without < with_it - SIZE // 2, "%d MiB are still in memory" % ((without - with_it + SIZE) // 2**20))
arena.held()
