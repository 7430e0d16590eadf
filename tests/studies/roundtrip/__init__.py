"""Make the round trip: record what programs import late, replay it with ``scan=False``, and watch that nothing is late.

``python -m tests.studies roundtrip [--python PATH] [--packages FOLDER] [--install] [NAME ...]``. A name stands for each
program whose name contains it. ``kills`` kills workers while they record. The exit code is 1 if something is late in a
replay, if nothing is late cold, if a replay cannot warm a target, if a line of a manifest is damaged, or if a program
that a NAME stands for lacks its packages.
"""

from __future__ import absolute_import, division, print_function


def main(arguments):
    """Run the study. Return the exit code."""
    from tests.studies.roundtrip import _study

    return _study.main(arguments)
