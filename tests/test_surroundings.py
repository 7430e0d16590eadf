"""Test that a call of ``preload()`` puts its surroundings back, and warns if it helps less than it could."""

from __future__ import absolute_import, division, print_function

import gc
import os
import sys
import textwrap
import unittest

from tests.support import fresh
from tests.support.folder import FolderTest
from tests.support.program import PROGRAM
from warmup._python.compat import FREE_THREADED


class Place(FolderTest):
    """Test preload() while other threads run or import."""

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
        self.assertEqual(
            fresh.value(self.WARNINGS + u"""
        print(json.dumps(preload()))
        """),
            [],
        )

    def test_in_another_thread_works_and_warns_on_python_2_7_once(self):
        first, second, loaded = fresh.value(self.WARNINGS + u"""
        outcome = []
        def run():
            outcome.extend([preload(), preload(), "encodings.idna" in sys.modules])
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        print(json.dumps(outcome))
        """)
        self.assertEqual((second, loaded), ([], True))
        if fresh.PY2:
            self.assertEqual(len(first), 1)
            self.assertIn("beside thread 'MainThread'", first[0])
        else:
            self.assertEqual(first, [])

    def test_beside_another_thread_works_and_warns_on_python_2_7_once(self):
        first, second = fresh.value(self.WARNINGS + u"""
        started, stop = threading.Event(), threading.Event()
        def run():
            started.set()
            stop.wait()
        thread = threading.Thread(target=run, name="other")
        thread.start()
        started.wait()
        outcome = [preload(), preload()]
        stop.set()
        print(json.dumps(outcome))
        """)
        self.assertEqual(second, [])
        if fresh.PY2:
            self.assertEqual(len(first), 1)
            self.assertIn("beside thread 'other'", first[0])
        else:
            self.assertEqual(first, [])

    def test_beside_a_thread_that_is_inside_an_import_names_both(self):
        self.write(
            "endless.py",
            u"""
            import __main__
            __main__.started.set()
            __main__.stop.wait()
        """,
        )
        first, second, notes = fresh.value(
            self.WARNINGS + u"""
        sys.path.insert(0, sys.argv[1])
        started, stop = threading.Event(), threading.Event()
        def run():
            import endless
        thread = threading.Thread(target=run, name="importing")
        thread.start()
        started.wait()
        if sys.version_info[0] == 2:
            outcome = [["importing endless"], [], []]  # there the import lock is held: preload() would wait for it
        else:
            outcome = [preload(), preload(), warmup.preload(codecs=()).notes]
        stop.set()
        print(json.dumps(outcome))
        """,
            arguments=[self.folder],
        )
        self.assertEqual((len(first), second), (1, []))
        for word in ("importing", "endless"):
            self.assertIn(word, first[0])
        if not fresh.PY2:
            self.assertIn("endless", " ".join(notes))

    def test_before_gevent_has_patched_warns_once(self):
        first, second, after = fresh.value(self.WARNINGS + u"""
        import types
        gevent, monkey = types.ModuleType("gevent"), types.ModuleType("gevent.monkey")
        monkey.saved = {}
        sys.modules["gevent"], sys.modules["gevent.monkey"], gevent.monkey = gevent, monkey, monkey
        outcome = [preload(), preload()]
        monkey.saved["socket"] = {}
        from warmup import _preload
        _preload.forget()
        print(json.dumps(outcome + [preload()]))
        """)
        self.assertEqual((len(first), second, after), (1, [], []))
        # sentry_sdk, for example, loads gevent.monkey in programs that never patch.
        self.assertIn("before gevent.monkey.patch_all(): if this program calls that, call preload() after", first[0])

    def test_before_gevent_that_only_preload_has_loaded_has_patched_does_not_warn(self):
        self.write("gevent/__init__.py", u"")
        self.write("gevent/monkey.py", u"saved = {}")
        self.write("shop.py", u"def use_gevent():\n    import gevent.monkey\n")
        for keywords, warns in ((u"packages=['gevent']", False), (u"modules=['gevent.monkey']", True)):
            notes = fresh.value(
                u"""
                import json, warnings
                sys.path.insert(0, sys.argv[1])
                import shop, warmup
                warnings.simplefilter("ignore")
                notes = [" ".join(warmup.preload(codecs=(), %s).notes), " ".join(warmup.preload(codecs=()).notes)]
                print(json.dumps(["gevent.monkey" in sys.modules] + ["patch_all" in text for text in notes]))
            """ % keywords,
                arguments=[self.folder],
            )
            self.assertEqual(notes, [True, False, warns])

    def test_is_also_in_the_report_where_warnings_are_errors(self):
        self.assertIn(
            "gevent",
            fresh.value(
                u"""
            import json, types
            import warmup
            monkey = sys.modules["gevent.monkey"] = types.ModuleType("gevent.monkey")
            monkey.saved = {}
            print(json.dumps(" ".join(warmup.preload(codecs=()).notes)))
        """,
                options=["-W", "error::UserWarning"],
            ),
        )

    @unittest.skipUnless(hasattr(os, "fork"), "needs fork")
    def test_in_a_child_that_another_thread_forked_gives_no_warning(self):
        self.assertEqual(
            fresh.value(self.WARNINGS + u"""
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
        """),
            [],
        )

    def test_inside_an_import_at_interpreter_start_works(self):
        self.write("sitecustomize.py", u"import warmup\nreport = warmup.preload(strict=True)\n")
        result = fresh.python(
            u"""
            import sitecustomize
            with Recorder() as recorder:
                u"x".encode("cp1250")
                u"m\\xfcller.example".encode("idna")
                import time
                time.strptime("2000", "%Y")
            print([name for name in recorder.late if name != "time"], len(sitecustomize.report.warmed) > 100)
        """,
            environment={"PYTHONPATH": os.pathsep.join([self.folder, fresh.ROOT])},
        )
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertIn("[]", result.out)
        self.assertIn("True", result.out)


class Surroundings(FolderTest):

    def test_nothing_is_printed_started_or_changed_for_others(self):
        result = fresh.python(
            PROGRAM + textwrap.dedent(u"""
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
        """),
            options=["-W", "default"],
        )
        self.assertEqual((result.code, result.out, result.err), (0, "", ""))

    COLLECTOR = u"""
            import gc, json, sys
            import warmup
            is_pypy = hasattr(sys, "pypy_version_info")
            def state():
                return [gc.isenabled(), None if is_pypy else gc.get_threshold(), getattr(gc, "get_freeze_count", int)(),
                        gc.get_debug() if hasattr(gc, "get_debug") else None, list(getattr(gc, "callbacks", ()))]
    """

    def test_nothing_is_printed_when_another_interpreter_of_the_process_ends(self):
        result = fresh.python(u"""
            try:
                import _testcapi
                run = _testcapi.run_in_subinterp
            except Exception:  # PyPy compiles it, and may lack the source
                sys.exit("no such function")
            source = "import sys; sys.path[:] = %r; import warmup; warmup.preload(scan=False, codecs=['cp037'])"
            print(run(source % sys.path))
        """)
        if "no such function" in result.err:
            self.skipTest("this Python has no _testcapi")
        self.assertEqual((result.out, result.err), ("0\n", ""), result)

    @unittest.skipIf(fresh.PY2, "2.7 has no other way than a finder")
    def test_the_finders_are_not_touched(self):
        # A thread that goes through the list would skip a finder when another is removed.
        self.write("looks.py", u"import sys\nduring, there = list(sys.meta_path), sys.meta_path\n")
        source = u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            class Finder(object):
                find_spec = staticmethod(lambda *arguments: None)
            sys.meta_path.insert(0, Finder())
            before, finders = list(sys.meta_path), sys.meta_path
            import warmup
            warmup.preload(modules=["looks"], codecs=["latin-1"])
            import looks
            print(json.dumps([
                finders is sys.meta_path is looks.there,
                all(map(lambda one, other: one is other, before, looks.during)),
                all(map(lambda one, other: one is other, before, finders)),
            ]))
        """
        self.assertEqual(fresh.value(source, arguments=[self.folder]), [True] * 3)

    def test_calls_within_calls_leave_the_finders_as_they_were(self):
        self.write("inner.py", u"import sys\nsys.modules['__main__'].call()\n")
        source = u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            class Finder(object):
                find_module = find_spec = staticmethod(lambda *arguments: None)
            sys.meta_path.insert(0, Finder())
            before = list(sys.meta_path)
            import warmup
            def call():
                warmup.preload(codecs=[])
            warmup.preload(modules=["inner"], codecs=[])
            after = sys.meta_path
            print(json.dumps(len(after) == len(before) and all(map(lambda a, b: a is b, after, before))))
        """
        self.assertTrue(fresh.value(source, arguments=[self.folder]))

    def test_nothing_of_the_collector_is_different_afterwards(self):
        """Its switch is not touched meanwhile either, nor is anything frozen or collected."""
        self.assertEqual(
            fresh.value(self.COLLECTOR + u"""
            called = []
            def watch(name):
                native = getattr(gc, name)
                def watched(*arguments, **more):
                    called.append(name)
                    return native(*arguments, **more)
                setattr(gc, name, watched)
            for name in ("collect", "disable", "enable", "freeze", "unfreeze"):
                if hasattr(gc, name):
                    watch(name)
            before = state()
            warmup.preload(codecs=["idna", "cp1250"])
            same = [state() == before]
            if not is_pypy:
                gc.set_threshold(123, 4, 5)
                before = state()
                warmup.preload(codecs=["cp1251"])
                same.append(state() == before)
            print(json.dumps([called, all(same)]))
        """),
            [[], True],
        )

    def test_nothing_of_the_collector_is_different_after_an_interrupt(self):
        self.write("interrupts.py", u"raise KeyboardInterrupt")
        self.assertEqual(
            fresh.value(
                self.COLLECTOR + u"""
            sys.path.insert(0, sys.argv[1])
            before = state()
            try:
                warmup.preload(codecs=(), modules=["interrupts"])
            except KeyboardInterrupt:
                print(json.dumps(state() == before))
        """,
                arguments=[self.folder],
            ),
            True,
        )

    @unittest.skipIf(
        fresh.PYPY or FREE_THREADED or sys.version_info < (3, 8), "the objects of a generation cannot be listed"
    )
    def test_the_objects_of_the_program_stay_in_their_generations(self):
        """Test that young objects stay young. Otherwise the program's garbage would wait for a full collection."""
        self.assertEqual(
            fresh.value(u"""
            import gc, json
            import warmup
            gc.collect()
            young = [[] for _ in range(50)]
            warmup.preload(codecs=())
            old = {id(item) for item in gc.get_objects(generation=2)}
            print(json.dumps(not any(id(item) in old for item in young)))
        """),
            True,
        )

    def test_what_an_imported_module_makes_of_the_thresholds_stays(self):
        if fresh.PYPY:
            self.skipTest("PyPy has no thresholds")
        self.write("doubles.py", u"import gc\ngc.set_threshold(*[2 * one for one in gc.get_threshold()])\n")
        self.write("adds.py", u"import gc\ngc.set_threshold(gc.get_threshold()[0] + 1000)\n")
        self.write("others.py", u"import gc\ngc.set_threshold(gc.get_threshold()[0], 50, 50)\n")
        self.write("switches_off.py", u"import gc\ngc.set_threshold(2**31 - 1)\n")
        source = u"""
            import gc, json, sys
            sys.path.insert(0, sys.argv[1])
            import warmup
            found = []
            for name in ("doubles", "adds", "others", "switches_off"):
                gc.set_threshold(700, 10, 10)
                %s
                found.append(gc.get_threshold())
            print(json.dumps(found))
        """
        cold = fresh.value(source % "__import__(name)", arguments=[self.folder])
        warm = fresh.value(source % "warmup.preload(modules=[name])", arguments=[self.folder])
        self.assertEqual(warm, cold)

    def test_a_module_that_puts_back_later_what_it_found_does_not_end_collections(self):
        if fresh.PYPY:
            self.skipTest("PyPy has no thresholds")
        self.write("keeps.py", u"import gc\nusual = gc.get_threshold()\n")
        source = u"""
            import gc, json, sys
            sys.path.insert(0, sys.argv[1])
            import warmup
            warmup.preload(modules=["keeps"], codecs=())
            import keeps
            gc.set_threshold(*keeps.usual)
            before, kept = gc.get_stats()[0]["collections"], []
            for _ in range(3 * 10 ** 6):
                kept.append([])
            print(json.dumps(gc.get_stats()[0]["collections"] > before))
        """
        if hasattr(gc, "get_stats"):
            self.assertTrue(fresh.value(source, arguments=[self.folder]))

    def test_nothing_stays_if_a_module_replaces_the_list_of_finders(self):
        self.write("replaces.py", u"import sys\nsys.meta_path = tuple(sys.meta_path)\n")
        source = u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import gc, warnings, warmup
            state = lambda: [list(getattr(gc, "get_threshold", tuple)()), len(warnings.filters)]
            before = state()
            report = warmup.preload(modules=["replaces"])
            print(json.dumps([report is not None, before == state(), type(sys.meta_path).__name__]))
        """
        self.assertEqual(fresh.value(source, arguments=[self.folder]), [True, True, "tuple"])

    def test_a_threshold_that_an_imported_module_sets_stays(self):
        if fresh.PYPY:
            self.skipTest("PyPy has no thresholds")
        self.write("sets.py", u"import gc; gc.set_threshold(5000, 3, 2)")
        self.assertEqual(
            fresh.value(
                u"""
            import gc, json, sys, warmup
            sys.path.insert(0, sys.argv[1])
            warmup.preload(codecs=(), modules=["sets"])
            print(json.dumps(gc.get_threshold()))
        """,
                arguments=[self.folder],
            )[0],
            5000,
        )

    def test_a_collector_that_an_imported_module_switched_off_stays_off(self):
        self.write("off.py", u"import gc; gc.disable()")
        self.assertEqual(
            fresh.value(
                u"""
            import gc, json, sys, warmup
            sys.path.insert(0, sys.argv[1])
            warmup.preload(codecs=(), modules=["off"], scan=False)
            print(json.dumps(gc.isenabled()))
        """,
                arguments=[self.folder],
            ),
            False,
        )

    @unittest.skipUnless(hasattr(os, "register_at_fork"), "before 3.7 no hook sees a fork")
    def test_a_child_that_another_thread_forks_meanwhile_has_the_collector_as_it_was(self):
        """On a free-threaded build, a collection in this child could wait for ever. So could a search for referrers."""
        self.write("slow.py", u"import __main__\n__main__.started.set()\n__main__.stop.wait()\n")
        collections, searches, is_as_before = fresh.value(
            u"""
            import gc, json, os, sys, threading, warnings
            sys.path.insert(0, sys.argv[1])
            warnings.simplefilter("ignore")  # 3.12 warns of a fork beside threads
            import warmup
            def collector():
                return getattr(gc, "get_threshold", tuple)(), gc.isenabled()
            collections, searches, before = [], [], collector()
            getattr(gc, "callbacks", []).append(lambda phase, _: collections.append(phase))
            getattr(sys, "addaudithook", id)(
                lambda event, _: searches.append(event) if event == "gc.get_referrers" else None)
            started, stop = threading.Event(), threading.Event()
            reader, writer = os.pipe()
            def run():
                started.wait()
                with warnings.catch_warnings():  # copies the list of filters, and with it that of preload()
                    del collections[:]
                    child = os.fork()
                    if child == 0:
                        found = [len(collections), len(searches), collector() == before]
                        os.write(writer, json.dumps(found).encode("ascii"))
                        os._exit(0)
                    os.waitpid(child, 0)
                stop.set()
            thread = threading.Thread(target=run)
            thread.start()
            # A call in which the collector does not start has made enough objects for a collection.
            warmup.preload(modules=["slow"], scan=False, codecs=["idna"])
            thread.join()
            print(os.read(reader, 1000).decode("ascii"))
        """,
            arguments=[self.folder],
        )
        self.assertTrue(is_as_before)
        if FREE_THREADED:
            self.assertEqual((collections, searches), (0, 0))

    @unittest.skipUnless(hasattr(os, "register_at_fork"), "this version has no such hooks")
    def test_an_interrupt_before_the_hook_for_children_is_registered_costs_one_call(self):
        self.assertEqual(
            fresh.value(u"""
            import json, os
            import warmup
            register, registered = os.register_at_fork, []
            def interrupted(**hooks):
                os.register_at_fork = lambda **hooks: registered.append(sorted(hooks))
                raise KeyboardInterrupt
            os.register_at_fork = interrupted
            try:
                warmup.preload(scan=False)
            except KeyboardInterrupt:
                warmup.preload(scan=False)
            os.register_at_fork = register
            print(json.dumps(registered))
        """),
            [["after_in_child"]],
        )

    def test_a_python_that_keeps_its_filters_elsewhere_is_preloaded(self):
        if fresh.PY2:
            self.skipTest("there is no later version of it")
        self.assertEqual(
            fresh.value(u"""
            import _warnings, json, sys
            import warmup
            del _warnings.filters
            for name in "warnings", "_py_warnings":
                sys.modules.pop(name, None)
            print(json.dumps([str(one.target.name) for one in warmup.preload(scan=False, modules=["colorsys"]).warmed]))
        """),
            ["colorsys"],
        )

    def test_an_interrupt_leaves_no_filter_behind(self):
        self.write("interrupts.py", u"raise KeyboardInterrupt")
        self.write("owner.py", u"def function(): import interrupts\n")
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys, warnings
            sys.path.insert(0, sys.argv[1])
            import owner, warmup
            before = list(warnings.filters)
            try:
                warmup.preload(codecs=(), packages=["interrupts"])
            except KeyboardInterrupt:
                print(json.dumps(warnings.filters == before))
        """,
                arguments=[self.folder],
            ),
            True,
        )

    def test_a_call_that_ends_while_another_call_ends_leaves_no_filter_behind(self):
        before, after = fresh.value(u"""
            import json, sys, warnings
            from warmup._python import surroundings
            class Rules(object):
                is_standard = staticmethod(lambda name: False)
                stop_refusing = staticmethod(int)
            first, second = surroundings.Surroundings(Rules, int), surroundings.Surroundings(Rules, int)
            code = surroundings.Surroundings._show_warnings.__code__
            entries = []
            def trace(frame, event, argument):
                if frame.f_locals["self"] is first:
                    entry = frame.f_locals.get("entry")
                    if entry is not None and (not entries or entries[-1] is not entry):
                        entries.append(entry)
                        # The first loop looks at all filters, and the second loop removes one.
                        if len([one for one in entries if one is second._filter]) == 2:
                            sys.settrace(None)
                            second.end()  # as another thread may do at this moment
                            return None
                    return trace
            before = len(warnings.filters)
            with first, second:
                first.begin()
                second.begin()
                sys.settrace(lambda frame, *_: trace if frame.f_code is code else None)
                first.end()
                sys.settrace(None)
                print(json.dumps([before, len(warnings.filters)]))
        """)
        self.assertEqual(after, before)


class Warnings(FolderTest):

    def shown_by(self, statements):
        """Run ``statements`` in a fresh interpreter. Return the texts of the warnings that were shown."""
        source = u"""
            import json, sys, warnings
            # What showing a warning imports. On 2.7 a thread must not import inside of an import.
            import linecache, tokenize
            sys.path.insert(0, sys.argv[1])
            shown = []
            warnings.showwarning = lambda message, *rest, **more: shown.append(str(message))
            warnings.simplefilter("always")
            import warmup
            %s
            print(json.dumps(shown))
        """
        return fresh.value(source % statements, arguments=[self.folder])

    def test_of_standard_modules_are_not_shown(self):
        result = fresh.python(
            PROGRAM + textwrap.dedent(u"""
            import warmup
            report = warmup.preload()
            assert not report.failed, report.failed
        """),
            options=["-W", "error"],
        )
        self.assertEqual((result.code, result.out, result.err), (0, "", ""))

    def test_of_other_threads_are_shown_meanwhile(self):
        # As a standard module does that warns while it is imported.
        self.write(
            "old.py",
            u"""
            import threading, warnings
            def warn(text):
                warnings.warn_explicit(text, DeprecationWarning, "json.py", 1, module="json")
            warn("here")
            thread = threading.Thread(target=warn, args=("there",))
            thread.start()
            thread.join()
        """,
        )
        self.assertEqual(self.shown_by(u"warmup.preload(codecs=(), modules=['old'])"), ["there"])

    def test_of_a_module_that_the_user_named_are_shown(self):
        self.write("named.py", u"import warnings; warnings.warn('mine', DeprecationWarning)")
        self.assertEqual(self.shown_by(u"warmup.preload(modules=['named'])"), ["mine"])

    def test_that_a_module_that_the_user_named_gives_its_importer_are_shown(self):
        self.write("old.py", u"import warnings\nwarnings.warn('use new', UserWarning, stacklevel=2)\n")
        for call in (u"import old", u"warmup.preload(modules=['old'])"):
            self.assertEqual(self.shown_by(call), ["use new"])

    def test_that_were_not_shown_are_not_remembered_as_shown(self):
        self.write(
            "old.py",
            u"""
            import warnings
            __warningregistry__ = {}
            def warn():
                warnings.warn_explicit("old", DeprecationWarning, "json.py", 1, "json", __warningregistry__)
            warn()
        """,
        )
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys, warnings
            sys.path.insert(0, sys.argv[1])
            warnings.simplefilter("default")
            import linecache, tokenize
            shown = []
            warnings.showwarning = lambda message, *more, **options: shown.append(str(message))
            import warmup
            warmup.preload(codecs=(), modules=["old"])
            silent = list(shown)
            sys.modules["old"].warn()
            print(json.dumps([silent, shown]))
        """,
                arguments=[self.folder],
            ),
            [[], ["old"]],
        )

    def test_of_a_package_of_the_program_are_shown(self):
        self.write("old.py", u"import warnings; warnings.warn('mine', DeprecationWarning)")
        self.write("owner.py", u"def function(): import old\n")
        self.assertEqual(self.shown_by(u"import owner; warmup.preload(codecs=(), packages=['old'])"), ["mine"])
