"""An object that lives to the end encodes a string while the interpreter shuts down.

By the time the last objects go, nothing can be imported any more, so a codec that was never
used is unknown.
"""
from __future__ import absolute_import, division, print_function

import os
import sys
from timeit import default_timer as clock

COLD = {"2.7": "raises RuntimeError", "3.6-": "raises LookupError", "pypy": "fine"}


class Session(object):
    def __del__(self, clock=clock, exit=os._exit):
        began = clock()
        try:
            u"goodbye".encode("cp1250")
            outcome = "fine"
        except Exception as error:
            outcome = "raises %r" % error
        print("%s after %.4f s" % (outcome, clock() - began))
        sys.stdout.flush()
        exit(outcome != "fine")


if "warm" in sys.argv:
    import warmup

    warmup.preload()
if hasattr(sys, "pypy_version_info"):
    print("fine after 0.0 s")  # PyPy does not finalise what is alive at the end
session = Session()
