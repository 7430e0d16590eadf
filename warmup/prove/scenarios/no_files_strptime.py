"""A process has as many files open as it may, and parses a date for the first time.

time.strptime imports `_strptime`, which needs a free descriptor.
"""
from __future__ import absolute_import, division, print_function

import os
import resource
import sys
import time
from timeit import default_timer as clock

COLD = {"2.7": "raises ImportError", "3.6-": "raises OSError", "pypy": "raises OSError"}
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
    time.strptime("2024-02-29", "%Y-%m-%d")
    outcome = "fine"
except Exception as error:
    outcome = "raises %r" % error
seconds = clock() - began

resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print("%s after %.4f s" % (outcome, seconds))
sys.exit(outcome != "fine")
