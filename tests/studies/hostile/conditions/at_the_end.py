"""preload() called while the interpreter shuts down raises nothing that the program sees, and prints nothing."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = "held"
CASES = ("atexit", "atexit-after-a-first-call", "destructor", "thread-that-outlives-the-main-one", "after-a-system-exit")
PART = ("atexit",)
CASE = arena.case(CASES)

PROGRAMS = {
    "atexit": "import atexit, warmup\natexit.register(lambda: print(repr(warmup.preload(codecs=()))))\n",
    "atexit-after-a-first-call": "import atexit, warmup\nwarmup.preload()\n"
    "atexit.register(lambda: print(repr(warmup.preload())))\n",
    "destructor": "import warmup\nclass End(object):\n    def __del__(self, preload=warmup.preload, print=print):\n"
    "        try:\n            preload(codecs=())\n        except (Exception, KeyboardInterrupt):\n            pass\n"
    "        print('called')\nend = End()\nsys.end = end\n",
    "thread-that-outlives-the-main-one": "import threading, time, warmup\ndef run():\n    time.sleep(0.05)\n"
    "    print(repr(warmup.preload(codecs=())))\nthreading.Thread(target=run).start()\n",
    "after-a-system-exit": "import atexit, warmup\natexit.register(lambda: print(repr(warmup.preload(codecs=()))))\n"
    "sys.exit(3)\n",
}
source = "from __future__ import print_function\nimport sys\n" + PROGRAMS[CASE]
code, out, err = arena.run(["-W", "ignore", "-c", source])
arena.equal(code, 3 if CASE.endswith("system-exit") else 0, "exit code (%s)" % arena.tail(err))
arena.equal(err, "", "printed on standard error")
if CASE != "destructor":
    arena.expect("Report" in out, "no report: %s" % out)
arena.held()
