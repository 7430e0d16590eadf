"""preload() works in sub-interpreters, in each for itself."""

from __future__ import absolute_import, division, print_function

import os
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = "held"
SINCE = (3, 8)
CASES = ("one", "three-one-after-the-other", "beside-the-main-one", "own-gil-in-a-thread", "pool")
DIFFERENT = {
    "own-gil-in-a-thread": {"SINCE": (3, 14), "SECONDS": 1},
    "pool": {"SINCE": (3, 14), "SECONDS": 1},
    "three-one-after-the-other": {"SECONDS": 1},
}
LIMIT = 60
PART = ("one",)
CASE = arena.case(CASES)

SOURCE = """
import sys
sys.path.insert(0, %r)
def late():
    import sched
import warmup
report = warmup.preload()
assert not report.failed, report.failed
assert "sched" in sys.modules and len(report.warmed) > 100, report
""" % (arena.ROOT,)

if CASE == "pool" and arena.ROOT not in os.environ.get("PYTHONPATH", "").split(os.pathsep):
    # Each interpreter of the pool imports the package by itself: this path alone is theirs, too.
    os.environ["PYTHONPATH"] = arena.ROOT
    os.execv(sys.executable, [sys.executable, __file__, CASE])
if CASE == "pool":
    from concurrent.futures import InterpreterPoolExecutor

    import warmup

    with InterpreterPoolExecutor(2, initializer=warmup.preload) as pool:
        arena.equal(list(pool.map(abs, range(-4, 0))), [4, 3, 2, 1], "what the pool returns")
    arena.held()
if sys.version_info >= (3, 14):
    from concurrent import interpreters

    def execute(source):
        interpreter = interpreters.create()
        run = getattr(interpreter, "exec")  # a keyword on 2.7, which reads this file too
        try:
            run(source)
        finally:
            interpreter.close()

else:
    try:
        import _interpreters
    except ImportError:
        try:
            import _xxsubinterpreters as _interpreters
        except ImportError:
            arena.does_not_apply("no sub-interpreters")

    def execute(source):
        interpreter = _interpreters.create()
        error = _interpreters.run_string(interpreter, source)
        if error is not None:
            raise RuntimeError(str(error))
        _interpreters.destroy(interpreter)


if CASE == "beside-the-main-one":
    arena.preload()
try:
    if CASE == "own-gil-in-a-thread":
        import threading

        problems = []

        def run():
            try:
                execute(SOURCE)
            except Exception as error:
                problems.append(arena.described(error))

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        arena.equal(problems, [], "exceptions")
    else:
        for _ in range(3 if CASE.startswith("three") else 1):
            execute(SOURCE)
except Exception as error:
    arena.broken(arena.described(error))
if CASE == "beside-the-main-one":
    arena.equal(arena.preload().outcomes, (), "what a second call does in the main interpreter")
arena.held()
