"""Start real hosts (servers, task queues, pools) cold and warm, and measure late imports and first requests.

``python -m tests.studies hosts [--json] [NAME ...]``. A name stands for each host whose name contains it. The
exit code is 1 if a host failed. ``--memory`` shows what preloading before the fork saves.
"""

from __future__ import absolute_import, division, print_function


def main(arguments):
    """Run the study. Return the exit code."""
    from tests.studies.hosts import _study

    return _study.main(arguments)
