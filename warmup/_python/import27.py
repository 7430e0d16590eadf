# coding: utf-8
"""Replace ``__import__`` of Python 2.7 by a function that returns complete modules without taking the import lock.

Problem: 2.7 has one import lock for all modules, and an import statement takes it even if the module is loaded. So an
``import os`` in a function waits for any import that another thread is inside of. The look-up of a codec in a new
spelling waits too, because ``encodings.search_function`` calls ``__import__``. A complete module needs no lock.

    import statement, encodings.search_function, C code
        └─▶ __import__ of this module ── known to be complete ──▶ the module
                └─▶ the __import__ that was there before (its lock, its finders, its errors)

A module is known to be complete if it was complete when `install` was called, and if ``sys.modules`` still has the same
object. The ``__import__`` that was there before does everything else.

A watch replaces the attribute ``before`` of the function, and sees only what is not served.

What is left: no thread waits for a ``reload()`` in another thread. A module that the program takes out of
``sys.modules`` lives until the next call of `install`, because 2.7 has no weak references to modules. The traceback of
an import that fails has one frame more. Code that counts frames, to tell a missing module from a broken one, notices.
A warning with ``stacklevel=2`` in the body of a module names this file.
"""

from __future__ import absolute_import, division, print_function

import imp
import sys

import __builtin__

from warmup._python.compat import ImportLock, Text, seen_as
from warmup._python.functions import absolute_name, package_of, running_modules
from warmup._python.library import look_for
from warmup._values import with_parents

# name -> module, {"os": <module os>}. `remove` empties it, because a wrapper of ours may still refer to it.
_complete = {}
_packages = set()  # names of complete modules that are packages, {"email"}
# Dotted name -> the packages above it, the nearest first, {"xml.dom.minidom": ("xml.dom", "xml")}
_parents = {}
_MISSING = object()


def install(relative=()):
    """Serve every module that is complete now. Call it again to serve more.

    ``relative``: pairs ``(package, name)`` of import statements that may be relative to their package. A name that is
    absolute is marked as absolute in ``sys.modules``. 2.7 itself does this, with the lock, when a statement first runs.
    """
    for package, name in sorted(relative):
        _settle(package, name)
    with ImportLock():  # no other thread is inside an import now
        # Modules whose body is on no stack are complete. An import of __main__ never waits for the end of its body.
        stacks = [running_modules(frame) for frame in sys._current_frames().values()]
        running = set().union(*stacks).difference(["__main__"])
        loaded = sys.modules.copy()
        # One at a time: another thread that finds a module dropped for a moment would wait for the import lock.
        for name, module in list(_complete.items()):
            # Without this line, a module that the program has dropped would live on.
            if loaded.get(name) is not module:
                _complete.pop(name, None)
        for name, module in loaded.items():
            # An object that is no module may import something when its attributes are read.
            # A program may use a key that is no name.
            if type(module) is type(sys) and isinstance(name, Text) and running.isdisjoint(with_parents(name)):
                _complete[name] = module
                if hasattr(module, "__path__"):
                    _packages.add(name)
                if "." in name:
                    _parents[name] = tuple(with_parents(name)[1:])
    if not _is_installed():
        __builtin__.__import__ = _lock_free(__builtin__.__import__)


def remove():
    """Put the former ``__import__`` back. If other code has wrapped ours, ours stays and only calls the former one."""
    _complete.clear()
    _packages.clear()
    if _is_installed():
        __builtin__.__import__ = __builtin__.__import__.before


def _is_installed():
    # functools.wraps() copies the attributes of our function to that of other code.
    function = __builtin__.__import__
    # An object of the program may raise any error when an attribute is read.
    return type(function) is type(_lock_free) and getattr(function, "own_id", None) == id(function)


def place():
    """Return ``(owner, attribute)`` of the function that loads what is not served."""
    return (__builtin__.__import__, "before") if _is_installed() else (__builtin__, "__import__")


def _settle(package, name):
    """Let 2.7 mark ``name`` as absolute in ``package`` if the package has no such module."""
    head = name.partition(".")[0]
    module = sys.modules.get(package)
    path = vars(module).get("__path__") if type(module) is type(sys) else None
    if type(path) is not list or sys.modules.get(head) is None or package + "." + head in sys.modules:
        return
    try:
        if not exists(package + "." + head):
            __import__(head, {"__package__": package}, None, None, -1)
    except Exception:
        # A finder fails, or an entry of the path is no folder. The statement takes the lock, as without this package.
        pass


def _lock_free(before):
    # For speed, with local names and without calls: each import statement of the program runs this.
    complete, packages, parents, modules = _complete, _packages, _parents, sys.modules

    def __import__(name, globals=None, locals=None, fromlist=None, level=-1):
        full_name = name
        try:
            if level:
                # An earlier import statement of the same module has set __package__, or _full_name() sets it below.
                package = globals["__package__"]
                if level == 1 and package.__class__ is str and globals.__class__ is dict and package in modules:
                    full_name = package + "." + name if name else package
                elif (
                    level == -1
                    and package is None
                    and globals.__class__ is dict
                    and globals["__name__"].__class__ is str
                    and "." not in globals["__name__"]
                    and "__path__" not in globals
                ):
                    pass  # outside of any package nothing is relative
                else:
                    full_name = _full_name(name, globals, level)
        except (KeyError, TypeError):
            full_name = _full_name(name, globals, level)
        try:
            module = complete[full_name]
            if modules[full_name] is module:
                name_of_top = full_name
                if full_name in parents:
                    for name_of_top in parents[full_name]:
                        if modules[name_of_top] is None:
                            raise KeyError
                if fromlist:
                    if full_name not in packages or _has_all(module, fromlist):
                        return module
                elif full_name is name:
                    if name_of_top is name:
                        return module
                    module = complete[name_of_top]  # import a.b.c gives a
                    if modules[name_of_top] is module:
                        return module
                elif "." not in name:
                    return module
        except (KeyError, TypeError):
            # The module is not known to be complete, it or a package above it is no longer in sys.modules, or a key is
            # unhashable.
            pass
        before = __import__.before
        if is_parent_missing(globals, level):
            # Not for each import, because a traceback would show each line twice.
            before = seen_as(sys._getframe().f_back, before)
        return before(name, globals, locals, fromlist, level)

    __import__.before, __import__.own_id = before, id(__import__)
    return __import__


def is_parent_missing(globals, level):
    """Return whether 2.7 warns of an import statement because it is in a package that is not loaded."""
    if level >= 0 or not isinstance(globals, dict):
        return False
    package = package_of(globals)
    return bool(package) and package not in sys.modules


def _full_name(name, globals, level):
    """Return the name of the module that a statement means, or ``None`` if only 2.7 itself can decide.

    Decide as get_parent() of 2.7 does, and set ``__package__`` as it does.
    """
    if type(level) is not int or not isinstance(name, str):
        return None
    if not isinstance(globals, dict):
        return name if level == -1 else None  # a call of __import__, not a statement
    package = dict.get(globals, "__package__")
    if package is None:
        own_name = dict.get(globals, "__name__")
        if not isinstance(own_name, str):
            return name if level == -1 else None
        if dict.__contains__(globals, "__path__"):
            package = own_name
        elif "." in own_name:
            package = own_name.rpartition(".")[0]
        elif level == -1:
            dict.__setitem__(globals, "__package__", None)
            return name
        else:
            return None
        if sys.modules.get(package) is None:
            return None
        dict.__setitem__(globals, "__package__", package)
    if not isinstance(package, str) or level < -1:
        return None
    if level > 0:
        package = absolute_name("", level, package)
        if package is None or sys.modules.get(package) is None:
            return None
        return package + "." + name if name else package
    if not package:
        return name
    if sys.modules.get(package) is None:
        return None
    relative = sys.modules.get(package + "." + name.partition(".")[0], _MISSING)
    if relative is _MISSING:
        return None
    return name if relative is None else package + "." + name


def _has_all(package, names):
    for name in names:
        if name == "*":
            # 2.7 too ignores a "*" in __all__. Without this, such a package would be looked at for ever.
            if not _has_all(package, [one for one in getattr(package, "__all__", ()) if one != "*"]):
                return False
        elif type(name) is not str or not hasattr(package, name):
            return False
    return True


# What a statement means --------------------------------------------------------------------------------------------


def meanings(name, globals, level):
    """Return the absolute names that an import can mean, in the order in which 2.7 tries them."""
    modules = sys.modules
    package = None if level == 0 or not isinstance(globals, dict) else package_of(globals)
    if level > 0:
        absolute = absolute_name(name, level, package)
        return [] if absolute is None else [absolute]  # None: an error, which the import itself raises
    if package and modules.get(package) is not None:
        relative = package + "." + name
        head = package + "." + name.partition(".")[0]
        if head not in modules:
            return [relative, name]
        # None: 2.7 has found out before that the name is not relative.
        if modules[head] is not None:
            return [relative]
    return [name]


def absent_modules(name, fromlist, is_there):
    """Return the names that an import of ``name`` would load, as a list: ``name``, or modules of ``fromlist``.

    ``is_there``: a function that returns whether a module of ``fromlist`` exists. ``False``: assume that all exist.
    """
    modules = sys.modules
    if first_absent(name) is not None:
        return [name]
    module, found = modules[name], []
    if fromlist and hasattr(module, "__path__"):
        items = list(fromlist)
        if "*" in items:
            items += list(getattr(module, "__all__", ()))
        for item in items:
            absent = name + "." + item
            if item != "*" and absent not in modules and not hasattr(module, item):
                if not is_there or is_there(absent):
                    found.append(absent)
    return found


def first_absent(name):
    """Return the first of ``a``, ``a.b``, ``a.b.c`` that is not in ``sys.modules``, or ``None``."""
    absent = [part for part in with_parents(name) if part not in sys.modules]
    return absent[-1] if absent else None


def exists(name):
    """Return whether a finder finds the module ``name``, whose package must be loaded. Raise what finders raise."""
    package = name.rpartition(".")[0]
    path = getattr(sys.modules[package], "__path__", None) if package else None
    if package and path is None:
        return False
    if isinstance(path, str):  # a frozen package
        return imp.is_frozen(name)
    # First, as 2.7 itself does. A finder may need a codec that is refused.
    for finder in list(sys.meta_path or ()):  # None when the interpreter shuts down
        if finder.find_module(name, path) is not None:
            return True
    return bool(look_for(name, path, False)[0])
