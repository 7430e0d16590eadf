"""preload() raises nothing, and imports nothing of its own, where no file can be opened."""

from __future__ import absolute_import, division, print_function

import ctypes
import os
import platform
import resource
import struct
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 10
CASES = (
    "second-call-without-descriptors",
    "second-call-in-an-empty-root",
    "second-call-under-seccomp",
    "second-call-with-the-same-arguments",
    "first-call-without-descriptors",
    "first-call-in-an-empty-root",
    "first-call-under-seccomp",
    "second-call-sealed",
)
PART = ("second-call-in-an-empty-root", "second-call-under-seccomp", "second-call-without-descriptors")
CASE = arena.case(CASES)

import warmup  # noqa: E402,F401


def take_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    taken = []
    try:
        while True:
            taken.append(os.dup(0))
    except OSError:
        pass
    arena.arranged(taken, "no descriptor was taken")


def change_root():
    if os.getuid() != 0:
        arena.does_not_apply("only root may call chroot")
    empty = arena.folder({}, on_path=False)
    os.chroot(empty)
    os.chdir("/")
    arena.arranged(os.listdir("/") == [], "the root is not empty")


def forbid_open():
    """Have the kernel refuse open() and openat() in this process, as sandboxes do."""
    if platform.machine() != "x86_64" or not sys.platform.startswith("linux"):
        arena.does_not_apply("written for Linux on x86-64")
    load, equal, give = 0x20, 0x15, 0x06
    instructions = [
        (load, 0, 0, 0),
        (equal, 1, 0, 2),  # open
        (equal, 0, 1, 257),  # openat
        (give, 0, 0, 0x00050000 | 13),  # EACCES
        (give, 0, 0, 0x7FFF0000),  # allow
    ]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in instructions))
    filters = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(instructions), ctypes.addressof(program)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(38, 1, 0, 0, 0) or prctl(22, 2, ctypes.c_void_p(ctypes.addressof(filters)), 0, 0):
        arena.does_not_apply("seccomp is not allowed here")
    try:
        open(os.devnull).close()
    except (IOError, OSError):
        return
    arena.arranged(False, "a file can be opened")


def late():
    import sched  # noqa: F401


ARRANGE = {"descriptors": take_descriptors, "root": change_root, "seccomp": forbid_open}

reports = []
if CASE.startswith("second"):
    arena.folder({"hostile_new.py": "def late():\n    import calendar\n"})
    reports.append(arena.preload(codecs=()))
    import hostile_new  # noqa: F401
where = CASE.rpartition("-")[2]
own = []
if where in ARRANGE:
    ARRANGE[where]()
elif where == "sealed":

    def find(name):
        frame = sys._getframe(1)
        while (
            frame is not None
            and "importlib" in frame.f_code.co_filename
            or frame.f_globals.get("__name__") in ("arena", "__main__")
        ):
            frame = frame.f_back
        if str(frame.f_globals.get("__name__")).startswith("warmup"):
            own.append(name)

    sys.meta_path.insert(0, arena.finder(find))
options = {} if where == "arguments" else {"exclude": ["hostile_excluded"]}
for _ in range(2):
    reports.append(arena.preload(**options))
    options["exclude"] = ["hostile_other"]
names = {name for one in reports for name in one.modules}
targets = {one.target.name for report in reports for one in report.outcomes}
asked = [name for name in own if name not in names and name not in targets and "encodings" not in name]
arena.equal(asked, [], "imported by the package itself")
if where in ARRANGE:
    arena.expect(not reports[-1].failed or all(one.error for one in reports[-1].failed), "an outcome has no reason")
arena.held()
