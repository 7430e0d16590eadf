"""Imports as they happen: their begin and end, those in flight in other threads, and repair after a fork."""

from __future__ import absolute_import, division, print_function

import os
import sys
import time

from warmup._python.compat import PY2, Code, Function, Placeholder, clock
from warmup._values import LateImport, LateImportError, describe

if PY2:
    import imp
    import pkgutil

    import __builtin__
    import thread as _thread
else:
    import _imp
    import _thread

# Always ``_thread.get_ident()``, never a name bound to it: gevent replaces the attribute, and the locks of importlib
# are owned by what the replaced one returns.

_bootstrap = None if PY2 else sys.modules["_frozen_importlib"]
# In the order in which they started; changed by append() and remove() alone, which are atomic.
_observers = []
# Thread ident -> the `Import` that this thread is in, or None; changed by that thread alone. None, and
# not removed, for a moment: a store is the one thing that no signal handler can interrupt half-way.
_inside = {}
# Names of modules that need no explanation: here before the wrappers, or seen with an import.
_known = set()
_undropped = {}  # id of a module lock -> the lock; see `_module_locks()`


class Import(object):
    """What one thread imports in one go: a module that was not loaded, and all that it imports in turn.

    ``name``: as asked for. ``ident``: of the thread. ``process``: its id. ``began``: by `clock`.
    ``outer``: the import around it, which began before all of its ``wanted_by`` had started; else ``None``.
    ``observers``: those that have seen it begin. ``wanted_by``: those of them that want to be told of its end.
    ``refused_by``: those of these that let no code of a module run. ``was_loaded``: whether it is a reload.
    ``names``: what it has imported in turn so far. ``size``: of ``sys.modules`` at its begin.

    At its end also: ``seconds``; ``modules``, a tuple of names; ``raised``, the type of the exception; ``error``, the
    exception as text; ``asker`` and ``kind`` as in `LateImport`; ``spelling`` of the codec; ``is_tried_again``: the
    codec look-up goes on with another module.
    """

    # In the class, for speed: each import makes an object.
    outer = asker = spelling = raised = error = None
    wanted_by = refused_by = modules = ()
    is_tried_again = False
    kind = "module"


# What observers are ------------------------------------------------------------------------------------------------
#
#   wants(name, ident)  whether to tell it of the end of this import. May wait: the thread holds no lock of this import.
#   refuses             whether an import that it wants must not run any code.
#   ended(an_import)    called in the importing thread, after the import has given up its locks.
#
# Whatever these raise is dropped, but for what is no Exception: a signal handler may have raised it.


def start(observer):
    """Tell ``observer`` of every import that begins from now on, in any thread. Put the wrappers in place if needed."""
    if not _observers:
        _known.update(sys.modules.copy())
    _observers.append(observer)
    try:
        _put_wrappers()
    except BaseException:
        stop(observer)
        raise


def stop(observer):
    """End what `start` began. The last observer takes the wrappers away, where no one else has put others on top."""
    try:
        _observers.remove(observer)
    except ValueError:  # not started, or stopped in another thread just now
        return
    if not _observers:
        _take_wrappers()
        if _observers:
            # Another thread has called start() since, and saw the wrappers still in place.
            _put_wrappers()


# Problem: an import of a module that is not loaded has to be seen by its begin, its end and its thread, whoever asks
# for it, and an import of a loaded module must cost nothing. A finder on ``sys.meta_path`` sees the begin alone; an
# audit hook can never be removed, and slows every ``open()``; a replaced ``builtins.__import__`` sees neither C code
# nor ``import_module()``, and slows imports of loaded modules.
#
# Done here: ``_frozen_importlib._find_and_load`` is replaced. C code looks the attribute up at each import of a module
# that is not loaded. `importlib.reload` passes by ``_exec`` instead. ``_load_unlocked`` is called between the search
# for a module and its execution: a refusal there needs no search of its own, so that a module which does not exist
# fails as always, and no other finder can answer meanwhile. A thread that imports what another thread is in the middle
# of importing waits in ``_lock_unlock_module`` (not on PyPy, where it is not seen).
#
# Left: modules that are loaded without the import system, by ``loader.exec_module()`` or ``imp.load_module()``.


def _places():
    """Return ``(module, attribute, function that makes the wrapper)`` of all that is replaced."""
    if PY2:
        return [
            (__builtin__, "__import__", _import27_wrapper),
            (__builtin__, "reload", _reload27_wrapper),
            (imp, "reload", _reload27_wrapper),
        ]
    return [
        (_bootstrap, "_find_and_load", _find_and_load_wrapper),
        (_bootstrap, "_exec", _exec_wrapper),
        (_bootstrap, "_load_unlocked", _load_unlocked_wrapper),
        (_bootstrap, "_lock_unlock_module", _lock_unlock_module_wrapper),
    ]


def _put_wrappers():
    # Takes no lock: a signal handler, or a thread of the parent of this process, may have been in here. If two threads
    # come here at once, both wrap the same original, and the last one stays.
    for module, attribute, make in _places():
        before = getattr(module, attribute)
        if not hasattr(before, "_warmup_before"):
            wrapper = make(before)
            wrapper._warmup_before = before
            setattr(module, attribute, wrapper)


def _take_wrappers():
    """Put back what was there. Where someone else has put theirs on top, ours stays beneath and does nothing.

    It may come to the top again, when the other one puts back what it found. So each wrapper calls this when it is
    used although there is no observer.
    """
    for module, attribute, _ in _places():
        wrapper = getattr(module, attribute, None)
        while hasattr(wrapper, "_warmup_before"):
            wrapper = wrapper._warmup_before
            setattr(module, attribute, wrapper)


# One import --------------------------------------------------------------------------------------------------------


def _begin(name, frame, was_loaded=False):
    """Return a new `Import`, or ``None`` if this one belongs to an import that its thread is in already.

    ``frame``: of whoever called the replaced function.
    """
    ident, process = _thread.get_ident(), os.getpid()
    seen_by = observers = _observers[:]
    outer = _inside.get(ident)
    if outer is not None and outer.process != process:
        outer = None  # of a thread that a fork has left in the parent
    if outer is not None:
        outer.names.append(name)
        if observers == outer.observers:
            return None
        observers = [observer for observer in observers if observer not in outer.observers]
        if not observers:
            return None
    this = Import()
    this.outer, this.observers = outer, seen_by
    this.name, this.ident, this.process, this.names = name, ident, process, []
    this.was_loaded, this.size = was_loaded, len(sys.modules)
    this.began = clock()
    for observer in observers:
        if observer.wants(name, ident):
            this.wanted_by += (observer,)
            if observer.refuses:
                this.refused_by += (observer,)
    if this.refused_by:
        _find_asker(this, frame)  # the message of the refusal says who asked
    return this


def _failed(this, error):
    """Note ``error``, while the thread is still inside ``this``: its ``__str__`` may import something."""
    try:
        if this.wanted_by:
            this.raised, this.error = type(error), "an exception"
            this.error = describe(error)
    except Exception:  # at the limit of recursion, or of memory
        pass


def _finish(this, frame):
    """Tell the observers that ``this`` has ended. The thread has left it."""
    try:
        this.seconds = clock() - this.began
        if this.outer is None:
            _inside.pop(this.ident, None)
        this.modules = _arrived(this)
        if not this.wanted_by or not this.modules and this.error is None:
            return  # 3.15 looks for a submodule before it makes a placeholder, and nothing is there
        if this.asker is None:
            _find_asker(this, frame)
        if this.raised is None or not issubclass(this.raised, ImportError):
            this.is_tried_again = False
    except Exception:  # nothing of our own may break an import
        return
    for observer in this.wanted_by:
        try:
            observer.ended(this)
        except Exception:  # as above
            pass


def _arrived(this):
    """Return the names of the modules that ``this`` brought into ``sys.modules``, its own first."""
    modules = sys.modules
    if not this.names and len(modules) == this.size + 1 and "." not in this.name:
        if modules.get(this.name) is not None:
            _known.add(this.name)  # for speed: the usual case, a module that imports what is loaded
            return (this.name,)
    names = [this.name] + this.names
    if PY2:  # where the packages of a module pass no function that is replaced
        packages = [
            name.rsplit(".", up)[0] for name in names for up in range(1, name.count(".") + 1)
        ]
        names += [name for name in packages if name not in _known]
    arrived = [name for name in names if modules.get(name) is not None]
    if len(arrived) > 1:
        seen = set()  # a module can be asked for twice: by a finder, after a failure
        arrived = [name for name in arrived if not (name in seen or seen.add(name))]
    if this.was_loaded and this.error is not None:  # a reload that failed
        arrived.remove(this.name)
    if len(modules) > this.size + len(arrived):
        # Some came without an import of their own, as os.path does. Those that another thread is importing at this
        # moment are its own.
        theirs = _known.union(arrived)
        for other in list(_inside.values()):
            if other is not None:
                theirs.update([other.name], other.names)
        arrived += [
            name for name in modules.copy() if name not in theirs and modules.get(name) is not None
        ]
    _known.update(arrived)
    return tuple(arrived)


def late_import(this, began):
    """Return the `Import` ``this``, which has ended, as a `LateImport`. ``began``: when the watch did, by `clock`."""
    return LateImport(
        this.spelling or this.name,
        this.kind,
        this.asker,
        thread_name(this.ident),
        this.seconds,
        this.modules,
        this.error,
        os.getpid(),
        this.began - began,
    )


def _refusal(this, name):
    """Return the error that refuses to load the module ``name``."""
    error = LateImportError(
        "late import of %r refused: asked for by %s in %s; import it before the watch starts, or "
        "inside of allowed()" % (name, this.asker, thread_name(this.ident))
    )
    error.name = name
    return error


if not PY2:
    _FILE = _bootstrap._find_and_load.__code__.co_filename


def _disguised(function):
    """Return ``function`` under the file name of importlib's own frames.

    Without it, a warning with ``stacklevel=2`` in the body of a module names this file instead of the importer, and
    tracebacks show our frame: the interpreter recognises frames of importlib by this name, and leaves them out.
    """
    code = function.__code__
    if hasattr(code, "replace"):
        code = code.replace(co_filename=_FILE)
    else:  # 3.6 and 3.7
        code = Code(
            code.co_argcount,
            code.co_kwonlyargcount,
            code.co_nlocals,
            code.co_stacksize,
            code.co_flags,
            code.co_code,
            code.co_consts,
            code.co_names,
            code.co_varnames,
            _FILE,
            code.co_name,
            code.co_firstlineno,
            code.co_lnotab,
            code.co_freevars,
            code.co_cellvars,
        )
    return Function(
        code, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )


def _find_and_load_wrapper(before):
    # When the interpreter shuts down, the globals of this file may be None: "except" catches that, and what the
    # import itself needs is in the closure.
    def _find_and_load(name, *args, **kwargs):
        this = None
        try:
            if not _observers:
                _take_wrappers()
            elif name not in sys.modules:  # import_module() of a loaded module comes here too
                this = _begin(name, sys._getframe(1))
        except Exception:
            this = None
        if this is None:
            return before(name, *args, **kwargs)
        try:
            try:
                _inside[this.ident] = this
                return before(name, *args, **kwargs)
            except BaseException as error:
                _failed(this, error)
                raise
            finally:
                _inside[this.ident] = this.outer
        finally:
            _inside[this.ident] = this.outer  # a signal handler may have raised in the line above
            _finish(this, sys._getframe(1))

    return _disguised(_find_and_load)


def _load_unlocked_wrapper(before):
    def _load_unlocked(spec, *args, **kwargs):
        refusal = None
        try:
            if not _observers:
                _take_wrappers()
            else:
                this = _inside.get(_thread.get_ident())
                if this is not None and this.refused_by and this.process == os.getpid():
                    refusal = _refusal(this, spec.name)
        except Exception:
            refusal = None
        if refusal is not None:
            raise refusal
        return before(spec, *args, **kwargs)

    return _disguised(_load_unlocked)


def _exec_wrapper(before):
    def _exec(spec, *args, **kwargs):
        this = None
        try:
            if not _observers:
                _take_wrappers()
            else:
                this = _begin(spec.name, sys._getframe(1), True)
        except Exception:
            this = None
        if this is None:
            return before(spec, *args, **kwargs)
        try:
            try:
                _inside[this.ident] = this
                if this.refused_by:
                    raise _refusal(this, spec.name)
                return before(spec, *args, **kwargs)
            except BaseException as error:
                _failed(this, error)
                raise
            finally:
                _inside[this.ident] = this.outer
        finally:
            _inside[this.ident] = this.outer
            _finish(this, sys._getframe(1))

    return _disguised(_exec)


def _lock_unlock_module_wrapper(before):
    def _lock_unlock_module(name):
        this = None
        try:
            if not _observers:
                _take_wrappers()
            elif name in _bootstrap._module_locks and _is_in_flight(name):
                this = _begin(name, sys._getframe(1))
        except Exception:
            this = None
        if this is None:
            return before(name)
        try:
            try:
                _inside[this.ident] = this
                return before(name)
            except BaseException as error:
                _failed(this, error)
                raise
            finally:
                _inside[this.ident] = this.outer
        finally:
            _inside[this.ident] = this.outer
            _finish(this, sys._getframe(1))

    return _disguised(_lock_unlock_module)


# Python 2.7 --------------------------------------------------------------------------------------------------------
#
# There is no _find_and_load: ``__import__`` of builtins is replaced. Every import statement passes there, also one of
# a loaded module, and what it means must be worked out: which module it would load, if any. What C code imports by
# PyImport_ImportModule() passes there too.


def _import27_wrapper(before):
    def __import__(name, globals=None, locals=None, fromlist=None, level=-1):
        this = absent = None
        try:
            # For speed: what certainly loads nothing is not worked out. Every import statement passes here.
            module = sys.modules[name]
            if not fromlist or "__path__" not in module.__dict__:
                package = level and globals["__package__"]
                if (
                    level == 0
                    or level == -1
                    and (
                        not package
                        and "__path__" not in globals
                        and "." not in globals["__name__"]
                        or package
                        and sys.modules[package + "." + name.partition(".")[0]] is None
                    )
                ):
                    return before(name, globals, locals, fromlist, level)
        except (AttributeError, KeyError, TypeError):
            pass  # something is not loaded, or not known yet, or unusual
        try:
            if not _observers:
                _take_wrappers()
            else:
                full_name, absent = _what_is_absent(name, globals, fromlist, level)
                if absent is not None:
                    this = _begin(full_name, sys._getframe(1))
        except Exception:
            this = None
        if this is None:
            refuse_in = _inside.get(_thread.get_ident()) if absent is not None else None
            if refuse_in is not None and refuse_in.refused_by and _exists27(absent):
                raise _refusal(refuse_in, absent)
            return before(name, globals, locals, fromlist, level)
        try:
            try:
                _inside[this.ident] = this
                if this.refused_by and _exists27(absent):
                    raise _refusal(this, absent)
                return before(name, globals, locals, fromlist, level)
            except BaseException as error:
                _failed(this, error)
                raise
            finally:
                _inside[this.ident] = this.outer
        finally:
            _inside[this.ident] = this.outer  # a signal handler may have raised in the line above
            _finish(this, sys._getframe(1))

    return __import__


def _reload27_wrapper(before):
    def reload(module):
        this = None
        try:
            if not _observers:
                _take_wrappers()
            else:
                this = _begin(module.__name__, sys._getframe(1), True)
        except Exception:
            this = None
        if this is None:
            return before(module)
        try:
            try:
                _inside[this.ident] = this
                if this.refused_by:
                    raise _refusal(this, this.name)
                return before(module)
            except BaseException as error:
                _failed(this, error)
                raise
            finally:
                _inside[this.ident] = this.outer
        finally:
            _inside[this.ident] = this.outer
            _finish(this, sys._getframe(1))

    return reload


def _what_is_absent(name, globals, fromlist, level):
    """Return the absolute name that an import means, and the first module that it would load; ``None`` if none."""
    modules = sys.modules
    package = None if level == 0 or not isinstance(globals, dict) else _package27(globals)
    if level > 0:
        if not package:
            return name, None  # an error, which the import itself raises
        package = package.rsplit(".", level - 1)[0]
        name = package + "." + name if name else package
    elif package and modules.get(package) is not None:
        head = package + "." + name.partition(".")[0]
        # None: 2.7 has found out before that the name is not relative.
        if modules.get(head) is not None or head not in modules and _exists27(head):
            name = package + "." + name
    absent = ""
    for part in name.split("."):
        absent = absent + "." + part if absent else part
        if absent not in modules:
            return name, absent
    module = modules[name]
    if fromlist and hasattr(module, "__path__"):
        items = list(fromlist)
        if "*" in items:
            items += list(getattr(module, "__all__", ()))
        for item in items:
            absent = name + "." + item
            if (
                item != "*"
                and absent not in modules
                and not hasattr(module, item)
                and _exists27(absent)
            ):
                return absent, absent
    return name, None


def _package27(globals):
    package = globals.get("__package__")
    if package is None:
        package = globals.get("__name__") or ""
        if "__path__" not in globals:
            package = package.rpartition(".")[0]
    return package


def _exists27(name):
    """Return whether a finder finds the module. Its package is loaded. Raises what finders raise."""
    package = name.rpartition(".")[0]
    path = getattr(sys.modules[package], "__path__", None) if package else None
    if package and path is None:
        return False
    for finder in list(sys.meta_path):
        if finder.find_module(name, path) is not None:
            return True
    if path is None:
        if imp.is_builtin(name) or imp.is_frozen(name):
            return True
        path = sys.path
    for entry in path:
        importer = pkgutil.get_importer(entry)
        if importer is not None and importer.find_module(name) is not None:
            return True
    return False


# Who asked ---------------------------------------------------------------------------------------------------------

# Frames of these packages only pass a request on.
_TRANSPARENT = frozenset(
    ["codecs", "encodings", "imp", "importlib", "pkgutil", "runpy", "warmup", "zipimport"]
)
_opcodes = {}  # number -> name, where there are placeholders
if Placeholder is not None:
    # Not from opcode, which the program may import late itself; and not later, when there may be no file any more.
    from _opcode_metadata import opmap

    _opcodes.update((number, name) for name, number in opmap.items())


def _find_asker(this, frame):
    """Set ``asker``, ``kind`` and ``spelling`` of ``this``."""
    asker = frame
    while asker is not None and _passes_on(asker):
        # The stack of a codec look-up has only the normalized spelling; the function that C code calls knows it.
        if (
            asker.f_code.co_name == "search_function"
            and dict.get(asker.f_globals, "__name__") == "encodings"
        ):
            _read_look_up(this, asker.f_locals)
        asker = asker.f_back
    if asker is None:  # nothing but the import system is on the stack
        asker = frame
    elif Placeholder is not None and this.kind == "module" and _uses_placeholder(this.name, asker):
        this.kind = "placeholder"
    this.asker = "%s:%s %s" % (asker.f_code.co_filename, asker.f_lineno, asker.f_code.co_name)


def _read_look_up(this, variables):
    """Set what the local variables of ``encodings.search_function`` say."""
    this.kind, this.spelling = "codec", variables.get("encoding")
    names = variables.get("modnames") or ()
    if variables.get("modname") in names:
        rest = names[names.index(variables["modname"]) + 1 :]
        this.is_tried_again = any(name and "." not in name for name in rest)


def _passes_on(frame):
    name = dict.get(frame.f_globals, "__name__")
    return (
        frame.f_code.co_filename.startswith("<frozen importlib")
        or isinstance(name, str)
        and name.partition(".")[0] in _TRANSPARENT
    )


def _uses_placeholder(name, frame):
    """Return whether the instruction that ``frame`` is at uses a placeholder, and so imports ``name``.

    The interpreter resolves a placeholder without a frame of its own. A global or an attribute that is loaded can
    import nothing else without one. A call can: of ``resolve()``, or of C code that imports. `sys.lazy_modules`
    tells them apart, as far as it is complete (python/cpython issue 155695).
    """
    operation = _opcodes.get(frame.f_code.co_code[frame.f_lasti], "")
    if operation == "IMPORT_NAME":
        return False
    return operation.startswith(("LOAD_", "IMPORT_FROM")) or name in sys.lazy_modules


def get_ident():
    """Return the ident of this thread; of the greenlet where gevent has patched."""
    return _thread.get_ident()


def thread_name(ident):
    """Return the name of the thread ``ident``, as `threading` has it. Takes no lock."""
    threading = sys.modules.get("threading")
    try:
        return threading._active[ident].name
    except Exception:
        # A thread that threading has not started; a version that keeps them elsewhere.
        return "thread %s" % ident


# In flight ---------------------------------------------------------------------------------------------------------


def is_importing():
    """Return whether this thread is inside an import, and so holds locks that other threads may wait for."""
    me = _thread.get_ident()
    if _inside.get(me) is not None:
        return True
    if PY2:
        return imp.lock_held() and bool(_bodies(sys._getframe(1)))
    return any(owner == me for _, owner in _owners())


def in_flight():
    """Return the imports that other threads are in, as a list of ``(module, thread ident, thread name)``.

    The outermost of a thread comes first. Takes no lock that can block. The list is empty where the interpreter
    keeps its locks in a way that is not understood.
    """
    me = _thread.get_ident()
    if PY2:
        if not imp.lock_held():
            return []
        return [
            (name, ident, thread_name(ident))
            for ident, frame in sorted(sys._current_frames().items())
            if ident != me
            for name in reversed(_bodies(frame))
        ]
    return [(name, owner, thread_name(owner)) for name, owner in _owners() if owner != me]


def _is_in_flight(name):
    return any(module == name for module, _, _ in in_flight())


def _bodies(frame):
    """Return the names of the modules whose body is on the stack, the innermost first; not ``__main__``."""
    names = []
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            name = frame.f_globals.get("__name__")
            if (
                name != "__main__"
                and getattr(sys.modules.get(name), "__dict__", None) is frame.f_globals
            ):
                names.append(name)
        frame = frame.f_back
    return names


def _owners():
    """Return ``(module, thread ident)`` of each module lock that is held, in the order of their creation."""
    found = []
    for name, lock in _module_locks():
        owner = getattr(lock, "owner", None)  # a build without threads has locks without owner
        if isinstance(owner, int):
            found.append((name, owner))
    return found


def _module_locks():
    """Return ``(module, lock)`` of each module lock there is.

    Dropping the last reference to a lock runs a callback of importlib, which takes the global import lock and waits
    if another thread is inside a finder. The reference taken here can become the last one. So none is dropped while
    that lock is held.
    """
    if not _bootstrap._module_locks and not _undropped:
        return ()
    try:
        found = [(name, reference()) for name, reference in _bootstrap._module_locks.copy().items()]
        found = [(name, lock) for name, lock in found if lock is not None]
        if _imp.lock_held():
            _undropped.update((id(lock), lock) for _, lock in found)
        else:
            _undropped.clear()
        return found
    except Exception:  # an interpreter that is not understood
        return []


# Waiting for imports, and repair after a fork -------------------------------------------------------------------------


class held_off(object):
    """Context manager: wait until no other thread is inside an import, and keep them from beginning one.

    ``timeout``: seconds to wait at most. ``as`` gives the imports that are still in flight, as `in_flight` does; it
    is empty if the wait has succeeded. Not for 2.7, where `os.fork` waits for the one import lock by itself.

    Problem: beside threads that import all the time, there is no moment without an import in flight, or it is over
    before a thread that polls wakes up. What does not work: to wait for the locks themselves (the lock of a module
    knows no timeout), or for the imports alone that were in flight at first (a thread that imports numpy, then
    pandas, is caught inside the second). Done here: once an import in flight has been seen, threads that are not
    inside an import wait before they begin one. Left: an import in flight that waits for such a thread; so each is
    held off for half a second at most.
    """

    def __init__(self, timeout):
        self._timeout = timeout
        self._gate = None

    def __enter__(self):
        try:
            self._gate = _Gate()
            start(self._gate)
            end, pause = clock() + self._timeout, 0.0005
            while True:
                found = [one for one in in_flight() if not _waits_for(one[1], _thread.get_ident())]
                if not found or clock() >= end:
                    return found
                time.sleep(min(pause, max(0, end - clock())))
                pause = min(2 * pause, 0.005)
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *exception):
        gate, self._gate = self._gate, None
        if gate is not None:
            stop(gate)
            gate.open()


class _Gate(object):
    """An observer that lets no import of another thread begin until it is opened."""

    refuses = False

    def __init__(self):
        self.ident, self._process = _thread.get_ident(), os.getpid()
        self._lock = _thread.allocate_lock()
        self._lock.acquire()

    def wants(self, name, ident):
        if ident != self.ident and os.getpid() == self._process and not is_importing():
            if self._lock.acquire(True, 0.5):
                self._lock.release()
        return False

    def open(self):
        self._lock.release()


def _waits_for(ident, other, seen=()):
    """Return whether the thread ``ident`` waits for a module lock of ``other``, itself or through other threads.

    Such an import cannot end before ``other`` goes on.
    """
    try:
        locks = _bootstrap._blocking_on.get(ident)
        for lock in locks if isinstance(locks, list) else [locks]:
            owner = getattr(lock, "owner", None)
            if (
                owner == other
                or owner not in seen
                and owner is not None
                and _waits_for(owner, other, seen + (ident,))
            ):
                return True
    except Exception:  # changed meanwhile; an interpreter that is not understood
        pass
    return False


def repair():
    """Drop what imports in flight have left in a forked child, so that it imports the same modules anew.

    Call it in the child, in the thread that has forked, before another thread starts. Imports of this thread go on.
    """
    me = _thread.get_ident()
    for observer in list(_observers):
        if isinstance(observer, _Gate) and observer.ident != me:
            stop(observer)  # of another thread, which waits to fork in the parent
    half = set()
    for name, lock in _module_locks():
        owner = lock.owner
        if owner == me:
            # A thread that was waiting for this lock may hold the lock inside of it.
            lock.lock = (
                _thread.RLock() if isinstance(lock.lock, _thread.RLock) else _thread.allocate_lock()
            )
            lock.wakeup = _thread.allocate_lock()
            lock.waiters = type(lock.waiters)()
            continue
        # Also if it has no owner: a thread may have been about to take it, and holds the lock inside of it.
        _bootstrap._module_locks.pop(name, None)
        if owner is not None:
            if _is_initializing(name):
                half.add(name)
            else:  # it was about to become an attribute of its package
                _bind(name)
    blocking_on = _bootstrap._blocking_on
    blocking_on = getattr(blocking_on, "data", blocking_on)  # 3.12+: a dictionary around one
    for ident in list(blocking_on):
        if ident != me:
            blocking_on.pop(ident, None)
    if half:
        for name in sys.modules.copy():
            if name in half or _is_below(name, half) and not _is_extension(name):
                _drop(name)


def _spec(name):
    # Not by getattr(): a module of importlib.util.LazyLoader would load itself.
    return object.__getattribute__(sys.modules.get(name), "__dict__").get("__spec__")


def _is_initializing(name):
    try:
        return bool(_spec(name)._initializing)
    except Exception:
        # Not in sys.modules: still searched for. Something else in the place of a module.
        return False


def _is_below(name, packages):
    """Return whether a package of ``name`` is one of ``packages``.

    The submodules of a half-imported package are complete, and would be found in ``sys.modules``. But they become
    attributes of their package only when they are loaded, and would not be attributes of the new one.
    """
    package = name.rpartition(".")[0]
    return bool(package) and (package in packages or _is_below(package, packages))


def _is_extension(name):
    """Return whether it is a C extension: many refuse to be loaded a second time."""
    try:
        return type(_spec(name).loader).__name__ == "ExtensionFileLoader"
    except Exception:
        return False


def _drop(name):
    package, _, child = name.rpartition(".")
    module = sys.modules.pop(name, None)
    try:
        attributes = object.__getattribute__(sys.modules[package], "__dict__")
        if attributes.get(child) is module:
            del attributes[child]
        # 3.13+: changes an error message.
        attributes["__spec__"]._uninitialized_submodules.remove(child)
    except Exception:  # no package, or not in sys.modules; an older version
        pass


def _bind(name):
    package, _, child = name.rpartition(".")
    if sys.modules.get(name) is not None and sys.modules.get(package) is not None:
        object.__getattribute__(sys.modules[package], "__dict__").setdefault(
            child, sys.modules[name]
        )
