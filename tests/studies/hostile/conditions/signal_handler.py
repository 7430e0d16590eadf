"""What a signal handler raises passes through preload(), wherever the signal arrives, and all is
put back.
"""

from __future__ import absolute_import, division, print_function

import os
import signal
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 1
CASES = (
    "exit-in-body",
    "exit-in-body-of-derived",
    "exit-in-finder",
    "exit-in-codec",
    "error-in-body",
    "error-in-body-of-derived",
    "error-in-finder",
    "error-in-codec",
    "own-exit-class-in-body",
)
PART = ("exit-in-body", "error-in-body-of-derived", "error-in-codec")
CASE = arena.case(CASES)


class Late(Exception):
    """As timeouts raise that are built on SIGALRM."""


class Leave(BaseException):
    """As servers raise to leave their loop."""


RAISED = {"exit": SystemExit(7), "error": Late("too late"), "own": Leave()}[CASE.partition("-")[0]]
handled = []


def handler(number, frame):
    handled.append(number)
    raise RAISED


def send():
    os.kill(os.getpid(), signal.SIGUSR1)


signal.signal(signal.SIGUSR1, handler)
BODY = "import os, signal\nos.kill(os.getpid(), signal.SIGUSR1)\nx = [i for i in range(9)]\n"
arena.folder(
    {
        "hostile_body.py": BODY,
        "hostile_package/__init__.py": "def late():\n    from hostile_package import below\n",
        "hostile_package/below.py": BODY,
    }
)
options = {"codecs": ()}
if CASE.endswith("-in-body"):
    options["modules"] = ["hostile_body"]
elif CASE.endswith("-of-derived"):
    import hostile_package  # noqa: F401

    options["packages"] = ["hostile_package"]
elif CASE.endswith("-in-finder"):
    import warmup  # noqa: F401

    def find(name):
        if name == "sched":
            send()

    sys.meta_path.insert(0, arena.finder(find))

    def late():
        import sched  # noqa: F401

else:
    import codecs

    def encode(text, errors="strict"):
        send()
        return b"", 0

    codecs.register(lambda name: codecs.CodecInfo(encode, encode, name=name) if name == "hostilecodec" else None)
    options["codecs"] = ["hostilecodec"]

import warmup  # noqa: E402

before = arena.state()
raised, report = None, None
try:
    report = warmup.preload(**options)
except BaseException as error:
    raised = error
arena.arranged(handled, "the signal handler did not run")
if raised is None:
    arena.broken("preload() returned, with %s" % arena.short([o for o in report.outcomes if o.error]))
arena.expect(raised is RAISED, "preload() raised %s" % arena.described(raised))
arena.equal(arena.changed(before), "", "changed afterwards")
arena.held()
