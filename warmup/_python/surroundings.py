"""Look at what surrounds a call of ``preload()``, and change it for the call: warnings, collector, threads, memory."""

from __future__ import absolute_import, division, print_function

import _warnings
import gc
import os
import sys

from warmup._python.compat import FREE_THREADED, PY2, PYPY, Code, Module, entries, get_ident

# Before 3.7, a warning that was ignored is noted in the registry of its module, as a shown warning is.
_IGNORED_ARE_REMEMBERED = sys.version_info < (3, 7)

# A threshold of the collector: more new objects than most calls make. A module may read it, and set it again after the
# call. With a higher number, collections would then stay off. `_resume_collector` also recognizes its multiples, up to
# 20.
_HUGE_THRESHOLD = 1000003

# Attributes that have the code of what is called: of functions, methods, partials, functools.lru_cache, and on 2.7 of
# instances of old-style classes.
_CODE_ATTRIBUTES = ("__code__", "__func__", "func", "__wrapped__") + ("__call__",) * PY2

# Levels of the stack. 3.6 to 3.8 recover from an error at the limit only 50 levels below it; the rest is what preload()
# itself calls before it catches an error.
_LEVELS = 60

# the Surroundings of each thread that is inside a call; without it, a forked child could not put back what it inherits
_active = []
_hooks = []  # not empty once the hook for forked children is registered


class Surroundings(object):
    """Change what surrounds a call, and put everything back, whatever happens.

    Problem: an interrupt can come between any two instructions, also during the clean-up. What is done: `begin` makes
    the changes inside of the block. `end` undoes them twice, in a ``finally`` of the caller inside of the block, and in
    ``__exit__``.

    ``rules``: the `Rules` of the call. `end` undoes its ``start_refusing``. ``forget``: a function that forgets what
    the call has half changed. It runs in a child that another thread forked during the call, because the thread of the
    call is not in the child.

    What is left: the hook for forked children stays registered, and does nothing outside of a call. 2.7 and 3.6 have
    no such hook. There, a child that another thread forks during the call keeps the filter, which matches nothing in
    the child, and a collector that does not start by itself. A child on a free-threaded build keeps the copies of the
    filter that ``catch_warnings`` has made.
    """

    def __init__(self, rules, forget):
        self._rules, self._forget = rules, forget
        self._is_inherited = False  # whether this is a forked child
        self._thresholds = None  # of the collector, as they were, (700, 10, 10)
        self._filter = ("ignore", None, Warning, self, 0)
        self._thread = None  # the thread whose warnings are ignored
        self._lists = []  # lists of filters that hold ours
        self._registries = None  # what modules remembered of their warnings before, {"os": {...}}
        self.handlers = []  # the signal handlers from before the call, [<function stop>]
        self.hides_own = True  # whether to ignore warnings that name this package as the importer

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.end()

    def begin(self):
        """Keep the collector from starting by itself. Ignore the warnings of standard modules in this thread."""
        if hasattr(os, "register_at_fork") and not _hooks:
            os.register_at_fork(after_in_child=_end_inherited)
            _hooks.append(True)  # last: an interrupt may come before, and a second hook does no harm
        self.handlers += _signal_handlers()
        _active.append(self)
        self._pause_collector()
        self._ignore_warnings()

    def end(self):
        """Undo everything. A second call does nothing."""
        # Each step happens even if an interrupt or an audit hook of the program ends the one before it.
        try:
            self._resume_collector()
        finally:
            try:
                self._show_warnings()
            finally:
                self._rules.stop_refusing()
        if self in _active:
            _active.remove(self)

    def end_inherited(self):
        """Undo everything in a forked child.

        Problem: on a free-threaded build, a collection and ``gc.get_referrers()`` wait for ever in a child that was
        forked while another thread was importing. What is done: neither happens here.
        """
        is_beside = self._thread not in (None, get_ident())
        self._is_inherited = True
        self.end()
        if is_beside:
            self._forget()

    def _pause_collector(self):
        """Set the first threshold so high that the collector does not start by itself.

        Problem: collections make imports slower. They also move new functions out of the youngest generation, and to
        list the other generations takes long. What does not work: ``gc.disable()``. A module or another thread may
        use this switch during the call, and ``gc.isenabled()`` does not say who has used it. For the same reason the
        threshold is not 0: a module may set it to 0 for good.
        """
        thresholds = (0,) if PYPY else gc.get_threshold()
        # A call in another thread has set `_HUGE_THRESHOLD`. That call restores the thresholds.
        if thresholds[0] not in (0, _HUGE_THRESHOLD):
            self._thresholds = thresholds
            gc.set_threshold(_HUGE_THRESHOLD, *thresholds[1:])

    def _resume_collector(self):
        if self._thresholds is not None:
            now = gc.get_threshold()
            # A module may have set its own. It may also have multiplied what it found, or added to it.
            times, rest = divmod(now[0], _HUGE_THRESHOLD)
            if 0 < times <= 20 and rest < _HUGE_THRESHOLD // 10:
                gc.set_threshold(min(self._thresholds[0] * times + rest, 2**31 - 1), *now[1:])
                if FREE_THREADED and not self._is_inherited:
                    # This build looks once in 512 new objects whether a collection is due. Without this line, the
                    # collection that is due now would run in each forked child, and make the first request slow.
                    [[] for _ in range(1000)]
        self._thresholds = None

    def _ignore_warnings(self):
        """Ignore the warnings of standard modules in this thread.

        Problem: a deprecated module warns when it is imported. What does not work: ``catch_warnings`` puts back a
        whole list of filters, and so undoes what other threads have changed meanwhile. What is done: one more filter,
        whose pattern for modules matches only in this thread. `end` removes the filter from each list that contains
        it, because ``catch_warnings`` of another thread may have copied the list.
        """
        if _IGNORED_ARE_REMEMBERED:
            self._registries = {name: dict(registry) for name, registry in _each_registry()}
        self._thread = get_ident()
        self._lists = _filter_lists()
        for filters in self._lists:
            filters.insert(0, self._filter)

    def match(self, module):
        """Return whether to ignore a warning of ``module``. `warnings` calls it as the ``match`` of a pattern.

        Many modules that warn when they are imported name their importer, and the importer is this package.
        """
        return get_ident() == self._thread and (
            self._rules.is_standard(module) or self.hides_own and module.partition(".")[0] == "warmup"
        )

    def _show_warnings(self):
        self._thread = None
        lists = self._lists
        # The attribute, the argument of getrefcount() and each list refer to the filter. More references mean copies.
        if (
            lists
            and not (FREE_THREADED and self._is_inherited)
            and (not hasattr(sys, "getrefcount") or sys.getrefcount(self._filter) > 2 + len(lists))
        ):
            try:
                lists = lists + [one for one in gc.get_referrers(self._filter) if type(one) is list]
            except Exception:  # an audit hook forbids it
                if must_pass():
                    raise
        # Call no Python function here: at the limit of recursion the call would fail, and the filter would stay.
        # tuple(), not list(): a call that ends in another thread removes its filter from each list that contains it.
        for filters in lists:
            for entry in tuple(filters):
                if type(entry) is not tuple or len(entry) != 5:
                    break  # another thread holds what gc.get_objects() has returned
            else:
                for entry in tuple(filters):
                    if entry is self._filter:
                        # Not a new list of filters: that would undo what other threads change meanwhile.
                        filters.remove(entry)
        if self._registries is not None:
            _put_back(self._registries)
        self._lists, self._registries = [], None


def _end_inherited():
    for one in list(_active):
        one.end_inherited()


def _filter_lists():
    """Return the lists of filters that are in force: the global list, and from 3.14 on the list of this context."""
    filters = getattr(sys.modules.get("warnings"), "filters", None)
    lists = [filters if type(filters) is list else getattr(_warnings, "filters", None)]
    if getattr(sys.flags, "context_aware_warnings", False):
        in_context = getattr(sys.modules.get("_py_warnings"), "_get_filters", list)()
        if in_context is not lists[0]:
            lists.append(in_context)
    return [filters for filters in lists if type(filters) is list]  # a later Python may keep them elsewhere


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


def check_stack():
    """Raise ``RecursionError`` if the stack is so full that an error inside of ``preload()`` would end the process.

    Problem: if a ``RecursionError`` is caught less than 50 levels below the limit, 3.6 to 3.8 do not count it as over.
    Code that then goes 50 levels beyond the limit ends the process: "Cannot recover from stack overflow". What does not
    work: to count frames, because calls of C functions count too. What is done: go down that far, and come back.
    """
    if not (3,) <= sys.version_info < (3, 9):
        return
    has_room = True
    try:
        _descend(_LEVELS)
    except RecursionError:
        has_room = False
    if not has_room:
        raise RecursionError(
            "preload() needs %d more levels of the stack: call it where fewer functions run, or call "
            "sys.setrecursionlimit() before it" % _LEVELS
        )


def _descend(levels):
    if levels:
        _descend(levels - 1)


def hindrance(in_flight, ignores_gevent=False):
    """Return what makes a call of ``preload()`` help less than it could, as text, or ``None``.

    ``in_flight``: imports of other threads, as triples ``(module, thread ident, thread name)``. On Python 3
    another thread does no harm if it is not inside an import. ``ignores_gevent``: whether an earlier call has loaded
    gevent, which the program may not use.
    """
    if in_flight:
        module, _, thread = in_flight[0]
        return "while thread %r is importing %s: call it before that thread starts" % (thread, module)
    if PY2:
        others = _other_threads()
        if others:
            text = "beside thread %r: on Python 2.7 call it in the main thread, before any other thread starts"
            return text % others[0]
    gevent = sys.modules.get("gevent.monkey")
    # sentry_sdk and others load it only to ask whether it has patched.
    if not ignores_gevent and type(gevent) is Module and not vars(gevent).get("saved", True):
        return "before gevent.monkey.patch_all(): if this program calls that, call preload() after it"
    return None


def _other_threads():
    """Return the names of the other threads, sorted. Used on 2.7.

    What does not work: ``sys._current_frames()``, which in a forked child of 2.7 still has the parent's threads.
    """
    threading = sys.modules.get("threading")
    if type(threading) is not Module or "enumerate" not in vars(threading):
        return []
    return sorted(thread.name for thread in threading.enumerate() if thread.ident != get_ident())


def resident_memory():
    """Return how many bytes of this process are in memory, or ``None`` if ``/proc`` cannot be read."""
    try:
        # Not by open(), which takes as long as a small import.
        descriptor = os.open("/proc/self/statm", os.O_RDONLY)
        try:
            return int(os.read(descriptor, 200).split()[1]) * os.sysconf("SC_PAGE_SIZE")
        finally:
            os.close(descriptor)
    except Exception:  # no such file; no free descriptor; an audit hook forbids it
        if must_pass():
            raise
        return None


def handler_codes():
    """Return the code objects of the signal handlers, now and at the start of each call, as ``{address: code}``."""
    # A handler may have removed itself before it raised.
    handlers = _signal_handlers() + [handler for one in list(_active) for handler in one.handlers]
    return {id(code): code for handler in handlers for code in _codes_of(handler)}


def _signal_handlers():
    """Return the installed signal handlers that are not of C, as a list."""
    # The module signal would turn each number into an enum, which takes time.
    signal = sys.modules.get("_signal") or sys.modules.get("signal")
    try:
        handlers = map(signal.getsignal, range(1, signal.NSIG))
        # isinstance() would ask a handler of the program for its class, which may fail.
        return [one for one in handlers if one is not None and not issubclass(type(one), int)]
    except (ValueError, AttributeError):  # signal is not loaded
        return []


def _is_call_of_handler(frame):
    """Return whether a call of the code of a signal handler is a call of the handler.

    The functions that a decorator returns all have the same code, and one of them may be a handler. They take any
    arguments. Those of a handler are a number and a frame. A function that names its arguments is no such function. It
    may have given its arguments other values (``signum = Signals(signum).name``).
    """
    code = frame.f_code
    if code.co_argcount > 1 and not code.co_flags & 12:  # CO_VARARGS, CO_VARKEYWORDS
        return True
    values = []
    for name in code.co_varnames[: code.co_argcount + bool(code.co_flags & 4)]:  # CO_VARARGS
        if name not in frame.f_locals:  # the handler has deleted it
            return True
        value = frame.f_locals[name]
        values += value if type(value) is tuple else (value,)
    kinds = list(map(type, values))
    return any(issubclass(kind, int) for kind in kinds) and (type(frame) in kinds or type(None) in kinds)


def may_be_of_handler(traceback):
    """Return whether a signal handler may have raised the exception of ``traceback``.

    A function with the name and the file of a handler counts as that handler: `was_raised_by_handler` misses a handler
    with ``*args`` that has changed them, and a handler that Cython has compiled, whose frame has another code object of
    the same file, named "module.handler".
    """
    handlers = {(code.co_filename, code.co_name) for code in handler_codes().values()}
    codes = [entry.tb_frame.f_code for entry in entries(traceback)]
    return any((code.co_filename, code.co_name.rpartition(".")[2]) in handlers for code in codes)


def must_pass():
    """Return whether the exception that is handled now must reach the caller of ``preload()``."""
    return isinstance(sys.exc_info()[1], MemoryError) or was_raised_by_handler()


# Bound here for "except", because the globals may be None when the interpreter shuts down.
def was_raised_by_handler(Exception=Exception):
    """Return whether a signal handler of the program has raised the exception that is handled now.

    C code may raise its own exception from that of the handler: an error inside of a codec, for example.
    """
    try:
        codes = handler_codes()
        _, error, traceback = sys.exc_info()
        for _ in range(5):
            for entry in entries(traceback):
                if id(entry.tb_frame.f_code) in codes and _is_call_of_handler(entry.tb_frame):
                    return True
            error = getattr(error, "__cause__", None)
            traceback = getattr(error, "__traceback__", None)
    except Exception:
        pass
    return False


def _codes_of(handler, steps=5):
    """Return the code objects that a call of ``handler`` runs, as a list.

    A partial of a bound method, for example, needs three steps.
    """
    if type(handler) is Code:
        return [handler]
    if handler is None or not steps:
        return []
    is_class = type(_attribute(handler, "__bases__")) is tuple
    codes = _codes_of(_attribute(type(handler), "__call__"), steps - 1)
    # The attributes of an object with a __call__ of its own may be anything. PyPy has a partial with such a __call__,
    # whose code is the same for every partial, and which no traceback shows.
    if not codes or is_class or _attribute(type(handler), "__module__") == "functools":
        for name in ("__new__", "__init__") if is_class else _CODE_ATTRIBUTES:
            codes += _codes_of(_attribute(handler, name), steps - 1)
    return codes


def _attribute(value, name):
    try:
        return getattr(value, name, None)
    except Exception:  # the program's __getattr__ fails
        return None


def _logger(logging):
    """Return the logger ``warmup``, or a copy that is not disabled.

    ``logging.config.dictConfig()`` and ``fileConfig()`` disable each logger that exists, unless they are asked not to.
    Without the copy, a watch that logs would say nothing then.
    """
    named = logging.getLogger("warmup")
    if not named.disabled:
        return named
    logger = object.__new__(type(named))  # the program may have set a class of its own
    vars(logger).update(vars(named), disabled=False)
    return logger


def log_info(make_sentence):
    """Log what ``make_sentence()`` returns, for the logger ``warmup``, if the program has loaded ``logging``."""
    logging = sys.modules.get("logging")
    # Without getLogger, logging is not loaded, or its import is in flight.
    if getattr(logging, "getLogger", None) is not None:
        try:
            logger = _logger(logging)
            # To make the sentence may take as long as a small import.
            if logger.isEnabledFor(20):  # INFO
                logger.info("%s", make_sentence())
        except Exception:  # a filter or a handler of the program fails
            if was_raised_by_handler():
                raise


def log_warning(sentence):
    """Log ``sentence`` as a warning of the logger ``warmup``. Drop what a filter or a handler of the program raises.

    ``SystemExit`` is dropped too. What a signal handler raises passes.
    """
    try:
        import logging  # at the top, each program would load it, and few have something to log

        logger, handler = _logger(logging), None
        if not hasattr(logging, "lastResort") and not logger.handlers and not logging.root.handlers:
            # Without a handler, 2.7 prints "No handlers could be found" instead of the sentence.
            handler = logging.StreamHandler()
            logger.addHandler(handler)
        try:
            logger.warning("%s", sentence)
        finally:
            if handler is not None:
                logger.removeHandler(handler)
    except (Exception, SystemExit):
        if was_raised_by_handler():
            raise
