"""The same as `no_files_codec`, with the codec's module imported beforehand.

`encodings.idna` loads what it needs (`punycode`; `ascii` on 2.7) when it is used: a codec is
only ready once it has encoded something.
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

import encodings.idna  # noqa: E402, F401

free = os.dup(2)  # the lowest number that a file could get
os.close(free)
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))

began = clock()
try:
    u"b\u00fccher.example".encode("idna")
    outcome = "fine"
except Exception as error:
    outcome = "raises %r" % error
seconds = clock() - began

resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print("%s after %.4f s" % (outcome, seconds))
sys.exit(outcome != "fine")
