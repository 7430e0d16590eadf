"""A mock in the place of a standard module does not make preload() raise or run for ever."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 3
CASES = ("sysconfig", "platform", "encodings-aliases", "gevent-monkey")
LIMIT = 15
PART = ("sysconfig",)
CASE = arena.case(CASES)


class Mock(object):
    """As MagicMock: every attribute, item and result is another one, and true."""

    __path__ = property(lambda self: Mock())
    __file__ = __name__ = property(lambda self: Mock())

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Mock()

    def __call__(self, *arguments, **options):
        return Mock()

    def __getitem__(self, key):
        return Mock()

    def __iter__(self):
        return iter([])

    def __len__(self):
        return 0

    def __nonzero__(self):
        return True

    __bool__ = __nonzero__


def late():
    import sched  # noqa: F401


import warmup  # noqa: E402,F401

sys.modules[CASE.replace("-", ".")] = Mock()
report = arena.preload(codecs=() if CASE != "encodings-aliases" else None)
arena.expect(arena.loaded("sched"), "sched was not warmed: %s" % arena.said(report, "sched"))
arena.held()
