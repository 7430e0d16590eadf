"""Give each test a folder."""

from __future__ import absolute_import, division, print_function

import io
import os
import shutil
import tempfile
import textwrap
import unittest


class FolderTest(unittest.TestCase):
    """Give each test a temporary folder. ``folder``: its real path."""

    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="warmup-test-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def path(self, name):
        """Return the path of a file in the folder."""
        return os.path.join(self.folder, name)

    def write(self, name, source):
        """Write a file into the folder, and make the folders above the file. Return its path.

        ``source``: its text, which may be indented.
        """
        path = os.path.join(self.folder, *name.split("/"))
        if not os.path.isdir(os.path.dirname(path)):
            os.makedirs(os.path.dirname(path))
        with io.open(path, "w", encoding="utf-8") as stream:
            stream.write(u"# coding: utf-8\n" * name.endswith(".py") + textwrap.dedent(source))
        return path
