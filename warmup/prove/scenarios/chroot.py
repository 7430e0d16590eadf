"""A server calls chroot to an empty directory, and drops its rights.

The directory contains no standard library. Every codec is unknown, and `_strptime` does not exist.
"""

from __future__ import absolute_import, division, print_function

import os
import sys
import tempfile
import time
from timeit import default_timer as clock

POSITION = 60
COLD = {
    "2.7": "raises LookupError",
    "3.6-": "raises LookupError",
    "pypy": "raises LookupError",
    "win32": "absent",
}
NEEDS = ("os.chroot", "root")
UNPRIVILEGED = 65534  # a user and group that own nothing

if "warm" in sys.argv:
    import warmup

    warmup.preload()

jail = tempfile.mkdtemp()
os.chdir(os.path.dirname(jail))
os.chroot(jail)
os.rmdir(os.path.basename(jail))  # still reachable from the working directory, for the last time
os.chdir("/")
os.setgid(UNPRIVILEGED)
os.setuid(UNPRIVILEGED)

began = clock()
answers = []
for late in (lambda: u"x".encode("cp1250"), lambda: time.strptime("2024-02-29", "%Y-%m-%d")):
    try:
        late()
    except Exception as error:
        answers.append("raises %r" % error)
seconds = clock() - began
outcome = ", ".join(answers) or "fine"
print("%s after %.4f s" % (outcome, seconds))
sys.exit(outcome != "fine")
