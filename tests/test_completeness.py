"""Make a very small completeness run on this interpreter: cold, something is late; warm, nothing is late.

`python -m tests.studies completeness --help` says how to make the whole run, or the subset of each commit.
"""

from __future__ import absolute_import, division, print_function

import os
import sys
import unittest

from tests.studies.completeness import rules, runner
from warmup._python.library import EXCLUDED

# Quick everywhere, and each late in another way: codecs, C code, functions, `concurrent.futures`.
MODULES = (
    "test.test_time",
    "test.test_uuid",
    "test.test_pulldom",
    "test.test_htmlparser",
    "test.test_minidom",
    "test.test_univnewlines",
)
SECONDS = 60


@unittest.skipUnless(os.name == "posix", "the runner ends its children by process group")
class CompletenessOfTheRunningInterpreter(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.subject = rules.Subject(sys.executable)
        cls.names = [name for name in MODULES if name in set(cls.subject.tests)]
        if not cls.names:
            raise unittest.SkipTest("this interpreter came without its regression tests")

    def late(self, temperature):
        results = runner.run_modules(self.subject, self.names, temperature, SECONDS, jobs=len(self.names))
        self.assertEqual(
            {},
            dict(
                (name, result)
                for name, result in results.items()
                if result["status"] not in ("passed", "failed", "skipped")
            ),
        )
        return sorted(
            set((late["module"], late["kind"], late["where"]) for result in results.values() for late in result["late"])
        )

    def test_modules_are_imported_late_without_preload(self):
        self.assertGreater(len(self.late("cold")), 3)

    def test_no_module_is_imported_late_after_preload(self):
        self.assertEqual([], self.late("warm"))


class WhatIsNeverPreloaded(unittest.TestCase):

    def test_is_the_same_for_the_judge_and_the_package(self):
        """Test which modules are excluded. The judge has a list of its own: if you exclude one more, add it there."""
        self.assertEqual(rules.Subject(sys.executable).by_design, set(EXCLUDED))

    def test_is_not_much_of_the_library(self):
        """Test how many modules are excluded. The judge does not count them."""
        subject = rules.Subject(sys.executable)
        excluded = {name.partition(".")[0] for name in subject.modules if subject.is_by_design(name)}
        self.assertLessEqual(len(excluded), 32, sorted(excluded))
