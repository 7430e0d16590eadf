"""The look-up of a codec fails once, and is never tried again.

A network file system that does not answer, or an archive that is being replaced, makes one
import fail. The codec registry remembers the codec as unknown for the life of the process.
"""

from __future__ import absolute_import, division, print_function

import sys
from timeit import default_timer as clock

POSITION = 90
COLD = {"2.7": "raises LookupError", "3.6-": "raises LookupError", "pypy": "raises LookupError"}


class NoAnswer(object):
    def find_spec(self, name, path=None, target=None):
        if name == "encodings.cp1250":
            sys.meta_path.remove(self)
            raise ImportError("the file server is not answering")

    find_module = find_spec  # what 2.7 asks


if "warm" in sys.argv:
    import warmup

    warmup.preload()
sys.meta_path.insert(0, NoAnswer())
try:
    u"x".encode("cp1250")
except LookupError:
    pass  # the import failed, and the registry remembers it

began = clock()
try:
    u"x".encode("cp1250")
    outcome = "fine"
except LookupError as error:
    outcome = "raises %r" % error
print("%s after %.4f s" % (outcome, clock() - began))
sys.exit(outcome != "fine")
