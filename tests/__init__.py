"""The tests: a file for each promise. ``python -m unittest discover -s tests -t .`` from the root of the checkout.

``support/`` is what they share; ``studies/`` takes long, or needs other people's packages.
"""

from __future__ import absolute_import, division, print_function

import unittest

if not hasattr(unittest.TestCase, "assertRegex"):  # Python 2.7
    unittest.TestCase.assertRegex = unittest.TestCase.assertRegexpMatches
    unittest.TestCase.assertNotRegex = unittest.TestCase.assertNotRegexpMatches
