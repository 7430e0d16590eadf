"""End late imports: imports that happen when something is used for the first time, long after start-up.

    import warmup
    report = warmup.preload()        # import now what this program would import late
    print(report)                    # what was imported, why, and what it cost
    print(report.why("socket"))      # what would have imported this module

Call `preload` in the main thread, after the program's own imports, after gevent has patched, and before threads,
event loops or child processes start.

preload(...)             find and warm the targets; return a `Report`. A failed target is in ``report.failed``;
                         ``strict=True`` raises `PreloadError`.
watch(action)            notice late imports from now on: "record", "log", "raise" (`LateImportError`), or a callable
                         that gets each `LateImport`. Return a `Watch`, a context manager.
guard_fork(timeout)      let os.fork() wait for imports in flight, and repair every child. Return a `Guard`. Python 3.7+.
import warmup.auto       call preload() with the arguments that WARMUP_* variables hold, for hosts that name a module.
python -m warmup         prove | report | run | record | check | site. The command ``warmup`` is the same.
pytest -p warmup.pytest  the fixture ``no_late_imports``, and ``--warmup-record FILE``.

To verify: ``with warmup.watch() as watch: ...; print(watch)``. To record what code does not say (plug-ins, names in
settings): ``python -m warmup record -o FILE program.py``, then ``preload(manifest=FILE)``.

To import this package is cheap and has no effect. The library prints nothing. Its logger is ``warmup``.
A manifest names what is imported: give it the trust that you give to code.

Limits: an import statement that runs while the interpreter shuts down fails, warm or not. Spawned processes and
sub-interpreters share nothing: call preload() in each.
"""

from __future__ import absolute_import, division, print_function

from warmup._fork import Guard, guard_fork
from warmup._preload import preload
from warmup._report import Report
from warmup._values import (
    LateImport,
    LateImportError,
    Outcome,
    PreloadError,
    PreloadWarning,
    Target,
)
from warmup._watch import Watch, watch

__version__ = "0.2.0"

__all__ = [
    "Guard",
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
