"""A standard module that refuses to load on this platform is unavailable where it is derived, and
never failed.
"""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 19
CASES = (
    "ctypes.wintypes",
    "ctypes.wintypes-strict",
    "asyncio.windows_events",
    "asyncio.windows_utils",
    "multiprocessing.popen_spawn_win32",
    "multiprocessing.popen_forkserver",
    "encodings.mbcs",
    "encodings.oem",
    "msilib",
    "msvcrt",
    "winreg",
    "_winapi",
    "nt",
    "ntpath",
    "ctypes.macholib.dyld",
    "distutils.msvccompiler",
    "dbm.gnu",
    "curses.panel",
    "_sitebuiltins",
    "every-codec",
)
PART = ("ctypes.wintypes-strict", "asyncio.windows_events")
CASE = arena.case(CASES)
NAME = CASE.replace("-strict", "")

import warmup  # noqa: E402

options = {"codecs": None if CASE == "every-codec" else (), "strict": CASE.endswith("-strict")}
if CASE != "every-codec":
    namespace = {"__name__": "hostile_program"}
    exec("def late():\n    import %s\n" % NAME, namespace)
try:
    report = warmup.preload(**options)
except warmup.PreloadError as error:
    arena.broken("preload() raised %s" % arena.described(error))
arena.equal([(one.target.name, one.error) for one in report.failed], [], "failed")
arena.held()
