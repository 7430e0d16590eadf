"""A process forks while another of its threads is inside an import; the child needs the module.

The first argument is the case. The child inherits the module's lock, which is held. It does not
inherit the thread that would release the lock. So it waits for ever. A worker pool does this if
it forks while the application still loads. On 2.7 the fork waits for the import.
"""

from __future__ import absolute_import, division, print_function

import os
import select
import signal
import sys
import threading
from timeit import default_timer as clock

__lazy_modules__ = ["colorsys"]  # 3.15 reads this as `lazy import colorsys` (PEP 810)
import colorsys  # noqa: E402

POSITION = 30
NEEDS = ("os.fork",)
CASES = (
    {
        "name": "fork_in_body",
        "title": "A process forks while a thread runs a module's body; the child imports it.",
        "cold": {
            "2.7": "fork stalls",
            "3.6-": "child hangs",
            "pypy": "child hangs",
            "win32": "absent",
        },
    },
    {
        # No process has an import statement here. To encode a string is enough.
        "name": "fork_in_codec",
        "title": "A process forks while a thread imports a codec; the child uses that codec.",
        "cold": {
            "2.7": "fork stalls",
            "3.6-": "child hangs",
            "pypy": "child hangs",
            "win32": "absent",
        },
    },
    {
        # The first use of the name `colorsys` carries out the lazy import. The import statement
        # at the top of the file does not.
        "name": "fork_in_placeholder",
        "title": "A process forks while a thread uses a placeholder; the child uses it as well.",
        "cold": {
            "2.7": "fine",
            "3.6-3.14": "fine",
            "3.15-": "child hangs",
            "pypy": "fine",
            "win32": "absent",
        },
    },
)
LIMIT = 1.0  # seconds to wait for the import in flight, and then for the child
importing, forked = threading.Event(), threading.Event()
answers = []


def late_body():
    import csv  # noqa: F401


def late_codec():
    u"x".encode("cp1250")


def late_placeholder():
    colorsys.rgb_to_hsv(0.1, 0.2, 0.3)


late, stalled = {
    "fork_in_body": (late_body, "csv"),
    "fork_in_codec": (late_codec, "encodings.cp1250"),
    "fork_in_placeholder": (late_placeholder, "colorsys"),
}[sys.argv[1] if sys.argv[1:] else "fork_in_body"]


def stall(frame, event, argument):  # makes the first line of the module's body take long
    if frame.f_code.co_name == "<module>" and frame.f_globals["__name__"] == stalled:
        importing.set()
        if not forked.wait(LIMIT):
            answers.append("fork stalls")


def work():
    sys.settrace(stall)
    try:
        late()
    except Exception as error:
        answers.append("raises %r" % error)
    importing.set()


if "warm" in sys.argv:
    import warmup

    warmup.preload()
threading.Thread(target=work).start()
importing.wait()
began = clock()
reader, writer = os.pipe()
child = os.fork()
if child == 0:
    try:
        late()
        os._exit(0)
    finally:
        os._exit(1)
forked.set()
os.close(writer)
if not select.select([reader], [], [], LIMIT)[0]:  # readable once the child has ended
    os.kill(child, signal.SIGKILL)
    answers.append("child hangs")
seconds = clock() - began
if os.waitpid(child, 0)[1] and not answers:
    answers.append("child fails")
outcome = answers[0] if answers else "fine"
print("%s after %.4f s" % (outcome, seconds))
sys.exit(outcome != "fine")
