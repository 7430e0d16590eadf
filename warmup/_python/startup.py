"""Separate the imports of a program's start-up, which are those of its top level, from late imports."""

from __future__ import absolute_import, division, print_function

from warmup._python.compat import frames, import_codes, top_package
from warmup._python.functions import is_at_import_statement

# Frames of these packages stand between the program and the import system, or beneath the program.
# On 2.7 runpy lets pkgutil import the package. The functions of importlib.resources are behind wrappers of functools.
_BETWEEN = frozenset(["functools", "importlib", "pkgutil", "runpy", "warmup"])


def is_late(frame):
    """Return whether the import that begins does not belong to the start-up of the program.

    It belongs to the start-up if the body of a module asks for it by a statement or by ``importlib``, and if only
    bodies of modules and classes are below it on the stack. An import is late if a function, C code or a thread asks
    for it. ``frame``: the frame of the asker, or of a function that the asker has called.
    """
    is_by_statement = False
    while frame is not None and _is_between(frame):
        # import_module() stands for a statement. runpy imports the package of `python -m package`.
        is_by_statement = is_by_statement or dict.get(frame.f_globals, "__name__") in ("importlib", "runpy")
        frame = frame.f_back
    if frame is None or not (is_by_statement or is_at_import_statement(frame)):
        return True
    # CO_OPTIMIZED: a function
    return any(one.f_code.co_flags & 1 and not _is_between(one) for one in frames(frame))


def _is_between(frame):
    code = frame.f_code
    return code.co_filename.startswith("<frozen ") or top_package(frame) in _BETWEEN or code in import_codes()
