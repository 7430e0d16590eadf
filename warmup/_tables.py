"""The two hand-made lists of the package: what C code imports, and what is never imported.

Both hold only what cannot be found out from the running interpreter, each row with its reason; the tests run every
row of the first on every interpreter.
"""
from __future__ import absolute_import, division, print_function

import os
import sys


def _build_variables():
    # Since 3.6 the name of this module depends on the build; only POSIX has it.
    name_of = getattr(sys.modules["sysconfig"], "_get_sysconfigdata_name", None)
    return (name_of(),) if name_of and os.name == "posix" else ()


# (owner, trigger, modules, since, until, why): once `owner` is loaded, `trigger` makes the interpreter import
# `modules`, on the versions from `since` to `until`, both included; `None` is an open end. Why: where that is done.
IMPLICIT = (
    # dates
    ("time", "time.strptime()", ("_strptime",), None, None, "C time_strptime; bpo-7980"),
    ("datetime", "datetime.strptime()", ("_strptime",), None, None, "C datetime_strptime; bpo-7980"),
    ("datetime", "date.today(), timetuple(), strftime()", ("time",), None, (2, 7), "C date_today, wrap_strftime"),
    ("_zoneinfo", "pickling a zone made by ZoneInfo.from_file()", ("pickle",), (3, 9), None, "C zoneinfo_reduce"),
    # text
    ("sys", "\\N{...} in a literal, unicode_escape", ("unicodedata",), None, None, "C DecodeUnicodeEscape"),
    ("sys", "compiling an identifier that is not ASCII", ("unicodedata",), (3, 6), None, "C new_identifier"),
    ("sys", "the error handler namereplace", ("unicodedata",), (3, 6), None, "C PyCodec_NameReplaceErrors"),
    ("_io", "io.open() without an encoding", ("locale",), None, (2, 7), "C textiowrapper_init"),
    ("_io", "open() without an encoding", ("_bootlocale",), (3, 6), (3, 9), "C _PyIO_get_locale_module"),
    ("sys", "an error in __del__ that is shown", ("io",), (3, 14), (3, 14), "C display_source_line"),
    ("sys", "pickling a t-string", ("string.templatelib",), (3, 14), None, "C Template.__reduce__"),
    # numbers
    ("sys", "str(), int(), divmod() of huge numbers", ("_pylong",), (3, 12), None, "C l_divmod; gh-90716"),
    ("_decimal", "format(decimal, 'z...')", ("_pydecimal",), (3, 11, 9), (3, 11), "C dec_format; gh-114563"),
    ("_decimal", "format(decimal, 'z...')", ("_pydecimal",), (3, 12, 3), None, "C dec_format; gh-114563"),
    # objects
    ("sys", "copy and pickle of C types", ("copyreg",), (3, 6), None, "C object.__reduce_ex__"),
    ("_operator", "pickling methodcaller(..., key=value)", ("functools",), (3, 6), None, "C methodcaller_reduce"),
    ("__builtin__", "reduce()", ("functools",), None, (2, 7), "C builtin_reduce"),
    ("sys", "comparing memoryviews of other formats", ("struct",), (3, 6), None, "C struct_get_unpacker"),
    ("sys", "class C[T]", ("typing",), (3, 12), None, "C _Py_subscript_generic; PEP 695"),
    ("_ctypes", "class S(Structure): _fields_ = ...", ("ctypes._layout",), (3, 14), None, "C; gh-97588"),
    # errors and warnings
    ("sys", "an error that ends a thread or the program", ("traceback",), (3, 13), None, "C PyErr_Display; gh-110721"),
    ("sys", "coroutine never awaited, ResourceWarning", ("warnings",), (3, 6), (3, 12), "C get_warnings_attr"),
    ("sys", "a warning raised by C", ("warnings",), (3, 13), None, "C get_warnings_attr; gh-119049"),
    # processes, files, databases, interpreters
    ("posix", "os.wait3(), os.wait4()", ("resource",), None, None, "C wait_helper"),
    ("_posixsubprocess", "subprocess with a preexec_fn", ("gc",), (3, 6), (3, 9), "C subprocess_fork_exec"),
    ("zipimport", "a compressed module", ("zlib",), None, (3, 7), "C get_data"),
    ("_sqlite3", "Connection.iterdump()", ("sqlite3.dump",), None, None, "C pysqlite_connection_iterdump"),
    ("_interpreters", "passing on what is not shareable", ("pickle",), (3, 14), None, "C _PyPickle_GetXIData"),
    ("_interpqueues", "an empty or full queue", ("concurrent.interpreters._queues",), (3, 14), None,
     "C handle_queue_error"),
    # Python code with names that are computed, but known
    ("xml.sax", "xml.sax.make_parser()", ("xml.sax.expatreader",), None, None, "default_parser_list"),
    ("xml.dom.domreg", "xml.dom.getDOMImplementation()", ("xml.dom.minidom",), None, None,
     "well_known_implementations"),
    ("dbm", "dbm.open()", ("dbm.gnu", "dbm.ndbm", "dbm.dumb"), (3, 6), None, "dbm._names"),
    ("dbm", "dbm.open()", ("dbm.sqlite3",), (3, 13), None, "dbm._names; gh-100414"),
    ("email", "the old names, as email.Utils", (
        "email.base64mime", "email.charset", "email.encoders", "email.errors", "email.feedparser", "email.generator",
        "email.header", "email.iterators", "email.message", "email.mime.audio", "email.mime.base",
        "email.mime.image", "email.mime.message", "email.mime.multipart", "email.mime.nonmultipart",
        "email.mime.text", "email.parser", "email.quoprimime", "email.utils"), None, (2, 7), "email.LazyImporter"),
    ("sysconfig", "sysconfig.get_config_vars()", _build_variables, (3, 6), None, "_init_posix"),
)

# A package stands for all below it.
EXCLUDED = {
    "__hello__": "prints when imported",
    "__phello__": "prints when imported",
    "_pypy_interact": "PyPy's interactive interpreter: takes over the terminal",
    "_pypy_remote_debug": "PyPy's debugger",
    "_pyrepl": "the interactive interpreter: takes over the terminal",
    "antigravity": "opens a web browser",
    "bdb": "debugger",
    "cffi": "PyPy ships it in the standard library's place; what it imports late are compilers",
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
# Their only callers ask for the platform first; elsewhere some refuse to be imported, having imported others.
EXCLUDED.update({name: "for another platform: %s" % platform for name, platform in (
    ("_aix_support", "aix"), ("_android_support", "android"), ("_ios_support", "ios"), ("_osx_support", "darwin"))
    if not sys.platform.startswith(platform)})
if sys.version_info[0] == 2:
    EXCLUDED.update({
        "Tkinter": "needs a display, loads Tcl/Tk",
        "hotshot": "profiler: its import writes no file, but it is for development only",
        "compiler": "development tool, removed in 3.0",
    })


def implicit():
    """Yield ``(owner, trigger, modules, why)`` of the rows whose owner is loaded, for this version."""
    for owner, trigger, modules, since, until, why in IMPLICIT:
        if owner in sys.modules and (since or ()) <= sys.version_info[:3] and sys.version_info[:2] <= (until or (9,)):
            yield owner, trigger, modules() if callable(modules) else modules, why


def exclusion(name, more=()):
    """Why the module ``name`` is never imported, as text, or ``None``. ``more``: names excluded by the caller."""
    while name:
        if name in more:
            return "excluded by the caller"
        if name in EXCLUDED:
            return EXCLUDED[name]
        name = name.rpartition(".")[0]
    return None
