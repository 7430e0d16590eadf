"""Test the harness of ``prove``: how it runs and judges scenarios, its command, its tables, its scenarios as data."""

from __future__ import absolute_import, division, print_function

import argparse
import ast
import contextlib
import io
import json
import os
import shutil
import signal
import sys
import tempfile
import textwrap
import time
import unittest
import zipfile

from tests.support import fresh, process
from tests.support.folder import FolderTest
from warmup import prove
from warmup.prove import _command, _harness, _processes, _scenarios, _table

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(prove.__file__))))
SCENARIOS = prove.load_scenarios()
NEEDS = sorted(set(need for scenario in SCENARIOS for need in scenario.needs))
VERSIONS = [("CPython", (2, 7))]
VERSIONS += [("CPython", (3, minor)) for minor in range(6, 16)] + [("PyPy", (3, 11))]
PLACES = [version + (platform,) for version in VERSIONS for platform in ("linux", "win32")]


def setUpModule():
    global HARNESS, HERE
    HERE = prove.probe(sys.executable, NEEDS)
    # With a harness for each test, each would compile the package again.
    HARNESS = prove.Harness().__enter__()


def tearDownModule():
    HARNESS.close()


def made_up(body, cold="fine", name="made_up", **constants):
    """Return a Scenario that is expected to do `cold` on every version."""
    text = u'"""Made up."""\nPOSITION = 1\n'
    text += u'COLD = {"2.7-": %r, "pypy": %r}\n' % (str(cold), str(cold))
    text += u"".join(u"%s = %r\n" % item for item in sorted(constants.items()))
    (scenario,) = _scenarios.read_scenarios(name, text + body)
    return scenario


class TestTheHarnessCanFail(FolderTest):
    def test_a_cold_run_that_does_not_go_wrong_is_unexpected(self):
        proof = self.prove(u'print("fine after 0.1 s")', cold="stalls")
        self.assertEqual(proof.verdict, prove.UNEXPECTED)
        self.assertEqual(proof.reason, "cold: fine; expected: stalls")

    def test_a_cold_run_that_goes_wrong_in_another_way_is_unexpected(self):
        body = u'print("raises KeyError(1) after 0.1 s"); raise SystemExit(1)'
        proof = self.prove(body, cold="raises OSError")
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
        for body in (u'print("fine after 0.1 s"); raise SystemExit(3)', u'print("stalls after 0.1 s")'):
            self.assertEqual(self.prove(body).cold.outcome, "breaks")

    def test_what_is_printed_before_and_after_the_report_is_passed_over(self):
        body = u'print("welcome"); print("fine after 0.1 s"); print("a child has ended")'
        self.assertEqual(self.prove(body).verdict, prove.NOT_AFFECTED)

    def test_a_scenario_that_does_not_even_run_breaks_with_its_own_words(self):
        proof = self.prove(u"import nothing_of_this_name")
        self.assertEqual((proof.verdict, proof.cold.outcome), (prove.UNEXPECTED, "breaks"))
        self.assertIn("nothing_of_this_name", proof.reason)

    def test_a_slow_cold_run_must_be_slower_than_the_warm_one_by_the_ratio(self):
        body = u'import sys\nprint("fine after %%s s" %% (%s if "warm" in sys.argv else 1.0))'
        self.assertEqual(self.prove(body % 0.5, cold="slow").verdict, prove.NOT_CURED)
        self.assertEqual(self.prove(body % 0.1, cold="slow").verdict, prove.CURED)

    def test_a_machine_that_was_busy_during_the_first_runs_does_not_make_a_cure(self):
        body = u"""
            import os, sys, tempfile
            with open(os.path.join(tempfile.gettempdir(), "runs"), "a+") as runs:
                runs.write("x")
                runs.seek(0)
                print("fine after %s s" % (1.0 if len(runs.read()) <= 3 else 0.1))
            """
        proof = self.prove(textwrap.dedent(body), cold="slow", RUNS=3)
        self.assertEqual((proof.verdict, proof.cold.seconds), (prove.NOT_CURED, 0.1))

    def test_without_what_it_needs_a_scenario_is_not_run_and_says_why(self):
        proof = self.prove(u"", cold="stalls", NEEDS=("root",), can={})
        self.assertEqual((proof.verdict, proof.reason), (prove.NOT_RUN, "needs root"))

    def test_on_an_interpreter_that_was_never_measured_a_scenario_is_not_run(self):
        proof = HARNESS.prove(SCENARIOS[0], HERE._replace(implementation="Other"))
        self.assertEqual(proof.verdict, prove.NOT_RUN)

    def test_root_is_not_what_is_missing_where_there_is_no_chroot(self):
        (chroot,) = prove.find_scenarios(["chroot"])
        can = dict.fromkeys(NEEDS, False)
        self.assertEqual(
            _harness.foresee(chroot, HERE._replace(can=can, platform="win32")),
            (prove.NOT_AFFECTED, "it has no os.chroot"),
        )
        self.assertEqual(
            _harness.foresee(chroot, HERE._replace(can=dict(can, **{"os.chroot": True}))), (prove.NOT_RUN, "needs root")
        )

    def prove(self, body, can=None, **data):
        interpreter = HERE if can is None else HERE._replace(can=can)
        return HARNESS.prove(made_up(body, **data), interpreter)


class TestScenariosRunBesideEachOther(FolderTest):
    # Each run waits until all runs have begun. A run alone would never end.
    MEET = u"""
import os, sys, time
folder, count = %r, %d
open(os.path.join(folder, "%s" + str("warm" in sys.argv)), "w").close()
while len([name for name in os.listdir(folder) if name.endswith(str("warm" in sys.argv))]) < count:
    time.sleep(0.01)
print("fine after 0.1 s")
"""

    def scenarios(self, count, **constants):
        return [
            made_up(self.MEET % (str(self.folder), count, name), name=name, **constants)
            for name in ["row%d" % number for number in range(count)]
        ]

    def test_as_many_as_are_allowed_and_the_proofs_come_in_order(self):
        scenarios = self.scenarios(_harness.AT_ONCE)
        proofs = list(HARNESS.prove_all(scenarios, HERE))
        self.assertEqual([proof.scenario.name for proof in proofs], [s.name for s in scenarios])
        verdicts = set(proof.verdict for proof in proofs)
        self.assertEqual(verdicts, set([prove.NOT_AFFECTED]), [proof.reason for proof in proofs])

    def test_those_whose_figure_depends_on_the_machine_run_alone(self):
        with prove.Harness(limit=1) as harness:
            proofs = list(harness.prove_all(self.scenarios(2, RUNS=2), HERE))
        self.assertEqual(proofs[0].cold.outcome, "never ends")

    def test_closing_ends_those_that_run(self):
        body = TestNothingIsLeftBehind.ENDLESS % str(os.path.join(self.folder, "pids"))
        fine = made_up(u'print("fine after 0.1 s")', name="fine")
        rows = HARNESS.prove_all([fine, made_up(body)], HERE)
        with contextlib.closing(rows):
            self.assertEqual(next(rows).scenario.name, "fine")
            pid = read_pid(os.path.join(self.folder, "pids"))
        assert_gone(self, pid)


class TestNothingIsLeftBehind(FolderTest):
    ENDLESS = u"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open(%r, "w") as stream:
    stream.write("%%d " %% child.pid)
time.sleep(600)
"""

    def setUp(self):
        FolderTest.setUp(self)
        self.pids = os.path.join(self.folder, "pids")

    def test_a_run_that_never_ends_is_ended_with_its_children(self):
        # A limit of few seconds could end the run before a busy machine has started the child.
        before = _processes.clock
        _processes.clock = lambda: before() + 1000 * (pid_in(self.pids) is not None)
        self.addCleanup(setattr, _processes, "clock", before)
        with prove.Harness(limit=100) as harness:
            proof = harness.prove(made_up(self.ENDLESS % str(self.pids)), HERE)
        self.assertEqual(proof.cold.outcome, "never ends")
        assert_gone(self, read_pid(self.pids))

    def test_a_child_that_outlives_its_scenario_is_ended(self):
        body = self.ENDLESS.replace(u"time.sleep(600)\n", u'print("fine after 0.1 s")\n') % str(self.pids)
        self.assertEqual(HARNESS.prove(made_up(body), HERE).verdict, prove.NOT_AFFECTED)
        assert_gone(self, read_pid(self.pids))

    def test_an_interrupted_harness_removes_its_files_and_processes(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 128 + signal.SIGTERM)):
            script = self.write("endless.py", made_up(self.ENDLESS % str(self.pids)).source)
            driver = self.write(
                "driver.py",
                u"""
import argparse, io, signal, sys
from warmup.prove import _command, _scenarios
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored under nohup
parser = argparse.ArgumentParser()
_command.add_arguments(parser)
with io.open(%r, encoding="utf-8") as stream:
    scenarios = _scenarios.read_scenarios("endless", stream.read())
_command.load_scenarios = lambda: scenarios
sys.exit(_command.main(parser.parse_args([])))
""" % str(script),
            )
            # The harness goes to /tmp itself if the folder for temporary files has a long path.
            temporary = tempfile.mkdtemp(dir="/tmp")
            self.addCleanup(shutil.rmtree, temporary, True)
            environment = process.variables(TMPDIR=temporary, PYTHONPATH=ROOT)
            harness = process.Service([sys.executable, driver], environment)
            try:
                pid = read_pid(self.pids)
                self.assertTrue(os.listdir(temporary))
                os.kill(harness.process_id, number)
                self.assertEqual(harness.wait_for_code(), code, harness.printed())
            finally:
                harness.stop()
            self.assertNotIn("Traceback", harness.printed())
            self.assertEqual(os.listdir(temporary), [])
            os.rmdir(temporary)
            assert_gone(self, pid)
            os.remove(self.pids)

    def test_a_file_that_a_scenario_leaves_goes_with_the_harness(self):
        body = u"""
import tempfile
with open(%r, "a") as stream:
    stream.write(tempfile.mkdtemp() + "\\n")
print("fine after 0.1 s")
"""
        with prove.Harness() as harness:
            proof = harness.prove(made_up(body % str(self.pids)), HERE)
            with open(self.pids) as stream:
                cold, warm = stream.read().splitlines()
            self.assertEqual(proof.verdict, prove.NOT_AFFECTED)
            self.assertTrue(os.path.isdir(cold) and os.path.isdir(warm))
        self.assertFalse(os.path.exists(os.path.dirname(os.path.dirname(cold))))


def pid_in(path):
    """Return what the endless scenario has written to `path`, or None if that is not there or not complete."""
    if not os.path.exists(path):
        return None
    with open(path) as stream:
        text = stream.read()
    return int(text) if text.endswith(" ") else None


def read_pid(path):
    """Return what the endless scenario wrote to `path`, once that is there."""
    deadline = time.time() + 30
    while time.time() < deadline:
        pid = pid_in(path)
        if pid is not None:
            return pid
        time.sleep(0.02)
    raise AssertionError("the scenario did not start in 30 s")


def assert_gone(case, pid):
    if not process.has_ended(pid, 10):
        os.kill(pid, signal.SIGKILL)
        case.fail("process %d still runs" % pid)


@unittest.skipUnless(os.name == "posix", "needs signals of Unix")
class TestSignals(unittest.TestCase):
    def test_a_second_one_does_not_interrupt_the_end_and_the_handlers_are_put_back(self):
        self.assertEqual(
            fresh.value(u"""
            import json, os, signal, time
            from warmup.prove._processes import ended_by_signals
            signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have ignored it for this process
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            found = []
            try:
                with ended_by_signals():
                    try:
                        os.kill(os.getpid(), signal.SIGTERM)
                        time.sleep(60)
                    finally:
                        os.kill(os.getpid(), signal.SIGINT)
                        time.sleep(0.01)
                        found.append("ended")
            except SystemExit as error:
                found.append(error.code)
            found.append(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
            print(json.dumps(found))
        """),
            ["ended", 143, True],
        )


class CommandCase(FolderTest):
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


class TestTheCommand(CommandCase):
    def test_a_scenario_that_does_not_exist_is_named(self):
        self.assertIn("'nonesuch'", self.refusal("--scenario", "nonesuch"))
        self.assertIn("'nonesuch'", self.refusal("--show", "nonesuch"))

    def test_an_interpreter_that_does_not_exist_is_named(self):
        self.assertIn("no interpreter /none/such", self.refusal("--python", "/none/such"))
        self.assertIn("no interpreter nonesuch", self.refusal("--python", "nonesuch"))
        self.assertIn("no interpreter 1.99", self.refusal("--python", "1.99"))

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
        self.assertEqual(self.run_command("--scenario", "no_files_idna"), 3)
        self.assertIn("no_files_idna on %s: not run. needs resource" % HERE.label, self.stdout.getvalue())

    def test_list_names_every_scenario_within_80_columns(self):
        self.assertEqual(self.run_command("--list"), 0)
        lines = self.stdout.getvalue().splitlines()
        names = [line.split()[0] for line in lines if line[0] != " "]
        self.assertEqual(names, [one.name for one in SCENARIOS])
        self.assertLessEqual(max(len(line) for line in lines), 80)

    def test_show_prints_a_script_that_runs_alone(self):
        for name, arguments in (("sticky_failure", []), ("no_files_codec", []), ("no_files_idna", ["no_files_idna"])):
            self.assertEqual(self.run_command("--show", name), 0)
            path = self.write("copied_out.py", self.stdout.getvalue())
            result = process.run([sys.executable, path] + arguments, directory=self.folder)
            (scenario,) = prove.find_scenarios([name])
            self.assertIn(_harness.expected(scenario, HERE)[0], result.out)
            self.assertEqual(result.code, 1)

    def test_the_table_and_the_data_say_the_same(self):
        name = "sticky_failure"
        self.assertEqual(self.run_command("--scenario", name, "--python", sys.executable), 0)
        self.assertRegex(self.stdout.getvalue(), name + " +xxxxxx LookupError .* ms +cured\n")
        self.assertIn("\n1 cured\n", self.stdout.getvalue())
        place = "%s %d.%d" % (HERE.implementation, HERE.version[0], HERE.version[1])
        last = self.stdout.getvalue().splitlines()[-1]
        self.assertRegex(last, "^On %st?: 1 way to fail. preload.. ends it.$" % place)
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
        self.assertIn("\n+ cured\n\n", self.stdout.getvalue())
        self.assertIn("\n\n2 cured\nOn ", self.stdout.getvalue())
        self.assertEqual(self.stdout.getvalue().count("1 way to fail. preload() ends it.\n"), 2)


class TestWhichInterpreter(CommandCase):
    """Test what `--python` finds, on a PATH and in a folder of pyenv that the test has made."""

    def setUp(self):
        CommandCase.setUp(self)
        for name in "PATH", "PYENV_ROOT":
            self.addCleanup(os.environ.__setitem__, name, os.environ.get(name, ""))
        os.environ["PATH"] = os.path.join(self.folder, "bin")
        os.environ["PYENV_ROOT"] = os.path.join(self.folder, "pyenv")

    def interpreter(self, name, works=True):
        path = self.write(name, u"")
        os.remove(path)
        if works:
            with open(path, "w") as script:
                script.write("#!/bin/sh\nexec '%s' \"$@\"\n" % sys.executable)
        else:
            with open(path, "w") as script:
                script.write("#!/bin/sh\nexit 127\n")
        os.chmod(path, 0o755)
        return path

    def test_a_version_is_what_its_name_on_path_is(self):
        path = self.interpreter("bin/python3.77")
        for name in "3.77", "python3.77":
            self.assertEqual(prove.probe(name).path, path)

    def test_a_version_that_path_lacks_is_the_newest_of_pyenv(self):
        self.interpreter("pyenv/versions/3.77.9/bin/python")
        self.interpreter("pyenv/versions/3.77.10t/bin/python")
        self.interpreter("pyenv/versions/3.770.11/bin/python")
        newest = self.interpreter("pyenv/versions/3.77.10/bin/python")
        for name in "3.77", "python3.77", "3.77.10":
            self.assertEqual(prove.probe(name).path, newest)
        self.assertIn("versions/3.77.10t/", prove.probe("3.77t").path)

    def test_a_shim_that_refuses_gives_way_to_pyenv(self):
        shim = self.interpreter("bin/python3.77", works=False)
        with self.assertRaises(prove.UsageError) as caught:
            prove.probe("3.77")
        self.assertIn(shim, str(caught.exception))
        version = self.interpreter("pyenv/versions/3.77.0/bin/python")
        self.assertEqual(prove.probe("3.77").path, version)

    def test_all_of_none_is_refused(self):
        self.assertIn("--python all: no interpreter of PATH", self.refusal("--python", "all"))

    def test_an_interpreter_is_asked_whatever_the_current_folder_holds_and_its_start_prints(self):
        for name in "platform.py", "resource.py", "asyncio.py":
            self.write("project/" + name, u"open('has_run', 'w').close()\nraise SystemExit('mine')\n")
        self.write("start/sitecustomize.py", u"print('welcome')\n")
        # prove itself drops PYTHONPATH.
        lines = u'#!/bin/sh\nPYTHONPATH="%s${PYTHONPATH:+:$PYTHONPATH}" exec "%s" "$@"\n'
        shim = self.write("bin/python-that-prints", lines % (self.path("start"), sys.executable))
        os.chmod(shim, 0o755)
        words = [sys.executable, "-m", "warmup", "prove", "--scenario", "sticky_failure", "--python", shim]
        result = process.run(words, process.variables(PYTHONPATH=ROOT), self.path("project"))
        self.assertEqual((result.code, os.path.exists(self.path("project/has_run"))), (0, False), result)
        self.assertIn("preload() ends it.", result.out)

    @unittest.skipUnless(sys.version_info[0] == 2, "only there paths are bytes")
    def test_an_interpreter_in_a_folder_beyond_ascii_is_shown(self):
        link = os.path.join(self.folder, b"zo\xc3\xab")
        os.symlink(os.path.dirname(sys.executable), link)
        words = [sys.executable, "-m", "warmup", "prove", "--scenario", "sticky_failure", "--python"]
        for locale in "C", "C.UTF-8":
            for more in [], ["--json"]:
                variables = process.variables(PYTHONPATH=ROOT, LC_ALL=locale)
                result = process.run(words + [os.path.join(link, "python")] + more, variables, self.folder)
                self.assertEqual(result.code, 0, result)

    def test_a_folder_on_path_that_cannot_be_read_is_passed_over(self):
        # If root runs the tests, chmod() forbids nothing. So os.listdir() raises the error here.
        path = self.interpreter("bin/python3.77")
        forbidden = os.path.join(self.folder, "forbidden")
        os.mkdir(forbidden, 0)
        os.environ["PATH"] = os.pathsep.join([forbidden, os.environ["PATH"]])
        real = os.listdir

        def listdir(folder):
            if folder == forbidden:
                raise OSError(13, "Permission denied")
            return real(folder)

        os.listdir = listdir
        self.addCleanup(setattr, os, "listdir", real)
        self.assertIn("no interpreter nonesuch", self.refusal("--python", "nonesuch"))
        self.assertEqual(prove.probe("3.77").path, path)
        self.assertEqual(len(prove.find_interpreters()), 1)


class TestFromAZipFile(FolderTest):
    def test_scenarios_are_read_from_it_and_the_package_is_copied_out_of_it(self):
        archive = os.path.join(self.folder, "warmup.zip")
        folder = os.path.join(ROOT, "warmup")
        with zipfile.ZipFile(archive, "w") as members:
            members.writestr("warmup/", "")  # as zipapp and `zip -r` do
            for where, _, names in os.walk(folder):
                for name in names:
                    if name.endswith(".py"):
                        path = os.path.join(where, name)
                        members.write(path, os.path.relpath(path, ROOT))
        for arguments, said in (
            (["--show", "chroot"], "os.chroot(jail)"),
            (["--list"], "\nlibrary_replaced"),
            (["--scenario", "sticky_failure"], "preload() ends it."),
        ):
            words = [sys.executable, "-m", "warmup", "prove"] + arguments
            result = process.run(words, process.variables(PYTHONPATH=archive), self.folder)
            self.assertIn(said, result.out + result.err)
            self.assertEqual(result.code, 0, result)


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


class TestTheTable(FolderTest):
    WIDE = {"COLUMNS": "160"}

    def proofs(self):
        """Yield one of every kind, with the longest words that there are."""
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
                        yield self.proof(verdict, expected, cold, warm, scenario)

    def proof(self, verdict, expected, cold, warm, scenario=SCENARIOS[0]):
        return prove.Proof(scenario, HERE, verdict, expected, cold, warm, "reason " * 20)

    def cured(self, cold, cure="preload()"):
        scenario = SCENARIOS[0]._replace(cure=cure)
        expected = ("slow",) if cold == "fine" else (cold,)
        runs = prove.Run(cold, 1.0, cold), prove.Run("fine", 0.001, "fine")
        return self.proof(prove.CURED, expected, runs[0], runs[1], scenario)

    def test_every_line_fits_80_columns(self):
        proofs = list(self.proofs())
        style = _table.Style(io.StringIO(), {})
        lines = _table.header(HERE._replace(path="python"), style)
        for proof in proofs:
            lines += _table.row(proof, style)
        lines += _table.remarks(proofs) + _table.notes(proofs) + [_table.summary(proofs)]
        self.assertLessEqual(max(len(line) for line in lines), 80)
        self.assertEqual(len(_table.row(proofs[0], style)), 1)

    def test_the_title_stands_beside_the_row_where_there_is_room(self):
        proof = next(self.proofs())
        for columns in 121, 160, 200:
            style = _table.Style(io.StringIO(), {"COLUMNS": str(columns)})
            lines = _table.row(proof, style)
            shown = " ".join(line[_table.WIDTH :].strip() for line in lines)
            self.assertEqual(shown, proof.scenario.title)
            self.assertLessEqual(max(len(line) for line in lines), columns)
            self.assertIn("what happens", _table.header(HERE, style)[-1])
        narrow = _table.Style(io.StringIO(), {"COLUMNS": "100"})
        self.assertNotIn(proof.scenario.title[:20], _table.row(proof, narrow)[0])

    def test_the_width_is_that_of_the_terminal_or_of_columns(self):
        self.assertEqual(_table.Style(io.StringIO(), {}).width, _table.WIDTH)
        self.assertEqual(_table.Style(io.StringIO(), {"COLUMNS": "132"}).width, 132)
        self.assertEqual(_table.Style(io.StringIO(), {"COLUMNS": "wide"}).width, _table.WIDTH)

    def test_bars_have_one_logarithmic_scale(self):
        shares = [_table.share(seconds) for seconds in (0.0, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 99)]
        expected = [0, 0] + [number / 6 for number in (1, 2, 3, 4, 5, 6)] + [1]
        for share, right in zip(shares, expected):
            self.assertAlmostEqual(share, right)

    def test_nothing_is_green_in_a_cold_column_that_stalled(self):
        style = _table.Style(Terminal(), self.WIDE)
        for cold in "stalls", "raises OSError", "fine":
            cells = _table.row(self.cured(cold), style)[0].split("\033[")
            self.assertEqual([cell[:3] for cell in cells[1::2]], ["31m", "32m", "32m"], cold)
        quick = prove.Run("fine", 0.001, "fine")
        row = _table.row(self.proof(prove.NOT_AFFECTED, ("fine",), quick, quick), style)[0]
        self.assertNotIn("\033[32m", row)
        self.assertNotIn("\033[31m", row)

    def test_what_goes_wrong_here_stands_first_and_what_cannot_run_last(self):
        interpreter = HERE._replace(implementation="CPython", version=(3, 11, 7), platform="linux")
        absent = ("concurrent.interpreters", "encodings.mbcs", "encodings.oem", "asyncio.windows_events")
        can = dict((need, need not in absent) for need in NEEDS)
        ordered = _harness.in_order(SCENARIOS, interpreter._replace(can=can))
        affected = [_harness.expected(one, interpreter) not in (("fine",), ("absent",)) for one in ordered]
        self.assertEqual(affected, sorted(affected, reverse=True))
        wrong = [one.position for one, is_wrong in zip(ordered, affected) if is_wrong]
        self.assertEqual(wrong, sorted(wrong))
        ordered = _harness.in_order(SCENARIOS, interpreter._replace(can={}))
        verdicts = [_harness.foresee(one, interpreter._replace(can={}))[0] for one in ordered]
        not_run = [verdict == prove.NOT_RUN for verdict in verdicts]
        self.assertEqual(not_run, sorted(not_run))

    def test_the_conclusion_counts_what_goes_wrong_and_what_ends_it(self):
        here = HERE._replace(implementation="CPython", label="3.13", platform="linux")

        def conclusion(*proofs):
            return _table.conclusion([proof._replace(interpreter=here) for proof in proofs])

        hang, fail, slow = [self.cured(cold) for cold in ("child hangs", "raises OSError", "fine")]
        guarded = self.cured("child hangs", cure="guard_fork()")
        quick = prove.Run("fine", 0.001, "fine")
        fine = self.proof(prove.NOT_AFFECTED, ("fine",), quick, quick)
        unexpected = self.proof(prove.UNEXPECTED, ("stalls",), quick, None)
        self.assertEqual(
            conclusion(hang, hang, fail, fine, slow),
            "On CPython 3.13: 2 ways to hang, 1 to fail, 1 to be slow. preload() ends all 4.",
        )
        self.assertEqual(
            conclusion(hang, fail, guarded),
            "On CPython 3.13: 2 ways to hang, 1 to fail. preload() ends 2, guard_fork() ends 1.",
        )
        self.assertEqual(conclusion(hang, fail), "On CPython 3.13: 1 way to hang, 1 to fail. preload() ends both.")
        self.assertEqual(
            conclusion(hang, fail._replace(verdict=prove.NOT_CURED)),
            "On CPython 3.13: 1 way to hang, 1 to fail. preload() ends 1 of 2.",
        )
        self.assertEqual(
            conclusion(slow._replace(verdict=prove.NOT_CURED)),
            "On CPython 3.13: 1 way to be slow. preload() ends none of 1.",
        )
        self.assertEqual(conclusion(fine), "On CPython 3.13: no way to stall.")
        self.assertEqual(
            conclusion(fine, unexpected), "On CPython 3.13: no way to stall. 1 UNEXPECTED: nothing is proved there."
        )

    def test_a_row_where_warm_is_not_faster_is_explained(self):
        runs = prove.Run("fine", 0.001, "fine"), prove.Run("fine", 0.002, "fine")
        slower = self.proof(prove.NOT_AFFECTED, ("fine",), *runs)
        quicker = self.proof(prove.NOT_AFFECTED, ("fine",), *reversed(runs))
        self.assertIn("need not be faster", " ".join(_table.notes([quicker, slower])))
        self.assertNotIn("need not be faster", " ".join(_table.notes([quicker])))
        guarded = self.cured("child hangs", cure="guard_fork()")
        self.assertIn("waits for the import in flight", " ".join(_table.notes([guarded])))

    def test_a_matrix_of_many_interpreters_is_broken_into_blocks(self):
        proof = next(self.proofs())
        labels = ["3.%d" % minor for minor in range(40)]
        proofs = [proof._replace(interpreter=HERE._replace(label=label)) for label in labels]
        lines = _table.matrix(proofs, _table.Style(io.StringIO()))
        self.assertLessEqual(max(len(line) for line in lines), 80)
        self.assertEqual(sum(line.split()[1:].count("+") for line in lines[:-1]), 40)
        self.assertEqual(lines[-1], "+ cured")

    def test_a_matrix_has_a_column_for_a_label_that_is_longer_than_a_line(self):
        proof = next(self.proofs())
        labels = [90 * "a", 90 * "b"]
        proofs = [proof._replace(interpreter=HERE._replace(label=label)) for label in labels]
        columns = [label.strip() for label in _table.matrix(proofs, _table.Style(io.StringIO())) if len(label) > 90]
        self.assertEqual(columns, labels)

    def test_where_the_encoding_lacks_blocks_bars_are_ascii(self):
        stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        style = _table.Style(stream)
        for proof in self.proofs():
            _table.row(proof, style)[0].encode("ascii")
        self.assertEqual(style.bar(0.5), "###   ")
        self.assertEqual(_table.Style(Terminal()).bar(0.5), u"\u2588\u2588\u2588   ")

    def test_colours_are_for_terminals_and_only_without_no_color(self):
        proof = self.cured("stalls")
        for stream, environment, coloured in (
            (Terminal(), {}, True),
            (Terminal(), {"NO_COLOR": "1"}, False),
            (Terminal(), {"TERM": "dumb"}, False),
            (io.StringIO(), {}, False),
        ):
            (line,) = _table.row(proof, _table.Style(stream, environment))
            self.assertEqual("\033[" in line, coloured)

    def test_progress_is_for_terminals(self):
        for stream, shown in ((Terminal(), True), (io.StringIO(), False)):
            progress = _command._Progress(stream, 2)
            progress.count(1)
            progress.about(HERE._replace(label="3.6"))(["chroot", "fork_in_body"])
            progress.clear()
            self.assertEqual("1 of 2: 3.6 chroot, fork_in_body" in stream.getvalue(), shown)


class TestTheData(CommandCase):
    def test_names_and_positions_are_distinct(self):
        for values in ([scenario.name for scenario in SCENARIOS], [scenario.position for scenario in SCENARIOS]):
            self.assertEqual(len(values), len(set(values)))
        scripts = set((scenario.script, scenario.position[0]) for scenario in SCENARIOS)
        self.assertEqual(len(scripts), len(set(position for _, position in scripts)))

    def test_every_script_is_read(self):
        folder = os.path.join(os.path.dirname(prove.__file__), _scenarios.FOLDER)
        names = set(name[:-3] for name in os.listdir(folder) if name.endswith(".py"))
        self.assertEqual(names, set(scenario.script for scenario in SCENARIOS))

    def test_every_scenario_says_what_each_supported_version_does(self):
        silent = [(s.name, place) for s in SCENARIOS for place in PLACES if s.expected(*place) is None]
        self.assertEqual(silent, [])

    def test_every_scenario_goes_wrong_somewhere(self):
        for scenario in SCENARIOS:
            outcomes = set(sum((scenario.expected(*place) for place in PLACES), ()))
            self.assertTrue(outcomes - set(("fine", "absent")), scenario.name)

    def test_later_versions_are_held_to_what_the_last_measured_one_does(self):
        for scenario in SCENARIOS:
            later, last = [scenario.expected("CPython", (3, minor)) for minor in (99, 15)]
            self.assertEqual(later, last)

    def test_a_row_with_another_cure_says_so(self):
        for scenario in SCENARIOS:
            guard = scenario.cure != "preload()"
            self.assertEqual(scenario.name.startswith("guard_"), guard, scenario.name)
            self.assertEqual("guard_fork(" in scenario.title, guard, scenario.name)

    def test_scripts_stand_alone_and_fit_a_screen(self):
        for scenario in SCENARIOS:
            self.assertRegex(scenario.source, r"import warmup\b|warmup\.auto", scenario.name)
            self.assertNotIn("warmup.prove", scenario.source)
            program, _, rest = scenario.source.partition("\nCASES = (\n")
            program += rest.partition("\n)\n")[2]
            limit = 100 if scenario.arguments else 70  # several programs in one
            self.assertLessEqual(program.count("\n"), limit, scenario.name)

    def test_every_script_is_syntax_that_each_version_reads(self):
        for scenario in SCENARIOS:
            ast.parse(scenario.source.encode("utf-8"))
            self.assertLessEqual(max(len(line) for line in scenario.source.splitlines()), 100)

    def test_titles_are_one_short_sentence(self):
        for scenario in SCENARIOS:
            self.assertLessEqual(len(scenario.title), 79, scenario.name)
            self.assertNotIn("the same,", scenario.title.lower())  # rows are sorted
            self.assertRegex(scenario.title, r"\.$")

    def test_a_script_without_data_is_refused(self):
        for source in u"pass", u'"""A title."""', u'"""A title."""\nPOSITION = 1':
            with self.assertRaises(ValueError) as caught:
                _scenarios.read_scenarios("mute", source)
            self.assertIn("mute", str(caught.exception))

    def test_a_case_without_a_name_or_with_an_unknown_key_is_refused(self):
        for case in {"title": "A title."}, {"name": "x", "title": "A title.", "colder": 1}:
            with self.assertRaises(ValueError):
                made_up(u"", CASES=(case,))

    def test_an_outcome_that_no_run_can_have_is_refused(self):
        with self.assertRaises(ValueError) as caught:
            made_up(u"", cold="explodes")
        self.assertIn("'explodes'", str(caught.exception))
