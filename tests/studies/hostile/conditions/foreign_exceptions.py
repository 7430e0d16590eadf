"""A BaseException that comes from outside of the imported module passes through preload(); its own
is an outcome.
"""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 1
CASES = (
    "cancelled-by-loaded-code",
    "exit-by-loaded-code",
    "asyncio-cancelled",
    "gevent-timeout",
    "greenlet-exit",
    "raised-in-this-thread-by-another",
    "exit-raised-in-this-thread-by-another",
    "from-a-finder",
    "exit-from-a-codec",
    "interrupt-of-the-module",
    "memory-of-the-module",
    "exit-of-the-module",
    "base-exception-of-the-module",
)
DIFFERENT = {"asyncio-cancelled": {"SINCE": (3, 8)}}
PART = (
    "cancelled-by-loaded-code",
    "exit-by-loaded-code",
    "raised-in-this-thread-by-another",
    "exit-raised-in-this-thread-by-another",
    "interrupt-of-the-module",
    "exit-of-the-module",
)
CASE = arena.case(CASES)


class Cancelled(BaseException):
    """As gevent.Timeout and asyncio.CancelledError are."""


arena.folder(
    {
        "hostile_loop.py": """
import time

def run(error):  # as the switch to another greenlet does
    raise error

def wait(event):
    event.set()
    for _ in range(2000):
        time.sleep(0.001)
""",
        "hostile_module.py": """
import hostile_loop, sys
main = sys.modules['__main__']
main.begun.append(1)
if main.waiting is not None:
    hostile_loop.wait(main.waiting)
else:
    hostile_loop.run(main.raised)
""",
        "hostile_own.py": """
import sys
sys.modules['__main__'].begun.append(1)
raise sys.modules['__main__'].raised
""",
    }
)
import hostile_loop  # noqa: E402,F401

begun, raised, waiting, is_its_own = [], Cancelled("from outside"), None, False
options = {"codecs": (), "modules": ["hostile_own" if CASE.endswith("-of-the-module") else "hostile_module"]}
if CASE == "exit-by-loaded-code":
    raised = SystemExit(7)
elif CASE == "asyncio-cancelled":
    from asyncio import CancelledError

    raised = CancelledError()
elif CASE == "gevent-timeout":
    try:
        from gevent import Timeout
    except ImportError:
        arena.does_not_apply("gevent is not installed")
    raised = Timeout(1)
elif CASE == "greenlet-exit":
    try:
        from greenlet import GreenletExit
    except ImportError:
        arena.does_not_apply("greenlet is not installed")
    raised = GreenletExit()
elif CASE.endswith("-by-another"):
    if arena.PYPY:
        arena.does_not_apply("PyPy has no ctypes.pythonapi")
    import ctypes
    import threading

    waiting = threading.Event()
    main = getattr(threading, "get_ident", getattr(threading, "_get_ident", None))()
    kind = SystemExit if CASE.startswith("exit") else Cancelled

    def throw():
        waiting.wait()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            (ctypes.c_ulong if sys.version_info >= (3, 7) else ctypes.c_long)(main), ctypes.py_object(kind)
        )

    thread = threading.Thread(target=throw)
    thread.daemon = True
    thread.start()
elif CASE == "from-a-finder":

    def find(name):
        if name == "sched":
            begun.append(1)
            raise raised

    def late():
        import sched  # noqa: F401

    sys.meta_path.insert(0, arena.finder(find))
    options = {"codecs": ()}
elif CASE == "exit-from-a-codec":
    import codecs

    raised = SystemExit(7)

    def encode(text, errors="strict"):
        begun.append(1)
        raise raised

    codecs.register(lambda name: codecs.CodecInfo(encode, encode, name=name) if name == "hostilecodec" else None)
    options = {"codecs": ["hostilecodec"]}
elif CASE == "interrupt-of-the-module":
    raised = KeyboardInterrupt()
elif CASE == "memory-of-the-module":
    raised = MemoryError()
elif CASE == "exit-of-the-module":
    raised, is_its_own = SystemExit(3), True
elif CASE == "base-exception-of-the-module":
    is_its_own = True

import warmup  # noqa: E402

before = arena.state()
came, report = None, None
try:
    report = warmup.preload(**options)
except BaseException as error:
    came = error
arena.arranged(begun, "nothing raised")
if is_its_own:
    arena.expect(came is None, "preload() raised what the module itself raises: %r" % came)
    arena.equal(arena.status(report, "hostile_own"), "failed", "the outcome")
elif came is None:
    arena.broken("preload() returned, with %s" % arena.short([o for o in report.outcomes if o.error]))
elif waiting is not None:
    arena.expect(type(came) is kind, "preload() raised %s" % arena.described(came))
else:
    arena.expect(came is raised, "preload() raised %s" % arena.described(came))
arena.equal(arena.changed(before), "", "changed afterwards")
arena.held()
