"""Hold the tests, one file for each promise. Run them: ``python -m unittest discover -s tests -t .`` from the root.

``support/``: what tests share. ``studies/``: what takes long or needs other packages.
"""

from __future__ import absolute_import, division, print_function

import os
import unittest

# A shell or a container may export the width of its terminal. Lines that tests compare would be cut or wrapped at that
# width. Tests make terminals of their own, to which TERM does not apply.
for _name in ("COLUMNS", "TERM"):
    os.environ.pop(_name, None)

if not hasattr(unittest.TestCase, "assertRegex"):  # Python 2.7
    unittest.TestCase.assertRegex = unittest.TestCase.assertRegexpMatches
    unittest.TestCase.assertNotRegex = unittest.TestCase.assertNotRegexpMatches
