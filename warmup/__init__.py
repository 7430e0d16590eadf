"""Ends late imports: finds out what this interpreter would import behind your back, and imports it now.

    import warmup
    report = warmup.preload()

Call `preload` in the main thread, before threads, event loops or child processes start. `plan` says what it would
do. Importing this package has no effect, and is cheap.
"""
from __future__ import absolute_import, division, print_function

from warmup._plan import plan
from warmup._preload import preload
from warmup._values import Outcome, Plan, PreloadError, PreloadWarning, Report, Target

__all__ = ["Outcome", "Plan", "PreloadError", "PreloadWarning", "Report", "Target", "plan", "preload"]
