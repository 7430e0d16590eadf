"""The harness: every scenario on the interpreter that runs the tests, and the harness itself."""
from __future__ import absolute_import, division, print_function

import argparse
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from warmup import prove
from warmup.prove import _command, _scenarios, _table

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(prove.__file__))))
SCENARIOS = prove.load_scenarios()
NEEDS = sorted(set(need for scenario in SCENARIOS for need in scenario.needs))
VERSIONS = [("CPython", (2, 7))] + [("CPython", (3, minor)) for minor in range(6, 16)] + [("PyPy", (3, 11))]


def setUpModule():
    global HARNESS, HERE
    HERE = prove.probe(sys.executable, NEEDS)
    HARNESS = prove.Harness().__enter__()  # one for all: what it has compiled is used again


def tearDownModule():
    HARNESS.close()


class Folder(unittest.TestCase):
    """A temporary folder for each test."""

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        if not os.path.isdir(os.path.dirname(path)):
            os.makedirs(os.path.dirname(path))
        with io.open(path, "w", encoding="utf-8") as stream:
            stream.write(text + u"\n")
        return path

    def scenario(self, body, cold="fine", name="made_up", **constants):
        """A Scenario that is expected to do `cold` on every version."""
        text = u'"""Made up."""\nCOLD = {"2.7-": %r, "pypy": %r}\n' % (str(cold), str(cold))
        text += u"".join(u"%s = %r\n" % item for item in sorted(constants.items()))
        return _scenarios.load_scenario(self.write(name + ".py", text + body))


class TestEveryScenario(unittest.TestCase):
    """One test a scenario: cured or not affected, on this interpreter."""

    def check(self, scenario):
        proof = HARNESS.prove(scenario, HERE)
        if proof.verdict == prove.NOT_RUN:
            self.skipTest(proof.reason)
        self.assertIn(proof.verdict, (prove.CURED, prove.NOT_AFFECTED), proof.reason)


def _add_tests():
    for scenario in SCENARIOS:
        def test(self, scenario=scenario):
            self.check(scenario)

        name = "test_" + scenario.name
        test.__name__ = str(name)
        setattr(TestEveryScenario, name, test)


_add_tests()


class TestTheHarnessCanFail(Folder):
    def test_with_a_preload_that_does_nothing_every_cured_cell_is_not_cured(self):
        self.write("warmup/__init__.py", u"def preload(**options):\n    pass\n")
        package = os.path.dirname(self.write("warmup/auto.py", u""))
        wrong = []
        with prove.Harness(package) as harness:
            for scenario in SCENARIOS:
                expected = scenario.expected(HERE.implementation, HERE.version[:2])
                if expected not in (None, ("fine",), ("absent",)):
                    proof = harness.prove(scenario, HERE)
                    if proof.verdict not in (prove.NOT_CURED, prove.NOT_RUN):
                        wrong.append((scenario.name, proof.verdict, proof.reason))
        self.assertEqual(wrong, [])

    def test_a_cold_run_that_does_not_go_wrong_is_unexpected(self):
        proof = self.prove(u'print("fine after 0.1 s")', cold="stalls")
        self.assertEqual(proof.verdict, prove.UNEXPECTED)
        self.assertEqual(proof.reason, "cold: fine; expected: stalls")

    def test_a_cold_run_that_goes_wrong_in_another_way_is_unexpected(self):
        proof = self.prove(u'print("raises KeyError(1) after 0.1 s"); raise SystemExit(1)', cold="raises OSError")
        self.assertEqual(proof.verdict, prove.UNEXPECTED)

    def test_a_version_that_is_said_not_to_be_affected_and_is_is_unexpected(self):
        proof = self.prove(u'print("stalls after 0.1 s"); raise SystemExit(1)', cold="fine")
        self.assertEqual(proof.verdict, prove.UNEXPECTED)

    def test_a_version_that_is_said_to_lack_what_it_has_is_unexpected(self):
        proof = self.prove(u"", cold="absent", NEEDS=("resource",))
        self.assertEqual(proof.verdict, prove.UNEXPECTED)

    def test_preloading_that_breaks_what_was_fine_is_not_cured(self):
        body = u'import sys\nif "warm" in sys.argv: sys.exit("no")\nprint("fine after 0.1 s")'
        proof = self.prove(body)
        self.assertEqual((proof.verdict, proof.warm.outcome), (prove.NOT_CURED, "breaks"))
        self.assertIn("exit status 1: no", proof.reason)

    def test_an_exit_status_that_contradicts_the_report_breaks_the_run(self):
        self.assertEqual(self.prove(u'print("fine after 0.1 s"); raise SystemExit(3)').cold.outcome, "breaks")
        self.assertEqual(self.prove(u'print("stalls after 0.1 s")').cold.outcome, "breaks")

    def test_a_scenario_that_does_not_even_run_breaks_with_its_own_words(self):
        proof = self.prove(u"import nothing_of_this_name")
        self.assertEqual((proof.verdict, proof.cold.outcome), (prove.UNEXPECTED, "breaks"))
        self.assertIn("nothing_of_this_name", proof.reason)

    def test_a_slow_cold_run_must_be_slower_than_the_warm_one_by_the_ratio(self):
        body = u'import sys\nprint("fine after %%s s" %% (%s if "warm" in sys.argv else 1.0))'
        self.assertEqual(self.prove(body % 0.5, cold="slow").verdict, prove.NOT_CURED)
        self.assertEqual(self.prove(body % 0.1, cold="slow").verdict, prove.CURED)

    def test_without_what_it_needs_a_scenario_is_not_run_and_says_why(self):
        proof = self.prove(u"", cold="stalls", NEEDS=("root",), can={})
        self.assertEqual((proof.verdict, proof.reason), (prove.NOT_RUN, "needs root"))

    def test_on_an_interpreter_that_nobody_measured_a_scenario_is_not_run(self):
        proof = HARNESS.prove(SCENARIOS[0], HERE._replace(implementation="Other"))
        self.assertEqual(proof.verdict, prove.NOT_RUN)

    def prove(self, body, can=None, **data):
        interpreter = HERE if can is None else HERE._replace(can=can)
        return HARNESS.prove(self.scenario(body, **data), interpreter)


class TestNothingIsLeftBehind(Folder):
    ENDLESS = u"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open(%r, "w") as stream:
    stream.write("%%d " %% child.pid)
time.sleep(600)
"""

    def setUp(self):
        Folder.setUp(self)
        self.pids = os.path.join(self.folder, "pids")

    def test_a_run_that_never_ends_is_ended_with_its_children(self):
        with prove.Harness(limit=3) as harness:
            proof = harness.prove(self.scenario(self.ENDLESS % str(self.pids)), HERE)
        self.assertEqual(proof.cold.outcome, "never ends")
        self.assert_gone(self.pid())

    def test_a_child_that_outlives_its_scenario_is_ended(self):
        body = self.ENDLESS.replace(u"time.sleep(600)\n", u'print("fine after 0.1 s")\n') % str(self.pids)
        self.assertEqual(HARNESS.prove(self.scenario(body), HERE).verdict, prove.NOT_AFFECTED)
        self.assert_gone(self.pid())

    def test_an_interrupted_harness_removes_its_files_and_processes(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 128 + signal.SIGTERM)):
            script = self.scenario(self.ENDLESS % str(self.pids)).path
            driver = self.write(
                "driver.py",
                u"""
import argparse, sys
from warmup.prove import _command, _scenarios
parser = argparse.ArgumentParser()
_command.add_arguments(parser)
_command.load_scenarios = lambda: [_scenarios.load_scenario(%r)]
sys.exit(_command.main(parser.parse_args([])))
"""
                % str(script),
            )
            temporary = os.path.join(self.folder, "tmp")
            os.mkdir(temporary)
            environment = dict(os.environ, TMPDIR=temporary, PYTHONPATH=ROOT)
            process = subprocess.Popen(
                [sys.executable, driver], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            pid = self.pid()
            self.assertTrue(os.listdir(temporary))
            process.send_signal(number)
            complaint = process.communicate()[1].decode("utf-8")
            self.assertEqual(process.returncode, code, complaint)
            self.assertNotIn("Traceback", complaint)
            self.assertEqual(os.listdir(temporary), [])
            os.rmdir(temporary)
            self.assert_gone(pid)
            os.remove(self.pids)

    def test_a_file_that_a_scenario_leaves_goes_with_the_harness(self):
        body = u"""
import tempfile
with open(%r, "a") as stream:
    stream.write(tempfile.mkdtemp() + " ")
print("fine after 0.1 s")
"""
        with prove.Harness() as harness:
            proof = harness.prove(self.scenario(body % str(self.pids)), HERE)
            with open(self.pids) as stream:
                (cold, warm) = stream.read().split()
            self.assertEqual(proof.verdict, prove.NOT_AFFECTED)
            self.assertTrue(os.path.isdir(cold) and os.path.isdir(warm))
        self.assertFalse(os.path.exists(os.path.dirname(os.path.dirname(cold))))

    def pid(self):
        """What the endless scenario wrote, once it is there."""
        deadline = time.time() + 30
        while time.time() < deadline:
            if os.path.exists(self.pids):
                with open(self.pids) as stream:
                    text = stream.read()
                if text.endswith(" "):
                    return int(text)
            time.sleep(0.02)
        self.fail("the scenario did not start in 30 s")

    def assert_gone(self, pid):
        deadline = time.time() + 10
        while time.time() < deadline:
            try:
                with open("/proc/%d/stat" % pid) as stat:
                    if stat.read().rpartition(")")[2].split()[0] == "Z":
                        return  # dead; whoever inherited it has yet to notice
            except (IOError, OSError):
                return
            time.sleep(0.02)
        os.kill(pid, signal.SIGKILL)
        self.fail("process %d was left running" % pid)


class CommandCase(Folder):
    def run_command(self, *arguments):
        parser = argparse.ArgumentParser()
        prove.add_arguments(parser)
        self.stdout, self.stderr = io.StringIO(), io.StringIO()
        return prove.main(parser.parse_args(list(arguments)), stdout=self.stdout, stderr=self.stderr)

    def refusal(self, *arguments):
        with self.assertRaises(prove.UsageError) as caught:
            self.run_command(*arguments)
        self.assertEqual(self.stdout.getvalue(), "")
        return str(caught.exception)

    if not hasattr(unittest.TestCase, "assertRegex"):
        assertRegex = unittest.TestCase.assertRegexpMatches


class TestTheCommand(CommandCase):
    def test_a_scenario_that_does_not_exist_is_named(self):
        self.assertIn("'nonesuch'", self.refusal("--scenario", "nonesuch"))
        self.assertIn("'nonesuch'", self.refusal("--show", "nonesuch"))

    def test_an_interpreter_that_does_not_exist_is_named(self):
        self.assertIn("no interpreter /none/such", self.refusal("--python", "/none/such"))
        self.assertIn("no interpreter nonesuch", self.refusal("--python", "nonesuch"))

    def test_an_interpreter_that_cannot_be_executed_is_named(self):
        path = self.write("python", u"")
        self.assertIn(path + " cannot be started", self.refusal("--python", path))

    def test_an_interpreter_that_does_not_start_is_quoted(self):
        path = self.write("python", u"#!/bin/sh\necho out of order >&2; exit 4")
        os.chmod(path, 0o755)
        refusal = self.refusal("--python", path)
        self.assertIn("exit status 4", refusal)
        self.assertIn("out of order", refusal)

    def test_a_limit_of_no_seconds_is_refused(self):
        self.assertIn("--limit 0", self.refusal("--limit", "0"))

    def test_a_scenario_asked_for_by_name_that_cannot_run_has_an_exit_code_of_its_own(self):
        real = _command.probe
        _command.probe = lambda path, needs: real(path, needs)._replace(can={})
        self.addCleanup(setattr, _command, "probe", real)
        self.assertEqual(self.run_command("--scenario", "chroot"), 3)
        self.assertIn("chroot on %s: not run. needs root" % HERE.label, self.stdout.getvalue())

    def test_list_names_every_scenario_within_80_columns(self):
        self.assertEqual(self.run_command("--list"), 0)
        lines = self.stdout.getvalue().splitlines()
        self.assertEqual([line.split()[0] for line in lines if line[0] != " "], [one.name for one in SCENARIOS])
        self.assertLessEqual(max(len(line) for line in lines), 80)

    def test_show_prints_a_script_that_runs_alone(self):
        self.assertEqual(self.run_command("--show", "sticky_failure"), 0)
        path = self.write("copied_out.py", self.stdout.getvalue())
        process = subprocess.Popen([sys.executable, path], stdout=subprocess.PIPE)
        self.assertIn(b"raises LookupError", process.communicate()[0])
        self.assertEqual(process.returncode, 1)

    def test_the_table_and_the_data_say_the_same(self):
        name = "sticky_failure"
        self.assertEqual(self.run_command("--scenario", name, "--python", sys.executable), 0)
        self.assertRegex(self.stdout.getvalue(), name + " +xxxxxx LookupError .* ms +cured\n")
        self.assertIn("\n1 cured\n", self.stdout.getvalue())
        self.assertEqual(self.run_command("--scenario", name, "--json"), 0)
        (data,) = json.loads(self.stdout.getvalue())
        self.assertEqual((data["scenario"], data["verdict"]), (name, "cured"))
        self.assertEqual(data["cold"]["outcome"], "raises LookupError")
        self.assertEqual(data["interpreter"]["version"], "%d.%d.%d" % HERE.version)

    def test_two_interpreters_give_a_matrix(self):
        other = os.path.join(self.folder, "python")
        os.symlink(os.path.realpath(sys.executable), other)
        twice = ["--python", sys.executable, "--python", other, "--python", other]
        self.assertEqual(self.run_command("--scenario", "sticky_failure", *twice), 0)
        self.assertRegex(self.stdout.getvalue(), r"\nsticky_failure +\+")
        self.assertIn("\n+ cured\n\n2 cured\n", self.stdout.getvalue())


class TestTheApplication(CommandCase):
    def setUp(self):
        CommandCase.setUp(self)
        self.write(
            "shop.py",
            u"""
import time

def serve():
    import wave
    time.strptime("2024", "%Y")

def fail():
    raise KeyError("till")

class Till(object):
    sell = staticmethod(serve)
""",
        )
        self.write("closed.py", u"raise SystemExit('closed')")
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)

    def test_what_a_program_imports_late_is_reported_and_gone_when_warm(self):
        self.assertEqual(self.run_command("--app", "shop:Till.sell", "--json"), 0)
        (data,) = json.loads(self.stdout.getvalue())
        self.assertIn("wave", data["cold"]["late"])
        self.assertIn("_strptime", data["cold"]["late"])
        self.assertEqual(data["warm"]["late"], [])
        self.assertGreater(data["cold"]["seconds"], 0.05 * len(data["cold"]["late"]))

    def test_the_report_for_people_names_each_late_import(self):
        self.assertEqual(self.run_command("--app", "shop:serve"), 0)
        self.assertIn("\n  wave\n", self.stdout.getvalue())
        self.assertIn("0 late imports", self.stdout.getvalue())

    def test_a_callable_that_raises_is_reported_not_thrown(self):
        self.assertEqual(self.run_command("--app", "shop:fail"), 1)
        self.assertIn("raised KeyError: 'till'", self.stdout.getvalue())

    def test_without_a_callable_the_report_says_that_nothing_was_called(self):
        self.assertEqual(self.run_command("--app", "shop"), 0)
        self.assertIn("nothing was called", self.stdout.getvalue())

    def test_what_cannot_be_imported_or_found_is_named(self):
        self.assertIn("--app nonesuch", self.refusal("--app", "nonesuch"))
        self.assertIn("nonesuch", self.refusal("--app", "shop:nonesuch"))
        self.assertIn("SystemExit: closed", self.refusal("--app", "closed"))

    def test_a_callable_that_does_not_end_is_ended(self):
        self.write("endless.py", u"import time\n\ndef serve():\n    time.sleep(600)\n")
        self.assertIn("not done after 2 s", self.refusal("--app", "endless:serve", "--limit", "2"))


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


class TestTheTable(Folder):
    def proofs(self):
        """One of every kind, with the longest words that there are."""
        scenario = max(SCENARIOS, key=lambda one: len(one.name))
        runs = [
            prove.Run("fine", 0.00001, "fine"),
            prove.Run("fine", 123.4, "fine"),
            prove.Run("child hangs", 30.0, "child hangs"),
            prove.Run("raises ModuleNotFoundError", 0.001, "raises ModuleNotFoundError('x')"),
            prove.Run("never ends", 30.0, "never ends"),
        ]
        for verdict, _ in _table.MARKS:
            for expected in ("fine",), ("slow",), ("stalls",):
                for cold in runs + [None]:
                    for warm in runs + [None]:
                        yield prove.Proof(scenario, HERE, verdict, expected, cold, warm, "reason " * 20)

    def test_every_line_fits_80_columns(self):
        proofs = list(self.proofs())
        style = _table.Style(io.StringIO())
        lines = _table.header(HERE._replace(path="python")) + [_table.row(proof, style) for proof in proofs]
        lines += _table.remarks(proofs) + [_table.summary(proofs)]
        self.assertLessEqual(max(len(line) for line in lines), 80)

    def test_a_matrix_of_many_interpreters_is_broken_into_blocks(self):
        proof = next(self.proofs())
        labels = ["3.%d" % minor for minor in range(40)]
        proofs = [proof._replace(interpreter=HERE._replace(label=label)) for label in labels]
        lines = _table.matrix(proofs, _table.Style(io.StringIO()))
        self.assertLessEqual(max(len(line) for line in lines), 80)
        self.assertEqual(sum(line.split()[1:].count("+") for line in lines[:-1]), 40)
        self.assertEqual(lines[-1], "+ cured")

    def test_where_the_encoding_lacks_blocks_bars_are_ascii(self):
        stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        style = _table.Style(stream)
        for proof in self.proofs():
            _table.row(proof, style).encode("ascii")
        self.assertEqual(style.bar(0.5), "###   ")
        self.assertEqual(_table.Style(Terminal()).bar(0.5), u"\u2588\u2588\u2588   ")

    def test_colours_are_for_terminals_and_only_without_no_color(self):
        proof = next(self.proofs())
        self.assertIn("\033[", _table.row(proof, _table.Style(Terminal(), {})))
        self.assertNotIn("\033[", _table.row(proof, _table.Style(Terminal(), {"NO_COLOR": "1"})))
        self.assertNotIn("\033[", _table.row(proof, _table.Style(io.StringIO(), {})))

    def test_progress_is_for_terminals(self):
        for stream, shown in ((Terminal(), True), (io.StringIO(), False)):
            progress = _command._Progress(stream, 2)
            progress.show("3.6 chroot")
            progress.clear()
            self.assertEqual("1 of 2: 3.6 chroot" in stream.getvalue(), shown)


class TestTheData(CommandCase):
    def test_every_script_is_in_the_order(self):
        names = [name[:-3] for name in os.listdir(_scenarios.FOLDER) if name.endswith(".py")]
        self.assertEqual(sorted(_scenarios.ORDER), sorted(names))

    def test_every_scenario_says_what_each_supported_version_does(self):
        silent = [(s.name, v) for s in SCENARIOS for v in VERSIONS if s.expected(*v) is None]
        self.assertEqual(silent, [])

    def test_every_scenario_goes_wrong_somewhere(self):
        for scenario in SCENARIOS:
            outcomes = set(sum((scenario.expected(*version) for version in VERSIONS), ()))
            self.assertTrue(outcomes - set(("fine", "absent")), scenario.name)

    def test_later_versions_are_held_to_what_the_last_measured_one_does(self):
        for scenario in SCENARIOS:
            self.assertEqual(scenario.expected("CPython", (3, 99)), scenario.expected("CPython", (3, 15)))

    def test_scripts_stand_alone_and_fit_a_screen(self):
        for scenario in SCENARIOS:
            self.assertRegex(scenario.source, r"import warmup\b|warmup\.auto", scenario.name)
            self.assertNotIn("warmup.prove", scenario.source)
            self.assertLessEqual(scenario.source.count("\n"), 70, scenario.name)

    def test_a_script_without_data_is_refused(self):
        with self.assertRaises(ValueError) as caught:
            _scenarios.load_scenario(self.write("mute.py", u"pass"))
        self.assertIn("mute.py", str(caught.exception))

    def test_an_outcome_that_no_run_can_have_is_refused(self):
        with self.assertRaises(ValueError) as caught:
            self.scenario(u"", cold="explodes")
        self.assertIn("'explodes'", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
