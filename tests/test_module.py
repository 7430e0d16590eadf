"""Test modules that are asked for by name: they are imported or have failed, and the call goes on."""

from __future__ import absolute_import, division, print_function

import pickle
import sys
import unittest

from tests.support import fresh
from tests.support.folder import FolderTest
from warmup._python.library import UNSHAREABLE


class ModulesAskedForByName(FolderTest):

    BODIES = {
        "breaks": u"raise RuntimeError('broken')",
        "circular": u"import circular_too",
        "circular_too": u"from circular import name",
        "exits": u"raise SystemExit(3)",
        "fine": u"",
        "interrupts": u"raise KeyboardInterrupt",
        "lacks": u"import no_such_module_anywhere",
        "lacks_name": u"from os import no_such_name",
        "lacks_setting": u"raise ImportError('DATABASE_URL is not set')",
        "removes_itself": u"import sys; sys.runs = getattr(sys, 'runs', 0) + 1; del sys.modules[__name__]",
        "starves": u"raise MemoryError",
        "umlaut": u"raise ValueError(u'\\xfc')",
        "umlaut_lacks": u"raise ImportError(u'\\xfc')",
    }

    def setUp(self):
        super(ModulesAskedForByName, self).setUp()
        for name, body in self.BODIES.items():
            self.write(name + ".py", body + u"\n")

    def run_with(self, source):
        return fresh.value(
            u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import warmup
        """ + source,
            arguments=[self.folder],
        )

    def test_become_outcomes_and_the_rest_goes_on(self):
        names = [
            "exits",
            "breaks",
            "lacks",
            "lacks_name",
            "lacks_setting",
            "circular",
            "no_such_module",
            "email.no_such_module",
            "os.no_such_module",
            "fine",
        ]
        outcomes = self.run_with(u"""
            report = warmup.preload(codecs=(), modules=%r)
            print(json.dumps({o.target.name: [o.status, (o.error or "").partition(":")[0]]
                              for o in report.outcomes if o.target.reason == "asked for by name"}))
        """ % names)
        missing = "ImportError" if sys.version_info < (3, 6) else "ModuleNotFoundError"
        self.assertEqual(
            outcomes,
            {
                "breaks": ["failed", "RuntimeError"],
                "circular": ["failed", "ImportError"],
                "email.no_such_module": ["failed", missing],
                "exits": ["failed", "SystemExit"],
                "fine": ["warmed", ""],
                "lacks": ["failed", missing],
                "lacks_name": ["failed", "ImportError"],
                "lacks_setting": ["failed", "ImportError"],
                "no_such_module": ["failed", missing],
                "os.no_such_module": ["failed", missing],
            },
        )

    def test_that_end_the_program_by_a_function_that_was_loaded_before_are_failures(self):
        self.write("script.py", u"import argparse; argparse.ArgumentParser().parse_args(['--no-such'])")
        self.write("other.py", u"exec('raise SystemExit(7)', {})")
        self.write("asks.py", u"def late():\n    import script\n")
        outcomes = self.run_with(u"""
            import argparse, asks
            found = []
            for keywords in {"modules": ["script", "other", "fine"]}, {"packages": ["asks", "script"]}:
                report = warmup.preload(codecs=(), **keywords)
                found.append(sorted([o.target.name, o.status] for o in report.outcomes
                                    if o.target.name in ("script", "other", "fine")))
            print(json.dumps(found))
        """)
        first = [["fine", "warmed"], ["other", "failed"], ["script", "failed"]]
        self.assertEqual(outcomes, [first, [["script", "failed"]]])

    def test_are_imported_whatever_is_excluded_from_being_derived(self):
        self.assertEqual(
            self.run_with(u"""
            other = "unittest.mock" if sys.version_info[0] > 2 else "doctest"
            report = warmup.preload(codecs=(), modules=["bdb", other])
            print(json.dumps([list(map(repr, report.failed)), "bdb" in sys.modules]))
        """),
            [[], True],
        )

    def test_are_never_unavailable_also_where_the_library_refuses_them(self):
        statuses, expected = fresh.value(u"""
            import json, os, warmup
            # Windows has each codec.
            name, codecs = ("pwd", []) if os.name == "nt" else ("msvcrt", ["mbcs"])
            statuses = []
            for _ in range(2):
                report = warmup.preload(codecs=None, modules=["no_such_module"])
                report = warmup.preload(codecs=codecs, modules=[name], scan=False)
                statuses.append([[outcome.target.name, outcome.status] for outcome in report.outcomes])
            print(json.dumps([statuses, [[each, "failed"] for each in [name] + codecs]]))
        """)
        self.assertEqual(statuses, [expected] * 2)

    def test_that_the_program_has_blocked_are_excluded_by_it(self):
        self.assertEqual(
            self.run_with(u"""
            sys.modules["sched"] = None
            report = warmup.preload(codecs=(), modules=["sched"], strict=True)
            print(json.dumps([[o.target.name, o.status, o.error] for o in report.outcomes
                              if o.target.reason == "asked for by name"]))
        """),
            [["sched", "excluded", "blocked by the program: sys.modules['sched'] is None"]],
        )

    def test_that_remove_themselves_run_once(self):
        self.assertEqual(
            self.run_with(u"""
            report = warmup.preload(codecs=(), modules=["removes_itself"])
            print(json.dumps([[o.status for o in report.outcomes if o.target.name == "removes_itself"], sys.runs]))
        """),
            [["failed"], 1],
        )

    def test_with_a_message_that_is_not_ascii_are_in_the_report_too(self):
        outcomes = self.run_with(u"""
            report = warmup.preload(codecs=(), modules=["umlaut", "umlaut_lacks"])
            assert str(report)
            print(json.dumps([[o.status, o.error.partition("Error")[0]] for o in report.outcomes
                              if o.target.name.startswith("umlaut")]))
        """)
        self.assertEqual(outcomes, [["failed", "Value"], ["failed", "Import"]])

    def test_are_raised_at_the_end_if_strict(self):
        message, names = self.run_with(u"""
            try:
                warmup.preload(codecs=(), modules=["exits", "breaks", "lacks", "fine"], strict=True)
            except warmup.PreloadError as error:
                print(json.dumps([str(error), [o.target.name for o in error.report.failed]]))
        """)
        self.assertIn("exits", message)
        self.assertIn("breaks", message)
        self.assertEqual(names, ["exits", "breaks", "lacks"])

    def test_that_are_interrupted_or_starve_end_the_call(self):
        self.assertEqual(
            self.run_with(u"""
            import gc, warnings
            filters, raised = list(warnings.filters), []
            for name in ("interrupts", "starves"):
                try:
                    warmup.preload(codecs=(), modules=[name])
                except (KeyboardInterrupt, MemoryError) as error:
                    raised.append(type(error).__name__)
            print(json.dumps([raised, gc.isenabled(), list(warnings.filters) == filters]))
        """),
            [["KeyboardInterrupt", "MemoryError"], True, True],
        )

    def test_are_tried_again_by_the_next_call(self):
        self.assertEqual(
            self.run_with(u"""
            counts = [len(warmup.preload(codecs=(), modules=["breaks"], scan=False).failed) for _ in range(2)]
            print(json.dumps(counts))
        """),
            [1, 1],
        )

    def test_that_a_failed_package_has_loaded_keep_their_variables(self):
        self.write("keeper.py", u"hooks = []\n")
        lines = u"import keeper\nfrom optional.part import hook\nkeeper.hooks.append(hook)\nraise ImportError(1)\n"
        self.write("optional/__init__.py", lines)
        self.write("optional/part.py", u"import os\ndef hook(): return os.curdir\n")
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import keeper, warmup
            report = warmup.preload(modules=["optional"], scan=False)
            print(json.dumps([len(report.failed), keeper.hooks[0]()]))
        """,
                arguments=[self.folder],
            ),
            [1, "."],
        )

    @unittest.skipIf(fresh.PY2, "2.7 has no LazyLoader")
    def test_that_a_finder_loads_lazily_are_run(self):
        self.assertEqual(
            self.run_with(u"""
            import importlib.machinery, importlib.util
            class Finder(importlib.machinery.PathFinder):
                @classmethod
                def find_spec(cls, name, path=None, target=None):
                    spec = super().find_spec(name, path, target)
                    if name in ("fine", "breaks"):
                        spec.loader = importlib.util.LazyLoader(spec.loader)
                    return spec
            sys.meta_path.insert(0, Finder)
            report = warmup.preload(codecs=(), modules=["fine", "breaks"])
            print(json.dumps([type(sys.modules["fine"]).__name__, [o.target.name for o in report.failed]]))
        """),
            ["module", ["breaks"]],
        )

    @unittest.skipIf(fresh.PY2, "no such loader")
    def test_whose_body_was_put_off_are_run_and_nothing_else_runs_it(self):
        self.write("slow.py", u"import sys\nsys.exit('run')\n")
        self.assertEqual(
            fresh.value(
                u"""
            import importlib.util, json, sys
            sys.path.insert(0, sys.argv[1])
            import warmup
            def put_off(name):
                spec = importlib.util.find_spec(name)
                spec.loader = importlib.util.LazyLoader(spec.loader)
                module = sys.modules[name] = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                return module
            modules = [put_off("slow"), put_off("colorsys")]
            warmup.preload(packages=["slow"])
            before = [type(module).__name__ for module in modules]
            report = warmup.preload(scan=False, modules=["colorsys", "slow"])
            statuses = [outcome.status for outcome in report.outcomes]
            put_off("slow")
            try:
                import slow  # CPython before 3.13 drops the error
                is_right = statuses == ["warmed", "warmed"]
            except SystemExit:
                is_right = statuses == ["warmed", "failed"]
            print(json.dumps([before, is_right, type(modules[1]).__name__]))
        """,
                arguments=[self.folder],
            ),
            [["_LazyModule", "_LazyModule"], True, "module"],
        )

    @unittest.skipIf(fresh.PY2, "no such loader")
    def test_below_a_package_that_no_finder_knows_and_whose_body_was_put_off_are_found(self):
        self.write("plug_ins/plug/__init__.py", u"")
        self.write("plug_ins/plug/sub.py", u"")
        self.write("asks.py", u"def late():\n    import plug.sub\n")
        self.assertEqual(
            self.run_with(u"""
            import importlib.util, asks
            spec = importlib.util.spec_from_file_location("plug", sys.argv[1] + "/plug_ins/plug/__init__.py")
            spec.loader = importlib.util.LazyLoader(spec.loader)
            module = sys.modules["plug"] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            warmup.preload(codecs=(), packages=["plug"])
            print(json.dumps("plug.sub" in sys.modules))
        """),
            True,
        )

    @unittest.skipIf(fresh.PY2, "there a failed import has no name")
    def test_fail_on_a_python_that_does_not_say_which_interpreter_is_the_main_one(self):
        self.write("refuses.py", u"raise ImportError('not here')")
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import warmup
            for name in "_interpreters", "_xxsubinterpreters":
                try:
                    delattr(__import__(name), "get_main")
                except ImportError:
                    pass
            def function():
                import refuses
            report = warmup.preload(codecs=(), packages=["refuses"])
            print(json.dumps([outcome.target.name for outcome in report.failed]))
        """,
                arguments=[self.folder],
            ),
            ["refuses"],
        )

    def test_that_only_the_import_can_judge_are_imported(self):
        self.write("magic.py", u"import sys, os\nsys.modules['magic.path'] = os.path\n")
        self.assertEqual(
            self.run_with(u"""
            if sys.version_info[0] == 2:  # there a module that is no package has no submodules, whatever it does
                import magic
            report = warmup.preload(codecs=(), modules=["magic.path"])
            print(json.dumps(["magic" in sys.modules, list(map(repr, report.failed))]))
        """),
            [True, []],
        )


@unittest.skipUnless(sys.version_info < (3, 7), "since 3.7 random seeds itself again in a child")
class DerivedModulesThatNeedRandom(FolderTest):

    SOURCE = u"""
        import json, os, sys
        sys.path.insert(0, sys.argv[1])
        import shop, warmup
        report = warmup.preload(packages=["shop"], codecs=(), modules=%s)
        loaded = [name for name in ("random", "tempfile", "shop.tokens", "shop.files") if name in sys.modules]
        def child():
            reader, writer = os.pipe()
            if not os.fork():
                os.write(writer, shop.login().encode("ascii"))
                os._exit(0)
            os.wait()
            return os.read(reader, 100)
        print(json.dumps([loaded, len({child(), child()}), [
            [o.target.name, o.error] for o in report.outcomes if o.status != "warmed"]]))
    """

    def preload(self, modules):
        self.write(
            "shop/__init__.py",
            u"""
            def login():
                from shop import tokens
                return tokens.new()
            def upload():
                import shop.files
        """,
        )
        self.write("shop/tokens.py", u"import random\ndef new(): return str(random.getrandbits(99))\n")
        self.write("shop/files.py", u"import tempfile\n")
        return fresh.value(self.SOURCE % modules, arguments=[self.folder])

    def test_are_not_imported_before_a_fork(self):
        reason = (
            "excluded: shop.tokens asks for random: a fork after its import gives every child the same random numbers"
        )
        self.assertEqual(self.preload([]), [["tempfile", "shop.files"], 2, [["shop.tokens", reason]]])

    def test_work_after_random_was_unloaded(self):
        # 2.7 sets the variables of a module to None when it frees the module.
        self.assertTrue(fresh.value(u"""
            import json, os, urllib
            import warmup
            warmup.preload()
            import tempfile
            folder = tempfile.mkdtemp()
            os.rmdir(folder)
            print(json.dumps(True))
        """))

    def test_are_imported_if_a_user_names_random(self):
        loaded, different, others = self.preload([str("random")])
        self.assertEqual(loaded, ["random", "tempfile", "shop.tokens", "shop.files"])
        self.assertEqual((different, others), (1, []))

    @unittest.skipUnless(UNSHAREABLE and not fresh.PY2, "only 3.6 unloads random beside imports of other threads")
    def test_are_imported_again_if_a_call_in_another_thread_has_unloaded_random_meanwhile(self):
        self.assertEqual(
            fresh.value(u"""
            import importlib.machinery, json, sys, warmup
            import logging.handlers  # which imports smtplib late, and that imports random
            unloaded = []
            class Finder(importlib.machinery.PathFinder):
                @classmethod
                def find_spec(cls, name, path=None, target=None):
                    spec = super().find_spec(name, path, target)
                    if name == "random" and not unloaded:
                        execute = spec.loader.exec_module
                        def exec_module(module):
                            execute(module)
                            unloaded.append(sys.modules.pop("random"))
                        spec.loader.exec_module = exec_module
                    return spec
            sys.meta_path.insert(0, Finder)
            report = warmup.preload(codecs=())
            print(json.dumps([len(unloaded), [outcome.target.name for outcome in report.failed]]))
        """),
            [1, []],
        )


class ErrorsThatTravel(FolderTest):
    """Test that an error of ``preload()`` can be pickled, because pools and task queues pickle it."""

    SOURCE = u"""
        import base64, json, pickle
        import warmup
        try:
            warmup.preload(codecs=(), %s)
        except Exception as error:
            print(json.dumps(base64.b64encode(pickle.dumps(error, 2)).decode("ascii")))
    """

    def error(self, arguments):
        import base64

        return pickle.loads(base64.b64decode(fresh.value(self.SOURCE % arguments)))

    def test_with_the_report(self):
        error = self.error(u"modules=['no_such_module'], strict=True")
        self.assertEqual([outcome.target.name for outcome in error.report.failed], ["no_such_module"])
        self.assertIn("no_such_module", str(error))
        self.assertEqual(type(error).__name__, "PreloadError")

    def test_with_the_argument(self):
        error = self.error(u"modules=['.os']")
        self.assertEqual((error.argument, error.value), ("modules", ".os"))
        self.assertTrue(str(error).startswith("modules: '.os'"), error)
