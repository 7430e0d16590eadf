"""Declare rows of part 2: what ``preload(manifest=..., scan=False)`` costs next to its imports, warm disk and cold."""

from __future__ import absolute_import, division, print_function

from tests.studies.benchmarks.measuring import Row


def rows():
    """Return the rows."""
    found = []
    for what, title in (("six", "six modules, four codecs"), ("all", "all that is derived")):
        for is_cold, most in ((False, 1.05), (True, 0.80)):
            stored = "{folder}/%s.manifest" % what
            found.append(
                Row(
                    "exact, %s: %s" % ("cold" if is_cold else "warm", title),
                    ["inside_exact.py", "exact", what, stored],
                    ["inside_exact.py", "bare", what, stored],
                    (None, most),
                    clock="wall",
                    prepare=[["inside_exact.py", "record", what, stored]],
                    cold=is_cold,
                    needs=("Flask",),
                    seconds=4.0 if is_cold else 1.0,
                )
            )
    return found
