"""Log, in every process that a host or program starts, which module is loaded when, and by which thread.

The recorder shares no code with the package under test. It is a finder at the head of ``sys.meta_path``, which finds
nothing itself. It asks the finders after it where a module is, and logs the answer. If the process serves, it sleeps
before it goes on, as a slow disk makes a process wait. It does the same cold and warm. It imports only modules that are
loaded at every start.

The log has one line for each event, with tabs between: event, process, its parent, thread, seconds, name, asker (file,
line and function). `identity` names a process by its number and by the interpreter in it, because a process can have
several interpreters. The events:

- ``start``: this recorder begins in an interpreter, in its main thread.
- ``fork``: this recorder begins in a forked process, in the thread that has forked. From Python 3.7 on.
- ``load``: a module of the standard library is about to be loaded for the first time.
- ``load-other``: another module is about to be loaded for the first time.
- ``preload``, ``preloaded``: ``warmup.preload()`` begins and ends.
- ``serve``: the application begins its first request or task in this process.
"""

from __future__ import absolute_import, division, print_function

import os
import sys
import time

if os.name == "nt":
    import msvcrt
try:
    from _thread import get_ident

    _bytes = os.fsencode
except ImportError:  # Python 2.7
    import imp

    from thread import get_ident

    _bytes = str  # the recorder begins before 2.7 can encode text
    _BUILT_IN = (imp.C_BUILTIN, imp.PY_FROZEN)

DELAY = 0.05  # seconds to sleep for each load of a standard module in a process that serves

_log = os.environ.get("RECORDER_LOG")
_prefix = getattr(sys, "base_prefix", sys.prefix)
_standard = (
    os.path.dirname(os.path.abspath(os.__file__)) + os.sep,
    os.path.join(_prefix, "lib", "python%d.%d" % sys.version_info[:2], ""),
)
# Identities of processes that serve; with a flag, a forked child would serve as its parent does.
_serving = set()
_sleep = time.sleep  # gevent's sleep would let other requests run; a slow disk does not
_PRELOAD = "warmup._preload"


def identity(process=os.getpid):
    """Return a name that no other interpreter has, of this or any other process. A fork changes the first part."""
    return "%d-%x" % (process(), id(_serving))


def note(event, name="", asker=""):
    """Append a line to the log. Use one system call, because many processes append lines."""
    line = "\t".join(
        [event, identity(), identity(os.getppid), str(get_ident()), "%.6f" % time.time(), str(name), asker]
    )
    # Opened each time, because hosts close descriptors that they do not know.
    descriptor = os.open(_log, os.O_WRONLY | os.O_APPEND)
    try:
        _lock(descriptor)
        os.write(descriptor, _bytes(line + "\n"))
    finally:
        os.close(descriptor)


def _lock(descriptor):
    """Lock the log until it is closed. Only on Windows: it has no write that always adds to the end."""
    while os.name == "nt":
        os.lseek(descriptor, 2**30, os.SEEK_SET)  # a byte that is not written
        try:
            return msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            _sleep(0.001)


def serve():
    """Log that the application begins a request or a task. The application calls this."""
    if _log and identity() not in _serving:
        _serving.add(identity())
        note("serve")


def install():
    """Start recording in this interpreter, if the environment variable ``RECORDER_LOG`` names a log."""
    if _log and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
        note("start")
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=lambda: note("fork"))


def _is_standard(origin):
    if origin in ("built-in", "frozen"):
        return True
    return (
        origin is not None
        and origin.startswith(_standard)
        and not {"site-packages", "dist-packages"}.intersection(origin.split(os.sep))
    )


def _asker(frame):
    """Return the asker. It is neither the import system nor a function that imports for its caller."""
    while frame is not None and (
        frame.f_code.co_filename.startswith("<frozen importlib")
        or frame.f_code.co_name in ("import_module", "import_string")
    ):
        frame = frame.f_back
    if frame is None:
        return "C"
    return "%s:%d %s" % (frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)


class _Finder(object):

    def find_spec(self, name, path=None, target=None):
        if name in sys.modules:  # reloaded
            return None
        for finder in sys.meta_path:
            find_spec = None if finder is self else getattr(finder, "find_spec", None)
            spec = find_spec and find_spec(name, path, target)
            if spec:
                if spec.loader is not None:  # else a folder without __init__.py
                    self._load(name, spec.origin)
                if name == _PRELOAD:
                    spec.loader.exec_module = _exec_and_watch(spec.loader.exec_module)
                return spec
        return None

    def find_module(self, name, path=None):  # Python 2.7
        try:
            found = imp.find_module(name.rpartition(".")[2], path)
        except ImportError:
            return None
        stream, origin, kind = found
        if name == _PRELOAD:
            self._found = found
            return self
        if stream:
            stream.close()
        self._load(name, "built-in" if kind[2] in _BUILT_IN else os.path.abspath(origin))
        return None

    def load_module(self, name):
        module = imp.load_module(name, *self._found)
        _watch_preload(module)
        return module

    def _load(self, name, origin):
        standard = _is_standard(origin)
        note("load" if standard else "load-other", name, _asker(sys._getframe(1).f_back))
        if standard and identity() in _serving:
            _sleep(DELAY)


def _exec_and_watch(exec_module):
    def exec_module_and_watch(module):
        exec_module(module)
        _watch_preload(module)

    return exec_module_and_watch


def _watch_preload(module):
    preload = module.preload

    def watched(*args, **options):
        note("preload")
        try:
            return preload(*args, **options)
        finally:
            note("preloaded")

    # pickle finds an initializer of a pool by these names.
    for name in ("__module__", "__name__", "__qualname__"):
        if hasattr(preload, name):
            setattr(watched, name, getattr(preload, name))
    module.preload = watched
