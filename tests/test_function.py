"""Test that import statements are found in each kind of function, and that only importable modules are targets."""

from __future__ import absolute_import, division, print_function

import ast
import gc
import os
import re
import sys
import textwrap
import unittest

from tests.support import fresh
from tests.support.folder import FolderTest
from warmup._python import compat, functions, library
from warmup._sources import function

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
FOUND = {
    "sched",
    "colorsys",
    "mailbox",
    "nturl2path",
    "quopri",
    "netrc",
    "email.iterators",
    "wave",
    "fileinput",
    "tabnanny",
    "plistlib",
    "shelve",
    "xml.sax.saxutils",
    "filecmp",
    "json.tool",
    "pstats",
}

# Prints what is found before anything is imported, what preloading loaded, and what is loaded in the end.
PRELOAD = u"""
    import json
    sys.path.insert(0, sys.argv[1])
    import program.places
    import warmup
    from warmup import _preload
    from warmup._python.rules import Rules
    from warmup._sources.function import FunctionSource
    source = FunctionSource((), _preload.memory.library)
    found = [[target.name, target.owner] for target in source.find(Rules(_preload.memory))]
    report = warmup.preload(codecs=(), strict=True)
    print(json.dumps([found, list(report.modules), list(sys.modules)]))
"""


class ProgramTest(FolderTest):
    """Write a package ``program`` into the folder of the test."""

    def setUp(self):
        super(ProgramTest, self).setUp()
        self.write("program/__init__.py", u"")

    def value_beside_the_folder(self, source):
        """Run ``source`` with the folder on its path, and with ``json``. Return its value as `fresh.value` does."""
        before = u"import json\nsys.path.insert(0, sys.argv[1])\n"
        return fresh.value(before + textwrap.dedent(source), arguments=[self.folder])

    def preload(self, source):
        """Preload in a process that has loaded ``program.places``. Return what is found, what was loaded, what is."""
        self.write("program/places.py", source)
        found, modules, loaded = fresh.value(PRELOAD, arguments=[self.folder])
        return ({name for name, owner in found if owner == "program.places"}, set(modules), set(loaded))


class ImportsInFunctions(ProgramTest):

    def test_are_found_in_every_kind_of_function(self):
        wanted, _, loaded = self.preload(PLACES)
        # 2.7 has no such module, or has it loaded
        expected = {name for name in FOUND if library.find(name)}
        self.assertGreater(len(expected), 12)
        self.assertEqual(expected - loaded, set())
        # Whether email.iterators is a module or an attribute shows only when email is loaded.
        self.assertEqual(expected - wanted, {"email.iterators"})

    def test_are_followed_to_the_end(self):
        # email.message imports email.generator late, logging.handlers smtplib.
        _, modules, _ = self.preload(u"""
            def function():
                import email.message, logging.handlers
        """)
        self.assertLessEqual({"email.message", "email.generator", "logging.handlers", "smtplib"}, modules)

    def test_with_names_that_are_no_text_cost_no_other_function(self):
        self.assertEqual(
            fresh.value(u"""
            import json, types
            def odd():
                from sched import scheduler
            def late():
                import wave
            code, names = odd.__code__, "argcount kwonlyargcount nlocals stacksize flags code".split()
            constants = tuple((1, 2) if value == ("scheduler",) else value for value in code.co_consts)
            if hasattr(code, "replace"):
                odd.__code__ = code.replace(co_consts=constants)
            else:
                values = [getattr(code, "co_" + name) for name in names if hasattr(code, "co_" + name)] + [constants]
                names = "names varnames filename name firstlineno lnotab freevars cellvars".split()
                odd.__code__ = types.CodeType(*(values + [getattr(code, "co_" + name) for name in names]))
            import warmup
            report = warmup.preload(codecs=())
            print(json.dumps(["wave" in sys.modules, [o.target.name for o in report.failed], list(report.notes)]))
        """),
            [True, ["__main__.odd"], []],
        )

    def test_by_a_function_take_no_short_word_of_the_program_for_a_module(self):
        self.write("setup.py", u"raise SystemExit('run')")
        self.write("plugins_tax.py", u"")
        self.assertEqual(
            fresh.value(
                u"""
            import importlib, json, sys
            sys.path.insert(0, sys.argv[1])
            def command(name):
                if name != "setup":
                    return importlib.import_module("plugins_tax")
            import warmup
            reports = [warmup.preload(codecs=(), packages=names) for names in (["*"], ["plugins_tax"])]
            print(json.dumps([[o.target.name for o in report.outcomes if o.target.owner == "__main__"
                               and o.target.name in ("setup", "plugins_tax")] for report in reports]))
        """,
                arguments=[self.folder],
            ),
            [[], ["plugins_tax"]],
        )

    def test_by_a_function_are_found_by_a_relative_constant(self):
        self.write("shop/__init__.py", u"")
        self.write("shop/tax/__init__.py", u"")
        self.write("shop/tax/table.py", u"")
        self.write("shop/stock.py", u"")
        self.write(
            "shop/tax/load.py",
            u"""
            import importlib
            def load():
                importlib.import_module(".table", __package__)
                importlib.import_module("..stock", __package__)
                importlib.import_module("....nowhere", __package__)
        """,
        )
        found = self.value_beside_the_folder(u"""
            import shop.tax.load, warmup
            report = warmup.preload(codecs=(), packages=["shop"])
            print(json.dumps(sorted(o.target.name for o in report.outcomes if o.target.name.startswith("shop"))))
        """)
        self.assertEqual(found, ["shop.stock", "shop.tax.table"])

    def test_of_a_module_whose_class_was_changed_are_found(self):
        lazy = u"lazy import wave\n" if sys.version_info >= (3, 15) else u""
        self.write("shop/part.py", u"")
        self.write(
            "shop/__init__.py",
            lazy + u"""import sys, types
class Strict(types.ModuleType):
    def __getattr__(self, name):
        raise AttributeError("shop has no %s" % name)
if sys.version_info[0] > 2:
    sys.modules[__name__].__class__ = Strict
def work():
    from shop import part
""",
        )
        found = self.value_beside_the_folder(u"""
            import shop, warmup
            report = warmup.preload(codecs=(), packages=["shop"])
            print(json.dumps([name in sys.modules for name in ("shop.part", "wave")] + [len(report.failed)]))
        """)
        self.assertEqual(found, [True, bool(lazy), 0])

    @unittest.skipUnless(hasattr(os, "fork"), "needs os.fork")
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

    def test_that_go_above_their_package_are_no_targets(self):
        self.write("above/__init__.py", u"def function():\n    from .. import other\n")
        self.write("above/other.py", u"")
        self.assertEqual(
            fresh.value(
                u"""
            import json, os
            sys.path.insert(0, os.getcwd())
            import above, warmup
            warmup.preload(packages=["above"], codecs=[])
            try:
                above.function()
            except (ImportError, ValueError):
                print(json.dumps("above.other" in sys.modules))
        """,
                directory=self.folder,
            ),
            False,
        )

    def test_of_modules_of_the_program_are_no_targets(self):
        self.write("program/other.py", u"raise RuntimeError('not asked for')")
        wanted, _, loaded = self.preload(u"""
            def function():
                from . import other
                from .other import something
                import program.other
        """)
        self.assertEqual(wanted, set())
        self.assertNotIn("program.other", loaded)

    def test_of_modules_of_the_program_are_carried_out_if_it_is_among_the_packages(self):
        self.write("program/other.py", u"import sched")
        self.write(
            "program/places.py",
            u"""
            def function():
                from . import other
        """,
        )
        self.assertEqual(
            self.value_beside_the_folder(u"""
            import program.places, warmup
            report = warmup.preload(codecs=(), packages=["program"], strict=True)
            print(json.dumps(sorted(name for name in report.modules if name in ("program.other", "sched"))))
        """),
            ["program.other", "sched"],
        )

    def test_of_an_attribute_do_not_import_a_module_of_that_name(self):
        self.write("program/sub.py", u"")
        self.write("program/__init__.py", u"sub = 'an attribute, and a module that is not imported'")
        self.write(
            "program/places.py",
            u"""
            def function():
                from program import sub
        """,
        )
        self.assertEqual(
            self.value_beside_the_folder(u"""
            import program.places, warmup
            warmup.preload(codecs=(), packages=["program"])
            print(json.dumps([program.sub[:12], "program.sub" in sys.modules]))
        """),
            ["an attribute", False],
        )

    def test_in_functions_that_gc_freeze_put_away_are_found(self):
        if not hasattr(gc, "freeze"):
            self.skipTest("gc.freeze() came with 3.7")
        self.assertEqual(
            fresh.value(u"""
            import gc, json
            def function():
                import sched
            gc.freeze()
            import warmup
            warmup.preload(codecs=())
            print(json.dumps("sched" in sys.modules))
        """),
            True,
        )

    def test_that_came_after_a_freeze_are_found_though_a_collection_came_between(self):
        if not hasattr(gc, "freeze"):
            self.skipTest("gc.freeze() came with 3.7")
        self.write("later.py", u"class Later(object):\n    def method(self):\n        import wave\n")
        found = fresh.value(
            u"""
            import gc, json, sys
            sys.path.insert(0, sys.argv[1])
            gc.freeze()
            import warmup
            warmup.preload(codecs=())
            found = [name in sys.modules for name in ("sched", "wave")]
            def function():
                import sched
            import later
            gc.collect()
            warmup.preload(codecs=())
            print(json.dumps(found + [name in sys.modules for name in ("sched", "wave")]))
        """,
            arguments=[self.folder],
        )
        self.assertEqual(found, [False, False, True, True])

    def test_that_came_before_a_freeze_and_its_end_are_found(self):
        if not hasattr(gc, "freeze"):
            self.skipTest("gc.freeze() came with 3.7")
        found = fresh.value(u"""
            import gc, json
            import warmup
            warmup.preload(codecs=())
            exec("def function(): import sched")
            gc.freeze()
            gc.unfreeze()
            before = "sched" in sys.modules
            warmup.preload(codecs=())
            print(json.dumps([before, "sched" in sys.modules]))
        """)
        self.assertEqual(found, [False, True])

    def test_are_listed_once_and_then_only_the_new_ones(self):
        """A list of all objects takes as long as many imports."""
        if sys.version_info < (3, 8) or fresh.PYPY or compat.FREE_THREADED:
            self.skipTest("this Python lists all generations at once")
        rounds, lists = fresh.value(u"""
            import gc, json, warmup
            from warmup._python import functions
            lists, get_objects, rounds, new_code = [], gc.get_objects, [], functions.Reader.new_code
            gc.get_objects = lambda generation: lists.append(generation) or get_objects(generation=generation)
            functions.Reader.new_code = lambda self, found: rounds.append(1) or new_code(self, found)
            gc.disable()
            warmup.preload()
            print(json.dumps([len(rounds), lists]))
        """)
        self.assertGreater(rounds, 1)
        self.assertEqual([lists.count(generation) for generation in (0, 1, 2)], [rounds, 1, 1])

    def test_are_not_counted_in_a_worker_whose_master_has_frozen_them(self):
        """gc counts frozen objects one by one. It took most of such a call."""
        if not hasattr(gc, "freeze") or fresh.PYPY:
            self.skipTest("gc.freeze() came with 3.7")
        counts = fresh.value(u"""
            import gc, json, warmup
            warmup.preload()
            gc.collect()
            gc.freeze()
            counts, count = [], gc.get_freeze_count
            gc.get_freeze_count = lambda: counts.append(1) or count()
            warmup.preload()
            print(json.dumps([len(counts), count() > 1000]))
        """)
        self.assertEqual(counts, [0, True])

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
        self.write(
            "program/other.py",
            u"""
            import gc
            def function():
                import sched
            gc.collect()
        """,
        )
        self.write(
            "program/places.py",
            u"""
            def function():
                from . import other
        """,
        )
        self.assertEqual(
            self.value_beside_the_folder(u"""
            import program.places, warmup
            warmup.preload(codecs=(), packages=["program"])
            print(json.dumps("sched" in sys.modules))
        """),
            True,
        )


class NestedCode(unittest.TestCase):

    @unittest.skipUnless(compat.FREE_THREADED, "elsewhere few functions are nested")
    def test_that_has_a_function_of_its_own_is_read_once(self):
        def outer():
            def inner():
                import sched  # noqa: F401

            return inner

        inner = outer()
        own = [(outer, outer.__code__), (inner, inner.__code__)]
        for listed in (own, own[::-1]):
            pairs = functions.code_with_names(listed, None)
            self.assertEqual(sorted(code.co_name for _, code in pairs), ["inner", "outer"])
            self.assertIn((inner, inner.__code__), pairs)
        self.assertIn((outer, inner.__code__), functions.code_with_names(own[:1], None))


class AddressesOfCode(unittest.TestCase):
    """A program may have more functions than any test: pandas has 20,000."""

    def test_are_forgotten_when_the_code_is_gone_and_cost_no_collection(self):
        sizes, collections = fresh.value(u"""
            import gc, json
            from warmup._python.functions import Reader
            def many(size):  # code of another size gets other addresses
                names, body = {}, "x = 1; " * 4 * size
                exec("".join("def f%d(): %spass\\n" % (number, body) for number in range(25000)), names)
                return names
            reader, sizes, collections = Reader(), [], []
            for size in range(4):
                kept = None
                kept = many(size)
                gc.collect()
                for _ in reader.new_code(reader.functions()):
                    pass
                getattr(gc, "callbacks", []).append(lambda *event: collections.append(event))
                reader.end()
                del getattr(gc, "callbacks", [0])[-1:]
                sizes.append(len(reader._read))
            print(json.dumps([sizes, len(collections)]))
        """)
        self.assertGreater(sizes[0], 25000)
        self.assertLess(max(sizes), 3 * sizes[0])
        self.assertLess(collections, 20)


@unittest.skipIf(sys.version_info < (3, 8), "the import system imports none of this before")
class ImportsOfTheImportSystem(unittest.TestCase):
    """Test functions such as `PathFinder.find_distributions`, which each interpreter has and few programs call."""

    PATH_FINDER = getattr(sys.modules.get("_frozen_importlib_external"), "PathFinder", None)
    # whether importlib.invalidate_caches() imports importlib.metadata
    IMPORTS_METADATA = (
        PATH_FINDER is not None and "MetadataPathFinder" in PATH_FINDER.invalidate_caches.__code__.co_names
    )

    def late(self, program, options=("-I", "-S")):
        """Return what ``use()`` of ``program`` imports late after preloading, and what preloading has loaded."""
        return fresh.value(
            u"""
            import json, sys
            sys.path.insert(0, %r)
            %s
            import warmup
            loaded = warmup.preload(codecs=()).modules
            with Recorder() as recorder:
                use()
            print(json.dumps([recorder.late, loaded]))
        """ % (fresh.ROOT, program),
            options=options,
        )

    def test_are_left_alone_where_nothing_calls_them(self):
        late, loaded = self.late("use = int")
        self.assertEqual(late, [])
        # importlib of 3.11.9 and 3.13+, which other modules need, calls such a function. On PyPy frozen code does.
        if not self.IMPORTS_METADATA and not fresh.PYPY:
            self.assertEqual({"importlib.metadata", "importlib.readers"}.intersection(loaded), set())

    def test_are_carried_out_where_a_function_calls_them(self):
        late, loaded = self.late("use = lambda: list(sys.meta_path[-1].find_distributions())")
        self.assertEqual(late, [])
        self.assertIn("importlib.metadata", loaded)

    def test_are_carried_out_where_the_running_program_calls_them(self):
        late, loaded = fresh.value(u"""
            import importlib, json
            import warmup
            loaded = warmup.preload(codecs=()).modules
            with Recorder() as recorder:
                importlib.invalidate_caches()
            print(json.dumps([recorder.late, loaded]))
        """)
        self.assertEqual(late, [])
        if self.IMPORTS_METADATA and not fresh.PYPY:
            self.assertIn("importlib.metadata", loaded)

    def test_are_carried_out_where_a_module_that_is_imported_late_calls_them(self):
        late, loaded = self.late("""
            def use():
                import importlib.resources
                importlib.resources.read_text("json", "__init__.py")""")
        self.assertEqual(late, [])
        if sys.version_info >= (3, 10):
            self.assertIn("importlib.readers", loaded)


class ScriptFunctions(unittest.TestCase):
    """Derive the names of functions that run only as a script from the sources of the library, and compare."""

    LEFT_OUT = {
        "test",
        "tests",
        "idlelib",
        "lib2to3",
        "turtledemo",
        "site-packages",
        "dist-packages",
        "__pycache__",
        "lib-tk",
        "ensurepip",
        "pydoc_data",
        "tkinter",
        "unittest",
        "_pyrepl",
        "pyrepl",
        "cffi",
    }

    DEFINITION = re.compile(("(?m)^def (%s)\\b" % "|".join(sorted(function.SCRIPT_FUNCTIONS))).encode("ascii"))

    def modules(self):
        """Yield path and tree of each file of the library that defines a function of such a name."""
        root = os.path.dirname(os.__file__)
        for directory, directories, files in os.walk(root):
            directories[:] = sorted(set(directories) - self.LEFT_OUT)
            for name in sorted(files):
                path = os.path.join(directory, name)
                if name.endswith(".py") and name != "__main__.py" and os.path.exists(path):
                    with open(path, "rb") as stream:
                        text = stream.read()
                    if self.DEFINITION.search(text):  # to parse all of the library takes seconds
                        try:
                            yield path, ast.parse(text)
                        except SyntaxError:  # a template, or for another version
                            continue

    def test_are_called_by_nothing_but_the_script_part_of_their_modules(self):
        counted = 0
        for path, tree in self.modules():
            functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
            script = {name for name in functions if name in function.SCRIPT_FUNCTIONS}
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
            part.id for part in ast.walk(node.test) if isinstance(part, ast.Name)
        }

    @staticmethod
    def called(node):
        return {
            part.func.id for part in ast.walk(node) if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
        }


class OtherPlatforms(unittest.TestCase):
    """Derive the functions that run only on another platform from the sources of the library, and compare."""

    WORDS = {
        "android": {"android", "Android"},
        "darwin": {"darwin", "Darwin", "macosx"},
        "ios": {"ios", "iOS", "iPadOS"},
        "java": {"java", "Java"},
        "win32": {"win32", "Windows", "infos", "no_os_uname"},  # the last two: os.uname() is missing
    }

    def test_are_called_only_where_that_platform_was_asked_for(self):
        for module, platforms in sorted(function.OTHER_PLATFORMS.items()):
            path = os.path.join(os.path.dirname(os.__file__), module + ".py")
            with open(path, "rb") as stream:
                tree = ast.parse(stream.read())
            defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
            self.assertTrue(defined.intersection(platforms), module)
            for name, words in self.calls(tree, platforms, frozenset()):
                self.assertTrue(words.intersection(self.WORDS[platforms[name]]), (name, sorted(words)))

    def calls(self, node, platforms, words):
        """Yield the name of each called function of the table, and the words in the conditions around the call."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in platforms:
            yield node.func.id, words
        if isinstance(node, ast.FunctionDef):
            words = words | set(node.name.split("_"))  # win32_is_iot(), _get_machine_win32()
            words = words | self.WORDS.get(platforms.get(node.name), set())
        for field in ast.iter_child_nodes(node):
            inside = words
            if isinstance(node, (ast.If, ast.IfExp)):
                inside = words | self.mentioned(node.test)
            for found in self.calls(field, platforms, inside):
                yield found

    @staticmethod
    def mentioned(test):
        names = {part.id for part in ast.walk(test) if isinstance(part, ast.Name)}
        # Before 3.8 a text has the attribute s; from 3.12 on it is deprecated.
        texts = {part.value if hasattr(part, "value") else getattr(part, "s", None) for part in ast.walk(test)}
        return names | {text for text in texts if isinstance(text, str)}
