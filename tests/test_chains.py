"""Test that each target has a reason: its chain ends in a module that the program itself has loaded, or in a codec.

``python -m tests.studies benchmarks --part 1`` compares preload() with the import of everything.
"""

from __future__ import absolute_import, division, print_function

import unittest

from tests.support import fresh

CHAINS = """
import json, sys
for name in %r:
    __import__(name)
import warmup
before = set(sys.modules)
report = warmup.preload()
print(json.dumps([[outcome.target.name, outcome.target.kind, outcome.modules,
                   [(step.kind, step.name, step.reason, step.owner) for step in report.chain(outcome)],
                   report.chain(outcome)[-1].owner in before] for outcome in report.outcomes]))
"""

ABOUT = {
    "the plain interpreter": [],
    "a program with a network, a log and a database": ["json", "logging.handlers", "socket", "ssl", "sqlite3"],
    "a Flask program": ["flask"],
}


@unittest.skipIf(fresh.PYPY, "its built-in modules have live functions before they are loaded")
class EveryTargetHasAChain(unittest.TestCase):
    ROWS = {}  # modules as text -> what CHAINS has printed, which two tests want

    def rows_of(self, modules):
        if str(modules) not in self.ROWS:
            self.ROWS[str(modules)] = fresh.value(CHAINS % modules)
        return self.ROWS[str(modules)]

    def check(self, modules):
        result = fresh.python("import sys\nfor name in %r: __import__(name)" % modules)
        if result.code:
            self.skipTest("%s: python -m pip install -r tests/studies/hosts/requirements.txt" % result.last_line())
        rows = self.rows_of(modules)
        self.assertGreater(len(rows), 50)
        for name, kind, _, chain, ends_in_program in rows:
            self.assertEqual(chain[0][:2], [kind, name])
            self.assertTrue(all(reason for _, _, reason, _ in chain), name)
            # Data asks for a codec, no module does.
            self.assertTrue(ends_in_program or chain[-1][0] == "codec" and chain[-1][3] is None, (name, chain))

    def test_no_module_comes_with_two_targets(self):
        modules = [module for row in self.rows_of([]) for module in row[2]]
        self.assertEqual(len(modules), len(set(modules)))


def _test_of(modules):
    return lambda self: self.check(modules)


for _name in ABOUT:
    setattr(EveryTargetHasAChain, "test_of_" + _name.replace(",", "").replace(" ", "_"), _test_of(ABOUT[_name]))
