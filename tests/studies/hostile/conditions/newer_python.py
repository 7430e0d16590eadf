"""On a version of Python that is newer than any that was verified, what functions import is found
all the same.
"""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 3
PART = True
SINCE = (3, 15)
VERSION = (sys.version_info[0], sys.version_info[1] + 1, 0, "final", 0)


class Version(tuple):
    major, minor, micro, releaselevel, serial = (property(lambda self, at=at: self[at]) for at in range(5))


sys.version_info = Version(VERSION)
sys.hexversion = (VERSION[0] << 24) + (VERSION[1] << 16)


def late():
    import sched  # noqa: F401
    from email import generator  # noqa: F401


report = arena.preload(codecs=())
arena.expect(arena.loaded("sched") and arena.loaded("email.generator"), "not found: %s" % arena.short(report.outcomes))
arena.held()
