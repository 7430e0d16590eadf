"""Say which modules exist here, which belong to the standard library, and what the library itself lacks here."""

from __future__ import absolute_import, division, print_function

import encodings
import os
import sys

from warmup._python.compat import PY2, PYPY, Function, Module, Text, entries, import_codes, is_lazy, raw_variables_of
from warmup._python.functions import is_at_import_statement, is_verified
from warmup._python.surroundings import must_pass
from warmup._values import ArgumentError, describe, with_parents

if PY2:
    import imp

    _SUFFIXES = frozenset(suffix[1:] for suffix, _, _ in imp.get_suffixes() if suffix[0] == ".")
else:
    import _imp

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
EXCLUDED.update((name, "a fork after its import gives every child the same random numbers") for name in UNSHAREABLE)

_THIRD_PARTY = frozenset(["site-packages", "dist-packages"])
_NOT_PACKAGES = _THIRD_PARTY.union(["__pycache__", "node_modules"])


class Library(object):
    """List the standard library of this interpreter, once.

    ``roots``: folders and zip files that contain it, ``["/usr/lib/python3.13", "/usr/lib/python3.13/lib-dynload"]``.
    ``names``: dotted names of its modules there, without those in `EXCLUDED`, for example ``{"json", "json.decoder"}``.
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
        # how the path of a file of the library begins: the roots, and what they link to, ["/usr/lib/python3.13/"]
        self._prefixes = [root + os.sep for root in self.roots + [root for root in real if root not in self.roots]]
        # Where all C modules are in the executable, readline is.
        names.update(name for name in self.built_in if name.partition(".")[0] not in EXCLUDED)
        self.names = frozenset(names)
        missing = [name for name in expected if name not in self.names and name not in EXCLUDED]
        has_basis = "os" in self.names or "codecs" in self.names
        # Each platform lacks some modules. A program in one file (PyInstaller) lacks more: only a finder of its own
        # finds part of its library.
        self.is_listed = has_basis and len(missing) <= len(expected) // 5
        self._error = None if self.is_listed else _error_of_listing(self.roots)
        # If no finder finds any of the missing modules, no module of the library can be imported.
        self._can_be_found = (
            not self.is_listed
            and self._error is None
            and any(name not in sys.modules and find(name) for name in sorted(missing))
        )
        # A small installation, as python3-minimal of Debian, has no more than what was listed. If a module that was not
        # listed is loaded, its place is not known, and may have more.
        if has_basis and not self.is_listed and self._error is None and not self._can_be_found:
            self.is_listed = not any(name in sys.modules and not _imp.is_frozen(name) for name in missing)
        self.top_names = frozenset(name for name in self.names if "." not in name).union(expected)
        # Before 3.10 only the codecs are known to be of the library without a list of it.
        self._expected = expected or frozenset(["encodings"])

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
        # A program in one file, by cx_Freeze for example, has its library among its other files.
        if not self.roots:
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
            if type(modules_in) is not Function:
                text += (
                    " The functions of this program are compiled to C, and do not say what they import: record it, or "
                    "name it in modules=."
                )
            return text
        return (
            "The standard library was NOT FOUND (%s): name in modules= the modules that your program imports late."
            % (self._error or ", ".join(self.roots) or "no folder")
        )


# --- which modules exist


def _roots():
    """Return the folders and zip files of the library, and the folders that it shares with other files."""
    places = [getattr(os, "__file__", None)]
    package = getattr(encodings, "__file__", None)
    if isinstance(package, Text):
        places.insert(0, os.path.dirname(package))
        # With a PYTHONHOME such as "/x/../y", site changes the __file__ of loaded modules, and not their __path__. A
        # program may have put folders of its own on __path__.
        for entry in getattr(encodings, "__path__", None) or ():
            if isinstance(entry, Text) and os.path.realpath(entry) == os.path.realpath(places[0]):
                places.insert(0, entry)
                break
    roots = [os.path.dirname(place) for place in places if isinstance(place, Text)]
    roots.append(getattr(sys, "_stdlib_dir", None))  # 3.11
    roots = [root for index, root in enumerate(roots) if root and root not in roots[:index] and os.path.exists(root)]
    for entry in [entry for entry in list(sys.path or ()) if _is_folder(entry)]:
        folder, name = os.path.split(entry)
        if entry not in roots and name not in _NOT_PACKAGES and (folder in roots or name == "lib-dynload"):
            roots.append(entry)
    beside = [os.path.join(sys.base_prefix, "DLLs"), sys.base_prefix] if os.name == "nt" and not PY2 else []
    return roots, [folder for folder in beside if os.path.isdir(folder) and folder not in roots]


def _error_of_listing(folders):
    """Return the error with which one of ``folders`` cannot be listed now, as text, or ``None``."""
    for folder in folders:
        try:
            if os.path.isdir(folder):  # not a zip file
                os.listdir(folder)
        except Exception as error:  # no free descriptor; an audit hook forbids it
            if must_pass():
                raise
            return describe(error)
    return None


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
        for name in modules_in_zip(location, namespaces):
            if not any(part in left_out for part in with_parents(prefix + name)):
                names.add(prefix + name)
    else:
        _add_modules(names, location, entries, prefix, left_out, set(), below, namespaces)
    return names


def _add_modules(names, folder, entries, prefix, left_out, linked, below, namespaces, is_linked=False):
    """Add the modules in ``folder``.

    ``linked``: the folders that links have led to, {"/srv/themes"}. ``is_linked``: whether ``folder`` is below a link.
    """
    if PY2:  # its identifiers are ASCII, and it cannot compare text with bytes beyond ASCII
        entries = [entry for entry in entries if max(entry) <= "\x7f"]
    for entry in sorted(entries):
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
            if any(name.startswith("__init__.") for name in entries_below) or (namespaces and entry.isidentifier()):
                names.add(prefix + entry)
                # Without this, a package with a link to itself would be listed for ever, and ten folders that link to
                # each other would be listed a million times. Two links to one folder are two packages: list both. Below
                # a link, do not look again into a folder that another link has led to.
                is_link = os.path.islink(path)
                if is_link:
                    real = os.path.realpath(path)
                    if is_linked and real in linked:
                        continue
                    linked.add(real)
                more = linked, True, namespaces, is_linked or is_link
                _add_modules(names, path, entries_below, prefix + entry + ".", left_out, *more)


def modules_in_zip(location, namespaces=False):
    """Return the dotted names of all modules in ``location``, a zip file or a folder in a zip file.

    ``namespaces``: as in `modules_in`.
    """
    try:
        import zipimport  # at the top, each program would load it; with a zip file on the path it is loaded

        importer = zipimport.zipimporter(location)
        # From 3.13 on an importer reads the list of files when it is needed.
        files = getattr(importer, "_get_files", lambda: None)()
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
        elif namespaces and path.startswith(importer.prefix) and path.endswith(os.sep):
            parts = path[len(importer.prefix) : -1].split(os.sep)
            if all(part.isidentifier() for part in parts):
                names.add(".".join(parts))
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
    package = str(package)  # 2.7: the names of files are bytes, and may be beyond ASCII
    names = {package}
    for location in path_of(package) or ():
        if isinstance(location, Text):
            names |= modules_in(location, package + ".", namespaces=not PY2)
    return names


def path_of(package):
    """Return the ``__path__`` of a package as a list, or ``None`` if ``package`` is no package. Import nothing."""
    try:
        path = _resolve(package)[1]
        return None if path is None else list(path)
    except Exception:  # a finder fails, or an object that is no module stands for the package
        if must_pass():
            raise
        return None


def is_listable(location):
    """Return whether Python finds modules at this entry of a path by its files: whether it is a folder or a zip file.

    The finder of PyInstaller knows modules that are no files, also below a folder that exists.
    """
    if not isinstance(location, Text):
        return False
    if type(_finder_at(location)).__name__ not in ("FileFinder", "zipimporter", "NoneType", "NullImporter"):
        return False
    return _is_folder(location) or bool(modules_in_zip(location))


def _finder_at(location):
    """Return the finder that Python asks, or would ask, at an entry of a path. Python has asked few entries so far.

    Keep nothing, unlike `finder_of`: Python 3 would not see a folder that is made later.
    """
    cache = sys.path_importer_cache or {}  # None when the interpreter shuts down
    if location in cache:
        return cache[location]
    for hook in list(sys.path_hooks or ()):
        try:
            return hook(location)
        except ImportError:
            continue
        except Exception:  # a broken hook; the import will raise its error
            if must_pass():
                raise
            break
    return None


def check_packages(names):
    """Raise `ArgumentError` for a package that does not exist."""
    for name in names:
        if name != "*" and find(name) is False:
            raise ArgumentError(
                "packages", "there is no package %r on sys.path; correct the name, or install it" % name, name
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
        # getattr() would run the body of a lazy module.
        return True, raw_variables_of(module).get("__path__") if is_lazy(module) else getattr(module, "__path__", None)
    parent, path = name.rpartition(".")[0], None
    if parent:
        parent_exists, path = _resolve(parent)
        if path is None:
            return (None if parent_exists is not False and sys.modules.get(parent) is None else False), None
    exists, _, path = look_for(name, path)
    return exists, path


if PY2:

    def look_for(name, path, asks_finders=True):
        """Return ``(exists, file, its own __path__)``. ``exists`` is ``None`` if a folder cannot be read now.

        ``path``: the ``__path__`` of the package above ``name``, or ``None`` if there is no package. ``asks_finders``:
        whether to ask ``sys.meta_path`` too.
        """
        last = name.rpartition(".")[2]
        try:
            stream, location, description = imp.find_module(last, path)
        except ImportError:
            return _look_elsewhere(name, last, path, asks_finders)
        if stream is not None:
            stream.close()
        is_package = description[2] == imp.PKG_DIRECTORY
        is_file = description[2] not in (imp.C_BUILTIN, imp.PY_FROZEN)
        return True, location if is_file else None, [location] if is_package else None

    def ask(finder, name, path):
        """Return what `look_for` does, of one finder of ``sys.meta_path``."""
        loader = finder.find_module(name, path)
        if loader is None:
            return False, None, None
        place = loader.get_filename(name) if hasattr(loader, "get_filename") else "what %r finds" % finder
        return True, place, None

    def _look_elsewhere(name, last, path, asks_finders):
        # The list is None when the interpreter shuts down.
        for finder in list(asks_finders and sys.meta_path or ()):
            found = ask(finder, name, path)
            if found[0]:
                return found
        for entry in (sys.path or ()) if path is None else path:
            importer = finder_of(entry) if isinstance(entry, Text) else None
            if hasattr(importer, "archive"):
                if importer.find_module(last):
                    place = importer.archive + os.sep + importer.prefix + last
                    return True, place, [place] if importer.is_package(last) else None
            elif importer is not None:
                if importer.find_module(name):
                    return True, "what %r finds" % importer, None
            elif _is_folder(entry or "."):
                try:
                    os.listdir(entry or ".")
                except OSError:
                    # The process has no free descriptor, and find_module says "no such module".
                    return None, None, None
        return False, None, None

    def finder_of(entry):
        """Return the finder of an entry of ``sys.path``, or ``None`` for a folder. pkgutil would load slowly.

        Keep it, as 2.7 does: 2.7 itself would keep for good that a hook was refused. `watch` forgets what is kept here.
        """
        if entry not in sys.path_importer_cache:
            finder = None
            for hook in sys.path_hooks or ():  # None when the interpreter shuts down
                try:
                    finder = hook(entry)
                    break
                except ImportError:
                    pass
            sys.path_importer_cache.setdefault(entry, finder)
        return sys.path_importer_cache[entry]

else:

    def look_for(name, path):
        """Return ``(exists, file, its own __path__)``. Raise the exception of a finder that fails.

        ``path``: the ``__path__`` of the package above ``name``, or ``None`` if there is no package.
        """
        for finder in list(sys.meta_path):
            found = ask(finder, name, path)
            if found[0]:
                return found
        return False, None, None

    def ask(finder, name, path):
        """Return what `look_for` does, of one finder of ``sys.meta_path``."""
        # The finder of setuptools does more than search. Asked for distutils, it imports setuptools. Asked for pip, it
        # takes distutils out of sys.modules (before 3.12).
        if getattr(type(finder), "__module__", None) == "_distutils_hack":
            return False, None, None
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

    The body of a module of the library raises an exception, or imports a module or a name that does not exist here. For
    example, ``encodings.mbcs`` imports ``codecs.mbcs_encode``, which only Windows has.
    These failures do not count: a finder or a function in the place of ``__import__`` fails, the process has no free
    descriptor, a shared library does not load, a module of the library was not found, the stack is full, another thread
    throws an exception into this thread.
    """
    if not isinstance(error, Exception) or isinstance(error, EnvironmentError):
        return False
    if isinstance(error, ImportError) and not PY2 and error.name is None and _is_subinterpreter():
        return True  # a C extension may refuse a second interpreter; this error has no name
    frame = body_that_failed(library, name, traceback)
    if frame is None:
        return False
    variables = frame.f_globals
    if _is_recursion_error(error) or not _is_type_for(variables.get("__name__") or name, type(error)):
        return False
    # Otherwise a function in the place of __import__ has raised the error, or C code that this function has called.
    is_own = list(entries(traceback))[-1].tb_frame is frame
    if not isinstance(error, ImportError):
        # An import statement that raises another error has met a broken sys.path, for example.
        return is_own and not (is_verified and is_at_import_statement(frame, _innermost(traceback).tb_lasti))
    missing = _missing_module(error)
    if missing is None:
        return is_own
    return (
        missing == variables.get("__name__")  # PyPy's _winapi names itself
        or sys.modules.get(missing) is not None
        # A program in one file (PyInstaller) lacks the standard modules that were not put into it.
        or not (library.is_listed and library.has(missing))
        and find(missing) is False
    )


def _innermost(traceback):
    """Return the last entry of ``traceback`` that is no function in the place of ``__import__``, or ``None``."""
    replaced = import_codes()
    found = [entry for entry in entries(traceback) if entry.tb_frame.f_code not in replaced]
    return found[-1] if found else None


def body_that_failed(library, name, traceback):
    """Return the frame of the library's module body that raised an exception. ``None`` if no such body raised it."""
    innermost = _innermost(traceback)
    if innermost is None or not _is_body(innermost.tb_frame.f_code):
        return None
    frame = innermost.tb_frame
    variables = frame.f_globals
    # 2.7 sets the globals of a module that failed to None. Code in a zip file may name the file it was compiled from.
    if not library.is_file(variables.get("__file__") or frame.f_code.co_filename):
        if not PY2 or variables.get("__name__") is not None or not library.has(name):
            return None
    return frame


def _is_recursion_error(error):
    if not PY2:
        return isinstance(error, RecursionError)
    return type(error) is RuntimeError and "recursion" in str(error)


def _is_type_for(name, kind):
    """Return whether the module ``name`` itself may raise exceptions of the type ``kind``: its own, and Python's."""
    module = vars(type)["__module__"].__get__(kind)
    if not isinstance(module, Text):
        return False
    top = module.partition(".")[0]
    return top in ("builtins", "exceptions", name.partition(".")[0])


def _is_subinterpreter():
    for name in ("_interpreters", "_xxsubinterpreters"):  # 3.13; 3.8
        try:
            module = __import__(name)
            return module.get_current() != module.get_main()
        except Exception:  # a finder of the program may raise any error; a later Python may lack these functions
            continue
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
    # 2.7 has the name only in the text.
    if words[:3] == ["No", "module", "named"] and len(words) == 4:
        return words[3]
    return None


# --- which modules had to be compiled

# Seconds. The kernel gives a new file the time of its last tick. A file that was written after a look at the clock can
# seem this much older: up to 10 ms on Linux, 16 ms on Windows.
_TICK = 0.016


def count_compiled(names, since, until):
    """Return how many of the modules ``names`` were compiled between two moments, in seconds as `time.time`.

    Without ``until``, a clock that is wrong, or that a test has stopped, would make old files seem new.
    """
    modules = [module for module in map(sys.modules.get, names) if type(module) is Module]
    read_only = {}
    return sum(_was_compiled(vars(module), since - _TICK, until, read_only) for module in modules)


def _was_compiled(variables, since, until, read_only):
    if PY2:
        path = variables.get("__file__")
        return isinstance(path, Text) and path.endswith(".py")  # 2.7 shows the file that it has run
    spec = variables.get("__spec__")
    # To read an attribute of another object may run any code.
    if type(spec).__name__ != "ModuleSpec":
        return False
    if type(getattr(spec, "loader", None)).__name__ != "SourceFileLoader" or not isinstance(spec.cached, Text):
        return False
    return _is_written(spec.cached, since, until) or _is_outdated(spec, read_only)


def _is_written(path, since, until):
    try:
        return since <= os.stat(path).st_mtime <= until
    except OSError as error:
        if error.errno != 2 and must_pass():
            raise
        return True  # no compiled file: Python could not write it, or must not


def _is_outdated(spec, read_only):
    """Return whether Python 3 has not used the compiled file of a module, and may not replace it.

    The compiled file does not belong to the source. Where Python may replace the compiled file, the time of that file
    says so. A compiled file with a hash (PEP 552) counts as current, because to hash the source takes long.
    ``read_only``: whether Python may not write into a folder, as far as known, ``{"/app/__pycache__": True}``.
    """
    folder = os.path.dirname(spec.cached)
    if folder not in read_only:
        read_only[folder] = sys.dont_write_bytecode or not os.access(folder, os.W_OK)
    if not read_only[folder]:
        return False
    try:
        descriptor = os.open(spec.cached, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            head = os.read(descriptor, 16)
        finally:
            os.close(descriptor)
        status = os.stat(spec.origin)
    except Exception:  # no free descriptor; an audit hook forbids it
        if must_pass():
            raise
        return False
    # A full disk has cut the file, or a pre-release has written it.
    if len(head) < 16 or head[:4] != getattr(sys.modules["_frozen_importlib_external"], "MAGIC_NUMBER", head[:4]):
        return True
    if sys.version_info >= (3, 7):
        if head[4:8] != b"\0\0\0\0":
            return False
        head = head[4:]
    return head[4:12] != b"".join(
        [(one & 0xFFFFFFFF).to_bytes(4, "little") for one in (int(status.st_mtime), status.st_size)]
    )
