"""An object that lives to the end encodes a string while the interpreter shuts down.

The first argument is the case. When the last objects are destroyed, Python can import nothing any
more. A codec that was never used is unknown.
"""

from __future__ import absolute_import, division, print_function

import codecs
import os
import sys
from timeit import default_timer as clock

POSITION = 70
CASES = (
    {
        "name": "codec_at_shutdown",
        "title": "An object that lives to the end encodes a string at shutdown.",
        "cold": {"2.7": "raises RuntimeError", "3.6-": "raises LookupError", "pypy": "fine"},
    },
    {
        "name": "mbcs_at_shutdown",
        "title": "An object that lives to the end encodes in the Windows code page at shutdown.",
        "cold": {"2.7-": "absent", "pypy": "absent", "win32": "raises LookupError"},
        "needs": ("encodings.mbcs",),
    },
    {
        "name": "oem_at_shutdown",
        "title": "An object that lives to the end encodes in the console's code page at shutdown.",
        "cold": {"2.7-": "absent", "pypy": "absent", "win32": "raises LookupError"},
        "needs": ("encodings.oem",),
    },
)
codec = {"mbcs_at_shutdown": "mbcs", "oem_at_shutdown": "oem"}.get("".join(sys.argv[1:2]), "cp1250")


class Session(object):
    # Defaults, because 2.7 has set the module's globals to None by then. codecs.encode, because
    # u"".encode("mbcs") needs no codec.
    def __del__(self, codec=codec, encode=codecs.encode, clock=clock, exit=os._exit):
        began = clock()
        try:
            encode(u"goodbye", codec)
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
    print("fine after 0.0 s")  # PyPy does not run __del__ of objects that are alive at the end
session = Session()
