"""Run each scenario of ``prove`` on this interpreter: what stalls cold does not stall warm."""

from __future__ import absolute_import, division, print_function

import io
import os
import sys
import unittest

from tests.support import process
from tests.support.folder import FolderTest
from warmup import prove
from warmup.prove import _harness

SCENARIOS = prove.load_scenarios()


def setUpModule():
    global HARNESS, HERE
    HERE = prove.probe(sys.executable, sorted(set(sum((list(one.needs) for one in SCENARIOS), []))))
    HARNESS = prove.Harness().__enter__()


def tearDownModule():
    HARNESS.close()
    PROOFS.clear()


# What `proofs_of_this_interpreter` has returned; without it, each test would run the scenarios.
PROOFS = {}


def proofs_of_this_interpreter():
    """Return ``{name of the scenario: proof}``. Run the scenarios once for all tests."""
    if not PROOFS:
        for proof in HARNESS.prove_all(SCENARIOS, HERE):
            PROOFS[proof.scenario.name] = proof
    return PROOFS


class TestEveryScenario(unittest.TestCase):
    """Test that each scenario is cured or not affected on this interpreter. Each scenario is a test."""

    def check(self, name):
        proof = proofs_of_this_interpreter()[name]
        if proof.verdict == prove.NOT_RUN:
            self.skipTest(proof.reason)
        self.assertIn(proof.verdict, (prove.CURED, prove.NOT_AFFECTED), proof.reason)


def _add_tests():
    for scenario in SCENARIOS:

        def test(self, name=scenario.name):
            self.check(name)

        name = "test_" + scenario.name
        test.__name__ = str(name)
        setattr(TestEveryScenario, name, test)


_add_tests()


# Scenario -> what a cold run says on 2.7 or on 3.13, as the section "Do I need it?" of the README quotes it.
MESSAGES_27 = {"time_strptime": "Failed to import _strptime because the import lockis held by another thread."}
MESSAGES_313 = {
    "sticky_failure": "unknown encoding: ",
    "chroot": "No module named '_strptime'",
    "no_files_codec": "Too many open files",
    "package_and_module": (
        "_DeadlockError"
        if sys.version_info >= (3, 13, 18)
        else "cannot import name 'sleep' from partially initialized module 'asyncio.tasks' (most likely"
    ),
    "library_replaced": "cannot import name 'Generator' from 'email.generator'",
    "pool_at_shutdown": "can't register atexit after shutdown",
}


@unittest.skipUnless(sys.version_info[:2] in ((2, 7), (3, 13)), "the README quotes what 2.7 and 3.13 say")
class TestTheMessagesOfTheReadme(unittest.TestCase):
    def test_are_what_the_cold_runs_say(self):
        with io.open(os.path.join(process.ROOT, "README.rst"), encoding="utf-8") as stream:
            readme = stream.read()
        for name, text in sorted((MESSAGES_27 if sys.version_info[0] == 2 else MESSAGES_313).items()):
            self.assertIn(text, readme)
            proof = proofs_of_this_interpreter()[name]
            if proof.verdict != prove.NOT_RUN:  # chroot needs root
                self.assertIn(text, proof.cold.detail, name)


def is_slow(scenario):
    return _harness.expected(scenario, HERE) == ("slow",)


class WarmOnly(prove.Harness):
    """Take each cold run from the proofs, and run only the warm side.

    A slow scenario runs both. Its times are compared, and those of the proofs may come from a busier minute.
    """

    def steps(self, scenario, interpreter):
        steps = prove.Harness.steps(self, scenario, interpreter)
        if is_slow(scenario):
            return steps
        return self._with_known_cold_runs(scenario, steps)

    @staticmethod
    def _with_known_cold_runs(scenario, steps):
        step = next(steps)
        while not isinstance(step, prove.Proof):
            if step[-1] == "warm":
                run = yield step
            else:
                run = proofs_of_this_interpreter()[scenario.name].cold
            step = steps.send(run)
        yield step


class TestOnABusyMachine(unittest.TestCase):
    @unittest.skipIf(sys.platform == "win32", "it does not tell the processor time of a thread exactly")
    def test_workers_that_get_no_processor_are_not_slow(self):
        (scenario,) = [one for one in SCENARIOS if one.name == "sixteen_threads"]
        if not is_slow(scenario):
            self.skipTest("no cold run is slow here")
        before, after = scenario.source.split(u"began = clock()\n")
        source = before + u"began = clock()\n    time.sleep(0.1)\n" + after
        proof = HARNESS.prove(scenario._replace(source=source), HERE)
        self.assertEqual(proof.verdict, prove.CURED, proof.reason)


class TestWithAPackageThatDoesNothing(FolderTest):
    def package(self):
        self.write("warmup/__init__.py", u"def preload(**options):\n    pass\n\n\ndef guard_fork(timeout):\n    pass\n")
        return os.path.dirname(self.write("warmup/auto.py", u""))

    def test_a_fork_is_not_cured_though_a_busy_machine_makes_it_late(self):
        (scenario,) = [one for one in SCENARIOS if one.name == "guard_fork_body"]
        if _harness.expected(scenario, HERE) != ("child hangs",):
            self.skipTest("no guard here")
        before, after = scenario.source.split(u"\nimporting.wait()\n")
        source = before + u"\nimporting.wait()\nimport time\ntime.sleep(0.6)\n" + after
        with prove.Harness(self.package()) as harness:
            proof = harness.prove(scenario._replace(source=source), HERE)
        self.assertEqual((proof.verdict, proof.cold.outcome), (prove.NOT_CURED, "child hangs"), proof.reason)

    def test_every_cured_cell_is_not_cured(self):
        affected = [
            scenario if is_slow(scenario) else scenario._replace(runs=1)
            for scenario in SCENARIOS
            if _harness.expected(scenario, HERE) not in (None, ("fine",), ("absent",))
        ]
        # A race is not lost in every run: it has as many tries as the cold run had.
        tries = {scenario.name: 1 if is_slow(scenario) else scenario.runs for scenario in SCENARIOS}
        with WarmOnly(self.package()) as harness:
            for turn in range(1, 1 + max(tries.values())):
                wrong = [
                    (proof.scenario.name, proof.verdict, proof.reason)
                    for proof in harness.prove_all(affected, HERE)
                    if proof.verdict not in (prove.NOT_CURED, prove.NOT_RUN)
                ]
                names = [name for name, _, _ in wrong]
                if not names or any(tries[name] <= turn for name in names):
                    break
                affected = [scenario for scenario in affected if scenario.name in names]
        self.assertEqual(wrong, [])
