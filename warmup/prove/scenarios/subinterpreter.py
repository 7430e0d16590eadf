"""A program has used a codec, and its sub-interpreter has not used that codec.

Each interpreter of a process has its own modules and its own codec registry. A preload() in the
first interpreter does nothing for the others. So each interpreter preloads for itself. The
scenario uses up all descriptors, so that an import fails.
"""

from __future__ import absolute_import, division, print_function

import os
import resource
import sys
from concurrent import interpreters
from timeit import default_timer as clock

POSITION = 110
COLD = {"2.7": "absent", "3.6-3.13": "absent", "3.14-": "raises OSError", "pypy": "absent"}
NEEDS = ("concurrent.interpreters", "resource")

u"x".encode("cp1250")
worker = interpreters.create()
execute = getattr(worker, "exec")  # spelled so that 2.7, which cannot run this, can read it
if "warm" in sys.argv:
    execute("import warmup; warmup.preload()")

free = os.dup(2)  # the lowest number that a file could get
os.close(free)
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))

began = clock()
try:
    execute("u'x'.encode('cp1250')")
    outcome = "fine"
except interpreters.ExecutionFailed as error:
    outcome = "raises %s(%r)" % (error.excinfo.type.__name__, error.excinfo.msg)
seconds = clock() - began

resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print("%s after %.4f s" % (outcome, seconds))
sys.exit(outcome != "fine")
