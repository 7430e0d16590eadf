"""Test each property of the interpreter that ``warmup/_python/`` relies on, and say which trick needs it.

On a new Python these tests fail first. The docstring of a test is the message of its failure. It says what the package
does with the property. Classes are in the order of the files. The classes of sources come last.
"""

from __future__ import absolute_import, division, print_function

import dis
import gc
import opcode
import os
import sys
import textwrap
import types
import unittest
import warnings
import weakref

from tests.support import fresh
from tests.support.folder import FolderTest
from warmup._python import compat, functions, library, surroundings

CPYTHON = not fresh.PYPY
# On 2.7 the level -1 means relative if such a module exists, else absolute.
ABSOLUTE = -1 if fresh.PY2 else 0


def code_of(source):
    """Return the code object of the function ``function`` that ``source`` defines."""
    variables = {}
    exec(compile(textwrap.dedent(source), "x", "exec", 0, True), variables)
    return variables["function"].__code__


class Opcodes(unittest.TestCase):
    """`functions._OPCODES` serves to read bytecode without ``opcode`` and ``dis``."""

    NAMES = ("IMPORT_NAME", "LOAD_CONST", "EXTENDED_ARG", "LOAD_SMALL_INT", "LOAD_COMMON_CONSTANT")

    def test_have_the_numbers_of_this_version(self):
        """`dis`, which is slow to import, reads the bytecode of a version without a row. Add a row."""
        import opcode

        self.assertTrue(functions.is_verified, "no row for Python %d.%d" % sys.version_info[:2])
        expected = tuple(opcode.opmap.get(name) for name in self.NAMES)
        # The last two names are new in 3.14. Before, the row has None for them.
        self.assertEqual(functions._OPCODES[sys.version_info[:2]], expected)

    @unittest.skipIf(fresh.PY2, "instructions have one byte or three there")
    def test_are_instructions_of_two_bytes(self):
        """`functions._read_statements` takes every second byte for an instruction."""
        offsets = [instruction.offset for instruction in dis.get_instructions(code_of("def function(): import a.b"))]
        self.assertTrue(offsets and all(offset % 2 == 0 for offset in offsets))
        self.assertEqual(len(functions.import_statements.__code__.co_code) % 2, 0)

    def test_before_an_import_load_the_level_and_the_names(self):
        """`functions._constant` reads the two constants before an IMPORT_NAME: the level, then the names."""
        code = code_of("def function():\n    from ..a.b import c, d\n")
        self.assertEqual(functions.import_statements(code), [("a.b", 2, ("c", "d"))])
        self.assertEqual(functions.import_statements(code_of("def function(): import a")), [("a", ABSOLUTE, ())])


def walk_27(code):
    """Yield ``(name, level, names)`` of the imports of 2.7 bytecode. Use ``opcode``: ``dis`` of 2.7 only prints."""
    import opcode

    at, extended, loaded = 0, 0, []
    bytecode = bytearray(code.co_code)
    while at < len(bytecode):
        number = bytecode[at]
        at += 1
        if number < opcode.HAVE_ARGUMENT:
            continue
        argument = bytecode[at] + 256 * bytecode[at + 1] + extended
        extended = 65536 * argument if number == opcode.EXTENDED_ARG else 0
        at += 2
        if number == opcode.opmap["LOAD_CONST"]:
            loaded.append(code.co_consts[argument])
        elif number == opcode.opmap["IMPORT_NAME"]:
            yield code.co_names[argument], loaded[-2], loaded[-1] or ()


def walk_3(code):
    """Yield ``(name, level, names)`` of the imports of Python 3 bytecode. Use ``dis``."""
    loaded = []
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_CONST", "LOAD_SMALL_INT", "LOAD_COMMON_CONSTANT"):
            loaded.append(instruction.argval if instruction.opname != "LOAD_COMMON_CONSTANT" else None)
        elif instruction.opname == "IMPORT_NAME":
            name = instruction.argval if isinstance(instruction.argval, str) else instruction.argrepr
            yield name.partition(" + ")[0], loaded[-2], loaded[-1] or ()


class ImportStatements(unittest.TestCase):
    """The package reads from bytecode what ``dis`` says, for each function of this process."""

    @classmethod
    def setUpClass(cls):
        try:
            import asyncio  # noqa: F401
            import urllib.request  # noqa: F401
        except ImportError:
            import urllib2  # noqa: F401
        walk = walk_27 if fresh.PY2 else walk_3
        cls.shown = [(code, list(walk(code)) if cls.may_import(code) else []) for code in cls.all_codes()]

    @staticmethod
    def may_import(code):
        # dis shows an import only where an even byte has that number. To let dis read all other code takes seconds.
        return fresh.PY2 or opcode.opmap["IMPORT_NAME"] in bytearray(code.co_code)[::2]

    @staticmethod
    def all_codes():
        # gc.get_objects() is not enough: free-threaded 3.13 lists no function once a thread was started.
        reader = functions.Reader()
        waiting = [code for _, code in reader.new_code(reader.functions())]
        codes = set()
        while waiting:
            code = waiting.pop()
            if code not in codes:
                codes.add(code)
                waiting.extend(constant for constant in code.co_consts if isinstance(constant, compat.Code))
        return codes

    def test_are_those_that_dis_shows(self):
        """`functions._read_statements` returns what `dis` returns."""
        self.assertGreater(sum(len(statements) for _, statements in self.shown), 100)
        for code, statements in self.shown:
            self.assertEqual(functions.import_statements(code), statements, code)

    @unittest.skipIf(fresh.PY2, "dis.get_instructions came with 3.4")
    def test_are_read_by_dis_too_where_the_version_is_not_verified(self):
        """`functions._statements_by_dis` reads the bytecode of a Python that the tests have not seen."""
        for code, statements in self.shown:
            if not self.may_import(code):
                continue
            expected = [(name, level, tuple(names)) for name, level, names in statements]
            self.assertEqual(list(functions._statements_by_dis(code)), expected, code)

    def test_carry_name_level_and_names(self):
        """A source resolves relative names by the level, and submodules by the names."""
        self.assertEqual(
            functions.import_statements(code_of(u"""
                    def function():
                        from . import a
                        from ..b.c import d as e, f
                        import g.h as i
                        from j import k
                """)),
            [("", 1, ("a",)), ("b.c", 2, ("d", "f")), ("g.h", ABSOLUTE, ()), ("j", ABSOLUTE, ("k",))],
        )

    def test_are_found_in_functions_with_hundreds_of_names_and_constants(self):
        """An EXTENDED_ARG precedes each argument that is longer than a byte, also that of a constant."""
        lines = ["    x%d = %d.5" % (number, number) for number in range(700)]
        source = "def function():\n    global %s\n" % ", ".join("x%d" % number for number in range(700))
        source += "\n".join(lines) + "\n    from ..far.away import thing, other\n"
        self.assertEqual(functions.import_statements(code_of(source)), [("far.away", 2, ("thing", "other"))])

    def test_name_what_they_import_in_co_names(self):
        """`functions.code_with_names` reads code only if its ``co_names`` contains a name of a possible target."""
        code = code_of("def function():\n    import a.b\n    from c import d\n    from . import e\n")
        self.assertLessEqual({"a.b", "c", "d", "e"}, set(code.co_names))

    @unittest.skipUnless(hasattr(code_of("def function(): pass"), "_co_code_adaptive"), "new in 3.11")
    def test_stay_in_the_bytecode_that_runs_under_a_trace_of_lines_too(self):
        """`functions.import_statements` looks there first, because Python keeps the copy that is ``co_code``."""
        code = code_of("def function():\n    import os\n    import os, sys\n    return os, sys\n")
        self.assertIs(code.co_code, code.co_code)
        self.assertIsNot(code._co_code_adaptive, code._co_code_adaptive)
        function, before = compat.Function(code, {}), sys.gettrace()
        for _ in range(100):  # the interpreter replaces instructions of what runs often
            function()
        sys.settrace(lambda frame, event, argument: lambda *others: None)
        try:
            function()
        finally:
            sys.settrace(before)
        names = [name for name, _, _ in functions.import_statements(code)]
        self.assertEqual(names, ["os", "os", "sys"])

    def test_that_cannot_be_read_are_an_error_of_one_kind(self):
        """A program may change or encrypt its bytecode. Then one target fails, and nothing else."""

        class Broken(object):  # a real code object with such bytecode may crash the interpreter
            co_names, co_consts = ("a",), (None, 0)

            def __init__(self, numbers):
                self.co_code = bytes(bytearray(numbers))

        mark, refused = functions._IMPORT_NAME, 0
        cut_off = [100, 0, 0, 100, 0, 0, mark]  # on 2.7 two LOAD_CONST, and an import without its argument
        for numbers in ([mark, 0], [9, 0, 9, 0, mark, 255], [255] * 20, [mark] * 9, [0] * 6 + [mark], cut_off):
            try:
                functions.import_statements(Broken(numbers))
            except functions.UnreadableCode:
                refused += 1
        self.assertEqual(refused, 1 if fresh.PY2 else 5)


class LiveFunctions(unittest.TestCase):
    """`functions.Reader` returns each live function once."""

    def test_are_listed_by_the_collector_wherever_they_are(self):
        """No dictionary of a module leads to a decorated function, to a closure, or to a function inside of one."""

        def hidden():
            pass

        holder = [lambda: hidden]
        listed = {id(item) for item in gc.get_objects() if type(item) is compat.Function}
        self.assertIn(id(hidden), listed)
        self.assertIn(id(holder[0]), listed)

    def test_have_code_that_can_be_referred_to_weakly(self):
        """The reader knows code by its address and a weak reference. It keeps no code alive."""
        function = types.FunctionType(code_of("def function(): pass"), {})
        reference = weakref.ref(function.__code__)
        self.assertIs(reference(), function.__code__)
        del function
        for _ in range(3):
            gc.collect()
        # Free-threaded 3.13 makes code immortal once a thread has started.
        if CPYTHON and not compat.FREE_THREADED:
            self.assertIs(reference(), None)

    def test_have_the_variables_of_their_module_as_globals(self):
        """`functions.uncalled_import_system` finds the functions of a module by their globals."""
        self.assertIs(code_of.__globals__, vars(sys.modules[__name__]))

    @unittest.skipUnless(hasattr(gc, "get_freeze_count"), "no gc.freeze()")
    def test_are_listed_where_nothing_but_the_interpreter_has_frozen_objects(self):
        """`Reader` looks for frozen functions only where a program has frozen some: 3.12 freezes 375 at its start."""
        frozen, unlisted = fresh.value(u"""
            import gc, json, sys
            frozen, function = gc.get_freeze_count(), type(json.dumps)
            found = []
            for module in list(sys.modules.values()):
                for value in list(getattr(module, "__dict__", {}).values()):
                    # isinstance() would use a placeholder of 3.15.
                    is_class = issubclass(type(value), type)
                    values = list(vars(value).values()) if is_class else [value]
                    found += [one for one in values if type(one) is function]
            listed = set(map(id, gc.get_objects()))
            print(json.dumps([frozen, [repr(one) for one in found if id(one) not in listed]]))
        """)
        self.assertEqual(unlisted, [])
        self.assertLess(frozen, functions._FROZEN_AT_START)

    @unittest.skipUnless(compat.FREE_THREADED, "elsewhere a thread makes nothing immortal")
    def test_are_all_listed_unless_the_oldest_one_is_untracked(self):
        """`Reader` looks for unlisted functions only where ``ModuleSpec.__init__`` of importlib is untracked."""
        for start in (u"", u"_thread.start_new_thread(started.release, ()); started.acquire()"):
            is_tracked, unlisted = fresh.value(u"""
                import _thread, gc, json, sys
                import sched
                started = _thread.allocate_lock()
                started.acquire()
                %s
                function = type(json.dumps)
                found = [one for module in list(sys.modules.values())
                         for one in list(getattr(module, "__dict__", {}).values()) if type(one) is function]
                listed = set(map(id, gc.get_objects()))
                first = sys.modules["_frozen_importlib"].ModuleSpec.__init__
                print(json.dumps([gc.is_tracked(first), len([one for one in found if id(one) not in listed])]))
            """ % start)
            self.assertTrue(not is_tracked or unlisted == 0, (start, is_tracked, unlisted))
            if not start:
                self.assertTrue(is_tracked)

    @unittest.skipUnless(hasattr(gc, "get_freeze_count"), "no gc.freeze()")
    def test_are_many_where_a_program_has_frozen_objects(self):
        """`functions.Reader` takes more frozen objects than ``_FROZEN_AT_START`` for those of ``gc.freeze()``."""
        frozen = fresh.value(u"""
            import gc, json
            gc.collect()
            gc.freeze()
            print(json.dumps(gc.get_freeze_count()))
        """)
        self.assertGreater(frozen, 2 * functions._FROZEN_AT_START)

    @unittest.skipUnless(hasattr(gc, "freeze"), "gc.freeze() came with 3.7")
    def test_are_not_listed_where_they_are_frozen_but_their_module_leads_to_them(self):
        """`Reader._unlisted` follows ``gc.get_referents``, and ``gc.is_tracked`` holds for functions."""
        self.assertEqual(
            fresh.value(u"""
                import gc, json
                class Holder(object):
                    def method(self):
                        pass
                gc.freeze()
                listed = [item for item in gc.get_objects() if item is Holder.__dict__["method"]]
                reached = Holder.__dict__["method"] in gc.get_referents(*gc.get_referents(Holder))
                print(json.dumps([listed == [], gc.get_freeze_count() > 100, reached,
                                  gc.is_tracked(Holder.__dict__["method"])]))
            """),
            [True, True, True, True],
        )

    @unittest.skipIf(fresh.PY2, "2.7's import system is C")
    def test_of_the_import_system_are_in_modules_of_these_names(self):
        """`functions._IMPORT_SYSTEM`: the source reads a function that nothing calls only when other code names it."""
        names = ["_frozen_importlib", "_frozen_importlib_external"] + ["zipimport"] * (sys.version_info >= (3, 8))
        for name in names:
            self.assertIs(type(sys.modules.get(name)), compat.Module, name)


@unittest.skipIf(functions._count_collections() is None, "generations are not looked at here")
class Generations(unittest.TestCase):
    """`functions.Reader` looks for new functions only in the generations that can have them."""

    @staticmethod
    def call(source):
        helpers = u"""
            import gc, json
            from warmup._python import functions
            def place(item):
                return [any(one is item for one in gc.get_objects(generation=g)) for g in range(3)]
            def define(name):
                exec("def %s(): pass" % name, globals())
                return globals()[name]
        """
        return fresh.value(textwrap.dedent(helpers) + textwrap.dedent(source))

    def test_hold_what_is_new_in_the_first_and_in_the_order_in_which_it_was_made(self):
        """The reader reads the list of the first generation from its end, up to a function that it knows."""
        self.assertEqual(
            self.call(u"""
            gc.collect()
            made = [define("f%d" % number) for number in range(50)]
            young = [one for one in gc.get_objects(generation=0) if type(one) is type(define)]
            young = [one for one in young if one.__name__[0] == "f"]  # 3.11: a comprehension is a function
            print(json.dumps([young == made, place(made[0])]))
        """),
            [True, [True, False, False]],
        )

    def test_hold_what_has_survived_one_collection_in_the_second(self):
        """A new object is in the second generation only if the first was collected since the last list."""
        first, second = self.call(u"""
            function, before = define("f"), functions._count_collections()
            gc.collect(0)
            print(json.dumps([[a - b for a, b in zip(functions._count_collections(), before)], place(function)]))
        """)
        self.assertEqual(first[0], 1)
        self.assertEqual((first[1], second), (0, [False, True, False]))

    def test_hold_what_has_survived_another_collection_in_the_third_which_is_counted(self):
        """The counts of collections say whether the reader must list all objects again."""
        for number in (1, 2):
            counts, where = self.call(u"""
                function, before = define("f"), functions._count_collections()
                gc.collect(%d)
                print(json.dumps([[a - b for a, b in zip(functions._count_collections(), before)], place(function)]))
            """ % number)
            self.assertEqual(where, [False, False, True])
            self.assertGreater(sum(counts), 0)

    def test_are_not_collected_while_the_first_threshold_is_0(self):
        """`surroundings.Surroundings`: imports start no collection. What they make stays in the first generation."""
        self.assertEqual(
            self.call(u"""
            gc.set_threshold(0, *gc.get_threshold()[1:])
            before = functions._count_collections()
            kept = [[] for _ in range(200000)]
            print(json.dumps(before == functions._count_collections()))
        """),
            True,
        )


class TheLastModule(unittest.TestCase):
    @unittest.skipIf(sys.version_info < (3, 8), "dictionaries cannot be reversed")
    def test_is_the_last_of_sys_modules(self):
        """`functions.last_loaded`: last name and number of modules change when a module is loaded or unloaded."""
        self.assertEqual(
            fresh.value(u"""
            import json
            from warmup._python import functions
            answers = [functions.last_loaded()]
            import sched
            answers.append(functions.last_loaded())
            del sys.modules["sched"]
            answers.append(functions.last_loaded())
            print(json.dumps([answers[0] != answers[1], answers[1] != answers[2]]))
        """),
            [True, True],
        )


class Names(unittest.TestCase):
    """`compat` gives one name to what has different names in different versions."""

    def test_of_the_type_of_placeholders(self):
        """`compat.Placeholder` comes from ``_types`` where it exists. ``types`` would be one more file to import."""
        if sys.version_info >= (3, 15):
            self.assertIs(compat.Placeholder, types.LazyImportType)
        else:
            self.assertFalse(hasattr(types, "LazyImportType"))
            self.assertIs(compat.Placeholder, None)

    def test_of_types(self):
        """The package compares types by identity, so that no ``__class__`` of a foreign object runs."""
        self.assertIs(compat.Function, types.FunctionType)
        self.assertIs(compat.Code, types.CodeType)
        self.assertIs(compat.Module, types.ModuleType)

    def test_of_the_number_of_this_thread(self):
        """``threading`` and ``sys._current_frames`` use the same number for a thread."""
        import threading

        self.assertEqual(compat.get_ident(), threading.current_thread().ident)
        self.assertIn(compat.get_ident(), sys._current_frames())


class WhereTheLibraryIs(unittest.TestCase):
    """`library.Library` lists the standard library without importing it."""

    def test_is_said_by_encodings_and_os(self):
        """The folder or zip file of the library is the one from which ``encodings`` and ``os`` were loaded."""
        import encodings

        roots = library._roots()[0]
        self.assertIn(os.path.dirname(encodings.__path__[0]), roots)
        self.assertIn(os.path.dirname(os.__file__), roots)

    def test_holds_all_that_the_interpreter_says_it_has(self):
        """`sys.stdlib_module_names` (3.10): the listing is complete if few of these are missing."""
        if not hasattr(sys, "stdlib_module_names"):
            self.skipTest("sys.stdlib_module_names came with 3.10")
        listed = library.Library()
        missing = [name for name in sys.stdlib_module_names if not listed.has(name) and name not in library.EXCLUDED]
        self.assertLess(len(missing), 80, missing)
        for name in missing:
            self.assertFalse(name.partition(".")[0] in sys.modules and name in sys.builtin_module_names, name)

    def test_has_parts_in_the_executable(self):
        """`library._built_in_modules`: ``_imp._frozen_module_names`` names the frozen modules from 3.11 on."""
        if sys.version_info >= (3, 11) and CPYTHON:
            import _imp

            self.assertIn("_frozen_importlib", _imp._frozen_module_names())
        self.assertIn("sys", library._built_in_modules())

    def test_has_extension_modules_with_these_ends(self):
        """A file is a module if the text after its first dot is one of the suffixes."""
        self.assertIn("py", library._SUFFIXES)
        self.assertTrue(library._SUFFIXES.intersection(["so", "pyd"]) or fresh.PYPY, library._SUFFIXES)

    def test_may_be_a_zip_file_whose_names_zipimport_knows(self):
        """`library.modules_in_zip` reads what ``zipimport`` has read of the archive."""
        self.assertEqual(
            fresh.value(u"""
                import json, os, tempfile, zipfile
                path = os.path.join(tempfile.mkdtemp(), "library.zip")
                with zipfile.ZipFile(path, "w") as archive:
                    for name in ("a.py", "package/__init__.py", "package/b.pyc", "package/c.txt"):
                        archive.writestr(name, b"")
                from warmup._python import library
                print(json.dumps([sorted(library.modules_in(path)), sorted(library.modules_in(path + "/package"))]))
            """),
            [["a", "package", "package.b"], ["b"]],
        )


class WhatAnImportErrorSays(FolderTest):
    """`library.is_refusal`: whether the library itself says that something is not for this platform."""

    def error_of(self, name):
        sys.path.insert(0, self.folder)
        try:
            __import__(name)
        except Exception as error:
            return error, sys.exc_info()[2]
        finally:
            sys.path.remove(self.folder)

    def test_is_the_module_that_is_missing(self):
        """``ImportError.name`` names the module. 2.7 has only the text, "No module named X"."""
        error, _ = self.error_of("no_such_module_anywhere")
        self.assertEqual(library._missing_module(error), "no_such_module_anywhere")
        self.write("wants_a_name.py", u"from os import no_such_name")
        error, _ = self.error_of("wants_a_name")
        self.assertEqual(library._missing_module(error), None if sys.version_info < (3, 7) else "os")

    def test_is_raised_in_a_body(self):
        """The innermost frame is the body of a module or a class. Such code has no flag CO_OPTIMIZED."""
        self.write("raises.py", u"raise ImportError('not here')")
        self.write("raises_in_class.py", u"class C(object):\n    raise ImportError('not here')\n")
        self.write("raises_in_function.py", u"def f():\n    raise ImportError('not here')\nf()\n")
        for name, is_body in (("raises", True), ("raises_in_class", True), ("raises_in_function", False)):
            traceback = self.error_of(name)[1]
            while traceback.tb_next is not None:
                traceback = traceback.tb_next
            self.assertEqual(bool(library._is_body(traceback.tb_frame.f_code)), is_body, name)

    def test_leads_to_the_module_that_raised(self):
        """`_preload._is_from_outside` looks by ``__name__`` whether the module of a frame was loaded before.

        2.7 sets the globals of a module whose import has failed to None. So the name is gone there.
        """
        self.write("raises.py", u"raise SystemExit(3)")
        name = fresh.value(
            u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            try:
                import raises
            except SystemExit:
                traceback = sys.exc_info()[2]
                while traceback.tb_next is not None:
                    traceback = traceback.tb_next
                print(json.dumps(traceback.tb_frame.f_globals.get("__name__")))
            """,
            arguments=[self.folder],
        )
        self.assertEqual(name, None if fresh.PY2 else "raises")


class WhatWasCompiled(FolderTest):
    """`library.count_compiled`: how many modules had to be compiled."""

    def test_is_said_by_the_file_of_the_module_and_its_time(self):
        """The spec's ``cached`` names the compiled file. On 2.7 ``__file__`` ends in ``.pyc`` if it was read."""
        self.write("module.py", u"")
        counts = []
        for _ in range(2):
            count, path = fresh.value(
                u"""
                import json, sys, time
                from warmup._python import library
                sys.path.insert(0, sys.argv[1])
                before = time.time()
                import module
                count = library.count_compiled(["module"], before, time.time())
                print(json.dumps([count, getattr(vars(module).get("__spec__"), "cached", module.__file__)]))
                """,
                arguments=[self.folder],
                environment={"PYTHONDONTWRITEBYTECODE": ""},
            )
            counts.append(count)
            if not fresh.PY2:
                os.utime(path, (1.0e9, 1.0e9))  # a file that was written just before counts
        self.assertEqual(counts, [1, 0])


class Filters(unittest.TestCase):
    """`surroundings.Surroundings` adds one filter to the filters of warnings, and removes it again."""

    def test_may_have_any_object_with_match_as_their_pattern(self):
        """The warnings machinery calls ``match`` of the pattern for modules. It looks at the thread and the module."""
        self.assertEqual(
            fresh.value(u"""
                import json, warnings
                asked = []
                class Pattern(object):
                    def match(self, module):
                        asked.append(module)
                        return True
                warnings.simplefilter("error")
                from warmup._python import surroundings
                for filters in surroundings._filter_lists():
                    filters.insert(0, ("ignore", None, Warning, Pattern(), 0))
                warnings.warn_explicit("text", UserWarning, "x.py", 1, module="made.up")
                print(json.dumps(asked[:1]))
            """),
            ["made.up"],
        )

    def test_are_the_list_that_c_code_reads(self):
        """A filter in that list is in force without a call into ``warnings``, which may wait for a lock."""
        self.assertEqual(
            fresh.value(u"""
                import json, warnings, _warnings
                class Pattern(object):
                    def match(self, module):
                        return True
                warnings.simplefilter("error")
                try:
                    _warnings.warn("shown", UserWarning, 1)
                    shown = False
                except UserWarning:
                    shown = True
                from warmup._python import surroundings
                for filters in surroundings._filter_lists():
                    filters.insert(0, ("ignore", None, Warning, Pattern(), 0))
                _warnings.warn("not shown", UserWarning, 1)
                print(json.dumps([shown, type(warnings.filters) is list]))
            """),
            [True, True],
        )

    def test_that_ignore_are_remembered_before_3_7_alone(self):
        """`surroundings._IGNORED_ARE_REMEMBERED`: before 3.7 a registry holds a warning that was not shown."""
        registry = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.warn_explicit("x", UserWarning, "x.py", 1, registry=registry)
        keys = [key for key in registry if key != "version"]
        self.assertEqual(bool(keys), surroundings._IGNORED_ARE_REMEMBERED)

    @unittest.skipUnless(hasattr(sys, "getrefcount"), "PyPy does not count references")
    def test_in_a_copy_of_the_list_are_seen_by_the_reference_count(self):
        """`Surroundings.end` looks for copies of the list, through all objects, only if more refer to the filter."""
        value = ("ignore", object(), Warning, None, 0)
        before = sys.getrefcount(value)
        copies = [[value], [value]]
        self.assertEqual(sys.getrefcount(value), before + 2)
        self.assertEqual(
            sorted(map(id, copies)), sorted(id(one) for one in gc.get_referrers(value) if type(one) is list)
        )

    @unittest.skipUnless(getattr(sys.flags, "context_aware_warnings", None) is not None, "came with 3.14")
    def test_of_a_context_are_had_from_this_function(self):
        """`surroundings._filter_lists`: with ``-X context_aware_warnings=1`` a second list is in force."""
        self.assertEqual(
            fresh.value(
                u"""
                import json, warnings
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    from warmup._python import surroundings
                    print(json.dumps([len(surroundings._filter_lists()),
                                      surroundings._filter_lists()[-1][0][0]]))
                """,
                options=["-X", "context_aware_warnings=1"],
            ),
            [2, "error"],
        )


class Signals(unittest.TestCase):
    @unittest.skipUnless(os.name == "posix", "needs signals")
    def test_have_handlers_whose_code_can_be_had(self):
        """`surroundings.handler_codes`: the exception of a signal handler reaches the caller of ``preload()``."""
        import signal

        class Handler(object):
            def __init__(self, *arguments):
                self.func = print

            def __new__(cls, *arguments):
                return object.__new__(cls)

            def __getattr__(self, name):
                raise RuntimeError(name)

            def __call__(self, number, frame):
                pass

            def method(self, number, frame):
                pass

        class OldStyle:  # noqa: UP004
            def __init__(self, *arguments):
                pass

            def __call__(self, number, frame):
                pass

        class Meta(type):
            def __call__(cls, *arguments):
                pass

        import functools

        cache = getattr(functools, "lru_cache", lambda size: functools.partial)(None)
        for handler, code in (
            (code_of, code_of.__code__),
            (Handler().method, vars(Handler)["method"].__code__),
            (Handler(), vars(Handler)["__call__"].__code__),
            (functools.partial(Handler().method), vars(Handler)["method"].__code__),
            (Handler, vars(Handler)["__init__"].__code__),
            (Handler, vars(Handler)["__new__"].__func__.__code__),
            (OldStyle, vars(OldStyle)["__init__"].__code__),
            (OldStyle(), vars(OldStyle)["__call__"].__code__),
            (Meta("Class", (object,), {}), vars(Meta)["__call__"].__code__),
            (cache(code_of), code_of.__code__),
        ):
            before = signal.signal(signal.SIGUSR1, handler)
            try:
                self.assertIn(id(code), surroundings.handler_codes(), handler)
            finally:
                signal.signal(signal.SIGUSR1, before)


class Memory(unittest.TestCase):
    @unittest.skipUnless(sys.platform.startswith("linux"), "there is no /proc elsewhere")
    def test_is_said_by_proc(self):
        """`surroundings.resident_memory`: the second number of ``/proc/self/statm`` counts pages."""
        self.assertGreater(surroundings.resident_memory(), 2**20)


class ModulesInOrder(unittest.TestCase):
    @unittest.skipIf(fresh.PY2, "dictionaries have no order there")
    def test_come_at_the_end_of_sys_modules(self):
        """`_preload._Call._new_modules`: names after those that were loaded before are new."""
        self.assertEqual(
            fresh.value(u"""
                import json
                before = list(sys.modules)
                import sched, colorsys
                after = list(sys.modules)
                print(json.dumps([after[:len(before)] == before, after[len(before):].index("sched") <
                                  after[len(before):].index("colorsys")]))
            """),
            [True, True],
        )


class Codecs(unittest.TestCase):
    """`_sources.codec` relies on the registry of codecs and on ``encodings``."""

    def test_that_were_not_found_are_remembered_with_none(self):
        """`codec.forget_failures`: ``encodings`` never again tries a spelling that its ``_cache`` has.

        3.15 remembers no failure.
        """
        remembered = fresh.value(u"""
            import codecs, encodings, json
            try:
                codecs.lookup("no-such-codec")
            except LookupError:
                pass
            cache = getattr(encodings, "_cache", {})
            print(json.dumps([name for name in cache if cache[name] is None and name.startswith("no")]))
        """)
        if remembered:
            self.assertIn(remembered, (["no-such-codec"], ["no_such_codec"]))
        else:
            self.assertGreaterEqual(sys.version_info, (3, 15))

    @unittest.skipIf(fresh.PY2, "there each new spelling takes the import lock")
    def test_that_are_loaded_are_found_by_another_spelling_without_a_finder(self):
        """`codec.CodecSource.warm`: on Python 3 one spelling is enough."""
        self.assertEqual(
            fresh.value(u"""
                import codecs, json
                codecs.lookup("cp1250")
                class Refuse(object):
                    def find_spec(self, name, *more):
                        raise AssertionError(name)
                sys.meta_path[:] = [Refuse()]
                print(json.dumps([codecs.lookup(name).name for name in ("CP1250", "Windows-1250", "windows_1250")]))
            """),
            ["cp1250"] * 3,
        )

    def test_have_names_that_encodings_normalizes(self):
        """`codec.canonical` finds the module of a spelling as ``encodings.search_function`` does."""
        import encodings
        import encodings.aliases

        self.assertEqual(encodings.normalize_encoding("iso 8859-1"), "iso_8859_1")
        self.assertEqual(encodings.aliases.aliases["iso_8859_1"], "latin_1")


@unittest.skipUnless(sys.version_info >= (3, 15), "PEP 810 came with 3.15")
class Placeholders(FolderTest):
    """`_sources.placeholder`."""

    def test_say_what_they_import_by_their_repr_and_are_replaced_when_the_attribute_is_used(self):
        """Only the repr of a placeholder names its module without using it. Only the attribute replaces it."""
        self.write("program.py", u"lazy import sched\nlazy from json.tool import main\n")
        self.assertEqual(
            fresh.value(
                u"""
                import json, sys, types
                sys.path.insert(0, sys.argv[1])
                import program
                texts = [repr(vars(program)[name]) for name in ("sched", "main")]
                before = "sched" in sys.modules
                program.sched
                print(json.dumps([texts, before, type(vars(program)["sched"]) is types.ModuleType]))
                """,
                arguments=[self.folder],
            ),
            [["<lazy_import 'sched'>", "<lazy_import 'json.tool.main'>"], False, True],
        )


@unittest.skipIf(fresh.PY2, "2.7 has no _frozen_importlib")
class ReplacedFunctionsOfImportlib(unittest.TestCase):
    """imports.py replaces functions of ``_frozen_importlib``, and expects C code and importlib to call its own."""

    def calls(self, attribute, source):
        return fresh.value(u"""
            import importlib, json, sys, threading, time, xml
            bootstrap, calls = sys.modules["_frozen_importlib"], []
            before = bootstrap.%s
            def replaced(name, *arguments, **keywords):
                calls.append(getattr(name, "name", name))
                return before(name, *arguments, **keywords)
            bootstrap.%s = replaced
            %s
            print(json.dumps(calls))
        """ % (attribute, attribute, source))

    def test_every_import_of_a_module_that_is_not_loaded_calls_find_and_load(self):
        """`imports._wrap_find_and_load` would not see any other import."""
        for source, name in (
            (u"import sched", "sched"),
            (u"from xml import sax", "xml.sax"),
            (u"importlib.import_module('sched')", "sched"),
            (u"__import__('sched')", "sched"),
            (u"time.strptime('2001', '%Y')", "_strptime"),
            (u"u'x'.encode('cp1250')", "encodings.cp1250"),
        ):
            self.assertIn(name, self.calls(u"_find_and_load", source), source)
        if sys.version_info >= (3, 15):
            self.assertIn("sched", self.calls(u"_find_and_load", u"exec('lazy import sched; sched.scheduler')"))

    def test_an_import_statement_of_a_loaded_module_does_not(self):
        """A watch costs nothing where a module is loaded."""
        if not fresh.PYPY:
            self.assertEqual(self.calls(u"_find_and_load", u"import json, xml; from json import decoder"), [])

    def test_find_and_load_returns_a_loaded_module_as_it_is(self):
        """`imports._wrap_find_and_load` does that itself. Only a module whose body runs has ``_initializing``."""
        from warmup._python import imports

        code = sys.modules["_frozen_importlib"]._find_and_load.__code__
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        self.assertEqual(names, imports._SIGNATURES[sys.version_info >= (3, 15)])
        asks = not {"getattr", "_is_initializing"}.isdisjoint(code.co_names)
        self.assertEqual(asks, sys.version_info >= (3, 11), "whether it asks each module for __spec__")
        same, complete, running = fresh.value(u"""
            import importlib, importlib.machinery, json, types
            made = sys.modules["made"] = types.ModuleType("made")
            class Loader(object):
                def create_module(self, spec):
                    pass
                def exec_module(self, module):
                    Loader.is_running = module.__spec__._initializing
            class Finder(object):
                def find_spec(self, name, path=None, target=None):
                    return importlib.machinery.ModuleSpec(name, Loader()) if name == "runs" else None
            sys.meta_path.insert(0, Finder())
            import runs
            print(json.dumps([importlib.import_module("made") is made, runs.__spec__._initializing, Loader.is_running]))
        """)
        self.assertEqual((same, complete, running), (True, False, True))

    def test_load_unlocked_comes_between_search_and_execution(self):
        """`imports._wrap_load` refuses a module there: it was found, and none of its code has run."""
        self.assertIn("sched", self.calls(u"_load_unlocked", u"import sched"))
        self.assertEqual(
            self.calls(
                u"_load_unlocked",
                u"""
            try:
                import no_such
            except ImportError:
                pass
""",
            ),
            [],
        )

    def test_reload_calls_exec(self):
        """`imports._wrap_reload` sees no reload otherwise."""
        self.assertEqual(self.calls(u"_exec", u"importlib.reload(json)"), ["json"])

    def test_a_missing_module_can_be_looked_for_again_after_load_unlocked_has_raised(self):
        self.assertEqual(
            fresh.value(u"""
            import json, sys
            bootstrap = sys.modules["_frozen_importlib"]
            before = bootstrap._load_unlocked
            def refuses(spec):
                raise ImportError("refused")
            bootstrap._load_unlocked = refuses
            try:
                import xml.sax
            except ImportError as error:
                text = str(error)
            bootstrap._load_unlocked = before
            import xml.sax
            locks = [reference() for reference in bootstrap._module_locks.values()]  # PyPy drops them later
            print(json.dumps([text, [repr(lock) for lock in locks if lock is not None and lock.owner is not None]]))
        """),
            ["refused", []],
        )


@unittest.skipIf(fresh.PY2, "2.7 has no _frozen_importlib")
class FramesOfImportlib(unittest.TestCase):
    """imports.py gives its wrappers the file name of importlib, so that tracebacks and warnings pass over them."""

    def test_have_this_file_name(self):
        """`imports.disguised` takes the file name of importlib from one of its functions."""
        name = sys.modules["_frozen_importlib"]._find_and_load.__code__.co_filename
        self.assertTrue(name.startswith("<frozen importlib"), name)
        self.assertIn("_bootstrap", name)

    def test_are_left_out_of_tracebacks(self):
        """`imports.disguised`: the interpreter hides frames with the file name of importlib."""
        if fresh.PYPY:
            self.skipTest("PyPy decides by other means")
        self.assertEqual(
            fresh.value(u"""
            import json, sys
            bootstrap = sys.modules["_frozen_importlib"]
            before = bootstrap._find_and_load
            scope = {"before": before}
            source = "def replaced(*a, **k):\\n    return before(*a, **k)"
            exec(compile(source, before.__code__.co_filename, "exec"), scope)
            bootstrap._find_and_load = scope["replaced"]
            try:
                import no_such
            except ImportError:
                traceback, count = sys.exc_info()[2], 0
                while traceback is not None:
                    traceback, count = traceback.tb_next, count + 1
            print(json.dumps(count))
        """),
            1,
        )


@unittest.skipIf(fresh.PY2, "2.7 has one lock for all imports")
class ModuleLocks(unittest.TestCase):
    """locks.py reads and repairs the locks of importlib."""

    def test_say_who_is_inside_an_import(self):
        """`locks.in_flight` reads the owners, and `locks.repair` what is inside of a lock."""
        owner, me, kind, left = fresh.value(u"""
            import json, os, shutil, sys, tempfile, threading
            directory = tempfile.mkdtemp()
            sys.path.insert(0, directory)
            with open(os.path.join(directory, "body.py"), "w") as stream:
                stream.write("import sys; m = sys.modules['__main__']; m.begun.set(); m.go.wait(60)")
            begun, go = threading.Event(), threading.Event()
            thread = threading.Thread(target=__import__, args=("body",))
            thread.start()
            assert begun.wait(60)
            locks = sys.modules["_frozen_importlib"]._module_locks
            lock = locks["body"]()
            result = [lock.owner, thread.ident, type(locks).__name__,
                      sys.modules["body"].__spec__._initializing and hasattr(lock, "lock") and hasattr(lock, "wakeup")
                      and not lock.waiters]
            go.set()
            thread.join()
            shutil.rmtree(directory)
            assert lock.owner is None
            print(json.dumps(result))
        """)
        self.assertEqual(owner, me)
        self.assertEqual((kind, left), ("dict", True))

    def test_say_who_waits_for_whom(self):
        """`locks.waits_for` and `locks.repair` find a dictionary, in an object since 3.12."""
        blocking_on = sys.modules["_frozen_importlib"]._blocking_on
        self.assertTrue(hasattr(blocking_on, "get"))
        self.assertIsInstance(getattr(blocking_on, "data", blocking_on), dict)


class LookUpsOfCodecs(unittest.TestCase):
    """imports.py reads the spelling from the local variables of encodings.search_function; _watch.py clears a cache."""

    def test_have_these_variables(self):
        """`imports._read_look_up` reads them."""
        import encodings

        names = encodings.search_function.__code__.co_varnames
        for name in ("encoding", "modnames", "modname"):
            self.assertIn(name, names)

    def test_remember_their_failures_in_a_dictionary(self):
        """`codec.forget_failures` takes them out."""
        import encodings

        self.assertRaises(LookupError, u"".encode, "no-such-codec")
        self.assertIsInstance(encodings._cache, dict)
        (key,) = [key for key in encodings._cache if key.replace("_", "-") == "no-such-codec"]
        self.assertIsNone(encodings._cache.pop(key))


@unittest.skipIf(sys.version_info < (3, 15), "placeholders came with 3.15")
class UsesOfPlaceholders(unittest.TestCase):
    """imports.py sees by the instruction of the asker whether it uses a placeholder."""

    def test_are_no_import_instructions(self):
        """`imports._uses_placeholder` knows the instructions by these names, and their numbers by a private module."""
        import opcode

        import _opcode_metadata

        self.assertEqual(_opcode_metadata.opmap, opcode.opmap)
        for name in ("IMPORT_NAME", "IMPORT_FROM", "LOAD_GLOBAL", "LOAD_NAME", "LOAD_ATTR"):
            self.assertIn(name, opcode.opmap)
        self.assertTrue(hasattr(sys.lazy_modules, "__contains__"))


class NamesOfThreads(unittest.TestCase):
    """locks.py takes them from threading without its lock."""

    def test_are_counted_and_modules_have_weak_references(self):
        """`imports._is_reported_by`: while there are threads, a weak reference says who has reported a module."""
        counts = fresh.value(u"""
            import json, threading
            from warmup._python import imports
            go = threading.Event()
            thread = threading.Thread(target=go.wait)
            before = imports._count_threads()
            thread.start()
            beside = imports._count_threads()
            go.set()
            thread.join()
            print(json.dumps([before, beside]))
        """)
        self.assertEqual(counts, [0, 1])
        if not fresh.PY2:
            import weakref

            self.assertIs(weakref.ref(sys)(), sys)

    def test_are_in_a_dictionary(self):
        """`locks.thread_name` reads ``threading._active``."""
        import threading

        thread = threading.current_thread()
        self.assertIs(threading._active[thread.ident], thread)


class PrivateNames(unittest.TestCase):
    """Where one of these names is missing, the package goes on, and something does not work."""

    @unittest.skipIf(fresh.PY2, "2.7 has no LazyLoader")
    def test_of_lazy_modules(self):
        """`module.import_module` runs them, and `compat.variables_of` does not."""
        import importlib.util

        self.assertEqual(importlib.util._LazyModule.__name__, "_LazyModule")

    @unittest.skipUnless(sys.version_info >= (3, 13) and not fresh.PYPY, "new in 3.13")
    def test_of_submodules_that_are_being_imported(self):
        """`locks._drop` takes a dropped module out of them."""
        import json

        self.assertIsInstance(json.__spec__._uninitialized_submodules, list)

    @unittest.skipUnless(sys.version_info >= (3, 13) and not fresh.PYPY, "new in 3.13")
    def test_of_the_current_interpreter(self):
        """`library._is_subinterpreter` compares it with the main one."""
        import _interpreters

        self.assertEqual(_interpreters.get_current(), _interpreters.get_main())

    @unittest.skipUnless(sys.version_info >= (3, 11) and not fresh.PYPY, "new in 3.11")
    def test_of_the_folder_of_the_library(self):
        """`library.Library` finds modules there where ``os`` has no file."""
        self.assertEqual(os.path.realpath(sys._stdlib_dir), os.path.dirname(os.path.realpath(os.__file__)))

    @unittest.skipUnless(fresh.PY2, "3.x has atexit.unregister()")
    def test_of_functions_that_run_at_exit(self):
        """`Watch.stop` takes its own out."""
        import atexit

        self.assertIsInstance(atexit._exithandlers, list)


@unittest.skipUnless(hasattr(os, "register_at_fork"), "no os.register_at_fork here")
class Forks(unittest.TestCase):
    """_fork.py replaces os.fork, and repairs in a hook that Python calls in every child."""

    def test_keep_the_ident_of_the_thread_and_run_the_hook_first(self):
        """`locks.repair` leaves the locks of the thread that has forked."""
        self.assertEqual(
            fresh.value(u"""
            import json, os, threading
            me, found = threading.get_ident(), []
            os.register_at_fork(after_in_child=lambda: found.append(threading.get_ident() == me))
            child = os.fork()
            if not child:
                os._exit(0 if found == [True] else 1)
            print(json.dumps(os.waitpid(child, 0)[1]))
        """),
            0,
        )

    def test_of_multiprocessing_go_through_the_attribute(self):
        """Otherwise the waiting ``os.fork`` of guard_fork() would not be called."""
        import multiprocessing.popen_fork

        self.assertIn("fork", multiprocessing.popen_fork.Popen._launch.__code__.co_names)

    @unittest.skipIf(sys.version_info < (3, 12) or fresh.PYPY, "it does not warn of a fork there")
    def test_have_code_whose_lines_can_be_set(self):
        """`compat.seen_as`: a table of b"\\xef\\0" puts all instructions in the first line."""
        frame = sys._getframe()
        line, call = frame.f_lineno, compat.seen_as(frame, lambda: sys._getframe(1))
        self.assertEqual([found for _, _, found in call.__code__.co_lines()], [line])
        seen = call()
        self.assertEqual((seen.f_lineno, seen.f_code.co_filename), (line, frame.f_code.co_filename))
        self.assertIs(seen.f_globals, globals())


@unittest.skipUnless(fresh.PY2, "later versions have a lock for each module")
class TheImportLockOf27(unittest.TestCase):
    """`import27` returns complete modules without taking the lock."""

    def test_is_taken_by_a_statement_for_a_module_that_is_loaded(self):
        """Without this property `import27` would not be needed."""
        self.assertTrue(fresh.value(u"""
                import imp, json, threading
                done = threading.Event()
                def load():
                    import os
                    done.set()
                imp.acquire_lock()
                thread = threading.Thread(target=load)
                thread.start()
                waited = not done.wait(0.3)
                imp.release_lock()
                thread.join()
                print(json.dumps(waited))
            """))

    def test_is_not_taken_if_the_function_in_its_place_returns_at_once(self):
        """Every statement calls ``__builtin__.__import__``."""
        self.assertEqual(
            fresh.value(u"""
                import __builtin__, json
                native, seen = __builtin__.__import__, []
                __builtin__.__import__ = lambda name, *more: seen.append(name) or native(name, *more)
                def load():
                    import os
                load()
                __builtin__.__import__ = native
                print(json.dumps(seen))
            """),
            ["os"],
        )

    def test_marks_a_relative_name_that_is_absolute_with_none(self):
        """`import27._settle` does this beforehand. Otherwise the first run of a statement takes the lock for it."""
        self.assertEqual(
            fresh.value(u"""
                import email, json
                exec("import os", {"__name__": "email.made_up"})
                print(json.dumps(["email.os" in sys.modules, sys.modules.get("email.os")]))
            """),
            [True, None],
        )


@unittest.skipIf(fresh.PY2, "2.7 has no finder of its own")
class FindersOfFolders(FolderTest):
    def test_remember_what_is_in_a_folder(self):
        """`read_ahead._Files`: opens no file that is not there. Without the attribute it tries to, which is slower."""
        self.write("made_up.py", u"")
        self.assertEqual(
            fresh.value(
                u"""
                import json
                sys.path.insert(0, sys.argv[1])
                import made_up
                print(json.dumps(sorted(sys.path_importer_cache[sys.argv[1]]._path_cache)))
            """,
                arguments=[self.folder],
                options=["-B"],
            ),
            ["made_up.py"],
        )


class StandardOutput(unittest.TestCase):
    @unittest.skipIf(fresh.PY2, "2.7 does not say whether it has a buffer")
    def test_has_no_buffer_with_the_option_u(self):
        """`compat.is_unbuffered`: without it, ``python -u -m warmup record`` runs the program with a buffer."""
        for options in ([], ["-u"]):
            self.assertEqual(
                fresh.value(
                    u"""
                    import json
                    from warmup._python.compat import is_unbuffered
                    print(json.dumps(is_unbuffered()))
                """,
                    options=options,
                    environment={"PYTHONUNBUFFERED": ""},
                ),
                options != [],
            )


class RunningAModule(unittest.TestCase):
    def test_has_the_function_that_the_interpreter_calls_for_m(self):
        """`_run.Program.run`: ``runpy._run_module_as_main(name, alter_argv)``."""
        import inspect
        import runpy

        signature = getattr(inspect, "getfullargspec", getattr(inspect, "getargspec", None))
        self.assertEqual(signature(runpy._run_module_as_main).args, ["mod_name", "alter_argv"])
