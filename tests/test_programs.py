"""Test that real programs import no standard module late if they call `preload()`, and only then."""

from __future__ import absolute_import, division, print_function

import os
import re
import unittest

from tests.studies.programs import declared, measure


class EveryProgram(unittest.TestCase):
    """Run each program while a client uses its pages or tasks. ``python -m tests.studies programs`` prints a table."""


def _test_of(program):
    def test(self):
        missing = declared.missing(program)
        if missing:
            (self.fail if os.environ.get("WARMUP_CI_HOSTS") else self.skipTest)(missing)
        self.assertTrue(measure.measure(program, "cold")[0])
        standard, others = measure.measure(program, "warmup")
        self.assertEqual(standard, [])
        standard, fewer = measure.measure(program, "packages")
        self.assertEqual(standard, [])
        compare = self.assertLess if program.loads_others else self.assertLessEqual
        compare(len(fewer), len(others))

    test.__doc__ = "%s: cold some standard imports are late, warm none is" % program.name
    return test


for _program in declared.PROGRAMS:
    setattr(EveryProgram, "test_" + re.sub(r"\W+", "_", _program.name).lower(), _test_of(_program))
