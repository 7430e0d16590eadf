"""Run one module of CPython's own regression tests in a thread, under the recorder.

    python run_one.py RECORDS MODULE cold
    python run_one.py RECORDS MODULE warm DIRECTORY_OF_WARMUP

In:  RECORDS is the file that the recorder appends to; MODULE a dotted name such as `test.test_json`.
Out: records (see `recorder.py`), the last one being
     ("outcome", pid, status, seconds, tests run, failed tests)
     with status "passed", "failed", "skipped" (the module says it cannot run here) or "broken"
     (importing it, or preload(), raised).  No such record: the module ended or hung the process.
"""

from __future__ import absolute_import, division, print_function

import importlib
import os
import sys
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


def quiet_test_support():
    """Set `test.support` as `python -m test` does: no resources (network, GUI, audio), little output."""
    if hasattr(sys, "pypy_version_info"):
        # Debian's PyPy lacks the C source that this module compiles when it is imported. test.support can do without.
        sys.modules["_testcapi"] = None
    support = importlib.import_module("test.test_support" if sys.version_info[0] == 2 else "test.support")
    support.use_resources = ()
    support.verbose = 0
    return support


def run_tests(module):
    """Run the tests of `module`; return (all passed, number run or -1, names of those that failed).

    As `python -m test` does: through its `test_main()` where it has one, else as a unittest suite.
    """
    test_main = getattr(module, "test_main", None)
    if test_main is not None:
        test_main()
        return True, -1, []
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromModule(module)
    # Names of modules that could not be imported: regrtest treats them as a failure too.
    broken = [str(error).splitlines()[0] for error in getattr(loader, "errors", ())]
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=0).run(suite)
    failed = [test.id() for test, _ in result.failures + result.errors]
    return result.wasSuccessful() and not broken, result.testsRun, broken + failed


def main(records, name, temperature, warmup_directory=None):
    from recorder import Recorder

    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != HERE]
    recorder = Recorder(records)
    started = time.time()

    def finish(status, ran=0, failed=()):
        recorder.note("outcome", os.getpid(), status, round(time.time() - started, 2), ran, list(failed))

    try:
        quiet_test_support()
        module = importlib.import_module(name)
    except unittest.SkipTest as reason:
        return finish("skipped", failed=[str(reason)])
    except Exception as error:
        return finish("broken", failed=["%s: %s" % (type(error).__name__, error)])

    if temperature == "warm":
        sys.path.insert(0, warmup_directory)
        import warmup

        sys.path.remove(warmup_directory)
        before = set(sys.modules)
        began = time.time()
        try:
            warmup.preload()
        except Exception as error:
            import traceback

            traceback.print_exc()
            return finish("broken", failed=["preload(): %s: %s" % (type(error).__name__, error)])
        recorder.note("preloaded", os.getpid(), round(time.time() - began, 4), sorted(set(sys.modules) - before))

    def work():
        ran, failed = 0, []
        try:
            passed, ran, failed = run_tests(module)
            status = "passed" if passed else "failed"
        except unittest.SkipTest as reason:
            status, failed = "skipped", [str(reason)]
        except BaseException as error:  # SystemExit too: the outcome must be noted, whatever it is
            status, failed = "failed", ["%s: %s" % (type(error).__name__, error)]
        recorder.end()
        finish(status, ran, failed)

    worker = threading.Thread(target=work, name="tests")
    recorder.install()
    worker.start()
    worker.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
