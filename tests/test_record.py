"""Test ``python -m warmup record``, ``WARMUP_RECORD``, ``Watch.write()``, and what ``run`` does with a manifest."""

from __future__ import absolute_import, division, print_function

import io
import os
import signal
import sys
import textwrap
import time
import unittest

from tests.support import fresh, process
from tests.support.folder import FolderTest
from tests.support.program import INTERRUPTS
from warmup._python.read_ahead import IS_POSSIBLE

if fresh.PY2:
    import thread as _thread
else:
    import _thread

HAS_FORK = hasattr(os, "fork")

PROGRAM = u"""
    import colorsys
    import sys

    class AtTheTop(object):
        import wave

    def load(name):
        return __import__(name)

    def main():
        load("sc" + "hed")
        u"x".encode("cp1250")
        import argparse, json, logging.handlers
        import threading
        thread = threading.Thread(target=load, args=("quopri",))
        thread.start()
        thread.join()
        try:
            import no_such_module
        except ImportError:
            pass
        print(sys.argv, __name__)

    if __name__ == "__main__":
        main()
"""
LATE = ["module sched", "codec cp1250", "module argparse", "module json", "module logging.handlers", "module quopri"]


class Folder(FolderTest):
    def setUp(self):
        FolderTest.setUp(self)
        self.manifest = os.path.join(self.folder, "shop.manifest")

    def read(self):
        with io.open(self.manifest, encoding="utf-8") as stream:
            return stream.read()

    def targets(self):
        """Return the targets of the manifest, as its lines name them, without header and comments."""
        lines = [line.partition("#")[0].strip() for line in self.read().splitlines()]
        lines = [line for line in lines if not line.startswith("with ")]
        self.assertEqual(lines[0], "warmup-manifest 1")
        self.assertTrue(lines[1].startswith("interpreter "), lines)
        return lines[2:]

    def warmup(self, *arguments, **more):
        return fresh.call(["-m", "warmup"] + list(arguments), directory=self.folder, **more)

    def record(self, *arguments, **more):
        return self.warmup("record", "-o", self.manifest, *arguments, **more)


class Command(Folder):
    def assert_late(self):
        found = self.targets()
        self.assertEqual([line for line in LATE if line not in found], [])
        for line in found:
            self.assertNotIn(line.split()[1], ("colorsys", "wave", "no_such_module"))
        places = [found.index(line) for line in LATE]
        self.assertEqual(places, sorted(places))

    def test_records_what_functions_c_code_and_threads_ask_for(self):
        self.write("program.py", PROGRAM)
        result = self.record("program.py", "a", "-o", "b")
        native = fresh.call(["program.py", "a", "-o", "b"], directory=self.folder)
        self.assertEqual((result.code, result.out, result.err), (native.code, native.out, native.err))
        self.assert_late()

    def test_records_nothing_below_a_package_whose_import_failed(self):
        self.write(
            "optional/__init__.py", u"from optional import part\nimport sched\nraise ImportError('lacks a library')\n"
        )
        self.write("optional/part.py", u"")
        self.write(
            "program.py",
            u"""
            def main():
                try:
                    import optional
                except ImportError:
                    print("without")
            main()
        """,
        )
        result = self.record("program.py")
        self.assertEqual((result.code, result.out), (0, "without\n"), result)
        found = self.targets()
        self.assertEqual([line for line in found if "optional" in line], [])
        self.assertIn("module sched", found)
        # strict: nothing of the manifest may fail
        result = self.warmup("run", "--no-scan", "--strict", "--manifest", self.manifest, "program.py")
        self.assertEqual((result.code, result.out), (0, "without\n"), result)

    @unittest.skipIf(fresh.PY2, "no -X")
    def test_starts_an_interpreter_with_the_same_x_options(self):
        self.write("program.py", u"import sys\nprint(sorted(sys._xoptions.items()))")
        for options in (["-X", "shop=a", "-X", "utf8", "-X", "tax"],):
            native = fresh.call(options + ["program.py"], directory=self.folder)
            result = fresh.call(
                options + ["-m", "warmup", "record", "-o", self.manifest, "program.py"], directory=self.folder
            )
            self.assertEqual((result.code, result.out, result.err), (0, native.out, ""), result)

    @unittest.skipUnless(os.name == "posix", "Windows takes 32,767 characters")
    def test_takes_as_many_words_as_the_system_takes(self):
        self.write("program.py", u"import sys\nprint(len(sys.argv), sys.argv[-1] == 'x' * 20)")
        # On Linux, one word may have 128 KiB at most.
        result = self.record("program.py", *(["x" * 20] * 10000))
        self.assertEqual(result.code, 0, result.err[:1000])
        self.assertIn("10001", result.out)

    def test_records_a_module(self):
        self.write("program.py", PROGRAM)
        result = self.record("-m", "program", "a")
        native = fresh.call(["-m", "program", "a"], directory=self.folder)
        self.assertEqual((result.code, result.out, result.err), (native.code, native.out, native.err))
        self.assert_late()

    def test_records_of_a_module_nothing_that_the_interpreter_imports(self):
        self.write("program.py", u"def load():\n    import sched\nload()")
        self.record("-m", "program")
        self.assertEqual(self.targets(), ["module sched"])

    def test_records_of_a_module_nothing_that_its_package_imports(self):
        self.write("shop/__init__.py", u"import quopri")
        self.write("shop/part/__init__.py", u"import colorsys")
        self.write("shop/part/program.py", u"def load():\n    import sched\nload()")
        self.write("shop/part/__main__.py", u"def load():\n    import sched\nload()")
        for module in ("shop.part.program", "shop.part"):
            self.record("--append", "-m", module)
            self.assertEqual(self.targets(), ["module sched"])
            os.remove(self.manifest)

    def test_gives_the_program_no_module_that_preload_does_not_give_it(self):
        look = u"import sys\nprint(' '.join(sorted(sys.modules)))"
        self.write("program.py", look)
        self.write("warm.py", u"import warmup\nwarmup.preload(scan=False)\n" + look)
        native, warm, ours = [
            set(result.out.split())
            for result in (
                fresh.call(["program.py"], directory=self.folder),
                fresh.call(["warm.py"], directory=self.folder),
                self.record("program.py"),
            )
        ]
        self.assertIn("sys", ours)
        self.assertEqual((sorted(native - ours), [name for name in ours - warm if "warmup" not in name]), ([], []))

    @unittest.skipUnless(IS_POSSIBLE, "the names are of no use here, and are not written")
    def test_names_what_came_with_a_module(self):
        self.write("program.py", u"def load():\n    import outer\nload()")
        self.write("outer.py", u"import inner.leaf, sys")
        self.write("inner/__init__.py", u"")
        self.write("inner/leaf.py", u"")
        self.record("program.py")
        lines = self.read().splitlines()[2:]
        self.assertEqual(lines[0].partition("  #")[0], "module outer")
        self.assertEqual(sorted(lines[1].split()), ["inner", "inner.leaf", "with"])
        self.assertEqual(len(lines), 2)

    def test_names_asker_and_time_and_no_folder(self):
        self.write("program.py", PROGRAM)
        self.record("program.py")
        (line,) = [line for line in self.read().splitlines() if line.startswith("module sched")]
        self.assertRegex(line, r"^module sched  # program\.py:\d+ load, \d+\.\d ms$")
        self.assertNotIn(self.folder, self.read())

    def test_c_code_at_the_top_of_the_program_imports_late(self):
        self.write(
            "program.py",
            u"import time\ntime.strptime('12', '%H')\nimport importlib\n"
            u"importlib.import_module('sched')\nu'x'.encode('cp1250')",
        )
        self.assertEqual(self.record("program.py").code, 0)
        self.assertIn("module _strptime", self.targets())
        self.assertIn("codec cp1250", self.targets())
        self.assertNotIn("module sched", self.targets())

    def test_replayed_nothing_is_late(self):
        self.write("program.py", PROGRAM)
        self.record("program.py")
        result = self.warmup("run", "--manifest", self.manifest, "--no-scan", "--watch", "record", "program.py")
        self.assertEqual(result.code, 0, result)
        rows = [line for line in result.err.splitlines() if line.startswith(("module", "codec"))]
        self.assertEqual(len(rows), 1, result)
        self.assertIn("no_such_module", rows[0])

    def test_ends_as_the_program_does(self):
        for source, code in (
            (u"raise SystemExit(7)", 7),
            (u"1 / 0", 1),
            (u"import no_such_module", 1),
            (u"import os; os._exit(5)", 5),
            # Windows has no signals for other processes: the number is the exit code.
            (u"import os; os.kill(os.getpid(), 15)", -signal.SIGTERM if os.name == "posix" else 15),
        ):
            self.write("program.py", source)
            native = fresh.call(["program.py"], directory=self.folder)
            result = self.record("program.py")
            self.assertEqual((native.code, result.code), (code, code), result)
            self.assertEqual(result.err, native.err)

    @unittest.skipIf(fresh.PY2, "2.7 does not say that it has this option")
    def test_writes_without_a_buffer_if_the_interpreter_has_that_option(self):
        self.write("program.py", u"import os, sys\nsys.stdout.write('out ')\nos._exit(0)")
        environment = {"PYTHONUNBUFFERED": ""}
        for options in (["-u"], []):
            native = fresh.call(options + ["program.py"], environment, directory=self.folder)
            result = fresh.call(
                options + ["-m", "warmup", "record", "-o", self.manifest, "program.py"],
                environment,
                directory=self.folder,
            )
            self.assertEqual((result.code, result.out, result.err), (0, native.out, ""), result)

    def test_what_was_recorded_before_a_kill_is_there(self):
        self.write("program.py", u"def f():\n    import sched, os\n    os.kill(os.getpid(), 9)\nf()")
        self.assertEqual(self.record("program.py").code, -9 if os.name == "posix" else 9)
        self.assertIn("module sched", self.targets())

    def test_keeps_the_lines_of_a_file_that_exists(self):
        self.write("program.py", PROGRAM)
        old = u"warmup-manifest 1\n# by hand\nmodule quopri  # mine\nmodule base64"  # saved without a line end
        self.write("shop.manifest", u"")
        with io.open(self.manifest, "w") as stream:
            stream.write(old)
        self.assertEqual(self.record("program.py").code, 0)
        self.assertTrue(self.read().startswith(old + u"\n"), self.read())
        self.assertEqual(self.read().count("module quopri"), 1)
        self.assertIn("\ninterpreter ", self.read())
        before = self.read()
        self.assertEqual(self.record("program.py").code, 0)
        self.assertEqual(self.read(), before)
        self.assertEqual(self.record("--append", "program.py").code, 0)
        self.assertTrue(self.read().startswith(before), self.read())
        self.assertEqual(self.read().count("module quopri"), 2)

    def test_refuses_what_cannot_be_recorded_in_one_line(self):
        path = self.write("program.py", u"print('ran')")
        for arguments, text in (
            (["-o", path, "program.py"], "program.py:2"),
            (["-o", os.path.join(self.folder, "no", "file"), "program.py"], "cannot be written"),
            (["-o", self.manifest, "no_such_file.py"], "no_such_file.py"),
            (["-o", self.manifest], "name a script"),
        ):
            result = self.warmup("record", *arguments)
            self.assertEqual((result.code, result.out), (2, ""), result)
            self.assertEqual(len(result.err.splitlines()), 1, result)
            self.assertIn(text, result.err)

    @unittest.skipUnless(HAS_FORK, "no fork")
    def test_records_children(self):
        self.write(
            "program.py",
            u"""
            import os

            def load(name):
                __import__(name)

            if not os.fork():
                load("sched")
                os._exit(0)
            os.wait()
            load("wave")
        """,
        )
        self.assertEqual(self.record("program.py").code, 0)
        self.assertEqual(
            [line for line in self.targets() if line in ("module sched", "module wave")],
            ["module sched", "module wave"],
        )


class Variable(Folder):
    SOURCE = u"""
        import warmup
        warmup.preload(modules=["colorsys"], scan=False)

        def load(name):
            __import__(name)

        load("sched")
        warmup.preload(modules=["wave"], scan=False)
        load("quopri")
    """

    def test_records_from_the_end_of_preloading_on(self):
        result = fresh.python(self.SOURCE, environment={"WARMUP_RECORD": self.manifest})
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertEqual([line for line in self.targets() if "." not in line], ["module sched", "module quopri"])

    def test_does_not_record_what_run_needs(self):
        self.write("program.py", u"")
        environment = {"WARMUP_RECORD": self.manifest}
        result = self.warmup("run", "--no-scan", "--no-codecs", "program.py", environment=environment)
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertEqual(self.targets(), [])

    def test_counts_with_auto(self):
        result = fresh.python(
            u"import warmup.auto\ndef f():\n    import sched\nf()",
            environment={"WARMUP_RECORD": self.manifest, "WARMUP_SCAN": "0"},
        )
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertIn("module sched", self.targets())

    def test_does_not_record_what_a_watch_and_a_guard_import(self):
        result = fresh.python(
            u"""
            import os, warmup
            warmup.preload(codecs=[], scan=False)
            warmup.watch("log").stop()
            if hasattr(os, "register_at_fork"):
                warmup.guard_fork().stop()
            def f():
                import sched
            f()
        """,
            environment={"WARMUP_RECORD": self.manifest},
        )
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertEqual([line for line in self.targets() if "." not in line], ["module sched"])

    def test_does_not_count_where_the_environment_is_ignored(self):
        # -E hides PYTHONPATH as well.
        source = u"import sys\nsys.path.insert(0, %r)\n" % fresh.ROOT
        for door in (u"import warmup\nwarmup.preload(scan=False)", u"import warmup.auto"):
            result = fresh.python(source + door, ["-E"], environment={"WARMUP_RECORD": self.manifest})
            self.assertEqual((result.code, result.err), (0, ""), result)
            self.assertFalse(os.path.exists(self.manifest))

    def test_says_once_that_it_cannot_write_and_goes_on(self):
        nowhere = os.path.join(self.folder, "no", "file")
        result = fresh.python(self.SOURCE + u"print('done')", environment={"WARMUP_RECORD": nowhere})
        self.assertEqual((result.code, result.out.strip()), (0, "done"), result)
        (line,) = result.err.splitlines()
        self.assertIn(nowhere, line)

    def test_goes_on_if_the_warning_meets_a_filter_that_fails(self):
        source = u"""
            import logging
            class Filter(logging.Filter):
                def filter(self, record):
                    print("asked")
                    raise RuntimeError("the program's filter")
            logging.getLogger("warmup").addFilter(Filter())
        """
        result = fresh.python(
            textwrap.dedent(source) + textwrap.dedent(self.SOURCE),
            environment={"WARMUP_RECORD": os.path.join(self.folder, "no", "file")},
        )
        self.assertEqual((result.code, result.out.split(), result.err), (0, ["asked"], ""), result)

    @unittest.skipIf(os.name == "nt", "no folder can be removed that is the current one of a process")
    def test_says_once_that_the_current_folder_is_gone_and_goes_on(self):
        gone = u"""
            import os
            os.mkdir("gone")
            os.chdir("gone")
            os.rmdir(os.path.join(%r, "gone"))
        """ % self.folder
        auto = u"""
            import warmup.auto
            warmup.preload(scan=False)
            if warmup.auto.report is not None:
        """
        for source in (self.SOURCE, auto):
            result = fresh.python(
                textwrap.dedent(gone)
                + textwrap.dedent(source).rstrip()
                + (u"\n    " if source is auto else u"\n")
                + u"print('done')",
                environment={"WARMUP_RECORD": "shop.manifest", "WARMUP_SCAN": "no"},
                directory=self.folder,
            )
            self.assertEqual((result.code, result.out.strip()), (0, "done"), result)
            (line,) = result.err.splitlines()
            self.assertIn("WARMUP_RECORD: shop.manifest cannot be written: ", line)

    def test_goes_on_in_its_file_after_the_program_has_changed_its_folder(self):
        os.mkdir(os.path.join(self.folder, "other"))
        result = fresh.python(
            self.SOURCE.replace(u'load("sched")', u'load("sched"); import os; os.chdir("other")'),
            environment={"WARMUP_RECORD": "shop.manifest"},
            directory=self.folder,
        )
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertEqual([line for line in self.targets() if "." not in line], ["module sched", "module quopri"])
        self.assertEqual(os.listdir(os.path.join(self.folder, "other")), [])

    def test_takes_another_file_if_the_program_names_another(self):
        other = os.path.join(self.folder, "other.manifest")
        result = fresh.python(
            self.SOURCE.replace(
                u'load("sched")', u'load("sched"); import os; os.environ["WARMUP_RECORD"] = %r' % other
            ),
            environment={"WARMUP_RECORD": self.manifest},
        )
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertEqual([line for line in self.targets() if "." not in line], ["module sched"])
        self.manifest = other
        self.assertEqual([line for line in self.targets() if "." not in line], ["module quopri"])

    def test_does_not_write_into_what_is_no_manifest(self):
        path = self.write("notes.txt", u"buy milk\n")
        with io.open(path) as stream:
            before = stream.read()
        result = fresh.python(self.SOURCE, environment={"WARMUP_RECORD": path})
        self.assertEqual(result.code, 0, result)
        self.assertEqual(len(result.err.splitlines()), 1, result)
        with io.open(path) as stream:
            self.assertEqual(stream.read(), before)

    def test_tries_a_refused_path_again_once_all_was_forgotten(self):
        path = self.write("notes.txt", u"buy milk\n")
        lines = u"""
            import os
            import warmup
            from warmup import _preload
            warmup.preload(scan=False)
            os.remove(%r)
            warmup.preload(scan=False)
            before = os.path.exists(%r)
            _preload.forget()
            warmup.preload(scan=False)
            print(before, os.path.exists(%r))
        """ % (path, path, path)
        result = fresh.python(lines, environment={"WARMUP_RECORD": path})
        self.assertIn("False True" if not fresh.PY2 else "(False, True)", result.out, result)

    def test_counts_again_after_an_interrupted_call(self):
        path = os.path.join(self.folder, "shop.manifest")
        lines = u"""
            import warmup
            from warmup._sources import manifest
            known = manifest.known
            def interrupted(path):  # as Ctrl-C is, while a slow disk is read
                manifest.known = known
                raise KeyboardInterrupt
            manifest.known = interrupted
            try:
                warmup.preload(scan=False)
            except KeyboardInterrupt:
                warmup.preload(scan=False)
                import colorsys
        """
        result = fresh.python(lines, environment={"WARMUP_RECORD": path})
        self.assertEqual(result.code, 0, result)
        with io.open(path, encoding="utf-8") as stream:
            self.assertIn("module colorsys", stream.read())

    def test_records_once_after_an_interrupt_at_any_line(self):
        path = os.path.join(self.folder, "shop.manifest")
        left, number = fresh.value(
            INTERRUPTS + textwrap.dedent(u"""
            import json
            import warmup
            from warmup import _record
            from warmup._python import imports
            code = _record.start_if_asked.__code__
            def is_ours(frame, event):
                return frame.f_code is code and event == "line"
            def work():
                _record.start_if_asked({"WARMUP_RECORD": sys.argv[1]})
            def has_left():
                work()
                found = len(imports.observers()) != 1
                while _record._recordings:
                    _record._recordings.pop().stop()
                for observer in imports.observers():
                    imports.stop(observer)
                return found
            print(json.dumps(interrupted_at_each_line(is_ours, work, has_left)))
        """),
            arguments=[path],
        )
        self.assertEqual(left, [])
        self.assertGreater(number, 8)

    def test_has_no_late_import_of_its_own(self):
        self.assertEqual(
            fresh.value(u"""
            import json, os
            import warmup
            before = set(sys.modules)
            os.environ["WARMUP_RECORD"] = %r
            warmup.preload(modules=["sched"], scan=False)
            import wave
            print(json.dumps(sorted({"json", "logging", "opcode"} & (set(sys.modules) - before))))
        """ % self.manifest),
            [],
        )

    @unittest.skipUnless(HAS_FORK, "no fork")
    def test_a_new_worker_does_not_write_again_what_another_has_written(self):
        self.write("late.py", u"")
        source = u"""
            import os
            import warmup
            sys.path.insert(0, %r)
            warmup.preload(scan=False)
            for _ in range(3):
                child = os.fork()
                if not child:
                    import late
                    os._exit(0)
                os.waitpid(child, 0)
        """ % self.folder
        result = fresh.python(source, environment={"WARMUP_RECORD": self.manifest})
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertEqual(self.targets(), ["module late"])

    @unittest.skipUnless(HAS_FORK, "no fork")
    def test_forty_processes_lose_and_damage_nothing(self):
        names = ["late_%d_%d" % (process, number) for process in range(40) for number in range(5)]
        for name in names:
            self.write(name + ".py", u"")
        source = u"""
            import os
            import warmup
            sys.path.insert(0, %r)
            warmup.preload(scan=False)
            reader, writer = os.pipe()
            children = []
            for process in range(40):
                child = os.fork()
                if not child:
                    os.close(writer)
                    os.read(reader, 1)  # all begin when the last one has started
                    for number in range(5):
                        __import__("late_%%d_%%d" %% (process, number))
                    os._exit(0)
                children.append(child)
            os.close(writer)
            assert not any([os.waitpid(child, 0)[1] for child in children])
        """ % self.folder
        result = fresh.python(source, environment={"WARMUP_RECORD": self.manifest})
        self.assertEqual((result.code, result.err), (0, ""), result)
        # Blank: what would cross the end of a page begins at the next one.
        self.assertEqual(sorted(filter(None, self.targets())), sorted("module " + name for name in names))

    @unittest.skipUnless(HAS_FORK, "no fork")
    def test_twenty_processes_and_their_kills_damage_nothing(self):
        self.write(
            "worker.py",
            u"""
            import os, sys, time
            import warmup
            warmup.preload(scan=False)
            for _ in range(4):
                if not os.fork():
                    break
            while True:
                for name in sorted(("sched", "wave", "quopri", "colorsys", "chunk", "mailbox", "xml.dom.minidom")):
                    sys.modules.pop(name, None)
                    try:
                        __import__(name)
                    except ImportError:
                        pass
                import warmup._record
                warmup._record._recordings[0]._known.clear()
        """,
        )
        environment = process.variables(PYTHONPATH=fresh.ROOT, WARMUP_RECORD=self.manifest)
        deadline = time.time() + fresh.SLOW
        for kills in range(1, 5):
            workers = process.Service([sys.executable, "-W", "ignore", "worker.py"], environment, self.folder)
            while time.time() < deadline and (
                not os.path.exists(self.manifest) or os.path.getsize(self.manifest) < 4000 * kills
            ):
                time.sleep(0.01)
            workers.send(signal.SIGKILL)
            workers.stop()
        for line in self.read().splitlines():
            # Blank: what would cross the end of a page begins at the next one.
            self.assertRegex(
                line,
                r"^( *|warmup-manifest 1|interpreter \w+ \d\.\d+ \w+|module [\w.]+  # .*\.\d ms"
                r"|    with( [\w.]+)+)$",
            )
        self.assertGreater(len(self.read().splitlines()), 100)


class Write(Folder):
    def test_appends_what_was_late_and_is_not_there_yet(self):
        for _ in range(2):
            self.assertEqual(
                fresh.value(u"""
                import json
                import warmup
                with warmup.watch() as watch:
                    import sched
                    try:
                        import no_such_module
                    except ImportError:
                        pass
                    u"x".encode("cp1250")
                watch.write(%r)
                print(json.dumps(len(watch.late)))
            """ % self.manifest),
                3,
            )
        self.assertEqual(self.targets(), ["module sched", "codec cp1250"])
        self.assertEqual(
            fresh.value(u"""
            import json
            import warmup
            report = warmup.preload(manifest=%r, scan=False)
            print(json.dumps([[o.target.name, o.status] for o in report.outcomes]))
        """ % self.manifest),
            [["sched", "warmed"], ["cp1250", "warmed"]],
        )

    SOURCE = u"""
        import json, warnings
        import warmup
        warnings.simplefilter("always")
        with warmup.watch() as watch:
            import sched
        try:
            watch.write(%r)
            refused = None
        except ValueError as error:
            refused = str(error)
        print(json.dumps(refused))
    """

    def test_refuses_what_is_no_manifest(self):
        path = self.write("notes.txt", u"buy milk\n")
        with io.open(path) as stream:
            before = stream.read()
        self.assertIn("notes.txt:1: ", fresh.value(self.SOURCE % path))
        with io.open(path) as stream:
            self.assertEqual(stream.read(), before)

    def test_names_this_interpreter_in_a_manifest_of_another_one(self):
        text = u"warmup-manifest 1\ninterpreter CPython 1.5 amiga\nmodule colorsys\n"
        with io.open(self.manifest, "w") as stream:
            stream.write(text)
        self.assertIsNone(fresh.value(self.SOURCE % self.manifest))
        self.assertEqual(self.read()[: len(text)], text)
        self.assertEqual(self.targets()[-1], u"module sched")
        result = fresh.python(u"import warmup; warmup.preload(manifest=%r, scan=False)" % self.manifest)
        self.assertEqual((result.code, result.err), (0, ""), result)


class Run(Folder):
    WORK = u"""
        import sys

        def work(*args):
            before = set(sys.modules)
            import chunk_of_work
            import mailbox
            return sorted({"mailbox", "chunk_of_work"} - before)
    """

    def run_program(self, source, *options):
        self.write("chunk_of_work.py", u"")
        self.write("program.py", self.WORK + source)
        return self.warmup("run", *(list(options) + ["--codecs", "none", "program.py"]))

    def assert_warm(self, source):
        result = self.run_program(source)
        self.assertEqual((result.code, result.err), (0, ""), result)
        # The program's own module is not of the standard library.
        self.assertEqual(result.out.strip(), "['chunk_of_work']", result)

    def test_preloads_again_before_the_first_thread(self):
        self.assert_warm(u"""
        import threading
        thread = threading.Thread(target=lambda: print(work()))
        thread.start()
        thread.join()
        """.replace(u"lambda: print(work())", u"lambda: sys.stdout.write(str(work()))"))

    def test_preloads_again_before_a_thread_that_is_started_without_threading(self):
        starts = [name for name in ("start_new_thread", "start_new", "start_joinable_thread") if hasattr(_thread, name)]
        for name in starts:
            self.assert_warm(u"""
        import %s as low
        done = low.allocate_lock()
        done.acquire()
        def target():
            sys.stdout.write(str(work()))
            done.release()
        low.%s(target%s)
        done.acquire()
        """ % (_thread.__name__, name, u"" if "joinable" in name else u", ()"))

    def test_tells_threading_of_no_thread_that_starts_another_one(self):
        self.write(
            "starts.py",
            u"""
            import %s as low
            import threading
            known, done = [], low.allocate_lock()
            done.acquire()
            def target():
                low.start_new_thread(int, ())
                known.append(len(threading.enumerate()))
                done.release()
            low.start_new_thread(target, ())
            done.acquire()
        """ % _thread.__name__,
        )
        result = self.run_program(u"""
        import starts
        print(starts.known)
        """)
        self.assertEqual((result.code, result.out.strip()), (0, "[1]"), result)

    def test_preloads_again_before_an_executor(self):
        if fresh.PY2:
            self.skipTest("no concurrent.futures")
        self.assert_warm(u"""
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(1) as pool:
            print(pool.submit(work).result())
        """)

    @unittest.skipUnless(HAS_FORK, "no fork")
    def test_preloads_again_before_a_fork(self):
        self.assert_warm(u"""
        import os
        if not os.fork():
            sys.stdout.write(str(work()))
            sys.stdout.flush()
            os._exit(0)
        os.wait()
        """)

    @unittest.skipUnless(HAS_FORK, "no fork")
    def test_preloads_again_before_a_pool(self):
        self.assert_warm(u"""
        import multiprocessing
        if __name__ == "__main__":
            if hasattr(multiprocessing, "set_start_method"):
                multiprocessing.set_start_method("fork")
            pool = multiprocessing.Pool(1)
            print(pool.map(work, [1])[0])
            pool.close()
            pool.join()
        """)

    def test_preloads_again_after_a_library_has_started_a_thread_at_its_top(self):
        self.write(
            "library.py",
            u"""
            import threading
            thread = threading.Thread(target=len, args=("",))
            thread.start()
            thread.join()
        """,
        )
        self.write("later.py", u"def load():\n    import colorsys\n")
        result = self.run_program(u"""
        import library
        import later
        import threading
        thread = threading.Thread(target=lambda: sys.stdout.write(str("colorsys" in sys.modules)))
        thread.start()
        thread.join()
        """)
        self.assertEqual((result.code, result.out, result.err), (0, "True", ""), result)

    def test_says_nothing_of_what_the_program_itself_makes_possible(self):
        self.write("plugins/plugin.py", u"import sys\nsys.set_up\n")
        self.write("shop.manifest", u"warmup-manifest 1\nmodule plugin\nmodule needs_set_up\n")
        self.write("needs_set_up.py", u"import sys\nsys.set_up\n")
        set_up = u"""
        import os, threading
        sys.set_up = True
        sys.path.insert(0, os.path.join(os.getcwd(), "plugins"))
        """
        thread = u"""
        thread = threading.Thread(target=lambda: sys.stdout.write("ran " + str("plugin" in sys.modules)))
        thread.start()
        thread.join()
        """
        options = ["--no-scan", "--strict", "--manifest", "shop.manifest"]
        for source, out in ((set_up + thread, "ran True"), (set_up + u"import plugin, needs_set_up", "")):
            result = self.run_program(source, *options)
            self.assertEqual((result.code, result.out, result.err), (0, out, ""), result)
        result = self.run_program(set_up.replace(u"sys.set_up = True", u"") + thread, *options)
        self.assertEqual((result.code, result.out), (2, ""), result)
        self.assertIn("warmup run: 2 of 2 targets failed", result.err)

    def assert_starts_a_thread(self, source, manifest):
        self.write("other/empty.py", u"")
        self.write("shop.manifest", u"warmup-manifest 1\nmodule sched\n")
        result = self.run_program(
            source + u"""
        import threading
        thread = threading.Thread(target=lambda: sys.stdout.write(str(work())))
        thread.start()
        thread.join()
        """,
            "--manifest",
            manifest,
        )
        self.assertEqual((result.code, result.out, result.err), (0, "['chunk_of_work']", ""), result)

    def test_finds_the_manifest_again_after_the_program_has_changed_its_folder(self):
        self.assert_starts_a_thread(
            u"""
        import os
        os.chdir("other")
        """,
            "shop.manifest",
        )

    def test_preloads_again_although_the_manifest_is_gone(self):
        self.assert_starts_a_thread(
            u"""
        import os
        os.remove("shop.manifest")
        """,
            self.manifest,
        )

    def test_ends_in_one_line_if_the_second_preload_finds_a_failure_and_strict_is_on(self):
        # A line of a manifest that begins to fail: the first call takes the module as loaded.
        self.write("breaks.py", u"import sys\nif 'program_ran' in sys.modules: 1 / 0")
        result = self.run_program(
            u"""
        import threading
        sys.modules["program_ran"] = sys
        del sys.modules["breaks"]
        thread = threading.Thread(target=work)
        thread.start()
        print("not reached")
        """,
            "--modules",
            "breaks",
            "--strict",
        )
        self.assertEqual((result.code, result.out), (2, ""), result)
        self.assertEqual(len(result.err.splitlines()), 1, result)
        self.assertIn("warmup run: 1 of", result.err)

    def test_says_what_is_stale_and_what_failed(self):
        self.write("shop.manifest", u"warmup-manifest 1\nmodule gone\ncodec cp1250\n")
        options = ["--no-scan", "--manifest", "shop.manifest"]
        for more, count in ((["--strict"], 1), (["--modules", "no_such_module"], 2)):
            result = self.run_program(u"\n        print('ran')", *(options + more))
            self.assertEqual((result.code, result.out.strip()), (0, "ran"), result)
            lines = result.err.splitlines()
            self.assertEqual(len(lines), count, result)
            self.assertIn("warmup run: ", lines[-1])
            self.assertIn("stale: module gone", lines[-1])
            if count == 2:
                self.assertIn("module no_such_module: ", lines[0])

    def test_puts_back_what_it_has_replaced(self):
        result = self.run_program(u"""
        import os, threading
        before = threading.Thread.start, getattr(os, "fork", None)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        print(threading.Thread.start.__module__, getattr(os, "fork", len).__module__)
        """)
        self.assertIn(result.out.split()[0].strip("(',"), ("threading",), result)
        self.assertNotIn("warmup", result.out)

    LATE = u"""
        import logging
        import quopri

        logging.basicConfig()

        def later():
            import chunk_of_work
        later()
    """

    def test_watches(self):
        result = self.run_program(self.LATE, "--no-scan", "--watch", "log")
        self.assertEqual(result.code, 0, result)
        (line,) = result.err.splitlines()
        self.assertIn("chunk_of_work", line)
        result = self.run_program(self.LATE, "--no-scan", "--watch", "record")
        self.assertEqual(result.code, 0, result)
        self.assertIn("module  chunk_of_work", result.err)
        self.assertNotIn("quopri", result.err)
        result = self.run_program(self.LATE, "--no-scan", "--watch", "raise")
        self.assertEqual(result.code, 1, result)
        self.assertIn("LateImportError", result.err)

    def test_the_watch_does_not_notice_what_the_interpreter_imports_for_a_traceback(self):
        source = self.LATE.rstrip() + u"\n        1 / 0"
        for action in ("record", "log"):
            result = self.run_program(source, "--no-scan", "--watch", action)
            self.assertEqual(result.code, 1, result)
            self.assertEqual(
                [line for line in result.err.splitlines() if "chunk_of_work" not in line][0],
                "Traceback (most recent call last):",
            )
            self.assertNotIn("late import of", result.err.partition("Traceback")[2])
            if action == "record":
                self.assertIn("1 late import,", result.err)

    def test_the_package_of_a_module_that_is_run_is_not_late(self):
        os.mkdir(os.path.join(self.folder, "shop"))
        self.write("shop/__init__.py", u"import quopri")
        self.write("shop/__main__.py", u"def f():\n    import chunk_of_work\nf()")
        self.write("chunk_of_work.py", u"")
        result = self.warmup("run", "--no-scan", "--watch", "record", "-m", "shop")
        self.assertIn("1 late import,", result.err, result)
        self.assertIn("module  chunk_of_work", result.err)

    def test_the_watch_does_not_notice_the_second_preload(self):
        result = self.run_program(
            u"""
        import threading
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        """,
            "--watch",
            "record",
            "--packages",
            "chunk_of_work",
        )
        self.assertEqual(result.code, 0, result)
        self.assertIn("0 late imports", result.err)

    def test_guards_forks(self):
        result = self.run_program(
            u"""
        import warmup._fork
        print(warmup._fork._guard.timeout)
        """,
            "--guard-fork",
            "2.5",
        )
        if hasattr(os, "register_at_fork"):
            self.assertEqual((result.code, result.out.strip()), (0, "2.5"), result)
        else:
            self.assertEqual((result.code, len(result.err.splitlines())), (2, 1), result)
        result = self.run_program(u"", "--guard-fork", "soon")
        self.assertEqual(result.code, 2, result)
