"""Give one name to what has different names in different versions."""

from __future__ import absolute_import, division, print_function

import sys

PY2 = sys.version_info[0] == 2
PYPY = hasattr(sys, "pypy_version_info")
FREE_THREADED = (
    not getattr(sys, "_is_gil_enabled", lambda: True)() or "free-threading" in sys.version
)

# Not the type of a function in this file: a compiler to C (Nuitka) gives its functions a type of their own.
Function = type(sys.modules["_frozen_importlib"].ModuleSpec.__init__ if not PY2 else lambda: None)
Code = type((lambda: None).__code__)
Module = type(sys)

if PY2:
    from time import time as clock

    from thread import get_ident

    Text = basestring  # noqa: F821
else:
    from _thread import get_ident
    from time import perf_counter as clock

    Text = str


def replace_in_code(code, **fields):
    """Return the code object ``code`` with other ``fields``, for example ``co_filename``."""
    if hasattr(code, "replace"):
        return code.replace(**fields)
    values = [fields.get(name, getattr(code, name, None)) for name in _CODE_FIELDS]
    return Code(*values)


# Of 2.7, 3.6 and 3.7, in the order in which the constructor takes them.
_CODE_FIELDS = [
    "co_" + name
    for name in (
        "argcount kwonlyargcount nlocals stacksize flags code consts names varnames filename name "
        "firstlineno lnotab freevars cellvars"
    ).split()
    if name != "kwonlyargcount" or not PY2
]

if sys.version_info >= (3, 15):
    try:
        from _types import LazyImportType as Placeholder  # the module types would load more modules
    except ImportError:
        from types import LazyImportType as Placeholder
else:
    Placeholder = None  # PEP 810 came with 3.15

__all__ = [
    "Code",
    "FREE_THREADED",
    "Function",
    "Module",
    "PY2",
    "PYPY",
    "Placeholder",
    "Text",
    "clock",
    "get_ident",
    "replace_in_code",
]
