"""An exit handler uses ThreadPoolExecutor for the first time.

The import of `concurrent.futures.thread` registers a clean-up. The interpreter refuses that once
it shuts down. If the module is loaded, the handler can make a pool. The pool still refuses work.
So the scenario gives it none.
"""

from __future__ import absolute_import, division, print_function

import atexit
import concurrent.futures
import os
import sys
from timeit import default_timer as clock

POSITION = 80
COLD = {
    "2.7": "absent",
    "3.6-3.8": "fine",
    "3.9-": "raises RuntimeError",
    "pypy": "raises RuntimeError",
}
NEEDS = ("concurrent.futures",)
SEE = "https://github.com/python/cpython/issues/113060"
unsent = []


def flush():
    began = clock()
    try:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(print, unsent))
        outcome = "fine"
    except Exception as error:
        outcome = "raises %r" % error
    print("%s after %.4f s" % (outcome, clock() - began))
    sys.stdout.flush()
    os._exit(outcome != "fine")  # an exception in an exit handler would not reach the exit status


if "warm" in sys.argv:
    import warmup

    warmup.preload()
atexit.register(flush)
