"""What the benchmarks make of what they have measured; how long anything takes is not tested."""

from __future__ import absolute_import, division, print_function

import sys
import unittest

from tests.studies.benchmarks import rows, runner
from tests.support.interpreters import Interpreter
from tests.support.process import Failed
from tests.support.table import table


class TheLine(unittest.TestCase):

    def test_is_exact_for_points_on_a_line(self):
        slope, start, straight = runner.line([(100, 0.011), (200, 0.012), (1100, 0.021)])
        self.assertAlmostEqual(slope, 0.00001)
        self.assertAlmostEqual(start, 0.01)
        self.assertAlmostEqual(straight, 1)

    def test_says_how_far_off_a_curve_is(self):
        self.assertLess(runner.line([(x, x**2) for x in (1, 10, 100)])[2], 0.995)


class Figures(unittest.TestCase):

    def test_median(self):
        self.assertEqual(
            [runner.median(numbers) for numbers in ([5], [9, 1, 2], [4, 1, 2, 9])], [5, 2, 3]
        )

    def test_spread_is_between_the_quartiles(self):
        self.assertEqual(runner.figure([10]), runner.Figure(10, 0))
        self.assertEqual(runner.figure([8, 1000, 9, 10, 11, 12, 1]), runner.Figure(10, 4 / 10))
        self.assertEqual(runner.figure([0, 0, 0]), runner.Figure(0, 0))


class Rows(unittest.TestCase):

    def row(self, ours, reference, target):
        sides = [{"seconds": runner.Figure(seconds, 0.5)} for seconds in (ours, reference)]
        return rows.Row("name", sides[0], sides[1], target)

    def test_targets(self):
        for ours, reference, target, is_met in [
            (0.112, 0.1, rows.at_most(1.12), True),
            (0.113, 0.1, rows.at_most(1.12), False),
            (0.97, 1, rows.within(0.02), False),
            (0.99, 1, rows.within(0.02), True),
            (0.014, 0.010, rows.added(0.005), True),
            (0.016, 0.010, rows.added(0.005), False),
            (13, 0, rows.no_more_than(12), False),
            (0.9, 0, rows.no_less_than(0.99), False),
            (1, 1, None, None),
        ]:
            self.assertIs(
                self.row(ours, reference, target).is_met, is_met, (ours, reference, target)
            )

    def test_table(self):
        both = [
            self.row(0.1, 0.2, rows.at_most(1)),
            rows.Row("longer name", skipped="no such package"),
        ]
        self.assertEqual(
            table([rows.HEAD] + [row.cells() for row in both]).splitlines(),
            [
                "                 ours  reference  ratio   spread   target",
                "name         100.0 ms   200.0 ms  0.500  50/50 %  <= 1.00  met",
                "longer name  skipped: no such package",
            ],
        )

    def test_json(self):
        self.assertEqual(
            self.row(0.1, 0.2, None).as_dict()["ours"], {"seconds": {"median": 0.1, "spread": 0.5}}
        )
        self.assertEqual(
            rows.Row("name", skipped="why").as_dict(), {"name": "name", "skipped": "why"}
        )


class Processes(unittest.TestCase):

    def test_give_what_they_printed_or_why_they_failed(self):
        bench = runner.Bench(Interpreter(sys.executable), 2)
        self.assertEqual(bench.version, sys.version_info[:3])
        found = bench.measure(one=runner.Process(["-c", "print('{\"what\": 7}')"]))
        self.assertEqual(found["one"]["what"], runner.Figure(7, 0))
        with self.assertRaises(Failed) as caught:
            bench.run(runner.Process(["-c", "import nothing_like_it"]))
        self.assertIn("nothing_like_it", str(caught.exception))
