"""Record late imports for ever, in this worker and in two children. Print a line for each import."""

from __future__ import absolute_import, division, print_function

import os
import sys

import warmup

warmup.preload(scan=False)
os.fork() and os.fork()
number = 0
while True:
    number += 1
    sys.modules.pop("plugin_tax", None)
    name = "plugin_%d_%d" % (os.getpid(), number)
    with open(name + ".py", "w"):
        pass
    if sys.version_info[0] > 2:
        import importlib

        importlib.invalidate_caches()
    __import__(name)
    os.remove(name + ".py")
    os.write(1, b"imported\n")
