"""Warm a process as ROUNDTRIP_MODE says, and print afterwards what was late.

Import only modules that a bare process has. ``late`` is the difference of ``sys.modules``: it shares no code with the
package.
"""

from __future__ import absolute_import, division, print_function

import os
import sys

_state = {}


def warm():
    """Preload as the mode says; from now on, imports are late."""
    mode, facts, watch = os.environ["ROUNDTRIP_MODE"], {}, None
    if mode != "cold":
        import warmup

        options = {
            "record": {"scan": False},
            "preload": {},
            "packages": {"packages": os.environ["ROUNDTRIP_PACKAGES"].split(",")},
            "replay": {"manifest": os.environ["ROUNDTRIP_MANIFEST"], "scan": False},
        }[mode]
        report = warmup.preload(**options)
        facts = {
            "modules": len(report.modules),
            "ms": 1000 * report.seconds,
            "mib": (report.memory or 0) / 2.0**20,
            "not warmed": [repr(outcome) for outcome in report.outcomes if outcome.status != "warmed"],
        }
        if mode == "replay":
            watch = warmup.watch()
    _state.update(before=set(sys.modules), facts=facts, watch=watch)


def result():
    """Return what was late since `warm`, as text that ``ast.literal_eval`` reads."""
    before, watch = _state["before"], _state["watch"]
    late = sorted(str(name) for name in set(sys.modules) - before if sys.modules.get(name) is not None)
    watched = [] if watch is None else [str(one.name) for one in watch.late if one.error is None or one.modules]
    return repr(dict(_state["facts"], pid=os.getpid(), late=late, watched=watched))
