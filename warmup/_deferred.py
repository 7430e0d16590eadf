"""Source: the imports that wait inside functions (and in PEP 810 placeholders) of everything that is loaded.

The functions are those that the garbage collector knows: it also sees decorated ones, closures and methods that no
module's dictionary leads to. A function is read only if it uses a name that some module not loaded yet could be
imported by; of these few, the bytecode is searched for import statements.

Not seen: names computed at run time, functions compiled to C, functions without a live object or a live enclosing
function.
"""
from __future__ import absolute_import, division, print_function

import gc
import sys

from warmup import _interpreter
from warmup._interpreter import PY2, Code, Function, Module, Placeholder
from warmup._values import Target

if sys.version_info < (3, 8):
    from _weakref import ref

try:
    from _opcode_metadata import opmap  # 3.13 keeps the numbers in this module; opcode.py would bring two more
except ImportError:
    from opcode import opmap

_IMPORT_NAME, _LOAD_CONST, _EXTENDED_ARG = (opmap[name] for name in ("IMPORT_NAME", "LOAD_CONST", "EXTENDED_ARG"))
_LOAD_SMALL_INT = opmap.get("LOAD_SMALL_INT")  # 3.14 and later: the number is the argument
_NAME_SHIFT = 2 if sys.version_info >= (3, 15) else 0  # since PEP 810 the low bits say whether the import is lazy

# Functions of standard modules that run only when the module is run as a script; a test derives them again.
SCRIPT_FUNCTIONS = frozenset(["_main", "_perfcheck", "_script", "_test", "_test_generator", "demo", "main", "test"])

# Loaded in every interpreter, whether or not its program has a use for it. Some methods are there for others to call:
# for importlib.metadata, importlib.resources and, since 3.13, importlib.invalidate_caches().
_IMPORT_SYSTEM = ("_frozen_importlib", "_frozen_importlib_external", "zipimport")

# Functions that import what a string says: if the string is a constant, that is as good as a statement.
_IMPORTERS = frozenset(["__import__", "import_module"])


class Scanner(object):
    """Finds deferred imports, each round only in what was loaded since the round before.

    ``names``: the dotted names of all modules that may become targets; ``standard``: those of them that belong to
    the standard library. Holds on to every code object that it has read, so that no other can take over its ``id``.
    """

    def __init__(self, names, standard):
        self._names, self._standard = names, standard
        # By what an import statement may call them: a relative one leaves out the front of the dotted name.
        self._words = {name.split(".", dots)[-1] for name in names if sys.modules.get(name) is None
                       for dots in range(name.count(".") + 1)}.union(_IMPORTERS)
        self._codes, self._modules = {}, set()
        self._objects, self._loaded = _Objects(), None
        self._found, self._left = {}, {}  # all targets so far; those of earlier preloads that are not loaded still
        self._uncalled = None  # by name: functions of the import system that nothing read so far calls
        self._submodules = {}  # of packages that are not loaded yet: it may turn out that the name is no module
        self.implicit = set()  # 2.7: (package, name) of import statements that may be relative to the package

    def round(self):
        """The targets that what was loaded since the last call could import late, sorted by kind and name."""
        found, self._left = self._left, {}
        for name, target in sorted(self._submodules.items()):
            self._consider_submodule(found, name, target)
        functions = self._functions()
        if self._uncalled is None:
            self._uncalled = self._set_aside(functions)
        self._read(found, functions)
        if Placeholder is not None:
            for name in _interpreter.newest(self._modules):
                self._look_for_placeholders(found, name)
        self._found.update(found)
        self._loaded = set(sys.modules)
        return [found[key] for key in sorted(found)]

    def begin_again(self):
        """Prepare for the rounds of another ``preload()``: what failed is found again, beside what is new.

        Returns ``False`` if that cannot be: a module is not loaded any more, and nobody knows who may import it.
        """
        if not self._loaded.issubset(sys.modules):
            return False
        self._modules.clear()  # a placeholder that could not be woken is still there
        self._left = {key: target for key, target in self._found.items()
                      if target.kind == "module" and sys.modules.get(target.name) is None}
        return True

    # --- which functions

    def _functions(self):
        """Live functions; from the second time on only those made since, and some more."""
        objects = self._objects.new()
        if objects is None:
            objects = self._objects.every()
            if _count_frozen():
                objects.extend(_reachable_functions())
        type_of, function = type, Function  # locals: a hundred thousand objects may pass here
        return [item for item in objects if type_of(item) is function]

    def _set_aside(self, functions):
        """Those of the import system that nothing in it calls, nor what is running now; they count as read."""
        system = [id(vars(sys.modules[name])) for name in _IMPORT_SYSTEM if name in sys.modules]
        functions = [function for function in functions if id(function.__globals__) in system]
        called, uncalled = _names_in_running_code(), {}
        for function in functions:
            # A method that hands on to others of its name is no caller of them.
            called.update(name for code in _codes_of(function) for name in code.co_names if name != function.__name__)
        for function in functions:
            if function.__name__ not in called:
                uncalled.setdefault(function.__name__, []).append(function)
                self._codes[id(function.__code__)] = function.__code__
        self._words.update(uncalled)
        return uncalled

    def _call(self, found, its_names):
        """Read those that were set aside and that code with ``its_names`` calls."""
        for name in sorted(set(self._uncalled).intersection(its_names)):
            called = self._uncalled.pop(name)
            for function in called:
                self._codes.pop(id(function.__code__), None)  # two may share their code
            self._read(found, called)

    def _read(self, found, functions):
        codes = self._codes
        for function in functions:
            code = function.__code__
            if id(code) not in codes and type(code) is Code:  # PyPy: functions built in have code of their own
                self._read_code(found, function, code)

    def _read_code(self, found, function, code):
        codes = self._codes
        codes[id(code)] = code
        if not self._words.isdisjoint(code.co_names) or PY2 and _MARK in code.co_code:
            self._look_into(found, function, code)
        for constant in code.co_consts:
            if type(constant) is Code and id(constant) not in codes:
                self._read_code(found, function, constant)

    def _look_into(self, found, function, code):
        its_names = code.co_names
        if not self._words.isdisjoint(its_names) or _package_of(function.__globals__):  # 2.7: it may be relative
            if self._uncalled:
                self._call(found, its_names)
            if self._counts(function):
                for name, level, from_names in import_statements(code):
                    self._consider(found, function, code, name, level, from_names)
                if not _IMPORTERS.isdisjoint(its_names):
                    for constant in code.co_consts:
                        if isinstance(constant, str) and constant in self._names:
                            self._consider(found, function, code, constant, 0, ())

    def _counts(self, function):
        name, its_globals = function.__name__, function.__globals__
        module = its_globals.get("__name__")
        if not isinstance(module, str):
            return True
        if name in SCRIPT_FUNCTIONS and module in self._standard:
            return its_globals.get(name) is not function
        # Ours import json where somebody asks for it: nothing that a program runs behind anybody's back.
        return not module.startswith("warmup.")

    # --- which modules

    def _consider(self, found, function, code, name, level, from_names):
        its_globals = function.__globals__
        owner = its_globals.get("__name__")
        package = _package_of(its_globals) if level else ""
        if level > 0:
            if not package:
                return
            package = package.rsplit(".", level - 1)[0]
            name = package + "." + name if name else package
        elif package:  # 2.7: relative if the package has such a module, else absolute
            self.implicit.add((package, name))
            if package + "." + name.partition(".")[0] in self._names:
                name = package + "." + name
        reason = "%s() in %s:%d" % (
            getattr(code, "co_qualname", code.co_name), code.co_filename, code.co_firstlineno)
        target = Target("module", name, reason, owner)
        self._add(found, target)
        for from_name in from_names:
            submodule = name + "." + from_name
            if submodule in self._names:
                self._consider_submodule(found, submodule, Target("module", submodule, reason, owner))

    def _consider_submodule(self, found, name, target):
        """``from package import name``: a module only if the package, once loaded, has no such attribute."""
        parent, _, attribute = name.rpartition(".")
        package = sys.modules.get(parent)
        if package is None:
            self._submodules[name] = target
        else:
            self._submodules.pop(name, None)
            if attribute not in getattr(package, "__dict__", ()):
                self._add(found, target)

    def _look_for_placeholders(self, found, module_name):
        module = sys.modules.get(module_name)
        if type(module) is not Module:  # something that may load itself when it is looked at
            return
        for attribute, value in list(vars(module).items()):
            if type(value) is Placeholder:
                name = imported = repr(value).split("'")[1]  # "<lazy_import 'module.attribute'>"; wakes nothing
                while name and name not in self._names:
                    name = name.rpartition(".")[0]
                if name:
                    target = Target("placeholder", module_name + "." + attribute, "lazy import of " + imported,
                                    module_name)
                    found[target.kind, target.name] = target

    def _add(self, found, target):
        if target.name in self._names and sys.modules.get(target.name) is None:
            known = found.setdefault((target.kind, target.name), target)
            if target.reason < known.reason:  # the same one in every run, whatever the order of the functions
                found[target.kind, target.name] = target


def _package_of(its_globals):
    """The package that relative imports of a module with these globals start from, ``""`` if none."""
    package, name = its_globals.get("__package__"), its_globals.get("__name__")
    if package is None and isinstance(name, str):
        package = name if "__path__" in its_globals else name.rpartition(".")[0]
    return package if isinstance(package, str) else ""


def _codes_of(function):
    codes = [function.__code__]
    for code in codes:
        codes.extend(constant for constant in code.co_consts if type(constant) is Code)
    return codes


def _names_in_running_code():
    names, frame = set(), sys._getframe()
    while frame is not None:
        names.update(frame.f_code.co_names)
        frame = frame.f_back
    return names


# --- what a function imports

if PY2:
    _MARK = chr(_IMPORT_NAME)

    def import_statements(code):
        """Yield ``(name, level, from_names)``, as ``__import__`` gets them, of each import statement of ``code``."""
        bytecode, names, constants = code.co_code, code.co_names, code.co_consts
        at = bytecode.find(_MARK)
        while at != -1:
            # Instructions have one byte or three: the two constants before it tell it from somebody's argument.
            if at >= 6 and bytecode[at - 3] == bytecode[at - 6] == chr(_LOAD_CONST):
                name, from_names, level = (ord(bytecode[i + 1]) + 256 * ord(bytecode[i + 2])
                                           for i in (at, at - 3, at - 6))
                if (name < len(names) and max(from_names, level) < len(constants)
                        and type(constants[level]) is int and type(constants[from_names]) in (tuple, type(None))):
                    yield names[name], constants[level], constants[from_names] or ()
            at = bytecode.find(_MARK, at + 1)
else:
    def import_statements(code):
        """Yield ``(name, level, from_names)``, as ``__import__`` gets them, of each import statement of ``code``."""
        bytecode = code.co_code
        at = bytecode.find(_IMPORT_NAME)
        while at != -1:
            if at % 2 == 0:  # else it is an argument
                name, before = _argument(bytecode, at)
                from_names, before = _constant(code, bytecode, before)
                level, _ = _constant(code, bytecode, before)
                yield code.co_names[name >> _NAME_SHIFT], level, from_names or ()
            at = bytecode.find(_IMPORT_NAME, at + 1)

    def _argument(bytecode, at):
        """The argument of the instruction at ``at``, and where the one before it is."""
        argument, shift = bytecode[at + 1], 8
        while at >= 2 and bytecode[at - 2] == _EXTENDED_ARG:
            at -= 2
            argument |= bytecode[at + 1] << shift
            shift += 8
        return argument, at - 2

    def _constant(code, bytecode, at):
        argument, before = _argument(bytecode, at)
        if bytecode[at] == _LOAD_CONST:
            return code.co_consts[argument], before
        return (argument if bytecode[at] == _LOAD_SMALL_INT else None), before  # else 3.15's LOAD_COMMON_CONSTANT None


# --- what the garbage collector knows

if sys.version_info >= (3, 8) and not _interpreter.PYPY:
    class _Objects(object):
        """``every()`` gives a list of all objects; ``new()`` of those made since the last call of the two, or ``None``
        where that cannot be told."""

        _marker = None

        def every(self):
            return self._marked(gc.get_objects())

        def new(self):
            objects = gc.get_objects(generation=0)
            # It was the only one in there: if it still is, nothing that came after it has been moved on.
            return self._marked(objects) if any(item is self._marker for item in objects) else None

        def _marked(self, objects):
            _interpreter.settle_objects()
            self._marker = [None]
            return objects
else:
    class _Canary(object):
        """Garbage, once it is dropped, that only a collection frees: after one the order of the objects is another."""

        def __init__(self):
            self.itself = self

    class _Objects(object):
        """As above, but ``new()`` gives those made since the last ``every()``, and a few more."""

        _canary = _first_old = None

        def every(self):
            marker = [None]
            objects = gc.get_objects()  # the youngest generation first, and in it the youngest object last
            following = iter(objects)
            if not _interpreter.PYPY and any(item is marker for item in following):
                self._first_old, self._canary = next(following, None), ref(_Canary())
            return objects

        def new(self):
            if self._canary is not None and self._canary() is not None:
                objects = gc.get_objects()
                for count, item in enumerate(objects):
                    if item is self._first_old:
                        return objects[:count]
            return None


_count_frozen = getattr(gc, "get_freeze_count", int)  # 3.7


def _reachable_functions():
    """What `gc.get_objects` leaves out after ``gc.freeze()``: whatever leads on from the loaded modules."""
    seen, level = {}, list(sys.modules.values())
    while level:
        found = {id(item): item for item in gc.get_referents(*level) if gc.is_tracked(item) and id(item) not in seen}
        seen.update(found)
        level = list(found.values())
    return list(seen.values())
