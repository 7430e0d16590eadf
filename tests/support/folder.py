"""A folder for each test."""

from __future__ import absolute_import, division, print_function

import io
import os
import shutil
import tempfile
import textwrap
import unittest


class FolderTest(unittest.TestCase):
    """A test with a temporary folder of its own: ``folder``, its real path."""

    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="warmup-test-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def write(self, name, source):
        """Write a file of the folder, and the folders above it; return its path. ``source`` may be indented."""
        path = os.path.join(self.folder, *name.split("/"))
        if not os.path.isdir(os.path.dirname(path)):
            os.makedirs(os.path.dirname(path))
        with io.open(path, "w", encoding="utf-8") as stream:
            stream.write(u"# coding: utf-8\n" * name.endswith(".py") + textwrap.dedent(source))
        return path
