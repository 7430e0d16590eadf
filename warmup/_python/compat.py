"""Give one name to what has different names in different versions."""

from __future__ import absolute_import, division, print_function

import sys

PY2 = sys.version_info[0] == 2
PYPY = hasattr(sys, "pypy_version_info")
FREE_THREADED = (
    not getattr(sys, "_is_gil_enabled", lambda: True)() or "free-threading" in sys.version
)

Function = type(lambda: None)
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
]
