"""What differs between interpreters, decided once at import; and which modules this interpreter could import."""
from __future__ import absolute_import, division, print_function

import gc
import os
import sys

PY2 = sys.version_info[0] == 2
PYPY = hasattr(sys, "pypy_version_info")

Function = type(lambda: None)
Code = type((lambda: None).__code__)
Module = type(sys)

if PY2:
    import imp
    from time import time as clock

    Text = basestring  # noqa: F821
    _ENDS = frozenset(suffix[1:] for suffix, _, _ in imp.get_suffixes() if suffix[0] == ".")
else:
    import _imp
    from time import perf_counter as clock

    Text = str
    _ENDS = frozenset([suffix[1:] for suffix in _imp.extension_suffixes()] + ["py", "pyc"])

if sys.version_info >= (3, 15):
    try:
        from _types import LazyImportType as Placeholder  # without all that the module types holds
    except ImportError:
        from types import LazyImportType as Placeholder
else:
    Placeholder = None  # PEP 810 came with 3.15


# --- what is loaded

if sys.version_info >= (3, 8):
    def newest(known):
        """Names in ``sys.modules`` that are not in the set ``known``, in the order in which their
        imports ended; adds them to ``known``."""
        if next(reversed(sys.modules)) in known:
            return []
        names = []
        for name in reversed(list(sys.modules)):  # a copy: another thread may import meanwhile
            if name in known:
                break
            names.append(name)
        known.update(names)
        return names[::-1]
else:
    def newest(known):
        """As above, but sorted: the order cannot be had."""
        if known.issuperset(sys.modules):  # nearly always; the rest costs more
            return []
        names = sorted(set(sys.modules).difference(known))
        known.update(names)
        return [name for name in names if sys.modules.get(name) is not None]  # None is 2.7's "no such submodule"


def import_module(name):
    """Import the module ``name`` as an import statement would, and return it."""
    __import__(name)
    return sys.modules[name]


# --- what could be

_NOT_PACKAGES = frozenset(["__pycache__", "site-packages", "dist-packages"])


def modules_in(path, prefix="", left_out=frozenset()):
    """The dotted names, each after ``prefix``, of all modules below the directories (or zip files) in ``path``.

    Without the modules ``left_out`` and what is below them. Nothing is imported. What is not a directory is put to
    its importer.
    """
    names = set()
    for directory in path:
        try:
            entries = os.listdir(directory)
        except OSError:
            _add_modules_of_importer(names, directory, prefix, left_out)
        else:
            _add_modules(names, directory, entries, prefix, left_out)
    return names


def _add_modules(names, directory, entries, prefix, left_out):
    for entry in entries:
        stem, dot, end = entry.partition(".")
        if dot:
            if end in _ENDS and stem != "__init__" and prefix + stem not in left_out:
                names.add(prefix + stem)
        elif entry not in _NOT_PACKAGES and prefix + entry not in left_out:
            below = os.path.join(directory, entry)
            try:
                entries_below = os.listdir(below)
            except OSError:  # a file without a suffix
                continue
            if any(file_name.startswith("__init__.") for file_name in entries_below):
                names.add(prefix + entry)
                _add_modules(names, below, entries_below, prefix + entry + ".", left_out)


def _add_modules_of_importer(names, location, prefix, left_out):
    # Imported here and not above: only a zipped or frozen library needs it, and it brings inspect with it.
    import pkgutil
    for _, name, is_package in pkgutil.iter_modules([location], prefix):
        if name not in left_out:
            names.add(name)
            if is_package:
                _add_modules_of_importer(names, os.path.join(location, name[len(prefix):]), name + ".", left_out)


def built_in_modules(left_out=frozenset()):
    """Names of the modules that are part of the executable, as C or as frozen Python code."""
    names = set(sys.builtin_module_names)
    if not PY2:
        names.update(getattr(_imp, "_frozen_module_names", list)())  # 3.11
    return {name for name in names if name.partition(".")[0] not in left_out}


def standard_modules(left_out):
    """The dotted names of all modules of the standard library on this machine, without ``left_out``."""
    root = os.path.dirname(getattr(os, "__file__", ""))  # a fully frozen program has none
    path = [root] + [entry for entry in sys.path if os.path.dirname(entry) == root] if root else []
    path = [entry for entry in path if os.path.basename(entry) not in _NOT_PACKAGES]
    return modules_in(path, left_out=left_out) | built_in_modules(left_out)


def modules_of(package, left_out):
    """The dotted names of ``package`` and of all modules below it, without ``left_out``."""
    return {package} | modules_in(_resolve(package)[1] or (), package + ".", left_out)


if PY2:
    def _find(name, path):
        """``(exists, path of the package)``; exists is ``None`` if a directory cannot be read just now."""
        try:
            stream, location, description = imp.find_module(name.rpartition(".")[2], path)
        except ImportError:
            return _find_elsewhere(name, path), None
        if stream is not None:
            stream.close()
        return True, [location] if description[2] == imp.PKG_DIRECTORY else None

    def _find_elsewhere(name, path):
        if any(finder.find_module(name, path) for finder in sys.meta_path):
            return True
        for entry in sys.path if path is None else path:
            importer = sys.path_importer_cache.get(entry)
            if hasattr(importer, "archive"):
                if importer.find_module(name):
                    return True
            elif os.path.isdir(entry or "."):
                try:
                    os.listdir(entry or ".")
                except OSError:  # no descriptors left: find_module says "no such module"
                    return None
        return False
else:
    def _find(name, path):
        """``(exists, path of the package)``."""
        for finder in list(sys.meta_path):
            spec = finder.find_spec(name, path) if hasattr(finder, "find_spec") else None
            if spec is not None:
                return True, spec.submodule_search_locations
        return False, None


def find(name):
    """Whether a module ``name`` could be imported; imports nothing.

    ``None`` where only the import can tell: below a module that turns into a package by running, for one.
    """
    return _resolve(name)[0]


def _resolve(name):
    module = sys.modules.get(name)
    if module is not None:
        return True, getattr(module, "__path__", None)
    parent = name.rpartition(".")[0]
    if not parent:
        return _find(name, None)
    exists, path = _resolve(parent)
    if path is not None:
        return _find(name, path)
    return (None if exists is not False and sys.modules.get(parent) is None else False), None


def missing(error):
    """Whether the ``ImportError`` being handled says that something does not exist here, not that it broke.

    It does not exist if no finder has the module, if a module that has run lacks the name (``encodings.mbcs`` off
    Windows wants ``codecs.mbcs_encode``), or if the module's own code says so (``asyncio.windows_events``: "win32
    only"). A finder that fails, a failing disk or a broken shared library is not that.
    """
    text = error.args[0] if error.args and isinstance(error.args[0], Text) else ""  # on 2.7 str(error) may fail
    if text.startswith("No module named "):
        return find(getattr(error, "name", None) or text.split()[3].strip("'")) is False
    if text.startswith("cannot import name "):
        return "partially initialized" not in text
    traceback = sys.exc_info()[2]
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_code.co_name == "<module>" and ".so" not in text


# --- what is going on in it

def other_threads():
    """How many other threads with a Python frame there are."""
    threading = sys.modules.get("threading")
    if PY2 and hasattr(threading, "enumerate"):  # in a child, 2.7 still has the frames of threads of its parent
        return len(threading.enumerate()) - 1
    return len(sys._current_frames()) - 1


def in_main_thread():
    """Whether this is the main thread (in a child forked by another thread, that one is it).

    Without ``threading`` loaded no Python code has started another one.
    """
    threading = sys.modules.get("threading")
    if not hasattr(threading, "enumerate"):  # not loaded, or just being imported
        return True
    if not PY2:
        return threading.main_thread().ident == threading.get_ident()
    threads = threading.enumerate()  # current_thread() would register a stranger
    return any(thread.ident == threading._get_ident()
               and (isinstance(thread, threading._MainThread) or len(threads) == 1) for thread in threads)


if sys.version_info >= (3, 8) and not PYPY:  # 3.7 has gc.freeze() too, but tells nothing of generations
    def settle_objects():
        """Count everything that exists now as old, without looking at it.

        After many imports the next collection of the youngest generation would look at all that they made, although
        nearly all of it stays. Not done where the program has used ``gc.freeze()``: it would undo that.
        """
        if not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
else:
    def settle_objects():
        """As above, but there is no way."""


def resident_memory():
    """Bytes of this process that are in memory, or ``None`` where there is no /proc to tell."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (IOError, OSError, ValueError, AttributeError):
        return None
