"""``guard_fork()``: a fork beside an import in flight leaves no child that hangs."""

from __future__ import absolute_import, division, print_function

import os
import sys

from warmup._python import imports
from warmup._values import ArgumentError

_is_registered = False  # the repair, with os.register_at_fork(): once for the life of the process


def guard_fork(timeout=5.0):
    """Let `os.fork` and `os.forkpty` wait for imports in flight, and repair every child. Return the `Guard`.

    From then on, a fork (by `multiprocessing`, Celery, gunicorn) first waits until no other thread is inside an
    import. Meanwhile threads that are about to begin an import wait for the fork. Without the guard, the child
    inherits the locks of such imports, whose owners do not exist in it, and hangs when it imports the same module.

    ``timeout``: seconds to wait at most. Then a warning with modules and threads goes to the logger ``warmup``, and
    the fork happens all the same. 0: never wait.

    In every child, the locks of imports in flight are dropped, and half-imported modules with them, so that the
    child imports them anew.

    A second call changes the timeout, and returns the same guard. ``stop()`` takes it back.

    What it cannot see: forks by C code that calls none of Python's fork hooks (uWSGI's; `subprocess`, whose child
    runs another program, needs no guard). A fork through a name that was bound before (``from os import fork``) does
    not wait; its child is repaired. While a thread is inside a *finder*, `os.fork` itself waits for it, without limit.
    What the repair cannot undo: what the half-run body of a module has done elsewhere; a C extension may refuse to be
    loaded a second time; on a free-threaded build, the lock of an object that a thread held at that moment, such as
    that of ``sys.modules``. The wait prevents all three.

    Raises ``NotImplementedError`` where Python has no `os.register_at_fork` (2.7, 3.6, Windows), ``TypeError`` or
    ``ValueError`` for a wrong timeout.
    """
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError("timeout: a number of seconds is needed, not %r" % (timeout,))
    if not 0 <= timeout < float("inf"):
        raise ArgumentError(
            "timeout", "%r is no waiting time; give seconds, 0 to never wait" % timeout, timeout
        )
    if not hasattr(os, "fork") or not hasattr(os, "register_at_fork"):
        raise NotImplementedError(
            "guard_fork() needs os.register_at_fork(), which this Python does not have; call "
            "preload() before any thread starts, so that no import is in flight at a fork"
        )
    import logging  # noqa: F401  the warning must not import anything when a fork is due

    _guard._start(timeout)
    return _guard


class Guard(object):
    """What `guard_fork` returns. As a context manager it stops at the end of the block.

    ``timeout``: in seconds; ``None`` if it has stopped.
    """

    def __init__(self):
        self.timeout = None
        self._replaced = []  # (name in os, what was there, our function)

    def _start(self, timeout):
        global _is_registered
        try:
            for name in ("fork", "forkpty"):
                before = getattr(os, name, None)
                if before is not None and not any(before is ours for _, _, ours in self._replaced):
                    ours = _waiting(before)
                    self._replaced.append((name, before, ours))
                    setattr(os, name, ours)
            if not _is_registered:
                os.register_at_fork(after_in_child=_repair)
                _is_registered = True
            self.timeout = timeout
        except BaseException:
            self.stop()
            raise

    def stop(self):
        """Take the guard back. Where someone has replaced `os.fork` meanwhile, ours stays beneath and does nothing."""
        self.timeout = None
        for name, before, ours in reversed(list(self._replaced)):
            if getattr(os, name) is ours:
                setattr(os, name, before)
                self._replaced.remove((name, before, ours))

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop()

    def __repr__(self):
        return "<warmup.Guard: %s>" % (
            "stopped" if self.timeout is None else "timeout %s s" % self.timeout
        )


_guard = Guard()


def _waiting(before):
    # Not by a hook of os.register_at_fork(before=...): Python copies the list of hooks when the fork begins. An import
    # that ends while a hook waits registers hooks of its own (logging, concurrent.futures.thread), whose "after" part
    # then releases a lock that was never taken.
    def fork():
        timeout = _guard.timeout
        if timeout is None:  # stopped, and put back by someone who had replaced os.fork
            _guard.stop()
        if not timeout or not imports.in_flight():
            return before()
        with imports.held_off(timeout) as in_flight:
            if in_flight:
                _warn(timeout, in_flight)
            return before()

    fork.__name__, fork.__doc__ = before.__name__, before.__doc__
    return fork


def _warn(timeout, in_flight):
    try:
        sys.modules["logging"].getLogger("warmup").warning(
            "a process forks although after %s s there is still an import in flight: %s; the child imports it anew",
            timeout,
            ", ".join("%s in %s" % (module, thread) for module, _, thread in in_flight),
        )
    except Exception:  # a handler failed
        pass


def _repair():
    if _guard.timeout is not None:
        imports.repair()
