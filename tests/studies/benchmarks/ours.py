"""Declare rows of part 2: what ``preload()`` costs next to the imports that it makes."""

from __future__ import absolute_import, division, print_function

from tests.studies.benchmarks.measuring import Row

_SMALL = ["utf-8", "ascii", "latin-1", "idna", "cp1252", "utf-16"]
_WHOLE = "import warmup; warmup.preload(scan=False, codecs=%r)" % _SMALL
# What is loaded before -> what pip installs for it, and the target.
_LOADED = [("plain", (), 1.10), ("Flask", ("Flask", "requests"), 1.25), ("pandas", ("pandas", "matplotlib"), 1.35)]


def rows():
    """Return the rows."""
    found = []
    for program, needs, most in _LOADED:
        stored = "{folder}/%s.steps" % program
        found.append(
            Row(
                "preload() / bare imports, " + " and ".join(needs or [program]),
                ["inside.py", "preload", program],
                ["inside.py", "bare", program, stored],
                (None, most),
                prepare=[["inside.py", what, program, stored] for what in ("record", "sift")],
                needs=needs,
                seconds=3.0 if needs else 0.6,
            )
        )
    found.append(Row("second preload() / first", ["inside.py", "second", "plain"], target=(None, 0.10), seconds=0.4))
    found.append(
        Row(
            "the same, in a worker of a frozen master",
            ["inside.py", "frozen", "plain"],
            target=(None, 0.10),
            seconds=0.4,
        )
    )
    found.append(
        Row(
            "whole process, six codecs / bare start",
            ["-c", _WHOLE],
            ["-c", "pass"],
            (None, 1.25),
            whole=True,
            seconds=0.1,
        )
    )
    # What no package can spare: no file of ours takes part.
    found.append(
        Row(
            "the same codecs without warmup / bare start",
            ["-c", "import codecs; list(map(codecs.lookup, %r))" % _SMALL],
            ["-c", "pass"],
            whole=True,
            seconds=0.1,
        )
    )
    return found
