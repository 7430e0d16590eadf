"""End late imports: imports that happen after start-up, when something is used for the first time.

    import warmup
    report = warmup.preload()        # import now what this program would import late
    print(report)                    # what was imported, why, and what it cost
    print(report.why("socket"))      # what would have imported this module

Call `preload` in the main thread, after the program's own imports, after gevent has patched, and before threads,
event loops or child processes start.

preload(...)             Find the targets and warm them. Return a `Report`; ``report.failed`` lists what failed.
                         ``strict=True`` raises `PreloadError` instead.
watch(action)            Notice late imports from now on. Return a `Watch`, a context manager. Actions: "record",
                         "log", "raise" (`LateImportError`, for a codec `LateCodecError`), or a callable that gets
                         each `LateImport`.
guard_fork(timeout)      Let os.fork() wait for imports in flight, and repair each child. Return a `Guard`.
                         Needs Python 3.7 and a Unix.
import warmup.auto       Call preload() with arguments from WARMUP_* variables. For hosts that can only name a module.
python -m warmup         prove | report | run | record | check | site. The command ``warmup`` does the same.
pytest -p warmup.pytest  Provide the fixture ``no_late_imports`` and the option ``--warmup-record FILE``.

Verify: ``with warmup.watch() as watch: ...``, then ``print(watch)``.
Record what code does not say, such as plug-ins and names in settings: ``python -m warmup record -o FILE program.py``.
Replay: ``preload(manifest=FILE)``. A manifest decides what is imported: trust it as you trust code.

Importing this package is cheap and has no effect. The library prints nothing. Its logger is ``warmup``.

Limits: an import statement that runs while the interpreter shuts down fails, cold and warm. Spawned processes and
sub-interpreters share no modules: call preload() in each. A bug of CPython 3.12.1 ends the process where a second
sub-interpreter imports _strptime or _pylong, with or without preload().
"""

from __future__ import absolute_import, division, print_function

import sys

from warmup._fork import Guard, guard_fork
from warmup._preload import preload
from warmup._report import Report
from warmup._values import LateCodecError, LateImport, LateImportError, Outcome, PreloadError, PreloadWarning, Target
from warmup._watch import Watch, watch

if getattr(sys, "get_lazy_imports", str)() == "all":  # 3.15
    from warmup._sources.placeholder import use_own

    use_own()

__version__ = "0.2.0"

__all__ = [
    "Guard",
    "LateCodecError",
    "LateImport",
    "LateImportError",
    "Outcome",
    "PreloadError",
    "PreloadWarning",
    "Report",
    "Target",
    "Watch",
    "guard_fork",
    "preload",
    "watch",
]
