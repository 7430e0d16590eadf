"""See what came into ``sys.modules``. The text is put before the source of programs that tests run."""

from __future__ import absolute_import, division, print_function

import sys


class Recorder(object):
    """Notes which modules come into ``sys.modules`` while the block runs: ``late``, a sorted list of names.

    Independent of the package under test.
    """

    def __enter__(self):
        self.before = set(sys.modules)
        return self

    def __exit__(self, *exception):
        self.late = sorted(
            name for name in set(sys.modules) - self.before if sys.modules[name] is not None
        )
