"""Test that a program under ``python -m warmup run`` sees no difference to ``python``, but is warm."""

from __future__ import absolute_import, division, print_function

import os
import re
import signal
import sys
import unittest
import zipfile

from tests.support import fresh, process
from tests.support.folder import FolderTest
from tests.support.program import REPLACES_IMPORT
from warmup._sources import manifest


class RunCommand(FolderTest):
    """Run the same program by ``python`` and by ``python -m warmup run``, and compare."""

    def same(self, arguments, **more):
        native = fresh.call(arguments, directory=self.folder, **more)
        ours = fresh.call(["-m", "warmup", "run", "--codecs", "idna"] + arguments, directory=self.folder, **more)
        self.assertEqual((ours.code, ours.out, ours.err), (native.code, native.out, native.err))
        return ours

    LOOK = u"""
        import sys, os
        import neighbour
        names = sorted(name for name in globals() if name not in ("__conditional_annotations__", "__cached__",
                                                                 "__warningregistry__"))
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
        os.mkdir(os.path.join(self.folder, "package"))
        for name in ("neighbour.py", "package/__init__.py", "package/neighbour.py"):
            self.write(name, u"")
        self.write("package/__init__.py", u"import sys; print(sys.argv)")
        for name in ("module.py", "package/__main__.py"):
            self.write(name, self.LOOK.replace("import neighbour", "import os as neighbour"))
        self.same(["-m", "module", "--codec", "x"])
        self.same(["-m", "package", "a", "-m"])
        self.same(["package", "a"])
        with zipfile.ZipFile(os.path.join(self.folder, "archive.zip"), "w") as archive:
            archive.write(os.path.join(self.folder, "package", "__main__.py"), "__main__.py")
        self.same(["archive.zip", "a"])

    def test_cuts_the_command_line_where_python_does(self):
        self.write("program.py", u"import sys; print(__name__, sys.argv)")
        for words in (
            ["-mprogram", "a", "b"],
            ["-mprogram", "--no-scan", "--", "-x"],
            ["-m", "program", "--", "x"],
            ["-m", "program", "-m", "x"],
            ["--", "program.py", "--", "a"],
            ["program.py", "--", "a"],
            ["program.py", "-mx", "--no-scan"],
        ):
            native = fresh.call(words, directory=self.folder)
            self.assertEqual(native.code, 0, native)
            for options in (["--no-scan"], ["--no-codecs", "--exclude=ctypes", "--watch", "log"]):
                ours = fresh.call(["-m", "warmup", "run"] + options + words, directory=self.folder)
                self.assertEqual((ours.code, ours.out), (0, native.out), ours)
            manifest = os.path.join(self.folder, "shop.manifest")
            for options in (["-o", manifest, "--append"], ["--app", "-o" + manifest]):
                ours = fresh.call(["-m", "warmup", "record"] + options + words, directory=self.folder)
                self.assertEqual((ours.code, ours.out), (0, native.out), ours)

    def same_of_stdin(self, arguments):
        """Run what the script ``program.py`` prints into standard input, as `same` does."""
        results = []
        for before in ([], ["-m", "warmup", "run", "--codecs", "idna"]):
            words = ["sh", "-c", 'exec "$@" < program.py', "sh", sys.executable]
            variables = process.variables("WARMUP", PYTHONPATH=fresh.ROOT, PYTHONIOENCODING="utf-8")
            results.append(process.run(words + before + arguments, variables, self.folder))
        native, ours = results
        self.assertEqual((ours.code, ours.out, ours.err), (native.code, native.out, native.err))
        return ours

    @unittest.skipUnless(os.name == "posix", "needs a shell")
    def test_runs_a_program_from_standard_input(self):
        self.write("neighbour.py", u"")
        self.write("program.py", self.LOOK + u"    print(repr(sys.stdin.read()), '\xfc')\n")
        self.assertEqual(self.same_of_stdin(["-", "a", "-m"]).code, 0)
        for source in (u"1 / 0", u"x = = 1", u"raise SystemExit(3)"):
            self.write("program.py", source)
            self.assertNotEqual(self.same_of_stdin(["-"]).code, 0)

    @unittest.skipUnless(os.name == "posix", "needs a terminal")
    def test_refuses_a_program_that_would_be_typed(self):
        for command in (["run"], ["record", "-o", os.path.join(self.folder, "late.txt")]):
            out = fresh.python(
                u"""
                import os, pty, sys
                child, terminal = pty.fork()
                if not child:
                    os.execv(sys.executable, [sys.executable, "-m", "warmup"] + sys.argv[1:])
                said = b""
                try:
                    while True:
                        part = os.read(terminal, 1000)
                        if not part:
                            break
                        said += part
                except OSError:  # Linux says so that the child has ended
                    pass
                print(said.decode(), os.waitpid(child, 0)[1] >> 8)
            """,
                arguments=command + ["-"],
            ).out
            self.assertIn("name a script, or use a pipe", out)
            self.assertIn("2", out.split()[-1], out)

    @unittest.skipUnless(
        sys.version_info >= (3, 12) and hasattr(os, "fork") and not fresh.PYPY, "no warning of a fork beside threads"
    )
    def test_shows_the_warning_of_a_fork_beside_threads(self):
        self.write(
            "program.py",
            u"""
            import _thread, os, threading
            begun, done = threading.Event(), threading.Event()
            _thread.start_new_thread(lambda: (begun.set(), done.wait()), ())
            begun.wait()
            child = os.%s
            if not child:
                os._exit(0)
            os.waitpid(child, 0)
            done.set()
        """ % u"fork()",
        )
        for options in ([], ["--guard-fork", "1"]):
            native = fresh.call(["program.py"], directory=self.folder)
            ours = fresh.call(["-m", "warmup", "run"] + options + ["program.py"], directory=self.folder)
            self.assertIn("DeprecationWarning", native.err)
            without_pid = [re.sub(r"pid=\d+", "", one.err) for one in (native, ours)]
            self.assertEqual(without_pid[1], without_pid[0])

    def test_does_not_change_the_signature_of_what_it_replaces(self):
        if fresh.PY2:
            self.skipTest("2.7 shows the signature of a function only")
        self.write(
            "program.py",
            u"""
            import inspect, os, sys, threading
            print(inspect.signature(threading.Thread.start), threading.Thread.start.__name__)
        """,
        )
        self.same(["program.py"])

    @unittest.skipUnless(os.name == "posix" and os.path.exists("/dev/stdin"), "no such file here")
    def test_runs_a_script_from_a_pipe(self):
        command = "echo 'print(__name__)' | '%s' -m warmup run --no-scan /dev/stdin" % sys.executable
        result = process.run(["sh", "-c", command], process.variables(PYTHONPATH=fresh.ROOT))
        self.assertEqual((result.code, result.out), (0, "__main__\n"), result)

    @unittest.skipUnless(sys.version_info >= (3,) and os.name == "posix", "no folder can be gone here")
    def test_runs_a_module_where_the_current_folder_is_gone(self):
        self.write("elsewhere/app.py", u"print('run')\n")
        if fresh.PYPY:
            self.skipTest("PyPy itself does not start with -m there")
        path = os.pathsep.join([os.path.join(self.folder, "elsewhere"), fresh.ROOT])
        for command in "run --no-scan -m app", "report --no-scan --import app >&2":
            command = "mkdir gone && cd gone && rmdir ../gone && '%s' -m warmup %s" % (sys.executable, command)
            result = process.run(["sh", "-c", command], process.variables(PYTHONPATH=path), self.folder)
            self.assertEqual(result.code, 0, result)
            self.assertIn("run", result.out + result.err)

    def test_runs_a_compiled_file(self):
        self.write("neighbour.py", u"")
        path = self.write("program.py", self.LOOK)
        import py_compile

        py_compile.compile(path, cfile=os.path.join(self.folder, "compiled.pyc"))
        self.same(["compiled.pyc", "x"])
        self.write("late.py", u"def late():\n    import sched\nlate()\n")
        py_compile.compile(self.path("late.py"), cfile=self.path("late.pyc"))
        fresh.call("-m warmup record -o late.txt late.pyc".split(), directory=self.folder)
        targets, _, _ = manifest.read(self.path("late.txt"))
        self.assertEqual([target.name for target in targets], ["sched"])

    def test_ends_as_the_program_does(self):
        for source, code in (
            (u"raise SystemExit(7)", 7),
            (u"raise SystemExit('text')", 1),
            (u"1 / 0", 1),
            (u"def f():\n    g()\ndef g():\n    raise ValueError(u'\\xfc')\nf()", 1),
            (u"x = = 1", 1),
            (u"import no_such_module", 1),
            (u"int(None)", 1),
            (u"raise IOError(32, 'Broken pipe')", 1),
            (u"import warmup\nwarmup.preload(modules=[''])", 1),
            (u"import warmup\nwarmup.preload(modules=['no_such'], scan=False, strict=True)", 1),
            (u"import os; os._exit(5)", 5),
            (u"import sys; sys.excepthook = lambda *a: sys.stdout.write('mine'); 1 / 0", 1),
            (u"import atexit; atexit.register(lambda: print('end'))" if not fresh.PY2 else u"", 0),
        ):
            self.write("program.py", source)
            self.assertEqual(self.same(["program.py"]).code, code)

    def test_shows_an_error_that_the_program_has_caught(self):
        """A library may report its errors by ``sys.excepthook``, and go on with them."""
        self.write(
            "library.py",
            u"""
            import sys
            def report():
                try:
                    {}["missing"]
                except KeyError as error:
                    sys.excepthook(*sys.exc_info())
                    print(getattr(error, "__traceback__", True) is not None)
            """,
        )
        self.write("program.py", u"import library; library.report(); 1 / 0")
        self.assertIn("in report", self.same(["program.py"]).err)

    def test_shows_the_errors_of_a_program_that_looks_at_the_hook(self):
        self.write("back.py", u"import sys; sys.excepthook = sys.__excepthook__; 1 / 0")
        self.write("console.py", u"import code\nconsole = code.InteractiveConsole()\nconsole.push('1 / 0')\n")
        self.write("odd.py", u"class Odd(Exception):\n    __traceback__ = property(lambda self: None)\nraise Odd\n")
        for name in ("back.py", "console.py", "odd.py"):
            self.same([name])

    @unittest.skipIf(fresh.PY2, "there a script may have any bytes")
    def test_names_a_script_that_is_no_text(self):
        with open(os.path.join(self.folder, "program.py"), "wb") as stream:
            stream.write(b"x = 1\n\0\n")
        result = fresh.call(["-m", "warmup", "run", "--no-scan", "program.py"], directory=self.folder)
        self.assertEqual(result.code, 1, result)
        if sys.version_info >= (3, 11, 4):  # before, it is a ValueError
            self.assertIn("program.py", result.err.splitlines()[-1])

    def test_shows_where_the_package_of_a_module_fails(self):
        os.mkdir(os.path.join(self.folder, "package"))
        self.write("package/__main__.py", u"")
        self.write("package/__init__.py", u"def fail():\n    {}['missing']\nfail()\n")
        for command in (["run", "--no-scan"], ["record", "-o", "late.manifest"]):
            result = fresh.call(["-m", "warmup"] + command + ["-m", "package"], directory=self.folder)
            lines = [line for line in result.err.splitlines() if line.startswith("  File")]
            self.assertEqual([line.rpartition(" in ")[2] for line in lines], ["<module>", "fail"])
            self.assertEqual(result.err.splitlines()[-1], "KeyError: 'missing'")

    @unittest.skipUnless(fresh.PY2, "the default is UTF-8")
    def test_refuses_bytes_of_an_unknown_encoding_as_python_does(self):
        path = os.path.join(self.folder, "program.py")
        for start, code in ((b"", 1), (b"# coding: latin-1\n", 0), (b"\xef\xbb\xbf", 0)):
            with open(path, "wb") as stream:
                stream.write(start + b"print 1 / 2, '\xc3\xa9' is not None")
            self.assertEqual(self.same(["program.py"]).code, code)

    def test_is_interrupted_as_the_program_is(self):
        self.write("program.py", u"raise KeyboardInterrupt")
        code = self.same(["program.py"]).code
        if sys.version_info >= (3, 8) and os.name == "posix":
            self.assertEqual(code, -signal.SIGINT)

    def test_preloads_before_the_program_begins(self):
        self.write(
            "program.py",
            u"""
            import sys
            print("_strptime" in sys.modules, "encodings.idna" in sys.modules)
        """,
        )
        native = fresh.call(["program.py"], directory=self.folder)
        ours = fresh.call(["-m", "warmup", "run", "program.py"], directory=self.folder)
        words = [[word.strip("(),") for word in result.out.split()] for result in (native, ours)]
        self.assertEqual(words, [["False", "False"], ["True", "True"]])

    def test_preloads_where_main_and_the_arguments_are_the_programs(self):
        """Test modules that keep ``__main__`` or the name of the program when they are imported."""
        self.write("keeps.py", u"import argparse, __main__\nparser = argparse.ArgumentParser()\n")
        self.write(
            "program.py",
            u"""
            import sys
            class Mine(object):
                pass
            def work():
                import keeps, multiprocessing
                print(keeps.parser.prog, keeps.__main__.Mine is Mine, sys.argv, keeps.__main__.__file__)
                print(sys.modules.get("__mp_main__", sys.modules["__main__"]) is sys.modules["__main__"])
            work()
        """,
        )
        native = fresh.call(["program.py", "x"], directory=self.folder)
        self.assertEqual((native.code, native.err), (0, ""), native)
        self.write("late.txt", u"warmup-manifest 1\nmodule keeps\nmodule multiprocessing\n")
        for options in (["--modules", "keeps,multiprocessing"], ["--manifest", "late.txt"]):
            words = ["-m", "warmup", "run", "--no-scan"] + options + ["program.py", "x"]
            ours = fresh.call(words, directory=self.folder)
            self.assertEqual((ours.code, ours.out, ours.err), (0, native.out, ""), ours)

    def test_watches_no_start_up_through_an_import_function_of_the_program(self):
        self.write("replaces.py", REPLACES_IMPORT)
        self.write(
            "program.py",
            u"""
            import replaces
            import sched
            def work():
                import colorsys
            work()
        """,
        )
        result = fresh.call(["-m", "warmup", "record", "-o", "late.txt", "program.py"], directory=self.folder)
        self.assertEqual((result.code, result.err), (0, ""), result)
        with open(os.path.join(self.folder, "late.txt")) as stream:
            text = stream.read()
        self.assertIn("module colorsys", text)
        self.assertNotIn("sched", text)

    def test_refuses_what_cannot_be_run_in_one_line(self):
        self.write("x.py", u"")
        for arguments, text in (
            ([], "name a script"),
            (["no_such_file.py"], "no_such_file.py"),
            (["-m"], "name a script"),
            (["--"], "name a script"),
            (["--codecs", "latn-1", "x.py"], "latn-1"),
            (["--manifest", "", "x.py"], "manifest: the path"),
            (["--modules", "no_such", "--no-scan", "--strict", "x.py"], "no_such"),
            (["--guard-fork", "-1", "x.py"], "warmup run: --guard-fork: -1.0 is"),
            (["--guard-fork", "1_0", "x.py"], "'1_0' is no number of seconds"),
        ):
            result = fresh.call(["-m", "warmup", "run"] + arguments, directory=self.folder)
            self.assertEqual((result.code, result.out), (2, ""), result)
            self.assertEqual(len(result.err.splitlines()), 1, result)
            self.assertIn(text, result.err)

    @unittest.skipUnless(hasattr(os, "mkfifo"), "there are no FIFOs")
    def test_refuses_a_manifest_that_can_be_read_only_once(self):
        self.write("program.py", u"")
        os.mkfifo(os.path.join(self.folder, "fifo"))
        for arguments in (["run", "program.py"], ["check", "--call", "os:getcwd"]):
            arguments[1:1] = ["--manifest", "fifo"]
            result = fresh.call(["-m", "warmup"] + arguments, directory=self.folder)
            self.assertEqual((result.code, result.out), (2, ""), result)
            self.assertIn("fifo is a pipe", result.err)

    def test_runs_nothing_of_the_current_folder_in_the_place_of_the_library(self):
        # With -m, these versions import heapq before the package can take the folder off the path.
        names = ["resource", "copy", "argparse"]
        names += [] if (3, 6) <= sys.version_info < (3, 10) else ["heapq"]
        for name in names:
            self.write(name + ".py", u"print('%s')" % name)
        self.write("below/program.py", u"print('program')")
        result = fresh.call(["-m", "warmup", "run", os.path.join("below", "program.py")], directory=self.folder)
        self.assertEqual((result.code, result.out.split(), result.err), (0, ["program"], ""), result)

    def test_gives_the_program_its_own_module_where_that_hides_one_of_the_library(self):
        self.write("sched.py", u"mine = True")
        self.write("program.py", u"import sched; print(sched.mine)")
        self.same(["program.py"])
