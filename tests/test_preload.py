"""Test what a second ``preload()`` does, what a call loads, and that the package has no late import of its own."""

from __future__ import absolute_import, division, print_function

import os
import py_compile
import signal
import sys
import textwrap
import unittest
import zipfile

from tests.support import fresh
from tests.support.folder import FolderTest
from tests.support.program import PROGRAM


class SecondRound(FolderTest):

    def check(self, program):
        late, second, failed = fresh.value(program + textwrap.dedent(u"""
            import json
            import warmup
            first = warmup.preload()
            with Recorder() as recorder:
                second = warmup.preload()
            print(json.dumps([recorder.late, len(second.outcomes), list(map(repr, first.failed))]))
        """))
        self.assertEqual((late, second, failed), ([], 0, []))

    def test_finds_nothing_in_the_plain_interpreter(self):
        self.check(u"")

    def test_finds_nothing_in_a_program(self):
        self.check(PROGRAM)

    def write_flaky_module(self):
        """Write a module ``flaky`` whose first import in a process fails."""
        self.write(
            "flaky.py",
            u"""
            import sys
            if not hasattr(sys, 'tried'):
                sys.tried = True
                raise RuntimeError('the first time')
        """,
        )

    def test_tries_again_what_failed_and_not_what_cannot_be(self):
        self.write_flaky_module()
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys, warmup
            sys.path.insert(0, sys.argv[1])
            first = warmup.preload(modules=["flaky"])
            second = warmup.preload(modules=["flaky"])
            third = warmup.preload(modules=["flaky"])
            print(json.dumps([[(o.target.name, o.error) for o in first.failed], len(first.unavailable) > 0,
                              [(o.target.name, o.status) for o in second.outcomes], len(third.outcomes)]))
        """,
                arguments=[self.folder],
            ),
            [
                [["flaky", "RuntimeError: the first time"]],
                os.name != "nt",  # Windows has each codec
                [["flaky", "warmed"]],
                0,
            ],
        )

    def second(self, between, first=u"codecs=()", second=u"codecs=()"):
        """Return the names of the targets of a second preload(), with what the program did ``between``."""
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

    def test_finds_what_was_excluded_from_the_first(self):
        target = "subprocess"  # os.popen()
        self.assertIn(target, self.second(u"", first=u"codecs=(), exclude=[%r]" % target)[0])

    def test_finds_a_module_that_was_taken_away_since(self):
        self.assertEqual(self.second(u"del sys.modules['subprocess']"), [["subprocess"], []])

    def test_tries_again_what_failed_though_nothing_is_new(self):
        self.write_flaky_module()
        self.write("owner.py", u"def function(): import flaky\n")
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys, warmup
            sys.path.insert(0, sys.argv[1])
            import owner
            reports = [warmup.preload(packages=["flaky"]) for _ in range(3)]
            print(json.dumps([[(o.target.name, o.status) for o in reports[0].failed],
                              [(o.target.name, o.status) for o in reports[1].outcomes], len(reports[2].outcomes)]))
        """,
                arguments=[self.folder],
            ),
            [[["flaky", "failed"]], [["flaky", "warmed"]], 0],
        )

    def test_looks_at_everything_anew_once_all_was_forgotten(self):
        first, second, third = fresh.value(u"""
            import json
            import warmup
            from warmup import _preload
            counts = [len(warmup.preload().outcomes), len(warmup.preload().outcomes)]
            _preload.forget()
            print(json.dumps(counts + [len(warmup.preload().outcomes)]))
        """)
        self.assertEqual(second, 0)
        self.assertGreater(third, 100)
        self.assertLessEqual(third, first)

    def test_keeps_nothing_of_the_program_alive(self):
        self.assertEqual(
            fresh.value(u"""
            import gc, json, weakref
            import warmup
            variables = {"__name__": "made"}
            exec("def function(big=set(range(9))):\\n    import sched\\n    return big", variables)
            references = [weakref.ref(variables["function"].__defaults__[0])]
            if not hasattr(sys, "pypy_version_info"):
                references.append(weakref.ref(variables["function"].__code__))
            assert "sched" in warmup.preload(codecs=()).modules
            variables.clear()
            for _ in range(3):
                gc.collect()
            print(json.dumps([reference() is None for reference in references]))
        """),
            [True] if fresh.PYPY else [True, True],
        )


@unittest.skipUnless(hasattr(signal, "SIGALRM"), "no such signal here")
class NearTheLimitOfRecursion(unittest.TestCase):
    """3.6 to 3.8 end a process that catches an error near the limit, and goes on there."""

    def test_the_call_ends_no_process(self):
        for room in (3, 9, 15, 25, 35, 45, 55, 61, 64, 70, 80, 300):
            outcome = fresh.value(u"""
                import json, sys
                import warmup
                def depth():
                    frame, count = sys._getframe(1), 0
                    while frame is not None:
                        frame, count = frame.f_back, count + 1
                    return count
                def down(levels):
                    return down(levels - 1) if levels else warmup.preload()
                try:
                    outcome = down(sys.getrecursionlimit() - depth() - %d).summary()
                except RuntimeError as error:  # RecursionError is one
                    outcome = str(error)
                print(json.dumps(outcome))
            """ % room)
            if room < 60 and (3, 6) <= sys.version_info < (3, 9):
                self.assertIn("recursion", outcome)
            elif room > 80:
                self.assertIn(" 0 failed", outcome)

    def test_what_failed_is_not_unavailable(self):
        unavailable, failed = fresh.value(u"""
            import json, sys
            import warmup
            def down(levels):
                return down(levels - 1) if levels else warmup.preload()
            unavailable, failed = [], []
            for room in range(35, 76, 2):
                try:
                    report = down(sys.getrecursionlimit() - 2 - room)
                except RuntimeError:  # RecursionError is one; see above
                    continue
                for outcome in report.outcomes:
                    if "recursion" in (outcome.error or ""):
                        (failed if outcome.status == "failed" else unavailable).append(outcome.target.name)
            print(json.dumps([unavailable, failed]))
        """)
        self.assertEqual(unavailable, [])
        # Otherwise this proves nothing. Before 3.9 the call refuses where a target would fail.
        if sys.version_info >= (3, 9) and not fresh.PYPY:
            self.assertNotEqual(failed, [])


class AfterAnInterrupt(unittest.TestCase):
    def test_at_any_line_no_thread_is_noted(self):
        noted, count = fresh.value(u"""
            import json, sys, warmup
            from warmup import _preload
            from warmup._python import rules
            code, noted, count = rules.Rules.warm.__code__, [], 0
            def interrupted(number):
                lines = []
                def trace(frame, event, _):
                    if frame.f_code is code:
                        if event == "line":
                            lines.append(frame.f_lineno)
                            if len(lines) == number:
                                sys.settrace(None)
                                raise KeyboardInterrupt
                        return trace
                sys.settrace(trace)
                try:
                    warmup.preload(codecs=["idna"], scan=False)
                    warmup.preload()
                except KeyboardInterrupt:
                    return True
                finally:
                    sys.settrace(None)
                    _preload.memory = _preload.Memory()
            while count < 40 and interrupted(count + 1):
                count += 1
                noted.append(list(rules._rules_of_threads.values()) != [])
            print(json.dumps([noted, count]))
        """)
        self.assertGreater(count, 9)
        self.assertEqual(noted, [False] * count)


@unittest.skipUnless(os.name == "posix", "needs signals of Unix")
class AfterATimeout(FolderTest):
    def test_the_next_call_finds_what_the_ended_one_had_not_read(self):
        """Let a signal handler raise when a call has read five functions; compare with a program without it."""
        source = u"""
            import json, os, signal, sys, warmup
            class Timeout(Exception):
                pass
            def handler(*_):
                raise Timeout
            signal.signal(signal.SIGALRM, handler)
            read = []
            def profile(frame, event, argument):
                if event == "call" and frame.f_code.co_name == "import_statements":
                    read.append(1)
                    if len(read) == 5:
                        sys.setprofile(None)
                        os.kill(os.getpid(), signal.SIGALRM)
            has_ended = False
            if %r:
                sys.setprofile(profile)
                try:
                    warmup.preload(codecs=())
                except Timeout:
                    has_ended = True
                sys.setprofile(None)
            warmup.preload(codecs=())
            print(json.dumps([has_ended, sorted(sys.modules)]))
        """
        ended, after = fresh.value(source % True)
        self.assertTrue(ended)
        self.assertEqual(sorted(set(fresh.value(source % False)[1]) - set(after)), [])


@unittest.skipUnless(hasattr(os, "kill") and os.name == "posix", "needs signals of Unix")
class AHandlerThatEndsTheProgram(FolderTest):
    def test_ends_it_although_it_has_changed_its_arguments(self):
        """Beside a module that ends the program by ``argparse``: that is an outcome."""
        self.write("script.py", u"import argparse; argparse.ArgumentParser().parse_args(['--no-such'])\n")
        self.write("docs.py", u"class Usage(SystemExit): pass\ndef show(): raise Usage('usage')\n")
        self.write("script2.py", u"import docs; docs.show()\n")
        self.write("ends.py", u"from sys import exit as sys_exit\ndef end(): sys_exit(3)\n")
        self.write("script3.py", u"import ends; ends.end()\n")
        self.write("slow.py", u"import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\nfor _ in range(9): pass\n")
        result = fresh.python(
            u"""
            import argparse, functools, os, signal, sys, warmup
            sys.path.insert(0, sys.argv[1])
            import docs, ends
            scripts = ["script", "script2", "script3"]
            def handler(number, frame):
                number = frame = "SIGTERM"
                sys.exit(7)
            signal.signal(signal.SIGTERM, handler)
            for _ in range(2):
                print(len(warmup.preload(scan=False, modules=scripts).failed))
                signal.signal(signal.SIGUSR1, functools.partial(os._exit, 3))  # this handler has no code of Python
            sys.stdout.flush()
            warmup.preload(scan=False, modules=["slow"])
        """,
            arguments=[self.folder],
        )
        self.assertEqual((result.code, result.out), (7, "3\n3\n"), result)

    def test_its_error_comes_out_although_it_has_changed_its_arguments(self):
        self.write("slow.py", u"import os, signal\nos.kill(os.getpid(), signal.SIGALRM)\nfor _ in range(9): pass\n")
        result = fresh.python(
            u"""
            import signal, sys, warmup
            sys.path.insert(0, sys.argv[1])
            class Timeout(Exception):
                pass
            def named(signum, frame):
                signum = "SIG%d" % signum
                raise Timeout(signum)
            class Method(object):
                def called(self, signum, frame=None):
                    signum = frame = None
                    raise Timeout("")
            for handler in named, Method().called:
                signal.signal(signal.SIGALRM, handler)
                try:
                    print(warmup.preload(scan=False, modules=["slow"]))
                except Timeout:
                    print("Timeout")
        """,
            arguments=[self.folder],
        )
        self.assertEqual((result.code, result.out), (0, "Timeout\nTimeout\n"), result)


class AnImportThatEndsHalfWay(unittest.TestCase):
    """The modules of the package that it has loaded must not stay without the package."""

    def test_can_be_tried_again_by_the_next_call_and_by_the_program(self):
        for error in (u"KeyboardInterrupt", u"OSError"):
            first, second = fresh.value(u"""
                import json, sys
                package, part = ("xml.sax", "xml.sax._exceptions") if sys.version_info[0] == 2 else (
                    "asyncio", "asyncio.sslproto")
                def program():
                    import asyncio, xml.sax
                class Finder(object):
                    has_failed = False
                    def find_spec(self, name, path=None, target=None):
                        if name == part and not self.has_failed:
                            self.has_failed = True
                            raise %s("once")
                    find_module = find_spec
                sys.meta_path.insert(0, Finder())
                import warmup
                statuses = []
                for _ in range(2):
                    try:
                        report = warmup.preload(codecs=())
                        statuses.append([o.status for o in report.outcomes if o.target.name == package])
                    except KeyboardInterrupt:
                        statuses.append(["failed"])
                __import__(package)
                getattr(sys.modules[package], part.rpartition(".")[2])
                print(json.dumps(statuses))
            """ % error)
            self.assertEqual(first, ["failed"], error)
            # Another target of the first call may have imported the package after all.
            self.assertIn(second, (["warmed"], []), error)


class OfTheProgram(FolderTest):
    """Errors of the program's own objects, and what its modules set."""

    def test_errors_of_logging_warnings_and_specs_do_not_come_out(self):
        self.write(
            "odd.py",
            u"""
class Spec(object):
    def __getattr__(self, name):
        raise RuntimeError(name)
__spec__ = Spec()
""",
        )
        self.assertEqual(
            fresh.value(
                u"""
            import json, logging, sys, warnings
            sys.path.insert(0, sys.argv[1])
            import warmup
            class Filter(logging.Filter):
                def filter(self, record):
                    raise RuntimeError("the program's filter")
            logger = logging.getLogger("warmup")
            logger.addFilter(Filter())
            logger.setLevel(logging.INFO)
            def showwarning(*_, **__):
                raise RuntimeError("the program's showwarning")
            warnings.showwarning = showwarning
            with open(sys.argv[1] + "/other.manifest", "w") as stream:
                stream.write("warmup-manifest 1\\ninterpreter Other 9.9 elsewhere\\nmodule odd\\n")
            sys.modules[1] = None
            import gc
            getattr(gc, "freeze", int)()
            report = warmup.preload(manifest=sys.argv[1] + "/other.manifest")
            del sys.modules[1]
            print(json.dumps([[o.target.name, o.status] for o in report.outcomes if o.target.name == "odd"]))
        """.replace("\\\\n", "\\n"),
                arguments=[self.folder],
            ),
            # PyPy itself cannot import a module with such a __spec__.
            [["odd", "failed" if fresh.PYPY else "warmed"]],
        )

    @unittest.skipIf(os.name == "nt", "Windows has no such signals")
    def test_what_a_handler_raises_comes_out_though_it_has_removed_itself(self):
        found = fresh.value(u"""
            import json, os, signal, sys, warmup
            class Late(Exception):
                pass
            def handler(number, frame):
                signal.signal(signal.SIGUSR1, signal.SIG_DFL)
                raise Late
            def profile(frame, event, argument):
                if event == "call" and frame.f_code.co_name == "_generations":
                    sys.setprofile(None)
                    os.kill(os.getpid(), signal.SIGUSR1)
            signal.signal(signal.SIGUSR1, handler)
            sys.setprofile(profile)
            try:
                print(json.dumps(warmup.preload(codecs=()).summary()))
            except Late:
                print(json.dumps("late"))
        """)
        self.assertEqual(found, "late")

    @unittest.skipIf(os.name == "nt", "Windows has no such signals")
    def test_an_error_of_a_function_that_has_the_decorator_of_a_handler_is_an_outcome(self):
        self.write(
            "decorators.py",
            u"def traced(function):\n"
            u"    def wrapper(*arguments):\n        return function(*arguments)\n"
            u"    return wrapper\n",
        )
        self.write("fails.py", u"from decorators import traced\n@traced\ndef load():\n    raise ValueError\nload()\n")
        found = fresh.value(
            u"""
            import json, signal, sys
            sys.path.insert(0, sys.argv[1])
            from decorators import traced
            import warmup
            signal.signal(signal.SIGTERM, traced(lambda number, frame: None))
            report = warmup.preload(modules=["fails"], codecs=())
            print(json.dumps([str(o.target.name) for o in report.failed]))
        """,
            arguments=[self.folder],
        )
        self.assertEqual(found, ["fails"])

    def test_keys_of_sys_modules_that_are_no_names_are_left_alone(self):
        self.write("third.py", u"")
        self.write("adds.py", u"import sys; sys.modules[3] = sys; import third\n")
        self.write("replaces.py", u"import sys; sys.modules[4] = sys; del sys.modules['colorsys']\n")
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import colorsys, warmup
            report = warmup.preload(modules=["adds", "replaces"], scan=False)
            print(json.dumps([sorted(outcome.modules) for outcome in report.outcomes]))
        """,
                arguments=[self.folder],
            ),
            [["adds", "third"], ["replaces"]],
        )

    @unittest.skipIf(sys.version_info < (3, 8), "no other folder for compiled files")
    def test_says_how_many_modules_had_to_be_compiled_and_what_to_do(self):
        for options, command in (([], "python -m compileall"), (["-O"], "python -O -m compileall")):
            result = fresh.python(
                u"import warmup\nprint(warmup.preload(codecs=['cp037'], scan=False))",
                options,
                {"PYTHONPYCACHEPREFIX": os.path.join(self.folder, "compiled")},
            )
            self.assertIn("modules that had to be compiled: 1; run %s on" % command, result.out, result)

    def make_older(self):
        """Make the compiled files seem older. A file that was written just before a call counts."""
        folder = os.path.join(self.folder, "__pycache__")
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            os.utime(os.path.join(folder, name), (1.0e9, 1.0e9))

    def compiled(self, module, keeps_file):
        """Return how many modules the report counts. ``keeps_file``: whether Python may write no compiled file."""
        lines = u"""
            import json
            sys.path.insert(0, sys.argv[1])
            import warmup
            print(json.dumps(warmup.preload(modules=["%s"], scan=False).compiled))
        """
        variables = {"PYTHONDONTWRITEBYTECODE": "1" if keeps_file else ""}
        self.make_older()
        return fresh.value(lines % module, environment=variables, arguments=[self.folder])

    @unittest.skipIf(fresh.PY2, "2.7 shows the file that it has run")
    def test_an_outdated_compiled_file_that_python_may_not_replace_counts(self):
        self.write("outdated.py", u"NUMBER = 1\n")
        counts = []
        for content in (None, None, u"NUMBER = 12\n", None):
            if content is not None:
                self.write("outdated.py", content)
            elif len(counts) == 3:
                (compiled,) = os.listdir(os.path.join(self.folder, "__pycache__"))
                self.write("__pycache__/" + compiled, u"")  # as a full disk leaves it
            counts.append(self.compiled("outdated", len(counts) > 0))  # the first run writes the compiled file
        self.assertEqual(counts, [1, 0, 1, 1])

    def test_a_compiled_file_in_a_zip_file_does_not_count(self):
        source, path = self.write("early.py", u"NUMBER = 1\n"), os.path.join(self.folder, "packed.zip")
        py_compile.compile(source, cfile=source + "c")
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(source + "c", "early.pyc")
        count = u"""
            import json
            sys.path.insert(0, sys.argv[1])
            import warmup
            report = warmup.preload(modules=["early"], scan=False)
            print(json.dumps([report.compiled, len(report.warmed)]))
        """
        self.assertEqual(fresh.value(count, arguments=[path]), [0, 1])

    @unittest.skipIf(fresh.PY2, "2.7 shows the file that it has run")
    def test_a_compiled_file_of_a_pre_release_counts(self):
        self.write("early.py", u"NUMBER = 1\n")
        counts = []
        for keeps_file in (False, True):
            counts.append(self.compiled("early", keeps_file))
            (compiled,) = os.listdir(os.path.join(self.folder, "__pycache__"))
            with open(os.path.join(self.folder, "__pycache__", compiled), "r+b") as stream:
                stream.write(b"\0\0\r\n")  # the number of another version; time and size stay
        self.assertEqual(counts, [1, 1])

    @unittest.skipIf(fresh.PY2, "2.7 shows the file that it has run")
    def test_a_compiled_file_counts_though_the_clock_of_files_lags(self):
        self.write("early.py", u"NUMBER = 1\n")
        self.assertEqual(
            fresh.value(
                u"""
                import json, os
                sys.path.insert(0, sys.argv[1])
                from warmup._python import library
                import early
                path = early.__spec__.cached
                now, counts = os.stat(path).st_mtime, []
                for lag in 0, 0.01, 1:
                    os.utime(path, (now - lag, now - lag))
                    counts.append(library.count_compiled(["early"], now, now + 1))
                print(json.dumps(counts))
            """,
                environment={"PYTHONDONTWRITEBYTECODE": ""},
                arguments=[self.folder],
            ),
            [1, 1, 0],
        )

    def test_a_clock_that_stands_still_or_fails_says_nothing_of_compiled_modules(self):
        for clock in (u"lambda: 1.0e9", u"lambda: 9.0e9", u"lambda: 1 / 0"):
            for is_early in (True, False) if "1 / 0" not in clock else (False,):
                lines = [u"import time, warnings", u"time.time = " + clock, u"import warmup"]
                if not is_early:
                    lines[1:] = lines[:0:-1]
                compiled = fresh.value(u"""
                    import json
                    %s
                    warmup.preload(codecs=["idna"], scan=False)
                    _preload = sys.modules["warmup._preload"]
                    _preload.forget()
                    print(json.dumps(warmup.preload(codecs=["cp037"]).compiled))
                """ % u"; ".join(lines))
                self.assertEqual(compiled, 0, lines)

    def test_a_threshold_of_the_collector_stays(self):
        self.write("settings.py", u"import gc; gc.set_threshold(0)\n")
        if fresh.PYPY:
            self.skipTest("PyPy's collector has no thresholds")
        self.assertEqual(
            fresh.value(
                u"""
            import gc, json, sys
            sys.path.insert(0, sys.argv[1])
            import warmup
            before = gc.get_threshold()[0]
            warmup.preload(codecs=())
            same = gc.get_threshold()[0] == before
            warmup.preload(modules=["settings"], scan=False)
            print(json.dumps([same, gc.get_threshold()[0]]))
        """,
                arguments=[self.folder],
            ),
            [True, 0],
        )

    @unittest.skipIf(sys.version_info < (3, 8), "no audit hooks")
    def test_an_audit_hook_that_forbids_to_look_costs_targets(self):
        source = u"""
            import json, sys, warmup
            def hook(event, arguments):
                if event in forbidden:
                    raise RuntimeError("forbidden: " + event)
            forbidden = %r
            sys.addaudithook(hook)
            print(json.dumps(warmup.preload(codecs=["latin-1"]).notes))
        """
        notes = fresh.value(source % ["gc.get_objects"])
        self.assertIn("forbidden", " ".join(notes))
        fresh.value(source % ["os.listdir", "sys._getframe"])


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
        own = [name for name in modules if name.partition(".")[0] == "warmup"]
        # A file costs as much as twenty functions. The file of placeholders is for 3.15.
        self.assertLessEqual(len(own), 24 if sys.version_info >= (3, 15) else 23, own)
        others = [name for name in modules if name not in own]
        # 3.15 has two for placeholders: their type, and the numbers of instructions. 3.6 and 3.7 have not loaded time.
        most = 4 if sys.version_info >= (3, 15) else 3 if sys.version_info < (3, 8) else 2
        most = 7 if fresh.PY2 else most
        most += os.name == "nt"  # msvcrt, which is built in, for the lock of a manifest
        self.assertLessEqual(len(others), most, others)

    def test_preload_has_no_late_import_of_its_own(self):
        """Test that ``import warmup`` loads what a call needs, or that it is a target."""
        self.assertEqual(
            fresh.value(u"""
            import json
            import warmup
            with Recorder() as recorder:
                report = warmup.preload()
            print(json.dumps(sorted(set(recorder.late) - set(report.modules))))
        """),
            [],
        )

    def test_has_no_late_import_of_its_own_the_second_time_either(self):
        """Test that a second call works where no file can be read: after chroot, and without free descriptors."""
        self.assertEqual(
            fresh.value(u"""
            import json, sys
            import warmup
            warmup.preload()
            class Refuse(object):
                def find_spec(self, name, *more):
                    raise AssertionError(name)
                find_module = find_spec
            sys.meta_path[:] = [Refuse()]
            second = warmup.preload(codecs=["idna"], modules=["os"])
            print(json.dumps([len(second.outcomes), sys.exc_info()[0] is None]))
        """),
            [0, True],
        )
