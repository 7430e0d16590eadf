"""Hold the tests, one file for each promise. Run them: ``python -m unittest discover -s tests -t .`` from the root.

``support/``: what tests share. ``studies/``: what takes long or needs other packages.
"""

from __future__ import absolute_import, division, print_function

import unittest

if not hasattr(unittest.TestCase, "assertRegex"):  # Python 2.7
    unittest.TestCase.assertRegex = unittest.TestCase.assertRegexpMatches
    unittest.TestCase.assertNotRegex = unittest.TestCase.assertNotRegexpMatches
