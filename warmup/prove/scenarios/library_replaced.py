"""The standard library is upgraded on disk while a program that uses it runs.

Modules that were imported before the upgrade and modules that are imported afterwards belong to
two versions. The scenario does not write into the library. Instead, `email` looks for its modules
in another folder from the moment of the upgrade on.
"""

from __future__ import absolute_import, division, print_function

import email.message
import os
import shutil
import sys
import tempfile
from timeit import default_timer as clock

POSITION = 100
COLD = {"2.7-": "raises ImportError", "pypy": "raises ImportError"}

if "warm" in sys.argv:
    import warmup

    warmup.preload()

library = tempfile.mkdtemp()
with open(os.path.join(library, "generator.py"), "w") as upgraded:
    upgraded.write("class Writer(object): 'what the next version calls Generator'\n")
email.__path__[:] = [library]

message = email.message.Message()
message.set_payload("hello")
began = clock()
try:
    message.as_string()
    outcome = "fine"
except Exception as error:
    outcome = "raises %r" % error
seconds = clock() - began
shutil.rmtree(library)
print("%s after %.4f s" % (outcome, seconds))
sys.exit(outcome != "fine")
