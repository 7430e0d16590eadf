"""After preload() no property of the process is different, but more modules are loaded."""

from __future__ import absolute_import, division, print_function

import os
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = "held"
CASES = (
    "plain",
    "no-codecs",
    "named-modules-and-packages",
    "modules-that-fail",
    "second-call",
    "in-another-thread",
    "through-auto",
    "strict-that-raises",
    "wrong-arguments",
)
SECONDS = 0.8
PART = ("plain", "modules-that-fail", "strict-that-raises")
CASE = arena.case(CASES)

# What is looked at is imported before, so that its own import changes nothing that is compared.
import atexit  # noqa: E402
import codecs  # noqa: E402
import ctypes  # noqa: E402,F401
import decimal  # noqa: E402
import gc  # noqa: E402
import locale  # noqa: E402
import logging  # noqa: E402
import random  # noqa: E402
import resource  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import subprocess  # noqa: E402
import tempfile  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
import warnings  # noqa: E402

for name in ("concurrent.futures.thread", "concurrent.futures.process", "asyncio", "multiprocessing", "uuid"):
    try:
        __import__(name)
    except ImportError:
        pass
import warmup  # noqa: E402

builtins = sys.modules["__builtin__" if arena.PY2 else "builtins"]
HOOKS = (
    "excepthook displayhook unraisablehook breakpointhook __excepthook__ __displayhook__ "
    "__unraisablehook__ ps1 ps2 last_type last_value last_traceback last_exc tracebacklimit "
    "dont_write_bytecode pycache_prefix stdin stdout stderr __stdin__ __stdout__ __stderr__ "
    "exec_prefix prefix executable flags warnoptions _xoptions exitfunc py3kwarning "
    "lazy_modules_filter "
).split()


def signals():
    numbers = [getattr(signal, name) for name in dir(signal) if name.startswith("SIG") and name[3] != "_"]
    return {number: signal.getsignal(number) for number in numbers if isinstance(number, int) and 0 < number < 65}


def limits():
    return {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT")}


def descriptors():
    found = {}
    for name in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else ():
        try:
            found[int(name)] = os.readlink("/proc/self/fd/" + name)
        except OSError:  # the one that lists the folder
            pass
    return found


def error_handlers():
    found = {}
    names = "strict ignore replace xmlcharrefreplace backslashreplace namereplace"
    for name in (names + " surrogateescape surrogatepass").split():
        try:
            found[name] = codecs.lookup_error(name)
        except LookupError:
            found[name] = None
    return found


def loggers():
    root = logging.root
    return {
        "level": root.level,
        "handlers": list(root.handlers),
        "disabled": root.disabled,
        "filters": list(root.filters),
        "manager": root.manager.disable,
        "class": logging.getLoggerClass(),
        "levels": sorted(logging.getLevelName(number) for number in range(0, 60, 10)),
        "raise": logging.raiseExceptions,
        "own": (logging.getLogger("warmup").level, list(logging.getLogger("warmup").handlers)),
    }


def call(function, *arguments):
    """What ``function`` returns, or a text where it cannot be called here."""
    try:
        return function(*arguments)
    except Exception as error:
        return type(error).__name__


def maybe(owner, name, *arguments):
    return call(getattr(owner, name), *arguments) if hasattr(owner, name) else "not here"


def properties():
    found = {"sys." + name: id(getattr(sys, name)) if hasattr(sys, name) else "not there" for name in HOOKS}
    found.update(arena.state())
    found.update(("signal %d" % number, handler) for number, handler in signals().items())
    found.update(("limit " + name, value) for name, value in limits().items())
    for which in ("ITIMER_REAL", "ITIMER_VIRTUAL", "ITIMER_PROF"):
        found[which] = signal.getitimer(getattr(signal, which))
    names = "getcwd getuid geteuid getgid getegid getpid getppid getpgrp getgroups getlogin"
    for name in (names + " ctermid").split():
        found["os." + name] = maybe(os, name)
    umask = os.umask(0)
    os.umask(umask)
    context = decimal.getcontext()
    found.update(
        {
            "umask": umask,
            "nice": os.nice(0),
            "affinity": maybe(os, "sched_getaffinity", 0),
            "environ": dict(os.environ),
            "os.environ object": id(os.environ),
            "os.fork": id(os.fork),
            "os._exit": id(os._exit),
            "os.open": id(os.open),
            "argv": list(sys.argv),
            "sys.path object": id(sys.path),
            "sys.meta_path object": id(sys.meta_path),
            "sys.path_hooks object": id(sys.path_hooks),
            "sys.modules object": id(sys.modules),
            "switch interval": (maybe(sys, "getswitchinterval") if not arena.PY2 else sys.getcheckinterval()),
            "dlopen flags": maybe(sys, "getdlopenflags"),
            "int max str digits": maybe(sys, "get_int_max_str_digits"),
            "asyncgen hooks": maybe(sys, "get_asyncgen_hooks"),
            "coroutine origin": maybe(sys, "get_coroutine_origin_tracking_depth"),
            "default encoding": (sys.getdefaultencoding(), sys.getfilesystemencoding()),
            "monitoring": (
                [sys.monitoring.get_tool(number) for number in range(6)] if hasattr(sys, "monitoring") else None
            ),
            "lazy imports": maybe(sys, "get_lazy_imports"),
            "lazy imports filter": maybe(sys, "get_lazy_imports_filter"),
            "signal wakeup": (signal.set_wakeup_fd(-1) if threading.current_thread().name == "MainThread" else None),
            "signal mask": maybe(signal, "pthread_sigmask", getattr(signal, "SIG_BLOCK", 0), []),
            "descriptors": descriptors(),
            "threads": sorted(thread.name for thread in threading.enumerate()),
            "threading.excepthook": id(getattr(threading, "excepthook", None)),
            "stack size": threading.stack_size(),
            "threads of the system": sorted(call(os.listdir, "/proc/self/task")),
            "locale": locale.setlocale(locale.LC_ALL),
            "time zone": (time.tzname, time.timezone, os.environ.get("TZ")),
            "decimal context": (context.prec, context.rounding, repr(context), id(decimal.DefaultContext)),
            "decimal default context": repr(decimal.DefaultContext),
            "random state": hash(str(random.getstate())),
            "socket timeout": socket.getdefaulttimeout(),
            "tempdir": tempfile.tempdir,
            "subprocess active": list(getattr(subprocess, "_active", None) or ()),
            "logging": loggers(),
            "atexit": maybe(atexit, "_ncallbacks") if not arena.PY2 else len(atexit._exithandlers),
            "error handlers": error_handlers(),
            "builtins": {name: id(value) for name, value in vars(builtins).items() if name != "_"},
            "warnings.filters object": id(warnings.filters),
            "warnings.onceregistry": dict(warnings.onceregistry),
            "warnings.formatwarning": id(warnings.formatwarning),
            "warnings.defaultaction": warnings.defaultaction,
            "gc.garbage": len(gc.garbage),
            "frozen objects": maybe(gc, "get_freeze_count") not in (0, "not here"),
            "audit": maybe(sys, "audit", "hostile.nothing"),
            "main": id(sys.modules["__main__"]),
            "trace of threads": (maybe(threading, "gettrace"), maybe(threading, "getprofile")),
        }
    )
    if arena.PY2:
        found["builtins"].pop("__import__")  # replaced on purpose
    return found


arena.folder(
    {
        "hostile_named.py": "value = 1\n",
        "hostile_failing.py": "raise RuntimeError('broken')\n",
        "hostile_package/__init__.py": "def late():\n" "    from hostile_package import below\n" "    import sched\n",
        "hostile_package/below.py": "",
    }
)
import hostile_package  # noqa: E402,F401

options, raises = {}, None
if CASE == "no-codecs":
    options["codecs"] = ()
elif CASE == "named-modules-and-packages":
    options.update(modules=["hostile_named", "json.tool"], packages=["hostile_package"])
elif CASE in ("modules-that-fail", "strict-that-raises"):
    options.update(modules=["hostile_failing", "hostile_named"], strict=CASE.startswith("strict"))
    raises = warmup.PreloadError if CASE.startswith("strict") else None
elif CASE == "wrong-arguments":
    options, raises = {"modules": [""]}, (TypeError, ValueError)
elif CASE == "second-call":
    arena.preload()


def act():
    try:
        if CASE == "through-auto":
            __import__("warmup.auto")
        else:
            warmup.preload(**options)
    except Exception as error:
        if raises is None or not isinstance(error, raises):
            arena.broken("preload() raised %s" % arena.described(error))


modules = dict(sys.modules)
properties()
before = properties()
importers = dict(sys.path_importer_cache)
if CASE == "in-another-thread":
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()
    time.sleep(0.1)  # the system still lists it for a moment
else:
    act()
after = properties()
arena.arranged(len(before) >= 70, "only %d properties" % len(before))
arena.equal(arena.changed(before, after), "", "changed, of %d properties" % len(before))
gone = sorted(name for name in modules if sys.modules.get(name, 3) is not modules[name])
arena.equal(gone, [], "modules that are not the same object any more")
gone = sorted(path for path in importers if sys.path_importer_cache.get(path, 3) is not importers[path])
arena.equal(gone, [], "path importers that are not the same any more")
roots = (os.path.dirname(os.path.realpath(os.__file__)), os.path.realpath(sys.prefix), os.path.dirname(os.__file__))
new = sorted(
    path
    for path in set(sys.path_importer_cache) - set(importers)
    if not str(path).startswith(roots + tuple(sys.path[:2])) and path not in sys.path
)
arena.equal(new, [], "path importers beside those of the library")
arena.held()
