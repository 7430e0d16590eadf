"""Test the rooms of the package: which module may import which, and one row for each option."""

from __future__ import absolute_import, division, print_function

import ast
import inspect
import io
import os
import re
import unittest

import warmup
from tests import test_prove_harness
from tests.support import interpreters
from tests.support.process import ROOT
from warmup import _settings
from warmup._preload import preload
from warmup._python import functions

# From the top down. A module imports from its own room or from a lower one. The modules of commands are below the doors
# and above what they use. `_settings` is below `_preload`, which checks a call by its rows.
ROOMS = (
    ("warmup", "warmup.__main__", "warmup._cli", "warmup.auto", "warmup.pytest"),
    ("warmup._check", "warmup._run", "warmup._site", "warmup._visit"),
    ("warmup._preload",),
    ("warmup._record",),
    ("warmup._watch",),
    ("warmup._fork",),
    ("warmup._settings",),
    ("warmup._sources",),
    ("warmup._python",),
    ("warmup._report",),
    ("warmup._values",),
    ("warmup.prove",),
)


_files, _imports = [], {}  # what `files` and `imports_of` have returned; each test asks for all modules


def files():
    """Return ``(dotted name, path)`` of each module of the package, sorted; not the scenarios, which are scripts."""
    _files[:] = _files or _find_files()
    return _files


def _find_files():
    for folder, folders, names in os.walk(os.path.join(ROOT, "warmup")):
        folders[:] = sorted(name for name in folders if name not in ("__pycache__", "scenarios"))
        for name in sorted(names):
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                parts = os.path.relpath(path, ROOT)[: -len(".py")].split(os.sep)
                yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def tree_of(path):
    with io.open(path, encoding="utf-8") as stream:
        # 2.7 takes no coding line in text
        return ast.parse(re.sub(r"^(#.*)coding[:=]", r"\1", stream.read(), count=1))


def imports_of(name, path):
    """Return the modules that a module imports, at its top or later, as a set. Those of the package have full names."""
    if name not in _imports:
        _imports[name] = _find_imports(name, path)
    return _imports[name]


def _find_imports(name, path):
    known, found = {module for module, _ in files()}, set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise AssertionError("%s: a relative import, line %d" % (name, node.lineno))
            below = {node.module + "." + alias.name for alias in node.names}
            found.update(below & known)
            if not below <= known:
                found.add(node.module)
    return found


def room_of(name):
    """Return the number of the room of a module. One that the table does not have yet raises: decide where it lives."""
    for number, room in enumerate(ROOMS):
        for module in room:
            if name == module or (module != "warmup" and name.startswith(module + ".")):
                return number
    raise AssertionError("%s is in no room: see the design" % name)


class Arrows(unittest.TestCase):
    def test_run_downwards(self):
        upwards = [
            (name, imported)
            for name, path in files()
            for imported in imports_of(name, path)
            if imported.partition(".")[0] == "warmup" and room_of(imported) < room_of(name)
        ]
        self.assertEqual(upwards, [])

    def test_lead_to_modules_that_exist(self):
        names = {name for name, _ in files()}
        missing = [
            (name, imported)
            for name, path in files()
            for imported in imports_of(name, path)
            if imported.startswith("warmup.") and imported not in names
        ]
        self.assertEqual(missing, [])

    def test_do_not_go_in_circles(self):
        names = {name for name, _ in files()}
        arrows = {name: imports_of(name, path) & names for name, path in files()}
        done = set()
        while True:
            ready = {name for name in arrows if name not in done and arrows[name] <= done | {name}}
            if not ready:
                break
            done |= ready
        self.assertEqual(sorted(set(arrows) - done), [])

    def test_do_not_lead_from_python_to_a_source(self):
        for name, path in files():
            if name.startswith("warmup._python"):
                self.assertFalse([one for one in imports_of(name, path) if one.startswith("warmup._sources")], name)

    def test_do_not_lead_from_the_values_anywhere(self):
        self.assertEqual(imports_of("warmup._values", dict(files())["warmup._values"]), {"__future__"})

    def test_do_not_lead_from_prove_to_the_rest(self):
        for name, path in files():
            if name.startswith("warmup.prove"):
                outside = {one for one in imports_of(name, path) if one.partition(".")[0] == "warmup"}
                self.assertEqual({one for one in outside if not one.startswith("warmup.prove")}, set(), name)


class Sources(unittest.TestCase):
    def test_use_neither_the_collector_nor_opcodes(self):
        for name, path in files():
            if name.startswith("warmup._sources"):
                self.assertFalse({"gc", "dis", "opcode", "weakref"} & imports_of(name, path), name)
                attributes = {node.attr for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)}
                self.assertFalse({"co_code", "f_lasti", "get_objects"} & attributes, name)

    def test_answer_the_same_questions(self):
        from warmup._sources import c_import, codec, function, manifest, module, placeholder

        for source in (
            c_import.CImportSource,
            codec.CodecSource,
            function.FunctionSource,
            manifest.ManifestSource,
            module.ModuleSource,
            placeholder.PlaceholderSource,
        ):
            for question in ("find", "is_done", "module_of", "warm", "status_of"):
                self.assertTrue(callable(getattr(source, question, None)), (source, question))


class Options(unittest.TestCase):
    def test_are_the_signature(self):
        if hasattr(inspect, "signature"):
            parameters = inspect.signature(preload).parameters.values()
            found = [(parameter.name, parameter.default) for parameter in parameters]
            self.assertEqual({parameter.kind for parameter in parameters}, {inspect.Parameter.POSITIONAL_OR_KEYWORD})
        else:
            arguments = inspect.getargspec(preload)
            self.assertEqual((arguments.varargs, arguments.keywords), (None, None))
            found = list(zip(arguments.args, arguments.defaults))
        self.assertEqual(found, [(option.keyword, option.default) for option in _settings.OPTIONS])

    def test_are_in_the_stub(self):
        with io.open(os.path.join(ROOT, "warmup", "__init__.pyi"), encoding="utf-8") as stream:
            text = stream.read()
        arguments = re.search(r"def preload\((.*?)\) -> Report", text, re.DOTALL).group(1)
        found = re.findall(r"^ *(\w+): .* = .+,$", arguments, re.MULTILINE)
        self.assertEqual(found, [option.keyword for option in _settings.OPTIONS])

    def test_are_described_by_the_function(self):
        described = re.findall(r"^ *``(\w+)``$", preload.__doc__, re.MULTILINE)
        self.assertEqual(described, [option.keyword for option in _settings.OPTIONS])

    def test_of_the_environment_are_described_by_the_module(self):
        with io.open(os.path.join(ROOT, "warmup", "auto.py"), encoding="utf-8") as stream:
            text = ast.get_docstring(ast.parse(stream.read()))
        names = [option.variable for option in _settings.OPTIONS] + [name for name, _ in _settings.VARIABLES]
        for name in names:
            self.assertRegex(text, r"\b%s\b" % name)


class Package(unittest.TestCase):
    def test_says_what_it_has(self):
        self.assertEqual(sorted(warmup.__all__), warmup.__all__)
        for name in warmup.__all__:
            self.assertTrue(hasattr(warmup, name), name)
        with io.open(os.path.join(ROOT, "warmup", "__init__.pyi"), encoding="utf-8") as stream:
            text = stream.read()
        for name in warmup.__all__:
            self.assertRegex(text, r"(?m)^(class|def) %s\b" % name)

    def test_is_the_same_language_on_all_versions(self):
        for name, path in files():
            with io.open(path, encoding="utf-8") as stream:
                text = stream.read()
            if len(tree_of(path).body) > 1:  # more than a docstring
                self.assertIn("from __future__ import absolute_import, division, print_function\n", text, name)


class Versions(unittest.TestCase):
    @unittest.skipUnless(os.path.isdir(os.path.join(ROOT, ".ci")), "a source distribution is without .ci")
    def test_are_the_same_everywhere(self):
        expected = {name for name in interpreters.NAMES if not name.startswith("pypy")}
        found = {
            "functions.py": {"%d.%d" % version for version in functions._OPCODES},
            "test_prove_harness.py": {
                "%d.%d" % number for name, number in test_prove_harness.VERSIONS if name[0] == "C"
            },
        }
        for path, start in (
            (".ci/interpreters", "set -- (?=2)"),
            (".ci/run", "(?m)^.ci/interpreters "),
            (".ci/noxfile.py", "NUMBERS = "),
            ("setup.py", "VERSIONS = "),
        ):
            with io.open(os.path.join(ROOT, path), encoding="utf-8") as stream:
                rest = re.split(start, stream.read())[1].partition("\n")[0]
            found[path] = set(re.findall(r"(?<![\w.])\d\.\d+(?![\w.])", rest))
        self.assertEqual(found, dict.fromkeys(found, expected))
