"""What a caller of preload() sees: where it may be called from, what it reports, what it never does."""
from __future__ import absolute_import, division, print_function

import io
import os
import shutil
import sys
import tempfile
import textwrap
import unittest

from tests.support import fresh

# A program of the usual kind, as far as this interpreter has the modules.
PROGRAM = u"""
for name in ("json", "logging", "socket", "ssl", "http.client", "urllib.request", "urllib2", "email", "asyncio",
             "sqlite3", "concurrent.futures", "xml.etree.ElementTree", "decimal", "zoneinfo"):
    try:
        __import__(name)
    except ImportError:
        pass
import json
"""


class SecondRound(unittest.TestCase):

    def check(self, program):
        late, planned, second, failed = fresh.value(program + textwrap.dedent(u"""
            import json
            import warmup
            first = warmup.preload()
            with Recorder() as recorder:
                planned = list(map(str, warmup.plan()))
                second = warmup.preload()
            print(json.dumps([recorder.late, planned, len(second.outcomes), list(map(repr, first.failed))]))
        """))
        self.assertEqual((late, planned, second, failed), ([], [], 0, []))

    def test_finds_nothing_in_the_plain_interpreter(self):
        self.check(u"")

    def test_finds_nothing_in_a_program(self):
        self.check(PROGRAM)

    def with_flaky_module(self):
        """A directory with a module ``flaky`` in it, whose first import in a process fails."""
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        with io.open(os.path.join(directory, "flaky.py"), "w") as stream:
            stream.write(u"import sys\n"
                         u"if not hasattr(sys, 'tried'):\n"
                         u"    sys.tried = True\n"
                         u"    raise RuntimeError('the first time')\n")
        return directory

    def test_tries_again_what_failed_and_not_what_cannot_be(self):
        directory = self.with_flaky_module()
        self.assertEqual(fresh.value(u"""
            import json, sys, warmup
            sys.path.insert(0, sys.argv[1])
            first = warmup.preload(modules=["flaky"])
            second = warmup.preload(modules=["flaky"])
            third = warmup.preload(modules=["flaky"])
            print(json.dumps([[(o.target.name, o.error) for o in first.failed], len(first.unavailable) > 0,
                              [(o.target.name, o.status) for o in second.outcomes], len(third.outcomes)]))
        """, arguments=[directory]), [[["flaky", "RuntimeError: the first time"]], True, [["flaky", "warmed"]], 0])


    def second(self, between, first=u"codecs=()", second=u"codecs=()"):
        """The names of the targets of a second preload(), with what the program did ``between``."""
        return fresh.value(u"""
            import gc, json, sys
            import warmup
            warmup.preload(%s)
            before = set(sys.modules)
            %s
            report = warmup.preload(%s)
            print(json.dumps([[outcome.target.name for outcome in report.warmed], sorted(set(sys.modules) - before)]))
        """ % (first, between, second))

    NEW = u"exec('def function(): import sched', vars(sys.modules['__main__']))"

    def test_finds_what_a_function_defined_since_would_import(self):
        self.assertEqual(self.second(self.NEW), [["sched"], ["sched"]])

    def test_finds_it_though_the_garbage_collector_has_run_since(self):
        self.assertEqual(self.second(self.NEW + "; gc.collect()"), [["sched"], ["sched"]])

    def test_finds_it_though_somebody_has_planned_since(self):
        self.assertEqual(self.second(self.NEW + "; warmup.plan(codecs=())"), [["sched"], ["sched"]])

    def test_finds_what_was_excluded_from_the_first(self):
        target = "subprocess"  # os.popen()
        self.assertIn(target, self.second(u"", first=u"codecs=(), exclude=[%r]" % target)[0])

    def test_finds_a_module_that_was_taken_away_since(self):
        self.assertEqual(self.second(u"del sys.modules['subprocess']"), [["subprocess"], []])

    def test_tries_again_what_failed_though_nothing_is_new(self):
        directory = self.with_flaky_module()
        with io.open(os.path.join(directory, "owner.py"), "w") as stream:
            stream.write(u"def function(): import flaky\n")
        self.assertEqual(fresh.value(u"""
            import json, sys, warmup
            sys.path.insert(0, sys.argv[1])
            import owner
            reports = [warmup.preload(packages=["flaky"]) for _ in range(3)]
            print(json.dumps([[(o.target.name, o.status) for o in reports[0].failed],
                              [(o.target.name, o.status) for o in reports[1].outcomes], len(reports[2].outcomes)]))
        """, arguments=[directory]), [[["flaky", "failed"]], [["flaky", "warmed"]], 0])


class Place(unittest.TestCase):
    """Threads and imports that preload() is called among."""

    WARNINGS = u"""
        import json, threading, warnings
        import warmup
        def preload():
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                report = warmup.preload(codecs=["idna"], strict=True)
            return [str(warning.message) for warning in caught
                    if issubclass(warning.category, warmup.PreloadWarning)]
    """

    def test_in_the_main_thread_alone_gives_no_warning(self):
        self.assertEqual(fresh.value(self.WARNINGS + u"""
        print(json.dumps(preload()))
        """), [])

    def test_in_another_thread_works_and_warns_once(self):
        first, second, loaded = fresh.value(self.WARNINGS + u"""
        outcome = []
        def run():
            outcome.extend([preload(), preload(), "encodings.idna" in sys.modules])
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        print(json.dumps(outcome))
        """)
        self.assertEqual(len(first), 1)
        self.assertIn("main thread", first[0])
        self.assertEqual((second, loaded), ([], True))

    def test_beside_another_thread_works_and_warns_once(self):
        first, second = fresh.value(self.WARNINGS + u"""
        started, stop = threading.Event(), threading.Event()
        def run():
            started.set()
            stop.wait()
        thread = threading.Thread(target=run)
        thread.start()
        started.wait()
        outcome = [preload(), preload()]
        stop.set()
        print(json.dumps(outcome))
        """)
        self.assertEqual((len(first), second), (1, []))
        self.assertIn("beside 1 running thread,", first[0])

    @unittest.skipUnless(hasattr(os, "fork"), "needs fork")
    def test_in_a_child_that_another_thread_forked_gives_no_warning(self):
        self.assertEqual(fresh.value(self.WARNINGS + u"""
        import os
        reader, writer = os.pipe()
        def run():
            child = os.fork()
            if child == 0:
                try:
                    os.write(writer, json.dumps(preload()).encode("ascii"))
                finally:
                    os._exit(0)
            os.waitpid(child, 0)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        print(os.read(reader, 1000).decode("ascii"))
        """), [])

    def test_inside_an_import_at_interpreter_start_works(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        with io.open(os.path.join(directory, "sitecustomize.py"), "w") as stream:
            stream.write(u"import warmup\nreport = warmup.preload(strict=True)\n")
        result = fresh.python(u"""
            import sitecustomize
            with Recorder() as recorder:
                u"x".encode("cp1250")
                u"m\\xfcller.example".encode("idna")
                import time
                time.strptime("2000", "%Y")
            print([name for name in recorder.late if name != "time"], len(sitecustomize.report.warmed) > 100)
        """, environment={"PYTHONPATH": os.pathsep.join([directory, fresh.ROOT])})
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertIn("[]", result.out)
        self.assertIn("True", result.out)


class Manners(unittest.TestCase):

    def test_importing_the_package_does_nothing_and_loads_little(self):
        modules, heavy = fresh.value(u"""
            import sys
            before = set(sys.modules)
            import warmup
            new = [name for name in set(sys.modules) - before if sys.modules[name] is not None]
            heavy = [name for name in ("re", "json", "argparse", "inspect", "ast", "dis", "subprocess", "logging")
                     if name in new]
            import json
            print(json.dumps([sorted(new), heavy]))
        """)
        self.assertEqual(heavy, [])
        self.assertLessEqual(len(modules), 15 if fresh.PY2 else 13 if sys.version_info < (3, 8) else 12, modules)

    def test_preload_has_no_late_import_of_its_own(self):
        """Whatever it needs came with ``import warmup``, or is a target."""
        self.assertEqual(fresh.value(u"""
            import json
            import warmup
            with Recorder() as recorder:
                report = warmup.preload()
            print(json.dumps(sorted(set(recorder.late) - set(report.modules))))
        """), [])

    def test_nothing_is_printed_started_or_changed_for_others(self):
        result = fresh.python(PROGRAM + textwrap.dedent(u"""
            import gc, os, signal, sys, threading, warnings
            import warmup
            warnings.simplefilter("default")
            def state():
                return [list(warnings.filters), threading.active_count(), gc.isenabled(), sys.path[:],
                        signal.getsignal(signal.SIGINT), dict(os.environ), os.getcwd(), sys.stdin, sys.stdout,
                        sys.stderr, sys.excepthook]
            before = state()
            report = warmup.preload(strict=True)
            assert state() == before, (state(), before)
            gc.disable()
            warmup.preload()
            assert not gc.isenabled()
        """), options=["-W", "default"])
        self.assertEqual((result.code, result.out, result.err), (0, "", ""))

    @unittest.skipIf(sys.version_info < (3, 8) or fresh.PYPY, "the youngest generation cannot be had")
    def test_what_was_loaded_is_no_work_for_the_next_garbage_collection(self):
        if fresh.value(u"import gc, json; print(json.dumps(gc.get_freeze_count()))"):
            self.skipTest("this interpreter starts with frozen objects: they are left as they are")
        looked_at, every = fresh.value(u"""
            import gc, json
            import warmup
            looked_at = [0]
            def note(phase, info):
                if phase == "start" and info["generation"] < 2:
                    looked_at.append(sum(len(gc.get_objects(generation=g)) for g in range(info["generation"] + 1)))
            gc.collect()
            gc.callbacks.append(note)
            warmup.preload()
            print(json.dumps([max(looked_at), len(gc.get_objects())]))
        """)
        self.assertLess(looked_at, every // 10)

    def test_no_warning_of_an_imported_module_reaches_anybody(self):
        result = fresh.python(PROGRAM + textwrap.dedent(u"""
            import warmup
            report = warmup.preload()
            assert not report.failed, report.failed
        """), options=["-W", "error"])
        self.assertEqual((result.code, result.out, result.err), (0, "", ""))

    def test_warnings_in_other_threads_are_still_shown_meanwhile(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        with io.open(os.path.join(directory, "old.py"), "w") as stream:
            stream.write(textwrap.dedent(u"""
                import threading, warnings
                warnings.warn("here", DeprecationWarning)
                thread = threading.Thread(target=warnings.warn, args=("there", DeprecationWarning))
                thread.start()
                thread.join()
            """))
        self.assertEqual(fresh.value(u"""
            import json, sys, warnings
            import linecache, tokenize  # what showing a warning imports: a thread must not, on 2.7, inside an import
            sys.path.insert(0, sys.argv[1])
            shown = []
            warnings.showwarning = lambda message, *more, **options: shown.append(str(message))
            warnings.simplefilter("always")
            import warmup
            warmup.preload(codecs=(), modules=["old"])
            print(json.dumps(shown))
        """, arguments=[directory]), ["there"])

    def test_excluded_modules_are_not_imported(self):
        loaded = fresh.value(PROGRAM + textwrap.dedent(u"""
            import json
            from warmup import _tables
            before = set(sys.modules)
            def everything():
                import antigravity, this, readline, rlcompleter, idlelib, tkinter, turtle, pydoc, pdb, doctest
                import unittest, test, test.support, lib2to3, ensurepip, _pyrepl, xmlrpc.client
            import warmup
            warmup.preload(exclude=["xmlrpc"])
            new = set(sys.modules) - before
            print(json.dumps(sorted(name for name in new if _tables.exclusion(name, ["xmlrpc"]))))
        """))
        self.assertEqual(loaded, [])


class Failures(unittest.TestCase):

    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)
        for name, body in (("exits", u"raise SystemExit(3)"), ("breaks", u"raise RuntimeError('broken')"),
                           ("lacks", u"import no_such_module_anywhere"), ("fine", u""),
                           ("umlaut", u"raise ValueError(u'\\xfc')"),
                           ("umlaut_lacks", u"raise ImportError(u'\\xfc')"),
                           ("lacks_name", u"from os import no_such_name"),
                           ("interrupts", u"raise KeyboardInterrupt"), ("starves", u"raise MemoryError")):
            with io.open(os.path.join(self.directory, name + ".py"), "w") as stream:
                stream.write(body + u"\n")

    def run_with(self, source):
        return fresh.value(u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import warmup
        """ + source, arguments=[self.directory])

    def test_become_outcomes_and_the_rest_goes_on(self):
        outcomes = self.run_with(u"""
            report = warmup.preload(codecs=(), modules=["exits", "breaks", "lacks", "lacks_name", "fine"])
            print(json.dumps({o.target.name: [o.status, (o.error or "").partition(":")[0]]
                              for o in report.outcomes if o.target.reason == "asked for by name"}))
        """)
        missing = "ImportError" if fresh.PY2 else "ModuleNotFoundError"
        self.assertEqual(outcomes, {
            "exits": ["failed", "SystemExit"], "breaks": ["failed", "RuntimeError"], "lacks": ["unavailable", missing],
            "lacks_name": ["unavailable", "ImportError"], "fine": ["warmed", ""]})

    def test_with_a_message_that_is_not_ascii_are_told_too(self):
        outcomes = self.run_with(u"""
            report = warmup.preload(codecs=(), modules=["umlaut", "umlaut_lacks"])
            print(json.dumps([[o.status, o.error.partition("Error")[0]] for o in report.outcomes
                              if o.target.name.startswith("umlaut")]))
        """)
        self.assertEqual(outcomes, [["failed", "Value"], ["unavailable", "Import"]])

    def test_are_raised_at_the_end_if_strict(self):
        message, statuses = self.run_with(u"""
            try:
                warmup.preload(codecs=(), modules=["exits", "breaks", "lacks", "fine"], strict=True)
            except warmup.PreloadError as error:
                print(json.dumps([str(error), [o.target.name for o in error.report.failed], ]))
        """)
        self.assertIn("exits", message)
        self.assertIn("breaks", message)
        self.assertEqual(statuses, ["exits", "breaks"])

    def test_to_continue_pass(self):
        self.assertEqual(self.run_with(u"""
            import gc, warnings
            filters, raised = list(warnings.filters), []
            for name in ("interrupts", "starves"):
                try:
                    warmup.preload(codecs=(), modules=[name])
                except (KeyboardInterrupt, MemoryError) as error:
                    raised.append(type(error).__name__)
            print(json.dumps([raised, gc.isenabled(), list(warnings.filters) == filters]))
        """), [["KeyboardInterrupt", "MemoryError"], True, True])


class Arguments(unittest.TestCase):

    CASES = (
        ("codecs=['latn-1']", "ValueError", ("codecs", "latn-1")),
        ("codecs='latin-1'", "TypeError", ("codecs", "latin-1")),
        ("codecs=7", "TypeError", ("codecs", "7")),
        ("codecs=[None]", "TypeError", ("codecs", "None")),
        ("modules=['no_such_module']", "ValueError", ("modules", "no_such_module")),
        ("modules=['email.no_such_module']", "ValueError", ("modules", "email.no_such_module")),
        ("modules=['os.no_such_module']", "ValueError", ("modules", "os.no_such_module")),
        ("modules='json'", "TypeError", ("modules", "json")),
        ("modules=[b'\\xff', 3]", "TypeError", ("modules",)),
        ("modules=['antigravity']", "ValueError", ("modules", "antigravity", "browser")),
        ("modules=['idlelib.pyshell']", "ValueError", ("modules", "idlelib.pyshell")),
        ("modules=['sched'], exclude=['sched']", "ValueError", ("modules", "sched")),
        ("packages=['no_such_package']", "ValueError", ("packages", "no_such_package")),
        ("packages=[7]", "TypeError", ("packages", "7")),
        ("exclude='json'", "TypeError", ("exclude", "json")),
        ("strict='no'", "TypeError", ("strict", "no")),
        ("named_only=1", "TypeError", ("named_only", "1")),
        ("lock_free_import=0", "TypeError", ("lock_free_import", "0")),
        ("module=['json']", "TypeError", ("module", "modules")),
    )

    def test_that_are_wrong_give_one_clear_error_and_change_nothing(self):
        for function in ("preload", "plan"):
            answers = fresh.value(u"""
                import json
                import warmup
                answers = []
                for call in {!r}:
                    with Recorder() as recorder:
                        try:
                            eval("warmup.{}(%s)" % call)
                        except Exception as error:
                            base = [c.__name__ for c in type(error).__mro__
                                    if c.__module__ in ("builtins", "exceptions")]
                            answers.append([base[0], str(error), None])
                        else:
                            answers.append([None, None, None])
                    answers[-1][2] = recorder.late
                print(json.dumps(answers))
            """.format([case[0] for case in self.CASES], function))
            for (call, kind, words), (raised, message, late) in zip(self.CASES, answers):
                self.assertEqual(raised, kind, call)
                for word in words:
                    self.assertIn(word, message, call)
                self.assertEqual(late, [], call)

    def test_named_only_looks_for_nothing(self):
        targets, late = fresh.value(PROGRAM + textwrap.dedent(u"""
            import json
            import warmup
            plan = warmup.plan(codecs=["latin-1"], modules=["sched"], named_only=True)
            with Recorder() as recorder:
                report = warmup.preload(codecs=["latin-1"], modules=["sched"], named_only=True)
            assert list(plan) == [outcome.target for outcome in report.outcomes]
            print(json.dumps([[target.name for target in plan],
                              sorted(set(recorder.late).difference(["encodings.latin_1"]))]))
        """))
        self.assertEqual(targets, ["sched", "latin_1"])
        self.assertEqual([name for name in late if name not in ("heapq", "_heapq")], ["sched"])

    def test_are_keywords_only(self):
        self.assertEqual(fresh.value(u"""
            import json, warmup
            try:
                warmup.preload(["json"])
            except TypeError:
                print(json.dumps("refused"))
        """), "refused")

    def test_that_only_the_import_can_judge_are_accepted(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        with io.open(os.path.join(directory, "magic.py"), "w") as stream:
            stream.write(u"import sys, os\nsys.modules['magic.path'] = os.path\n")
        self.assertEqual(fresh.value(u"""
            import json, sys, warmup
            sys.path.insert(0, sys.argv[1])
            if sys.version_info[0] == 2:  # there a module that is no package has no submodules, whatever it does
                import magic
            report = warmup.preload(codecs=(), modules=["magic.path"])
            print(json.dumps("magic" in sys.modules))
        """, arguments=[directory]), True)
