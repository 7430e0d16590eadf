"""Run a program as ``__main__``, as ``python`` itself does, in a process that has done something before."""
from __future__ import absolute_import, division, print_function

import os
import pkgutil
import runpy
import sys
import traceback
import types


class ProgramError(Exception):
    """Say that the program to run, or a module to import first, cannot be had."""


class Program(object):
    """A program as the command line names it: a script, or ``-m`` and a module.

    ``script``: its path and its arguments, as a list; ``module``: its name and its arguments, or ``None``. Raises
    `ProgramError` if neither is there.
    """

    def __init__(self, script, module):
        if not script and not module:
            raise ProgramError("name a script, or -m and a module")
        self._script, self._module = script, module
        if not module and not os.path.exists(script[0]):
            raise ProgramError("there is no file %r" % script[0])

    def set_path(self):
        """Give ``sys.path`` the first entry that ``python`` would give it for this program."""
        if self._module:
            if not _is_safe_path():
                put_first_on_path("" if sys.version_info[0] == 2 else os.getcwd())
        elif os.path.isdir(self._script[0]) or _is_zip(self._script[0]):
            put_first_on_path(_as_python_says_it(self._script[0]))
        elif not _is_safe_path():
            put_first_on_path(os.path.dirname(os.path.realpath(self._script[0])))

    def run(self):
        """Run it as ``__main__``. Whatever it raises passes; a traceback starts at the program's first frame."""
        if self._module:
            sys.argv[:] = ["-m"] + self._module[1:]
            _as_main(lambda variables: runpy._run_module_as_main(self._module[0]))  # as the interpreter does for -m
            return
        path = self._script[0]
        sys.argv[:] = self._script
        if os.path.isdir(path) or _is_zip(path):
            _as_main(lambda variables: runpy._run_module_as_main("__main__", False))
        else:
            _as_main(lambda variables: _run_file(path, variables))


def put_first_on_path(entry):
    """Put ``entry`` first on ``sys.path``, where the command has taken its own first entry away."""
    sys.path.insert(0, entry)


def preload_before_first_thread(preload):
    """Call ``preload`` once, when the main thread starts its first thread or forks: the program is loaded by then."""
    threading = sys.modules.get("threading")
    if not hasattr(threading, "Thread"):  # not loaded: the program has excluded it
        return
    start, fork = threading.Thread.start, getattr(os, "fork", None)

    def undo():
        if threading.Thread.__dict__["start"] is start_warm:
            threading.Thread.start = start
        if fork is not None and os.fork is fork_warm:
            os.fork = fork

    def warm():
        is_first = threading.Thread.__dict__["start"] is start_warm
        if is_first and threading.current_thread().__class__.__name__ == "_MainThread":
            undo()
            preload()

    def start_warm(self):
        warm()
        return start(self)

    def fork_warm():
        warm()
        return fork()

    threading.Thread.start = start_warm
    if fork is not None:
        os.fork = fork_warm


def _run_file(path, variables):
    path = _as_python_says_it(path)
    variables["__file__"] = path
    if sys.version_info >= (3, 6) and sys.version_info < (3, 14):
        variables["__annotations__"] = {}
    if sys.version_info[0] == 3:
        from importlib.machinery import SourceFileLoader
        variables["__loader__"] = SourceFileLoader("__main__", path)
    with open(path, "rb") as stream:
        code = pkgutil.read_code(stream)
    if code is None:
        with open(path, "rb") as stream:
            code = compile(stream.read(), path, "exec", dont_inherit=True)
    exec(code, variables)


def _as_python_says_it(path):
    if sys.version_info < (3, 9):
        return path
    try:
        return os.path.join(os.getcwd(), path)
    except OSError:  # the folder is gone
        return path


def _as_main(run):
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    main.__package__ = None
    main.__builtins__ = sys.modules["__builtin__" if sys.version_info[0] == 2 else "builtins"]
    shown = sys.excepthook  # a program that sets its own replaces ours, and is shown our frames

    def show_without_our_frames(kind, error, traceback_of_error):
        while traceback_of_error is not None and traceback_of_error.tb_frame.f_globals is not vars(main):
            traceback_of_error = traceback_of_error.tb_next
        if hasattr(error, "__traceback__"):
            error.__traceback__ = traceback_of_error
        if sys.version_info[0] == 2 and _ends_in_our_import(traceback_of_error):
            _show_all_but_last(kind, error, traceback_of_error)
        else:
            shown(kind, error, traceback_of_error)

    sys.excepthook = show_without_our_frames
    run(vars(main))


def _ends_in_our_import(traceback_of_error):
    frames = traceback.extract_tb(traceback_of_error)
    return bool(frames) and frames[-1][0] == sys.modules["warmup._python.import27"].__file__.replace(".pyc", ".py")


def _show_all_but_last(kind, error, traceback_of_error):
    lines = ["Traceback (most recent call last):\n"]
    lines += traceback.format_list(traceback.extract_tb(traceback_of_error)[:-1])
    lines += traceback.format_exception_only(kind, error)
    sys.stderr.write("".join(lines))


def _is_zip(path):
    importer = pkgutil.get_importer(path)
    return hasattr(importer, "archive")


def _is_safe_path():
    """Return whether ``python -I`` or ``-P`` was called, which put nothing before the other entries of the path."""
    return bool(getattr(sys.flags, "safe_path", getattr(sys.flags, "isolated", False)))
