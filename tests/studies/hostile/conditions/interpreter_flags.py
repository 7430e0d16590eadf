"""preload() works, prints nothing and leaves nothing late, whatever Python's flags are."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = "held"
CASES = (
    "none",
    "-O",
    "-OO",
    "-I",
    "-E",
    "-s",
    "-S",
    "-B",
    "-P",
    "-b",
    "-bb",
    "-u",
    "-q",
    "-R",
    "-t",
    "-3",
    "-Qnew",
    "-W error",
    "-W always",
    "-X dev",
    "-X utf8",
    "-X utf8=0",
    "-X frozen_modules=off",
    "-X faulthandler",
    "-X tracemalloc",
    "-X no_debug_ranges",
    "-X int_max_str_digits=0",
    "-X importtime",
    "-X warn_default_encoding",
    "-X cpu_count=1",
    "-X perf",
    "-X lazy_imports=all",
    "-X context_aware_warnings=1",
)
DIFFERENT = {
    "-O": {"OPTIONS": ["-O"]},
    "-OO": {"OPTIONS": ["-OO"]},
    "-I": {"OPTIONS": ["-I"], "SINCE": (3, 6)},
    "-E": {"OPTIONS": ["-E"]},
    "-s": {"OPTIONS": ["-s"]},
    "-S": {"OPTIONS": ["-S"]},
    "-B": {"OPTIONS": ["-B"]},
    "-P": {"OPTIONS": ["-P"], "SINCE": (3, 11)},
    "-b": {"OPTIONS": ["-b", "-W", "ignore::BytesWarning"], "SINCE": (3, 6)},
    "-bb": {"OPTIONS": ["-bb"], "SINCE": (3, 6)},
    "-u": {"OPTIONS": ["-u"]},
    "-q": {"OPTIONS": ["-q"], "SINCE": (3, 6)},
    "-R": {"OPTIONS": ["-R"]},
    "-t": {"OPTIONS": ["-tt"], "UNTIL": (2, 7)},
    "-3": {"OPTIONS": ["-3", "-W", "ignore"], "UNTIL": (2, 7)},
    "-Qnew": {"OPTIONS": ["-Qnew"], "UNTIL": (2, 7)},
    "-W error": {"OPTIONS": ["-W", "error"]},
    "-W always": {"OPTIONS": ["-W", "always"]},
    "-X dev": {"OPTIONS": ["-X", "dev"], "SINCE": (3, 7)},
    "-X utf8": {"OPTIONS": ["-X", "utf8"], "SINCE": (3, 7)},
    "-X utf8=0": {"OPTIONS": ["-X", "utf8=0"], "SINCE": (3, 7)},
    "-X frozen_modules=off": {"OPTIONS": ["-X", "frozen_modules=off"], "SINCE": (3, 11)},
    "-X faulthandler": {"OPTIONS": ["-X", "faulthandler"], "SINCE": (3, 6)},
    "-X tracemalloc": {"OPTIONS": ["-X", "tracemalloc"], "SINCE": (3, 6), "SECONDS": 1},
    "-X no_debug_ranges": {"OPTIONS": ["-X", "no_debug_ranges"], "SINCE": (3, 11)},
    "-X int_max_str_digits=0": {"OPTIONS": ["-X", "int_max_str_digits=0"], "SINCE": (3, 11)},
    "-X importtime": {"OPTIONS": ["-X", "importtime"], "SINCE": (3, 7)},
    "-X warn_default_encoding": {"OPTIONS": ["-X", "warn_default_encoding"], "SINCE": (3, 10)},
    "-X cpu_count=1": {"OPTIONS": ["-X", "cpu_count=1"], "SINCE": (3, 13)},
    "-X perf": {"OPTIONS": ["-X", "perf"], "SINCE": (3, 12)},
    "-X lazy_imports=all": {"OPTIONS": ["-X", "lazy_imports=all"], "SINCE": (3, 15)},
    "-X context_aware_warnings=1": {"OPTIONS": ["-X", "context_aware_warnings=1"], "SINCE": (3, 14)},
}
PART = ("-OO",)
CASE = arena.case(CASES)

import os  # noqa: E402

out = os.open("printed", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
err = os.dup(2)
os.dup2(out, 2)
os.dup2(out, 1)
import warmup  # noqa: E402


def late():
    import sched  # noqa: F401,F811


try:
    report = warmup.preload(strict=True)
except Exception as error:
    arena.broken("preload() raised %s" % arena.described(error))
finally:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os.dup2(err, 2)
import time  # noqa: E402

before = set(sys.modules)
time.strptime("2000", "%Y")
for spelling in ("cp1250", "idna", "latin-1", "utf-16", "shift_jis"):
    "x".encode(spelling)
import sched  # noqa: E402,F401,F811

new = sorted(name for name in set(sys.modules) - before if sys.modules[name] is not None)
arena.equal(new, [], "imported late")
printed = os.pread(out, 10000, 0) if hasattr(os, "pread") else (os.lseek(out, 0, 0), os.read(out, 10000))[1]
if "importtime" not in CASE:
    arena.equal(printed, b"", "printed")
arena.expect(len(report.warmed) > 100, "only %d targets were warmed" % len(report.warmed))
arena.held()
