"""Say what must not be imported, with the reason, and refuse it where an import would load it all the same."""

from __future__ import absolute_import, division, print_function

import os
import sys

from warmup._python.compat import PY2, Module, Text, frames, get_ident, import_codes
from warmup._python.functions import UnreadableCode, import_statements
from warmup._python.library import (
    EXCLUDED,
    UNSHAREABLE,
    ask,
    body_that_failed,
    find,
    is_listable,
    look_for,
    modules_in_zip,
    modules_of,
    path_of,
)
from warmup._python.surroundings import must_pass
from warmup._values import with_parents

if PY2:
    from warmup._python.compat import ImportLock
else:
    from warmup._python import imports

# Modules with these names are excluded wherever they are: setuptools has a distutils of its own.
_EXCLUDED_ANYWHERE = ("distutils", "sitecustomize", "usercustomize") + UNSHAREABLE
# These may import random. tempfile makes a generator for each process. The others use that of the system.
_SHAREABLE_ASKERS = ("crypt", "secrets", "tempfile")


class Rules(object):
    """Say what may be imported in one call of ``preload()``.

    ``memory``: an object whose attribute ``library`` lists the library when it is first read. A call that looks for no
    targets needs no list. ``packages``: names of other packages whose modules may be targets; ``"*"`` means all.
    ``exclude``: names that the caller excludes.
    """

    def __init__(self, memory, packages=(), exclude=()):
        self._memory, self.packages, self.exclude = memory, tuple(packages), frozenset(exclude)
        self.takes_all = "*" in self.packages
        self._listed = None  # see `_modules_of_packages`
        # those of ``packages`` whose folders do not show all modules, {"shop"}; ``None`` as long as that is not needed
        self._unlisted = None
        self._foreign, self._asked = None, None  # see `foreign`
        # modules of the program that have the name of one in EXCLUDED, {"test"}
        self._of_program = set()
        # whether the module that is imported now is the library's; see `_refuse_unshareable`
        self._warms_library = False
        self._found = {}  # whether a finder finds a module, {"django.urls": True}

    @property
    def library(self):
        return self._memory.library

    @property
    def _modules_of_packages(self):
        """Return the names of the modules of ``packages``. List the folders when they are first needed."""
        if self._listed is None:
            packages = () if self.takes_all else self.packages
            self._unlisted = frozenset([name for name in packages if not _is_listed(name)])
            self._listed = frozenset().union(*map(modules_of, packages))
        return self._listed

    def _is_of_packages(self, name):
        """Return whether ``packages=`` names the package of the module ``name``."""
        return not set(self.packages).isdisjoint(with_parents(name))

    def candidates(self):
        """Return the names that may become targets, as a set. ``None`` if a finder must be asked for each name."""
        names = self.library.names | self._modules_of_packages
        return None if self.takes_all or self._unlisted or not self.library.is_listed else names

    def is_module(self, name):
        """Return whether ``name`` is a module that may become a target. Import nothing."""
        if name in self.library.names or name in self._modules_of_packages:
            return True
        is_unlisted = not self._unlisted.isdisjoint(with_parents(name))
        if self.takes_all or is_unlisted or not self.library.is_listed and self.library.has(name):
            if name not in self._found:
                self._found[name] = all(name.split(".")) and find(name) is True
            return self._found[name]
        return False

    def why_not(self, name, is_asked_for=False):
        """Return why the module ``name`` must not be imported, as text, or ``None`` if it may be imported.

        ``is_asked_for``: whether a user names it. Then only the program and the caller's ``exclude`` forbid it.
        """
        parts = with_parents(name)
        for part in parts:
            # On 2.7 None can also mean that a package has no such module.
            if sys.modules.get(part, self) is None and not (PY2 and "." in part and not self.library.has(part)):
                return "blocked by the program: sys.modules[%r] is None" % part
        for part in parts:
            if part in self.exclude:
                return "excluded by the caller"
        if is_asked_for:
            return None
        # PyPy has cffi in its library, and elsewhere a user may name it in packages=.
        if self._is_of_packages(name):
            return None
        for part in parts:
            if part in EXCLUDED and not self._is_of_program(part):
                return "excluded: %s; name it in modules= to import it" % EXCLUDED[part]
        if self.takes_all:
            return None
        if not self.library.has(name):
            return "not of the standard library; name its package in packages="
        other = self._file_instead(name)
        return None if other is None else "shadowed by %s" % other

    def _is_of_program(self, name):
        """Return whether ``packages=["*"]`` allows ``name``: the program has a module with this excluded name."""
        top = name.partition(".")[0]
        if not self.takes_all or top in _EXCLUDED_ANYWHERE:
            return False
        module = sys.modules.get(top)
        if module is not None:
            place = _outside_by_module(self.library, top, module)
        else:
            place = _outside_by_search(self.library, top, None)
        if place is not None:
            self._of_program.add(top)
        return place is not None

    def is_standard(self, name):
        """Return whether the module ``name`` is of the standard library. From 3.10 on this needs no list of it."""
        return name.partition(".")[0] in (getattr(sys, "stdlib_module_names", None) or self.library.top_names)

    def warm(self, source, target, is_asked_for):
        """Warm a target. If no user has named it, refuse what would take the place of a module of the library."""
        ident = get_ident()
        before = _rules_of_threads.get(ident)
        if UNSHAREABLE and not is_asked_for:
            self._warms_library = self.library.has(source.module_of(target) or "")
        try:
            if is_asked_for:
                _rules_of_threads.pop(ident, None)
            else:
                _rules_of_threads[ident] = self
            source.warm(target)
        except Exception:
            module, traceback = source.module_of(target), sys.exc_info()[2]
            place = None if is_asked_for else _shadow_in_body(self.library, module, traceback)
            del traceback  # without this line, the traceback and this frame are a reference cycle
            if place is not None:
                raise RefusedError("it imports what is shadowed by %s" % place)
            raise
        finally:
            if before is None:
                _rules_of_threads.pop(ident, None)
            else:
                _rules_of_threads[ident] = before

    def start_refusing(self):
        """Raise `RefusedError` inside of `warm` where a module would be loaded that must not be."""
        if not PY2:
            imports.start_check(self.check_found)
        elif isinstance(sys.meta_path, list):
            sys.meta_path.insert(0, self)

    def stop_refusing(self):
        """Undo `start_refusing`. A second call does nothing."""
        # An interrupt may have ended warm() before warm() did this.
        if _rules_of_threads.get(get_ident()) is self:
            _rules_of_threads.pop(get_ident(), None)
        if not PY2:
            imports.stop_check(self.check_found)
        elif isinstance(sys.meta_path, list) and any(one is self for one in list(sys.meta_path)):
            # Without the lock, an import of another thread, which goes through the list, would raise IndexError.
            with ImportLock():
                # remove() would call __eq__ of the program's finders, which may fail.
                for index, finder in enumerate(list(sys.meta_path)):
                    if finder is self:
                        del sys.meta_path[index]
                        break

    def check_found(self, spec):
        """Raise `RefusedError` if the module of ``spec`` must not be loaded. Called before its code runs."""
        if _rules_of_threads.get(get_ident()) is not self:
            return
        if spec.name in UNSHAREABLE:
            self._refuse_unshareable(spec.name)
        elif self._is_of_library(spec.name):
            place = _outside_by_spec(self.library, spec)
            # What a library for another platform has, such as msvcrt, may come from a finder behind those of Python.
            if place is not None and (spec.has_location or self.library.has(spec.name)):
                self._refuse(spec.name, place)

    def find_module(self, name, path=None):
        """Raise `RefusedError` if the module ``name`` must not be loaded, else return ``None``. For 2.7."""
        ident = get_ident()
        if _rules_of_threads.get(ident) is not self or "." in name:
            return
        if name in UNSHAREABLE:
            self._refuse_unshareable(name)
        elif self._is_of_library(name):
            _rules_of_threads[ident] = None  # file_of() asks all finders, and so calls this method
            try:
                place = self.foreign.file_of(name)
            finally:
                _rules_of_threads[ident] = self
            self._refuse(name, place)

    def _is_of_library(self, name):
        library = self.library
        if name not in library.names and name not in library.top_names and name not in EXCLUDED:
            return False
        # PyPy's library holds cffi; elsewhere a user may name it as a package. With "*", the program's own modules are
        # no modules of the library.
        return library.is_listed and not self._is_of_packages(name) and name not in self._of_program

    def _refuse_unshareable(self, name):
        """Raise `RefusedError` where a module of the program would get ``name``, and keep it.

        A module of the library may import it, because the library uses its numbers for names, which need not be secret.
        ``name`` is unloaded afterwards. In the import of a module of the program, only one of `_SHAREABLE_ASKERS` may
        have it, and only if it is imported alone: another module would find ``name`` in ``sys.modules``, and keep it.
        """
        if self._warms_library:
            return
        askers = _askers()
        asker, path = next(askers, ("", ""))
        error = RefusedError("excluded: %s asks for %s: %s" % (asker, name, EXCLUDED[name]))
        if asker in _SHAREABLE_ASKERS and self.library.is_file(path):
            if next(askers, ("", ""))[0].startswith("warmup."):
                return
            error.shareable = asker
        raise error

    def _refuse(self, name, place):
        """Raise `RefusedError` if there is a ``place``, and the library or this package is the asker."""
        if place is not None:
            asker, path = next(_askers(), ("warmup", ""))
            if asker.partition(".")[0] == "warmup" or self.library.is_file(path):
                raise RefusedError("%s is shadowed by %s" % (name, place))

    def _file_instead(self, name):
        """Return the file that would be imported as the standard module ``name``. ``None`` if it is the library's."""
        top, dot, _ = name.partition(".")
        module = sys.modules.get(top)
        if module is not None:
            place = _outside_by_module(self.library, top, module)
            return self._file_below(name) if place is None and dot else place
        if name in self.library.built_in:
            return None
        return self.foreign.file_of(top)

    @property
    def foreign(self):
        """Return a `Foreign`. On 2.7, make a new one if path or finders have changed. On 3, `check_found` sees that."""
        now = _places_asked() if PY2 else None
        if self._foreign is None or self._asked != now:
            self._foreign, self._asked = Foreign(self.library), now
        return self._foreign

    def _file_below(self, name):
        package = sys.modules.get(name.rpartition(".")[0])
        path = vars(package).get("__path__") if type(package) is Module else None
        # None: the package is not loaded. Package and module will come from the library.
        if path is None or all(isinstance(one, Text) and self.library.is_file(one + os.sep) for one in list(path)):
            return None
        return _outside_by_search(self.library, name, path)


class RefusedError(BaseException):
    """Say that an import would load what it must not: a file in a standard module's place, or one of `UNSHAREABLE`.

    It is no ``ImportError``, because the library catches many of those, and goes on without the module.
    ``shareable``: the module that may load it if it is imported alone, or ``None``.
    """

    shareable = None


class Foreign(object):
    """Know the folders and finders that Python asks before the standard library."""

    def __init__(self, library):
        self._library = library
        self._names, self._in_zips = set(), {}  # {"sched"}; {"heapq": "/opt/app.zip"}
        entries = [entry for entry in list(sys.path or ()) if isinstance(entry, Text)]
        own = [index for index, entry in enumerate(entries) if entry in library.roots]
        for entry in entries[: own[-1]] if own else entries:
            if entry not in library.roots:
                try:
                    self._names.update(name.partition(".")[0] for name in os.listdir(entry or "."))
                except Exception:  # as in modules_in()
                    if must_pass():
                        raise
                    if not library.roots or os.path.dirname(entry) in library.roots:
                        continue  # cx_Freeze puts a part of the library into a zip file beside the rest
                    for name in modules_in_zip(entry):
                        self._in_zips.setdefault(name, entry)
        finders = list(sys.meta_path or ())
        # A finder behind those of the interpreter is asked only for what they do not find.
        while finders and not PY2 and not _is_own_finder(finders[-1]):
            finders.pop()
        self._finders = [finder for finder in finders if not _is_own_finder(finder)]

    def file_of(self, name):
        """Return the file that Python would import instead of the library's top-level module ``name``, or ``None``."""
        if name in self._in_zips:
            return self._in_zips[name]
        if name in self._names:
            return _outside_by_search(self._library, name, None)
        for finder in self._finders:
            try:
                place = ask(finder, name, None)[1]
            except Exception:  # a broken finder; the import will raise its error
                if must_pass():
                    raise
                continue
            if place is not None and not self._library.is_file(place):
                return place
        return None


def _places_asked():
    """Return what decides where 2.7 looks for a top-level module, as a value that can be compared."""
    try:
        folder = os.getcwd()
    except OSError:  # it was deleted
        folder = None
    finders = [list(map(id, objects or ())) for objects in (sys.meta_path, sys.path_hooks)]
    return list(map(id, sys.path or ())), folder, finders


# Refuse to load a standard module from elsewhere -------------------------------------------------------------------
#
# Problem: a module of the library imports other modules of the library. A file of the program, or a finder, may have
# such a name. preload() must not run that file. What does not work: to look beforehand, because a module that is
# imported meanwhile may change the path. A finder of our own does not work either: while it is put in or removed, a
# thread that goes through ``sys.meta_path`` skips a finder. What is done: look at each module that was found, before
# its code runs. An import by the program's own code is not refused. On 2.7 nothing but a finder sees a nested import.
# There, the import lock lets one thread at a time go through the list.

# Thread ident -> the `Rules` of the call that warms a derived target in this thread.
_rules_of_threads = {}


def forget_threads():
    """Forget which threads warm a target. For a forked child, which does not have these threads."""
    _rules_of_threads.clear()


def _askers():
    """Yield the name and the file of the module of each frame on the stack, without the import system."""
    replaced = import_codes()
    for frame in frames(sys._getframe()):
        if frame.f_code in replaced:
            continue
        name = dict.get(frame.f_globals, "__name__")
        path = dict.get(frame.f_globals, "__file__")
        path = path if isinstance(path, Text) else frame.f_code.co_filename
        name = str(name)
        if not path.startswith("<frozen importlib") and name not in _IMPORTING and not name.startswith(_OURS):
            yield name, path


# Frames of these modules, and of those below _OURS, stand between the asker and the import system.
_IMPORTING = ("_frozen_importlib", "_frozen_importlib_external", "importlib", "importlib._bootstrap")
_OURS = "warmup._python."


def _outside_by_spec(library, spec):
    """Return where a module was found, as text, if that place is outside the library, else ``None``. For Python 3."""
    place, is_file = spec.origin, spec.has_location
    if is_file and library.is_file(place) or place in ("built-in", "frozen"):
        return None
    # A namespace package has no loader.
    if spec.loader is None or _is_own_finder(spec.loader) or is_file and library.is_file(os.path.realpath(place)):
        return None
    return place if is_file else "what %r loads" % (spec.loader,)


def _is_listed(package):
    """Return whether the folders and zip files of ``package`` show all its modules. Import nothing.

    An editable install may have a finder of its own (setuptools, meson-python). That finder knows modules that are in
    no folder of ``__path__``, and the path may have entries that are no folders. The path of a package that is one file
    is empty (six).
    """
    path = path_of(package)
    if path is not None and (not path or not all(map(is_listable, path))):
        return False
    path = path_of(package.rpartition(".")[0]) if "." in package else None
    for finder in list(sys.meta_path or ()):
        if not _is_own_finder(finder) and type(finder) is not Rules:  # isinstance() would read __class__
            try:
                if ask(finder, package, path)[0]:
                    return False
            except Exception:  # a broken finder; the import will raise its error
                if must_pass():
                    raise
    return True


def _is_own_finder(finder):
    """Return whether the interpreter itself has put this finder on ``sys.meta_path``.

    In a program that was compiled to C (Nuitka), the library comes from the compiler's own finder.
    """
    loader = getattr(vars(os).get("__spec__"), "loader", None)
    if loader is not None and (finder is loader or type(finder) is loader):
        return True
    for module in ("_frozen_importlib", "_frozen_importlib_external"):
        variables = vars(sys.modules[module]) if type(sys.modules.get(module)) is Module else {}
        for name in ("BuiltinImporter", "FrozenImporter", "PathFinder", "WindowsRegistryFinder"):
            if variables.get(name) is finder:
                return True
    return False


def _outside_by_search(library, name, path):
    """Return where a finder finds the module ``name`` if that place is outside the library, else ``None``."""
    try:
        found, place, _ = look_for(name, path)
        if not found or place is None or library.is_file(place):
            return None
        return None if library.is_file(os.path.realpath(place)) else place
    except Exception:  # a broken finder; the import will raise its error; no current folder
        if must_pass():
            raise
        return None


def _outside_by_module(library, name, module):
    """Return the file of the loaded module ``name``, or ``None`` if the module is the library's or has no file."""
    # To read an attribute of what is no module may run any code.
    place = vars(module).get("__file__") if type(module) is Module and name not in library.built_in else None
    if not isinstance(place, Text) or library.is_file(place):
        return None
    return place if os.path.isabs(place) or not _is_library_relative(library, place) else None


def _is_library_relative(library, place):
    """Return whether a file that a relative entry of the path led to is the library's. For 2.7 and 3.6."""
    try:
        return not os.path.isabs(os.__file__) or library.is_file(os.path.abspath(place))
    except (AttributeError, OSError):  # a program in one file; the current folder was deleted
        return True


def _shadow_in_body(library, name, traceback):
    """Return the file of a loaded module that stands in a standard module's place, and that the failed body imports.

    Return ``None`` if there is no such file, or if the bytecode of the body cannot be read.
    """
    frame = body_that_failed(library, name, traceback)
    while frame is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back  # the body of a class has failed
    try:
        statements = () if frame is None else import_statements(frame.f_code)
    except UnreadableCode:
        return None
    for imported, level, _ in statements:
        for part in with_parents(imported) if level <= 0 and library.has(imported) else ():
            module = sys.modules.get(part)
            place = None if module is None else _outside_by_module(library, part, module)
            if place is not None:
                return place
    return None
