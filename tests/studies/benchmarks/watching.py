"""Declare rows of part 2: what ``watch()`` and ``guard_fork()`` cost."""

from __future__ import absolute_import, division, print_function

from tests.studies.benchmarks.measuring import Row

_NOTHING = (0.98, 1.02)


def rows():
    """Return the rows. Each process measures in pairs, with and without, and prints the median."""
    return [
        Row("import os, loaded: watch / none", ["watched.py", "loaded", "statement"], target=_NOTHING),
        Row("the same after preload()", ["watched.py", "loaded", "statement", "preload"], target=_NOTHING),
        Row(
            "import_module('os'), loaded: watch / none", ["watched.py", "loaded", "import_module"], target=(None, 1.02)
        ),
        Row("small flat modules: watch / none", ["watched.py", "real", "flat"], target=(None, 1.05), seconds=4.0),
        Row(
            "modules of the library: watch / none", ["watched.py", "real", "library"], target=(None, 1.05), seconds=4.0
        ),
        Row(
            "guard_fork(): added to a fork",
            ["watched.py", "fork"],
            target=(None, 20),
            unit=" us",
            seconds=0.3,
            since=(3, 7),
        ),
    ]
