"""Notice which modules are added to ``sys.modules``. Tests put this text before the source of their programs."""

from __future__ import absolute_import, division, print_function

import sys


class Recorder(object):
    """Note which modules are added to ``sys.modules`` while the block runs. ``late``: their names, a sorted list.

    It shares no code with the package under test.
    """

    def __enter__(self):
        self.before = set(sys.modules)
        return self

    def __exit__(self, *exception):
        self.late = sorted(name for name in set(sys.modules) - self.before if sys.modules[name] is not None)
