"""Find the import statements inside the functions of all loaded modules, and import what they name.

Names that a function computes when it runs are not seen.
"""

from __future__ import absolute_import, division, print_function

import sys

from warmup._python import functions
from warmup._python.compat import variables_of
from warmup._sources.module import import_derived, is_loaded, status_of_derived
from warmup._values import Target

# Functions of standard modules that run only if the module is run as a script. A test derives this list again.
SCRIPT_FUNCTIONS = frozenset(["_main", "_perfcheck", "_script", "_test", "_test_generator", "demo", "main", "test"])

# Functions of standard modules that run only on another platform: {module: {function: platform}}. A test derives
# this table again.
OTHER_PLATFORMS = {
    "uuid": {"_ipconfig_getnode": "win32", "_netbios_getnode": "win32", "_windll_getnode": "win32"},
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

# Functions that import the module that a string names. Constant strings of code that uses these functions are read as
# import statements.
_IMPORTERS = frozenset(["__import__", "import_module"])


class FunctionSource(object):
    """Find what functions of loaded modules would import. Read each function once.

    Code that is nested in a function is read with that function. It is read a second time when it has become a
    function of its own: one or two of a hundred code objects. On a free-threaded build this happens only between two
    rounds.

    ``packages``, ``library``: of the call. A call with other packages or another library needs another source: this
    source has read each code object only for the names that these two allow.
    """

    def __init__(self, packages, library):
        self.packages, self.library = packages, library
        self._reader = functions.Reader()
        self._words = None  # what an import statement may name, for example {"heapq", "popen_fork", "import_module"}
        self._wanted = {}  # every target found so far, {"heapq": Target("module", "heapq", ...)}
        # names that may be modules or attributes, {"xml.etree.cElementTree": Target}; see _add_from_name
        self._submodules = {}
        # functions that cannot be read, and why, {"app.load": (Target, "UnreadableCode: ...")}
        self._unreadable = {}
        # functions of the import system that nothing calls, {"find_distributions": [(function, code)]}
        self._uncalled = None
        self._loaded = frozenset()  # what was loaded when a round ended, {"os", "sys"}
        self._last_loaded = None  # what last_loaded() returned when a round ended
        # 2.7: (package, name) of statements that may be relative, {("email", "base64")}
        self.relative = set()

    def end(self):
        """End a call. Drop the references to functions of the program, which would stay alive otherwise."""
        self._reader.end()

    def is_current(self):
        """Return whether no module was unloaded since the last round.

        A function that imports a loaded module is not noted. If that module is unloaded, all functions are read again.
        """
        if self._last_loaded is not None and self._last_loaded == functions.last_loaded():
            return True
        return self._loaded.issubset(list(sys.modules))

    def find(self, rules):
        """Return the targets that were found so far and are not loaded, sorted by name."""
        if self._words is None:
            self._words = self._words_of(rules.candidates())
        self._decide_submodules()
        listed = self._reader.functions()
        if self._uncalled is None:
            self._uncalled = functions.uncalled_import_system(listed)
            if self._words is not None:
                self._words.update(self._uncalled)
        self._read(rules, self._reader.new_code(listed))
        if self._last_loaded != functions.last_loaded():
            self._last_loaded, self._loaded = functions.last_loaded(), frozenset(list(sys.modules))
        wanted = [target for name, target in sorted(self._wanted.items()) if sys.modules.get(name) is None]
        return wanted + [target for name, (target, _) in sorted(self._unreadable.items())]

    def is_done(self, target):
        # A function that cannot be read may have the name of a loaded module.
        return target.name not in self._unreadable and is_loaded(target)

    def module_of(self, target):
        """Return the module, or ``None`` if the target is a function that cannot be read."""
        return None if target.name in self._unreadable else target.name

    def warm(self, target):
        """Import the module. If the target is a function that cannot be read, raise the reason."""
        if target.name in self._unreadable:
            raise functions.UnreadableCode(self._unreadable[target.name][1])
        import_derived(target.name)

    status_of = status_of_derived

    @staticmethod
    def _words_of(candidates):
        if candidates is None:
            return None
        # A relative import statement names only the last parts of the dotted name.
        words = {name for name in candidates if sys.modules.get(name) is None}
        names = [name for name in words if "." in name]
        while names:
            names = [name.partition(".")[2] for name in names]
            words.update(names)
            names = [name for name in names if "." in name]
        return words.union(_IMPORTERS)

    def _read(self, rules, pairs):
        for function, code in functions.code_with_names(pairs, self._words):
            if any(one is function for one, _ in self._uncalled.get(function.__name__, ())):
                continue
            for name in sorted(set(code.co_names).intersection(self._uncalled)):
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
            package = functions.package_of(function.__globals__) if level else ""
            if level > 0:
                name = functions.absolute_name(name, level, package)
                if name is None:
                    continue
            elif package:
                # 2.7: the statement is relative if the package has such a module, else absolute.
                self.relative.add((package, name))
                if rules.is_module(package + "." + name.partition(".")[0]):
                    name = package + "." + name
            self._add(rules, name, function, code)
            for from_name in from_names:
                self._add_from_name(rules, name + "." + from_name, function, code)
        if not _IMPORTERS.isdisjoint(code.co_names):
            self._read_strings(rules, function, code)

    def _read_strings(self, rules, function, code):
        """Add the modules that the constant strings of ``code`` name."""
        # Of the program's code, take no word without a dot: "setup" must not run the script setup.py.
        owner = dict.get(function.__globals__, "__name__")
        is_library = type(owner) is str and rules.library.has(owner)
        for name in code.co_consts:
            if type(name) is str and name.startswith("."):
                last = name.lstrip(".")
                package = functions.package_of(function.__globals__)
                name = functions.absolute_name(last, len(name) - len(last), package)
            if type(name) is str and (is_library or "." in name or name in rules.packages or rules.library.has(name)):
                self._add(rules, name, function, code)

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
        # Functions of this package import json and logging only when a user asks for their result.
        return module != "warmup" and not module.startswith("warmup.")

    def _add(self, rules, name, function, code):
        if sys.modules.get(name) is None and rules.is_module(name):
            target = _target(name, function, code)
            known = self._wanted.setdefault(name, target)
            # Without this line, the reason would depend on the order of the functions, which differs between runs.
            if target.reason < known.reason:
                self._wanted[name] = target

    def _add_from_name(self, rules, name, function, code):
        """Add the target of ``from package import name`` if ``name`` is a module.

        ``name`` is a module if the loaded package has no attribute of that name. So the decision waits until the
        package is loaded.
        """
        parent, _, attribute = name.rpartition(".")
        package = sys.modules.get(parent)
        if package is None:
            if rules.is_module(name):
                self._submodules[name] = _target(name, function, code)
        elif _lacks(package, attribute):
            self._add(rules, name, function, code)

    def _decide_submodules(self):
        """Make targets of those ``_submodules`` whose package is loaded and has no such attribute."""
        for name, target in list(self._submodules.items()):
            parent, _, attribute = name.rpartition(".")
            package = sys.modules.get(parent)
            if package is not None:
                del self._submodules[name]
                if _lacks(package, attribute):
                    self._wanted.setdefault(name, target)

    def _add_unreadable(self, rules, function, code, error):
        words = self._words or frozenset(code.co_names)
        if any(name in words and rules.is_module(name) for name in code.co_names):
            target = _target("", function, code)
            target.name = "%s.%s" % (target.owner, code.co_name)
            text = "the bytecode of this function cannot be read (%s); name in modules= what it imports" % error
            self._unreadable[target.name] = target, text


def _lacks(module, attribute):
    variables = variables_of(module)
    return variables is not None and attribute not in variables


def _target(name, function, code):
    owner = dict.get(function.__globals__, "__name__")
    reason = "%s() in %s:%d" % (getattr(code, "co_qualname", code.co_name), code.co_filename, code.co_firstlineno)
    return Target("module", name, reason, owner if type(owner) is str else None)
