"""Say which modules exist here, which belong to the standard library, and which must not be imported.

`Rules.why_not` says which import is forbidden. `Rules` also refuses what an import would load from elsewhere.
"""

from __future__ import absolute_import, division, print_function

import encodings
import os
import sys

from warmup._python.compat import PY2, PYPY, Function, Module, Text, get_ident
from warmup._python.functions import UnreadableCode, import_statements
from warmup._python.surroundings import must_pass
from warmup._values import ArgumentError

if PY2:
    import imp

    _SUFFIXES = frozenset(suffix[1:] for suffix, _, _ in imp.get_suffixes() if suffix[0] == ".")
else:
    import _imp

    from warmup._python import imports

    _bootstrap = sys.modules["_frozen_importlib"]
    _SUFFIXES = frozenset([suffix[1:] for suffix in _imp.extension_suffixes()] + ["py", "pyc"])

# Modules that are no targets, with the reason. A package stands for all modules below it. If a user names such a
# module, it is imported all the same.
EXCLUDED = {
    "__hello__": "prints when imported",
    "__phello__": "prints when imported",
    "_pypy_interact": "PyPy's interactive interpreter: takes over the terminal",
    "_pypy_remote_debug": "PyPy's debugger",
    "_pyrepl": "the interactive interpreter: takes over the terminal",
    "_sitebuiltins": "the texts of help() and license()",
    "antigravity": "opens a web browser",
    "bdb": "debugger",
    "cffi": "PyPy ships it in the standard library's place; what it imports late are compilers",
    "curses": "takes over the terminal",
    "distutils": "build tool; setuptools replaces it, and patches others, when it is imported",
    "doctest": "development tool",
    "ensurepip": "installs software",
    "idlelib": "development environment, needs a display",
    "lib2to3": "development tool",
    "pdb": "debugger, interactive",
    "pydoc": "interactive help, and all that it shows",
    "pydoc_data": "the texts of the interactive help",
    "pyrepl": "PyPy's interactive interpreter: takes over the terminal",
    "readline": "reads the terminal's settings and changes its line editing",
    "rlcompleter": "sets the interactive completer",
    "sitecustomize": "belongs to the site module, which alone may run it, once, at start-up",
    "test": "the interpreter's own tests",
    "this": "prints a poem",
    "tkinter": "needs a display, loads Tcl/Tk",
    "turtle": "needs a display, loads Tcl/Tk",
    "turtledemo": "needs a display, loads Tcl/Tk",
    "unittest": "development tool",
    "usercustomize": "belongs to the site module, which alone may run it, once, at start-up",
    "venv": "development tool",
}
# Only code that has asked for the platform imports these. Some fail on another platform after they have imported other
# modules.
EXCLUDED.update(
    (name, "for another platform: %s" % platform)
    for name, platform in (
        ("_aix_support", "aix"),
        ("_android_support", "android"),
        ("_apple_support", "darwin"),
        ("_ios_support", "ios"),
        ("_osx_support", "darwin"),
    )
    if not sys.platform.startswith(platform)
)
if PYPY:
    for _name in ("_dbm", "dbm.ndbm"):
        EXCLUDED[_name] = "runs a compiler and a linker to find its library"
if PY2:
    EXCLUDED.update(
        {
            "Tkinter": "needs a display, loads Tcl/Tk",
            "compiler": "development tool, removed in 3.0",
            "hotshot": "profiler, for development only",
        }
    )
# After a fork, random of the parent gives each child the same numbers. From 3.7 on it seeds itself again (bpo-16500).
UNSHAREABLE = ("random",) if sys.version_info < (3, 7) else ()
# These import it and share no generator: tempfile makes one in each process, the others ask the system.
_SHAREABLE_ASKERS = ("crypt", "secrets", "tempfile")
_WHY_UNSHAREABLE = "a fork after its import gives every child the same random numbers"
EXCLUDED.update((name, _WHY_UNSHAREABLE) for name in UNSHAREABLE)

# What has such a name is excluded, wherever it comes from: setuptools brings a distutils of its own.
_EXCLUDED_ANYWHERE = ("distutils", "sitecustomize", "usercustomize") + UNSHAREABLE

_NOT_PACKAGES = frozenset(["__pycache__", "site-packages", "dist-packages"])
_THIRD_PARTY = frozenset(["site-packages", "dist-packages"])


class Library(object):
    """List the standard library of this interpreter, once.

    ``roots``: folders and zip files that contain it, ``["/usr/lib/python3.13", "/usr/lib/python3.13/lib-dynload"]``.
    ``names``: dotted names of its modules, without those in `EXCLUDED`, for example ``{"json", "json.decoder"}``.
    ``built_in``: names of the modules in the executable, for example ``{"sys", "zipimport"}``.
    ``is_listed``: whether ``names`` is complete. If it is not, a finder must be asked for each name.
    """

    def __init__(self):
        self.built_in = _built_in_modules()
        self.roots, extension_folders = _roots()
        names = set()
        for root in self.roots:
            names |= modules_in(root, left_out=EXCLUDED)
        expected = getattr(sys, "stdlib_module_names", frozenset())  # 3.10
        for folder in extension_folders:  # on Windows these folders contain other files too
            names.update(name for name in modules_in(folder, below=False) if name in expected)
        self.roots += extension_folders
        real = [os.path.realpath(root) for root in self.roots]
        # where a file of the library may be said to be: the roots, and what they are links to
        self._prefixes = [
            root + os.sep for root in self.roots + [root for root in real if root not in self.roots]
        ]
        known = names | self.built_in
        missing = [name for name in expected if name not in known and name not in EXCLUDED]
        # Each platform lacks some modules. A program in one file (PyInstaller) lacks more: only a finder of its own
        # finds part of its library.
        self.is_listed = ("os" in known or "codecs" in known) and len(missing) <= len(expected) // 5
        # Where not even a finder has one of those that are missing, no module of the library can be imported.
        self._can_be_found = not self.is_listed and any(
            name not in sys.modules and find(name) for name in sorted(missing)
        )
        self.names = frozenset(names) | self.built_in
        self.top_names = frozenset(name for name in self.names if "." not in name) | frozenset(
            expected
        )
        self._expected = expected

    def has(self, name):
        """Return whether ``name`` is the name of a module of the standard library."""
        if name in self.names:
            return True
        return not self.is_listed and name.partition(".")[0] in self._expected

    def is_file(self, path):
        """Return whether the file ``path`` is one of the standard library's."""
        if not isinstance(path, Text):
            return False
        if path.startswith("<frozen "):
            return True
        if (
            not self.roots
        ):  # a program in one file, by cx_Freeze for example, has its library among its other files
            return _THIRD_PARTY.isdisjoint(path.split(os.sep))
        for prefix in self._prefixes:
            if path.startswith(prefix):
                return path[len(prefix) :].partition(os.sep)[0] not in _THIRD_PARTY
        return False

    def note(self):
        """Return a sentence for the report if the library was not found, else ``None``."""
        if self.is_listed:
            return None
        if self._can_be_found:
            text = "The standard library is no folder and no zip file here: preload() asks a finder for each module."
            if type(_with_parents) is not Function:
                text += (
                    " The functions of this program are compiled to C, and do not say what they import: record it, or "
                    "name it in modules=."
                )
            return text
        return (
            "The standard library was NOT FOUND (%s): name in modules= the modules that your program imports late."
            % (", ".join(self.roots) or "no folder")
        )


class Rules(object):
    """Say what may be imported in one call of ``preload()``.

    ``owner``: an object whose attribute ``library`` lists the library when it is first read. A call that looks for no
    targets needs no list. ``packages``: names of other packages whose modules may be targets; ``"*"`` means all.
    ``exclude``: names that the caller excludes.
    """

    def __init__(self, owner, packages=(), exclude=()):
        self._owner, self.packages, self.exclude = owner, tuple(packages), frozenset(exclude)
        self.takes_all = "*" in self.packages
        self._modules_of_packages = set()
        if not self.takes_all:
            for package in self.packages:
                self._modules_of_packages |= modules_of(package)
        self._foreign, self._asked = None, None  # see `foreign`
        # file of a loaded module, or None if the file is the library's, {"copy": "/app/copy.py", "json": None}
        self._places = {}
        # path of a package, or None if it is inside the library, {"xml": ["/opt/xml"], "json": None}
        self._paths = {}
        # modules of the program that have the name of one in EXCLUDED, {"test"}
        self._of_program = set()
        # whether the module that is imported now is the library's; see `_refuse_unshareable`
        self._warms_library = False
        self._found = {}  # whether a finder finds a module, {"django.urls": True}

    @property
    def library(self):
        return self._owner.library

    def candidates(self):
        """Return the names that may become targets, as a set. ``None`` if a finder must be asked for each name."""
        if self.takes_all or not self.library.is_listed:
            return None
        return self.library.names | self._modules_of_packages

    def is_module(self, name):
        """Return whether ``name`` is a module that may become a target. Import nothing."""
        if name in self.library.names or name in self._modules_of_packages:
            return True
        if self.takes_all or not self.library.is_listed and self.library.has(name):
            if name not in self._found:
                self._found[name] = all(name.split(".")) and find(name) is True
            return self._found[name]
        return False

    def why_not(self, name, is_asked_for=False):
        """Return why the module ``name`` must not be imported, as text, or ``None`` if it may be imported.

        ``is_asked_for``: whether a user names it. Then only the program and the caller's ``exclude`` forbid it.
        """
        parts = _with_parents(name)
        for part in parts:
            # On 2.7 None can also mean that a package has no such module.
            if sys.modules.get(part, self) is None and not (
                PY2 and "." in part and not self.library.has(part)
            ):
                return "blocked by the program: sys.modules[%r] is None" % part
        for part in parts:
            if part in self.exclude:
                return "excluded by the caller"
        if is_asked_for:
            return None
        # Only a placeholder of this package names a module of this package. PyPy's library holds cffi; elsewhere a user
        # may name it as a package.
        if parts[-1] == "warmup" or name in self._modules_of_packages:
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
        """Return whether ``packages=["*"]`` takes in the module ``name``, which only has the name of an excluded one."""
        top = name.partition(".")[0]
        if not self.takes_all or top in _EXCLUDED_ANYWHERE:
            return False
        module = sys.modules.get(top)
        if module is not None:
            place = _place_outside_of(self.library, top, module)
        else:
            place = _outside(self.library, top, None)
        if place is not None:
            self._of_program.add(top)
        return place is not None

    def is_standard(self, name):
        """Return whether the module ``name`` is of the standard library. From 3.10 on this needs no list of it."""
        return name.partition(".")[0] in (
            getattr(sys, "stdlib_module_names", None) or self.library.top_names
        )

    def warm(self, source, target, is_asked_for):
        """Warm a target. If no user has named it, refuse what would take the place of a module of the library."""
        ident = get_ident()
        before = _rules_of_threads.get(ident)
        _rules_of_threads[ident] = None if is_asked_for else self
        if UNSHAREABLE and not is_asked_for:
            self._warms_library = self.library.has(source.module_of(target) or "")
        try:
            source.warm(target)
        except Exception:
            module, traceback = source.module_of(target), sys.exc_info()[2]
            place = None if is_asked_for else _shadow_in_body(self.library, module, traceback)
            del traceback  # without it, it and this frame are a reference cycle
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
        if not PY2:
            imports.stop_check(self.check_found)
        elif isinstance(sys.meta_path, list) and any(one is self for one in list(sys.meta_path)):
            # An import of another thread goes through the list with this lock. It would raise IndexError.
            imp.acquire_lock()
            try:
                # remove() would call __eq__ of the program's finders, which may fail.
                for index, finder in enumerate(list(sys.meta_path)):
                    if finder is self:
                        del sys.meta_path[index]
                        break
            finally:
                imp.release_lock()

    def check_found(self, spec):
        """Raise `RefusedError` if the module of ``spec`` must not be loaded. Called before its code runs."""
        if _rules_of_threads.get(get_ident()) is not self:
            return
        if spec.name in UNSHAREABLE:
            self._refuse_unshareable(spec.name, sys._getframe(1))
        elif self._is_of_library(spec.name):
            place = _place_outside(self.library, spec)
            # What a library for another platform has, such as msvcrt, may come from a finder behind those of Python.
            if place is not None and (spec.has_location or self.library.has(spec.name)):
                self._refuse(spec.name, place)

    def find_module(self, name, path=None):
        """Raise `RefusedError` if the module ``name`` must not be loaded, else return ``None``. For 2.7."""
        ident = get_ident()
        if _rules_of_threads.get(ident) is not self or "." in name:
            return
        if name in UNSHAREABLE:
            self._refuse_unshareable(name, sys._getframe(1))
        elif self._is_of_library(name):
            _rules_of_threads[ident] = None  # file_of() asks all finders, and so comes here
            try:
                place = self.foreign.file_of(name)
            finally:
                _rules_of_threads[ident] = self
            self._refuse(name, place)

    def _is_of_library(self, name):
        library = self.library
        if name not in library.names and name not in library.top_names and name not in EXCLUDED:
            return False
        # PyPy's library holds cffi; elsewhere a user may name it as a package.
        # Or "*" means the program's own.
        return (
            library.is_listed
            and name not in self._modules_of_packages
            and name not in self._of_program
        )

    def _refuse_unshareable(self, name, frame):
        """Raise `RefusedError` where a module of the program would get ``name``, and keep it.

        The library may have it: what it draws are names, which need not be secret. ``name`` is unloaded afterwards. In
        the import of a module of the program, only one of `_SHAREABLE_ASKERS` may have it, and only if it is imported
        alone: another module would find ``name`` in ``sys.modules``, and keep it.
        """
        if self._warms_library:
            return
        askers = _askers(frame)
        asker, path = next(askers, ("", ""))
        error = RefusedError("excluded: %s asks for %s: %s" % (asker, name, _WHY_UNSHAREABLE))
        if asker in _SHAREABLE_ASKERS and self.library.is_file(path):
            if next(askers, ("", ""))[0].startswith("warmup."):
                return
            error.shareable = asker
        raise error

    def _refuse(self, name, place):
        if place is not None and _is_asked_by_library(self.library, sys._getframe(1)):
            raise RefusedError("%s is shadowed by %s" % (name, place))

    def _file_instead(self, name):
        """Return the file that would be imported as the standard module ``name``. ``None`` if it is the library's."""
        top, dot, _ = name.partition(".")
        module = sys.modules.get(top)
        if module is not None:
            if top not in self._places:
                self._places[top] = _place_outside_of(self.library, top, module)
            if self._places[top] is None and dot:
                return self._file_below(name)
            return self._places[top]
        if name in self.library.built_in:
            return None
        return self.foreign.file_of(top)

    @property
    def foreign(self):
        """Return a `Foreign` of what Python asks. On Python 3 `check_found` sees what a module changes meanwhile."""
        now = _places_asked() if PY2 else None
        if self._foreign is None or self._asked != now:
            self._foreign, self._asked = Foreign(self.library), now
        return self._foreign

    def _file_below(self, name):
        parent = name.rpartition(".")[0]
        if parent not in self._paths:
            module = sys.modules.get(parent)
            path = vars(module).get("__path__") if type(module) is Module else None
            if path is not None and not all(self._is_library_folder(entry) for entry in list(path)):
                self._paths[parent] = path
            elif path is not None:
                self._paths[parent] = None
        # None also if the package is not loaded: it will come from the library, and so will this module.
        path = self._paths.get(parent)
        return None if path is None else _outside(self.library, name, path)

    def _is_library_folder(self, entry):
        return isinstance(entry, Text) and self.library.is_file(entry + os.sep)


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
        entries = [entry for entry in list(sys.path) if isinstance(entry, Text)]
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
                    for name in _modules_in_zip(entry):
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
            return _outside(self._library, name, None)
        for finder in self._finders:
            try:
                place = _ask(finder, name, None)[1]
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
    return list(map(id, sys.path)), folder, finders


# Refuse to load a standard module from elsewhere -------------------------------------------------------------------
#
# Problem: a module of the library imports other modules of the library. A file of the program, or a finder, may have
# such a name. Its code must not run because of us. What does not work: to look beforehand, because a module that is
# imported meanwhile may change the path. A finder of our own does not work either: while it is put in or removed, a
# thread that goes through ``sys.meta_path`` skips a finder. What is done: look at each module that was found, before
# its code runs. What the program's own code imports is the program's affair. On 2.7 nothing but a finder sees a nested
# import. There, the import lock lets one thread at a time go through the list.

# Thread ident -> the `Rules` of the call that warms a derived target in this thread. None: a user named the target.
_rules_of_threads = {}


def forget_threads():
    """Forget which threads warm a target. For a forked child, which does not have these threads."""
    _rules_of_threads.clear()


def _is_asked_by_library(library, frame):
    """Return whether the library, or this package, is the asker of the import that ``frame`` belongs to."""
    for name, path in _askers(frame):
        return name.partition(".")[0] == "warmup" or library.is_file(path)
    return True


def _askers(frame):
    """Yield the name and the file of the module of each frame from ``frame`` on, without the import system."""
    while frame is not None:
        name = dict.get(frame.f_globals, "__name__")
        path = dict.get(frame.f_globals, "__file__")
        path = path if isinstance(path, Text) else frame.f_code.co_filename
        if not path.startswith("<frozen importlib") and name not in _IMPORTING:
            yield str(name), path
        frame = frame.f_back


# Modules whose frames stand between the asker and the import system.
_IMPORTING = (
    "_frozen_importlib",
    "_frozen_importlib_external",
    "importlib",
    "importlib._bootstrap",
    "warmup._python.import27",
    "warmup._python.imports",
    "warmup._python.library",
)


def _place_outside(library, spec):
    """Return where a module was found, as text, if that place is outside the library, else ``None``. For Python 3."""
    place, is_file = spec.origin, spec.has_location
    if is_file and library.is_file(place) or place in ("built-in", "frozen"):
        return None
    if _is_own_finder(spec.loader) or is_file and library.is_file(os.path.realpath(place)):
        return None
    return place if is_file else "what %r loads" % (spec.loader,)


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


def _outside(library, name, path):
    """Return where a finder finds the module ``name`` if that place is outside the library, else ``None``."""
    try:
        found, place, _ = _look_for(name, path)
        if not found or place is None or library.is_file(place):
            return None
        return None if library.is_file(os.path.realpath(place)) else place
    except Exception:  # a broken finder; the import will raise its error; no current folder
        if must_pass():
            raise
        return None


def _place_outside_of(library, name, module):
    """Return the file of the loaded module ``name``, or ``None`` if the module is the library's or has no file."""
    place = None if name in library.built_in else _place_of(module)
    if place is None or library.is_file(place):
        return None
    is_relative = not os.path.isabs(place)
    if type(module) is not Module or is_relative and _is_library_relative(library, place):
        return None
    return place


def _is_library_relative(library, place):
    """Return whether a file that a relative entry of the path led to is the library's. For 2.7 and 3.6."""
    try:
        return not os.path.isabs(os.__file__) or library.is_file(os.path.abspath(place))
    except (AttributeError, OSError):  # a program in one file; the current folder was deleted
        return True


def _place_of(module):
    """Return the file of a loaded module, or ``None`` if it has no file. Describe what is no module."""
    if type(module) is not Module:
        # To read an attribute of such an object may run any code.
        return "an object of the program, %s" % type(module).__name__
    place = vars(module).get("__file__")
    return place if isinstance(place, Text) else None


def _with_parents(name):
    """Return ``["a.b.c", "a.b", "a"]`` for ``"a.b.c"``."""
    parts = [name]
    while "." in parts[-1]:
        parts.append(parts[-1].rpartition(".")[0])
    return parts


# --- what there is


def _roots():
    """Return the folders and zip files of the library, and the folders that it shares with other files."""
    places = [getattr(os, "__file__", None)]
    package = getattr(encodings, "__file__", None)
    if isinstance(package, Text):
        places.insert(0, os.path.dirname(package))
        # With a PYTHONHOME such as "/x/../y", site changes __file__ of what is loaded, and not the path. A program may
        # have put folders of its own on the path.
        for entry in getattr(encodings, "__path__", None) or ():
            if isinstance(entry, Text) and os.path.realpath(entry) == os.path.realpath(places[0]):
                places.insert(0, entry)
                break
    roots = [os.path.dirname(place) for place in places if isinstance(place, Text)]
    roots.append(getattr(sys, "_stdlib_dir", None))  # 3.11
    roots = [
        root
        for index, root in enumerate(roots)
        if root and root not in roots[:index] and os.path.exists(root)
    ]
    for entry in [entry for entry in list(sys.path) if _is_folder(entry)]:
        folder, name = os.path.split(entry)
        if (
            entry not in roots
            and name not in _NOT_PACKAGES
            and (folder in roots or name == "lib-dynload")
        ):
            roots.append(entry)
    beside = []
    if os.name == "nt":
        beside = [os.path.join(sys.base_prefix, "DLLs"), sys.base_prefix] if not PY2 else []
        beside = [folder for folder in beside if os.path.isdir(folder) and folder not in roots]
    return roots, beside


def _is_folder(path):
    try:
        return isinstance(path, Text) and os.path.isdir(path)
    except (ValueError, TypeError):  # a NUL; a letter that the file system cannot encode
        return False


def modules_in(location, prefix="", left_out=(), below=True, namespaces=False):
    """Return the dotted names of all modules in a folder or zip file, as a set. Import nothing.

    ``prefix``: put this before each name; it ends with a dot. ``left_out``: names to skip, with all names below them.
    ``below``: whether to look into packages. ``namespaces``: whether a folder without ``__init__`` is a package too.
    """
    names = set()
    try:
        entries = os.listdir(location)
    except Exception:  # a zip file; a NUL in the name; an audit hook forbids it
        if must_pass():
            raise
        for name in _modules_in_zip(location):
            if not any(part in left_out for part in _with_parents(prefix + name)):
                names.add(prefix + name)
    else:
        _add_modules(names, location, entries, prefix, left_out, (), below, namespaces)
    return names


def _add_modules(names, folder, entries, prefix, left_out, above, below, namespaces):
    for entry in entries:
        stem, dot, end = entry.partition(".")
        if dot:
            if end in _SUFFIXES and stem != "__init__" and prefix + stem not in left_out:
                names.add(prefix + stem)
        elif below and entry not in _NOT_PACKAGES and prefix + entry not in left_out:
            path = os.path.join(folder, entry)
            try:
                entries_below = os.listdir(path)
            except Exception:  # a file without a suffix; an audit hook forbids it
                if must_pass():
                    raise
                continue
            if any(name.startswith("__init__.") for name in entries_below) or (
                namespaces and entry.isidentifier()
            ):
                real = os.path.realpath(path) if os.path.islink(path) else path
                if (
                    real not in above
                ):  # without it, a package with a link to itself would be listed for ever
                    names.add(prefix + entry)
                    _add_modules(
                        names,
                        path,
                        entries_below,
                        prefix + entry + ".",
                        left_out,
                        above + (real,),
                        True,
                        namespaces,
                    )


def _modules_in_zip(location):
    """Return the dotted names of all modules in ``location``, a zip file or a folder in a zip file."""
    try:
        import zipimport  # at the top, each program would load it; with a zip file on the path it is loaded

        importer = zipimport.zipimporter(location)
        files = getattr(
            importer, "_get_files", lambda: None
        )()  # from 3.13 on it reads the list of files when it is needed
        files = files or zipimport._zip_directory_cache[importer.archive]
    except (ImportError, AttributeError, KeyError, OSError, ValueError, TypeError):
        if must_pass():
            raise
        return set()
    names = set()
    for path in list(files):
        stem, _, end = path.partition(".")
        if path.startswith(importer.prefix) and end in ("py", "pyc", "pyo"):
            parts = stem[len(importer.prefix) :].split(os.sep)
            names.add(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    names.discard("")
    return names


def _built_in_modules():
    """Return the names of the modules in the executable, as C or as frozen code, as a set."""
    names = set(sys.builtin_module_names).difference(["__main__"])  # __main__ is the program's
    if not PY2:
        names.update(getattr(_imp, "_frozen_module_names", list)())  # 3.11
    return names


def modules_of(package):
    """Return the dotted names of ``package`` and of all modules below it, as a set. Import nothing."""
    names = {package}
    try:
        path = [location for location in _resolve(package)[1] or () if isinstance(location, Text)]
    except Exception:  # a finder fails, or an object that is no module stands for the package
        if must_pass():
            raise
        return names
    for location in path:
        names |= modules_in(location, package + ".", namespaces=not PY2)
    return names


def check_packages(names):
    """Raise `ArgumentError` for a package that does not exist."""
    for name in names:
        if name != "*" and find(name) is False:
            raise ArgumentError(
                "packages",
                "there is no package %r on sys.path; correct the name, or install it" % name,
                name,
            )


# --- whether a module could be imported


def find(name):
    """Return whether a module ``name`` could be imported. Import nothing.

    Return ``None`` if only the import can answer: the parent may make itself a package, or a finder fails.
    """
    try:
        return _resolve(name)[0]
    except Exception:
        if must_pass():
            raise
        return None


def _resolve(name):
    """Return ``(exists, path)``. ``path``: the ``__path__`` if ``name`` is a package, else ``None``."""
    module = sys.modules.get(name)
    if module is not None:
        return True, getattr(module, "__path__", None)
    parent = name.rpartition(".")[0]
    if not parent:
        exists, _, path = _look_for(name, None)
        return exists, path
    exists, path = _resolve(parent)
    if path is not None:
        exists, _, path = _look_for(name, path)
        return exists, path
    return (None if exists is not False and sys.modules.get(parent) is None else False), None


if PY2:

    def _look_for(name, path):
        """Return ``(exists, file, path of the package)``. ``exists`` is ``None`` if a folder cannot be read now."""
        try:
            stream, location, description = imp.find_module(name.rpartition(".")[2], path)
        except ImportError:
            return _look_elsewhere(name, path)
        if stream is not None:
            stream.close()
        is_package = description[2] == imp.PKG_DIRECTORY
        is_file = description[2] not in (imp.C_BUILTIN, imp.PY_FROZEN)
        return True, location if is_file else None, [location] if is_package else None

    def _ask(finder, name, path):
        """Return what `_look_for` does, of one finder of ``sys.meta_path``."""
        loader = finder.find_module(name, path)
        if loader is None:
            return False, None, None
        place = (
            loader.get_filename(name)
            if hasattr(loader, "get_filename")
            else "what %r finds" % finder
        )
        return True, place, None

    def _look_elsewhere(name, path):
        for finder in list(sys.meta_path):
            found = _ask(finder, name, path)
            if found[0]:
                return found
        for entry in sys.path if path is None else path:
            importer = sys.path_importer_cache.get(entry)
            if hasattr(importer, "archive"):
                last = name.rpartition(".")[2]
                if importer.find_module(last):
                    place = importer.archive + os.sep + importer.prefix + last
                    return True, place, [place] if importer.is_package(last) else None
            elif isinstance(entry, Text) and _is_folder(entry or "."):
                try:
                    os.listdir(entry or ".")
                except (
                    OSError
                ):  # the process has no free descriptor, and find_module says "no such module"
                    return None, None, None
        return False, None, None

else:

    def _look_for(name, path):
        """Return ``(exists, file, path of the package)``. Raise the exception of a finder that fails."""
        for finder in list(sys.meta_path):
            found = _ask(finder, name, path)
            if found[0]:
                return found
        return False, None, None

    def _ask(finder, name, path):
        """Return what `_look_for` does, of one finder of ``sys.meta_path``."""
        if hasattr(finder, "find_spec"):
            try:
                spec = finder.find_spec(name, path, None)
            except (KeyError, ImportError):
                # A namespace, whose path Python makes from that of its parent, which is not loaded.
                parent, _, last = name.rpartition(".")
                folders = [os.path.join(entry, last) for entry in path or ()]
                folders = [folder for folder in folders if _is_folder(folder)]
                if parent in sys.modules or not folders:
                    raise
                return True, None, folders
        elif sys.version_info < (3, 12) and hasattr(finder, "find_module"):
            loader = finder.find_module(name, path)
            spec = None if loader is None else _bootstrap.spec_from_loader(name, loader)
        else:
            spec = None
        if spec is None:
            return False, None, None
        place = spec.origin if spec.has_location else None
        if place is None and spec.origin not in ("built-in", "frozen"):
            place = "what %r finds" % finder
        return True, place, spec.submodule_search_locations


# --- what the library itself refuses


def is_refusal(name, error, traceback, library):
    """Return whether the standard library itself says that this platform or build lacks something.

    ``name``: the module whose import failed. ``error``, ``traceback``: its failure.

    The library says so in the body of one of its modules. The body raises an exception, or imports a module or a name
    that does not exist here. For example, ``encodings.mbcs`` imports ``codecs.mbcs_encode``, which only Windows has.
    These failures do not count: a finder fails, the process has no free descriptor, a shared library does not load, a
    module of the library was not found.
    """
    if not isinstance(error, Exception) or isinstance(error, EnvironmentError):
        return False
    if isinstance(error, ImportError) and not PY2 and error.name is None and _is_subinterpreter():
        return True  # a C extension may refuse a second interpreter; this error has no name
    frame = _body_that_failed(library, name, traceback)
    if frame is None:
        return False
    if not isinstance(error, ImportError):
        return True
    variables, missing = frame.f_globals, _missing_module(error)
    return (
        missing is None
        or missing == variables.get("__name__")  # PyPy's _winapi names itself
        or sys.modules.get(missing) is not None
        # A program that was made into one lacks the standard modules that were not put into it.
        or not (library.is_listed and library.has(missing))
        and find(missing) is False
    )


def _body_that_failed(library, name, traceback):
    """Return the frame of the library's module body that raised an exception. ``None`` if no such body raised it."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None or not _is_body(traceback.tb_frame.f_code):
        return None
    variables = traceback.tb_frame.f_globals
    # 2.7 sets the globals of a module that failed to None. Code in a zip file may name the file it was compiled from.
    if not library.is_file(variables.get("__file__") or traceback.tb_frame.f_code.co_filename):
        if not PY2 or variables.get("__name__") is not None or not library.has(name):
            return None
    return traceback.tb_frame


def _shadow_in_body(library, name, traceback):
    """Return the file of a loaded module that stands in a standard module's place, and made a standard module fail.

    The file is that of a module that the body which failed imports. ``None`` if there is no such file.
    """
    frame = _body_that_failed(library, name, traceback)
    while frame is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back  # the body of a class has failed
    try:
        statements = () if frame is None else import_statements(frame.f_code)
    except UnreadableCode:
        return None
    for imported, level, _ in statements:
        for part in _with_parents(imported) if level <= 0 and library.has(imported) else ():
            module = sys.modules.get(part)
            place = None if module is None else _place_outside_of(library, part, module)
            if place is not None:
                return place
    return None


def _is_subinterpreter():
    for name in ("_interpreters", "_xxsubinterpreters"):  # 3.13; 3.8
        try:
            module = __import__(name)
        except Exception:  # a finder of the program may raise any error
            continue
        return module.get_current() != module.get_main()
    return False


def _is_body(code):
    # CO_OPTIMIZED means a function. The rest are bodies of modules and classes.
    return code.co_name == "<module>" or not code.co_flags & 1


def _missing_module(error):
    """Return the name of the module that an ``ImportError`` is about, or ``None`` if it names none."""
    if not PY2:
        name = vars(ImportError)["name"].__get__(error)
        return name if isinstance(name, str) else None
    # error.args may run code of a subclass, which may raise.
    arguments = BaseException.__dict__["args"].__get__(error)
    words = arguments[0].split() if arguments and type(arguments[0]) is str else []
    if (
        words[:3] == ["No", "module", "named"] and len(words) == 4
    ):  # 2.7 has the name only in the text
        return words[3]
    return None


# --- what had to be compiled


def count_compiled(names, since):
    """Return how many of the modules ``names`` were compiled after the moment ``since``, in seconds as `time.time`."""
    count = 0
    for name in names:
        module = sys.modules.get(name)
        if type(module) is Module and _was_compiled(vars(module), since):
            count += 1
    return count


def _was_compiled(variables, since):
    if PY2:
        path = variables.get("__file__")
        if not isinstance(path, Text) or not path.endswith((".py", ".pyc", ".pyo")):
            return False
        return path.endswith(".py") or _is_younger(path, since)
    spec = variables.get("__spec__")
    if (
        type(spec).__name__ != "ModuleSpec"
    ):  # to read an attribute of such an object may run any code
        return False
    if type(getattr(spec, "loader", None)).__name__ != "SourceFileLoader" or not isinstance(
        spec.cached, Text
    ):
        return False
    return _is_younger(spec.cached, since)


def _is_younger(path, since):
    try:
        return os.stat(path).st_mtime >= since
    except OSError as error:
        if error.errno != 2 and must_pass():
            raise
        return True  # no compiled file: Python could not write it, or must not
