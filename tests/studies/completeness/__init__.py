"""Run CPython's own regression tests cold and warm, and count the standard modules that are imported late.

``python -m tests.studies completeness --python PATH [--python PATH ...]``. Each module runs in a fresh process, its
tests in a thread, first without ``preload()`` (cold), then with it (warm).

A test module counts if its tests end cold, in a thread, without resources, within ``--limit`` seconds. A few tests
cannot pass in a thread, for example those of signals. A test that fails cold may fail warm.
"""

from __future__ import absolute_import, division, print_function


def main(arguments):
    """Run the study. Return the exit code."""
    from tests.studies.completeness import _study

    return _study.main(arguments)
