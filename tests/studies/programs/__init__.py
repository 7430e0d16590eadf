"""Run real programs while a client uses them, cold and warm, and show what they import late.

``python -m tests.studies programs [--json] [--list] [NAME ...]``. A name stands for each program whose name contains
it. The exit code is 1 if a program failed, if the warm run imported a standard module late, or if the cold run did not.
"""

from __future__ import absolute_import, division, print_function


def main(arguments):
    """Run the study. Return the exit code."""
    from tests.studies.programs import _study

    return _study.main(arguments)
