"""``warmup.auto``, ``python -m warmup plan`` and ``python -m warmup run``."""
from __future__ import absolute_import, division, print_function

import io
import json
import os
import shutil
import signal
import sys
import tempfile
import textwrap
import unittest
import zipfile

import fresh


class Auto(unittest.TestCase):

    SOURCE = u"""
        import json
        import warmup.auto
        report = warmup.auto.report
        print(json.dumps([sorted(o.target.name for o in report.warmed if o.target.kind == "codec"),
                          "sched" in sys.modules, "json" in sys.modules, len(report.warmed)]))
    """

    def test_preloads_as_the_environment_says(self):
        codecs, asked_for, _, _ = fresh.value(self.SOURCE, environment={
            "WARMUP_CODECS": "idna, cp1250", "WARMUP_MODULES": "sched", "WARMUP_STRICT": "1",
            "WARMUP_LOCK_FREE_IMPORT": "0", "WARMUP_PACKAGES": "", "WARMUP_EXCLUDE": "xmlrpc,heapq"})
        self.assertEqual((codecs, asked_for), (["cp1250", "idna"], True))

    def test_preloads_everything_without_settings(self):
        codecs, asked_for, _, count = fresh.value(self.SOURCE)
        self.assertGreater(len(codecs), 100)
        self.assertFalse(asked_for)
        self.assertGreater(count, len(codecs))

    def test_takes_none_and_all_for_codecs(self):
        self.assertEqual(fresh.value(self.SOURCE, environment={"WARMUP_CODECS": "none"})[0], [])
        self.assertGreater(len(fresh.value(self.SOURCE, environment={"WARMUP_CODECS": "all"})[0]), 100)

    WRONG = (("WARMUP_CODECS", "latn-1"), ("WARMUP_MODULES", "no_such_module"), ("WARMUP_MODULES", "antigravity"),
             ("WARMUP_PACKAGES", "no_such_package"), ("WARMUP_LOCK_FREE_IMPORT", "2"))

    def test_logs_a_wrong_value_with_its_variable_and_lets_the_host_start(self):
        source = u"""
            import warmup.auto
            print(warmup.auto.report)
        """
        for variable, text in self.WRONG + (("WARMUP_STRICT", "maybe"),):
            result = fresh.python(source, environment={variable: text})
            self.assertEqual((result.code, result.out.strip()), (0, "None"), result)
            line, = result.err.splitlines()
            self.assertTrue(line.startswith("warmup.auto: "), line)
            self.assertIn(variable + ": ", line)
            self.assertIn(text, line)

    def test_raises_if_strict(self):
        for variable, text in self.WRONG:
            result = fresh.python(u"import warmup.auto", environment={variable: text, "WARMUP_STRICT": "1"})
            self.assertEqual(result.code, 1, result)
            last = result.err.splitlines()[-1]
            self.assertIn(variable + ": ", last)
            self.assertIn(text, last)

    def test_logs_a_target_that_failed(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        with io.open(os.path.join(directory, "broken.py"), "w") as stream:
            stream.write(u"raise SystemExit('broken')\n")
        environment = {"PYTHONPATH": os.pathsep.join([directory, fresh.ROOT]), "WARMUP_MODULES": "broken"}
        source = u"""
            import logging
            logging.basicConfig()
            import warmup.auto
            print(len(warmup.auto.report.failed))
        """
        result = fresh.python(source, environment=environment)
        self.assertEqual((result.code, result.out.strip()), (0, "1"), result)
        self.assertIn("module broken: SystemExit: broken", result.err)
        result = fresh.python(source, environment=dict(environment, WARMUP_STRICT="1"))
        self.assertEqual(result.code, 1, result)
        self.assertIn("PreloadError", result.err)

    def test_does_nothing_if_switched_off(self):
        self.assertEqual(fresh.value(u"""
            import json
            import warmup.auto
            print(json.dumps([warmup.auto.report, "encodings.cp1250" in sys.modules]))
        """, environment={"WARMUP": "off", "WARMUP_STRICT": "1"}), [None, False])


class PlanCommand(unittest.TestCase):

    def test_says_what_and_why(self):
        result = fresh.call(["-m", "warmup", "plan"])
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertIn("module _strptime: time.strptime()", result.out)
        self.assertIn("codec cp1250: ", result.out)

    def test_follows_what_the_program_imports_and_shows_the_whole_chain(self):
        result = fresh.call(["-m", "warmup", "plan", "--json", "--no-codecs", "--import", "logging.handlers"])
        self.assertEqual((result.code, result.err), (0, ""), result)
        rows = {row["name"]: row for row in json.loads(result.out)["outcomes"]}
        self.assertEqual(rows["smtplib"]["owner"], "logging.handlers")
        self.assertIn(os.path.join("logging", "handlers.py:"), rows["smtplib"]["reason"])
        for row in rows.values():
            self.assertEqual(row["chain"][0]["name"], row["name"])
            if not fresh.PYPY:  # whose modules have live functions before they are loaded
                # The chain ends in what was loaded before.
                brought = [name for other in rows.values() for name in other["modules"]]
                self.assertNotIn(row["chain"][-1]["owner"], brought)

    def test_refuses_bad_input_in_one_line(self):
        for arguments, text in ((["--codec", "latn-1"], "latn-1"), (["--module", "no_such"], "no_such"),
                                (["--import", "no_such"], "no_such"), (["--module", "this"], "poem")):
            result = fresh.call(["-m", "warmup", "plan"] + arguments)
            self.assertEqual((result.code, result.out), (2, ""), result)
            self.assertEqual(len(result.err.splitlines()), 1, result)
            self.assertIn(text, result.err)


class RunCommand(unittest.TestCase):
    """The program cannot tell that it was not run by ``python`` itself, but that it is warm."""

    def setUp(self):
        self.directory = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.directory)

    def write(self, name, source):
        path = os.path.join(self.directory, name)
        with io.open(path, "w", encoding="utf-8") as stream:
            stream.write(u"# coding: utf-8\n" + textwrap.dedent(source))
        return path

    def same(self, arguments, **more):
        native = fresh.call(arguments, directory=self.directory, **more)
        ours = fresh.call(["-m", "warmup", "run", "--codec", "idna"] + arguments, directory=self.directory, **more)
        self.assertEqual((ours.code, ours.out, ours.err), (native.code, native.out, native.err))
        return ours

    LOOK = u"""
        import sys, os
        import neighbour
        names = sorted(name for name in globals() if name not in ("__annotations__", "__conditional_annotations__",
                                                                 "__cached__", "__warningregistry__"))
        print(names, __name__, __file__, __package__, __doc__, sys.argv, sys.path[0],
              os.path.splitext(neighbour.__file__)[0])
        print(sys.modules["__main__"].__dict__ is globals(), type(globals().get("__loader__")).__name__)
    """

    def test_runs_a_script_as_main(self):
        self.write("neighbour.py", u"")
        path = self.write("program.py", self.LOOK)
        for name in ("program.py", path, os.path.join(".", "program.py")):
            self.same([name, "--codec", "x", "-m", "y"])

    def test_runs_a_module_a_package_a_directory_and_a_zip_file_as_main(self):
        os.mkdir(os.path.join(self.directory, "package"))
        for name in ("neighbour.py", "package/__init__.py", "package/neighbour.py"):
            self.write(name, u"")
        for name in ("module.py", "package/__main__.py"):
            self.write(name, self.LOOK.replace("import neighbour", "import os as neighbour"))
        self.same(["-m", "module", "--codec", "x"])
        self.same(["-m", "package", "a", "-m"])
        self.same(["package", "a"])
        with zipfile.ZipFile(os.path.join(self.directory, "archive.zip"), "w") as archive:
            archive.write(os.path.join(self.directory, "package", "__main__.py"), "__main__.py")
        self.same(["archive.zip", "a"])

    def test_runs_a_compiled_file(self):
        self.write("neighbour.py", u"")
        path = self.write("program.py", self.LOOK)
        import py_compile
        py_compile.compile(path, cfile=os.path.join(self.directory, "compiled.pyc"))
        result = fresh.call(["-m", "warmup", "run", "--no-codecs", "compiled.pyc", "x"], directory=self.directory)
        self.assertEqual(result.code, 0, result)
        self.assertIn("compiled.pyc", result.out)

    def test_ends_as_the_program_does(self):
        for source, code in ((u"raise SystemExit(7)", 7), (u"raise SystemExit('text')", 1), (u"1 / 0", 1),
                             (u"def f():\n    g()\ndef g():\n    raise ValueError(u'\\xfc')\nf()", 1),
                             (u"x = = 1", 1), (u"import no_such_module", 1), (u"import os; os._exit(5)", 5),
                             (u"import sys; sys.excepthook = lambda *a: sys.stdout.write('mine'); 1 / 0", 1),
                             (u"import atexit; atexit.register(lambda: print('end'))" if not fresh.PY2 else u"", 0)):
            self.write("program.py", source)
            self.assertEqual(self.same(["program.py"]).code, code)

    def test_is_interrupted_as_the_program_is(self):
        self.write("program.py", u"raise KeyboardInterrupt")
        code = self.same(["program.py"]).code
        if sys.version_info >= (3, 8) and os.name == "posix":
            self.assertEqual(code, -signal.SIGINT)

    def test_preloads_before_the_program_begins(self):
        self.write("program.py", u"""
            import sys
            print("_strptime" in sys.modules, "encodings.idna" in sys.modules)
        """)
        native = fresh.call(["program.py"], directory=self.directory)
        ours = fresh.call(["-m", "warmup", "run", "program.py"], directory=self.directory)
        words = [[word.strip("(),") for word in result.out.split()] for result in (native, ours)]
        self.assertEqual(words, [["False", "False"], ["True", "True"]])

    def test_refuses_what_cannot_be_run_in_one_line(self):
        for arguments, text in (([], "name a script"), (["no_such_file.py"], "no_such_file.py"),
                                (["-m"], "name a script"), (["--codec", "latn-1", "x.py"], "latn-1")):
            result = fresh.call(["-m", "warmup", "run"] + arguments, directory=self.directory)
            self.assertEqual((result.code, result.out), (2, ""), result)
            self.assertEqual(len(result.err.splitlines()), 1, result)
            self.assertIn(text, result.err)


class Reports(unittest.TestCase):

    def test_fit_the_terminal_and_tell_every_target(self):
        text, data, count = fresh.value(u"""
            import json, warmup
            def function():
                import sched, email.message
            report = warmup.preload()
            print(json.dumps([str(report), json.loads(report.to_json()), len(report.outcomes)]))
        """)
        lines = text.splitlines()
        self.assertLessEqual(max(map(len, lines)), 80, text)
        self.assertIn("targets", lines[0])
        for word in ("sched", "mbcs", "UNAVAILABLE", "codec", "_strptime"):
            self.assertIn(word, text)
        self.assertEqual(len(data["outcomes"]), count)
        for outcome in data["outcomes"]:
            self.assertEqual(set(outcome), {"kind", "name", "reason", "owner", "status", "seconds", "modules", "error",
                                            "chain"})
            self.assertEqual(outcome["error"] is None, outcome["status"] == "warmed")
        self.assertEqual(data["modules"], sum(len(outcome["modules"]) for outcome in data["outcomes"]))
        self.assertGreaterEqual(data["seconds"], sum(outcome["seconds"] for outcome in data["outcomes"]))
        if sys.platform.startswith("linux"):
            self.assertGreater(data["memory"], 0)

    def test_of_modules_are_what_came_into_sys_modules(self):
        self.assertEqual(fresh.value(u"""
            import json, warmup
            with Recorder() as recorder:
                report = warmup.preload()
            print(json.dumps([sorted(set(recorder.late) ^ set(report.modules)),
                              len(report.modules) - len(set(report.modules))]))
        """), [[], 0])

    def test_of_a_plan_are_tables_and_json_too(self):
        text, data, kinds = fresh.value(u"""
            import json, warmup
            plan = warmup.plan()
            print(json.dumps([str(plan), json.loads(plan.to_json()), sorted(set(target.kind for target in plan))]))
        """)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        self.assertEqual(len(text.splitlines()), len(data["targets"]) + 2)
        self.assertIn("codec", kinds)


if __name__ == "__main__":
    unittest.main()
