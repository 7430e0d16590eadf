"""Real programs import no standard module late once `warmup.preload()` is called; without it, they do."""

from __future__ import absolute_import, division, print_function

import re
import unittest

from tests.studies.programs import declared, measure


class EveryProgram(unittest.TestCase):
    """Each program, its pages or tasks driven by a client. The table: ``python -m tests.studies programs``."""


def _test_of(program):
    def test(self):
        missing = declared.missing(program)
        if missing:
            self.skipTest(missing)
        self.assertTrue(measure.measure(program, "cold")[0])
        standard, others = measure.measure(program, "warmup")
        self.assertEqual(standard, [])
        standard, fewer = measure.measure(program, "packages")
        self.assertEqual(standard, [])
        self.assertLessEqual(len(fewer), len(others))

    test.__doc__ = "%s: cold some standard imports are late, warm none is" % program.name
    return test


for _program in declared.PROGRAMS:
    setattr(EveryProgram, "test_" + re.sub(r"\W+", "_", _program.name).lower(), _test_of(_program))
