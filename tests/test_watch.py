"""Test ``watch()`` with each kind of import and each action, cold and warm, and test that it changes nothing else."""

from __future__ import absolute_import, division, print_function

import os
import re
import shutil
import sys
import tempfile
import textwrap
import unittest

from tests.support import fresh
from tests.support.program import INTERRUPTS

# name -> (what is run, the name of the late import, its kind)
KINDS = {
    "statement": (u"import sched", "sched", "module"),
    "from": (u"from xml import sax", "xml.sax", "module"),
    "dotted": (u"import logging.handlers", "logging.handlers", "module"),
    "import_module": (u"importlib.import_module('colorsys')", "colorsys", "module"),
    "__import__": (u"__import__('cmd')", "cmd", "module"),
    "C code": (u"time.strptime('2001', '%Y')", "_strptime", "module"),
    "codec": (u"u'x'.encode('cp1250')", "cp1250", "codec"),
    "alias": (u"u'x'.encode('l2')", "l2", "codec"),
    "reload": (u"reload(keyword)", "keyword", "module"),
}
if sys.version_info >= (3, 15):
    KINDS["placeholder"] = (u"lazy import shlex; shlex.split", "shlex", "placeholder")

HEAD = u"""
import importlib, json, keyword, sys, threading, time, xml
if sys.version_info[0] > 2:
    from importlib import reload
from warmup._watch import watch
from warmup._values import LateImportError
STATEMENTS = %r

def each(function=lambda name: exec_(STATEMENTS[name])):
    errors = {}
    for name in sorted(STATEMENTS):
        try:
            function(name)
        except Exception as error:
            errors[name] = [type(error).__name__, getattr(error, "name", None)]
    return errors

def exec_(statement):
    exec(compile(statement, "program.py", "exec"), globals())

def rows(watch):
    return [[late.name, late.kind, late.asker, late.error] for late in watch.late]

""" % {name: row[0] for name, row in KINDS.items()}


class EachKind(unittest.TestCase):
    BEFORE = u""

    def program(self, source):
        return HEAD + self.BEFORE + textwrap.dedent(source)

    def check_names(self, late):
        self.assertEqual(
            sorted([name, kind] for name, kind, _, _ in late), sorted([name, kind] for _, name, kind in KINDS.values())
        )

    def test_is_recorded(self):
        errors, late, modules = fresh.value(self.program(u"""
            with watch() as seen:
                errors = each()
            print(json.dumps([errors, rows(seen), {late.name: late.modules for late in seen.late}]))
        """))
        self.assertEqual(errors, {})
        self.check_names(late)
        for _, _, asker, error in late:
            self.assertEqual((asker, error), ("program.py:1 <module>", None))
        self.assertIn("sched", modules["sched"])
        self.assertEqual(modules["cp1250"], ["encodings.cp1250"])
        self.assertIn("calendar", modules["_strptime"])

    def test_is_given_to_a_callable(self):
        errors, late = fresh.value(self.program(u"""
            got = []
            with watch(got.append) as seen:
                errors = each()
            assert got == list(seen.late), (got, seen.late)
            print(json.dumps([errors, rows(seen)]))
        """))
        self.assertEqual(errors, {})
        self.check_names(late)

    def test_is_logged_in_one_line(self):
        result = fresh.python(self.program(u"""
            import logging
            logging.basicConfig(format="%(levelname)s %(name)s %(message)s")
            with watch("log") as seen:
                errors = each()
                each()
            assert not errors, errors
            assert len([late for late in seen.late if late.name == "keyword"]) == 2  # reloaded twice, logged once
        """))
        self.assertEqual((result.code, result.out), (0, ""), result)
        lines = result.err.splitlines()
        self.assertEqual(len(lines), len(KINDS), result)
        for _, name, kind in KINDS.values():
            (line,) = [line for line in lines if " %s %s: " % (kind, name) in line]
            self.assertTrue(line.startswith("WARNING warmup late import of "), line)
            self.assertIn("program.py:1 <module> in MainThread", line)

    def test_is_one_line_of_the_log_and_of_the_table_whatever_its_name(self):
        result = fresh.python(u"""
            import importlib, logging
            import warmup
            logging.basicConfig(format="%(message)s")
            with warmup.watch("log") as seen:
                try:
                    importlib.import_module("no_such_module\\nforged")
                except ImportError:
                    pass
            print(seen)
        """)
        self.assertEqual((result.code, len(result.err.splitlines())), (0, 1), result)
        self.assertEqual(len(result.out.splitlines()), 3, result)

    def test_is_logged_beside_the_codec_of_its_name(self):
        result = fresh.python(u"""
            import json, logging, os, shutil, sys, tempfile
            import warmup
            logging.basicConfig(format="%(message)s")
            folder = tempfile.mkdtemp()
            open(os.path.join(folder, "cp1250.py"), "w").close()
            sys.path.insert(0, folder)
            with warmup.watch("log"):
                u"x".encode("cp1250")
                import cp1250
            shutil.rmtree(folder)
        """)
        self.assertEqual((result.code, result.out), (0, ""), result)
        names = [line.partition(":")[0] for line in result.err.splitlines()]
        self.assertEqual(names, ["late import of codec cp1250", "late import of module cp1250"])

    def test_is_refused_and_works_afterwards(self):
        errors, late, loaded, again, afterwards = fresh.value(self.program(u"""
            before = set(sys.modules)
            with watch("raise") as seen:
                errors = each()
                loaded = sorted(set(sys.modules) - before - set(["logging", "json"]))
                again = each()
                with seen.allowed():
                    exec_(STATEMENTS["alias"])
                with watch() as inner:
                    pass
            print(json.dumps([errors, rows(seen)[:len(errors)], [name for name in loaded
                              if name in ("sched", "cmd", "_strptime", "encodings.cp1250", "colorsys")],
                              again, each()]))
        """))
        self.assertEqual(sorted(errors), sorted(KINDS))
        self.assertEqual((loaded, afterwards), ([], {}))
        for name, (error, module) in errors.items():
            if KINDS[name][2] == "codec":
                self.assertEqual(error, "LateCodecError")
            else:
                self.assertEqual((error, module), ("LateImportError", KINDS[name][1]))
                self.assertEqual(again[name], errors[name])
        self.check_names(late)
        for _, _, asker, error in late:
            self.assertEqual(asker, "program.py:1 <module>")
            self.assertTrue(error.startswith("LateImportError: "), error)

    def test_a_codec_is_known_after_a_look_up_beside_the_end_of_the_watch(self):
        found = fresh.value(u"""
            import codecs, json, sys
            from warmup._watch import watch
            seen = watch("raise")
            def tracer(frame, event, argument):
                # as another thread may, between the refusal and the end of the look-up
                if frame.f_code.co_name == "search_function" and event == "exception":
                    seen.stop()
                return tracer
            found = []
            sys.settrace(tracer)
            try:
                codecs.lookup("cp1250")
            except LookupError as error:
                found.append("asked for by" in str(error))
            sys.settrace(None)
            print(json.dumps(found + [codecs.lookup("cp1250").name]))
        """)
        self.assertEqual(found, [True, "cp1250"])

    @unittest.skipIf(fresh.PYPY, "PyPy counts no references")
    def test_is_refused_and_keeps_no_variable_of_the_asker_alive(self):
        self.assertEqual(
            fresh.value(self.program(u"""
            import gc, weakref
            class Value(object):
                pass
            def use(name):
                value = Value()
                reference = weakref.ref(value)
                try:
                    exec_(STATEMENTS[name])
                except (ImportError, LookupError):
                    pass
                return reference
            def kept():
                found = {name: use(name)() is not None for name in sorted(STATEMENTS)}
                return sorted(name for name in found if found[name])
            with watch("raise"):
                gc.disable()
                print(json.dumps(kept()))
        """)),
            [],
        )

    def test_is_no_late_import_once_it_is_loaded(self):
        names = sorted(name for _, name, kind in KINDS.values() if kind != "codec")
        for warm in (u"each()", u"import warmup; warmup.preload(modules=%r)" % (names,)):
            for action in (u"'record'", u"'log'", u"'raise'", u"lambda late: 1 / 0"):
                errors, late = fresh.value(self.program(u"""
                    %s
                    del STATEMENTS["reload"]
                    with watch(%s) as seen:
                        errors = each()
                    print(json.dumps([errors, rows(seen)]))
                """ % (warm, action)))
                self.assertEqual((errors, late), ({}, []), (warm, action))


class HandlersOfLogging(unittest.TestCase):
    """A handler of the program imports late, while it holds a lock of its own."""

    SOURCE = u"""
        import logging, threading
        import warmup
        printed = []
        class Handler(logging.Handler):
            own = threading.Lock()
            def emit(self, record):
                assert self.own.acquire(%s), "the watch has called the handler inside of itself"
                import sched
                printed.append(record.getMessage().partition(":")[0])
                self.own.release()
        logging.getLogger().addHandler(Handler())
        seen = warmup.watch("log")
        logging.warning("first")
        logging.warning("second")
        seen.stop()
        print(printed)
    """ % (u"False" if fresh.PY2 else u"timeout=5")

    def test_write_all_lines_and_do_not_wait_for_themselves(self):
        result = fresh.python(self.SOURCE)
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertEqual(result.out.strip(), "['first', 'second', 'late import of module sched']")

    def test_get_all_after_the_program_has_configured_logging(self):
        # dictConfig() disables each logger that exists, unless it is asked not to.
        result = fresh.python(u"""
            import logging, logging.config, sys
            import warmup
            with warmup.watch("log"):
                import sched
                handlers = {"all": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}}
                logging.config.dictConfig(
                    {"version": 1, "handlers": handlers, "root": {"level": "INFO", "handlers": ["all"]}})
                import colorsys
                warmup.preload(scan=False)
                logging.getLogger("warmup").setLevel(logging.ERROR)
                import wave
        """)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(
            [line.partition(":")[0] for line in result.out.splitlines()],
            ["late import of module colorsys", "preload()"],
        )

    def test_get_records_of_a_logger_of_the_program_that_cannot_be_copied(self):
        result = fresh.python(u"""
            import logging, sys
            import warmup
            class Logger(logging.Logger):
                __slots__ = ("prefix",)
                def __init__(self, name):
                    logging.Logger.__init__(self, name)
                    self.prefix = "shop"
                def _log(self, level, message, arguments, **more):
                    logging.Logger._log(self, level, self.prefix + ": " + message, arguments, **more)
            logging.setLoggerClass(Logger)
            logging.basicConfig(format="%(message)s", stream=sys.stdout)
            with warmup.watch("log"):
                import sched
        """)
        self.assertEqual(result.code, 0, result)
        self.assertTrue(result.out.startswith("shop: late import of module sched"), result)

    def test_get_records_that_a_logger_of_the_program_makes(self):
        result = fresh.python(u"""
            import logging, sys
            import warmup
            class Logger(logging.getLoggerClass()):
                def makeRecord(self, *arguments, **more):
                    record = logging.Logger.makeRecord(self, *arguments, **more)
                    record.request = "7"
                    return record
            logging.setLoggerClass(Logger)
            logging.basicConfig(format="%(request)s %(message)s", stream=sys.stdout)
            with warmup.watch("log"):
                import sched
        """)
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertIn("7 late import of module sched", result.out)

    def test_do_not_fill_the_watch_with_equal_lines(self):
        result = fresh.python(u"""
            import io, logging
            import warmup
            from warmup import _watch
            _watch.LIMIT = 10
            class Filter(logging.Filter):
                is_last = False
                def filter(self, record):
                    try:
                        import no_such_module
                    except ImportError:
                        pass
                    if self.is_last:
                        import sched
                    return True
            handler, only = logging.StreamHandler(), Filter()
            handler.addFilter(only)
            logging.getLogger().addHandler(handler)
            logging.getLogger("warmup").propagate = False
            lines = []
            class Lines(logging.Handler):
                def emit(self, record):
                    lines.append(record.getMessage().partition(":")[0])
            logging.getLogger("warmup").addHandler(Lines())
            seen = warmup.watch("log")
            for number in range(20):
                only.is_last = number == 5
                logging.warning("x")
            seen.stop()
            print([line for line in lines if line.startswith("late")])
        """)
        self.assertEqual(
            result.out.strip(), "['late import of module no_such_module', 'late import of module sched']", result
        )


@unittest.skipUnless(fresh.PY2 or sys.version_info >= (3, 15), "there it is the same as without preload()")
class EachKindAfterPreload(EachKind):
    """On 2.7 the watch is then below the ``__import__`` of ``preload()``."""

    BEFORE = u"import warmup; warmup.preload(scan=False)\n"


class LateImports(unittest.TestCase):
    def test_have_all_fields(self):
        late, process = fresh.value(u"""
            import json, os, threading
            from warmup._watch import watch
            def function():
                import sched
            with watch() as seen:
                thread = threading.Thread(target=function, name="worker")
                thread.start()
                thread.join()
            print(json.dumps([[late.as_dict() for late in seen.late], os.getpid()]))
        """)
        (late,) = late
        self.assertEqual((late["name"], late["kind"], late["thread"]), ("sched", "module", "worker"))
        self.assertTrue(re.search(r"\.py:\d+ function$", late["asker"]), late)
        self.assertEqual((late["error"], late["process"]), (None, process))
        self.assertGreater(late["seconds"], 0)
        self.assertEqual(late["modules"][0], "sched")

    def test_name_the_line_of_the_asker(self):
        askers, lines = fresh.value(u"""
            import json, sys
            from warmup._watch import watch
            lines = []
            def here():
                lines.append(sys._getframe(1).f_lineno)
                return "cmd"
            def function():
                lines.append(sys._getframe().f_lineno + 1)
                import sched
                for _ in range(3):
                    pass
                lines.append(sys._getframe().f_lineno + 1)
                from wave import (
                    open,
                )
                [__import__(here()), 1]

                def inner():
                    lines.append(sys._getframe().f_lineno); import colorsys
                inner()
            with watch() as seen:
                function()
            print(json.dumps([[late.asker for late in seen.late], lines]))
        """)
        places = [asker.rsplit(":", 1)[1].split() for asker in askers]
        self.assertEqual([int(line) for line, _ in places], lines)
        self.assertEqual([name for _, name in places], ["function"] * 3 + ["inner"])

    def test_do_not_have_modules_that_were_there_before(self):
        if fresh.PY2:
            self.skipTest("there sys.modules keeps no order")
        modules = fresh.value(SLOW_MODULE + u"""
            go.set()
            with open(os.path.join(directory, "adds.py"), "w") as stream:
                stream.write("import sys; sys.modules['adds.new'] = sys")
            with watch() as seen:
                sys.modules["by_hand"] = sys
                import adds
            print(json.dumps(seen.late[0].modules))
        """)
        self.assertEqual(modules, ["adds", "adds.new"])

    @unittest.skipUnless(fresh.PY2, "there a name may be no str")
    def test_are_utf_8_as_json_if_their_names_are(self):
        name = fresh.value(u"""
            import json
            import warmup
            with warmup.watch() as seen:
                try:
                    __import__("jos\\xc3\\xa9")
                except ImportError:
                    pass
            print(json.dumps(json.loads(seen.to_json())["late"][0]["name"]))
        """)
        self.assertEqual(name, u"jos\xe9")

    @unittest.skipUnless(fresh.PY2, "there a name may be no str")
    def test_can_be_shown_with_unicode_beside_bytes(self):
        late = fresh.value(u"""
            import json, logging
            from warmup._watch import watch
            logging.basicConfig()
            exec(compile("def function(): __import__(u'sched')", "h\\xc3\\xa9.py", "exec"))
            with watch("log") as seen:
                function()
            shown = str(seen), repr(seen.late), seen.to_json(), seen.to_trace()
            print(json.dumps([seen.late[0].name, seen.late[0].modules[:1], type(seen.late[0].name) is str]))
        """)
        self.assertEqual(late, ["sched", ["sched"], True])

    def test_do_not_come_from_a_statement_that_goes_above_its_package(self):
        self.assertEqual(
            fresh.value(u"""
            import json
            import xml
            from warmup._watch import watch
            errors, late = [], []
            for action in None, "record", "raise":
                seen = action and watch(action)
                try:
                    exec("from .. import dom", {"__name__": "xml.z", "__package__": "xml"})
                except (ImportError, ValueError) as error:
                    errors.append(type(error).__name__)
                if seen:
                    seen.stop()
                    late += [one.name for one in seen.late]
            print(json.dumps([len(set(errors)), len(errors), late]))
        """),
            [1, 3, []],
        )

    def test_that_load_nothing_are_not_late_though_the_program_has_added_a_name(self):
        late = fresh.value(SLOW_MODULE + u"""
            os.mkdir(os.path.join(directory, "package"))
            for name, text in ("__init__", ""), ("part", "import sys\\ndef use():\\n"
                                                         "    sys.modules['$x.y'] = sys\\n    import threading\\n"):
                with open(os.path.join(directory, "package", name + ".py"), "w") as stream:
                    stream.write(text)
            import package.part
            with watch() as seen:
                package.part.use()
            print(json.dumps([late.name for late in seen.late]))
        """)
        self.assertEqual(late, [])

    def test_of_two_names_are_late_though_the_first_does_not_exist(self):
        names = fresh.value(SLOW_MODULE + u"""
            os.mkdir(os.path.join(directory, "package"))
            for name in "__init__", "part":
                open(os.path.join(directory, "package", name + ".py"), "w").close()
            import package
            with watch() as seen:
                try:
                    from package import part_of_c, part
                except ImportError:
                    from package import part
            print(json.dumps([[late.name, list(late.modules)] for late in seen.late if late.modules]))
        """)
        self.assertEqual(names, [["package.part", ["package.part"]]])

    @unittest.skipUnless(fresh.PY2, "there an import reads the module")
    def test_do_not_come_from_reading_a_lazy_package(self):
        self.assertEqual(
            fresh.value(u"""
            import json, sys, types
            from warmup._watch import watch
            loaded = []
            class Lazy(types.ModuleType):
                part = 1
                @property
                def __dict__(self):
                    loaded.append("all")
                    return {}
            sys.modules["lazy"] = Lazy("lazy")
            with watch():
                from lazy import part
            print(json.dumps(loaded))
        """),
            [],
        )

    @unittest.skipIf(fresh.PY2, "there one thread at a time imports")
    def test_have_no_module_of_a_thread_whose_import_ends_at_the_same_moment(self):
        wrong = fresh.value(u"""
            import importlib, json, logging, os, shutil, sys, tempfile, threading
            import warmup
            folder = tempfile.mkdtemp()
            sys.path.insert(0, folder)
            names = ["ends%d" % number for number in range(8)]
            for name in names + ["shared"]:
                with open(os.path.join(folder, name + ".py"), "w") as stream:
                    stream.write("import time\\ntime.sleep(0.01)\\n" + "import shared\\n" * (name != "shared"))
            class Handler(logging.Handler):
                def emit(self, record):
                    lines.append(record)
            logger = logging.getLogger("warmup")
            logger.addHandler(Handler())
            logger.propagate = False
            sys.setswitchinterval(1e-6)
            wrong = []
            for _ in range(60):
                for name in names + ["shared"]:
                    sys.modules.pop(name, None)
                lines = []
                with warmup.watch("log") as seen:
                    threads = [threading.Thread(target=importlib.import_module, args=(name,)) for name in names]
                    for thread in threads:
                        thread.start()
                    for thread in threads:
                        thread.join()
                found = sorted(name for late in seen.late for name in late.modules)
                if len(lines) != len(names) or found != names + ["shared"]:
                    wrong.append([[late.name, late.modules] for late in seen.late])
            shutil.rmtree(folder)
            print(json.dumps(wrong))
        """)
        self.assertEqual(wrong, [])

    @unittest.skipIf(fresh.PY2 or fresh.PYPY or os.name == "nt", "there a watch does not see that a thread waits")
    def test_belong_to_one_of_several_threads_that_threading_does_not_know(self):
        self.assertEqual(
            fresh.value(u"""
            import ctypes, json, os, shutil, tempfile, time
            import warmup
            folder = tempfile.mkdtemp()
            sys.path.insert(0, folder)
            with open(os.path.join(folder, "slow.py"), "w") as stream:
                stream.write("import __main__\\n__main__.wait()\\nimport colorsys\\n")
            entered = []
            def wait():
                while len(entered) < 3:
                    time.sleep(0.001)
            def work(_):
                entered.append(1)
                import slow
            library, function = ctypes.CDLL(None), ctypes.CFUNCTYPE(None, ctypes.c_void_p)(work)
            with warmup.watch() as seen:
                threads = [ctypes.c_ulong() for _ in range(3)]
                for thread in threads:
                    library.pthread_create(ctypes.byref(thread), None, function, None)
                for thread in threads:
                    library.pthread_join(thread, None)
            shutil.rmtree(folder)
            print(json.dumps(sorted(name for late in seen.late for name in late.modules)))
        """),
            ["colorsys", "slow"],
        )

    def test_have_what_they_import_in_turn_beside_another_watch_that_begins_inside(self):
        self.assertEqual(
            fresh.value(u"""
            import json, os, shutil, tempfile
            import warmup
            folder = tempfile.mkdtemp()
            sys.path.insert(0, folder)
            for name, text in (
                ("outer", "import warmup\\nsecond = warmup.watch()\\nimport middle\\nsecond.stop()\\n"),
                ("middle", "import inner, last"), ("inner", ""), ("last", ""),
            ):
                with open(os.path.join(folder, name + ".py"), "w") as stream:
                    stream.write(text)
            with warmup.watch() as first:
                import outer
            shutil.rmtree(folder)
            print(json.dumps([sorted(name for late in watch.late for name in late.modules)
                              for watch in (first, outer.second)]))
        """),
            [["inner", "last", "middle", "outer"], ["inner", "last", "middle"]],
        )

    def test_belong_to_the_outermost(self):
        late, came = fresh.value(u"""
            import json
            from warmup._watch import watch
            with watch() as seen, Recorder() as came:
                import xml.dom.minidom
                import unittest
                import xml.parsers.expat
            print(json.dumps([[late.modules for late in seen.late], came.late]))
        """)
        self.assertEqual([modules[0] for modules in late], ["xml.dom.minidom", "unittest", "xml.parsers.expat"])
        # No more, no less, none twice.
        self.assertEqual(sorted(name for modules in late for name in modules), came)

    def test_that_fail_have_their_error(self):
        late = fresh.value(u"""
            import json
            from warmup._watch import watch
            with watch() as seen:
                for statement in ("import no_such", "import json.no_such", "u''.encode('no-such')"):
                    try:
                        exec(statement)
                    except (ImportError, LookupError):
                        pass
            print(json.dumps([[late.name, late.kind, late.error, late.modules] for late in seen.late]))
        """)
        names = [name.replace("-", "_") for name, _, _, _ in late]
        if fresh.PY2:
            names = [name for name in names]
        self.assertEqual(names, ["no_such", "json.no_such", "no_such"])
        self.assertEqual([kind for _, kind, _, _ in late], ["module", "module", "codec"])
        for _, _, error, modules in late:
            self.assertIn("No module named", error)
            self.assertEqual(modules, [])

    def test_that_are_missing_fail_as_always_when_refused(self):
        for action in (u"record", u"raise"):
            error, late = fresh.value(u"""
                import json
                from warmup._watch import watch
                with watch(%r) as seen:
                    try:
                        import no_such
                    except ImportError as caught:
                        error = caught
                print(json.dumps([[type(error).__name__, str(error)], seen.late[0].error]))
            """ % str(action))
            native = "ImportError" if fresh.PY2 else "ModuleNotFoundError"
            self.assertEqual(error[0], native)
            self.assertEqual(late, ": ".join(error))

    def test_are_asked_for_through_helpers(self):
        askers = fresh.value(u"""
            import json, importlib, pkgutil, codecs, io, os
            from warmup._watch import watch
            def asker(function, *arguments):
                with watch() as seen:
                    function(*arguments)
                return [late.asker.rpartition(" ")[2] for late in seen.late][:1]
            def by_import_module():
                importlib.import_module("sched")
            def by_codecs():
                codecs.getreader("cp1250")
            def by_open():
                codecs.open(os.devnull, "r", "cp1251").close()
            def by_find_loader():
                __import__("xml.sax")
            print(json.dumps([asker(by_import_module), asker(by_codecs), asker(by_open), asker(by_find_loader)]))
        """)
        self.assertEqual(askers, [["by_import_module"], ["by_codecs"], ["by_open"], ["by_find_loader"]])

    def test_are_asked_for_through_an_import_function_of_the_program(self):
        for is_first in (True, False):
            askers = fresh.value(u"""
                import json
                from warmup._watch import watch
                try:
                    import builtins
                except ImportError:
                    import __builtin__ as builtins
                def replace_import():
                    before = builtins.__import__
                    def hook(*args, **kwargs):
                        return before(*args, **kwargs)
                    builtins.__import__ = hook
                def first():
                    import sched
                def second():
                    import cmd
                if %r:
                    replace_import()
                with watch() as seen:
                    if not %r:
                        replace_import()
                    first()
                    second()
                print(json.dumps([late.asker.rpartition(" ")[2] for late in seen.late]))
            """ % (is_first, is_first))
            self.assertEqual(askers, ["first", "second"], is_first)

    def test_are_asked_for_through_the_import_functions_of_two_tools(self):
        """As those of two parts of pydevd, where the function of one calls that of the other."""
        askers, found, report = fresh.value(u"""
            import importlib, json, os, sys
            import warmup
            try:
                import builtins
            except ImportError:
                import __builtin__ as builtins
            directory = os.path.dirname(os.path.abspath(__file__))  # it is on sys.path, and is deleted at the end
            with open(os.path.join(directory, "top.py"), "w") as stream:
                stream.write("import top_too")
            with open(os.path.join(directory, "top_too.py"), "w") as stream:
                stream.write("def work():\\n    importlib.import_module('sched')\\nimport importlib")
            class Manager(object):
                def __init__(self):
                    self.system_import = builtins.__import__
                def do_import(self, name, *args, **kwargs):
                    return self.system_import(name, *args, **kwargs)
            builtins.__import__ = Manager().do_import
            def patch():
                original = builtins.__import__
                def note_import():
                    importlib.import_module("colorsys")
                def patched(*args, **kwargs):
                    if args[0] == "cmd":
                        note_import()  # it asks itself
                    return original(*args, **kwargs)
                builtins.__import__ = patched
            patch()
            def statement():
                import cmd
            def codec():
                return u"x".encode("cp1250")
            with warmup.watch() as seen:
                statement()
                codec()
            askers = [(late.kind, late.name, late.asker.rpartition(" ")[2]) for late in seen.late]
            from warmup import _record
            from warmup._python.startup import is_late
            found = []
            collector = _record.Collector(lambda late: found.append(late.name), is_late)
            collector.start()
            import top  # its own top level asks: that is no late import
            top.top_too.work()
            collector.stop()
            report = warmup.preload()
            print(json.dumps([askers, found, [one.target.name for one in report.failed]]))
        """)
        asked = [["module", "colorsys", "note_import"], ["module", "cmd", "statement"], ["codec", "cp1250", "codec"]]
        # On 2.7 the function of the watch is above those of the tools, so that all belongs to the import of cmd.
        self.assertEqual(askers, asked[1:] if fresh.PY2 else asked)
        self.assertEqual(found, ["sched"])
        self.assertEqual(report, [])

    def test_are_noticed_beside_a_tool_whose_attributes_raise(self):
        self.assertEqual(
            fresh.value(u"""
            import json
            import warmup
            try:
                import builtins
            except ImportError:
                import __builtin__ as builtins
            class Tool(object):
                @property
                def __dict__(self):
                    raise RuntimeError("not now")
                def do_import(self, *args, **kwargs):
                    return import_before(*args, **kwargs)
            import_before, builtins.__import__ = builtins.__import__, Tool().do_import
            def user():
                import sched
            with warmup.watch() as seen:
                user()
            report = warmup.preload(codecs=["idna"])
            print(json.dumps([[late.asker.rpartition(" ")[2] for late in seen.late],
                              [one.target.name for one in report.failed]]))
        """),
            [["user"], []],
        )

    @unittest.skipIf(sys.version_info < (3, 9), "importlib.resources.files() came with 3.9")
    def test_are_asked_for_through_functions_that_python_has_wrapped(self):
        asker, line = fresh.value(SLOW_MODULE + u"""
            import importlib.resources
            os.mkdir(os.path.join(directory, "data"))
            with open(os.path.join(directory, "data", "__init__.py"), "w"):
                pass
            with open(os.path.join(directory, "reads.py"), "w") as stream:
                stream.write("import importlib.resources\\nimportlib.resources.files('data')\\n")
            importlib.resources.files("json")
            def user():
                importlib.resources.files("data")
            with watch() as seen:
                user()
            asker = [late.asker.rpartition(" ")[2] for late in seen.late if late.name == "data"]
            del sys.modules["data"]
            from warmup import _record
            from warmup._python.startup import is_late
            found = []
            collector = _record.Collector(lambda late: found.append(late.name), is_late)
            collector.start()
            import reads  # its own top level asks: that is no late import
            collector.stop()
            print(json.dumps([asker, found]))
        """)
        self.assertEqual((asker, line), (["user"], []))

    @unittest.skipIf(fresh.PYPY, "its own import is Python code")
    def test_are_asked_for_by_c_code_that_no_python_code_has_called(self):
        late = fresh.value(u"""
            import json, time
            try:
                import _thread as thread
            except ImportError:
                import thread
            from warmup._watch import watch
            late, count = [], thread._count()
            for action in "record", "raise":
                with watch(action) as seen:
                    thread.start_new_thread(__import__, ("sched" if action == "record" else "chunk",))
                    while not seen.late or thread._count() > count:  # until that thread has ended
                        time.sleep(0.01)
                late += [[one.name, one.asker, one.error is None] for one in seen.late]
            print(json.dumps(late))
        """.replace("chunk", "chunk" if fresh.PY2 else "colorsys"))
        place = "<C>:0 <no Python code>"
        self.assertEqual(late[0], ["sched", place, True])
        self.assertEqual(late[1][1:], [place, False])

    def test_are_those_of_other_threads_that_wait_too(self):
        if fresh.PY2:
            self.skipTest("there a thread waits for another one's import inside of the interpreter")
        late = fresh.value(SLOW_MODULE + u"""
            import threading
            from warmup._python import imports
            with watch() as seen:
                def function():
                    import slow
                threads = [threading.Thread(target=function, name=name) for name in ("first", "second")]
                threads[0].start()
                assert begun.wait(30)
                threads[1].start()
                while imports._inside.get(threads[1].ident) is None:
                    time.sleep(0.01)
                go.set()
                for thread in threads:
                    thread.join()
            print(json.dumps(sorted([late.name, late.thread, late.modules[:1]] for late in seen.late)))
        """)
        self.assertEqual(late, [["slow", "first", ["slow"]], ["slow", "second", []]])

    # Two threads import colorsys, which imports nothing. The second begins while the first is inside of a finder.
    BESIDE_A_FINDER = u"""
import json, logging, sys, threading, time
import warmup
from warmup._python import imports
begun, go = threading.Event(), threading.Event()
class Finder(object):
    def find_spec(self, name, path=None, target=None):
        if name == "colorsys" and not begun.is_set():
            begun.set()
            go.wait(30)
            answer()
sys.meta_path.insert(0, Finder())
def function():
    try:
        import colorsys
    except ImportError:
        pass
def in_two_threads(action):
    with warmup.watch(action) as seen:
        threads = [threading.Thread(target=function, name=name) for name in ("first", "second")]
        threads[0].start()
        assert begun.wait(30)
        threads[1].start()
        while imports._inside.get(threads[1].ident) is None:
            time.sleep(0.01)
        go.set()
        for thread in threads:
            thread.join()
    return sorted([late.thread, "colorsys" in late.modules, bool(late.error)] for late in seen.late)
"""

    def test_of_threads_that_wait_for_a_finder_have_no_modules(self):
        if fresh.PY2:
            self.skipTest("there a thread waits for another one's import inside of the interpreter")
        late, lines = fresh.value(self.BESIDE_A_FINDER + u"""
def answer():
    pass
lines = []
class Handler(logging.Handler):
    def emit(self, record):
        lines.append(record.getMessage())
logging.getLogger("warmup").addHandler(Handler())
print(json.dumps([in_two_threads("log"), lines]))
""")
        self.assertEqual(late, [["first", True, False], ["second", False, False]])
        self.assertEqual(len(lines), 1)
        self.assertIn(" in first", lines[0])

    def test_of_threads_that_import_the_same_modules_share_them(self):
        """A thread may begin its import before another thread has taken the lock of the module."""
        twice, count = fresh.value(u"""
            import collections, json, os, shutil, sys, tempfile, threading
            import warmup
            folder = tempfile.mkdtemp()
            names = ["same%d" % number for number in range(200)]
            for name in names:
                with open(os.path.join(folder, name + ".py"), "w") as stream:
                    stream.write("x = 1")
            sys.path.insert(0, folder)
            if hasattr(sys, "setswitchinterval"):
                sys.setswitchinterval(1e-6)
            def function():
                for name in names:
                    __import__(name)
            with warmup.watch() as seen:
                threads = [threading.Thread(target=function) for _ in range(4)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            shutil.rmtree(folder)
            modules = collections.Counter(name for late in seen.late for name in late.modules)
            print(json.dumps([sum(modules[name] > 1 for name in names), sum(name in modules for name in names)]))
        """)
        if not fresh.PY2:
            # A switch of threads between two instructions may still cost one.
            self.assertLess(twice, 3)
        self.assertEqual(count, 200)

    def test_of_threads_that_import_or_reload_a_module_anew_have_it(self):
        late = fresh.value(u"""
            import json, sys, threading
            import warmup
            if sys.version_info[0] > 2:
                from importlib import reload
            def anew():
                del sys.modules["sched"]
                import sched
            def again():
                reload(sys.modules["sched"])
            import sched
            with warmup.watch() as seen:
                done = threading.Event()
                other = threading.Thread(target=done.wait)
                other.start()
                threads = [threading.Thread(target=function) for function in (anew, again, anew, anew, again)]
                for thread in threads:
                    thread.start()
                    thread.join()
                done.set()
            print(json.dumps([late.modules for late in seen.late]))
        """)
        self.assertEqual(late, [["sched"]] * 5)

    def test_of_a_thread_that_has_waited_in_vain_have_the_module_that_it_loads_itself(self):
        if fresh.PY2:
            self.skipTest("there a thread waits for another one's import inside of the interpreter")
        late = fresh.value(self.BESIDE_A_FINDER + u"""
def answer():
    raise ImportError("a file system that does not answer the first time")
print(json.dumps(in_two_threads("record")))
""")
        self.assertEqual(late, [["first", False, True], ["second", True, False]])

    def test_of_a_thread_that_waits_inside_of_import_module_are_seen_and_refused(self):
        if fresh.PY2:
            self.skipTest("there a thread waits for another one's import inside of the interpreter")
        found = fresh.value(u"""
            import importlib, json, os, shutil, sys, tempfile, threading, time
            import warmup
            from warmup._python import imports
            folder = tempfile.mkdtemp()
            with open(os.path.join(folder, "slow_module.py"), "w") as stream:
                stream.write("import __main__\\n__main__.body()\\n")
            sys.path.insert(0, folder)
            runs = []
            def body():
                runs.append(threading.current_thread().name)
                begun.set()
                go.wait(30)
                if is_to_fail and len(runs) == 1:
                    raise ValueError
            def first():
                try:
                    with seen.allowed():
                        import slow_module
                except ValueError:
                    pass
            def second():
                try:
                    importlib.import_module("slow_module")
                except ImportError:
                    pass
            found = []
            for is_to_fail in (False, True):
                begun, go = threading.Event(), threading.Event()
                sys.modules.pop("slow_module", None)
                del runs[:]
                with warmup.watch("raise") as seen:
                    threads = [threading.Thread(target=one, name=one.__name__) for one in (first, second)]
                    threads[0].start()
                    begun.wait(30)
                    threads[1].start()
                    until = time.time() + 10
                    while imports._inside.get(threads[1].ident) is None and time.time() < until:
                        time.sleep(0.01)
                    go.set()
                    for thread in threads:
                        thread.join()
                late = [[one.thread, one.modules, (one.error or "").partition(":")[0]] for one in seen.late]
                found.append([runs[:], late])
            shutil.rmtree(folder)
            print(json.dumps(found))
        """)
        self.assertEqual(found, [[["first"], [["second", [], ""]]], [["first"], [["second", [], "LateImportError"]]]])

    def test_are_not_those_of_a_thread_that_need_not_wait(self):
        if fresh.PY2:
            self.skipTest("there a thread waits for another one's import inside of the interpreter")
        late = fresh.value(u"""
            import importlib, json, os, shutil, sys, tempfile, threading, time
            import warmup
            from warmup._python import imports
            folder = tempfile.mkdtemp()
            with open(os.path.join(folder, "replaced.py"), "w") as stream:
                stream.write("import sys, __main__\\nsys.modules['replaced'] = object()\\n__main__.body()\\n")
            sys.path.insert(0, folder)
            begun, go = threading.Event(), threading.Event()
            def body():
                begun.set()
                go.wait(30)
            with warmup.watch() as seen:
                first = threading.Thread(target=__import__, args=("replaced",))
                first.start()
                begun.wait(30)
                second = threading.Thread(target=importlib.import_module, args=("replaced",), name="second")
                second.start()
                if sys.version_info >= (3, 11):
                    second.join(20)  # go.wait() bounds a wait that must not happen
                until = time.time() + 20  # before 3.11 the thread waits for the lock all the same
                while second.is_alive() and imports._inside.get(second.ident) is None and time.time() < until:
                    time.sleep(0.01)
                go.set()
                for thread in (first, second):
                    thread.join()
            shutil.rmtree(folder)
            print(json.dumps([late.name for late in seen.late if late.thread == "second"]))
        """)
        self.assertEqual(late, [] if sys.version_info >= (3, 11) else ["replaced"])

    def test_are_bounded(self):
        result = fresh.python(u"""
            import logging
            from warmup import _watch
            _watch.LIMIT = 3
            logging.basicConfig(format="%(message)s")
            with _watch.watch() as seen:
                for number in range(5):
                    try:
                        __import__("no_such_%d" % number)
                    except ImportError:
                        pass
            assert (len(seen.late), seen.dropped) == (3, 2)
            print(seen)
        """)
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.err.strip(), "a watch keeps 3 late imports; it does not keep those that follow")
        self.assertIn("2 more were not kept, the limit is 3", result.out)

    def test_that_wait_for_their_action_are_bounded(self):
        actions = fresh.value(SLOW_MODULE + u"""
            from warmup import _watch
            _watch.LIMIT, ran = 3, []
            with open(os.path.join(directory, "server.py"), "w") as stream:
                stream.write("import sys; m = sys.modules['__main__']; seen = m.watch(m.ran.append)\\n"
                             "for number in range(9):\\n"
                             "    try:\\n        __import__('no_such_%d' % number)\\n"
                             "    except ImportError:\\n        pass")
            import server
            server.seen.stop()
            print(json.dumps(len(ran)))
        """)
        self.assertEqual(actions, 3)

    def test_go_on_in_a_child(self):
        if not hasattr(os, "fork"):
            self.skipTest("no fork here")
        late, parent = fresh.value(u"""
            import json, os
            from warmup._watch import watch
            with watch() as seen:
                import sched
                read, write = os.pipe()
                child = os.fork()
                if not child:
                    import cmd
                    os.write(write, json.dumps([[one.name, one.process == os.getpid()] for one in seen.late]).encode())
                    os._exit(0)
                os.waitpid(child, 0)
            print(json.dumps([json.loads(os.read(read, 9999).decode()), [one.name for one in seen.late]]))
        """)
        self.assertEqual(late, [["sched", False], ["cmd", True]])
        self.assertEqual(parent, ["sched"])

    def test_go_on_in_a_child_that_is_forked_inside_of_one(self):
        if fresh.PY2 or not hasattr(os, "fork"):
            self.skipTest("2.7 loses its import lock by that; Windows has no fork")
        self.assertEqual(
            fresh.value(SLOW_MODULE + u"""
            with open(os.path.join(directory, "forks.py"), "w") as stream:
                stream.write("import os, sys; sys.child = os.fork()\\nif not sys.child: import sched\\n")
            read, write = os.pipe()
            with watch() as seen:
                import forks
                if not sys.child:
                    import cmd
                    names = [[one.name, "sched" in one.modules, one.process == os.getpid()] for one in seen.late]
                    os.write(write, json.dumps(names).encode())
                    os._exit(0)
                os.waitpid(sys.child, 0)
            print(os.read(read, 9999).decode())
        """),
            [["forks", True, True], ["cmd", False, True]],
        )

    def test_go_on_in_such_a_child_that_starts_another_watch_or_a_guard(self):
        if fresh.PY2 or not hasattr(os, "register_at_fork"):
            self.skipTest("2.7 loses its import lock by that; Windows has no fork, and 3.6 no guard")
        for start in "warmup.guard_fork()", "warmup.watch()":
            self.assertEqual(
                fresh.value(SLOW_MODULE + u"""
            import warmup
            with open(os.path.join(directory, "forks.py"), "w") as stream:
                stream.write("import os, sys, warmup; sys.child = os.fork()\\n"
                             "if not sys.child:\\n    %s\\n    import sched\\n")
            read, write = os.pipe()
            with watch() as seen:
                import forks
                if not sys.child:
                    os.write(write, json.dumps([[one.name, "sched" in one.modules] for one in seen.late]).encode())
                    os._exit(0)
                os.waitpid(sys.child, 0)
            print(os.read(read, 9999).decode())
        """ % start),
                [["forks", True]],
            )


# The module slow. Its body sets an event when it begins, and waits for another event.
SLOW_MODULE = u"""
            import atexit, json, os, shutil, sys, tempfile, threading, time
            from warmup._watch import watch
            begun, go = threading.Event(), threading.Event()
            directory = tempfile.mkdtemp()
            atexit.register(shutil.rmtree, directory)
            sys.path.insert(0, directory)
            with open(os.path.join(directory, "slow.py"), "w") as stream:
                stream.write("import sys; m = sys.modules['__main__']; m.begun.set(); m.go.wait(30); import sched")
"""


@unittest.skipIf(fresh.PY2, "2.7 waits for no lock of a module")
class AtExit(unittest.TestCase):
    """A daemon thread that is inside a finder when the process ends never releases the global import lock."""

    SOURCE = SLOW_MODULE + u"""
            import faulthandler
            import warmup
            from warmup._python import locks
            with open(os.path.join(directory, "slow.py"), "w") as stream:
                stream.write("import sys; m = sys.modules['__main__']; m.begun.set(); m.go.wait(30)")
            faulthandler.dump_traceback_later(30, exit=True)
            searched, never = threading.Event(), threading.Event()
            class Finder(object):
                def find_spec(self, name, path=None, target=None):
                    if name == "far":
                        searched.set()
                        never.wait()
            sys.meta_path.insert(0, Finder())
            def start(name):
                thread = threading.Thread(target=__import__, args=(name,))
                thread.daemon = True
                thread.start()
                return thread
            if sys.argv[1] == "watch":
                warmup.watch()
            threads = [start("slow")]
            begun.wait()
            start("far")
            searched.wait()
            if sys.argv[1] == "preload":
                warmup.preload(scan=False, codecs=())
            else:
                threads.append(start("slow"))
                while sys.argv[1] == "watch" and not locks._kept:
                    time.sleep(0.001)
            go.set()
            for thread in threads:
                thread.join(0.5)  # cold, the callback of the lock waits for the finder
            print("ends")
    """

    def test_the_process_ends_as_without_the_package(self):
        for way in ("cold", "watch", "preload"):
            # Without the option, the warning of preload() would wait for an import.
            result = fresh.python(self.SOURCE, options=["-W", "ignore"], arguments=[way])
            self.assertEqual((result.code, result.out, result.err), (0, "ends\n", ""), way)


@unittest.skipUnless(sys.version_info >= (3, 15), "placeholders came with 3.15")
class FirstUse(unittest.TestCase):
    def test_of_a_placeholder_has_its_kind_by_any_way(self):
        self.assertEqual(
            fresh.value(u"""
            import importlib, json, operator, sys
            lazy import sched
            lazy import cmd
            lazy import colorsys
            lazy import shlex
            import warmup
            me = sys.modules[__name__]
            with warmup.watch() as seen:
                getattr(me, "sched")
                operator.attrgetter("cmd")(me)
                globals()["colorsys"].resolve()
                importlib.import_module("shlex")
            print(json.dumps([[late.name, late.kind] for late in seen.late]))
        """),
            [["sched", "placeholder"], ["cmd", "placeholder"], ["colorsys", "placeholder"], ["shlex", "module"]],
        )

    def test_of_a_placeholder_is_seen_where_the_interpreter_does_not_show_its_opcodes(self):
        """A later Python may move the private module that has their names. Without it, `sys.lazy_modules` says so."""
        self.assertEqual(
            fresh.value(u"""
            import json, sys
            sys.modules["_opcode_metadata"] = None
            import warmup
            lazy import sched
            with warmup.watch() as seen:
                sched.scheduler
            print(json.dumps([[late.name, late.kind] for late in seen.late]))
        """),
            [["sched", "placeholder"]],
        )


class Raise(unittest.TestCase):
    def test_lets_no_code_run(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        os.mkdir(os.path.join(directory, "package"))
        for name in ("evil.py", "package/__init__.py", "package/part.py"):
            with open(os.path.join(directory, name), "w") as stream:
                stream.write("print('code has run')")
        result = fresh.python(
            u"""
            import sys, importlib
            from warmup._watch import watch
            from warmup._values import LateImportError
            with watch("raise"):
                for name in ("evil", "package", "package.part", "evil.no_such"):
                    for function in (__import__, importlib.import_module):
                        try:
                            function(name)
                        except LateImportError as error:
                            assert error.name == name.partition(".")[0]
                            assert isinstance(error, ImportError)
                            assert name.partition(".")[0] in str(error)
                        else:
                            raise AssertionError(name)
            assert not [name for name in sys.modules if name.startswith(("evil", "package"))]
            import evil, package.part
        """,
            environment={"PYTHONPATH": os.pathsep.join([directory, fresh.ROOT])},
        )
        self.assertEqual((result.code, result.out.split("\n")), (0, ["code has run"] * 3 + [""]), result)

    def test_lets_through_what_is_allowed_or_excluded_inside_of_a_finder(self):
        found = fresh.value(u"""
            import codecs, json, sys
            from warmup._watch import watch
            found, seen = [], None
            class Finder(object):
                def find_spec(self, name, path=None, target=None):
                    if name in ("no_such", "no_other"):
                        try:
                            if name == "no_such":
                                import wave
                            else:
                                with seen.allowed():
                                    import wave
                            found.append("let through")
                        except ImportError:
                            found.append("refused")
                        try:
                            import cmd
                        except ImportError:
                            found.append("refused")
                        try:
                            codecs.lookup("cp1250")
                        except LookupError:
                            found.append("unknown")
                find_module = find_spec
            sys.meta_path.insert(0, Finder())
            for name, exclude in (("no_such", ()), ("no_such", ["wave"]), ("no_other", ())):
                with watch("raise", exclude=exclude) as seen:
                    try:
                        __import__(name)
                    except ImportError as error:
                        found.append(type(error).__name__)
                sys.modules.pop("wave", None)
                sys.modules.pop("chunk", None)
            del sys.meta_path[0]
            print(json.dumps([found, codecs.lookup("cp1250").name]))
        """)
        # On 2.7 we ask the finders, and then the import itself asks them.
        times, missing = (2, "ImportError") if fresh.PY2 else (1, "ModuleNotFoundError")
        expected = []
        for result in ("refused", "let through", "let through"):
            expected += [result, "refused", "unknown"] * times + [missing]
        self.assertEqual(found, [expected, "cp1250"])

    def test_bears_a_finder_that_imports_much(self):
        found = fresh.value(u"""
            import json, sys
            from warmup._watch import watch
            class Finder(object):
                def find_spec(self, name, path=None, target=None):
                    if name == "no_such":
                        for _ in range(40):
                            sys.modules.pop("wave", None)
                            import wave
                find_module = find_spec
            if sys.platform == "linux":  # what doubles with each import ends soon
                import resource
                resource.setrlimit(resource.RLIMIT_AS, (2 ** 31, 2 ** 31))
            sys.meta_path.insert(0, Finder())
            with watch("raise", exclude=["wave", "chunk"]) as seen:
                try:
                    import no_such
                except ImportError as error:
                    print(json.dumps([type(error).__name__, [late.name for late in seen.late]]))
        """)
        self.assertEqual(found[1], ["no_such"])
        self.assertIn(found[0], ("ImportError", "ModuleNotFoundError"))

    @unittest.skipUnless(fresh.PY2, "only there we ask the finders ourselves")
    def test_refuses_beside_an_entry_of_the_path_that_is_no_string(self):
        errors = fresh.value(u"""
            import json, sys
            from warmup._watch import watch
            errors = []
            for entry in (None, object()):
                sys.path.insert(0, entry)
                with watch("raise"):
                    for name in ("sched", "no_such"):
                        try:
                            __import__(name)
                        except ImportError as error:
                            errors.append(type(error).__name__)
                del sys.path[0]
            print(json.dumps(errors))
        """)
        self.assertEqual(errors, ["LateImportError", "ImportError"] * 2)

    def test_is_an_import_error_where_a_finder_needs_a_codec(self):
        errors, late = fresh.value(u"""
            import json, os, shutil, sys, tempfile
            import warmup
            folder = tempfile.mkdtemp()
            os.mkdir(os.path.join(folder, "package"))
            for name, text in (("__init__", ""), ("inside", "def f(): import no_such"), ("there", "")):
                with open(os.path.join(folder, "package", name + ".py"), "w") as stream:
                    stream.write(text)
            sys.path.insert(0, folder)
            import package.inside
            class Finder(object):
                def find_spec(self, name, path=None, target=None):
                    if name.rpartition(".")[2] in ("no_such", "colorsys", "there"):
                        b"x".decode("cp850")
                find_module = find_spec
            sys.meta_path.insert(0, Finder())
            def colorsys():
                import colorsys
            def there():
                import package.there
            errors = []
            with warmup.watch("raise") as seen:
                for function in (package.inside.f, colorsys, there):
                    try:
                        function()
                    except warmup.LateImportError as error:
                        errors.append([error.name, "encodings.cp850" in str(error)])
                try:
                    b"x".decode("cp850")
                except LookupError as error:
                    errors.append(type(error).__name__)
            late = [[one.name, one.error[:16]] for one in seen.late]
            colorsys()
            there()
            shutil.rmtree(folder)
            print(json.dumps([errors, late]))
        """)
        self.assertEqual(errors, [["encodings.cp850", True]] * 3 + ["LateCodecError"])
        late = [row for row in late if row[0] != "cp850"]
        names = ["package.no_such" if fresh.PY2 else "no_such", "colorsys", "package.there"]
        self.assertEqual([name for name, _ in late], names)
        self.assertEqual(set(error for _, error in late), set(["LateImportError:"]))

    def test_refuses_what_a_finder_imports(self):
        self.assertEqual(
            fresh.value(u"""
            import json, sys
            from warmup._watch import watch
            from warmup._values import LateImportError
            class Finder(object):
                def find_spec(self, name, path=None, target=None):
                    if name == "colorsys":
                        import sched
                find_module = find_spec
            sys.meta_path.insert(0, Finder())
            with watch("raise"):
                try:
                    import colorsys
                except LateImportError as error:
                    name = error.name
            print(json.dumps([name, "sched" in sys.modules]))
        """),
            ["sched", False],
        )

    def test_of_a_function_for_path_entries_does_not_lose_the_entry(self):
        found = fresh.value(u"""
            import json, types
            import warmup
            class Finder(object):
                def find_spec(self, name, target=None):
                    from importlib.machinery import ModuleSpec
                    return ModuleSpec(name, self) if name == "found_there" else None
                def find_module(self, name, path=None):
                    return self if name == "found_there" else None
                def create_module(self, spec):
                    return None
                def exec_module(self, module):
                    pass
                def load_module(self, name):
                    sys.modules[name] = types.ModuleType(name)
                    return sys.modules[name]
            def hook(entry):
                if entry != "there:":
                    raise ImportError
                import sched
                return Finder()
            sys.path_hooks.insert(0, hook)
            sys.path.append("there:")
            found = []
            with warmup.watch("raise"):
                try:
                    import found_there
                except ImportError:
                    found.append("refused")
            import found_there
            print(json.dumps(found + [found_there.__name__]))
        """)
        self.assertEqual(found, ["refused", "found_there"])

    @unittest.skipUnless(fresh.PY2, "Python 3 asks a finder for it")
    def test_of_a_frozen_package_is_one_too(self):
        result = fresh.python(u"""
            import __phello__
            import warmup
            with warmup.watch("raise"):
                try:
                    import __phello__.spam
                except warmup.LateImportError as error:
                    print(error.name)
        """)
        self.assertEqual((result.code, result.out.split()), (0, ["Hello", "world...", "__phello__.spam"]), result)

    def test_lets_through_what_is_allowed_or_excluded(self):
        late, errors = fresh.value(HEAD + textwrap.dedent(u"""
            exclude = ["sched", "xml", "logging", "colorsys", "cmd", "_strptime", "cp1250", "latin2", "keyword",
                       "shlex"]
            with watch("raise", exclude=exclude) as seen:
                errors = each()
            with watch("raise") as other:
                with other.allowed():
                    import wave
                    with other.allowed():
                        pass
                    import tabnanny
                try:
                    import pickletools
                except ImportError:
                    errors["after"] = 1
            print(json.dumps([rows(seen) + rows(other)[1:], errors]))
        """))
        self.assertEqual((late, errors), ([], {"after": 1}))

    def test_is_chosen_by_each_name_of_a_statement(self):
        found = fresh.value(SLOW_MODULE + u"""
            for name in ("__init__", "one", "two"):
                path = os.path.join(directory, "package", name + ".py")
                if not os.path.isdir(os.path.dirname(path)):
                    os.mkdir(os.path.dirname(path))
                open(path, "w").close()
            import package
            found = []
            for action in ("raise", "record"):
                with watch(action, exclude=["package.one"]) as seen:
                    try:
                        from package import one, two
                        found.append("loaded")
                    except ImportError:
                        found.append("package.two" in sys.modules)
                found += [late.name for late in seen.late]
            print(json.dumps(found))
        """)
        self.assertEqual(found, [False, "package.two", "loaded", "package.two"])

    def test_lets_nothing_through_at_the_limit_of_recursion(self):
        loaded = fresh.value(SLOW_MODULE + u"""
            go.set()
            open(os.path.join(directory, "tiny.py"), "w").close()
            import tiny
            del sys.modules["tiny"]
            names = ("_csv", "_lsprof", "_symtable", "array", "mmap", "tiny")
            names = [name for name in names if name not in sys.modules]
            def deep(depth, name):
                return deep(depth - 1, name) if depth else __import__(name)
            loaded, limit = [], sys.getrecursionlimit()
            with watch("raise"):
                for name in names:
                    for depth in range(limit - 60, limit):
                        try:
                            deep(depth, name)
                        except (ImportError, RuntimeError):
                            pass
                        if sys.modules.pop(name, None):
                            loaded.append([name, depth])
            print(json.dumps(loaded))
        """)
        self.assertEqual(loaded, [])

    def test_lets_nothing_through_at_the_limit_of_memory(self):
        self.assertEqual(
            fresh.value(u"""
            import json, sys
            from warmup._python import imports
            from warmup._watch import watch
            def fails():
                raise MemoryError
            with watch("raise"):
                before, imports.clock = imports.clock, fails
                try:
                    import sched
                except MemoryError:
                    print(json.dumps("sched" in sys.modules))
                imports.clock = before
        """),
            False,
        )

    def test_allows_nothing_after_an_interrupt_inside_of_the_block(self):
        left, points = fresh.value(INTERRUPTS + textwrap.dedent(u"""
            import json
            from warmup import _record
            from warmup._python import locks
            from warmup._watch import watch
            seen, code = watch("raise"), locks.Inside.__exit__.__code__
            places = vars(seen._allowed), vars(_record._paused)
            def is_ours(frame, event):
                # Nothing can be done about an interrupt before the first line of __exit__().
                is_first = frame.f_code is code and frame.f_lineno == code.co_firstlineno + 1
                return event == "line" and frame.f_globals is vars(locks) and not is_first
            def work():
                same = seen.allowed()
                pairs = [(seen.allowed(), seen.allowed()), (_record.Pause(), _record.Pause()), (same, same)]
                for outer, inner in pairs:
                    with outer:
                        with inner:
                            pass
            def has_left():
                found = [place for place in places if any(place.values())]
                for place in places:
                    place.clear()
                return found
            print(json.dumps(interrupted_at_each_line(is_ours, work, has_left)))
        """))
        self.assertEqual(left, [])
        self.assertGreater(points, 40)

    def test_allows_for_the_thread_that_has_entered_the_block(self):
        errors = fresh.value(u"""
            import json, threading
            from warmup._watch import watch
            errors = []
            with watch("raise") as seen:
                block = seen.allowed()
                block.__enter__()
                thread = threading.Thread(target=block.__exit__)
                thread.start()
                thread.join()
                try:
                    import sched
                except ImportError as error:
                    errors.append(type(error).__name__)
            print(json.dumps(errors))
        """)
        self.assertEqual(errors, ["LateImportError"])

    def test_allows_for_one_thread(self):
        self.assertEqual(
            fresh.value(u"""
            import json, threading
            from warmup._watch import watch
            errors = []
            def function():
                try:
                    import sched
                except ImportError as error:
                    errors.append(type(error).__name__)
            with watch("raise") as seen:
                with seen.allowed():
                    thread = threading.Thread(target=function)
                    thread.start()
                    thread.join()
                    import cmd
            print(json.dumps(errors))
        """),
            ["LateImportError"],
        )

    def test_allows_in_a_child_for_no_thread_of_the_parent(self):
        if not hasattr(os, "fork"):
            self.skipTest("no fork here")
        same, others, own = fresh.value(u"""
            import json, os, threading
            from warmup._watch import watch
            seen = watch("raise")
            def is_refused(name):
                try:
                    __import__(name)
                except ImportError:
                    return True
                return False
            def result_of(function):
                read, write = os.pipe()
                child = os.fork()
                if not child:
                    os.write(write, json.dumps(function()).encode("utf-8"))
                    os._exit(0)
                os.waitpid(child, 0)
                return json.loads(os.read(read, 99).decode("utf-8"))
            inside, go = threading.Event(), threading.Event()
            def allows():
                with seen.allowed():
                    inside.set()
                    go.wait()
            thread = threading.Thread(target=allows)
            thread.start()
            inside.wait()
            def in_a_new_thread():
                found = []
                def imports():
                    found.extend([threading.current_thread().ident == thread.ident, is_refused("sched")])
                other = threading.Thread(target=imports)
                other.start()
                other.join()
                return found
            same, others = result_of(in_a_new_thread)
            go.set()
            with seen.allowed():
                own = result_of(lambda: is_refused("cmd"))
            print(json.dumps([same, others, own]))
        """)
        if not same:
            self.skipTest("here the new thread has an ident of its own")
        self.assertEqual((others, own), (True, False))

    def test_allows_for_two_threads_at_once_by_one_object(self):
        result = fresh.python(u"""
            import threading
            from warmup._watch import watch
            seen = watch("raise")
            allowed, first, second, left = seen.allowed(), threading.Event(), threading.Event(), threading.Event()
            def one():
                with allowed:
                    first.set()
                    second.wait(30)
                left.set()
            def two():
                first.wait(30)
                with allowed:
                    second.set()
                    left.wait(30)
                    import sched
            threads = [threading.Thread(target=function) for function in (one, two)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        """)
        self.assertEqual((result.code, result.err), (0, ""), result)


class Watches(unittest.TestCase):
    def test_nest_and_each_sees_what_begins_in_its_time(self):
        self.assertEqual(
            fresh.value(u"""
            import json
            from warmup._watch import watch
            with watch() as outer:
                import sched
                with watch() as inner:
                    import cmd
                import colorsys
            import wave
            print(json.dumps([[late.name for late in one.late] for one in (outer, inner)]))
        """),
            [["sched", "cmd", "colorsys"], ["cmd"]],
        )

    def test_that_start_inside_of_an_import_see_what_it_goes_on_to_import(self):
        self.assertEqual(
            fresh.value(SLOW_MODULE + u"""
            with open(os.path.join(directory, "starter.py"), "w") as stream:
                stream.write("from warmup._watch import watch; import sys\\n"
                             "sys.inner = watch('raise')\\n"
                             "try:\\n    import sched\\nexcept ImportError as error: sys.name = error.name\\n")
            with watch() as outer:
                import starter
            with sys.inner as inner:
                print(json.dumps([[late.name for late in one.late] for one in (outer, inner)] + [sys.name]))
        """),
            [["starter"], ["sched"], "sched"],
        )

    def test_see_an_import_before_what_the_action_of_another_imports(self):
        self.assertEqual(
            fresh.value(u"""
            import json
            from warmup._watch import watch
            def action(late):
                import sched
            with watch(action) as acting, watch() as seen:
                import colorsys
            print(json.dumps([[late.name for late in one.late] for one in (acting, seen)]))
        """),
            [["colorsys"], ["colorsys", "sched"]],
        )

    def test_that_start_while_a_wrapper_of_an_earlier_one_takes_itself_away_see_all(self):
        self.assertEqual(
            fresh.value(u"""
            import json, sys
            from warmup._python import imports
            from warmup._watch import watch
            with watch():
                owner, attribute = imports._functions_to_replace()[0][:2]
                old = getattr(owner, attribute)  # as a thread has it that is about to call it
            started = []
            def trace(frame, event, argument):
                if frame.f_code.co_name == "_remove_wrappers" and not started:
                    started.append(watch())
            sys.settrace(trace)
            old("sched", *[__import__] * (attribute == "_find_and_load"))
            sys.settrace(None)
            import colorsys
            print(json.dumps([late.name for late in started[0].late][-1:]))
        """),
            ["colorsys"],
        )

    def test_know_a_python_that_lacks_some_functions(self):
        if fresh.PY2:
            self.skipTest("there is no later version of it")
        self.assertEqual(
            fresh.value(u"""
            import json, sys
            from warmup._watch import watch
            with watch():  # imports what a watch needs, which needs these functions today
                pass
            import _thread
            del _thread._count
            for name in list(sys.modules):
                if name.partition(".")[0] == "warmup":
                    del sys.modules[name]  # as on a Python that has lacked it from the start
            from warmup._watch import watch
            for name in "_exec", "_lock_unlock_module":
                delattr(sys.modules["_frozen_importlib"], name)
            with watch() as seen:
                import colorsys
            print(json.dumps([late.name for late in seen.late]))
        """),
            ["colorsys"],
        )

    def test_leave_nothing_behind(self):
        self.assertEqual(
            fresh.value(u"""
            import json, sys
            from warmup._watch import watch
            def hooks():
                if sys.version_info[0] == 2:
                    import __builtin__, imp
                    return [__builtin__.__import__, __builtin__.reload, imp.reload]
                return [value for value in vars(sys.modules["_frozen_importlib"]).values() if callable(value)]
            before, paths = hooks(), list(sys.meta_path)
            outer, inner = watch("raise"), watch()
            during = hooks()
            outer.stop()
            inner.stop()
            inner.stop()
            after = hooks()
            print(json.dumps([before == during, all(a is b for a, b in zip(before, after)), sys.meta_path == paths]))
        """),
            [False, True, True],
        )

    def test_give_way(self):
        self.assertEqual(
            fresh.value(u"""
            import json, sys
            from warmup._watch import watch
            if sys.version_info[0] == 2:
                import __builtin__ as module
                name = "__import__"
            else:
                module, name = sys.modules["_frozen_importlib"], "_find_and_load"
            original, calls = getattr(module, name), []
            seen = watch()
            ours = getattr(module, name)
            def theirs(*arguments, **keywords):
                calls.append(1)
                return ours(*arguments, **keywords)
            setattr(module, name, theirs)
            import sched
            seen.stop()
            kept = getattr(module, name) is theirs
            count = len(calls)
            import cmd
            with watch() as later:
                import colorsys
            setattr(module, name, ours)  # as others do who put back what they found
            import wave
            print(json.dumps([kept, count > 0, len(calls) > count, [late.name for late in seen.late],
                              [late.name for late in later.late], getattr(module, name) is original]))
        """),
            [True, True, True, ["sched"], ["colorsys"], True],
        )

    def test_give_way_to_a_wrapper_with_their_attributes(self):
        kept, removed, names = fresh.value(u"""
            import functools, json, sys
            from warmup._watch import watch
            if sys.version_info[0] == 2:
                import __builtin__ as owner
                from warmup._python import import27
                attribute = "__import__"
            else:
                import _frozen_importlib as owner
                attribute = "_find_and_load"
            def wrap():
                ours = getattr(owner, attribute)
                @functools.wraps(ours)
                def theirs(*arguments, **more):
                    return ours(*arguments, **more)
                setattr(owner, attribute, theirs)
                return theirs
            with watch() as seen:
                theirs = wrap()
            kept = getattr(owner, attribute) is theirs
            with watch() as other:
                import sched
            removed = True
            if sys.version_info[0] == 2:
                import27.install()
                theirs = wrap()
                import27.remove()
                removed = owner.__import__ is theirs
            print(json.dumps([kept, removed, [late.name for late in other.late]]))
        """)
        self.assertEqual((kept, removed, names), (True, True, ["sched"]))

    def test_of_a_second_copy_of_the_package_work_beside_the_first(self):
        first, second, refused = fresh.value(u"""
            import json, sys
            import warmup._watch  # without this reference, 2.7 would clear the modules of the first copy
            first = warmup._watch.watch()
            for name in list(sys.modules):
                if name.partition(".")[0] == "warmup":
                    del sys.modules[name]
            from warmup import _watch as copy
            with copy.watch() as second:
                import sched
            import cmd
            refused = False
            with copy.watch("raise"):
                try:
                    import colorsys
                except ImportError:
                    refused = True
            names = [[late.name for late in one.late] for one in (first, second)]
            print(json.dumps(names + [refused]))
        """)
        self.assertEqual((first[1:3], second), (["sched", "cmd"], ["sched"]))
        self.assertTrue(refused)

    def test_know_nothing_of_an_earlier_one(self):
        first, second = fresh.value(u"""
            import json, sys
            from warmup._watch import watch
            modules = []
            for _ in range(2):
                with watch() as seen:
                    import xml.dom.minidom
                modules.append(sorted(seen.late[0].modules))
                for name in list(sys.modules):
                    if name.partition(".")[0] == "xml":
                        del sys.modules[name]
            print(json.dumps(modules))
        """)
        self.assertIn("xml.dom", second)
        self.assertLessEqual(set(name for name in first if name.startswith("xml")), set(second))

    def test_that_have_stopped_cannot_be_entered(self):
        self.assertIn(
            "call warmup.watch() for a new one",
            fresh.value(u"""
            import json, warmup
            watch = warmup.watch()
            watch.stop()
            try:
                with watch:
                    pass
            except RuntimeError as error:
                print(json.dumps(str(error)))
        """),
        )

    def test_roll_back_when_starting_fails(self):
        self.assertEqual(
            fresh.value(u"""
            import json, sys
            from warmup import _watch
            from warmup._python import imports
            def hooks():
                if sys.version_info[0] == 2:
                    import __builtin__, imp
                    return [__builtin__.__import__, __builtin__.reload, imp.reload]
                return [value for value in vars(sys.modules["_frozen_importlib"]).values() if callable(value)]
            before, calls = hooks(), []
            places = imports._functions_to_replace()
            def fail(*arguments):
                calls.append(1)
                raise MemoryError()
            imports._functions_to_replace = lambda: places[:2] + [places[2][:2] + (fail,)] + places[3:]
            try:
                _watch.watch()
            except MemoryError:
                calls.append("raised")
            print(json.dumps([calls, all(a is b for a, b in zip(before, hooks())), imports._observers]))
        """),
            [[1, "raised"], True, []],
        )

    def test_check_their_arguments(self):
        from warmup._watch import watch

        for arguments in ((3,), (None,), ("record", "json"), ("record", [3]), ("record", 3)):
            self.assertRaises(TypeError, watch, *arguments)
        for arguments in (("recrod",), ("record", [""]), ("record", ["json.*"]), ("record", [" json"])):
            self.assertRaises(ValueError, watch, *arguments)

    def test_have_no_late_import_of_their_own(self):
        late = fresh.value(u"""
            import json, sys
            from warmup._watch import watch
            with watch("log") as seen, watch() as other, Recorder() as came:
                import sched
                try:
                    import no_such
                except ImportError:
                    pass
                with watch("raise"):
                    pass
                before = set(sys.modules)
                str(seen), seen.to_json(), seen.to_trace(), repr(seen), seen.late
            print(json.dumps([[late.name for late in other.late], sorted(set(sys.modules) - before)]))
        """)
        self.assertEqual(late, [["sched", "no_such"], []])

    def test_have_none_beside_an_import_that_fails(self):
        self.assertEqual(
            fresh.value(u"""
            import json, sys
            import warmup
            def fail():
                try:
                    import no_such_module
                except ImportError:
                    pass
            with warmup.watch():
                before = set(sys.modules)
                fail()
            warmup.preload(scan=False, modules=["no_such_module"])
            print(json.dumps(sorted(set(sys.modules).difference(before))))
        """),
            [],
        )

    def test_are_shown_by_time_lost(self):
        text, data, trace = fresh.value(SLOW_MODULE + u"""
            go.set()
            with open(os.path.join(directory, "sleeps.py"), "w") as stream:
                stream.write("import time; time.sleep(0.3)")
            with watch() as seen:
                import sched, sleeps
                u"x".encode("cp1250")
            print(json.dumps([str(seen), json.loads(seen.to_json()), json.loads(seen.to_trace())]))
        """)
        lines = text.splitlines()
        self.assertIn("3 late imports", lines[0])
        self.assertEqual(lines[1].split(), ["kind", "name", "ms", "modules", "thread", "asked", "for", "by"])
        self.assertEqual(lines[2].split()[:2], ["module", "sleeps"])
        self.assertEqual([row["name"] for row in data["late"]], ["sched", "sleeps", "cp1250"])
        event = trace["traceEvents"][1]
        row = trace["traceEvents"][-1]
        self.assertEqual((event["name"], event["ph"], event["tid"]), ("sleeps", "X", row["tid"]))
        self.assertEqual((row["ph"], row["args"]), ("M", {"name": "MainThread"}))
        self.assertGreater(event["dur"], 290000)
        self.assertGreater(event["ts"], trace["traceEvents"][0]["ts"])


class NothingReachesTheProgram(unittest.TestCase):
    def test_where_an_object_of_the_program_stands_in_the_place_of_a_module(self):
        rows = fresh.value(u"""
            import importlib, json, sys, types
            import warmup
            class WithoutSpec(object):
                pass
            class WithOddSpec(object):
                __spec__ = WithoutSpec()
            class Failing(object):
                @property
                def __spec__(self):
                    raise error("no spec")
            def results():
                found = []
                for one in WithoutSpec(), WithOddSpec(), Failing(), types.ModuleType("x"), 5, None:
                    sys.modules["x"] = one
                    try:
                        found.append(type(importlib.import_module("x")).__name__)
                    except Exception as failure:
                        found.append(repr(failure))
                return found
            rows = []
            for error in AttributeError, ValueError:
                without = results()
                with warmup.watch() as seen:
                    rows.append([results() == without, len(set(without)) > 4, len(seen.late)])
            print(json.dumps(rows))
        """)
        self.assertEqual(rows, [[True, True, 0]] * 2)

    def test_of_what_an_action_raises(self):
        result = fresh.python(u"""
            import logging, sys
            from warmup._watch import watch
            logging.basicConfig(format="%(name)s %(message)s")
            def action(late):
                sys.exit("no") if late.name == "cmd" else 1 / 0
            with watch(action):
                import sched, cmd
            class Handler(logging.Handler):
                def emit(self, record):
                    raise RuntimeError("a handler fails")
            logging.getLogger("warmup").addHandler(Handler())
            with watch("log"), watch(action):
                import colorsys
            Handler.emit = lambda self, record: sys.exit("a handler ends the program")
            with watch("log"), watch(action):
                import netrc
        """)
        self.assertEqual((result.code, result.out), (0, ""), result)
        self.assertIn("warmup the action of a watch failed: ZeroDivisionError", result.err)
        self.assertIn("warmup the action of a watch failed: SystemExit: no", result.err)

    def test_of_its_own_faults(self):
        result = fresh.python(u"""
            import sys
            from warmup import _watch
            from warmup._python import imports
            calls = []
            places = [(imports, name) for name in ("_begin", "_find_asker", "_arrived", "LateImport")]
            places.append((imports.locks, "thread_name"))
            places += [(_watch.Watch, "_ended"), (_watch.Watch, "_wants")]
            if sys.version_info[0] == 2:
                places.append((imports.import27, "meanings"))
            for owner, name in places:
                before = getattr(owner, name)
                def fail(*arguments):
                    calls.append(name)
                    raise RuntimeError("a fault")
                setattr(owner, name, fail)
                with _watch.watch(lambda late: None):
                    import sched
                    del sys.modules["sched"]
                    try:
                        import no_such
                    except ImportError:
                        pass
                setattr(owner, name, before)
            assert len(set(calls)) == len(places), calls
        """)
        self.assertEqual((result.code, result.err), (0, ""), result)

    def test_but_what_comes_from_a_signal_handler(self):
        if not hasattr(__import__("signal"), "setitimer"):
            self.skipTest("no timer here")
        result = fresh.python(u"""
            import signal, sys, time
            from warmup._watch import watch
            def handler(number, frame):
                sys.exit(7)
            signal.signal(signal.SIGALRM, handler)
            def action(late):
                signal.setitimer(signal.ITIMER_REAL, 0.1)
                time.sleep(5)
            with watch(action):
                import sched
        """)
        self.assertEqual(result.code, 7, result)

    def test_but_an_exception_that_comes_from_a_signal_handler_of_any_form(self):
        if not hasattr(__import__("signal"), "setitimer"):
            self.skipTest("no timer here")
        lost = fresh.value(u"""
            import functools, json, signal, sys, time
            from warmup._python import imports
            from warmup._watch import Watch, watch
            class Timeout(Exception):
                pass
            def handler(*arguments):
                raise Timeout()
            class Handler(object):
                def method(self, *arguments):
                    raise Timeout()
                __call__ = method
            def slow(*arguments):
                signal.setitimer(signal.ITIMER_REAL, 0.05)
                time.sleep(5)
            class SlowStart(Watch):
                _wants = slow
            class SlowEnd(Watch):
                _ended = slow
            lost = []
            for handler in (handler, functools.partial(handler, 1), Handler(), Handler().method):
                signal.signal(signal.SIGALRM, handler)
                for start in (lambda: watch(slow), lambda: SlowStart("raise"), SlowEnd):
                    sys.modules.pop("sched", None)
                    with start() as seen:
                        try:
                            import sched
                            lost.append([repr(handler), repr(seen)])
                        except Timeout:
                            pass
                    assert not any(imports._inside.values()) and not imports._observers
            print(json.dumps(lost))
        """)
        self.assertEqual(lost, [])

    def test_and_no_state_is_left_by_interrupts(self):
        if not hasattr(__import__("signal"), "setitimer"):
            self.skipTest("no timer here")
        result = fresh.python(u"""
            import random, signal, sys, time
            from warmup import _watch
            from warmup._watch import watch
            from warmup._python import imports
            _watch.LIMIT = 10**6  # a full watch goes another way
            class Interrupt(BaseException):
                pass
            def handler(number, frame):
                # Python's own locks of imports do not survive an interrupt.
                if armed and frame.f_globals["__name__"].startswith("warmup"):
                    # One at a time: a second one, while the first one unwinds, can come between any two lines. It may
                    # have come before setitimer().
                    del armed[:]
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    raise Interrupt()
            armed = []
            signal.signal(signal.SIGALRM, handler)
            end, interrupts = time.time() + 1.5, 0
            with watch() as seen:
                while time.time() < end or interrupts <= 30 and time.time() < end + 60:
                    try:
                        armed.append(True)
                        signal.setitimer(signal.ITIMER_REAL, random.uniform(0.00002, 0.002), 0.0007)
                        while time.time() < end or interrupts <= 30 and time.time() < end + 60:
                            sys.modules.pop("errno", None)
                            import errno  # built in: most of the time is spent in our code, where the handler raises
                    except Interrupt:
                        interrupts += 1
                    assert not any(imports._inside.values()), imports._inside
                signal.setitimer(signal.ITIMER_REAL, 0)
                count = len(seen.late) + seen.dropped
                import cmd
                assert len(seen.late) + seen.dropped == count + 1
            assert interrupts > 30, interrupts
        """)
        self.assertEqual(result.code, 0, result)

    def test_and_no_state_is_left_by_an_interrupt_at_any_line_of_the_start(self):
        left, number = fresh.value(INTERRUPTS + textwrap.dedent(u"""
            import json, sys
            from warmup import _watch
            from warmup._python import imports
            with _watch.watch("log"):
                pass
            is_stopping = []
            def work():
                del is_stopping[:]
                _watch.watch("log").stop()
            def is_ours(frame, event):
                is_stopping.extend([True] * ("stop" in frame.f_code.co_name))
                return event != "return" and frame.f_globals["__name__"].startswith("warmup") and not is_stopping
            def has_left():
                return not is_stopping and (any(imports._inside.values()) or imports._observers)
            print(json.dumps(interrupted_at_each_line(is_ours, work, has_left)))
        """))
        self.assertGreater(number, 50)
        self.assertEqual(left, [])

    def test_at_shutdown_of_a_thread_that_goes_on(self):
        if not fresh.PY2:
            self.skipTest("there no thread runs while modules are cleared")
        for _ in range(12):
            result = fresh.python(u"""
                import threading, time
                from warmup._watch import watch
                watch()
                def loop(ImportError=ImportError):
                    while True:
                        try:
                            import no_such
                        except ImportError:
                            pass
                thread = threading.Thread(target=loop)
                thread.daemon = True
                thread.start()
                time.sleep(0.05)
            """)
            self.assertNotIn("warmup", result.err.replace(fresh.ROOT, ""))

    def test_at_shutdown(self):
        result = fresh.python(u"""
            import sys
            from warmup._watch import watch
            class Late(object):
                def __del__(self):
                    try:
                        import colorsys
                    except ImportError:
                        pass
            sys.late = Late()
            for action in ("record", "log", "raise"):
                watch(action)
            print("end")
        """)
        self.assertEqual((result.code, result.out.strip()), (0, "end"), result)
        self.assertNotIn("Traceback", result.err)
        self.assertNotIn("Exception ignored", result.err)

    def test_beside_threads_that_import_start_and_stop(self):
        result = fresh.python(u"""
            import sys, threading, time
            from warmup._watch import watch
            end, errors = time.time() + 3, []
            def importing(name):
                while time.time() < end:
                    try:
                        sys.modules.pop(name, None)
                        __import__(name)
                    except ImportError as error:
                        errors.append(error)
                    except KeyError:  # another thread removed it from sys.modules meanwhile: this test does so
                        pass
            def watching():
                while time.time() < end:
                    with watch(lambda late: None), watch():
                        pass
            threads = [threading.Thread(target=importing, args=(name,)) for name in ("sched", "cmd", "colorsys")]
            threads += [threading.Thread(target=watching) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert not errors, errors[:3]
            from warmup._python import imports
            assert not any(imports._inside.values()) and not imports._observers
            with watch() as seen:
                sys.modules.pop("wave", None)
                import wave
            assert [late.name for late in seen.late] == ["wave"]
        """)
        self.assertEqual(result.code, 0, result)

    def test_in_tracebacks_and_warnings(self):
        if fresh.PY2:
            self.skipTest("there the replaced __import__ has a frame of its own")
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        with open(os.path.join(directory, "broken.py"), "w") as stream:
            stream.write("1 / 0")
        with open(os.path.join(directory, "warns.py"), "w") as stream:
            stream.write("import warnings; warnings.warn('old', DeprecationWarning, stacklevel=2)")
        source = u"""
            import traceback
            from warmup._watch import watch
            %s
            for name in ("broken", "no_such", "json.no_such"):
                try:
                    exec("import " + name)
                except Exception:
                    print(traceback.format_exc())
            import warnings
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                import warns
            print([(one.filename == __file__, str(one.message)) for one in caught])
        """
        environment = {"PYTHONPATH": os.pathsep.join([directory, fresh.ROOT])}
        outputs = [
            fresh.python(source % line, environment=environment).out.replace(u"  " + line, "")
            for line in (u"pass     ", u"watch()  ", u"watch(  )")
        ]
        self.assertIn("[(True, 'old')]", outputs[0])
        self.assertNotIn("warmup", outputs[1].replace(fresh.ROOT, ""))
        strip = [[line for line in text.splitlines() if "fresh_program.py" not in line] for text in outputs]
        self.assertEqual(strip[0], strip[1])

    def test_in_the_place_that_a_warning_names(self):
        if fresh.PY2:
            self.skipTest("there the replaced __import__ has a frame of its own")
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        os.mkdir(os.path.join(directory, "pack"))
        for name in ("warns", "pack/__init__", "pack/part", "pack/other"):
            with open(os.path.join(directory, name + ".py"), "w") as stream:
                stream.write("import warnings; warnings.warn('old', DeprecationWarning, stacklevel=2)")
        with open(os.path.join(directory, "outer.py"), "w") as stream:
            stream.write("import warns")
        source = u"""
            import sys, warnings
            import warmup
            %s
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                import warns
                from pack import part
                import pack.other
                del sys.modules["warns"]
                import outer
            print([(one.filename == __file__ or one.filename[-8:], one.lineno) for one in caught])
        """
        environment = {"PYTHONPATH": os.pathsep.join([directory, fresh.ROOT])}
        lines = (u"pass", u"warmup.watch()", u"warmup.preload()", u"warmup.preload(); warmup.watch()")
        outputs = [fresh.python(source % line, environment=environment) for line in lines]
        self.assertIn("('outer.py', 1)", outputs[0].out)
        for output in outputs[1:]:
            self.assertEqual((output.code, output.out), (0, outputs[0].out), output)


@unittest.skipUnless(fresh.PY2, "only there preload() replaces __import__")
class BeneathTheLockFreeImport(unittest.TestCase):
    HEAD = u"""
            import __builtin__, json
            import warmup
            from warmup._python import import27
            native = __builtin__.__import__
            def seen_in(statement):
                with warmup.watch() as seen:
                    exec(statement)
                return [late.name for late in seen.late]
            def chain():
                found, function = [], __builtin__.__import__
                while function is not native:
                    found.append("preload" if hasattr(function, "before") else "watch")
                    function = getattr(function, "before", None) or function._warmup_before
                return found
"""

    def test_it_sees_what_is_not_served(self):
        self.assertEqual(
            fresh.value(self.HEAD + u"""
            warmup.preload(codecs=())
            top = __builtin__.__import__
            seen = warmup.watch()
            during = chain()
            import os, colorsys
            seen.stop()
            print(json.dumps([during, chain(), __builtin__.__import__ is top, [late.name for late in seen.late]]))
        """),
            [["preload", "watch"], ["preload"], True, ["colorsys"]],
        )

    def test_it_stays_when_that_comes_and_goes(self):
        self.assertEqual(
            fresh.value(self.HEAD + u"""
            seen, chains = warmup.watch(), []
            warmup.preload(codecs=())
            chains.append(chain())
            import27.remove()
            chains.append(chain())
            import wave
            warmup.preload(codecs=())
            chains.append(chain())
            seen.stop()
            chains.append(chain())
            with warmup.watch() as other:
                import sched
                import27.remove()
                import cmd
            chains.append(chain())
            print(json.dumps([chains, [late.name for late in seen.late if late.name == "wave"],
                              [late.name for late in other.late]]))
        """),
            [[["preload", "watch"], ["watch"], ["preload", "watch"], ["preload"], []], ["wave"], ["sched", "cmd"]],
        )

    def test_a_loaded_module_does_not_come_to_it(self):
        self.assertEqual(
            fresh.value(self.HEAD + u"""
            import email.message, xml.dom
            calls, before = [], import27.meanings
            def names(*arguments):
                calls.append(arguments[0])
                return before(*arguments)
            import27.meanings = names
            warmup.preload(codecs=())
            def statements():
                import os, email.message, xml.dom
                from os import path
                from email import message
            cold = warmup.watch()
            import27.remove()
            statements()
            counts = [len(calls)]
            warmup.preload(codecs=())
            del calls[:]
            statements()
            print(json.dumps([counts[0] > 0, calls]))
        """),
            [True, []],
        )


class Log(unittest.TestCase):
    def test_of_an_import_inside_of_one_that_began_before_is_written_at_exit_and_once(self):
        result = fresh.python(SLOW_MODULE + u"""
            import logging
            logging.basicConfig(format="%(message)s")
            with open(os.path.join(directory, "outer.py"), "w") as stream:
                stream.write("import os, sys; m = sys.modules['__main__']\\n"
                             "m.seen = m.watch('log')\\n"
                             "import cmd\\n"
                             "m.child = os.fork() if m.can_fork else 1\\n")
            # 2.7 itself cannot go on with an import in a child.
            can_fork = hasattr(os, "fork") and sys.version_info[0] > 2
            import outer
            if not child:
                import wave
                os._exit(0)
            if can_fork:
                os.waitpid(child, 0)
        """)
        self.assertEqual(result.code, 0, result)
        names = re.findall(r"late import of \w+ (\w+): ", result.err)
        self.assertEqual(names, ["wave", "cmd"] if hasattr(os, "fork") and not fresh.PY2 else ["cmd"], result)

    def test_of_an_import_that_outlives_the_watch_is_dropped(self):
        self.assertEqual(
            fresh.value(SLOW_MODULE + u"""
            acted = []
            def trace(frame, event, argument):
                if frame.f_code.co_name == "_run_outside_of_locks":
                    sys.settrace(None)
                    sys.seen.stop()  # as another thread may do at this moment
            sys.trace, sys.seen_names = trace, acted
            with open(os.path.join(directory, "outer.py"), "w") as stream:
                stream.write("import sys; from warmup._watch import watch\\n"
                             "sys.seen = watch(lambda late: sys.seen_names.append(late.name))\\n"
                             "sys.settrace(sys.trace)\\nimport sched\\n")
            import outer
            print(json.dumps([acted, len(sys.seen._deferred), sys.seen._runs_at_exit]))
        """),
            [[], 0, False],
        )

    @unittest.skipIf(fresh.PY2, "two threads of 2.7 are never inside of imports at once")
    def test_of_an_import_that_outlives_the_watch_leaves_the_others(self):
        """Thread A is in stop() and runs its actions, while thread B ends an import that began before stop()."""
        self.assertEqual(
            fresh.value(SLOW_MODULE + u"""
            import threading
            from warmup._python import imports
            sys.test = sys.modules[__name__]
            acted = []
            inside, go, in_window, stopping, ended = [threading.Event() for _ in range(5)]
            class Slow(object):
                is_asked = refuses = False
                def ended(self, this):
                    if this.name == "wave":
                        return lambda: (in_window.set(), stopping.wait(30))
            def act(late):
                if late.name == "sched":
                    stopping.set()
                    ended.wait(30)
                acted.append(late.name)
            def in_b():  # inside of an import that began before the watch
                inside.set()
                go.wait(30)
                import wave
            def in_a():
                slow = Slow()
                imports.start(slow)  # called before the watch, as another watch would be
                watch = warmup.watch(act)
                import sched, colorsys
                go.set()
                in_window.wait(30)
                watch.stop()
                imports.stop(slow)
            import warmup
            for name in "in_a", "in_b":
                with open(os.path.join(directory, name + ".py"), "w") as stream:
                    stream.write("import sys; sys.test.%s()\\n" % name)
            thread = threading.Thread(target=lambda: (__import__("in_b"), ended.set()))
            thread.start()
            assert inside.wait(30)
            import in_a
            thread.join()
            print(json.dumps(sorted(acted)))
        """),
            ["colorsys", "sched"],
        )

    def test_is_written_outside_of_locks(self):
        result = fresh.python(SLOW_MODULE + u"""
            import logging
            from warmup._python import imports
            class Handler(logging.Handler):
                def emit(self, record):
                    held.append(imports.is_importing())
                    lines.append(record.getMessage())
                    import colorsys  # a handler may import
            held, lines = [], []
            logging.getLogger("warmup").addHandler(Handler())
            with open(os.path.join(directory, "outer.py"), "w") as stream:
                stream.write("import sys; m = sys.modules['__main__']\\n"
                             "m.seen = m.watch('log')\\n"
                             "import cmd\\n"
                             "m.count = len(m.lines)\\n")
            import outer
            assert count == 0, lines
            import wave
            assert [line.split()[4] for line in lines] == ["cmd:", "wave:"], lines
            assert held == [False, False], held
            seen.stop()
        """)
        self.assertEqual((result.code, result.err), (0, ""), result)
