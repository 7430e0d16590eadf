"""Source: the import statements that wait inside functions of everything that is loaded.

Not seen: names that are computed when the function runs.
"""

from __future__ import absolute_import, division, print_function

import sys

from warmup._python import functions
from warmup._python.compat import Module
from warmup._python.library import is_refusal
from warmup._sources.module import import_derived, is_loaded
from warmup._values import FAILED, UNAVAILABLE, Target

# Functions of standard modules that run only when the module is run as a script. A test derives them again.
SCRIPT_FUNCTIONS = frozenset(
    ["_main", "_perfcheck", "_script", "_test", "_test_generator", "demo", "main", "test"]
)

# Functions of standard modules that run only on another platform, by module. A test derives them again.
OTHER_PLATFORMS = {
    "uuid": {
        "_ipconfig_getnode": "win32",
        "_netbios_getnode": "win32",
        "_windll_getnode": "win32",
    },
    "platform": {
        "_java_getprop": "java",
        "_mac_ver_xml": "darwin",
        "_syscmd_ver": "win32",
        "_win32_ver": "win32",
        "_wmi_query": "win32",
        "android_ver": "android",
        "ios_ver": "ios",
        "java_ver": "java",
        "mac_ver": "darwin",
        "win32_edition": "win32",
        "win32_ver": "win32",
    },
}

# Functions that import what a string says: if the string is a constant, that is as good as a statement.
_IMPORTERS = frozenset(["__import__", "import_module"])


class FunctionSource(object):
    """Finds what functions of loaded modules would import; reads each code object once in the life of a process.

    ``packages``, ``library``: those of the call. Others need another source, because a code object was read for the
    names that mattered then.
    """

    def __init__(self, packages, library):
        self.packages, self.library = packages, library
        self._reader = functions.Reader()
        self._words = None  # what an import statement may name, for example {"heapq", "popen_fork", "import_module"}
        self._wanted = {}  # every target found so far, {"heapq": Target("module", "heapq", ...)}
        # may be no module at all, {"xml.etree.cElementTree": Target}; see _add_from_name
        self._submodules = {}
        # functions that cannot be read, and why, {"app.load": (Target, "UnreadableCode: ...")}
        self._unreadable = {}
        self._uncalled = None  # functions of the import system that nothing calls, {"find_distributions": [function]}
        self._uncalled_names = frozenset()  # their names, {"find_distributions"}
        self._loaded = frozenset()  # what was loaded when a round ended, {"os", "sys"}
        self._last_loaded = None  # what last_loaded() said then
        # 2.7: (package, name) of statements that may be relative, {("email", "base64")}
        self.relative = set()

    def end(self):
        """End a call: hold nothing of the program."""
        self._reader.end()

    def is_current(self):
        """Return whether nothing was unloaded since the last round: who imports that again was not noted."""
        return None is not self._last_loaded == functions.last_loaded() or self._loaded.issubset(
            list(sys.modules)
        )

    def find(self, rules):
        """Return the targets that are known by now and not loaded, sorted by name."""
        if self._words is None:
            self._words = self._words_of(rules.candidates())
        self._decide_submodules()
        new = self._reader.new_functions()
        if self._uncalled is None:
            self._uncalled = functions.uncalled_import_system(new)
            self._uncalled_names = set(self._uncalled)
            waiting = {id(function) for some in self._uncalled.values() for function in some}
            new = [function for function in new if id(function) not in waiting]
            if self._words is not None:
                self._words.update(self._uncalled)
        self._read(rules, new)
        if self._last_loaded != functions.last_loaded():
            self._last_loaded, self._loaded = functions.last_loaded(), frozenset(list(sys.modules))
        wanted = [
            target for name, target in sorted(self._wanted.items()) if sys.modules.get(name) is None
        ]
        return wanted + [target for name, (target, _) in sorted(self._unreadable.items())]

    is_done = staticmethod(is_loaded)

    @staticmethod
    def module_of(target):
        return target.name

    def warm(self, target):
        """Import the module, or raise why a function does not say what it imports."""
        if target.name in self._unreadable:
            raise self._unreadable[target.name][1]
        import_derived(target.name)

    def status_of(self, target, error, traceback, rules):
        """Return the status of a target that could not be warmed."""
        return (
            UNAVAILABLE
            if is_refusal(self.module_of(target), error, traceback, rules.library)
            else FAILED
        )

    @staticmethod
    def _words_of(candidates):
        if candidates is None:
            return None
        # A relative statement leaves out the front of the dotted name.
        words = {
            name.split(".", dots)[-1]
            for name in candidates
            if sys.modules.get(name) is None
            for dots in range(name.count(".") + 1)
        }
        return words.union(_IMPORTERS)

    def _read(self, rules, new):
        for function, code in functions.code_with_names(new, self._words):
            if not self._uncalled_names.isdisjoint(code.co_names):
                for name in sorted(self._uncalled_names.intersection(code.co_names)):
                    self._uncalled_names.remove(name)
                    self._read(rules, self._uncalled.pop(name))
            if self._is_reachable(rules, function):
                self._read_code(rules, function, code)

    def _read_code(self, rules, function, code):
        try:
            statements = functions.import_statements(code)
        except functions.UnreadableCode as error:
            self._add_unreadable(rules, function, code, error)
            return
        for name, level, from_names in statements:
            package = _package_of(function.__globals__) if level else ""
            if level > 0:
                if not package:
                    continue
                package = package.rsplit(".", level - 1)[0]
                name = package + "." + name if name else package
            elif package:  # 2.7: relative if the package has such a module, else absolute
                self.relative.add((package, name))
                if rules.is_module(package + "." + name.partition(".")[0]):
                    name = package + "." + name
            self._add(rules, name, function, code)
            for from_name in from_names:
                self._add_from_name(rules, name + "." + from_name, function, code)
        if not _IMPORTERS.isdisjoint(code.co_names):
            for constant in code.co_consts:
                if type(constant) is str:
                    self._add(rules, constant, function, code)

    def _is_reachable(self, rules, function):
        """Return whether the function may run in this program, on this platform."""
        name, variables = function.__name__, function.__globals__
        module = dict.get(variables, "__name__")
        if type(module) is not str or type(name) is not str:
            return True
        if name in SCRIPT_FUNCTIONS and rules.library.has(module):
            return dict.get(variables, name) is not function
        if name in OTHER_PLATFORMS.get(module, ()):
            return sys.platform.startswith(OTHER_PLATFORMS[module][name])
        # Ours import json where a user asks for it: nothing that a program runs without a call.
        return module != "warmup" and not module.startswith("warmup.")

    def _add(self, rules, name, function, code):
        if sys.modules.get(name) is None and rules.is_module(name):
            target = _target(name, function, code)
            known = self._wanted.setdefault(name, target)
            if (
                target.reason < known.reason
            ):  # the same in every run, whatever the order of the functions
                self._wanted[name] = target

    def _add_from_name(self, rules, name, function, code):
        """``from package import name``: a module only if the package, once loaded, has no such attribute."""
        parent, _, attribute = name.rpartition(".")
        package = sys.modules.get(parent)
        if package is None:
            if rules.is_module(name):
                self._submodules[name] = _target(name, function, code)
        elif type(package) is Module and attribute not in vars(package):
            self._add(rules, name, function, code)

    def _decide_submodules(self):
        """Take over those of ``_submodules`` whose package is loaded by now and lacks the attribute."""
        for name, target in list(self._submodules.items()):
            parent, _, attribute = name.rpartition(".")
            package = sys.modules.get(parent)
            if package is not None:
                del self._submodules[name]
                if type(package) is Module and attribute not in vars(package):
                    self._wanted.setdefault(name, target)

    def _add_unreadable(self, rules, function, code, error):
        words = self._words or frozenset(code.co_names)
        if any(name in words and rules.is_module(name) for name in code.co_names):
            target = _target("", function, code)
            target.name = "%s.%s" % (target.owner, code.co_name)
            text = (
                "the bytecode of this function cannot be read (%s); name in modules= what it imports"
                % error
            )
            self._unreadable[target.name] = target, functions.UnreadableCode(text)


def _target(name, function, code):
    owner = dict.get(function.__globals__, "__name__")
    reason = "%s() in %s:%d" % (
        getattr(code, "co_qualname", code.co_name),
        code.co_filename,
        code.co_firstlineno,
    )
    return Target("module", name, reason, owner if type(owner) is str else None)


def _package_of(variables):
    """Return the package that relative imports of a module with these globals start from, ``""`` if none."""
    package, name = dict.get(variables, "__package__"), dict.get(variables, "__name__")
    if package is None and type(name) is str:
        package = name if dict.get(variables, "__path__") is not None else name.rpartition(".")[0]
    return package if type(package) is str else ""
