"""Imports inside functions are found wherever they hide, and only what could really be imported by them."""
from __future__ import absolute_import, division, print_function

import ast
import dis
import gc
import io
import os
import shutil
import sys
import tempfile
import textwrap
import unittest

import fresh
from warmup import _deferred, _interpreter

# A package of the program, with a function-level import in every place that Python has for one. Each imports a
# module of its own; on 3.15 the last ones are placeholders.
PLACES = u"""
    def function():
        import sched

    def outer():
        def inner():
            import colorsys
        return inner

    def maker():
        class Made(object):
            import mailbox
            def method(self):
                import nturl2path
        return Made

    class Class(object):
        def method(self):
            import quopri

        @property
        def prop(self):
            import netrc

        @staticmethod
        def static():
            from email import iterators

        @classmethod
        def klass(cls):
            import wave

    def decorate(function):
        def decorated():
            return function()
        return decorated

    @decorate
    def original():
        import fileinput

    closure = (lambda hidden: lambda: hidden())(decorate(lambda: __import__("tabnanny")))

    def conditional(flag):
        try:
            if flag:
                import plistlib as p, shelve
        finally:
            for _ in ():
                import xml.sax.saxutils

    def generator():
        import filecmp
        yield

    def __getattr__(name):
        from json import tool
        raise AttributeError(name)

    def main():
        import pstats
"""
FOUND = {"sched", "colorsys", "mailbox", "nturl2path", "quopri", "netrc", "email.iterators", "wave", "fileinput",
         "tabnanny", "plistlib", "shelve", "xml.sax.saxutils", "filecmp", "json.tool", "pstats"}

PRELOAD = u"""
    import json
    sys.path.insert(0, sys.argv[1])
    import program.places
    import warmup
    plan = [[target.kind, target.name, target.owner] for target in warmup.plan(codecs=())]
    report = warmup.preload(codecs=(), strict=True)
    print(json.dumps([plan, list(report.modules), list(sys.modules)]))
"""


class Program(unittest.TestCase):
    """A package ``program`` in a directory of its own."""

    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)
        os.mkdir(os.path.join(self.directory, "program"))
        self.write("__init__", u"")

    def write(self, name, source):
        with io.open(os.path.join(self.directory, "program", name + ".py"), "w", encoding="utf-8") as stream:
            stream.write(textwrap.dedent(source))

    def preload(self, source, **more):
        self.write("places", source)
        plan, brought, loaded = fresh.value(PRELOAD, arguments=[self.directory], **more)
        return {name for kind, name, owner in plan if owner == "program.places"}, set(brought), set(loaded)


class DeferredImports(Program):

    def test_are_found_in_every_kind_of_function(self):
        planned, _, loaded = self.preload(PLACES)
        # 2.7 has no such module, or has it loaded
        expected = {name for name in FOUND if _interpreter.find(name)}
        self.assertGreater(len(expected), 12)
        self.assertEqual(expected - loaded, set())
        # Whether email.iterators is a module or an attribute shows only when email is loaded.
        self.assertEqual(expected - planned, {"email.iterators"})

    def test_are_followed_to_the_end(self):
        # email.message imports email.generator late, logging.handlers smtplib.
        _, brought, _ = self.preload(u"""
            def function():
                import email.message, logging.handlers
        """)
        self.assertLessEqual({"email.message", "email.generator", "logging.handlers", "smtplib"}, brought)

    def test_that_are_relative_are_resolved(self):
        late = fresh.value(u"""
            import json, multiprocessing
            import warmup
            warmup.preload(codecs=())
            with Recorder() as recorder:
                context = multiprocessing.get_context("fork") if sys.version_info[0] == 3 else multiprocessing
                process = context.Process(target=int)
                process.start()
                process.join()
            print(json.dumps(recorder.late))
        """)
        self.assertEqual(late, [])

    def test_of_modules_of_the_program_are_left_alone(self):
        self.write("other", u"raise RuntimeError('nobody asked for it')")
        planned, _, loaded = self.preload(u"""
            def function():
                from . import other
                from .other import something
                import program.other
        """)
        self.assertEqual(planned, set())
        self.assertNotIn("program.other", loaded)

    def test_of_modules_of_the_program_are_carried_out_if_it_is_among_the_packages(self):
        self.write("other", u"import sched")
        self.write("places", u"""
            def function():
                from . import other
        """)
        self.assertEqual(fresh.value(u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import program.places, warmup
            report = warmup.preload(codecs=(), packages=["program"], strict=True)
            print(json.dumps(sorted(name for name in report.modules if name in ("program.other", "sched"))))
        """, arguments=[self.directory]), ["program.other", "sched"])

    def test_of_an_attribute_do_not_bring_a_module_of_that_name(self):
        self.write("sub", u"")
        self.write("__init__", u"sub = 'an attribute, and a module that nobody imports'")
        self.write("places", u"""
            def function():
                from program import sub
        """)
        self.assertEqual(fresh.value(u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import program.places, warmup
            warmup.preload(codecs=(), packages=["program"])
            print(json.dumps([program.sub[:12], "program.sub" in sys.modules]))
        """, arguments=[self.directory]), ["an attribute", False])

    def test_in_functions_that_gc_freeze_put_away_are_found(self):
        if not hasattr(gc, "freeze"):
            self.skipTest("gc.freeze() came with 3.7")
        self.assertEqual(fresh.value(u"""
            import gc, json
            def function():
                import sched
            gc.freeze()
            import warmup
            warmup.preload(codecs=())
            print(json.dumps("sched" in sys.modules))
        """), True)

    def test_stay_where_gc_freeze_put_them(self):
        if not hasattr(gc, "freeze"):
            self.skipTest("gc.freeze() came with 3.7")
        before, after = fresh.value(u"""
            import gc, json
            gc.freeze()
            before = gc.get_freeze_count()
            import warmup
            warmup.preload(codecs=())
            print(json.dumps([before, gc.get_freeze_count()]))
        """)
        self.assertGreater(after, before // 2)  # what was dropped since is gone

    def test_made_during_preloading_are_found_though_a_collection_came_between(self):
        self.write("other", u"""
            import gc
            def function():
                import sched
            gc.collect()
        """)
        self.write("places", u"""
            def function():
                from . import other
        """)
        self.assertEqual(fresh.value(u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import program.places, warmup
            warmup.preload(codecs=(), packages=["program"])
            print(json.dumps("sched" in sys.modules))
        """, arguments=[self.directory]), True)


@unittest.skipIf(sys.version_info < (3, 8), "the import system imports none of this before")
class ImportsOfTheImportSystem(unittest.TestCase):
    """`PathFinder.find_distributions` and the like, which every interpreter has, and few programs call."""

    def late(self, program, options=("-I", "-S")):
        """What ``program``, whose ``use()`` is called after preloading, imports late; and what preloading brought."""
        return fresh.value(u"""
            import json, sys
            sys.path.insert(0, %r)
            %s
            import warmup
            brought = warmup.preload(codecs=()).modules
            with Recorder() as recorder:
                use()
            print(json.dumps([recorder.late, brought]))
        """ % (fresh.ROOT, program), options=options)

    def test_are_left_alone_where_nothing_calls_them(self):
        late, brought = self.late("use = int")
        self.assertEqual(late, [])
        # Since 3.13 importlib, which other modules need, calls one; on PyPy what is frozen does.
        if sys.version_info < (3, 13) and not fresh.PYPY:
            self.assertEqual({"importlib.metadata", "importlib.readers"}.intersection(brought), set())

    def test_are_carried_out_where_a_function_calls_them(self):
        late, brought = self.late("use = lambda: list(sys.meta_path[-1].find_distributions())")
        self.assertEqual(late, [])
        self.assertIn("importlib.metadata", brought)

    def test_are_carried_out_where_the_running_program_calls_them(self):
        late, brought = fresh.value(u"""
            import importlib, json
            import warmup
            brought = warmup.preload(codecs=()).modules
            with Recorder() as recorder:
                importlib.invalidate_caches()
            print(json.dumps([recorder.late, brought]))
        """)
        self.assertEqual(late, [])
        if sys.version_info >= (3, 13) and not fresh.PYPY:
            self.assertIn("importlib.metadata", brought)

    def test_are_carried_out_where_a_module_that_is_imported_late_calls_them(self):
        late, brought = self.late("""
            def use():
                import importlib.resources
                importlib.resources.read_text("json", "__init__.py")""")
        self.assertEqual(late, [])
        if sys.version_info >= (3, 10):
            self.assertIn("importlib.readers", brought)


@unittest.skipUnless(sys.version_info >= (3, 15), "PEP 810 came with 3.15")
class Placeholders(Program):

    SOURCE = u"""
        lazy import sched
        lazy from email import iterators
        lazy from json.tool import main as tool_main
        lazy import antigravity
        lazy import program.other
    """

    def test_are_woken_for_good_if_they_stand_for_a_standard_module(self):
        self.write("other", u"raise RuntimeError('nobody asked for it')")
        self.write("places", self.SOURCE)
        self.assertEqual(fresh.value(u"""
            import json, sys, types
            sys.path.insert(0, sys.argv[1])
            import program.places, warmup
            def asleep():
                return sorted(name for name, value in vars(program.places).items()
                              if type(value) is types.LazyImportType)
            before = asleep()
            report = warmup.preload(codecs=(), strict=True)
            left = [name for name, module in list(sys.modules.items()) for value in list(vars(module).values())
                    if type(value) is types.LazyImportType and name.partition(".")[0] != "program"]
            print(json.dumps([before, asleep(), left, [
                outcome.target.name for outcome in report.warmed
                if outcome.target.kind == "placeholder" and outcome.target.owner == "program.places"]]))
        """, arguments=[self.directory]), [
            ["antigravity", "iterators", "program", "sched", "tool_main"], ["antigravity", "program"], [],
            ["program.places.iterators", "program.places.sched", "program.places.tool_main"]])

    def test_are_not_woken_by_planning(self):
        self.write("places", self.SOURCE)
        self.assertEqual(fresh.value(u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import program.places, warmup
            with Recorder() as recorder:
                planned = [target.name for target in warmup.plan(codecs=()) if target.owner == "program.places"]
            print(json.dumps([planned, recorder.late]))
        """, arguments=[self.directory]), [
            ["program.places.iterators", "program.places.sched", "program.places.tool_main"], []])


class ImportStatements(unittest.TestCase):
    """What is read from bytecode is what ``dis`` says, for every function that this process has."""

    def reference(self, code):
        statements, constants = [], []
        for instruction in dis.get_instructions(code):
            if instruction.opname in ("LOAD_CONST", "LOAD_SMALL_INT", "LOAD_COMMON_CONSTANT"):
                constants.append(instruction.argval if instruction.opname != "LOAD_COMMON_CONSTANT" else None)
            elif instruction.opname == "IMPORT_NAME":
                name = instruction.argval if isinstance(instruction.argval, str) else instruction.argrepr
                statements.append((name.partition(" + ")[0], constants[-2], constants[-1] or ()))
        return statements

    @unittest.skipIf(fresh.PY2, "dis.get_instructions came with 3.4; the next tests are for 2.7 too")
    def test_are_those_that_dis_shows(self):
        import asyncio  # noqa: F401: something to look at
        import email.message  # noqa: F401
        import urllib.request  # noqa: F401
        codes = self.all_codes()
        read = {code: list(_deferred.import_statements(code)) for code in codes}
        self.assertGreater(sum(map(len, read.values())), 100)
        for code in codes:
            self.assertEqual(read[code], self.reference(code), code)

    def all_codes(self):
        waiting = [item.__code__ for item in gc.get_objects() if isinstance(item, _interpreter.Function)]
        waiting = [code for code in waiting if isinstance(code, _interpreter.Code)]
        codes = set()
        while waiting:
            code = waiting.pop()
            if code not in codes:
                codes.add(code)
                waiting.extend(constant for constant in code.co_consts if isinstance(constant, _interpreter.Code))
        return codes

    def statements(self, source):
        namespace = {}
        exec(compile(textwrap.dedent(source), "x", "exec", 0, True), namespace)
        return list(_deferred.import_statements(namespace["function"].__code__))

    def test_carry_name_level_and_names(self):
        absolute = -1 if fresh.PY2 else 0  # on 2.7: or relative, if there is such a module
        self.assertEqual(self.statements(u"""
            def function():
                from . import a
                from ..b.c import d as e, f
                import g.h as i
                from j import k
        """), [("", 1, ("a",)), ("b.c", 2, ("d", "f")), ("g.h", -1 if fresh.PY2 else 0, None or ()),
               ("j", absolute, ("k",))])

    def test_are_found_in_functions_with_hundreds_of_names_and_constants(self):
        lines = ["    x%d = %d.5" % (number, number) for number in range(700)]
        source = "def function():\n    global %s\n" % ", ".join("x%d" % number for number in range(700))
        source += "\n".join(lines) + "\n    from ..far.away import thing, other\n"
        self.assertEqual(self.statements(source), [("far.away", 2, ("thing", "other"))])


class ScriptFunctions(unittest.TestCase):
    """The names of functions that run only as a script are the right ones, by the sources of the library."""

    LEFT_OUT = {"test", "tests", "idlelib", "lib2to3", "turtledemo", "site-packages", "dist-packages", "__pycache__",
                "lib-tk", "ensurepip", "pydoc_data", "tkinter", "unittest", "_pyrepl", "pyrepl", "cffi"}

    def modules(self):
        root = os.path.dirname(os.__file__)
        for directory, directories, files in os.walk(root):
            directories[:] = sorted(set(directories) - self.LEFT_OUT)
            for name in sorted(files):
                path = os.path.join(directory, name)
                if name.endswith(".py") and name != "__main__.py" and os.path.exists(path):
                    with open(path, "rb") as stream:
                        try:
                            yield path, ast.parse(stream.read())
                        except SyntaxError:  # a template, or for another version
                            continue

    def test_are_called_by_nothing_but_the_script_part_of_their_modules(self):
        counted = 0
        for path, tree in self.modules():
            functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
            script = {name for name in functions if name in _deferred.SCRIPT_FUNCTIONS}
            for name in sorted(script):
                if not any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(functions[name])):
                    continue
                counted += 1
                for node in tree.body:
                    if getattr(node, "name", None) in script or self.is_script_part(node):
                        continue
                    self.assertNotIn(name, self.called(node), path)
        self.assertGreater(counted, 10)

    @staticmethod
    def is_script_part(node):
        return isinstance(node, ast.If) and "__name__" in {
            part.id for part in ast.walk(node.test) if isinstance(part, ast.Name)}

    @staticmethod
    def called(node):
        return {part.func.id for part in ast.walk(node)
                if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)}


if __name__ == "__main__":
    unittest.main()
