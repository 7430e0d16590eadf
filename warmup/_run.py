"""Run a program as ``__main__``, as ``python`` itself does, in a process that has done something before.

The program cannot import late what this file imports at its top, and ``record`` would not see it. So this file imports
only what a bare interpreter has loaded.
"""

from __future__ import absolute_import, division, print_function

import os
import stat
import sys

from warmup import _record
from warmup._python import imports
from warmup._python.compat import PY2, Module, _thread, get_ident, is_safe_path, is_unbuffered, seen_as
from warmup._python.startup import is_late
from warmup._sources import manifest
from warmup._values import ArgumentError
from warmup._watch import Watch


class ProgramError(Exception):
    """Say that a command cannot do what the user asks for: no such program, module, application or file."""


class Program(object):
    """Hold a program that the command line names: a script, or ``-m`` and a module.

    ``script``: its path and its arguments, as a list. The path ``-`` means standard input. ``module``: its name and its
    arguments, as a list, or ``None``. Raise `ProgramError` if both are empty, if the script does not exist, or if
    standard input is a terminal.
    """

    def __init__(self, script, module):
        if not script and not module:
            raise ProgramError("name a script, or -m and a module")
        self._script, self._module = script, module
        self._is_stdin = not module and script[0] == "-"
        if self._is_stdin and (sys.stdin is None or sys.stdin.isatty()):
            raise ProgramError("- reads the program from standard input; name a script, or use a pipe")
        if not module and not self._is_stdin and not os.path.exists(script[0]):
            raise ProgramError("there is no file %r" % script[0])

    def prepare(self):
        """Set ``__main__``, ``sys.argv`` and the first entry of ``sys.path``, as ``python`` would set them.

        Call it before ``preload()``: ``multiprocessing``, and modules with ``import __main__`` at their top, keep the
        ``__main__`` that they find; an ``ArgumentParser`` at the top of a module keeps the name of the program. The
        command has removed its own entry of ``sys.path`` before. What is left: runpy sets ``__file__`` and
        ``sys.argv[0]`` of ``-m`` when it has found the module, after ``preload()``.
        """
        sys.argv[:] = ["-c" if PY2 else "-m"] + self._module[1:] if self._module else self._script
        self._before = sys.modules["__main__"]  # without a reference, 2.7 clears the variables of the command
        sys.modules["__main__"] = self._main = _new_main()
        if sys.modules.get("__mp_main__") is self._before:  # sitecustomize, for example, has imported multiprocessing
            sys.modules["__mp_main__"] = self._main
        is_script = not self._module and not self._is_stdin
        if is_script and (os.path.isdir(self._script[0]) or _is_zip(self._script[0])):
            self._main.__file__ = os.path.join(absolute(_file_variable(self._script[0])), "__main__.py")
            sys.path.insert(0, _file_variable(self._script[0]))
            return
        if is_script:
            self._main.__file__ = _file_variable(self._script[0])
        if is_safe_path():
            pass
        elif self._module:
            add_current_folder()
        else:
            sys.path.insert(0, "" if self._is_stdin else os.path.dirname(os.path.realpath(self._script[0])))

    def run(self):
        """Run the program as ``__main__``. Let its exceptions pass. A traceback begins at the program's first frame."""
        if self._module:
            self._as_main(lambda variables: _run_module(self._module[0], True))
            return
        path = self._script[0]
        if self._is_stdin:
            self._as_main(_run_stdin)
        elif os.path.isdir(path) or _is_zip(path):
            self._as_main(lambda variables: _run_module("__main__", False))
        else:
            self._as_main(lambda variables: _run_file(path, variables))

    def _as_main(self, run):
        _show_errors_without_frames_of(vars(self._before))
        run(vars(self._main))


class ProgramWatch(Watch):
    """Watch a program from its beginning. Do not notice the imports of its start-up, nor those for a traceback."""

    def _wants(self, name, ident):
        return not _record.is_paused(ident) and is_late(sys._getframe(1)) and Watch._wants(self, name, ident)


def record(is_module, output, adds_known):
    """Run a program, and add what it imports late to the manifest ``output``. Called in a fresh interpreter.

    The words of ``sys.argv`` name the program, and are its arguments.
    """
    words = sys.argv[1:]
    program = Program([], words) if is_module else Program(words, None)
    recording = _record.Recording(output, is_late, adds_known)
    program.prepare()
    recording.start()
    program.run()
    return 0


def bare_python(call, arguments, words=()):
    """Return the command that calls ``warmup.MODULE.FUNCTION(*arguments)`` in a fresh interpreter like this one.

    ``call``: ``MODULE.FUNCTION``, for example ``"_run.record"``. The interpreter loads only this package and what the
    call needs. ``arguments``: a tuple of which ``repr`` gives Python source. ``words``: the rest of its ``sys.argv``.
    The system limits the length of one word. So pass in ``words`` what may be long.
    """
    from subprocess import _args_from_interpreter_flags

    module = call.partition(".")[0]
    root = os.path.dirname(os.path.abspath(sys.modules["warmup"].__path__[0]))
    source = "import sys; sys.path[:%d] = [%r]; import warmup.%s; del sys.path[0]; sys.exit(warmup.%s(*%r))"
    source %= not is_safe_path(), root, module, call, arguments
    if sys.version_info >= (3, 13):
        # These versions load linecache for -c, and not for a script. Without this line, `record` would miss that the
        # program imports linecache late. If a .pth file has loaded it before, it is not the last module, and stays.
        source = "import sys; sys.modules.popitem() if [*sys.modules][-1] == 'linecache' else 0; " + source
    options = _args_from_interpreter_flags() + ["-u"] * is_unbuffered()
    for name, value in sorted(getattr(sys, "_xoptions", {}).items()):
        option = name if value is True else "%s=%s" % (name, value)
        if option not in options:  # the function above knows some of them
            options += ["-X", option]
    return [sys.executable] + options + ["-c", source] + list(words)


def become(command):
    """Replace this process by ``command``. On Windows, which cannot do that, run ``command``; return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # where it is closed
            stream.flush()
    if os.name == "nt":
        # os.execv() of Windows starts a second process, and the shell would not wait for that process.
        from subprocess import call

        return call(command)
    os.execv(command[0], command)


def preload_before_first_thread(preload):
    """Call ``preload(is_loaded)`` when the main thread starts its first thread, by whatever function, or forks.

    A library may start a thread while the program still imports it. Then ``is_loaded`` is false, and the next start or
    fork calls again. ``is_loaded`` is true in the last call: by then the program is loaded.
    """
    with _record.Pause():  # without it, WARMUP_RECORD would record this import
        import threading

    starts = _Starts(preload, threading)
    starts.replace(threading.Thread, "start")
    starts.replace(os, "fork")
    starts.replace(os, "forkpty")
    # A program may call these without threading. threading calls them by references of its own.
    for name in ("start_new_thread", "start_new", "start_joinable_thread"):
        starts.replace(_thread, name)


class _Starts(object):
    """Replace the functions that start a thread or fork, until the program is loaded."""

    def __init__(self, preload, threading):
        self._preload, self._threading, self._main = preload, threading, get_ident()
        self._replaced = []  # (object, attribute, the function before, ours)
        # The size of sys.modules at the last call. Without it, a server that runs inside of an import would preload for
        # each thread.
        self._size = 0

    def replace(self, place, name):
        """Replace the function ``name`` of a module or class, if there is one."""
        before = getattr(place, name, None)
        if before is None:
            return

        def ours(*args, **kwargs):
            self._begin()
            if place is os and not args and not kwargs:
                # Without it, the filters of the program miss the warning of a fork beside threads.
                return seen_as(sys._getframe().f_back, before)()
            return before(*args, **kwargs)

        ours.__name__, ours.__doc__ = before.__name__, before.__doc__
        # for inspect.signature()
        ours.__wrapped__ = before
        self._replaced.append((place, name, vars(place)[name], ours))
        setattr(place, name, ours)

    def _begin(self):
        # current_thread() would add a thread that threading does not know to threading.enumerate().
        if not self._replaced or get_ident() != self._main:
            return
        if self._threading.current_thread().__class__.__name__ != "_MainThread":
            return
        is_loaded = not imports.is_importing()
        if is_loaded:
            for place, name, before, ours in self._replaced:
                # If the program has put its own function over ours, keep that function.
                if vars(place).get(name) is ours:
                    setattr(place, name, before)
            self._replaced = []
        if is_loaded or len(sys.modules) != self._size:
            self._preload(is_loaded)
            self._size = len(sys.modules)


def _run_module(name, is_named):
    # The interpreter imports runpy too when it runs a module. Without the pause, `record` would call that late.
    with _record.Pause():
        import runpy

    runpy._run_module_as_main(name, is_named)


def _run_stdin(variables):
    source = getattr(sys.stdin, "buffer", sys.stdin).read()
    _set_file(variables, "<stdin>")
    if not PY2:
        variables["__loader__"] = sys.modules["_frozen_importlib"].BuiltinImporter
    exec(compile(source, "<stdin>", "exec", dont_inherit=True), variables)


def _set_file(variables, path):
    variables["__file__"] = path
    if (3,) <= sys.version_info < (3, 15):
        variables["__cached__"] = None


def _run_file(path, variables):
    path = _file_variable(path)
    _set_file(variables, path)
    with open(path, "rb") as stream:
        source = stream.read()  # once: it may be a pipe
    code = _read_compiled(source)
    if not PY2:
        external = sys.modules["_frozen_importlib_external"]
        loader = external.SourcelessFileLoader if code is not None else external.SourceFileLoader
        variables["__loader__"] = loader("__main__", path)
    if code is None and PY2 and os.path.isfile(path):  # not a pipe, which execfile() would find empty
        # compile() would take bytes beyond ASCII without a line that names their encoding. Called from here, execfile()
        # would give the program the __future__ imports of this file.
        code = compile("execfile(path, variables)", __file__, "exec", dont_inherit=True)
        variables = {"__name__": __name__, "path": path, "variables": variables}
    elif code is None:
        try:
            code = compile(source, path, "exec", dont_inherit=True)
        except SyntaxError as error:
            error.filename = error.filename or path  # of bytes that are no text
            raise
    exec(code, variables)


def _read_compiled(content):
    """Return the code of a compiled script, or ``None`` if the script is not compiled."""
    if content[2:4] != b"\r\n":  # the end of the magic number
        return None
    with _record.Pause():  # the program has not asked for it
        from marshal import loads

        if PY2:
            from imp import get_magic
    magic = get_magic() if PY2 else sys.modules["_frozen_importlib_external"].MAGIC_NUMBER
    header = 8 if PY2 else 12 if sys.version_info < (3, 7) else 16
    return loads(content[header:]) if content[:4] == magic else None


def _file_variable(path):
    """Return the path of a script as its ``__file__`` has it."""
    if sys.version_info < (3, 9):
        return path
    return os.path.abspath(path) if os.name == "nt" else absolute(path)  # Windows removes "." and ".." too


def add_current_folder():
    """Give ``sys.path`` the entry that ``python -m`` gives it: none if the current folder is gone."""
    try:
        sys.path.insert(0, "" if sys.version_info < (3, 7) else os.getcwd())
    except OSError:
        pass


def absolute(path):
    """Return ``path`` below the current folder, or as it is if that folder is gone."""
    try:
        return os.path.join(os.getcwd(), path)
    except OSError:  # the folder is gone
        return path


def check_output(path):
    """Return a `Recording` that has not started. Raise `ProgramError` if it cannot write to ``path``.

    Leave no new file behind, because the command may still refuse another argument.
    """
    try:
        recording = _record.Recording(path)
        is_new = not os.path.exists(path)
        manifest.append(recording.path, u"")
        if is_new and os.path.getsize(path) == len(manifest.header()):  # another process may have recorded meanwhile
            os.remove(os.path.realpath(path))  # not a link to it
    except ArgumentError as error:
        raise ProgramError("-o %s" % error.problem)
    except EnvironmentError as error:
        raise ProgramError("-o %s cannot be written: %s" % (path, error.strerror))
    return recording


def manifest_to_read_twice(path):
    """Return the absolute path of a manifest. Raise `ProgramError` for a pipe, which can be read only once."""
    if os.path.exists(path) and stat.S_ISFIFO(os.stat(path).st_mode):
        raise ProgramError("--manifest: %s is a pipe, and can be read only once; name a file" % path)
    return absolute(path)  # the program may change its folder before the second time


def _new_main():
    main = Module("__main__")
    main.__package__ = None
    if (3,) <= sys.version_info < (3, 14):
        main.__annotations__ = {}
    main.__builtins__ = sys.modules["__builtin__" if sys.version_info[0] == 2 else "builtins"]
    return main


def _show_errors_without_frames_of(ours):
    """Set ``sys.excepthook``: a traceback begins at the program. ``ours``: variables of the command's ``__main__``."""
    shown = sys.excepthook  # if the program sets its own hook, that hook gets our frames too

    def is_ours(frame):
        variables = frame.f_globals
        package = str(dict.get(variables, "__name__")).partition(".")[0]
        return variables is ours or package in ("warmup", "runpy")

    def show_without_our_frames(kind, error, traceback_of_error):
        whole = traceback_of_error
        # Remove only our frames at the start. A traceback that begins with a frame of the program has none of ours.
        while traceback_of_error is not None and is_ours(traceback_of_error.tb_frame):
            traceback_of_error = traceback_of_error.tb_next
        try:
            if traceback_of_error is not whole and not PY2:
                BaseException.with_traceback(error, traceback_of_error)
            with _record.Pause():  # to show a traceback, the interpreter imports modules
                if not PY2 or not _show_without_our_imports(kind, error, traceback_of_error):
                    shown(kind, error, traceback_of_error)
        finally:
            if traceback_of_error is not whole and not PY2:
                BaseException.with_traceback(error, whole)  # the program may go on with it

    if sys.excepthook is sys.__excepthook__:
        # Some programs compare sys.excepthook with sys.__excepthook__, and show an error in another way if they differ.
        # Other programs assign sys.__excepthook__ to sys.excepthook.
        sys.__excepthook__ = show_without_our_frames
    sys.excepthook = show_without_our_frames


def _show_without_our_imports(kind, error, traceback_of_error):
    """Show a traceback without the frames of our ``__import__`` of 2.7. Return whether it has such frames."""
    import traceback

    folder = os.path.dirname(sys.modules["warmup._python.import27"].__file__)
    frames = traceback.extract_tb(traceback_of_error)
    theirs = [frame for frame in frames if os.path.dirname(frame[0]) != folder]
    if len(theirs) == len(frames):
        return False
    lines = ["Traceback (most recent call last):\n"] + traceback.format_list(theirs)
    sys.stderr.write("".join(lines + traceback.format_exception_only(kind, error)))
    return True


def _is_zip(path):
    for hook in sys.path_hooks:
        try:
            return hasattr(hook(path), "archive")
        except ImportError:
            pass
    return False
