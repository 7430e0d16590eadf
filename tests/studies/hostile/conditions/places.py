"""preload() works in a deleted or unreadable folder, without standard streams, and with a library
that cannot be written.
"""

from __future__ import absolute_import, division, print_function

import os
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = "held"
CASES = (
    "deleted-folder",
    "deleted-folder-on-the-path",
    "folder-with-odd-name",
    "streams-closed",
    "streams-closed-as-descriptors",
    "streams-are-none",
    "stdout-raises",
    "no-environment",
    "no-path",
    "path-that-ends-nowhere",
    "without-proc",
    "as-another-user",
    "sigint-ignored",
    "stopped-and-continued",
)
PART = ("deleted-folder-on-the-path", "streams-closed-as-descriptors", "sigint-ignored")
CASE = arena.case(CASES)


def late():
    import sched  # noqa: F401


class Raises(object):
    def __getattr__(self, name):
        raise IOError("standard output may not be touched: %s" % name)


import warmup  # noqa: E402,F401

if CASE.startswith("deleted-folder"):
    gone = arena.folder({}, on_path=False)
    os.chdir(gone)
    if CASE.endswith("path"):
        sys.path[:0] = ["", gone]
    os.rmdir(gone)
elif CASE == "folder-with-odd-name":
    odd = os.path.join(arena.folder({}, on_path=False), b"\xff\n'\"" if arena.PY2 else os.fsdecode(b"\xff\n'\""))
    os.mkdir(odd)
    os.chdir(odd)
    sys.path[:0] = ["", odd]
elif CASE == "streams-closed":
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()
elif CASE == "streams-closed-as-descriptors":
    for number in range(3):
        os.close(number)
elif CASE == "streams-are-none":
    sys.stdin = sys.stdout = sys.stderr = None
elif CASE == "stdout-raises":
    sys.stdout = sys.stderr = Raises()
elif CASE == "no-environment":
    os.environ.clear()
elif CASE == "no-path":
    path = list(sys.path)
    del sys.path[:]
    report = arena.preload()
    sys.path[:] = path
elif CASE == "path-that-ends-nowhere":
    sys.path.append("/hostile/nowhere")
    os.environ["PATH"] = "/hostile/nowhere"
elif CASE == "without-proc":

    def without_proc(real):
        def no_proc(name, *arguments, **options):
            if str(name).startswith("/proc"):
                raise IOError(2, "No such file or directory")
            return real(name, *arguments, **options)

        return no_proc

    sys.modules["__builtin__" if arena.PY2 else "builtins"].open = without_proc(open)
    os.open = without_proc(os.open)
elif CASE == "as-another-user":
    if os.getuid() != 0:
        arena.does_not_apply("only root may become another user")
    os.setgid(65534)
    os.setuid(65534)
    try:
        os.listdir(os.path.dirname(os.__file__))
        os.listdir(os.path.join(arena.ROOT, "warmup"))
    except OSError:
        arena.does_not_apply("the other user may not read the library")
elif CASE == "sigint-ignored":
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
elif CASE == "stopped-and-continued":
    import signal

    child = os.fork()
    if child == 0:
        import time

        for _ in range(5):
            os.kill(os.getppid(), signal.SIGSTOP)
            time.sleep(0.01)
            os.kill(os.getppid(), signal.SIGCONT)
            time.sleep(0.01)
        os._exit(0)
if CASE != "no-path":
    report = arena.preload()
    arena.expect(arena.loaded("sched"), "sched was not warmed: %s" % arena.said(report, "sched"))
    arena.equal([one for one in report.failed], [], "failed")
if CASE == "without-proc":
    arena.equal(report.memory, None, "the growth of memory")
arena.held()
