"""What surrounds a call of ``preload()``: warnings, the collector, other threads, memory."""

from __future__ import absolute_import, division, print_function

import _warnings
import gc
import os
import sys

from warmup._python.compat import PY2, PYPY, Module, get_ident

# A warning that was ignored is noted in a registry as if it had been shown.
_REMEMBERS = sys.version_info < (3, 7)

# surroundings that are changed now, by any thread: a forked child puts back those that it inherits
_active = []
_has_hook = []  # not empty once the hook for forked children is registered


class Surroundings(object):
    """Changes what surrounds a call, and puts everything back, whatever happens.

    An interrupt can come between any two instructions, and stop the clean-up as well. So changes are made inside of
    the block, by `begin` and `put_first`, and undone twice, by `end` in a ``finally`` of the caller and by
    ``__exit__``: ::

        with Surroundings() as surroundings:
            try:
                surroundings.begin()
            finally:
                surroundings.end()

    What cannot be put back: the hook for forked children stays registered. It does nothing as a rule. On 2.7 and
    3.6, which have no such hook, a child that another thread forks meanwhile keeps the filter, which matches nothing
    in it, and a collector that does not start by itself.
    """

    def __init__(self, is_standard):
        # says of a module's name whether it is of the standard library
        self._is_standard = is_standard
        self._thresholds = None  # of the collector, as they were, (700, 10, 10)
        self._filter = ("ignore", None, Warning, self, 0)
        self._thread = None  # the thread whose warnings are ignored
        self._lists = []  # lists of filters that hold ours
        self._registries = None  # what modules remembered of their warnings before, {"os": {...}}
        self._finder = None  # what was put first on sys.meta_path

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.end()

    def begin(self):
        """Let the collector not start by itself; ignore the warnings of standard modules in this thread."""
        if hasattr(os, "register_at_fork") and not _has_hook:
            _has_hook.append(True)
            os.register_at_fork(after_in_child=_end_inherited)
        _active.append(self)
        self._pause_collector()
        self._silence()

    def put_first(self, finder):
        """Put ``finder`` first on ``sys.meta_path`` until `end`."""
        self._finder = finder
        sys.meta_path.insert(0, finder)

    def end(self):
        """Undo everything. A second call does nothing."""
        self._speak()
        if self._finder is not None:
            # By identity: a finder of the program may have an __eq__ that fails.
            for index, finder in enumerate(list(sys.meta_path)):
                if finder is self._finder:
                    del sys.meta_path[index]
                    break
        self._finder = None
        if (
            self._thresholds is not None and gc.get_threshold()[0] == 0
        ):  # else a module has set its own
            gc.set_threshold(*self._thresholds)
        self._thresholds = None
        if self in _active:
            _active.remove(self)

    def _pause_collector(self):
        """Set the first threshold to 0: the collector does not start by itself.

        Imports are faster then, and what they make stays in the youngest generation, where it is found without
        looking at the rest. What does not work: ``gc.disable()``. A module or another thread may use that switch
        meanwhile, and what it wanted could not be told from what we did.
        """
        thresholds = gc.get_threshold() if hasattr(gc, "set_threshold") and not PYPY else (0,)
        if thresholds[0]:
            self._thresholds = thresholds
            gc.set_threshold(0, *thresholds[1:])

    def _silence(self):
        """Ignore the warnings of standard modules in this thread.

        Problem: a module that is deprecated says so when it is imported. What does not work: ``catch_warnings``,
        which puts back a whole list of filters and so undoes what other threads have changed meanwhile. So one
        filter is put among the others. Its pattern for modules matches in this thread only. At the end it is taken
        out of every list that it got into: ``catch_warnings`` of another thread may have made copies.
        """
        if _REMEMBERS:
            self._registries = {name: dict(registry) for name, registry in _each_registry()}
        self._thread = get_ident()
        self._lists = _filter_lists()
        for filters in self._lists:
            filters.insert(0, self._filter)

    def match(self, module):
        """Return whether to ignore a warning of ``module``; the warnings machinery calls it in place of a pattern's.

        A module that warns when it is imported often names its importer, which is ours.
        """
        return get_ident() == self._thread and (
            self._is_standard(module) or module.partition(".")[0] == "warmup"
        )

    def _speak(self):
        self._thread = None
        lists = self._lists
        # The attribute, the argument of getrefcount(), and each list hold it; more do after a copy.
        if lists and (
            not hasattr(sys, "getrefcount") or sys.getrefcount(self._filter) > 2 + len(lists)
        ):
            lists = lists + [one for one in gc.get_referrers(self._filter) if type(one) is list]
        for filters in lists:
            # Another thread may have listed all objects. That is no list of filters.
            if all(type(one) is tuple and len(one) == 5 for one in list(filters)):
                # By remove(), which no other thread can come between, and not by making a new content.
                while any(one is self._filter for one in list(filters)):
                    filters.remove(self._filter)
        if self._registries is not None:
            _put_back(self._registries)
        self._lists, self._registries = [], None


def _end_inherited():
    for one in list(_active):
        one.end()


def _filter_lists():
    """Return the lists of filters that are in force: the global one, and the one of this context (3.14)."""
    module = sys.modules.get("warnings")
    filters = getattr(module, "filters", None)
    lists = [filters if type(filters) is list else _warnings.filters]
    if getattr(sys.flags, "context_aware_warnings", False):
        in_context = getattr(sys.modules.get("_py_warnings"), "_get_filters", list)()
        if in_context is not lists[0] and type(in_context) is list:
            lists.append(in_context)
    return lists


def _each_registry():
    for name, module in sys.modules.copy().items():
        if type(module) is Module and type(vars(module).get("__warningregistry__")) is dict:
            yield name, vars(module)["__warningregistry__"]


def _put_back(registries):
    for name, registry in list(_each_registry()):
        before = registries.get(name, {})
        for key in list(registry):
            if key not in before:
                registry.pop(key, None)


# --- time and place of a call


def hindrance(in_flight):
    """Return what makes a call of ``preload()`` help less than it could, as text, or ``None``.

    ``in_flight``: imports of other threads, as triples of module, thread number and name of the thread. Other
    threads alone do not hinder on Python 3.
    """
    gevent = sys.modules.get("gevent.monkey")
    if type(gevent) is Module and not vars(gevent).get("saved", True):
        return "before gevent.monkey.patch_all(): call it after that"
    for module, _, thread in in_flight:
        return "while thread %r is importing %s: call it before that thread starts" % (
            thread,
            module,
        )
    if PY2:
        others = _other_threads()
        if others:
            return (
                "beside thread %r: on Python 2.7 call it in the main thread, before any other starts"
                % others[0]
            )
    return None


def _other_threads():
    """Return the names of other threads on 2.7. In a child, it still has the frames of its parent's threads."""
    threading = sys.modules.get("threading")
    if type(threading) is not Module or "enumerate" not in vars(threading):
        return []
    return sorted(thread.name for thread in threading.enumerate() if thread.ident != get_ident())


def resident_memory():
    """Return the bytes of this process that are in memory, or ``None`` where there is no /proc to tell."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (IOError, OSError, ValueError, AttributeError):
        return None


def handler_codes():
    """Return the code objects of the installed signal handlers, as ``{address: code}``."""
    # From _signal, because signal turns each number into an enum first.
    signal = sys.modules.get("_signal") or sys.modules.get("signal")
    codes = {}
    for number in range(1, getattr(signal, "NSIG", 1)):
        try:
            handler = signal.getsignal(number)
        except (ValueError, AttributeError):
            continue
        if handler is not None and not isinstance(handler, int):
            code = _code_of(handler)
            if code is not None:
                codes[id(code)] = code
    return codes


def _code_of(handler):
    """Return the code that a call of ``handler`` runs: a function, a method, a partial, an object with __call__."""
    try:
        for _ in range(5):  # a partial of a bound method, say
            if hasattr(handler, "__code__"):
                return handler.__code__
            handler = (
                getattr(handler, "__func__", None)
                or getattr(handler, "func", None)
                or type(handler).__call__
            )
    except Exception:  # an object whose attributes raise; a built-in function
        pass
    return None
