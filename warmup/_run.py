"""Runs a program as ``__main__``, the way ``python`` itself does, in a process that has done something before."""
from __future__ import absolute_import, division, print_function

import os
import pkgutil
import runpy
import sys
import traceback
import types


class ProgramError(Exception):
    """The program that is to be run, or a module that is to be imported first, cannot be had."""


def run_script(arguments):
    """Run ``arguments[0]``: a source or compiled file, or a directory or zip file with a ``__main__`` in it.

    ``arguments`` become ``sys.argv``. Whatever the program raises passes, ``SystemExit`` too; a traceback that is
    shown for it starts at the program. Raises `ProgramError` if there is no such file.
    """
    path = arguments[0]
    if not os.path.exists(path):
        raise ProgramError("run: there is no file %r" % path)
    sys.argv[:] = arguments
    if os.path.isdir(path) or _is_zip(path):
        _replace_first_path(_as_python_says_it(path))
        _as_main(lambda namespace: runpy._run_module_as_main("__main__", False))
    else:
        if not _keeps_first_path():
            _replace_first_path(os.path.dirname(os.path.realpath(path)))
        _as_main(lambda namespace: _run_file(path, namespace))


def run_module(arguments):
    """Run the module ``arguments[0]`` as ``python -m`` does; otherwise as `run_script`."""
    sys.argv[:] = ["-m"] + arguments[1:]
    _as_main(lambda namespace: runpy._run_module_as_main(arguments[0]))  # what the interpreter itself calls for -m


def _run_file(path, namespace):
    path = _as_python_says_it(path)
    namespace["__file__"] = path
    if sys.version_info[0] == 3:
        from importlib.machinery import SourceFileLoader
        namespace["__loader__"] = SourceFileLoader("__main__", path)
    with open(path, "rb") as stream:
        code = pkgutil.read_code(stream)
    if code is None:
        with open(path, "rb") as stream:
            code = compile(stream.read(), path, "exec", dont_inherit=True)
    exec(code, namespace)


def _as_python_says_it(path):
    return os.path.join(os.getcwd(), path) if sys.version_info >= (3, 9) else path


def _as_main(run):
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    main.__package__ = None
    shown = sys.excepthook  # a program that sets its own replaces ours, and is shown our frames

    def show_without_our_frames(kind, error, its_traceback):
        while its_traceback is not None and its_traceback.tb_frame.f_globals is not vars(main):
            its_traceback = its_traceback.tb_next
        if hasattr(error, "__traceback__"):
            error.__traceback__ = its_traceback
        if sys.version_info[0] == 2 and _ends_in_our_import(its_traceback):
            _show_all_but_last(kind, error, its_traceback)
        else:
            shown(kind, error, its_traceback)

    sys.excepthook = show_without_our_frames
    run(vars(main))


def _ends_in_our_import(its_traceback):
    frames = traceback.extract_tb(its_traceback)
    return bool(frames) and frames[-1][0] == sys.modules["warmup._fastimport"].__file__.replace(".pyc", ".py")


def _show_all_but_last(kind, error, its_traceback):
    lines = ["Traceback (most recent call last):\n"]
    lines += traceback.format_list(traceback.extract_tb(its_traceback)[:-1])
    lines += traceback.format_exception_only(kind, error)
    sys.stderr.write("".join(lines))


def _is_zip(path):
    importer = pkgutil.get_importer(path)
    return hasattr(importer, "archive")


def _keeps_first_path():
    """Whether ``python -I`` or ``-P`` was called: then nothing was put before the other entries of the path."""
    return bool(getattr(sys.flags, "safe_path", sys.flags.isolated if sys.version_info[0] == 3 else False))


def _replace_first_path(entry):
    if _keeps_first_path():
        sys.path.insert(0, entry)
    else:
        sys.path[0] = entry
