"""A process has as many files open as it may, and needs an import.

The first argument is the case. Python cannot open the module. If the module is a codec, 2.7 says
that the codec is unknown. 2.7 repeats this when descriptors are free again.
"""

from __future__ import absolute_import, division, print_function

import os
import resource
import sys
import time
from timeit import default_timer as clock

POSITION = 50
NEEDS = ("resource",)
CASES = (
    {
        "name": "no_files_codec",
        "title": "No file can be opened any more, and a codec is used for the first time.",
        "cold": {"2.7": "raises LookupError", "3.6-": "raises OSError", "pypy": "raises OSError"},
    },
    {
        # `encodings.idna` imports `punycode` (and `ascii` on 2.7) when it is used. So a codec is
        # ready only after it has encoded something.
        "name": "no_files_idna",
        "title": "No file can be opened any more, and an imported codec needs another module.",
        "cold": {"2.7": "raises LookupError", "3.6-": "raises OSError", "pypy": "raises OSError"},
    },
    {
        "name": "no_files_strptime",
        "title": "No file can be opened any more, and the first date is parsed.",
        "cold": {"2.7": "raises ImportError", "3.6-": "raises OSError", "pypy": "raises OSError"},
    },
)


def late_codec():
    u"x".encode("cp1250")


def late_idna():
    u"b\u00fccher.example".encode("idna")


def late_strptime():
    time.strptime("2024-02-29", "%Y-%m-%d")


late = {
    "no_files_codec": late_codec,
    "no_files_idna": late_idna,
    "no_files_strptime": late_strptime,
}[sys.argv[1] if sys.argv[1:] else "no_files_codec"]

if "warm" in sys.argv:
    import warmup

    warmup.preload()
if late is late_idna:
    import encodings.idna  # noqa: F401

free = os.dup(2)  # the lowest number that a file could get
os.close(free)
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))

began = clock()
try:
    late()
    outcome = "fine"
except Exception as error:
    outcome = "raises %r" % error
seconds = clock() - began

resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print("%s after %.4f s" % (outcome, seconds))
sys.exit(outcome != "fine")
