"""Carries plans out, imports, primes and wakes what they name, and says what happened."""
from __future__ import absolute_import, division, print_function

import _warnings
import gc
import sys
import time

from warmup import _codecs, _interpreter, _plan
from warmup._values import FAILED, UNAVAILABLE, WARMED, Outcome, PreloadError, PreloadWarning, Report

if _interpreter.PY2:
    from thread import get_ident
    from warmup import _fastimport
else:
    from _thread import get_ident

_has_warned = False


def preload(**options):
    """Import and prime, now, whatever this program would otherwise import late. Returns a `Report`.

    All arguments are keywords:

    - ``modules``: names of modules to import as well; what they import late is followed too.
    - ``packages``: names of packages beside the standard library whose modules may be imported too, where a function
      of anything loaded would.
    - ``codecs``: names of the codecs to prime; ``None`` for every codec of this interpreter.
    - ``exclude``: names of modules that are no targets; a package stands for all below it. (A target whose own
      import needs one still brings it.)
    - ``named_only``: import and prime what ``modules`` and ``codecs`` name, and look for nothing else; for a place
      where every millisecond counts, such as ``sitecustomize``.
    - ``strict``: raise `PreloadError` at the end if a target failed. Unavailable targets are no failures.
    - ``lock_free_import``: Python 2.7 only: replace ``__import__`` by one that hands out a module known to be
      complete without taking the import lock.

    Call it in the main thread, before threads or processes are started, after what the program needs was imported
    (and after gevent has patched); it works elsewhere, and says so once with a `PreloadWarning`. A second call only
    does what has become necessary since, and tries again what failed.

    Raises ``TypeError`` or ``ValueError`` for arguments that are wrong, before anything is imported. Whatever a
    module raises when it is imported becomes an outcome; only ``KeyboardInterrupt`` and ``MemoryError`` pass.
    Nothing is printed. Warnings of the imported modules are not shown.

    It cannot help import statements that run while the interpreter shuts down, nor threads that import the very
    module that the main thread is in the middle of importing.
    """
    settings = _plan.Settings(options)
    lateness = _lateness()
    started, memory = _interpreter.clock(), _interpreter.resident_memory()
    collecting = gc.isenabled()
    gc.disable()  # faster; and what is new stays in the youngest generation, where the scanner looks for it
    silence = _silence()
    try:
        outcomes = _carry_out(settings)
    finally:
        silence.end()
        if collecting:
            gc.enable()
    memory_now = _interpreter.resident_memory()  # None too if no descriptor is left by now
    memory = None if memory is None or memory_now is None else memory_now - memory
    report = Report(outcomes, _interpreter.clock() - started, memory)
    if lateness is not None:
        _warn_once(lateness)
    if settings.strict and report.failed:
        raise PreloadError(report)
    return report


def _carry_out(settings):
    outcomes, known = [], set(sys.modules)
    scanner = _plan.kept_scanner(settings)
    for plan in _plan.rounds(settings, scanner):
        outcomes.extend(_try(target, known) for target in plan)
    _plan.keep(settings, scanner)
    _plan.unavailable.update(outcome.target for outcome in outcomes if outcome.status == UNAVAILABLE)
    if _interpreter.PY2 and settings.lock_free_import:
        _fastimport.install(scanner.implicit if scanner is not None else ())
    return outcomes


def _try(target, known):
    started = _interpreter.clock()
    status, reason = WARMED, None
    try:
        _ACTIONS[target.kind](target.name)
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:
        status = UNAVAILABLE if _is_unavailable(target, error) else FAILED
        reason = _text(error)
    return Outcome(target, status, _interpreter.clock() - started, _interpreter.newest(known), reason)


def _text(error):
    try:
        return "%s: %s" % (type(error).__name__, error)
    except Exception:  # 2.7, with a message that is not ASCII; or an error whose own __str__ fails
        return repr(error)


def _is_unavailable(target, error):
    if target.kind == "codec":
        return _codecs.unavailable(target.name, error)
    return isinstance(error, ImportError) and _interpreter.missing(error)


def _import(name):
    _interpreter.import_module(name)
    if name in _PRIMERS:
        _PRIMERS[name]()


def _wake(name):
    # By the attribute, not by resolve(): this puts the module in the place of the placeholder, for good.
    module, _, attribute = name.rpartition(".")
    getattr(sys.modules[module], attribute)


_ACTIONS = {"codec": _codecs.prime, "module": _import, "placeholder": _wake}

# What an import alone does not fill: the cache of compiled formats.
_PRIMERS = {"_strptime": lambda: time.strptime("2000", "%Y")}


class _silence(object):
    """Ignores all warnings of this thread until `end`: modules that are deprecated say so when they are imported.

    One filter among the others, so that other threads keep theirs as they are: it matches in this thread only.
    """

    def __init__(self):
        self._thread = get_ident()
        self._filter = ("ignore", self, Warning, None, 0)
        _filters().insert(0, self._filter)

    def match(self, text):  # called by the warnings machinery in place of a pattern's
        return get_ident() == self._thread

    def end(self):
        self._thread = None  # for copies of the list of filters that were made meanwhile
        if self._filter in _filters():
            _filters().remove(self._filter)


def _filters():
    return getattr(sys.modules.get("warnings"), "filters", _warnings.filters)


def _lateness():
    """What is wrong with the time and place of the call, as text, or ``None``."""
    if not _interpreter.in_main_thread():
        return "not called in the main thread"
    gevent = sys.modules.get("gevent.monkey")
    if gevent is not None and not getattr(gevent, "saved", True):
        return "called before gevent.monkey.patch_all()"
    others = _interpreter.other_threads()
    return "called beside %d running thread%s" % (others, "s" * (others > 1)) if others else None


def _warn_once(lateness):
    global _has_warned
    if not _has_warned:
        _has_warned = True
        _warnings.warn("warmup.preload() was %s, and helps less than it could; call it in the main thread, after "
                       "monkey-patching and before any other thread is started" % lateness, PreloadWarning, 3)
