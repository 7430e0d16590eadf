"""Notice when an import begins and when it ends."""

from __future__ import absolute_import, division, print_function

import os
import sys
from _weakref import ref

from warmup._python import locks
from warmup._python.compat import (
    FREE_THREADED,
    PY2,
    Frame,
    Function,
    Module,
    Placeholder,
    Text,
    _thread,
    builtins,
    clock,
    import_codes,
    replace_in_code,
    seen_as,
)
from warmup._python.surroundings import was_raised_by_handler
from warmup._values import LateCodecError, LateImport, LateImportError, describe, with_parents

if PY2:
    import imp

    from warmup._python import import27

_bootstrap = None if PY2 else sys.modules["_frozen_importlib"]
_module_locks = locks.module_locks
_lazy_modules = getattr(sys, "lazy_modules", None)  # names of modules that placeholders stand for
# In the order in which they started. Only append() and remove() change this list, because both are atomic.
_observers = []
# Thread ident -> the `Import` that this thread is in, or None. Only that thread changes its entry. It stores None
# before it removes the entry, because no signal handler can interrupt a store half-way.
_inside = {}
_count_threads = getattr(_thread, "_count", lambda: 1)  # a later Python may lack it
# Whether two threads have been inside an import at once since the first watch began. `_count_threads` counts neither
# threads of C nor greenlets. Without the GIL, several threads can be in `_begin` before one of them is in `_inside`.
_have_overlapped = FREE_THREADED
_homes = locks.per_thread()  # has a dictionary for each thread, which stays empty; see `_import_of`
# Names of modules that were loaded before the wrappers were in place, or with an import that was noticed.
_known = set()
# Name -> (weak reference to the module that an import has reported, ident of its thread)
_reported = {}
# What to call with the spec of each module that was found, before its code runs. Only append() and remove() change it.
_checks = []
# The arguments of _find_and_load. The second row is that of 3.15.
_SIGNATURES = (("name", "import_"), ("name", "import_", "lazy_submodule"))
# (owner, attribute) of each wrapper that was put in place, for example (imp, "reload")
_replaced = []


class Import(object):
    """Describe an import of a module that was not loaded, with all that the module imports in turn.

    ``name``: the module, as asked for. ``ident``: of the thread. ``home``: see `_import_of`. ``began``: when, by
    `clock`. ``size``: the length of ``sys.modules`` at that moment. ``outer``: the import around this, if that began
    before one of ``wanted_by`` had started. ``present``: the `Observers` at that moment. ``wanted_by``: observers to
    call at the end. ``is_refused``: whether one of them forbids the code of the module to run. ``refusal``: a function
    that returns the error to raise instead of importing, or ``None``. ``names``: what it has imported in turn so far.
    ``was_loaded``: whether it is a reload. ``alternative``: on 2.7, the absolute name that is meant if the relative
    ``name`` does not exist.

    At its end it also has ``seconds``; ``modules``, a tuple of names, or ``None`` if it is only ``name``; ``raised``,
    the type of the exception; ``error``, the exception as text; ``asker``, the arguments of `_place_of_asker`;
    ``kind``, ``"module"`` or ``"codec"``; ``thread`` and ``process`` as in `LateImport`; ``spelling`` of the codec;
    ``is_tried_again``: whether the look-up of the codec names another module to try, if this one does not exist;
    ``is_lazy``: whether a placeholder has its name. ``is_wait``: whether another thread loads the module. ``awaited``:
    the import of that thread, if it was noticed.
    """

    # For speed: each import makes an object. What few imports have is in the class, or in a dictionary of the object.
    __slots__ = tuple(
        "name ident home began size present wanted_by asker is_lazy seconds thread process __dict__".split()
    )
    outer = refusal = alternative = spelling = raised = error = modules = awaited = None
    names = ()
    is_refused = was_loaded = is_tried_again = is_wait = False
    kind = "module"

    def __init__(self, name, ident, present):
        self.name, self.ident, self.home, self.present = name, ident, vars(_homes), present
        self.wanted_by, self.asker, self.began, self.size = (), None, clock(), len(sys.modules)


# What observers are ------------------------------------------------------------------------------------------------
#
#   wants(name, ident)  returns whether to call ended() for this import. May wait: the thread holds no lock of it.
#   is_asked            whether to call wants(). If not, ended() is called for each import.
#   refuses             whether an import that it wants must not run any code. Then is_asked must be true.
#   ended(an_import)    is called in the thread that imports, after the import has released its locks. Returns None, or
#                       a function to call when each observer has been called.
#
# An Exception that these raise is dropped, unless a signal handler has raised it. Other exceptions pass.
# MemoryError and RecursionError of wants() pass too while an observer refuses.


class Observers(object):
    """Hold the observers that were present at one moment.

    ``all``: these observers. ``unasked``: those that get each import. ``asked``: those whose wants() is called first.
    ``refuses``: whether one of them refuses.
    """

    def __init__(self, observers):
        self.all = tuple(observers)
        self.unasked = tuple([one for one in self.all if not one.is_asked])
        self.asked = tuple([one for one in self.all if one.is_asked])
        self.refuses = any(one.refuses for one in self.asked)


_present = Observers(())


def start(observer):
    """Call ``observer`` for each import that begins from now on, in every thread. Put the wrappers in place."""
    global _have_overlapped
    if not _observers:
        _have_overlapped = FREE_THREADED
        _known.clear()  # of an earlier watch; the program may have taken modules out of sys.modules since
        _reported.clear()
        _known.update(sys.modules.copy())
    try:
        _observers.append(observer)
        _update_present()
        _install_wrappers()
    except BaseException:
        stop(observer)
        raise


def stop(observer):
    """Call ``observer`` no more. The last observer removes the wrappers, unless other code has wrapped them.

    A second call finishes what an interrupt has cut short.
    """
    try:
        _observers.remove(observer)
    except ValueError:
        pass
    _update_present()
    _remove_if_unused()


def start_check(check):
    """Call ``check(spec)`` for each module that is found, in every thread, before its code runs. Python 3 only.

    What ``check`` raises ends the import, unless it is an ``Exception``. Do nothing on a Python that loads modules in
    another way.
    """
    if hasattr(_bootstrap, "_load_unlocked"):
        _checks.append(check)
        _install_wrappers()


def stop_check(check):
    """Undo one call of ``start_check(check)``."""
    if check in _checks:
        _checks.remove(check)
    _remove_if_unused()  # also in a second call, because an interrupt may have ended the first one here


def _remove_if_unused():
    # Not while a preload() has a check: without the wrapper for a moment, this check would miss a module.
    if not _observers and not _checks:
        _remove_wrappers()
        if _observers or _checks:
            # Another thread has called start() or start_check() meanwhile, and found the wrappers in place.
            _install_wrappers()


def observers():
    """Return the observers that have started, as a list."""
    return _observers[:]


def unnoticed(function):
    """Call ``function``, which imports what this package needs itself. Hide these imports from observers.

    An observer that refuses imports refuses these too.
    """
    this = Import("", _thread.get_ident(), Observers([one for one in _observers[:] if not one.refuses]))
    this.outer = _import_of(this.ident)
    try:
        try:
            _inside[this.ident] = this
            function()
        finally:
            _inside[this.ident] = this.outer
    finally:
        _inside[this.ident] = this.outer  # a signal handler may have raised in the line above
        if this.outer is None:
            _inside.pop(this.ident, None)
        _known.update(sys.modules.copy())


def _update_present():
    global _present
    # Repeat if another thread has started or stopped an observer meanwhile.
    while _present.all != tuple(_observers):
        _present = Observers(_observers[:])


# Problem: notice the start, the end and the thread of each import of a module that is not loaded, whatever code asks
# for it. An import of a loaded module must cost nothing.
#
# What does not work: a finder on ``sys.meta_path`` sees only the start. An audit hook can never be removed, and slows
# each ``open()``. A replaced ``builtins.__import__`` sees neither C code nor ``import_module()``, and slows imports of
# loaded modules.
#
# What is done: replace ``_frozen_importlib._find_and_load``. C code looks this attribute up at each import of a module
# that is not loaded. `importlib.reload` calls ``_exec`` instead. A thread that imports a module that another thread is
# importing waits in ``_lock_unlock_module``, by ``import_module()`` and on PyPy in ``_find_and_load``.
# ``_load_unlocked`` is called between the search for a module and its execution. So a refusal needs no search of its
# own: a module that does not exist raises the usual error, and no other finder can answer meanwhile.
#
# 2.7 has none of these. There, replace ``__import__`` of builtins, or the function that our lock-free ``__import__``
# calls for what it does not serve. C code that calls PyImport_ImportModule() calls ``__import__`` too.
#
# What is left: modules that are loaded without the import system, by ``loader.exec_module()`` or ``imp.load_module()``.


def _functions_to_replace():
    """Return ``(owner, attribute, function that makes the wrapper)`` of each function to replace now."""
    if PY2:
        return [import27.place() + (_wrap_import27,), (builtins, "reload", _wrap_reload), (imp, "reload", _wrap_reload)]
    places = []
    if _observers or not _checks:
        places = [(_bootstrap, "_find_and_load", _wrap_find_and_load)]
        # If a later Python lacks one of these, reloads or waits are not noticed.
        others = (_bootstrap, "_exec", _wrap_reload), (_bootstrap, "_lock_unlock_module", _wrap_wait)
        places += [place for place in others if hasattr(*place[:2])]
    if _checks or _present.refuses:
        places.append((_bootstrap, "_load_unlocked", _wrap_load))
    return places


def _install_wrappers():
    # Take no lock: a signal handler may have interrupted this thread here, and a forked child may have no thread that
    # releases it. If two threads come here at once, both wrap the same original, and the last wrapper stays.
    for owner, attribute, make in _functions_to_replace():
        before = getattr(owner, attribute)
        if not _is_ours(before):
            wrapper = make(before)
            wrapper._warmup_before, wrapper._warmup_id = before, id(wrapper)
            wrapper._warmup_of = _observers
            if (owner, attribute) not in _replaced:
                _replaced.append((owner, attribute))
            setattr(owner, attribute, wrapper)


def _remove_wrappers():
    """Put the original functions back. If other code has wrapped ours, our wrapper stays below it and does nothing.

    Our wrapper may be on top again when the other code puts back what it found. So each wrapper calls this function if
    it is used and has no observer.
    """
    # Also where they are now: preload() may have put its own on top of ours on 2.7, or taken it away.
    for owner, attribute in _replaced + [place[:2] for place in _functions_to_replace()]:
        wrapper = getattr(owner, attribute, None)
        while _is_ours(wrapper):
            wrapper = wrapper._warmup_before
            setattr(owner, attribute, wrapper)


def _is_ours(function):
    # functools.wraps() copies the attributes of our wrapper to that of other code. A program that takes this package
    # out of sys.modules and imports it again has two copies. Each copy calls its own observers.
    # An object of the program may raise any error when an attribute is read.
    if type(function) not in (Function, type(_is_ours)):
        return False
    return getattr(function, "_warmup_id", None) == id(function) and function._warmup_of is _observers


def _wrapper(before, begin, loaded=(), depth=3):
    """Return a function that replaces ``before``, which takes one or two arguments.

    ``begin``: a function of these arguments. It returns an `Import` if an observer wants it, else ``None``. ``loaded``:
    first arguments for which ``begin`` need not be called, unless this thread waits for another. ``depth``: see
    `_find_asker`.
    """
    # When the interpreter shuts down, the globals of this file may be None, on 2.7 also those of builtins. "except"
    # catches the error. So what "except" and the import itself need is in the closure.
    inside, end, note_failure, raised_by_handler = _inside, _end, _note_failure, was_raised_by_handler
    known = set() if PY2 else _known  # 2.7 imports under one lock, and asks what was known before this import
    error_type, limit_types = Exception, (MemoryError, RuntimeError if PY2 else RecursionError)

    # Two named arguments are faster than *args. 3.15 also passes lazy_submodule.
    def wrapper(what, other=None, **more):
        this = None
        try:
            if what not in loaded or _is_awaited(what):
                if _observers or _checks:
                    this = begin(what, other)
                else:
                    _remove_if_unused()
        except error_type as error:
            # At the limit of recursion or of memory, ``begin`` cannot find out whether an observer refuses. The
            # import may need less, and would succeed: that of a C extension, for example.
            if raised_by_handler() or error.__class__ in limit_types and _present.refuses:
                raise
            this = None
        if this is None:
            return before(what, other, **more) if more else before(what, other)
        try:
            try:
                inside[this.ident] = this
                if this.refusal is not None:
                    refusal = this.refusal()
                    if refusal is not None:
                        raise refusal
                return before(what, other, **more) if more else before(what, other)
            except BaseException as error:
                other = note_failure(this, error, depth)
                if other is not None:
                    raise other
                raise
            finally:
                # While the thread is inside. Later, another thread whose import ends would take this module as its own.
                known.add(this.name)
                known.update(this.names)
                inside[this.ident] = this.outer
        finally:
            inside[this.ident] = this.outer  # a signal handler may have raised in the line above
            # Otherwise an error, its traceback and this frame would be a reference cycle.
            refusal = other = None
            if this.refusal is not None:
                this.refusal = None
            end(this, depth)

    return wrapper if PY2 else disguised(wrapper)


def _is_awaited(name):
    """Return whether `import_module` of ``name``, which is in ``sys.modules``, waits for the import of another thread.

    If that import fails, this thread loads the module.
    """
    if locks.owner_of(name) is None:
        return False
    if sys.version_info < (3, 11):  # not below: a module of importlib.util.LazyLoader would load itself
        return True
    # It does not wait if the body has put an object without such a spec into ``sys.modules``.
    spec = getattr(sys.modules.get(name), "__spec__", None)
    return getattr(spec, "_initializing", False)


def _with_one_argument(before):
    """Return a function of two arguments that calls ``before`` with the first."""

    def call(what, _):
        return before(what)

    return call if PY2 else disguised(call)


def _file_of_importlib():
    return _bootstrap.ModuleSpec.__init__.__code__.co_filename


def disguised(function):
    """Return ``function`` under the file name of importlib's own frames.

    Otherwise a warning with ``stacklevel=2`` in the body of a module would name this file instead of the importer, and
    tracebacks would show our frame. The interpreter knows frames of importlib by this file name, and hides them.
    """
    # A function that was compiled to C (Nuitka) has no bytecode to copy.
    if type(function) is not Function:
        return function
    code = replace_in_code(function.__code__, co_filename=_file_of_importlib())
    return Function(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)


def _wrap_find_and_load(before):
    system, noticed = sys, _wrapper(before, _begin, sys.modules, 4)

    # For speed: import_module() of a loaded module comes here, and must cost what it did. Both functions do what
    # ``before`` would do.
    if sys.version_info >= (3, 11):

        def find_and_load(name, import_, lazy_submodule=False):
            module = system.modules.get(name)
            if module is not None:
                # For speed, not getattr() with a default. An object without these attributes goes the long way.
                try:
                    if not module.__spec__._initializing:
                        return module
                except AttributeError:
                    pass
            # Only 3.15 has the third argument.
            return noticed(name, import_, lazy_submodule=True) if lazy_submodule else noticed(name, import_)

    else:

        def find_and_load(name, import_):
            module = system.modules.get(name)
            # ``before`` does not ask for ``__spec__``: a module of importlib.util.LazyLoader would load itself.
            if type(module) is Module and not getattr(getattr(module, "__spec__", None), "_initializing", False):
                return module
            return noticed(name, import_)

    # Other code below wants to see each call, and a later Python may have more arguments.
    code = getattr(before, "__code__", None)
    if type(before) is Function and code.co_filename == _file_of_importlib():
        if code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] in _SIGNATURES:
            return disguised(find_and_load)
    return _wrapper(before, _begin, sys.modules)


def _wrap_load(before):
    def begin(spec, _):
        for check in _checks[:]:
            check(spec)
        outer = _import_of(_thread.get_ident())
        if outer is not None and outer.is_refused:
            return _inside_of_refused(outer, spec.name)

    return _wrapper(_with_one_argument(before), begin)


def _wrap_reload(before):
    def begin(what, _):  # a module on 2.7, else its spec
        this = _begin(what.__name__ if PY2 else what.name)
        if this is not None:
            this.was_loaded = True
            if this.is_refused:
                this.refusal = lambda: _refusal(this, this.name)
        return this

    return _wrapper(_with_one_argument(before) if PY2 else before, begin)


def _wrap_wait(before):
    def begin(name, _):
        this = _begin(name) if locks.owner_of(name) is not None else None
        if this is not None:
            this.is_wait = True  # again, because the other thread may have ended its import before `_begin` looked
        return this

    return _wrapper(_with_one_argument(before), begin)


# One import --------------------------------------------------------------------------------------------------------


def _begin(name, _=None, alternative=None):
    """Return a new `Import`. ``None`` if this import belongs to an import that its thread is in already."""
    global _have_overlapped
    ident = _thread.get_ident()
    outer, present = _import_of(ident), _present
    new = present
    if outer is None and _inside:
        _have_overlapped = True
    # A module that another thread imports belongs to the import of that thread.
    owner = locks.owner_of(name) if name in _module_locks else None
    if outer is not None:
        if owner is None:
            outer.names += (name,) if alternative is None else (name, alternative)
        if outer.present is present:
            return None
        new = Observers([one for one in present.all if one not in outer.present.all])
        if not new.all:
            return None
    this = Import(name, ident, present)
    this.wanted_by = new.unasked
    if owner is not None:
        this.is_wait, this.awaited = True, _inside.get(owner)
    if _lazy_modules is not None:
        # Not later: the first use of a placeholder takes its name out of sys.lazy_modules.
        this.is_lazy = name in _lazy_modules
    if outer is not None:
        this.outer, this.is_refused = outer, outer.is_refused
    if alternative is not None:
        this.alternative = alternative
    for observer in new.asked:
        if observer.wants(name, ident):
            this.wanted_by += (observer,)
            if observer.refuses:
                this.is_refused = True
    this.size = len(sys.modules)  # again, because wants() may have waited
    return this


def _import_of(ident):
    """Return the `Import` that this thread is in, or ``None``. ``ident``: of this thread.

    Problem: in a forked child, a new thread can have the ident of a thread that only the parent has. What is done: each
    import refers to the dictionary of its thread, which no other thread has. What is left: each child keeps the
    parent's entries of `_inside`.
    """
    this = _inside.get(ident)
    return this if this is None or this.home is vars(_homes) else None


# Bound here for "except", because the globals may be None when the interpreter shuts down; see `_wrapper`.
def _note_failure(this, error, depth, raised_by_handler=was_raised_by_handler, Exception=Exception):
    """Note ``error`` while the thread is inside ``this``. Later, an import by ``error.__str__()`` would be late.

    Return the error to raise instead, or ``None``. A finder that needs a codec may raise `LateCodecError`. Programs
    expect an ``ImportError`` from an import, so this function replaces it. Not earlier: the import system would take an
    ``ImportError`` for the answer of an entry of the path, and would never ask this entry again.
    """
    try:
        if this.wanted_by:
            this.raised, this.error = type(error), "an exception"
            other = None
            if isinstance(error, LateCodecError):
                other = LateImportError(str(error))  # the text of each refusal begins with one name
                other.name = error.name
                if this.asker is None:
                    _find_asker(this, depth)
            this.error = describe(other or error)
            return other if this.kind == "module" else None
    except Exception:  # at the limit of recursion, or of memory
        if raised_by_handler():
            raise


def _end(this, depth, raised_by_handler=was_raised_by_handler, Exception=Exception):
    """Call ``ended()`` of the observers of ``this``. Its thread is no longer inside of it."""
    try:
        if this.outer is None:
            _inside.pop(this.ident, None)
        seconds = clock() - this.began
        name, modules = this.name, sys.modules
        if this.outer is not None:  # what this import has imported in turn belongs to the outer one too
            this.outer.names += tuple(this.names)
        if this.is_wait and not this.names and not hasattr(this.awaited, "seconds"):
            this.modules = ()  # the other thread is still inside of its import
        elif (
            len(modules) == this.size + 1
            and not this.names
            and "." not in name
            and name in modules
            and _is_reported_by(this, name)
        ):
            # For speed. The usual import is of a module that imports only loaded modules.
            _known.add(name)
        else:
            found = _arrived(this)
            this.modules = tuple([one for one in found if _is_reported_by(this, one)])
            if not found and this.error is None and not this.is_wait:
                # 3.15 looks for a submodule before it makes a placeholder. There is none, so nothing was imported.
                return
            if found and not this.modules:
                this.is_wait = True
        this.seconds = seconds
        if not this.wanted_by:
            return
        if this.asker is None:
            _find_asker(this, depth)
        this.thread = locks.thread_name(this.ident)
        this.process = os.getpid()
    except Exception:  # nothing of our own may break an import
        if raised_by_handler():
            raise
        return
    calls = [(observer.ended, (this,)) for observer in this.wanted_by]
    for function, arguments in calls:
        try:
            action = function(*arguments)
            if action is not None:
                # At the end of the list: an action may import, and before that each observer takes in this import.
                calls.append((action, ()))
        except Exception:  # as above
            if raised_by_handler():
                raise


def _is_reported_by(this, name):
    """Return whether no import of another thread has reported the module ``name``. Note that ``this`` reports it.

    Several threads may import the same module at the same time, and one of them loads it. A module that the program
    takes out of ``sys.modules`` and imports again is another object. 2.7 has no weak references to modules, so each
    of these threads reports the module.
    """
    if not _have_overlapped and not _count_threads():  # for speed: this is the only thread
        return True
    module = sys.modules.get(name)
    try:
        own = ref(module), this.ident
    except TypeError:  # an object of the program
        return True
    # One step. Without the GIL, two threads could each find no entry, and then each make one.
    entry = _reported.setdefault(name, own)
    reference, ident = entry
    if ident != this.ident and reference() is module and not this.was_loaded:
        return False
    if entry is not own:
        _reported[name] = own
    return True


def _arrived(this):
    """Return the names of the modules that ``this`` added to ``sys.modules``, its own first.

    If the import failed, leave out each module whose package is not loaded. Nothing can import such a module without
    its package.
    """
    modules = sys.modules
    if this.alternative is not None:
        _choose_name(this)
    names = [this.name]
    names += this.names
    if PY2:  # it loads the packages of a module without a call of __import__
        packages = [package for name in names for package in with_parents(name)[1:]]
        names += [name for name in packages if name not in _known]
    arrived = [name for name in names if modules.get(name) is not None]
    if len(arrived) > 1:
        seen = set()  # a module can be asked for twice: by a finder, after a failure
        arrived = [name for name in arrived if not (name in seen or seen.add(name))]
    if PY2 and arrived and this.error is None and modules.get(this.name) is None:
        this.name = arrived[0]  # of "from package import absent, module"; a manifest that names absent would be stale
    if this.was_loaded and this.error is not None:  # a reload that failed
        arrived.remove(this.name)
    # On 2.7, a statement that has loaded nothing may only have noted that its name is not relative.
    if len(modules) > this.size + len(arrived) and (arrived or not PY2 or this.error is not None):
        # Some modules are added without an import of their own, as os.path is. A module that another thread imports at
        # this moment belongs to that thread. New names are at the end of sys.modules, but on 2.7 it has no order.
        new = list(modules.copy())[0 if PY2 else this.size :]
        theirs = set(arrived)
        for other in list(_inside.values()):
            if other is not None:
                theirs.update([other.name], other.names)
        # _known last: a thread adds its names before it leaves _inside.
        new = [name for name in new if name not in theirs and name not in _known]
        arrived += [name for name in new if modules.get(name) is not None]
    _known.update(arrived)
    if this.error is not None:
        names = [name for name in arrived if isinstance(name, Text)]  # a program may use a number
        arrived = [name for name in names if all(modules.get(part) is not None for part in with_parents(name))]
    return tuple(arrived)


def late_import(this, began):
    """Return the ended `Import` ``this`` as a `LateImport`. ``began``: when the watch began, by `clock`."""
    kind = this.kind
    if Placeholder is not None and kind == "module" and _uses_placeholder(this):
        kind = "placeholder"
    name, modules = this.spelling or this.name, (this.name,) if this.modules is None else this.modules
    asker, started = _place_of_asker(*this.asker), this.began - began
    return LateImport(name, kind, asker, this.thread, this.seconds, modules, this.error, this.process, started)


def _place_of_asker(code, line, instruction):
    """Return the place of the asker as text.

    ``code``: its code object, or ``None``. ``instruction``: the offset of an instruction, in place of ``line``.
    """
    if code is None:
        return "<C>:0 <no Python code>"
    if instruction is not None:
        lines = [row[2] for row in code.co_lines() if row[0] <= instruction < row[1]]
        line = lines[0] if lines else None
    return "%s:%s %s" % (code.co_filename, line, code.co_name)


def _refusal(this, name):
    """Return the error that refuses to load the module ``name``."""
    _find_asker(this, 1)
    error = (LateCodecError if this.kind == "codec" else LateImportError)(
        "late import of %r refused: asked for by %s in %s; import it before the watch starts, or "
        "inside of allowed()" % (name, _place_of_asker(*this.asker), locks.thread_name(this.ident))
    )
    error.name = name
    return error


def _inside_of_refused(outer, name):
    """Return an `Import` without observers for the module ``name``, which a finder imports inside of ``outer``.

    It is refused too, unless the watch excludes or allows it.
    """
    this = Import(name, outer.ident, outer.present)
    this.outer = outer
    while outer is not None and not this.is_refused:
        for observer in outer.wanted_by:
            if observer.refuses and observer.wants(name, this.ident):
                this.is_refused = True
        outer = outer.outer
    if this.is_refused:
        this.refusal = lambda: _refusal(this, name)
    return this


# Python 2.7 --------------------------------------------------------------------------------------------------------
#
# Each import statement calls ``__import__``, also for a loaded module. The wrapper must find out what the statement
# means.


def _wrap_import27(before):
    def wrapper(before):
        return _wrapper(lambda name, others: before(name, *others), _begin27)

    noticed = wrapper(before)
    # When 2.7 shuts down, all globals may be None, for "except" too.
    unusual = (AttributeError, KeyError, TypeError)
    error_type, raised_by_handler = Exception, was_raised_by_handler

    def __import__(name, globals=None, locals=None, fromlist=None, level=-1):
        try:
            # For speed: what certainly loads nothing is not worked out.
            module = sys.modules[name]
            if not fromlist or (
                # For speed, not hasattr(), which 2.7 itself calls. A lazy package may load itself if __dict__ is read.
                "__path__" not in module.__dict__
                if module.__class__ is Module
                else not hasattr(module, "__path__")
            ):
                package = level and globals is not None and globals["__package__"]
                if (
                    level == 0
                    or globals is None
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
        except unusual:
            pass  # something is not loaded, or not known yet, or unusual
        call = noticed
        try:
            if import27.is_parent_missing(globals, level):
                call = wrapper(seen_as(sys._getframe().f_back, before))
        except error_type:  # the interpreter shuts down
            if raised_by_handler():
                raise
        return call(name, (globals, locals, fromlist, level))

    return __import__


def _begin27(name, others):
    globals, _, fromlist, level = others
    outer = _import_of(_thread.get_ident())
    refuses = outer is not None and outer.is_refused or _present.refuses
    names = import27.meanings(name, globals, level)
    try:
        if len(names) > 1 and refuses:
            part = import27.first_absent(names[0])
            names = names[:1] if part is None or import27.exists(part) else names[1:]
        # Without a refusal, a finder is not asked: the end of the import shows what it has loaded.
        candidates = [import27.absent_modules(one, fromlist, refuses and import27.exists) for one in names]
        absent = [_first_wanted(some) for some in candidates if some]
    except LateCodecError:  # of a finder, which will raise it again inside of the import
        candidates = ()
        absent = [one for one in names if import27.first_absent(one) is not None][:1]
    if not absent:
        return None
    this = _begin(absent[0], None, absent[1] if len(absent) > 1 else None)
    if this is not None:
        # The first name of "from package import a, b" may not exist. The other names are modules of this import too.
        this.names = tuple([name for some in candidates if len(some) > 1 for name in some])
    if refuses:
        part = import27.first_absent(absent[0])
        if this is None:
            if outer.is_refused and part is not None and import27.exists(part):
                return _inside_of_refused(outer, part)
        elif this.is_refused:
            # None: another thread has loaded the module meanwhile.
            this.refusal = lambda: (_refusal(this, part) if part is not None and import27.exists(part) else None)
    return this


def _first_wanted(names):
    """Return the first name that an observer wants, or the first name. If observers refuse, ask only these."""
    if len(names) > 1:
        ident = _thread.get_ident()
        observers = [one for one in _present.asked if one.refuses] or _present.all
        for name in names:
            if any(one.wants(name, ident) for one in observers):
                return name
    return names[0]


def _choose_name(this):
    """Choose between ``name`` and ``alternative`` of an import that has ended."""
    if sys.modules.get(this.name) is not None:
        return
    part = import27.first_absent(this.name)
    if this.error is None or part is None or not import27.exists(part):
        this.name = this.alternative


# Who asked ---------------------------------------------------------------------------------------------------------

# Frames of these packages stand between the asker and the import system.
_TRANSPARENT = frozenset(
    "_frozen_importlib _frozen_importlib_external codecs encodings imp importlib pkgutil runpy warmup zipimport".split()
)
# Names of modules that were found not to belong to these packages.
_asking = set()
_opcodes = {}  # number -> name, where there are placeholders
if Placeholder is not None:
    # Not from opcode, which the program may import late itself; and not later, when there may be no file any more.
    try:
        from _opcode_metadata import opmap

        _opcodes.update((number, name) for name, number in opmap.items())
    except ImportError:  # only sys.lazy_modules shows uses of placeholders then
        pass


def _find_asker(this, depth):
    """Set ``asker``, ``kind`` and ``spelling`` of ``this``.

    ``depth``: the frame to begin with, as `sys._getframe` counts from here. 3 is the caller of a wrapper: 0 is this
    function, 1 is the function that the wrapper has called, and 2 is the wrapper. 4 if a second function of ours stands
    below the wrapper. A refusal begins with 1: the loop below skips frames of this package.
    """
    try:
        # For speed, not by f_back, which makes an object of each frame.
        asker = frame = sys._getframe(depth)
    except ValueError:  # C code imports, and there is no such frame
        asker = frame = None
    inner = ""  # the module of the frame that this frame has called
    # For speed: few programs have replaced the __import__ of C.
    replaced = import_codes() if type(getattr(builtins, "__import__", len)) is not type(len) else ()
    while asker is not None:
        if asker.f_code in replaced:
            asker = asker.f_back
            continue
        name = dict.get(asker.f_globals, "__name__")
        if name.__class__ is not str or name in _asking:
            break
        if name == "functools":
            # The functions of importlib.resources are behind wrappers of singledispatch.
            if not inner.startswith("importlib."):
                break
        elif name.partition(".")[0] not in _TRANSPARENT:
            _asking.add(name)
            break
        inner = name
        # C code calls this function with the normalized spelling. Nothing else on the stack has the spelling.
        if name == "encodings" and asker.f_code.co_name == "search_function":
            _read_look_up(this, asker.f_locals)
        elif name == "importlib":  # import_module() has imported, beside a placeholder of that name
            this.is_lazy = False
        asker = asker.f_back
    if asker is None:  # nothing but the import system is on the stack
        asker = frame
        while asker is not None and asker.f_globals.get("__name__", "").startswith("warmup."):
            asker = asker.f_back
        # C code imports, in a thread or a program of C: no Python code has called it.
        if asker is None:
            this.asker = None, 0, None
            return
    if asker.__class__ is Frame:
        # For speed: 3.11+ reads the table of lines from its start, which takes long in a long function.
        this.asker = asker.f_code, None, asker.f_lasti
    else:
        this.asker = asker.f_code, asker.f_lineno, None


def _read_look_up(this, variables):
    """Set ``spelling`` and ``is_tried_again`` from the local variables of ``encodings.search_function``."""
    this.kind, this.spelling = "codec", variables.get("encoding")
    names = variables.get("modnames") or ()
    if variables.get("modname") in names:
        rest = names[names.index(variables["modname"]) + 1 :]
        this.is_tried_again = any(name and "." not in name for name in rest)


def _uses_placeholder(this):
    """Return whether the instruction that asked uses a placeholder, and so imports.

    The interpreter resolves a placeholder without a frame of its own. If the instruction loads a global or an
    attribute, nothing but a placeholder imports without a frame. If it is a call, it may call ``resolve()``, or C code
    that imports. `sys.lazy_modules` names the placeholders, but not all of them (python/cpython issue 155695).
    """
    code, _, instruction = this.asker
    if instruction is None:
        return False
    operation = _opcodes.get(code.co_code[instruction], "")
    if operation == "IMPORT_NAME":
        return False
    return operation.startswith(("LOAD_", "IMPORT_FROM")) or this.is_lazy


def is_importing():
    """Return whether this thread is inside an import. Then it holds locks that other threads may wait for."""
    return _import_of(_thread.get_ident()) is not None or locks.is_held(sys._getframe(1))
