"""Finds out what this interpreter would import late, imports it now, and goes on watching.

    import warmup
    report = warmup.preload()

Call `preload` in the main thread, before threads, event loops or child processes start. Importing this package is
cheap and has no effect.
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
