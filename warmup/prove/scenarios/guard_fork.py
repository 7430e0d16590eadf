"""A process forks while another of its threads is inside an import; the child needs the module.

The first argument is the case. The warm run preloads nothing. With the guard, os.fork() waits
until no other thread is inside an import. After its timeout it forks all the same, and the child
imports the module anew. Most of the warm figure is the rest of the import in flight. PyPy has no
case with an extension, because no extension of its standard library imports anything from C.
"""

from __future__ import absolute_import, division, print_function

import os
import select
import signal
import sys
import threading
from timeit import default_timer as clock

POSITION = 45
CURE = "guard_fork()"
COLD = {"2.7-3.6": "absent", "3.7-": "child hangs", "pypy": "child hangs", "win32": "absent"}
NEEDS = ("os.fork", "os.register_at_fork", "multiprocessing", "concurrent.futures")
CASES = (
    {
        "name": "guard_fork_body",
        "title": "guard_fork(), not preload(): os.fork() while a thread runs a module's body.",
    },
    {
        "name": "guard_fork_finder",
        "title": "guard_fork(): os.fork() while a thread finds a module. Cold, the fork stalls.",
    },
    {
        "name": "guard_fork_codec",
        "title": "guard_fork(): os.fork() while a thread imports a codec.",
    },
    {
        "name": "guard_fork_extension",
        "title": "guard_fork(): os.fork() while a thread imports a C extension.",
        "cold": {"2.7-3.6": "absent", "3.7-": "child hangs", "pypy": "absent", "win32": "absent"},
        "needs": ("_elementtree",),
    },
    {
        "name": "guard_fork_timeout",
        "title": "guard_fork(timeout=0.1): os.fork() during an import that takes longer.",
    },
    {
        "name": "guard_mp_body",
        "title": "guard_fork(): multiprocessing forks while a thread runs a module's body.",
    },
    {
        "name": "guard_mp_finder",
        "title": "guard_fork(): multiprocessing forks while a thread finds a module.",
    },
    {
        "name": "guard_mp_codec",
        "title": "guard_fork(): multiprocessing forks while a thread imports a codec.",
    },
    {
        "name": "guard_mp_extension",
        "title": "guard_fork(): multiprocessing forks while a thread imports a C extension.",
        "cold": {"2.7-3.6": "absent", "3.7-": "child hangs", "pypy": "absent", "win32": "absent"},
        "needs": ("_elementtree",),
    },
    {
        "name": "guard_pool_body",
        "title": "guard_fork(): ProcessPoolExecutor forks while a thread runs a module's body.",
        "needs": ("semaphores",),
    },
    {
        "name": "guard_pool_finder",
        "title": "guard_fork(): ProcessPoolExecutor forks while a thread finds a module.",
        "needs": ("semaphores",),
    },
    {
        "name": "guard_pool_codec",
        "title": "guard_fork(): ProcessPoolExecutor forks while a thread imports a codec.",
        "needs": ("semaphores",),
    },
    {
        "name": "guard_pool_extension",
        "title": "guard_fork(): ProcessPoolExecutor forks while a thread imports a C extension.",
        "cold": {"2.7-3.6": "absent", "3.7-": "child hangs", "pypy": "absent", "win32": "absent"},
        "needs": ("_elementtree", "semaphores"),
    },
)
LIMIT = 1.0  # seconds to wait for the child, and for the fork after the guard's timeout
IMPORT = 0.3  # seconds that each stage of the import goes on while the fork waits
_, way, stage = (sys.argv[1] if sys.argv[1:] else "guard_fork_body").split("_")
# _elementtree is a C extension that imports xml.etree.ElementPath.
held = {"codec": "encodings.cp1250", "extension": "xml.etree.ElementPath"}.get(stage, "colorsys")
importing, forking, forked = threading.Event(), threading.Event(), threading.Event()
(reader, writer), children, outcomes = os.pipe(), [], []
fork_waits = "warm" in sys.argv and stage != "timeout"  # else the import can wait for the fork


def late():
    if stage == "codec":
        u"x".encode("cp1250")
    elif stage == "extension":
        import _elementtree  # noqa: F401
    else:
        import colorsys  # noqa: F401


class SlowDisk(object):
    def find_spec(self, name, path=None, target=None):
        if name == held and not forked.is_set():
            importing.set(), forking.wait()
            forked.wait(IMPORT)


def slow_body(frame, event, argument):
    if frame.f_code.co_name == "<module>" and frame.f_globals["__name__"] == held:
        importing.set(), forking.wait()
        if not forked.wait(IMPORT if fork_waits else LIMIT) and stage == "timeout":
            outcomes.append("fork stalls")


def work():
    sys.settrace(slow_body)
    late()


def child():
    try:
        late()
        os.write(writer, b"fine")
    except Exception as error:
        os.write(writer, ("raises %r" % error).encode("utf-8"))


if "warm" in sys.argv:
    import warmup

    warmup.guard_fork(timeout=0.1 if stage == "timeout" else 5.0)
if way != "fork":  # later, these imports would be in flight too
    import concurrent.futures.process
    import multiprocessing.popen_fork

    context = multiprocessing.get_context("fork")
    pool = way == "pool" and concurrent.futures.ProcessPoolExecutor(1, context)
if stage == "finder":
    sys.meta_path.insert(0, SlowDisk())
threading.Thread(target=work).start()
importing.wait()
forking.set()  # a busy machine may wake this thread late
began = clock()
if way == "pool":
    pool.submit(child)
elif way == "mp":
    context.Process(target=child).start()
else:
    children.append(os.fork())
    if children == [0]:
        child()
        os._exit(0)
forked.set()
answered = select.select([reader], [], [], LIMIT)[0]
outcomes.append(os.read(reader, 1000).decode("utf-8") if answered else "child hangs")
print("%s after %.4f s" % (outcomes[0], clock() - began), flush=True)
if way != "fork":
    children += [process.pid for process in multiprocessing.active_children()]
for number in children:
    os.kill(number, signal.SIGKILL)
os._exit(outcomes[0] != "fine")  # the exit handler of the pool would wait for its child
