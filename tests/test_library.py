"""Test which modules may be imported: modules of the standard library that are not excluded and not shadowed."""

from __future__ import absolute_import, division, print_function

import os
import sys
import textwrap
import unittest
import zipfile

from tests.support import fresh
from tests.support.folder import FolderTest
from tests.support.program import PROGRAM, REPLACES_IMPORT
from warmup._python import library


class ExcludedModules(FolderTest):

    def test_are_not_derived(self):
        loaded = fresh.value(PROGRAM + textwrap.dedent(u"""
            import json
            from warmup._python.library import EXCLUDED
            before = set(sys.modules)
            def everything():
                import antigravity, this, readline, rlcompleter, idlelib, tkinter, turtle, pydoc, pdb, doctest
                import unittest, test, test.support, lib2to3, ensurepip, _pyrepl, xmlrpc.client
            import warmup
            warmup.preload(exclude=["xmlrpc"])
            new = set(sys.modules) - before
            print(json.dumps(sorted(name for name in new if name.partition(".")[0] in list(EXCLUDED) + ["xmlrpc"])))
        """))
        self.assertEqual(loaded, [])

    def test_are_no_targets_where_they_are_in_the_executable(self):
        """As in python-build-standalone, which uv installs."""
        self.assertEqual(
            fresh.value(u"""
            import json, sys
            sys.builtin_module_names += ("readline",)
            import warmup
            def function():
                import readline
            print(json.dumps([[o.target.name for o in warmup.preload().excluded] for _ in range(2)]))
        """),
            [[], []],
        )

    def test_by_the_caller_are_not_imported_whatever_the_source(self):
        path = self.write("late.txt", u"warmup-manifest 1\nmodule colorsys\ncodec idna\n")
        self.assertEqual(
            fresh.value(
                u"""
            import json, warmup
            def function():
                import sched
            report = warmup.preload(exclude=["colorsys", "encodings.idna", "sched", "_strptime"], manifest=sys.argv[1])
            import time
            print(json.dumps([sorted([o.target.kind, o.target.name, o.error] for o in report.excluded), [
                name for name in ("colorsys", "encodings.idna", "sched", "_strptime") if name in sys.modules]]))
        """,
                arguments=[path],
            ),
            [
                [
                    ["codec", "idna", "excluded by the caller"],
                    ["module", "_strptime", "excluded by the caller"],
                    ["module", "colorsys", "excluded by the caller"],
                    ["module", "sched", "excluded by the caller"],
                ],
                [],
            ],
        )

    def test_have_a_reason(self):
        for name, reason in library.EXCLUDED.items():
            self.assertGreater(len(reason), 5, name)

    def test_exist_on_some_version(self):
        """Test that each excluded name exists in some version. A name without a module is misspelled."""
        found = [name for name in library.EXCLUDED if library.find(name)]
        # Pyodide leaves some out.
        self.assertGreater(len(found), 11 if sys.platform == "emscripten" else 12)


class ShadowedModules(FolderTest):
    """Test that a file which only has the name of a standard module is not run."""

    def test_are_excluded_with_the_file(self):
        path = self.write("sched.py", u"raise RuntimeError('run')")
        # gevent on 2.7, import profilers and demand importers replace __import__.
        replaced = u"""
            import functools
            try:
                import builtins
            except ImportError:
                import __builtin__ as builtins
            builtins.__import__ = functools.wraps(builtins.__import__)(
                lambda *arguments, **more: before(*arguments, **more))
        """
        for source in u"", u"            before = __import__" + replaced:
            self.assertEqual(
                fresh.value(
                    u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import warmup
            def function():
                import sched
"""
                    + source
                    + u"""
            report = warmup.preload(codecs=(), strict="before" not in globals())  # PyPy has no _tracemalloc
            print(json.dumps([[o.target.name, o.error] for o in report.excluded if o.target.name == "sched"]))
        """,
                    arguments=[self.folder],
                ),
                [["sched", "shadowed by " + path]],
            )

    @unittest.skipIf(sys.version_info < (3, 6), "2.7 imports it in another order")
    def test_leave_no_module_of_a_package_that_was_refused_half_way(self):
        self.write("pickle.py", u"raise RuntimeError('run')")
        refused, left, is_whole = fresh.value(
            u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import warmup
            def function():
                import multiprocessing
            report = warmup.preload(codecs=())
            left = sorted(name for name in sys.modules if name.startswith("multiprocessing"))
            del sys.path[0]
            import multiprocessing
            children = [name for name in sys.modules if name.startswith("multiprocessing.")]
            print(json.dumps([[o.target.name for o in report.excluded if o.target.name == "multiprocessing"], left,
                              all(hasattr(multiprocessing, name.split('.')[1]) for name in children)]))
        """,
            arguments=[self.folder],
        )
        self.assertEqual((refused, left, is_whole), (["multiprocessing"], [], True))

    @unittest.skipIf(fresh.PY2, "there, a finder refuses")
    def test_are_refused_at_each_moment_beside_another_call(self):
        found = fresh.value(u"""
            import json, sys, warmup
            from warmup._python import imports
            place, check = sys.modules["_frozen_importlib"], lambda spec: None
            before = place._load_unlocked
            imports.start_check(check)
            wrapper = place._load_unlocked
            warmup.preload(scan=False)
            warmup.watch().stop()
            is_kept = place._load_unlocked is wrapper is not before
            imports.stop_check(check)
            print(json.dumps([is_kept, place._load_unlocked is before, place._find_and_load.__name__]))
        """)
        self.assertEqual(found, [True, True, "_find_and_load"])

    def test_are_not_run_through_an_import_function_of_the_program(self):
        self.write("replaces.py", REPLACES_IMPORT)
        path = self.write("heapq.py", u"raise SystemExit('run')")
        status = fresh.value(
            u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import replaces
            sys.modules.pop("heapq", None)
            def late():
                import sched
            import warmup
            report = warmup.preload(codecs=())
            print(json.dumps([[o.status, o.error] for o in report.outcomes if o.target.name == "sched"]))
        """,
            arguments=[self.folder],
        )
        self.assertEqual(status, [["excluded", "heapq is shadowed by " + path]])

    def test_are_refused_and_watched_though_an_odd_object_stands_for_the_import_function(self):
        late = fresh.value(u"""
            import json, sys
            try:
                import builtins
            except ImportError:
                import __builtin__ as builtins
            class Odd(object):
                before = staticmethod(builtins.__import__)
                def __call__(self, *args, **kwargs):
                    return Odd.before(*args, **kwargs)
                def __getattribute__(self, name):
                    raise RuntimeError(name)
            import warmup
            builtins.__import__ = Odd()
            def work():
                import colorsys
            warmup.preload(codecs=(), exclude=["colorsys"])
            with warmup.watch("raise") as watch:
                try:
                    work()
                except warmup.LateImportError as error:
                    print(json.dumps([one.name for one in watch.late]))
        """)
        self.assertEqual(late, ["colorsys"])

    def test_do_not_fail_behind_an_import_function_of_the_program_where_the_library_refuses_them(self):
        self.write("replaces.py", REPLACES_IMPORT)
        failed = fresh.value(
            u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import replaces, warmup
            print(json.dumps([[o.target.name, o.error] for o in warmup.preload().failed]))
        """,
            arguments=[self.folder],
        )
        self.assertEqual(failed, [])

    def test_fail_if_an_import_function_of_the_program_refuses_what_they_need(self):
        failed = fresh.value(u"""
            import json, sys
            try:
                import builtins
            except ImportError:
                import __builtin__ as builtins
            before = builtins.__import__
            def hook(name, *args, **kwargs):
                if name == "_lsprof":
                    raise ImportError("_lsprof is forbidden here")
                return before(name, *args, **kwargs)
            builtins.__import__ = hook
            def late():
                import cProfile
            import warmup
            print(json.dumps([[o.target.name, o.error] for o in warmup.preload(codecs=()).failed]))
        """)
        self.assertEqual(failed, [["cProfile", "ImportError: _lsprof is forbidden here"]])

    def test_are_imported_if_the_user_names_them(self):
        self.write("sched.py", u"mine = True")
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import warmup
            warmup.preload(codecs=(), modules=["sched"], strict=True)
            print(json.dumps(sys.modules["sched"].mine))
        """,
                arguments=[self.folder],
            ),
            True,
        )

    def test_that_make_a_standard_module_fail_do_not_make_it_unavailable(self):
        path = self.write("heapq.py", u"")
        name = "Queue" if fresh.PY2 else "queue"
        first, second = fresh.value(
            u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            sys.modules.pop("heapq", None)
            import heapq
            def late():
                import Queue, queue
            import warmup
            report = warmup.preload(codecs=(), strict=True)
            first = [[o.target.name, o.status, o.error] for o in report.excluded]
            del sys.path[0], sys.modules["heapq"]
            import heapq
            warmup.preload(codecs=())
            print(json.dumps([first, sys.argv[2] in sys.modules]))
        """,
            arguments=[self.folder, name],
        )
        self.assertIn([name, "excluded", "it imports what is shadowed by " + path], first)
        self.assertTrue(second)

    def test_are_excluded_too_if_a_relative_entry_of_the_path_led_to_their_package(self):
        self.write("lib/email/__init__.py", u"")
        self.write("lib/email/policy.py", u"raise RuntimeError('run')")
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys
            sys.path.insert(0, "lib")
            import email, warmup
            def late():
                import email.generator, email.policy
            report = warmup.preload(codecs=(), strict=True)
            print(json.dumps(sorted(o.status for o in report.outcomes
                                    if o.target.name in ("email.generator", "email.policy"))))
        """,
                directory=self.folder,
            ),
            ["excluded"] * (1 if fresh.PY2 else 2),
        )

    def test_are_those_of_the_program_if_all_packages_are_named(self):
        for name in ("test", "cffi"):
            self.write(name + "/__init__.py", u"")
            self.write(name + "/below.py", u"")
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            def late():
                import test.below, cffi.below, sitecustomize
            import warmup
            report = warmup.preload(codecs=(), packages=["*"])
            print(json.dumps(sorted(o.status for o in report.outcomes if "below" in o.target.name)))
        """,
                arguments=[self.folder],
            ),
            ["warmed", "warmed"],
        )


class ModulesOfPackages(FolderTest):
    """`packages=` finds each module that Python would find, wherever it is."""

    # A finder with modules that are no files, as an editable install has one, or a program in one file.
    FINDER = u"""
        import json, sys
        from types import ModuleType
        SOURCES = {"made": "def use():\\n    from made import late\\n    import made.sub.late\\n", "made.late": "",
                   "made.sub": "", "made.sub.late": ""}
        class Loader(object):
            def __init__(self, path):
                self.path = path
            def create_module(self, spec):
                return None
            def exec_module(self, module):
                exec(SOURCES[module.__name__], vars(module))
            def load_module(self, name):
                module = sys.modules[name] = ModuleType(name)
                module.__loader__ = self
                if name in ("made", "made.sub"):
                    module.__path__ = self.path
                exec(SOURCES[name], vars(module))
                return module
        class Finder(object):
            def __init__(self, path):
                self.path = path
            def find_spec(self, name, path=None, target=None):
                if name in SOURCES:
                    from importlib.machinery import ModuleSpec
                    spec = ModuleSpec(name, Loader(self.path), is_package=name in ("made", "made.sub"))
                    if name in ("made", "made.sub"):
                        spec.submodule_search_locations = self.path
                    return spec
            def find_module(self, name, path=None):
                return Loader(self.path) if name in SOURCES else None
    """
    TARGETS = u"""
        import warmup
        targets = [one.target.name for one in warmup.preload(codecs=(), packages=["made"]).warmed]
        print(json.dumps(sorted(name for name in targets if "made" in name)))
    """

    def targets(self, lines):
        return fresh.value(self.FINDER + lines + self.TARGETS, arguments=[self.folder])

    def test_that_a_finder_alone_knows(self):
        for path in u"[sys.argv[1]]", u"['<made>']", u"[]":
            targets = self.targets(u"""
        sys.meta_path.insert(0, Finder(%s))
        import made
            """ % path)
            # On 2.7 a finder does not say where the modules of a package are that is not loaded.
            self.assertEqual(targets, ["made.late"] + ["made.sub.late"] * (not fresh.PY2), path)

    @unittest.skipIf(fresh.PY2, "2.7 asks for the last part of the name there")
    def test_that_the_finder_of_a_folder_knows(self):
        self.assertEqual(
            self.targets(u"""
        def hook(path):
            if path == sys.argv[1]:
                return Finder([path])
            raise ImportError(path)
        sys.path_hooks.insert(0, hook)
        sys.path.insert(0, sys.argv[1])
        import made
            """),
            ["made.late", "made.sub.late"],
        )

    @unittest.skipIf(fresh.PY2, "2.7 asks for the last part of the name there")
    def test_that_the_finder_of_a_folder_knows_which_python_has_not_asked_yet(self):
        self.write("made/data.txt", u"")
        for lines, targets in (u"import made", []), (u"def use(): import made", ["made"]):
            self.assertEqual(
                self.targets(u"""
        import os
        def hook(path):
            if path.startswith(sys.argv[1]):
                return Finder([os.path.join(sys.argv[1], "made")])
            raise ImportError(path)
        sys.path_hooks.insert(0, hook)
        sys.path.insert(0, sys.argv[1])
        %s
                """ % lines),
                targets + ["made.late", "made.sub.late"],
            )

    def test_that_a_finder_knows_which_does_not_know_the_package(self):
        """six is such a package: one file with an empty path, and a finder for what is below it."""
        self.assertEqual(
            self.targets(u"""
        made = sys.modules["made"] = ModuleType("made")
        made.__path__ = []
        exec(SOURCES.pop("made"), vars(made))
        sys.meta_path.append(Finder([]))
            """),
            ["made.late"] + ["made.sub.late"] * (not fresh.PY2),
        )

    @unittest.skipIf(fresh.PY2, "2.7 asks it before each import")
    def test_beside_a_finder_whose_attributes_raise(self):
        self.write("made.py", u"def use(): import made_late")
        self.write("made_late.py", u"")
        targets = fresh.value(
            u"""
        import json, sys
        sys.path.insert(0, sys.argv[1])
        import made
        class Odd(object):
            def __getattribute__(self, name):
                raise RuntimeError(name)
        sys.meta_path.append(Odd())
        import warmup
        warmed = warmup.preload(codecs=(), packages=["made", "made_late"]).warmed
        print(json.dumps(["made_late" in [one.target.name for one in warmed]]))
            """,
            arguments=[self.folder],
        )
        self.assertEqual(targets, [True])

    @unittest.skipIf(fresh.PY2, "2.7 has no packages without __init__")
    def test_below_a_folder_without_init_in_a_zip_file(self):
        path = os.path.join(self.folder, "made.zip")
        with zipfile.ZipFile(path, "w") as archive:
            for name in "made/", "made/sub/":
                archive.writestr(name, b"")
            for name in "made/__init__.py", "made/sub/late.py":
                archive.writestr(name, b"def use(): from made.sub import late" if "init" in name else b"")
        self.assertEqual(
            fresh.value(
                u"""
        import json, sys
        sys.path.insert(0, sys.argv[1])
        import made
            """ + self.TARGETS,
                arguments=[path],
            ),
            ["made.sub", "made.sub.late"],
        )


class NestedImports(FolderTest):
    """Code of the library gets modules of the library. Code of the program gets what it would get without us."""

    OWN = u"import sys; sys.ran = getattr(sys, 'ran', []) + [__name__]\n"

    def test_of_the_program_find_its_own_module_of_a_standard_name(self):
        self.write("sched.py", self.OWN)
        self.write("shop/__init__.py", u"def use():\n    import shop.late\n")
        self.write("shop/late.py", u"import sched\n")
        ran, excluded = fresh.value(
            u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import shop, warmup
            report = warmup.preload(packages=["shop"], codecs=())
            print(json.dumps([sys.ran, [o.target.name for o in report.outcomes if o.target.name == "shop.late"
                                        and o.status != "warmed"]]))
        """,
            arguments=[self.folder],
        )
        self.assertEqual(ran, ["sched"])
        self.assertEqual(excluded, [])

    def test_of_the_library_do_not_run_what_has_the_name_of_an_excluded_module(self):
        self.write("pydoc.py", self.OWN)
        ran, tried = fresh.value(
            u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            def late():
                import xmlrpc.server, DocXMLRPCServer
            import warmup
            report = warmup.preload(codecs=())
            print(json.dumps([getattr(sys, "ran", []), [o.target.name for o in report.outcomes]]))
        """,
            arguments=[self.folder],
        )
        self.assertEqual(ran, [])
        self.assertIn("DocXMLRPCServer" if fresh.PY2 else "xmlrpc.server", tried)

    @unittest.skipIf(fresh.PY2, "2.7 has a finder for that")
    def test_are_not_looked_at_on_a_python_that_loads_in_another_way(self):
        self.assertTrue(fresh.value(u"""
            import json, warmup
            from warmup._python import imports
            imports._bootstrap = object()  # a later version, without the functions that this one has
            print(json.dumps(len(warmup.preload(codecs=["idna"], strict=True).warmed) > 10))
        """))

    def check_nothing_ran(self, prepare):
        for name in ("resource", "heapq", "pickle", "sched", "queue"):
            self.write("vendor/%s.py" % name, self.OWN)
        self.write("adds.py", prepare)
        ran, shadowed = fresh.value(
            u"""
            import json, sys
            sys.path.append(sys.argv[1])
            def late():
                import pickle, sched
            import warmup
            report = warmup.preload(modules=["adds"], codecs=())
            print(json.dumps([getattr(sys, "ran", []),
                              [o.target.name for o in report.outcomes if o.status == "excluded"]]))
        """,
            arguments=[self.folder],
        )
        self.assertEqual(ran, [])
        self.assertIn("sched", shadowed)

    def test_of_the_library_do_not_follow_a_path_that_a_module_adds_meanwhile(self):
        self.check_nothing_ran(u"import sys; sys.path.insert(0, sys.argv[1] + '/vendor')\n")

    def test_of_the_library_do_not_follow_a_folder_that_a_module_changes_to(self):
        self.check_nothing_ran(u"import os, sys; sys.path.insert(0, ''); os.chdir(sys.argv[1] + '/vendor')\n")

    @unittest.skipIf(fresh.PY2, "2.7 asks such a finder before ours")
    def test_of_the_library_do_not_follow_a_finder_that_a_module_adds_meanwhile(self):
        self.check_nothing_ran(u"""
import importlib.machinery, sys
class Finder(object):
    @staticmethod
    def find_spec(name, path, target):
        if path is None:
            return importlib.machinery.PathFinder.find_spec(name, [sys.argv[1] + "/vendor"])
sys.meta_path.insert(0, Finder)
""")

    def test_are_found_without_the_finder_of_setuptools(self):
        """Test that nothing is imported to find out whether ``distutils`` exists: that finder imports setuptools."""
        loaded = fresh.value(u"""
            import json
            try:
                import _distutils_hack
            except ImportError:
                print("null")
                sys.exit()
            _distutils_hack.add_shim()
            def late():
                import distutils.version
            import warmup
            warmup.preload(codecs=(), packages=["*"], exclude=["setuptools"])
            print(json.dumps("setuptools" in sys.modules))
        """)
        if loaded is None:
            self.skipTest("this interpreter has no setuptools with a finder")
        self.assertFalse(loaded)

    @unittest.skipIf(fresh.PY2, "2.7 has no finder of its own on sys.meta_path")
    def test_do_not_believe_a_finder_behind_those_of_python(self):
        names, count = fresh.value(u"""
            import importlib.machinery, json, sys
            class Fallback(object):
                @staticmethod
                def find_spec(name, path, target=None):
                    return importlib.machinery.ModuleSpec(name, Fallback)
            sys.meta_path.append(Fallback)
            import warmup
            report = warmup.preload(codecs=["latin-1"])
            print(json.dumps([[o.target.name for o in report.outcomes if "shadowed" in (o.error or "")],
                              len(report.warmed)]))
        """)
        self.assertEqual(names, [])
        self.assertGreater(count, 10)


class Unavailable(unittest.TestCase):

    def test_is_what_the_library_itself_refuses(self):
        unavailable, failed = fresh.value(u"""
            import json, warmup
            report = warmup.preload()
            print(json.dumps([[[o.target.kind, o.target.name] for o in report.unavailable],
                              list(map(repr, report.failed))]))
        """)
        self.assertEqual(failed, [])
        if sys.platform != "win32":
            self.assertIn(["codec", "mbcs"], unavailable)

    def test_holds_for_modules_that_refuse_to_load_here(self):
        failed, unavailable = fresh.value(u"""
            import json, warmup
            def function():
                import ctypes.wintypes, msilib, winreg, _winreg, asyncio.windows_events
            report = warmup.preload(codecs=())
            print(json.dumps([list(map(repr, report.failed)), [o.target.name for o in report.unavailable]]))
        """)
        self.assertEqual(failed, [])
        if sys.platform != "win32":
            if not fresh.PY2:
                self.assertIn("asyncio.windows_events", unavailable)
            if sys.version_info < (3, 7):
                self.assertIn("ctypes.wintypes", unavailable)

    def test_is_not_what_failed_for_a_passing_reason(self):
        """The stack was full, or another thread has thrown an exception."""
        for error in (u"Passing", u"getattr(builtins, 'RecursionError', RuntimeError)"):
            statuses = fresh.value(u"""
                import json, sys, warmup
                try:
                    import builtins
                except ImportError:
                    import __builtin__ as builtins
                class Passing(Exception):
                    pass
                def trace(frame, event, _):
                    if frame.f_code.co_name == "<module>" and frame.f_globals["__name__"] == "_strptime":
                        sys.settrace(None)
                        raise %s("maximum recursion depth exceeded")
                sys.settrace(trace)
                reports = [warmup.preload(codecs=()), warmup.preload(codecs=())]
                print(json.dumps([[o.status for o in report.outcomes if o.target.name == "_strptime"]
                                  for report in reports]))
            """ % error)
            self.assertEqual(statuses, [["failed"], ["warmed"]], error)

    def test_is_not_what_a_broken_path_keeps_from_being_found(self):
        counts = [len(fresh.value(u"""
                import json, sys, warmup
                %s
                print(json.dumps([repr(outcome) for outcome in warmup.preload().unavailable]))
            """ % change)) for change in (u"", u"sys.path.insert(0, '\\0')", u"sys.path = tuple(sys.path)")]
        if sys.platform != "win32":  # Windows has all of these modules
            self.assertGreater(counts[0], 0)
        self.assertLessEqual(max(counts), counts[0])


class TheLibrary(FolderTest):

    @unittest.skipIf(sys.platform == "win32" or fresh.PYPY, "no limit; PyPy needs a file to show the error")
    def test_that_cannot_be_read_without_free_descriptors_makes_targets_fail(self):
        is_raised, statuses, errors, notes = fresh.value(u"""
            import json, resource, sys, warmup
            before = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
            try:
                report, is_raised = warmup.preload(strict=True), False
            except warmup.PreloadError as error:
                report, is_raised = error.report, True
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, before)
            print(json.dumps([is_raised, sorted(set(o.status for o in report.outcomes)),
                              [o.error for o in report.failed], report.notes]))
        """)
        self.assertTrue(is_raised)
        self.assertGreater(len(errors), 90)
        self.assertNotIn("unavailable", statuses)
        self.assertIn("Errno 24", notes[0])

    @unittest.skipIf(sys.platform == "win32" or fresh.PYPY, "no limit; PyPy needs a file to show the error")
    def test_that_could_not_be_read_once_is_read_again_for_each_codec(self):
        source = u"""
            import json, resource, sys, warmup
            before = resource.getrlimit(resource.RLIMIT_NOFILE)
            if len(sys.argv) > 1:
                resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
                warmup.preload()
                resource.setrlimit(resource.RLIMIT_NOFILE, before)
            warmup.preload()
            print(json.dumps(sorted(name for name in sys.modules if name.startswith("encodings."))))
        """
        self.assertEqual(fresh.value(source, arguments=["starve"]), fresh.value(source))

    def test_is_listed(self):
        listed = library.Library()
        self.assertTrue(listed.is_listed)
        for name in ("os", "json.decoder", "encodings.idna", "email.mime.text", "sys", "zlib"):
            self.assertTrue(listed.has(name), name)
        for name in ("warmup", "no_such_module", "antigravity", "unittest.case"):
            self.assertFalse(listed.has(name), name)

    def test_has_no_note_unless_it_was_not_found(self):
        self.assertEqual(library.Library().note(), None)

    @unittest.skipIf(fresh.PYPY, "PyPy's library is where its executable is")
    def test_says_loudly_that_it_was_not_found(self):
        notes, targets = fresh.value(u"""
            import encodings, json, os, sys, warmup
            # As where an installation is broken: what is loaded works, and the rest is nowhere.
            import email.message
            del os.__file__
            sys._stdlib_dir, encodings.__path__, encodings.__file__ = None, [], None
            sys.path[:] = [path for path in sys.path if os.path.exists(os.path.join(path, "warmup"))]
            report = warmup.preload()
            print(json.dumps([report.notes, len(report.warmed)]))
        """)
        self.assertIn("NOT FOUND", notes[0])
        self.assertLess(targets, 40)

    @unittest.skipIf(sys.version_info < (3, 10), "before 3.10 Python does not say which modules it should have")
    @unittest.skipIf(fresh.PYPY or sys.platform == "win32", "needs PYTHONHOME, and links")
    def test_of_a_small_installation_is_listed_once(self):
        """As python3-minimal of Debian, which has less than half of the modules."""
        needed = fresh.value(u"""
            import json, os, sys
            import encodings.idna, logging, stringprep, warmup
            folder = os.path.dirname(os.path.realpath(os.__file__)) + os.sep
            files = [os.path.realpath(str(getattr(module, "__file__", ""))) for module in list(sys.modules.values())]
            names = {file[len(folder):].split(os.sep)[0] for file in files if file.startswith(folder)}
            print(json.dumps(sorted(folder + name for name in names if name != "lib-dynload")))
        """)
        library_folder = os.path.join(self.folder, "lib", os.path.basename(os.path.dirname(needed[0])))
        os.makedirs(library_folder)
        for path in needed:
            os.symlink(path, os.path.join(library_folder, os.path.basename(path)))
        program = u"""
            import json, sys, warmup
            from warmup import _preload
            report, listed = warmup.preload(), _preload.memory.library
            warmup.preload()
            print(json.dumps([" ".join(report.notes), len(report.warmed), _preload.memory.library is listed,
                              len(sys.stdlib_module_names - listed.names)]))
        """
        home = {"PYTHONHOME": self.folder}
        notes, warmed, is_kept, fewer = fresh.value(program, environment=home)
        self.assertGreater(fewer, 100)
        self.assertGreater(warmed, 90)
        self.assertNotIn("NOT FOUND", notes)
        self.assertTrue(is_kept)

    @unittest.skipIf(fresh.PY2, "2.7 has no packages without __init__")
    def test_lists_what_is_below_folders_without_init_of_a_package_that_is_named(self):
        self.write("space/inner/late.py", u"")
        self.write("package/__init__.py", u"")
        self.write("package/inner/late.py", u"")
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            from warmup._python import library
            print(json.dumps([sorted(library.modules_of(name)) for name in ("space", "package", "space.inner")] +
                             [library.find("space.inner.late"), "space" in sys.modules]))
        """,
                arguments=[self.folder],
            ),
            [
                ["space", "space.inner", "space.inner.late"],
                ["package", "package.inner", "package.inner.late"],
                ["space.inner", "space.inner.late"],
                True,
                False,
            ],
        )

    def test_is_found_beside_a_folder_that_the_file_system_cannot_encode(self):
        count = fresh.value(
            u"""
            import json, sys, warmup
            sys.path.append(u"/tmp/\\ud800")
            print(json.dumps(len(warmup.preload(codecs=(), scan=True).warmed)))
        """,
            environment={"LC_ALL": "C"},
        )
        self.assertGreater(count, 5 if fresh.PY2 else 10)

    @unittest.skipUnless(hasattr(library.os, "fork"), "needs signals")
    def test_lets_exceptions_of_signal_handlers_pass(self):
        self.assertEqual(
            fresh.value(u"""
            import json, os, signal, sys
            class Timeout(OSError):
                pass
            def handler(number, frame):
                raise Timeout("too late")
            signal.signal(signal.SIGALRM, handler)
            class Finder(object):
                def find_spec(self, name, path=None, target=None):
                    if name.startswith("slow"):
                        os.kill(os.getpid(), signal.SIGALRM)
                        for _ in range(1000):
                            pass
                find_module = find_spec
            sys.meta_path.insert(0, Finder())
            from warmup._python import library, rules
            raised = []
            for function in (library.find, library.modules_of,
                             lambda name: rules._outside_by_search(library.Library(), name, None)):
                try:
                    function("slow")
                except Timeout:
                    raised.append(True)
            print(json.dumps(raised))
        """),
            [True] * 3,
        )

    def test_lists_a_package_with_a_link_to_itself_once(self):
        if not hasattr(library.os, "symlink") or sys.platform == "win32":
            self.skipTest("needs links")
        self.write("package/__init__.py", u"")
        self.write("package/inside.py", u"")
        for name in ("one", "two"):
            library.os.symlink(self.folder + "/package", self.folder + "/package/" + name)
        names = library.modules_in(self.folder)
        self.assertIn("package.inside", names)
        self.assertLess(len(names), 20)

    def test_lists_packages_that_link_to_each_other_a_few_times(self):
        """Else six such packages have 2,000 modules, and ten have ten million."""
        if not hasattr(library.os, "symlink") or sys.platform == "win32":
            self.skipTest("needs links")
        names = ["a", "b", "c", "d", "e", "f"]
        for name in names:
            self.write("package/%s/__init__.py" % name, u"")
        for name in names:
            for other in names:
                if other != name:
                    library.os.symlink("../" + other, "%s/package/%s/%s" % (self.folder, name, other))
        self.write("package/__init__.py", u"")
        found = library.modules_in(self.folder)
        self.assertLessEqual({"package." + name for name in names}, found)
        self.assertIn("package.a.b", found)
        self.assertLess(len(found), 300)

    def test_lists_a_folder_below_each_link_to_it(self):
        if not hasattr(library.os, "symlink") or sys.platform == "win32":
            self.skipTest("needs links")
        self.write("themes/__init__.py", u"")
        self.write("themes/dark.py", u"")
        self.write("shop/__init__.py", u"")
        for name in "a", "b":
            library.os.symlink(self.folder + "/themes", "%s/shop/%s" % (self.folder, name))
        self.assertLessEqual({"shop.a.dark", "shop.b.dark"}, library.modules_in(self.folder))

    @unittest.skipUnless(sys.version_info[0] == 2, "only there names are bytes or text")
    def test_lists_names_that_cannot_be_decoded(self):
        self.write("package/__init__.py", u"")
        for name in b"\xe9.txt", b"\xe9", b"caf\xc3\xa9.txt":
            open(os.path.join(self.folder, "package", name), "w").close()
        self.assertEqual(library.modules_in(self.folder.decode("ascii")), {"package"})
