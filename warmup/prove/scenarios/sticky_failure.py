"""Looking a codec up fails once, and from then on for ever.

A network file system that hiccups, or an archive that is being replaced, makes one import
fail. The codec registry remembers the encoding as unknown for the life of the process.
"""
from __future__ import absolute_import, division, print_function

import sys
from timeit import default_timer as clock

COLD = {"2.7": "raises LookupError", "3.6-": "raises LookupError", "pypy": "raises LookupError"}


class Hiccup(object):
    def find_spec(self, name, path=None, target=None):
        if name == "encodings.cp1250":
            sys.meta_path.remove(self)
            raise ImportError("the file server is not answering")

    find_module = find_spec  # what 2.7 asks


if "warm" in sys.argv:
    import warmup

    warmup.preload()
sys.meta_path.insert(0, Hiccup())
try:
    u"x".encode("cp1250")
except LookupError:
    pass  # once is bad luck

began = clock()
try:
    u"x".encode("cp1250")
    outcome = "fine"
except LookupError as error:
    outcome = "raises %r" % error
print("%s after %.4f s" % (outcome, clock() - began))
sys.exit(outcome != "fine")
