"""Programs that others wrote, driven by a real client: what they import late, cold and warm.

``python -m tests.studies programs [--json] [--list] [NAME ...]``. A name stands for every program whose name has it as
a part. The exit code is 1 if a program failed, imported a module of the standard library late although it was warmed,
or none without that.
"""

from __future__ import absolute_import, division, print_function


def main(arguments):
    """Run the study. Return the exit code."""
    from tests.studies.programs import _study

    return _study.main(arguments)
