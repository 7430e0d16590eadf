"""Guard forks beside imports in flight, so that no child hangs: ``guard_fork()``."""

from __future__ import absolute_import, division, print_function

import os
import sys
import time

from warmup._python import imports, locks
from warmup._python.compat import _thread, clock, seen_as
from warmup._python.surroundings import log_warning
from warmup._values import ArgumentError

_is_registered = False  # whether the repair is registered; os.register_at_fork() cannot be undone


def guard_fork(timeout=5.0):
    """Let `os.fork` and `os.forkpty` wait for imports in flight, and repair every child. Return the `Guard`.

    Problem: a child inherits the locks of imports that other threads are inside of, but not these threads. If it
    imports the same module, it hangs. With the guard, each fork (by `multiprocessing`, Celery, gunicorn) first waits
    until no other thread is inside an import. Meanwhile, a thread that begins an import waits half a second at most.

    In each child, the guard drops the locks of imports in flight, and the half-imported modules. So the child imports
    these modules anew.

    ``timeout``: how many seconds a fork waits at most. After that time the logger ``warmup`` gets a warning that names
    the modules and the threads, and the process forks all the same. 0: never wait.

    A second call changes the timeout, and returns the same guard. One call of ``stop()`` ends the guard. The end of
    ``with guard_fork(...):`` restores the timeout that was there before this call, or ends the guard if there was none.

    Raises ``NotImplementedError`` if Python has no `os.register_at_fork` (2.7, 3.6, Windows). Raises ``TypeError`` or
    ``ValueError`` for a wrong timeout.

    Limits: the guard does not see forks by C code that calls no fork hooks of Python, such as uWSGI's. A fork by a
    name that was bound before the call (``from os import fork``) does not wait, but its child is repaired. While a
    thread is inside a *finder*, `os.fork` itself waits for that thread, without a limit. `subprocess` does not wait,
    because its child runs another program; a ``preexec_fn`` runs after the repair. Call this function first: a fork
    hook that was registered before runs in the child before the repair, and hangs if it imports the module in flight.
    The guard does not see the first use of a module of ``importlib.util.LazyLoader``. A program that runs as long as
    the body of an imported module runs is always inside of an import: let it wait 0 seconds.

    The repair also drops the modules that were loaded since the half-imported one began, and that refer to it or to
    another dropped module: by a global variable that is the module, or a function or class of it. These stay:
    modules that were loaded before, C extensions, complete modules of the standard library, and modules whose code has
    forked.

    The repair cannot undo some damage, which only the wait prevents. The half-run body of a module may have changed
    other modules. Any object that stays may refer to what was dropped. A C extension may refuse to be loaded a second
    time, and keeps what it has imported: after a fork beside ``import asyncio``, tasks of ``_asyncio`` may raise a
    ``CancelledError`` that is not the one of the new ``asyncio``. On a free-threaded build, a thread may have held the
    lock of an object, such as ``sys.modules``, when the process forked. Then the child hangs when it next changes that
    object, as any import does. The repair itself changes ``sys.modules`` if a module is half-imported.

    Source: ``_frozen_importlib._module_locks`` of CPython and PyPy, which names the imports in flight.
    """
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError("timeout: a number of seconds is needed, as int or float, not %r" % (timeout,))
    if not 0 <= timeout <= sys.float_info.max:  # also refuses an int that no float can hold
        raise ArgumentError("timeout", "%r is no waiting time; give seconds, 0 to never wait" % timeout, timeout)
    if not hasattr(os, "fork") or not hasattr(os, "register_at_fork"):
        raise NotImplementedError(
            "guard_fork() needs os.register_at_fork(), which this Python does not have; call "
            "preload() before any thread starts, so that no import is in flight at a fork"
        )
    imports.unnoticed(_import_logging)
    _guard._start(timeout)
    return _guard


def _import_logging():
    try:
        # Later, the import of logging would itself be in flight at the fork.
        import logging  # noqa: F401
    except (ImportError, EnvironmentError):  # after a chroot, for example: the guard works, and cannot warn
        pass


class Guard(object):
    """Guard forks until `stop` is called. The function `guard_fork` returns the one guard of the process.

    A guard is a context manager. The end of the first block after a call of `guard_fork` restores the timeout from
    before this call, or calls `stop` if the guard had no timeout then. The end of another block restores the timeout
    from its start. To enter a guard that has stopped raises ``RuntimeError``.

    ``timeout``: how many seconds a fork waits at most. ``None`` if the guard has stopped.
    """

    def __init__(self):
        self.timeout = None
        self._before = None  # what the end of the next block restores
        self._outer = []  # of each block that was entered: the timeout to restore
        self._replaced = []  # (name in os, the function before, our object)

    def _start(self, timeout):
        global _is_registered
        try:
            # First: a fork that finds no timeout takes our objects out.
            self._before, self.timeout = self.timeout, timeout
            for name in ("fork", "forkpty"):
                before = getattr(os, name, None)
                if before is not None and not any(before is ours for _, _, ours in self._replaced):
                    ours = _Fork(before)
                    self._replaced.append((name, before, ours))
                    setattr(os, name, ours)
            if not _is_registered:
                os.register_at_fork(after_in_child=_repair)
                _is_registered = True
        except BaseException:
            self.stop()
            raise

    def stop(self):
        """Put `os.fork` and `os.forkpty` back. A second call does nothing.

        A fork of another thread that waits goes on at once, and its child is repaired.
        If other code has replaced `os.fork` meanwhile, our object stays below that code and does nothing. The hook
        that repairs children stays registered, and does nothing.
        """
        self.timeout = None
        for name, before, ours in reversed(list(self._replaced)):
            if getattr(os, name) is ours:
                setattr(os, name, before)
                self._replaced.remove((name, before, ours))

    def __enter__(self):
        if self.timeout is None:
            raise RuntimeError("this guard has stopped; call warmup.guard_fork() again")
        outer, self._before = self._before, self.timeout
        self._outer.append(outer)  # last: after an interrupt, the end of an outer block must find its own entry
        return self

    def __exit__(self, *exception):
        try:
            self._go_back_to(self._outer[-1])
        finally:
            self._go_back_to(self._outer.pop())  # an interrupt may have ended the first call

    def _go_back_to(self, timeout):
        if timeout is None or self.timeout is None:
            self.stop()
        else:
            self.timeout = self._before = timeout

    def __repr__(self):
        return "<warmup.Guard: %s>" % ("stopped" if self.timeout is None else "timeout %s s" % self.timeout)


_guard = Guard()


class _Fork(object):
    """Stand for `os.fork` or `os.forkpty`: wait for imports in flight, then call ``before``, the replaced function.

    Problem: after a fork, the first change of each page of memory costs its copy. What does not work: a function around
    ``before``. It costs 60 microseconds and more, and a warning of a fork beside threads (3.12+) would name this file.
    To wait in a hook, os.register_at_fork(before=...), does not work either. Python copies the list of hooks when the
    fork begins. An import that ends while a hook waits registers hooks of its own (logging,
    concurrent.futures.thread). Their "after" part would release a lock that their "before" part has not taken. What is
    done: Python asks for ``__call__``, and calls what it gets. If no import is in flight, that is ``before`` itself,
    and nothing of this class runs after the fork. What is left: a fork that waits costs more.
    """

    def __init__(self, before):
        self._before = before
        for name in ("__name__", "__qualname__", "__doc__"):
            setattr(self, name, getattr(before, name, "fork"))  # a partial of the program has none of these
        self.__wrapped__ = before  # for inspect.signature()

    @property
    def __call__(self):
        return self._wait_and_fork if locks.module_locks or _guard.timeout is None else self._before

    def _wait_and_fork(self):
        fork_here = seen_as(sys._getframe().f_back, self._before)
        timeout = _guard.timeout
        if timeout is None:  # the guard has stopped, but other code has put this object back
            _guard.stop()
        if not timeout or not locks.in_flight() or _has_waited():
            return fork_here()
        gate = _Gate()
        try:
            try:
                in_flight = gate.wait(timeout)
                if in_flight and _guard.timeout is not None:  # None: another thread has called stop()
                    _warn(timeout, in_flight)
                return fork_here()
            finally:
                gate.open()
        finally:
            gate.open()  # a signal handler may have raised in the line above


def _has_waited():
    """Return whether an outer ``fork`` of ours has waited already. Other code can stand between the two."""
    return any(isinstance(one, _Gate) and one.ident == _thread.get_ident() for one in imports.observers())


def _warn(timeout, in_flight):
    names = ", ".join("%s in %s" % (module, thread) for module, _, thread in in_flight)
    log_warning(
        "this process forked after %s s with imports in flight: %s; the child imports these modules again; give "
        "guard_fork() a longer timeout if these imports end by themselves" % (timeout, names)
    )


def _repair():
    # Also in the child of a fork that has waited until the guard was stopped.
    if _guard.timeout is not None or _has_waited():
        for observer in imports.observers():
            if isinstance(observer, _Gate) and observer.ident != _thread.get_ident():
                imports.stop(observer)  # of another thread, which waits to fork in the parent
        if locks.module_locks:
            locks.repair()


class _Gate(object):
    """Let no other thread begin an import, from `wait` until `open`. `imports` calls this observer.

    Problem: if threads import all the time, a moment without an import in flight does not come, or is too short for a
    thread that polls. What does not work: to wait for the locks themselves (the lock of a module knows no timeout), or
    only for the imports that were in flight at first (a thread that imports numpy, then pandas, is caught inside the
    second). What is done: once an import in flight has been seen, threads that are not inside an import wait before
    they begin one. What is left: an import in flight may wait for such a thread. So each waits for half a second at
    most.
    """

    is_asked, refuses = True, False

    def __init__(self):
        self.ident, self._process = _thread.get_ident(), os.getpid()
        self._lock = _thread.allocate_lock()
        self._lock.acquire()
        self._is_open = False

    def wait(self, timeout):
        """Wait ``timeout`` seconds at most until no other thread is inside an import, or until the guard stops.

        Return the imports that it has waited for in vain, as `locks.in_flight` does.
        """
        try:
            imports.start(self)
        except AttributeError:  # a later Python imports in another way: other threads are not held off
            pass
        end, pause = clock() + timeout, 0.0005
        while True:
            found = [one for one in locks.in_flight() if not locks.waits_for(one[1], locks.this_thread())]
            if found and imports.is_importing():
                # A thread that waits to fork inside an import waits for this import, as this thread waits for its own.
                gates = set(one.ident for one in imports.observers() if isinstance(one, _Gate))
                found = [one for one in found if one[1] not in gates]
            if not found or clock() >= end or _guard.timeout is None:
                return found
            time.sleep(min(pause, max(0, end - clock())))
            pause = min(2 * pause, 0.005)

    def wants(self, name, ident):
        if ident != self.ident and os.getpid() == self._process and not imports.is_importing():
            if self._lock.acquire(True, 0.5):
                self._lock.release()
        return False

    def open(self):
        """Let all threads import. A second call finishes what an interrupt has cut short."""
        imports.stop(self)
        if not self._is_open:
            # Interrupted after the next line, a thread goes on after its half second.
            self._is_open = True
            self._lock.release()
