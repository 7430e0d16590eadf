"""The standard library is upgraded on disk while a program that uses it is running.

What was imported before and what is imported now belong to two different versions.
"""
from __future__ import absolute_import, division, print_function

import email
import os
import shutil
import sys
import tempfile
from timeit import default_timer as clock

COLD = {"2.7-": "raises ImportError", "pypy": "raises ImportError"}

library = tempfile.mkdtemp()
shutil.copytree(os.path.dirname(email.__file__), os.path.join(library, "email"))
for name in [name for name in sys.modules if name.split(".")[0] == "email"]:
    del sys.modules[name]
sys.path.insert(0, library)
import email.message  # noqa: E402  the copy from now on

if "warm" in sys.argv:
    import warmup

    warmup.preload()
for where, _, names in os.walk(os.path.join(library, "email")):
    for name in names:
        if name.startswith("generator."):
            os.remove(os.path.join(where, name))
with open(os.path.join(library, "email", "generator.py"), "w") as upgraded:
    upgraded.write("class Writer(object): 'what the next version calls Generator'\n")

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
