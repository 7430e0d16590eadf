"""Test what tests and studies share."""

from __future__ import absolute_import, division, print_function

import ast
import io
import os
import re
import signal
import sys
import unittest

from tests.studies import __main__ as studies
from tests.support import fresh, interpreters, process, table
from tests.support.folder import FolderTest


class Processes(FolderTest):
    def test_give_what_they_printed_and_how_they_ended(self):
        result = process.run([sys.executable, "-c", "import sys; print(1); sys.stderr.write('2\\n'); sys.exit(3)"])
        self.assertEqual((result.code, result.out, result.err), (3, "1\n", "2\n"))
        self.assertGreater(result.seconds, 0)
        self.assertEqual(result.last_line(), "2")

    def test_that_take_too_long_are_ended(self):
        result = process.run([sys.executable, "-c", "import time; time.sleep(600)"], seconds=0.3)
        self.assertEqual(result.code, None)
        self.assertLess(result.seconds, 60)

    @unittest.skipUnless(os.name == "posix", "needs process groups")
    def test_leave_nothing_running(self):
        path = os.path.join(self.folder, "number")
        # Closed, because PyPy writes what it holds back only then.
        child = "import os, time\nwith open(%r, 'w') as stream: stream.write(str(os.getpid()))\n" % path
        child += "time.sleep(600)"
        source = "import os, subprocess, sys, time; subprocess.Popen([sys.executable, '-c', %r])\n" % child
        source += "while not os.path.exists(%r) or not open(%r).read(): time.sleep(0.01)" % (path, path)
        self.assertEqual(process.run([sys.executable, "-c", source]).code, 0)
        with open(path) as stream:
            number = int(stream.read())
        self.assertTrue(process.has_ended(number))

    def test_are_started_by_one_file(self):
        """`process` ends what it starts. A script that runs as a process of its own cannot import it."""
        found = []
        for folder, folders, names in os.walk(os.path.join(process.ROOT, "tests")):
            folders[:] = [name for name in folders if name not in ("__pycache__", "conditions", "configs", "programs")]
            for name in names:
                if name.endswith(".py") and name not in ("arena.py", "process.py"):
                    with io.open(os.path.join(folder, name), encoding="utf-8") as stream:
                        text = re.sub(r"^(#.*)coding[:=]", r"\1", stream.read(), count=1)
                    for node in ast.walk(ast.parse(text)):
                        imported = [alias.name for alias in getattr(node, "names", ()) if isinstance(alias, ast.alias)]
                        if "subprocess" in imported + [getattr(node, "module", None)]:
                            found.append(os.path.join(folder, name))
        self.assertEqual(found, [])

    def test_do_not_get_what_would_make_them_differ(self):
        os.environ["WARMUP_TEST"] = "x"
        try:
            self.assertNotIn("WARMUP_TEST", process.variables())
            self.assertIn("WARMUP_TEST", process.variables("PYTHON"))
        finally:
            del os.environ["WARMUP_TEST"]

    @unittest.skipUnless(os.name == "posix", "needs signals")
    def test_can_be_interrupted_also_where_the_tests_cannot(self):
        source = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
        script = "from tests.support import process; print(process.output([%r, '-c', %r]))" % (sys.executable, source)
        command = "trap '' INT; exec '%s' -c \"$0\"" % sys.executable
        result = process.run(["sh", "-c", command, script], process.variables(), process.ROOT)
        self.assertEqual((result.code, result.out.strip(), result.err), (0, "True", ""))

    def test_that_go_on_are_watched_and_stopped(self):
        source = "import sys, time\nfor number in range(3):\n    print('line', number)\n    sys.stdout.flush()\n"
        service = process.Service([sys.executable, "-c", source + "time.sleep(600)"])
        try:
            self.assertEqual(len(service.wait("line", 3)), 3)
            self.assertEqual(service.find("1"), [1])
            self.assertFalse(service.has_printed("never", 1, 0.05))
        finally:
            service.stop()

    def test_that_end_too_early_say_what_they_printed(self):
        service = process.Service([sys.executable, "-c", "print('broken'); raise SystemExit(3)"])
        try:
            with self.assertRaises(process.Failed) as caught:
                service.wait("ready")
            self.assertIn("broken", str(caught.exception))
        finally:
            service.stop()


class Programs(unittest.TestCase):
    def test_have_a_recorder(self):
        self.assertEqual(
            fresh.value(u"""
                import json
                with Recorder() as recorder:
                    import sched
                print(json.dumps("sched" in recorder.late))
            """),
            True,
        )

    def test_that_fail_are_an_error_with_what_they_printed(self):
        with self.assertRaises(AssertionError) as caught:
            fresh.value(u"raise SystemExit('why')")
        self.assertIn("why", str(caught.exception))


class Tables(unittest.TestCase):
    def test_are_as_wide_as_their_cells(self):
        rows = [
            ["name", "count", "-", "x"],
            ["a", 10, "-", 2],
            ["longer", 1, "-", 3],
            ["remark", "as long as it likes"],
        ]
        self.assertEqual(
            table.table(rows).splitlines(),
            ["name    count  x", "a          10  2", "longer      1  3", "remark  as long as it likes"],
        )

    def test_have_lines_of_given_widths(self):
        layout = table.Layout((6, 4, 0))
        self.assertEqual(layout.line(("a", 1, "any text")), "a          1  any text")
        self.assertEqual(layout.line(("a", "a remark")), "a       a remark")


class Interpreters(FolderTest):
    def test_are_described(self):
        interpreter = interpreters.Interpreter(sys.executable)
        self.assertEqual(interpreter.version, sys.version_info[:3])
        self.assertEqual(interpreter.is_pypy, fresh.PYPY)
        self.assertIn("%d.%d" % sys.version_info[:2], interpreter.name)

    def test_that_are_none_are_refused(self):
        for path in (os.path.join(self.folder, "nothing"), self.folder, self.write("no_python", u"")):
            self.assertRaises(ValueError, interpreters.Interpreter, path)

    def test_are_found_on_path_though_a_folder_cannot_be_read(self):
        closed, open_ = os.path.join(self.folder, "closed"), os.path.join(self.folder, "open")
        for folder in (closed, open_):
            os.mkdir(folder)
        name = interpreters.Interpreter(sys.executable).name
        link = os.path.join(open_, name if name.startswith("pypy") else "python" + name.rstrip("t"))
        if os.name != "posix" or name.endswith("t"):
            self.skipTest("needs links, and the name without t")
        os.symlink(os.path.realpath(sys.executable), link)
        os.chmod(closed, 0)
        before = {key: os.environ.get(key) for key in ("PATH", "PYENV_ROOT")}
        os.environ.update(PATH=closed + os.pathsep + open_, PYENV_ROOT=closed)
        try:
            self.assertEqual([found.path for found in interpreters.find([name])], [link])
        finally:
            os.chmod(closed, 0o700)
            for key, text in before.items():
                if text is None:
                    del os.environ[key]
                else:
                    os.environ[key] = text


class Studies(unittest.TestCase):
    def run_studies(self, *arguments):
        return process.run([sys.executable, "-m", "tests.studies"] + list(arguments), directory=process.ROOT)

    def test_are_listed_with_a_sentence_each(self):
        result = self.run_studies()
        self.assertEqual((result.code, result.err), (0, ""), result)
        for name in studies.NAMES:
            self.assertRegex(result.out, r"(?m)^  %s +\S.* .*\.$" % name)

    def test_show_their_options(self):
        for name in studies.NAMES:
            if name == "benchmarks" and os.name == "nt":
                continue  # it needs the module resource
            result = self.run_studies(name, "--help")
            self.assertEqual((result.code, result.err), (0, ""), result)
            self.assertIn("python -m tests.studies " + name, result.out)

    def test_that_do_not_exist_are_refused(self):
        result = self.run_studies("nothing")
        self.assertEqual((result.code, result.out), (2, ""), result)
        self.assertIn("completeness", result.err)


if os.name == "posix":

    class Signals(unittest.TestCase):
        def test_are_not_changed_where_interrupts_are_not_ignored(self):
            before = signal.getsignal(signal.SIGINT)
            process.restore_interrupts()
            if before != signal.SIG_IGN:
                self.assertEqual(signal.getsignal(signal.SIGINT), before)
