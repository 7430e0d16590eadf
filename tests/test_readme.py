"""What the README shows is what happens."""
from __future__ import absolute_import, division, print_function

import io
import os
import re
import textwrap
import unittest

from tests.support import fresh


class Readme(unittest.TestCase):

    def setUp(self):
        with io.open(os.path.join(fresh.ROOT, "README.rst"), encoding="utf-8") as stream:
            self.text = stream.read()

    def block(self, before):
        """The literal block that follows the first line that ends with ``before``."""
        lines = self.text.partition(before + "\n\n")[2].splitlines()
        taken = []
        for line in lines:
            if line and not line.startswith("    "):
                break
            taken.append(line)
        return textwrap.dedent("\n".join(taken)).strip() + "\n"

    def test_example_prints_what_it_says(self):
        result = fresh.python(self.block("running process. ::"))
        self.assertEqual((result.code, result.err), (0, ""), result)

        def shape(line):
            line = re.sub(r"[\d.]+", "N", line)
            return re.sub(r"^(\S+) because of .*", "X because of Y", line)

        shown, printed = self.block("prints, on CPython 3.13::").splitlines(), result.out.splitlines()
        self.assertEqual(shape(printed[0]), shape(shown[0]))
        if not fresh.PY2:
            for line in shown[1:]:
                self.assertIn(shape(line), map(shape, printed))

    def test_matrix_has_every_scenario(self):
        listed = fresh.call(["-m", "warmup", "prove", "--list"])
        names = {line.split()[0] for line in listed.out.splitlines() if line and not line.startswith(" ")}
        shown = re.findall(r"^    (\w+) +(?:[+.] +)+[+.]$", self.text, re.MULTILINE)
        self.assertEqual(set(shown), names)
