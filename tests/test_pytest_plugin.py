"""Test the plug-in for pytest."""

from __future__ import absolute_import, division, print_function

import io
import os
import shutil
import tempfile
import unittest

from tests.support import fresh
from tests.support.folder import FolderTest
from tests.support.program import REPLACES_IMPORT
from tests.test_c_import import applies, trigger_of
from warmup import pytest as plug_in
from warmup._sources import c_import

HAS_PYTEST = fresh.call(["-c", "import pytest"]).code == 0

TESTS = u"""
    import unittest
    import pytest

    def test_fixture(no_late_imports):
        import sched

    @pytest.mark.no_late_imports
    def test_marker():
        import wave

    @pytest.mark.no_late_imports
    @pytest.mark.parametrize("number", [1, 2])
    def test_warm(number):
        import os
        try:
            import no_such_module
        except ImportError:
            pass

    def test_allowed(no_late_imports):
        with no_late_imports.allowed():
            import quopri

    def test_that_says_nothing():
        import colorsys

    class Case(unittest.TestCase):
        @pytest.mark.no_late_imports
        def test_method(self):
            import mailbox
"""


SHOP_WITH_DATES = u"""
    import datetime

    def load():
        return datetime.datetime.strptime("2026", "%Y")
"""


class WithoutPytest(unittest.TestCase):
    def test_the_package_does_not_import_pytest(self):
        self.assertEqual(
            fresh.value(u"""
            import json
            import warmup, warmup.auto
            print(json.dumps("pytest" in sys.modules))
        """),
            False,
        )

    def test_the_plug_in_needs_nothing(self):
        result = fresh.python(u"sys.modules['pytest'] = None\nimport warmup.pytest\n")
        self.assertEqual((result.code, result.err), (0, ""), result)

    def test_a_c_import_that_is_recorded_only_when_it_is_used_is_seen_each_time(self):
        folder = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        for number, (owner, trigger, modules, since, until) in enumerate(row[:5] for row in c_import.C_IMPORTS):
            is_left_out = (
                owner in plug_in._ASKED_FOR_AGAIN or not callable(modules) and modules[0] in plug_in._ASKED_FOR_AGAIN
            )
            if not is_left_out or not applies(since, until):
                continue
            found = fresh.value(
                u"""
                import io, json
                import warmup.pytest
                __import__(sys.argv[2])
                names = sys.argv[4].split(",")
                for name in names:
                    __import__(name)
                lines = ["    " + line for line in sys.argv[3].splitlines()]
                exec("def use():\\n" + "\\n".join(lines))
                use()
                training = warmup.pytest.SuiteRecording(sys.argv[1])
                training.start()
                before = io.open(sys.argv[1]).read()
                use()
                training.stop()
                after = io.open(sys.argv[1]).read()
                print(json.dumps([[name for name in names if "module %s " % name in text] for text in (before, after)]))
                """,
                arguments=[
                    os.path.join(folder, str(number)),
                    owner,
                    trigger_of(owner, trigger, modules),
                    ",".join(modules),
                ],
            )
            self.assertEqual(found, [[], list(modules)], trigger)


@unittest.skipUnless(HAS_PYTEST, "pytest is not installed: python -m pip install -r tests/requirements.txt")
class WithPytest(FolderTest):
    def setUp(self):
        FolderTest.setUp(self)
        self.manifest = os.path.join(self.folder, "shop.manifest")

    def pytest(self, *arguments):
        return fresh.call(
            ["-m", "pytest", "-p", "warmup.pytest", "-p", "no:cacheprovider", "-v"] + list(arguments),
            directory=self.folder,
        )

    @staticmethod
    def outcomes(result):
        return {
            line.split()[0].rpartition("::")[2]: line.split()[1]
            for line in result.out.splitlines()
            if line.startswith("test_shop.py::")
        }

    def targets(self):
        with io.open(self.manifest, encoding="utf-8") as stream:
            lines = [line.partition("#")[0].strip() for line in stream][2:]
        return [line for line in lines if not line.startswith("with ")]

    def test_a_test_fails_if_something_is_late(self):
        self.write("test_shop.py", TESTS)
        result = self.pytest("--strict-markers" if not fresh.PY2 else "--strict", "test_shop.py")
        self.assertEqual(result.code, 1, result)
        self.assertEqual(
            self.outcomes(result),
            {
                "test_fixture": "FAILED",
                "test_marker": "FAILED",
                "test_warm[1]": "PASSED",
                "test_warm[2]": "PASSED",
                "test_allowed": "PASSED",
                "test_that_says_nothing": "PASSED",
                "test_method": "FAILED",
            },
            result,
        )
        self.assertIn("module sched", result.out)
        self.assertIn("test_shop.py:7 test_fixture", result.out)
        remedy = "call warmup.preload() in conftest.py, and name these modules in modules=; or import inside of `with"
        self.assertIn(remedy, result.out)

    def test_a_marker_with_arguments_is_a_mistake(self):
        self.write(
            "test_shop.py",
            u"""
            import pytest

            @pytest.mark.no_late_imports(allow=["sched"])
            def test_marker():
                import sched
        """,
        )
        result = self.pytest("test_shop.py")
        self.assertEqual(result.code, 4, result)
        text = "test_shop.py::test_marker: the marker no_late_imports takes no arguments; use the fixture, and"
        self.assertIn(text, result.out + result.err)

    def test_a_test_is_watched_if_it_asks_for_it_itself(self):
        for name in "before", "after", "behind":
            self.write("late_%s.py" % name, u"")
        self.write(
            "test_shop.py",
            u"""
            import pytest

            @pytest.mark.parametrize(
                "number", [1, pytest.param(2, marks=pytest.mark.no_late_imports), 3]
            )
            def test_parameter(number):
                __import__({1: "sched", 2: "wave", 3: "mailbox"}[number])

            def test_asks_late(request):
                import late_before
                request.getfixturevalue("no_late_imports")
                import late_after

            @pytest.fixture
            def outer(no_late_imports):
                return 1

            def test_through_a_fixture(outer):
                import late_behind
        """,
        )
        result = self.pytest("test_shop.py")
        self.assertIn("module late_after", result.out)
        self.assertNotIn("module late_before", result.out)
        self.assertEqual(
            self.outcomes(result),
            {
                "test_parameter[1]": "PASSED",
                "test_parameter[2]": "FAILED",
                "test_parameter[3]": "PASSED",
                "test_asks_late": "FAILED",
                "test_through_a_fixture": "FAILED",
            },
        )

    def test_a_test_fails_in_a_folder_of_any_name(self):
        os.mkdir(os.path.join(self.folder, "py"))
        path = os.path.join("py", "test_shop.py")
        self.write(path, u"def test(no_late_imports):\n    import sched")
        result = self.pytest(path)
        self.assertEqual(result.code, 1, result)
        self.assertIn("module sched", result.out)

    def test_preloaded_nothing_is_late(self):
        self.write("test_shop.py", TESTS)
        self.write(
            "conftest.py",
            u"""
            import warmup

            def pytest_sessionstart():
                warmup.preload(modules=["sched", "wave", "mailbox"], scan=False)
        """,
        )
        self.assertEqual(self.pytest("test_shop.py").code, 0)

    def test_a_test_suite_is_a_training_run(self):
        self.write(
            "shop.py",
            u"""
            import importlib

            def load():
                import argparse  # pytest has loaded it
                importlib.import_module("temp" + "file")  # and this module
                importlib.import_module(".handlers", "logging")
                import sched
                return u"x".encode("cp1250")
        """,
        )
        self.write(
            "test_shop.py",
            u"""
            import wave
            import shop

            def test_shop():
                assert shop.load() == b"x"
        """,
        )
        result = self.pytest("--warmup-record", self.manifest, "test_shop.py")
        self.assertEqual(result.code, 0, result)
        found = self.targets()
        for line in ("argparse", "tempfile", "logging.handlers", "sched"):
            self.assertIn("module " + line, found)
        for line in ("codec cp1250",):
            self.assertIn(line, found)
        for line in ("module wave", "module shop", "module pytest"):
            self.assertNotIn(line, found)
        self.assertEqual(
            fresh.value(
                u"""
            import json
            import shop, warmup
            warmup.preload(manifest=%r, scan=False)
            with Recorder() as recorder:
                shop.load()
            print(json.dumps(recorder.late))
        """ % self.manifest,
                environment={"PYTHONPATH": os.pathsep.join([self.folder, fresh.ROOT])},
            ),
            [],
        )

    def test_records_what_c_code_has_kept_since_before_the_tests(self):
        self.write("shop.py", SHOP_WITH_DATES)
        self.write("conftest.py", u"import shop\nshop.load()")
        self.write("test_shop.py", u"import shop\ndef test():\n    shop.load()")
        result = self.pytest("--warmup-record", self.manifest, "test_shop.py")
        self.assertEqual(result.code, 0, result)
        self.assertIn("module _strptime", self.targets())
        replay = u"""
            import json
            import shop, warmup
            if len(sys.argv) > 1:
                warmup.preload(manifest=sys.argv[1], scan=False)
            with Recorder() as recorder:
                shop.load()
            print(json.dumps(recorder.late))
        """
        path = {"PYTHONPATH": os.pathsep.join([self.folder, fresh.ROOT])}
        self.assertIn("_strptime", repr(fresh.value(replay, environment=path)))
        late = fresh.value(replay, environment=path, arguments=[self.manifest])
        self.assertEqual(late, [])

    def test_records_no_module_of_the_tests_that_a_test_asks_for(self):
        self.write("conftest.py", u"def helper(): pass")
        self.write(
            "test_shop.py",
            u"""
            import pickle
            class Order(object):
                pass
            def test_shop():
                from conftest import helper
                import test_shop
                pickle.loads(pickle.dumps(Order()))
                import sched
        """,
        )
        result = self.pytest("--warmup-record", self.manifest, "test_shop.py")
        self.assertEqual(result.code, 0, result)
        found = self.targets()
        self.assertIn("module sched", found)
        for name in "test_shop", "conftest":
            self.assertNotIn("module " + name, found)

    def test_does_not_notice_what_pytest_imports_through_an_import_function_of_the_program(self):
        self.write("conftest.py", REPLACES_IMPORT)
        self.write(
            "test_shop.py",
            u"""
            import pytest
            def test_shop(no_late_imports):
                pytest.importorskip("sched")
        """,
        )
        for options in ((), ("--warmup-record", self.manifest)):
            result = self.pytest(*(options + ("test_shop.py",)))
            self.assertEqual(result.code, 0, result)
        self.assertNotIn("module sched", self.targets())

    def test_records_nothing_after_the_tests_though_a_test_has_replaced_the_import_function(self):
        self.write("replaces.py", REPLACES_IMPORT)
        self.write("conftest.py", u"def pytest_unconfigure(config):\n    import json")
        self.write("test_shop.py", u"def test(): import replaces")
        result = self.pytest("--warmup-record", self.manifest, "test_shop.py")
        self.assertEqual(result.code, 0, result)
        self.assertIn("module replaces", self.targets())
        self.assertNotIn("module json", self.targets())

    def test_records_beside_an_object_in_place_of_a_module_that_has_each_attribute(self):
        self.write(
            "test_shop.py",
            u"""
            import sys
            from importlib import import_module
            class Stub(dict):
                def __getattr__(self, name):
                    return Stub()
            sys.modules["board"] = Stub()
            def test_shop():
                import board
                import_module("board")
                import sched
        """,
        )
        result = self.pytest("--warmup-record", self.manifest, "test_shop.py")
        self.assertEqual(result.code, 0, result)
        self.assertIn("module sched", self.targets())

    def test_records_no_c_import_that_no_test_can_need(self):
        self.write("test_shop.py", u"def test(): pass")
        result = self.pytest("--warmup-record", self.manifest, "test_shop.py")
        self.assertEqual(result.code, 0, result)
        for name in "_strptime", "traceback", "typing":
            self.assertNotIn("module " + name, self.targets())

    def test_a_test_inside_of_a_plug_in_fails_for_what_it_asks_for(self):
        self.write("pytest_shop/__init__.py", u"")
        self.write("pytest_shop/test_a.py", u"def test_late(no_late_imports):\n    import sched\n")
        result = self.pytest("pytest_shop")
        self.assertIn("1 failed", result.out, result)
        self.assertIn("module sched", result.out)
        result = self.pytest("--warmup-record", self.manifest, "pytest_shop")
        self.assertIn("module sched", self.targets(), result)

    def test_records_nothing_that_another_plug_in_asks_for(self):
        fixture = u"import pytest\n@pytest.fixture(autouse=True)\ndef %s():\n    import %s\n"
        self.write("pytest_other.py", fixture % ("of_plug_in", "sched"))
        self.write("conftest.py", fixture % ("of_suite", "colorsys"))
        self.write("test_shop.py", u"def test(): pass")
        result = self.pytest("-p", "pytest_other", "--warmup-record", self.manifest, "test_shop.py")
        self.assertEqual(result.code, 0, result)
        self.assertIn("module colorsys", self.targets())
        self.assertNotIn("module sched", self.targets())

    def test_a_test_does_not_fail_for_what_another_plug_in_asks_for(self):
        fixture = u"import pytest\n@pytest.fixture\ndef %s():\n    def use():\n        import %s\n    return use\n"
        self.write("pytest_file.py", fixture % ("of_file", "sched"))
        self.write("pytest_folder/__init__.py", fixture % ("of_package", "colorsys"))
        self.write("conftest.py", fixture % ("of_suite", "wave"))
        test = u"def test_%s(no_late_imports, %s):\n    %s()\n"
        through_library = fixture.replace(u"import %s", u"import xml.sax; xml.sax.make_parser()")
        self.write("pytest_library.py", through_library % "of_library")
        names = "of_file", "of_package", "of_library", "of_suite"
        self.write("test_shop.py", u"".join(test % (name, name, name) for name in names))
        plug_ins = [word for name in ("file", "folder", "library") for word in ("-p", "pytest_" + name)]
        result = self.pytest("test_shop.py", *plug_ins)
        outcomes = {"test_" + name: "PASSED" for name in names}
        self.assertEqual(self.outcomes(result), dict(outcomes, test_of_suite="FAILED"), result)

    @unittest.skipIf(fresh.PY2, "no asyncio")
    def test_a_callback_of_the_event_loop_belongs_to_the_test(self):
        self.write(
            "pytest_loop.py",
            u"""
            import asyncio, pytest
            @pytest.fixture
            def run():
                def run(callback):
                    loop = asyncio.new_event_loop()
                    loop.call_soon(callback)
                    loop.call_soon(loop.stop)
                    loop.run_forever()
                    loop.close()
                run(print)
                return run
        """,
        )
        self.write(
            "test_shop.py",
            u"""
            import datetime
            def test_late(no_late_imports, run):
                run(lambda: datetime.datetime.strptime("2026", "%Y"))
            def test_warm(no_late_imports, run):
                run(print)
        """,
        )
        result = self.pytest("-p", "pytest_loop", "test_shop.py")
        self.assertEqual(self.outcomes(result), {"test_late": "FAILED", "test_warm": "PASSED"}, result)

    def test_refuses_a_file_that_cannot_be_written(self):
        self.write("test_shop.py", u"def test(): pass")
        result = self.pytest("--warmup-record", os.path.join("no", "shop.manifest"))
        self.assertEqual(result.code, 4, result)
        self.assertIn("shop.manifest cannot be written", result.err + result.out)
        self.assertEqual(self.pytest("--collect-only", "--warmup-record", self.manifest).code, 0)
        self.assertFalse(os.path.exists(self.manifest))

    def test_refuses_a_file_that_is_no_manifest(self):
        self.write("test_shop.py", u"def test(): pass")
        result = self.pytest("--warmup-record", "test_shop.py", "test_shop.py")
        self.assertEqual(result.code, 4, result)
        self.assertIn("test_shop.py:2", result.err + result.out)
