"""Read the locks of the import system, which name the imports in flight, and repair them after a fork."""

from __future__ import absolute_import, division, print_function

import sys

from warmup._python.compat import PY2, Function, _thread, frames
from warmup._python.functions import running_modules
from warmup._values import with_parents

if PY2:
    import imp
else:
    import _imp

_bootstrap = None if PY2 else sys.modules["_frozen_importlib"]
# name -> weak reference to the lock, of each import in flight. Empty if no import is in flight, or if this interpreter
# keeps its locks in an unknown way.
module_locks = getattr(_bootstrap, "_module_locks", {})


class _Kept(dict):
    """Hold references to module locks: id of a lock -> ``(module, lock)``. When the interpreter ends, run no callback.

    Problem: if the reference is the last one, dropping it runs a callback of importlib, which waits for the global
    import lock. A daemon thread that is inside a finder at the end never releases it. Other callbacks fail then, and
    Python prints the errors. What is done: only the weak references in ``_module_locks`` have the callbacks. So this
    takes out those of locks that no thread holds. When a sub-interpreter of 3.6 to 3.8 ends, Python has removed the
    built-in functions. So the arguments keep the function that `__del__` calls.
    """

    def __del__(self, module_locks=module_locks, getattr=getattr):
        for name, lock in self.copy().values():
            reference = module_locks.get(name)
            if reference is not None and reference() is lock and getattr(lock, "owner", None) is None:
                module_locks.pop(name, None)


_kept = _Kept()


def per_thread():
    """Return an object whose `vars` is a dictionary for this thread alone. Its keys are idents.

    Problem: in a forked child, a new thread can have the ident of a thread that only the parent has. What is done: a
    new thread begins with an empty dictionary. The thread that has forked keeps its own. If gevent patches after this
    call, greenlets share the dictionary of their thread, and the keys distinguish them.
    """
    return _thread._local()


class Inside(object):
    """Note in ``places``, which `per_thread` has made, the blocks that this thread is inside of. A context manager.

    `is_inside` reads them. Problem: an interrupt can come between any two lines, and must not leave the thread inside.
    What is done: `__enter__` notes the block last. `__exit__` takes the block out twice. What is left: an interrupt can
    come at the end of `__enter__` (before 3.10), or before `__exit__` has found its block. A generator can leave the
    block in another thread while the first thread enters or leaves another block.
    """

    def __init__(self, places):
        self._places = places
        # (ident, dictionary of that thread, the block): two threads may be in the block of one object at once, and a
        # generator may leave the block in another thread.
        self._entered = []

    def __enter__(self):
        ident, places, block = _thread.get_ident(), vars(self._places), object()
        self._entered.append((ident, places, block))
        # Not a set that is changed: a signal handler that enters and leaves a block meanwhile would take it out.
        places[ident] = places.get(ident, ()) + (block,)

    # The last argument is a local variable: a line before "try" could be interrupted.
    def __exit__(self, kind=None, error=None, traceback=None, entry=None):
        try:
            entry = self._entry()
            self._leave(*entry)
        finally:
            entry = entry or self._entry()
            self._leave(*entry)
        self._entered.remove(entry)
        ident, places, _ = entry
        if ident == _thread.get_ident() and not places.get(ident):
            places.pop(ident, None)

    @staticmethod
    def _leave(ident, places, block):
        places[ident] = tuple([other for other in places.get(ident, ()) if other is not block])

    def _entry(self):
        me = _thread.get_ident()
        # An interrupt can leave entries whose blocks are not noted.
        entered = [entry for entry in self._entered if entry[2] in entry[1].get(entry[0], ())]
        return ([entry for entry in entered if entry[0] == me] or entered)[-1]


def is_inside(places, ident):
    """Return whether the thread ``ident``, which calls this, is inside of a block that ``places`` has."""
    return bool(vars(places).get(ident))


def thread_name(ident):
    """Return the name of the thread ``ident``, as `threading` has it. Take no lock."""
    threading = sys.modules.get("threading")
    try:
        return threading._active[ident].name
    except Exception:
        # threading has not started this thread, or this version keeps its threads elsewhere.
        return "thread %s" % ident


def in_flight():
    """Return the imports that other threads are inside of, as a list of ``(module, thread ident, thread name)``.

    The outermost import of a thread comes first. The function takes no lock that can block. The list is empty if this
    interpreter keeps its locks in an unknown way.
    """
    if PY2:
        if not imp.lock_held():
            return []
        here = sys._getframe()  # not the ident, which gevent and eventlet change
        return [
            (name, ident, thread_name(ident))
            for ident, frame in sorted(sys._current_frames().items())
            if frame is not here
            for name in reversed(running_modules(frame))
            if name != "__main__"
        ]
    me, is_own = this_thread(), _own_imports()
    return [(name, owner, thread_name(owner)) for name, owner in _owners() if owner != me or not is_own(name)]


def this_thread():
    """Return the ident of this thread that the locks of imports have.

    gevent replaces ``_thread.get_ident``, also for importlib. eventlet gives importlib a ``_thread`` of its own.
    """
    return getattr(_bootstrap, "_thread", _thread).get_ident()


def _own_imports():
    """Return a function that returns whether an import that has the ident of this thread belongs to this greenlet.

    The green threads of eventlet share the ident that the locks have. Then the import must be on the stack.
    """
    if this_thread() == _thread.get_ident():
        return lambda name: True
    own = [frame for frame in frames(sys._getframe()) if frame.f_globals is vars(_bootstrap)]
    return {frame.f_locals.get("name") for frame in own}.__contains__


def is_held(frame):
    """Return whether this thread, which is at ``frame``, is inside an import. On 2.7 ``frame`` decides."""
    if PY2:
        return imp.lock_held() and any(name != "__main__" for name in running_modules(frame))
    me, is_own = this_thread(), _own_imports()
    return any(owner == me and is_own(name) for name, owner in _owners())


def owner_of(name):
    """Return the ident of the other thread that is inside the import of ``name``, or ``None``."""
    owners = [ident for module, ident, _ in in_flight() if module == name] if name in module_locks else ()
    return owners[0] if owners else None


def _owners():
    """Return ``(module, thread ident)`` of each module lock that is held, in the order of their creation."""
    found = []
    for name, lock in _locks_in_use():
        owner = getattr(lock, "owner", None)  # a build without threads has locks without owner
        if isinstance(owner, int):
            found.append((name, owner))
    return found


def _locks_in_use():
    """Return ``(module, lock)`` of each module lock.

    Problem: this function takes references to locks. If its reference is the last one, dropping it runs a callback of
    importlib, which waits for the global import lock if another thread is inside a finder. What is done: it keeps
    all references while another thread holds that lock, until the next call.
    """
    if not module_locks and not _kept:
        return ()
    try:
        found = [(name, reference()) for name, reference in module_locks.copy().items()]
        found = [(name, lock) for name, lock in found if lock is not None]
        if _imp.lock_held():
            _kept.update((id(lock), (name, lock)) for name, lock in found)
        else:
            _kept.clear()
        return found
    except Exception:  # this interpreter keeps its locks in an unknown way
        return []


def waits_for(ident, other, seen=()):
    """Return whether the thread ``ident`` waits for a module lock of ``other``, itself or through other threads.

    Such an import cannot end before ``other`` goes on.
    """
    try:
        locks = _bootstrap._blocking_on.get(ident)
        for lock in locks if isinstance(locks, list) else [locks]:
            owner = getattr(lock, "owner", None)
            if owner == other or owner not in seen and owner is not None and waits_for(owner, other, seen + (ident,)):
                return True
    except Exception:
        # The locks have changed meanwhile, or this interpreter keeps them in an unknown way.
        pass
    return False


def repair():
    """Drop the locks and the half-imported modules of other threads in a forked child. The child can import them anew.

    Call it in the child, in the thread that has forked, before another thread starts. Imports of this thread go on.

    On a free-threaded build, a thread of the parent may have held the lock of ``sys.modules`` at the fork. ``get()``,
    ``copy()`` and ``list()`` of a dictionary would wait for it for ever. A subscript, ``in`` and a loop take no lock.
    So this function changes ``sys.modules`` only if there is a half-imported module.
    """
    me = this_thread()
    half, own = set(), set()
    for name, lock in _locks_in_use():
        owner = getattr(lock, "owner", None)
        if owner == me:
            own.update(with_parents(name))  # without the module or its packages, this import would fail when it ends
            if hasattr(lock, "waiters"):
                # A thread that was waiting for this lock may hold the lock inside of it.
                threads = getattr(_bootstrap, "_thread", _thread)
                lock.lock = threads.RLock() if isinstance(lock.lock, threads.RLock) else threads.allocate_lock()
                lock.wakeup = threads.allocate_lock()
                lock.waiters = type(lock.waiters)()
            continue
        # Drop also a lock without an owner. A thread that was about to take this lock may hold the lock inside of it.
        module_locks.pop(name, None)
        if owner is not None:
            if _is_initializing(name):
                half.add(name)
            else:  # the import is done, but the module may not yet be an attribute of its package
                _bind(name)
    if half:
        own.update(_modules_on_the_stack())
        half -= own
        for name in _to_drop(half) - own:
            _drop(name)
    blocking_on = getattr(_bootstrap, "_blocking_on", {})  # a later Python may lack it
    if hasattr(blocking_on, "data"):  # 3.12+: an object around a dictionary
        data = blocking_on.data
        blocking_on.data = {me: data[me]} if me in data else {}
    else:
        for ident in list(blocking_on):
            if ident != me:
                blocking_on.pop(ident, None)


def _modules_on_the_stack():
    """Return the names of the modules whose code has forked, and of their packages.

    A program may run as long as the body of an imported module runs, and fork in its threads. In the child its code
    goes on. If one of its modules were dropped, this code would not find it, and an import would start the program
    again.
    """
    names = set()
    for frame in frames(sys._getframe()):
        name = frame.f_globals.get("__name__")
        if isinstance(name, str) and _variables(name) is frame.f_globals:
            names.update(with_parents(name))
    return names


def _to_drop(half):
    """Return the names of the modules to drop if those of ``half`` are half-imported.

    Problem: a plug-in that the body of a package imports can import that package in turn. The plug-in is complete. It
    would keep the dead package for ever, and work with it beside the new one. What is done: drop all that came into
    ``sys.modules`` after the half-imported module, and refers to it or to another dropped module.

    What stays: a module that was loaded before, because all of the program may hold that module; a C extension, because
    many refuse to be loaded a second time; and a complete module of the standard library. Any module may hold that
    module, and it refers to a third-party module only if that has patched it.
    """
    names = [name for name in sys.modules if isinstance(name, str)]
    found = set()
    for first in half:
        dropped, more, later = set(), set([first]), set(names[names.index(first) + 1 :])
        while more:
            dropped |= more
            dead = set(id(sys.modules[name]) for name in dropped)
            dead.update(id(_variables(name)) for name in dropped)
            dead.discard(id(None))
            more = set(
                name
                for name in names
                if name not in dropped and not is_extension(name)
                # The new package would not have its submodules as attributes: only their import sets them.
                and (not dropped.isdisjoint(with_parents(name)[1:]) or name in later and _refers(name, dead, dropped))
            )
        found |= dropped
    return found


def _refers(name, dead, dropped):
    """Return whether a module, or one of its global variables, is a dropped module, or a function or a class of one.

    ``dead``: the ids of these modules and of their dictionaries. ``dropped``: their names.
    """
    try:
        variables = _variables(name)
        if id(variables) in dead:  # another name of a dropped module
            return True
        # An object made by hand cannot be imported anew. A namespace package has only its submodules.
        if name == "__main__" or variables["__spec__"] is None or not variables["__file__"]:
            return False
        if _is_standard(name, variables["__file__"]):
            return False
        for value in variables.values():
            kind = type(value)
            if (
                id(value) in dead
                or kind is Function
                and id(value.__globals__) in dead
                # isinstance() would ask a proxy for its class, which may import.
                or issubclass(kind, type)
                and type.__dict__["__dict__"].__get__(value).get("__module__") in dropped
            ):
                return True
    except Exception:  # no such variables
        pass
    return False


def _is_standard(name, path):
    """Return whether the standard library has the module. ``path``: its file."""
    if hasattr(sys, "stdlib_module_names"):  # 3.10
        return name.partition(".")[0] in sys.stdlib_module_names
    folder = sys.modules["os"].__file__.rpartition("os.")[0]
    rest = path[len(folder) :]
    return path.startswith(folder) and not rest.startswith(("site-packages", "dist-packages"))


def _variables(name):
    """Return the ``__dict__`` of what is in ``sys.modules``, or ``None`` if it has no ``__dict__``."""
    try:
        # getattr() would make a module of importlib.util.LazyLoader load itself.
        return object.__getattribute__(sys.modules[name], "__dict__")
    except Exception:
        return None


def _is_initializing(name):
    """Return whether the module is half-imported. Another thread holds its lock."""
    try:
        if sys.modules[name] is None:
            return False
    except KeyError:  # the module is still searched for
        return False
    try:
        return bool(_variables(name)["__spec__"]._initializing)
    except Exception:
        # The body has put an object of its own into sys.modules. Nothing says that the body has ended.
        return True


def is_extension(name):
    """Return whether the module is a C extension. Many extensions refuse to be loaded a second time."""
    try:
        return type(_variables(name)["__spec__"].loader).__name__ == "ExtensionFileLoader"
    except Exception:
        return False


def _drop(name):
    package, _, child = name.rpartition(".")
    module = sys.modules.pop(name, None)
    try:
        attributes = _variables(package)
        if attributes.get(child) is module:
            del attributes[child]
        # 3.13+: otherwise an error message would blame a circular import.
        attributes["__spec__"]._uninitialized_submodules.remove(child)
    except Exception:  # no package, or not in sys.modules; an older version
        pass


def _bind(name):
    package, _, child = name.rpartition(".")
    try:
        if sys.modules[name] is not None and child not in _variables(package):
            _variables(package)[child] = sys.modules[name]
    except Exception:  # the module is not in sys.modules, or the package is an object without a dictionary
        pass
