"""Measure how much memory four gunicorn workers and their master use, depending on where they preload.

Each worker makes a full collection before it is measured. A collection writes to each object, and a page that was
written to is no longer shared with the master. Collections skip objects that ``gc.freeze()`` froze before the fork.
"""

from __future__ import absolute_import, division, print_function

import sys

from tests.studies.hosts import harness

_WORKERS = 4
# (where preload() runs, whether it runs, options of gunicorn). The master loads the application each time.
_VARIANTS = [
    ("not at all", False, ["-c", "{configs}/gunicorn_in_worker.conf.py", "--preload"]),
    ("in each worker", True, ["-c", "{configs}/gunicorn_in_worker.conf.py", "--preload"]),
    ("in the master", True, ["-c", "{configs}/gunicorn_preload_app.conf.py"]),
]
if sys.version_info >= (3, 7):
    _VARIANTS.append(("in the master, gc.freeze()", True, ["-c", "{configs}/gunicorn_frozen.conf.py"]))
COUNT = len(_VARIANTS)


def measure():
    """Yield pairs: where preload() runs, and the proportional set size of all five processes in bytes."""
    for name, warm, options in _VARIANTS:
        words = ["{bin}/gunicorn", "-b", "127.0.0.1:{port}", "-w", str(_WORKERS)] + options + ["pages:application"]
        host = harness.Server(
            "gunicorn", words, "Booting worker with pid", workers=_WORKERS, preloads=name, paths=["/collect"]
        )
        with harness.Run(warm) as run:
            processes = {sample.process for sample in host.samples(run)}
            yield name, sum(
                map(
                    _proportional_set_size, [int(process.partition("-")[0]) for process in processes] + [run.process_id]
                )
            )


def _proportional_set_size(process):
    with open("/proc/%d/smaps_rollup" % process) as rollup:
        return sum(1024 * int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
