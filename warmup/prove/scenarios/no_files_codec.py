"""A process has as many files open as it may, and encodes a string for the first time.

The codec's module cannot be opened. 2.7 takes that for an unknown encoding, and remembers it
when descriptors are free again.
"""
from __future__ import absolute_import, division, print_function

import os
import resource
import sys
from timeit import default_timer as clock

COLD = {"2.7": "raises LookupError", "3.6-": "raises OSError", "pypy": "raises OSError"}
NEEDS = ("resource",)

if "warm" in sys.argv:
    import warmup

    warmup.preload()

free = os.dup(2)  # the lowest number that a file could get
os.close(free)
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))

began = clock()
try:
    u"x".encode("cp1250")
    outcome = "fine"
except Exception as error:
    outcome = "raises %r" % error
seconds = clock() - began

resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print("%s after %.4f s" % (outcome, seconds))
sys.exit(outcome != "fine")
