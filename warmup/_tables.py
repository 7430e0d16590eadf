"""The two hand-made lists of the package: what C code imports, and what is never imported.

Both hold only what cannot be found out from the running interpreter, each row with its reason; the tests run every
row of the first on every interpreter.
"""
from __future__ import absolute_import, division, print_function

import sys

# (owner, trigger, modules, since, until, why): once `owner` is loaded, running `trigger` makes C code import
# `modules`, on the versions from `since` to `until`, both included. `None` is an open end.
IMPLICIT = (
    ("time", "import time; time.strptime('1', '%d')", ("_strptime",), None, None, "C time_strptime"),
    ("datetime", "import datetime; datetime.datetime.strptime('1', '%d')", ("_strptime",), None, None,
     "C datetime_strptime"),
    ("sys", "b'\\\\N{DIGIT ONE}'.decode('unicode_escape')", ("unicodedata",), None, None, "C unicode_escape"),
)

# A package stands for all below it.
EXCLUDED = {
    "__hello__": "prints when imported",
    "__phello__": "prints when imported",
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
if sys.version_info[0] == 2:
    EXCLUDED.update({
        "Tkinter": "needs a display, loads Tcl/Tk",
        "hotshot": "profiler: its import writes no file, but it is for development only",
        "compiler": "development tool, removed in 3.0",
    })


def exclusion(name, more=()):
    """Why the module ``name`` is never imported, as text, or ``None``. ``more``: names excluded by the caller."""
    while name:
        if name in more:
            return "excluded by the caller"
        if name in EXCLUDED:
            return EXCLUDED[name]
        name = name.rpartition(".")[0]
    return None
