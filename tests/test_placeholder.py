"""Test that placeholders for standard modules are used, and that placeholders for other modules are not (PEP 810)."""

from __future__ import absolute_import, division, print_function

import sys
import unittest

from tests.support import fresh
from tests.test_function import ProgramTest


@unittest.skipUnless(sys.version_info >= (3, 15), "PEP 810 came with 3.15")
class Placeholders(ProgramTest):

    SOURCE = u"""
        lazy import sched
        lazy from email import iterators
        lazy from json.tool import main as tool_main
        lazy import antigravity
        lazy import program.other
    """

    def test_are_used_for_good_if_they_stand_for_a_standard_module(self):
        self.write("program/other.py", u"raise RuntimeError('not asked for')")
        self.write("program/places.py", self.SOURCE)
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys, types
            sys.path.insert(0, sys.argv[1])
            import program.places, warmup
            def unused():
                return sorted(name for name, value in vars(program.places).items()
                              if type(value) is types.LazyImportType)
            before = unused()
            report = warmup.preload(codecs=(), strict=True)
            others = [name for name, module in list(sys.modules.items()) for value in list(vars(module).values())
                    if type(value) is types.LazyImportType and name.partition(".")[0] != "program"]
            print(json.dumps([before, unused(), others, [
                outcome.target.name for outcome in report.warmed
                if outcome.target.kind == "placeholder" and outcome.target.owner == "program.places"]]))
        """,
                arguments=[self.folder],
            ),
            [
                ["antigravity", "iterators", "program", "sched", "tool_main"],
                ["antigravity", "program"],
                [],
                ["program.places.iterators", "program.places.sched", "program.places.tool_main"],
            ],
        )

    def test_of_code_that_is_in_no_module_are_imported_if_the_interpreter_names_them(self):
        self.write("settings.py", u"lazy import fileinput\nlazy from shelve import open as shelf\n")
        self.assertEqual(
            fresh.value(
                u"""
            import importlib.util, json, sys
            spec = importlib.util.spec_from_file_location("settings", sys.argv[1] + "/settings.py")
            settings = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(settings)
            import warmup
            before = "fileinput" in sys.modules
            warmup.preload(codecs=())
            print(json.dumps([before] + [name in sys.modules for name in ("settings", "fileinput", "shelve")]))
        """,
                arguments=[self.folder],
            ),
            [False, False, True, True],
        )

    def test_are_found_beside_a_module_whose_key_is_no_name(self):
        self.write("alone.py", u"lazy import sched\n")
        self.assertTrue(
            fresh.value(
                u"""
            import sys
            sys.path.insert(0, sys.argv[1])
            import alone, warmup
            sys.modules[5] = alone
            warmup.preload(codecs=())
            print("true" if "sched" in sys.modules else "false")
        """,
                arguments=[self.folder],
            )
        )

    def test_are_not_used_by_finding_them(self):
        self.write("program/places.py", self.SOURCE)
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import program.places, warmup
            from warmup import _preload
            from warmup._python.rules import Rules
            from warmup._sources.placeholder import PlaceholderSource
            rules = Rules(_preload.memory)
            rules.library
            with Recorder() as recorder:
                targets = PlaceholderSource().find(rules)
            print(json.dumps([[target.name for target in targets if target.owner == "program.places"], recorder.late]))
        """,
                arguments=[self.folder],
            ),
            [["program.places.iterators", "program.places.sched", "program.places.tool_main"], []],
        )

    PARTS = {
        "shop/__init__.py": u"def plain(): pass",
        "shop/plain.py": u"raise RuntimeError('it would take the place of the function')",
        "shop/part/__init__.py": u"",
        "shop/part/deep.py": u"",
        "shop/other.py": u"",
        "shop/third.py": u"",
        "places.py": u"""
            lazy import shop.other
            lazy import shop.third
            lazy import shop.part.deep
            lazy from shop import plain
            lazy from shop import nothing
        """,
    }

    LATE = u"""
        import json, sys
        sys.path.insert(0, sys.argv[1])
        import places, warmup
        %s
        with Recorder() as recorder:
            places.shop.part.deep, places.shop.other, places.shop.third
            places.plain()
        print(json.dumps([recorder.late, report]))
    """

    def late(self, lines):
        for name, source in self.PARTS.items():
            self.write(name, source)
        late, report = fresh.value(self.LATE % lines, arguments=[self.folder])
        return sorted(name for name in late if name.partition(".")[0] == "shop"), report

    WHOLE = ["shop", "shop.other", "shop.part", "shop.part.deep", "shop.third"]

    def test_of_submodules_leave_none_of_them_late(self):
        self.assertEqual(self.late(u"report = []")[0], self.WHOLE)
        for before in (u"", u"places.shop; "):
            late, report = self.late(
                before + u"report = [[o.target.kind, o.target.name, o.status] for o in warmup.preload("
                u"codecs=(), packages=['*']).outcomes if o.target.name.startswith(('shop', 'places'))]"
            )
            self.assertEqual(late, [])
            self.assertLessEqual({status for _, _, status in report}, {"warmed", "failed"})
            # The program gets that error too.
            self.assertEqual([name for _, name, status in report if status == "failed"], ["places.nothing"])

    def test_of_an_excluded_submodule_leave_it_alone(self):
        late, report = self.late(
            u"warmup.preload(codecs=(), packages=['*'], exclude=['shop.third', 'shop.part'])\n" u"        report = []"
        )
        self.assertEqual(late, ["shop.part", "shop.part.deep", "shop.third"])

    def test_of_submodules_are_warmed_by_a_manifest_that_names_their_places(self):
        path = self.write(
            "late.txt",
            u"warmup-manifest 1\nplaceholder places.shop\nplaceholder places.plain\n" u"placeholder places.nothing\n",
        )
        line = u"report = [o.status for o in warmup.preload(manifest=%r, scan=False%%s).outcomes]" % path
        late, report = self.late(line % u"")
        self.assertEqual((late, report), (["shop.other", "shop.third"], ["warmed", "warmed", "stale"]))
        late, report = self.late(u"del sys.modules['places']; " + line % u", exclude=['shop.part']")
        self.assertEqual(report, ["excluded", "warmed", "stale"])

    def test_of_this_package_are_used_when_it_is_imported(self):
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys, types
            import warmup
            warmup.watch
            print(json.dumps([name + "." + attribute for name, module in list(sys.modules.items())
                              if name.partition(".")[0] == "warmup"
                              for attribute, value in vars(module).items() if type(value) is types.LazyImportType]))
        """,
                options=["-X", "lazy_imports=all"],
            ),
            [],
        )

    def test_of_this_package_do_not_break_a_watch_that_refuses(self):
        self.write("late.py", u"")
        for stops in (u"with watch.allowed(): import late; late.x = 1", u"watch.write(sys.argv[1] + '/written')"):
            source = u"""
                import os, sys
                sys.path.insert(0, sys.argv[1])
                import warmup
                watch = warmup.watch("raise")
                %s
                watch.stop()
            """ % stops
            result = fresh.python(source, options=["-X", "lazy_imports=all"], arguments=[self.folder])
            self.assertEqual((result.code, result.err), (0, ""), result)

    def test_that_are_excluded_stay(self):
        self.write("program/places.py", u"lazy import sched\n")
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import program.places, warmup
            report = warmup.preload(codecs=(), exclude=["sched"])
            print(json.dumps([[(o.target.name, o.status, o.error) for o in report.excluded
                               if o.target.owner == "program.places"], "sched" in sys.modules]))
        """,
                arguments=[self.folder],
            ),
            [[["program.places.sched", "excluded", "excluded by the caller"]], False],
        )
