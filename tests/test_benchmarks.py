"""Test what the benchmarks conclude from what they have measured. Test no times."""

from __future__ import absolute_import, division, print_function

import os
import sys
import unittest

from tests.support import process
from tests.support.folder import FolderTest

try:
    from tests.studies.benchmarks import measuring, users
except ImportError:  # Windows has no resource
    measuring = users = None

needs_unix = unittest.skipUnless(users, "the benchmarks need a Unix")


@needs_unix
class Figures(unittest.TestCase):

    def test_median(self):
        medians = [measuring.median(numbers) for numbers in ([5], [9, 1, 2], [4, 1, 2, 9])]
        self.assertEqual(medians, [5, 2, 3])

    def test_quartiles(self):
        self.assertEqual(measuring.quartiles([10]), (10, 10))
        self.assertEqual(measuring.quartiles([8, 1000, 9, 10, 11, 12, 1]), (8, 12))


@needs_unix
class Verdicts(unittest.TestCase):

    def test_compare_with_the_target(self):
        for figure, target, verdict in [
            (1.10, (None, 1.10), "met"),
            (1.13, (None, 1.10), "missed by 0.030"),
            (0.97, (0.98, 1.02), "missed by 0.010"),
            (1.01, (0.98, 1.02), "met"),
            (26.0, (None, 20), "missed by 6.000"),
        ]:
            self.assertEqual(measuring.verdict(figure, target, 15), verdict)

    def test_are_refused_with_too_few_rounds(self):
        self.assertEqual(measuring.verdict(9, (None, 1), 14), "not judged: 14 of 15 rounds")
        self.assertEqual(measuring.Row("name", []).cells([9] * 15)[-2:], ["-", ""])


@needs_unix
class Rows(FolderTest):

    def measure(self, row, before=None):
        return measuring.Bench(sys.executable, 2, self.folder, before).measure(row)

    def test_divide_in_pairs(self):
        row = measuring.Row("name", ["-c", "print(3)"], ["-c", "print('x'); print(2)"], (None, 2))
        self.assertEqual(self.measure(row), ([1.5, 1.5], []))
        self.assertEqual(
            row.cells([1.5, 1.5]), ["name", "CPU", "1.500", "1.500-1.500", "-", "<= 2", "not judged: 2 of 15 rounds"]
        )

    def test_without_a_reference_are_the_number_itself(self):
        row = measuring.Row("name", ["-c", "print(3)"], target=(0.5, 2), unit=" us")
        self.assertEqual(self.measure(row), ([3, 3], []))
        self.assertEqual(
            row.cells([3] * 15, [4])[2:], ["3.000 us", "3.000-3.000", "4.000", "0.5 to 2", "missed by 1.000"]
        )

    def test_are_prepared_once_in_a_folder(self):
        write = "open(r'{folder}/count', 'a').write('x'); print(1)"
        count = "print(len(open(r'{folder}/count').read()))"
        row = measuring.Row("name", ["-c", count], prepare=[["-c", write]])
        self.assertEqual(self.measure(row), ([1, 1], []))

    def test_use_the_package_of_another_checkout(self):
        other = os.path.dirname(self.write("other/warmup.py", u"number = 7\n"))
        source = "import warmup; print(getattr(warmup, 'number', 1))"
        self.assertEqual(self.measure(measuring.Row("name", ["-c", source]), other), ([1, 1], [7, 7]))

    def test_that_fail_say_why(self):
        with self.assertRaises(process.Failed) as caught:
            self.measure(measuring.Row("name", ["-c", "import nothing_like_it"]))
        self.assertIn("nothing_like_it", str(caught.exception))


@needs_unix
class Chart(unittest.TestCase):

    def test_has_a_row_for_each_way(self):
        row = {"ms": 1.4, "MiB": 0.25, "standard": 7, "others": 2, "first": 3, "later": 1}
        flask = users.CHOICE[1]
        found = {way: dict(row, slowed=200) for way in users.ways_of(flask)}
        lines = users.chart(flask, found, "#").splitlines()
        self.assertEqual([line.count("#") for line in lines], [0] + [10] * 7)
        self.assertEqual(lines[1].split(), ["nothing", "1", "0.2", "7+2", "3.0", "1.0", "200", "#" * 10])

    def test_has_bars_on_one_scale(self):
        self.assertEqual([users.bar(ms) for ms in (0, 20, 29, 100, 9999)], [1, 1, 1, 5, 40])


@needs_unix
class Study(unittest.TestCase):

    def test_short_form_runs_and_judges_nothing(self):
        words = [sys.executable, "-m", "tests.studies", "benchmarks", "--short", "--rounds", "1"]
        result = process.run(words, directory=process.ROOT)
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertIn("Installs nothing", result.out.splitlines()[0])
        self.assertRegex(result.out, r"\nnothing +0 +0\.0 +[1-9]\d*\+")
        self.assertRegex(result.out, r"\nexact +\d+ +\S+ +0\+0 ")
        self.assertIn("\npreload() / bare imports, plain ", result.out)
        self.assertIn("not judged: 1 of 15 rounds", result.out)
        rows = [line for line in result.out.splitlines() if "skipped" in line]
        # Before 3.7 there is no guard.
        expected = [] if hasattr(os, "register_at_fork") else ["guard_fork()"]
        self.assertEqual([row.partition(":")[0] for row in rows], expected, rows)
