"""Real hosts (servers, task queues, pools), started cold and warm: what each loads late, and how slow its first request is.

``python -m tests.studies hosts [--json] [NAME ...]``. A name stands for every host whose name has it as a part. The
exit code is 1 if a host failed. ``--memory`` shows what preloading before the fork saves.
"""

from __future__ import absolute_import, division, print_function


def main(arguments):
    """Run the study. Return the exit code."""
    from tests.studies.hosts import _study

    return _study.main(arguments)
