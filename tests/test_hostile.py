"""Run the quick part of the study of hostile conditions on this interpreter, one test for each condition."""

from __future__ import absolute_import, division, print_function

import os
import sys
import unittest

from tests.studies.hostile import conditions, runner
from tests.support import interpreters


@unittest.skipUnless(os.name == "posix", "the conditions need fork and signals")
class HostileConditions(unittest.TestCase):
    """Test that each promise is kept under hostile conditions. Run one condition alone by

    ``python -m tests.studies hostile --python PYTHON --only NAME``.
    """

    longMessage = False

    def check(self, condition):
        result = runner.run(condition, interpreters.Interpreter(sys.executable))
        if result.state == runner.DOES_NOT_APPLY:
            self.skipTest(result.text)
        self.assertEqual(result.state, runner.HELD, "%s: %s: %s" % (condition.name, condition.promise, result.text))


def _test(condition):
    def test(self):
        self.check(condition)

    test.__doc__ = condition.name  # unittest shows the docstring beside a failure
    return test


for _condition in conditions.every():
    if _condition.part and _condition.applies_to(sys.version_info[:3]):
        _name = "test_" + "".join(letter if letter.isalnum() else "_" for letter in _condition.name)
        setattr(HostileConditions, _name, _test(_condition))


class TheConditions(unittest.TestCase):
    """Test the scripts themselves."""

    def test_have_different_names(self):
        names = [condition.name for condition in conditions.every()]
        self.assertEqual(sorted(set(names)), sorted(names))

    def test_are_there_for_every_promise(self):
        # Promise 20 is about the tests, which a script cannot try.
        rows = {condition.row for condition in conditions.every()}
        self.assertEqual(set(range(1, 22)).difference([20]) - rows, set())

    def test_name_no_folder_of_a_user(self):
        for condition in conditions.every():
            with open(condition.path, "rb") as stream:
                text = stream.read()
            for homes in b"/home/", b"/root/", b"/Users/":
                self.assertNotIn(homes, text, condition.name)
