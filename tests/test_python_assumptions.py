"""What ``warmup/_python`` relies on, one class for each trick: the first that fails on a new Python names the trick."""
from __future__ import absolute_import, division, print_function

import os
import sys
import unittest

import fresh

PY2 = fresh.PY2


@unittest.skipIf(PY2, "2.7 has no _frozen_importlib")
class ReplacedFunctionsOfImportlib(unittest.TestCase):
    """imports.py replaces functions of ``_frozen_importlib``, and expects C code and importlib to call its own."""

    def calls(self, attribute, source):
        return fresh.value(u"""
            import importlib, json, sys, threading, time, xml
            bootstrap, calls = sys.modules["_frozen_importlib"], []
            before = bootstrap.%s
            def replaced(name, *arguments, **keywords):
                calls.append(getattr(name, "name", name))
                return before(name, *arguments, **keywords)
            bootstrap.%s = replaced
            %s
            print(json.dumps(calls))
        """ % (attribute, attribute, source))

    def test_every_import_of_a_module_that_is_not_loaded_calls_find_and_load(self):
        for source, name in (
            (u"import sched", "sched"),
            (u"from xml import sax", "xml.sax"),
            (u"importlib.import_module('sched')", "sched"),
            (u"__import__('sched')", "sched"),
            (u"time.strptime('2001', '%Y')", "_strptime"),
            (u"u'x'.encode('cp1250')", "encodings.cp1250"),
        ):
            self.assertIn(name, self.calls(u"_find_and_load", source), source)
        if sys.version_info >= (3, 15):
            self.assertIn("sched", self.calls(u"_find_and_load", u"exec('lazy import sched; sched.scheduler')"))

    def test_an_import_statement_of_a_loaded_module_does_not(self):
        if not fresh.PYPY:
            self.assertEqual(self.calls(u"_find_and_load", u"import json, xml; from json import decoder"), [])

    def test_load_unlocked_comes_between_search_and_execution(self):
        self.assertIn("sched", self.calls(u"_load_unlocked", u"import sched"))
        self.assertEqual(
            self.calls(u"_load_unlocked", u"""
            try:
                import no_such
            except ImportError:
                pass
"""), [])

    def test_reload_calls_exec(self):
        self.assertEqual(self.calls(u"_exec", u"importlib.reload(json)"), ["json"])

    def test_a_missing_module_can_be_looked_for_again_after_load_unlocked_has_raised(self):
        self.assertEqual(fresh.value(u"""
            import json, sys
            bootstrap = sys.modules["_frozen_importlib"]
            before = bootstrap._load_unlocked
            def refuses(spec):
                raise ImportError("refused")
            bootstrap._load_unlocked = refuses
            try:
                import xml.sax
            except ImportError as error:
                text = str(error)
            bootstrap._load_unlocked = before
            import xml.sax
            print(json.dumps([text, sorted(sys.modules["_frozen_importlib"]._module_locks) == []]))
        """)[0], "refused")


@unittest.skipIf(PY2, "2.7 has no _frozen_importlib")
class FramesOfImportlib(unittest.TestCase):
    """imports.py gives its wrappers the file name of importlib, so that tracebacks and warnings pass over them."""

    def test_have_this_file_name(self):
        name = sys.modules["_frozen_importlib"]._find_and_load.__code__.co_filename
        self.assertTrue(name.startswith("<frozen importlib"), name)
        self.assertIn("_bootstrap", name)

    def test_are_left_out_of_tracebacks(self):
        if fresh.PYPY:
            self.skipTest("PyPy decides by other means")
        self.assertEqual(fresh.value(u"""
            import json, sys
            bootstrap = sys.modules["_frozen_importlib"]
            before = bootstrap._find_and_load
            scope = {"before": before}
            exec(compile("def replaced(*a, **k):\\n    return before(*a, **k)", before.__code__.co_filename, "exec"), scope)
            bootstrap._find_and_load = scope["replaced"]
            try:
                import no_such
            except ImportError:
                traceback, count = sys.exc_info()[2], 0
                while traceback is not None:
                    traceback, count = traceback.tb_next, count + 1
            print(json.dumps(count))
        """), 1)


@unittest.skipIf(PY2, "2.7 has one lock for all imports")
class ModuleLocks(unittest.TestCase):
    """imports.py reads and repairs the locks of importlib."""

    def test_say_who_is_inside_an_import(self):
        owner, me, kind, left = fresh.value(u"""
            import json, os, shutil, sys, tempfile, threading
            directory = tempfile.mkdtemp()
            sys.path.insert(0, directory)
            with open(os.path.join(directory, "body.py"), "w") as stream:
                stream.write("import sys; m = sys.modules['__main__']; m.begun.set(); m.go.wait(60)")
            begun, go = threading.Event(), threading.Event()
            thread = threading.Thread(target=__import__, args=("body",))
            thread.start()
            begun.wait(60)
            locks = sys.modules["_frozen_importlib"]._module_locks
            lock = locks["body"]()
            result = [lock.owner, thread.ident, type(locks).__name__,
                      sys.modules["body"].__spec__._initializing and hasattr(lock, "lock") and hasattr(lock, "wakeup")
                      and not lock.waiters]
            go.set()
            thread.join()
            shutil.rmtree(directory)
            assert lock.owner is None
            print(json.dumps(result))
        """)
        self.assertEqual(owner, me)
        self.assertEqual((kind, left), ("dict", True))

    def test_say_who_waits_for_whom(self):
        blocking_on = sys.modules["_frozen_importlib"]._blocking_on
        self.assertTrue(hasattr(blocking_on, "get"))
        self.assertIsInstance(getattr(blocking_on, "data", blocking_on), dict)


class CodecLookUps(unittest.TestCase):
    """imports.py reads the spelling from the local variables of encodings.search_function; _watch.py clears a cache."""

    def test_have_these_variables(self):
        import encodings

        names = encodings.search_function.__code__.co_varnames
        for name in ("encoding", "modnames", "modname"):
            self.assertIn(name, names)

    def test_remember_their_failures_in_a_dictionary(self):
        import encodings

        self.assertRaises(LookupError, u"".encode, "no-such-codec")
        self.assertIsInstance(encodings._cache, dict)
        key, = [key for key in encodings._cache if key.replace("_", "-") == "no-such-codec"]
        self.assertIsNone(encodings._cache.pop(key))


@unittest.skipIf(sys.version_info < (3, 15), "placeholders came with 3.15")
class UsesOfPlaceholders(unittest.TestCase):
    """imports.py tells by the instruction of the asker whether it uses a placeholder."""

    def test_are_no_import_instructions(self):
        import opcode

        for name in ("IMPORT_NAME", "IMPORT_FROM", "LOAD_GLOBAL", "LOAD_NAME", "LOAD_ATTR"):
            self.assertIn(name, opcode.opmap)
        self.assertTrue(hasattr(sys.lazy_modules, "__contains__"))


class NamesOfThreads(unittest.TestCase):
    """imports.py takes them from threading without its lock."""

    def test_are_in_a_dictionary(self):
        import threading

        thread = threading.current_thread()
        self.assertIs(threading._active[thread.ident], thread)


@unittest.skipUnless(hasattr(os, "register_at_fork"), "no os.register_at_fork here")
class Forks(unittest.TestCase):
    """_fork.py replaces os.fork, and repairs in a hook that Python calls in every child."""

    def test_keep_the_ident_of_the_thread_and_run_the_hook_first(self):
        self.assertEqual(fresh.value(u"""
            import json, os, threading
            me, found = threading.get_ident(), []
            os.register_at_fork(after_in_child=lambda: found.append(threading.get_ident() == me))
            child = os.fork()
            if not child:
                os._exit(0 if found == [True] else 1)
            print(json.dumps(os.waitpid(child, 0)[1]))
        """), 0)

    def test_of_multiprocessing_go_through_the_attribute(self):
        import multiprocessing.popen_fork

        self.assertIn("fork", multiprocessing.popen_fork.Popen._launch.__code__.co_names)


if __name__ == "__main__":
    unittest.main()
