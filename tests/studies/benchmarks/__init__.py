"""Measure what preloading costs, on Linux: what a user asks, and ours against the bare imports, with targets.

``python -m tests.studies benchmarks [--part 1|2] [--only ROW] [--short] [--python PATH]``. The exit code is 1 if a
target is missed. Fewer than 15 rounds judge nothing.

"Bare imports" are the modules that ``preload()`` imports, imported in the same order by a program that does nothing
else, and one look-up of each codec. They run in a process of their own, as each call does.

Part 2 has its rows from the function ``rows()`` of the modules ``ours``, ``watching`` and ``exact``, which returns a
list of `measuring.Row`: see there. The study installs, runs the processes in turn, judges, prints, and compares with
another checkout (``--before``).
"""

from __future__ import absolute_import, division, print_function


def main(arguments):
    """Run the study. Return the exit code."""
    from tests.studies.benchmarks import _study

    return _study.main(arguments)
