"""Give one name to what has different names in different versions."""

from __future__ import absolute_import, division, print_function

import sys

# Not the attribute of the module: a test may replace it by a function that stops the clock, or that fails.
from time import time

PY2 = sys.version_info[0] == 2
PYPY = hasattr(sys, "pypy_version_info")
FREE_THREADED = not getattr(sys, "_is_gil_enabled", lambda: True)() or "free-threading" in sys.version

# Not the type of a function in this file: a compiler to C (Nuitka) gives its functions a type of their own.
Function = type(sys.modules["_frozen_importlib"].ModuleSpec.__init__ if not PY2 else lambda: None)
Code = type((lambda: None).__code__)
# The type of a frame whose code object knows the line of each instruction (3.10 and later). By eval(), because the
# frames of this file are of another type if a compiler to C has made it.
Frame = type(eval("sys._getframe()")) if hasattr(Code, "co_lines") else None
Method = type(eval("lambda: None").__get__(0, int))
Module = type(sys)
open_file = open  # Python 3 takes open(), alone, out of builtins before the last destructors run

# Code that distinguishes threads or greenlets calls ``_thread.get_ident()``, and binds no name to the function, because
# gevent replaces the attribute. `locks.this_thread` returns the ident that the locks of importlib have.
if PY2:
    import imp

    import __builtin__ as builtins
    import thread as _thread
    from thread import get_ident  # noqa: F401

    clock = time
    Text = basestring

    class ImportLock(object):
        """Hold the import lock of 2.7 in a block. A signal that comes while this waits must not leave it locked.

        What does not work: ``acquire_lock()`` before ``try``. 2.7 runs the signal handler between the two. What is
        left: a signal that comes when the block has ended, before the first instruction of ``__exit__``.
        """

        # A function of C: ``with`` calls it and begins the block in one step.
        __enter__ = imp.acquire_lock

        def __exit__(self, *exception):
            imp.release_lock()

else:
    import _thread  # noqa: F401
    import builtins
    from _thread import get_ident  # noqa: F401
    from time import perf_counter as clock  # noqa: F401

    Text = str


def replace_in_code(code, **fields):
    """Return the code object ``code`` with other ``fields``, for example ``co_filename``."""
    if hasattr(code, "replace"):
        return code.replace(**fields)
    return Code(*[fields.get(name, getattr(code, name)) for name in _CODE_FIELDS if hasattr(code, name)])


# The arguments of the constructor of code objects on 2.7, 3.6 and 3.7, in its order. 2.7 lacks the second.
_CODE_FIELDS = (
    "co_argcount co_kwonlyargcount co_nlocals co_stacksize co_flags co_code co_consts co_names co_varnames co_filename "
    "co_name co_firstlineno co_lnotab co_freevars co_cellvars"
).split()

if sys.version_info >= (3, 15):
    try:
        from _types import LazyImportType as Placeholder  # the module types would load more modules
    except ImportError:
        from types import LazyImportType as Placeholder
else:
    Placeholder = None  # PEP 810 came with 3.15


# Return the variables of a module. Run no code of its class, also if that is _LazyModule.
raw_variables_of = Module.__dict__["__dict__"].__get__


def variables_of(module):
    """Return the variables of a module, also if the program has given it another class. Run no code of that class.

    Return ``None`` for an object that is no module, and for a module of ``importlib.util.LazyLoader`` that is not
    loaded yet.
    """
    return raw_variables_of(module) if issubclass(type(module), Module) and not is_lazy(module) else None


def is_lazy(module):
    """Return whether ``module`` is of ``importlib.util.LazyLoader`` and its body has not run yet."""
    kind = type(module)
    # transformers and diffusers have classes of this name too.
    return kind.__name__ == "_LazyModule" and kind.__module__ == "importlib.util"


def top_package(frame):
    """Return the first part of the name of the module that a frame belongs to, or ``""``."""
    name = dict.get(frame.f_globals, "__name__")
    return name.partition(".")[0] if isinstance(name, str) else ""


def import_codes():
    """Return the code of each function that stands in the place of ``__import__``, as a list.

    A program may have replaced ``__import__``, as demandimport does, and gevent on 2.7. The frame of such a function
    stands between the asker and the import system. Two tools may have replaced it, as two parts of pydevd do: the
    function of one calls that of the other. What is left: an object that is no function or method has no code. To read
    its attributes may run any code.
    """
    functions, codes = [getattr(builtins, "__import__", None)], []
    while functions:
        function, owner = functions.pop(), None
        if type(function) is Method:
            function, owner = function.__func__, function.__self__
        if type(function) is Function and function.__code__ not in codes:
            codes.append(function.__code__)
            functions += _replaced_by(function, owner)
    return codes


# What names say that a function was in the place of __import__ before, for example _system_import and original.
_EARLIER = ("import", "before", "native", "orig", "previous", "real")
_VARARGS = 4  # the flag of code that takes any number of arguments


def _replaced_by(function, owner):
    """Return the functions that ``function`` may have replaced, if it stands in the place of ``__import__``.

    A function of this package refers to the replaced function by ``before`` or ``_warmup_before``. Another function
    refers to it by a global variable, a variable of the outer function, or an attribute of ``owner``, the object of a
    method. It may refer to other functions of the program too, and those may import by themselves. So the name must say
    that a function was replaced, and that function must take five arguments, as ``__import__`` does.
    """
    own = vars(function)
    before = own.get("before", own.get("_warmup_before"))
    if before is not None:
        return [before]
    # The code of a built-in function of PyPy has no names.
    pairs = [(name, dict.get(function.__globals__, name)) for name in getattr(function.__code__, "co_names", ())]
    for name, cell in zip(getattr(function.__code__, "co_freevars", ()), function.__closure__ or ()):
        try:
            pairs.append((name, cell.cell_contents))
        except ValueError:  # the outer function has not set the variable
            pass
    # A class may have a __dict__ of its own, which may raise any error.
    slots = [vars(kind)["__dict__"] for kind in type(owner).__mro__ if "__dict__" in vars(kind)]
    if slots and type(slots[0]) is type(vars(Function)["__code__"]):
        pairs += slots[0].__get__(owner).copy().items()  # a thread may change it meanwhile
    found = []
    for name, value in pairs:
        function = value.__func__ if type(value) is Method else value
        if type(function) is Function and isinstance(name, str) and any(word in name for word in _EARLIER):
            code = function.__code__
            if getattr(code, "co_flags", 0) & _VARARGS or getattr(code, "co_argcount", 0) > 4:
                found.append(value)
    return found


def frames(frame):
    """Yield ``frame`` and the frames below it on the stack, the innermost first. ``frame`` may be ``None``."""
    while frame is not None:
        yield frame
        frame = frame.f_back


def entries(traceback):
    """Yield ``traceback`` and the entries after it. The last is where the exception was raised."""
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def seen_as(frame, function):
    """Return a function that calls ``function`` from a frame with the variables, file and line of ``frame``.

    2.7 attributes its own warnings to the frame that calls its ``__import__``. 3.12+ warns of a fork beside threads,
    and names the frame that forks. The filters of a program expect the program's frame. On other versions return
    ``function`` itself. ``frame``: the program's; ``None`` if C code calls and no Python code called it.
    """

    def call(*arguments):
        return function(*arguments)

    # A function that was compiled to C (Nuitka) has no bytecode to copy.
    if (3,) <= sys.version_info < (3, 12) or frame is None or type(call) is not Function:
        return function
    # All instructions are on the first line. From 3.12 on, each pair of bytes gives the line of the next 8 units of
    # bytecode. See CPython's InternalDocs/code_objects.md.
    lines = {"co_lnotab": b""} if PY2 else {"co_linetable": b"\xef\0" * (len(call.__code__.co_code) // 16 + 1)}
    code = replace_in_code(
        call.__code__,
        co_filename=frame.f_code.co_filename,
        co_name=frame.f_code.co_name,
        co_firstlineno=frame.f_lineno or 0,
        **lines
    )
    return Function(code, frame.f_globals, call.__name__, None, call.__closure__)


def is_safe_path():
    """Return whether ``python`` was started with ``-I`` or ``-P``, which add no first entry to ``sys.path``."""
    return bool(getattr(sys.flags, "safe_path", getattr(sys.flags, "isolated", False)))


def is_unbuffered():
    """Return whether ``python -u`` runs this process. No flag of ``sys`` says that. Always ``False`` on 2.7."""
    return type(getattr(sys.stdout, "buffer", None)).__name__ == "FileIO"
