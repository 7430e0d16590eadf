"""Judge the records of the recorder: which attempts are late imports, of which kind, and which are the test's own?

Each attempt has an *asker*: the first frame that belongs neither to the import system nor to the body of a standard
module that is being imported. What a module imports at its top has the asker of the module's own import.

Kinds of late import:
    function     an import statement in a function of the standard library
    getattr      the same in a module-level `__getattr__`
    codec        `encodings.search_function`, for the codec registry
    C            C code, called by any frame (or by none: an exception that reaches the top of a thread)
    placeholder  a PEP 810 lazy import that is used for the first time
    computed     a function of the standard library that imports a name it was given or computed
"""

from __future__ import absolute_import, division, print_function

import json
import linecache
import os
import re
import sys

from tests.support import process
from tests.support.interpreters import Interpreter

KINDS = ("function", "getattr", "codec", "C", "placeholder", "computed")

# Run by the interpreter in question, in a process of its own: prints what `Subject` needs.
_DESCRIBE = r"""
import json, os, sys
library = os.path.dirname(os.path.realpath(os.__file__))
modules = set(sys.builtin_module_names)
skipped = {"site-packages", "dist-packages", "test", "tests", "idle_test", "__pycache__", "lib-dynload"}
def walk(directory, prefix):
    for entry in sorted(os.listdir(directory)):
        path = os.path.join(directory, entry)
        name = prefix + entry.split(".")[0]
        if os.path.isdir(path):
            if entry not in skipped and os.path.exists(os.path.join(path, "__init__.py")):
                modules.add(name)
                walk(path, name + ".")
        elif entry.endswith((".py", ".so")) and entry != "__init__.py":
            modules.add(name)
walk(library, "")
if os.path.isdir(os.path.join(library, "lib-dynload")):
    walk(os.path.join(library, "lib-dynload"), "")
# C modules that exist for the regression tests alone.
modules = sorted(name for name in modules if not name.startswith(("_test", "xx", "_xx")))
tests = []
try:
    import test
except ImportError:
    test = None
if test is not None:
    root = os.path.dirname(os.path.realpath(test.__file__))
    for entry in sorted(os.listdir(root)):
        path = os.path.join(root, entry)
        if entry.startswith("test_") and entry.endswith(".py"):
            tests.append("test." + entry[:-3])
        elif entry.startswith("test_") and os.path.isdir(path):
            # A directory of tests is taken apart, so that a slow test does not hide its neighbours.
            inside = sorted(os.listdir(path))
            tests.extend("test.%s.%s" % (entry, name[:-3]) for name in inside
                         if name.startswith("test_") and name.endswith(".py"))
            if not any(name.startswith("test_") for name in inside) and "__init__.py" in inside:
                tests.append("test." + entry)
import opcode
print(json.dumps({"library": library, "modules": modules, "tests": tests, "opnames": list(opcode.opname)}))
"""

# Modules that are never preloaded. A package stands for all modules below it. The judge has a list of its own: with the
# package's, a module that is excluded by mistake would disappear from both sides.
BY_DESIGN = frozenset(
    # They take over the terminal, change it, or show something.
    "__hello__ __phello__ _pypy_interact _pyrepl antigravity curses pyrepl readline rlcompleter this".split()
    # interactive help
    + "_sitebuiltins pydoc pydoc_data".split()
    # They need a display.
    + "idlelib tkinter turtle turtledemo".split()
    # debuggers, and tools with which programs are developed, tested, built and installed
    + "_pypy_remote_debug bdb cffi distutils doctest ensurepip lib2to3 pdb test unittest venv".split()
    # `site` alone may run them, once, at start-up.
    + "sitecustomize usercustomize".split()
)
# The same on 2.7: a development tool, a profiler, and a module that needs a display.
BY_DESIGN_2 = frozenset(["compiler", "hotshot", "Tkinter"])
# The same on PyPy: they run a compiler to find their library.
BY_DESIGN_PYPY = frozenset(["_dbm", "dbm.ndbm"])
# The same before 3.7: after a fork it gives each child the same random numbers.
BY_DESIGN_BEFORE_3_7 = frozenset(["random"])
# Module -> platform. Only programs on this platform import it.
OF_PLATFORM = {
    "_aix_support": "aix",
    "_android_support": "android",
    "_apple_support": "darwin",
    "_ios_support": "ios",
    "_osx_support": "darwin",
}


def by_design(interpreter):
    """Return the names of the modules that are never preloaded by an `Interpreter` of this platform, a set."""
    names = set(BY_DESIGN)
    names.update(name for name, platform in OF_PLATFORM.items() if not sys.platform.startswith(platform))
    if interpreter.version < (3,):
        names |= BY_DESIGN_2
    if interpreter.version < (3, 7):
        names |= BY_DESIGN_BEFORE_3_7
    if interpreter.is_pypy:
        names |= BY_DESIGN_PYPY
    return names


class Subject(Interpreter):
    """Describe an interpreter whose records are judged.

    ``title``: for example ``"3.13.0"`` or ``"pypy3.11.15"``. ``library``: the folder of its standard library.
    ``modules``: the names of all its modules, a set. ``tests``: the names of its test modules, sorted. ``opnames``: the
    name of each opcode, a list. ``by_design``: the names of modules that are never preloaded, a set. The promise does
    not include them.
    """

    def __init__(self, path):
        Interpreter.__init__(self, path)
        described = json.loads(process.output([path, "-c", _DESCRIBE]))
        self.library, self.tests, self.opnames = (described["library"], described["tests"], described["opnames"])
        self.title = "pypy" * self.is_pypy + self.full_version
        self.modules, self.by_design = set(described["modules"]), by_design(self)
        self._importable = {}

    def is_by_design(self, name):
        """Return whether the module is never preloaded, or is below such a package."""
        parts = name.split(".")
        return any(".".join(parts[:count]) in self.by_design for count in range(1, len(parts) + 1))

    def is_importable(self, name):
        """Return whether a fresh interpreter can import the module: ``dbm.gnu`` may lack its library here."""
        if name not in self._importable:
            self._importable[name] = process.run([self.path, "-c", "import " + name]).code == 0
        return self._importable[name]

    def file_of(self, frame):
        """Return the source file of a frame, also of a frozen module. Code without a file is named like `<string>`."""
        filename = frame[0]
        if filename.startswith("<frozen "):
            path = os.path.join(self.library, *filename[len("<frozen ") : -1].split("."))
            return path + ".py" if os.path.exists(path + ".py") else os.path.join(path, "__init__.py")
        return filename

    def is_machinery(self, frame):
        if frame[1] == "__import__":  # one that stands in for the builtin: whoever called it asks
            return True
        if frame[0] == "<frozen zipimport>":
            return True
        # PyPy says "<builtin>/frozen importlib._bootstrap_external".
        return frame[0].startswith(("<frozen importlib._bootstrap", "<builtin>/frozen importlib._bootstrap"))

    def is_standard(self, frame):
        """Return whether a frame runs code of the standard library that is neither a test nor runs tests."""
        filename = self.file_of(frame)
        if not filename.startswith(self.library + os.sep):
            return False  # generated by a test, in a temporary directory, or typed in: `<string>`
        parts = filename[len(self.library) + 1 :].split(os.sep)
        return not (
            set(parts[:-1]) & {"test", "tests", "unittest", "site-packages", "dist-packages"} or parts == ["doctest.py"]
        )

    def opname(self, frame):
        return self.opnames[frame[3]] if frame[3] >= 0 else ""

    def where(self, frame):
        filename, (function, line) = self.file_of(frame), frame[1:3]
        if filename.startswith(self.library + os.sep):
            filename = filename[len(self.library) + 1 :]
        return "%s:%d %s" % (filename, line, function)


def source_of(frame, interpreter):
    """Return the source line of a frame, with the lines before and after it, because a call may have several lines."""
    lines = linecache.getlines(interpreter.file_of(frame))
    return "".join(lines[max(0, frame[2] - 2) : frame[2] + 1])


def asker_of(frames, interpreter):
    """Return the frames from the asker outwards. They are empty if C code asked without a Python frame."""
    start = 0
    for position, frame in enumerate(frames):
        if frame[1] == "<module>" and interpreter.is_standard(frame) and frame[4] != "__main__":
            start = position + 1
    # The machinery asks too, where it has import statements of its own: `PathFinder.invalidate_caches`.
    while (
        start < len(frames)
        and interpreter.is_machinery(frames[start])
        and interpreter.opname(frames[start]) != "IMPORT_NAME"
    ):
        start += 1
    return frames[start:]


# Functions that import a name for their caller. The caller is the asker.
ON_BEHALF = {
    ("importlib", "import_module"),
    ("importlib.util", "find_spec"),  # imports the packages above the module
    ("importlib.util", "__getattribute__"),  # LazyLoader: the caller chose to load this module late
    ("pkgutil", "find_loader"),
    ("pkgutil", "get_loader"),
    ("pkgutil", "resolve_name"),
    ("pkgutil", "walk_packages"),
    ("runpy", "_get_module_details"),
    ("runpy", "run_module"),
}

# An import written as a call, so that a name can be blocked, repeated or varied: import_fresh_module(),
# import_module(), `__import__(name)`, `imp.load_module`, a pickle that names its module, and the tests of
# PyImport_ImportModuleAttr().
CALLS_THAT_IMPORT = ("__import__", "import_module", "load_module", "import_fresh", "pickle.loads", "importmoduleattr")

# C modules that exist for the regression tests and are not part of any program.
TEST_ONLY_C_MODULES = ("_testcapi", "_testinternalcapi", "_xxtestfuzz", "_testmultiphase")


def is_script_function(frame, interpreter):
    """Return whether the `if __name__ == "__main__":` block of its module calls the asker.

    Then the module is the program, `python -m timeit`, and imports in its own main thread; only the
    module's test calls that function in another way.
    """
    source = "".join(linecache.getlines(interpreter.file_of(frame)))
    _, found, block = source.partition("\nif __name__ == ")
    return bool(found) and re.search(r"\b%s\(" % re.escape(frame[1]), block) is not None


def judge(name, frames, loaded_by_test, arrived, interpreter):
    """Return (kind, where) of a late import, or (None, reason) for an import that is not late."""
    if name not in interpreter.modules:
        return None, "no module of this standard library"
    asker = asker_of(frames, interpreter)
    bodies = [frame[4] or "" for frame in frames[: len(frames) - len(asker)] if frame[1] == "<module>"]
    # With what they import at their top: pydoc loads a dozen modules.
    if any(map(interpreter.is_by_design, [name] + bodies)):
        return None, "excluded by design"
    if name not in arrived and not interpreter.is_importable(name):
        return None, "cannot be imported here"
    if not asker:
        return "C", "(no Python frame)"
    on_behalf = 0
    while on_behalf + 1 < len(asker) and (asker[on_behalf][4], asker[on_behalf][1]) in ON_BEHALF:
        on_behalf += 1
    frame = asker[on_behalf]
    operation = interpreter.opname(frame)
    source = source_of(frame, interpreter)
    by_name = on_behalf or any(call in source for call in CALLS_THAT_IMPORT)
    where = interpreter.where(frame)

    if not interpreter.is_standard(frame):
        if operation == "IMPORT_NAME":
            return None, "import statement of the test"
        if by_name:
            return None, "import by the test through a function"
        if any(module in source for module in TEST_ONLY_C_MODULES):
            return None, "C code that exists for the test alone"
        if (frame[4] or "").split(".")[0] == "unittest":
            return None, "late import of what runs the tests"
        return ("placeholder" if operation.startswith("LOAD_") else "C"), where

    # preload() ran before this module existed in the process, and it was the test that loaded it.
    if frame[4] in loaded_by_test:
        return None, "asked by a module that the test loaded later"
    # What is never preloaded is not followed either: its own late imports come with it.
    if interpreter.is_by_design(frame[4] or ""):
        return None, "asked by a module that is excluded by design"
    if is_script_function(frame, interpreter):
        return None, "asked by a module that runs as a script"
    if frame[4] == "encodings" and frame[1] == "search_function":
        return "codec", where
    if operation == "IMPORT_NAME":
        return ("getattr" if frame[1] == "__getattr__" else "function"), where
    if by_name:
        return "computed", where
    return ("placeholder" if operation.startswith("LOAD_") else "C"), where


def judge_all(records, interpreter):
    """Judge the records of one run. Return (late, own, unseen).

    late: a list of dictionaries with module, kind, where and stack. own: {reason: how many were not late}. unseen: a
    list of the names that bypassed the finders.
    """
    late, own, unseen = [], {}, set()
    loaded_by_test, judged, arrived = set(), set(), set()
    for record in records:
        if record[0] == "arrived":
            arrived.update(record[2])
    for record in records:
        if record[0] == "unseen":
            unseen.update(record[2])
        if record[0] != "attempt":
            continue
        _, _, name, frames = record
        if name in judged:  # a forked child notes again what its parent noted
            continue
        judged.add(name)
        kind, where = judge(name, frames, loaded_by_test, arrived, interpreter)
        if kind is None:
            own[where] = own.get(where, 0) + 1
            if where not in ("no module of this standard library", "excluded by design", "cannot be imported here"):
                loaded_by_test.add(name)
        else:
            stack = [interpreter.where(frame) for frame in asker_of(frames, interpreter)[:6]]
            late.append({"module": name, "kind": kind, "where": where, "stack": stack})
    return late, own, sorted(unseen & interpreter.modules)
