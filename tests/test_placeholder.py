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

    def test_of_this_package_are_used_too(self):
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys, types
            import warmup
            warmup.preload(codecs=())
            print(json.dumps([name + "." + attribute for name, module in list(sys.modules.items())
                              if name.partition(".")[0] == "warmup"
                              for attribute, value in vars(module).items() if type(value) is types.LazyImportType]))
        """,
                options=["-X", "lazy_imports=all"],
            ),
            [],
        )

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
