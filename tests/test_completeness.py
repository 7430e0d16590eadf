"""A very small completeness run on the running interpreter: something is late without preload(), nothing with it.

The whole run, and the subset that runs on every commit: `python -m tests.completeness --help`.
"""

from __future__ import absolute_import, division, print_function

import os
import sys
import unittest

from tests.completeness import rules, runner

# Quick everywhere, and each late in another way: codecs, C code, functions, `concurrent.futures`.
MODULES = ("test.test_time", "test.test_uuid", "test.test_pulldom", "test.test_htmlparser",
           "test.test_minidom", "test.test_univnewlines")
SECONDS = 60


@unittest.skipUnless(os.name == "posix", "the runner ends its children by process group")
@unittest.skipIf(hasattr(sys, "pypy_version_info"), "it reads the bytecode of CPython, and its regression tests")
class CompletenessOfTheRunningInterpreter(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.interpreter, names = runner.describe(sys.executable)
        cls.names = [name for name in MODULES if name in set(names)]
        if not cls.names:
            raise unittest.SkipTest("this interpreter came without its regression tests")

    def late(self, temperature):
        results = runner.run_modules(self.interpreter, self.names, temperature, SECONDS)
        self.assertEqual({}, dict((name, result) for name, result in results.items()
                                  if result["status"] not in ("passed", "failed", "skipped")))
        return sorted(set((late["module"], late["kind"], late["where"])
                          for result in results.values() for late in result["late"]))

    def test_modules_are_imported_late_without_preload(self):
        self.assertGreater(len(self.late("cold")), 3)

    def test_no_module_is_imported_late_after_preload(self):
        self.assertEqual([], self.late("warm"))
