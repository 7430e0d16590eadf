"""preload() called while the interpreter shuts down raises nothing that the program sees, and
prints nothing.
"""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = "held"
CASES = (
    "atexit",
    "atexit-after-a-first-call",
    "destructor",
    "destructor-of-a-variable-of-main",
    "destructor-with-a-manifest",
    "destructor-with-a-recording",
    "thread-that-outlives-the-main-one",
    "after-a-system-exit",
)
PART = ("atexit",)
CASE = arena.case(CASES)

AT_EXIT = "import atexit, warmup\natexit.register(lambda: print(repr(warmup.preload(codecs=()))))\n"
PROGRAMS = {
    "atexit": AT_EXIT,
    "atexit-after-a-first-call": "import warmup\nwarmup.preload()\n" + AT_EXIT,
    "destructor": """
import warmup
class End(object):
    def __del__(self, preload=warmup.preload, print=print):
        try:
            preload(codecs=())
        except (Exception, KeyboardInterrupt):
            pass
        print("called")
sys.end = End()
""",
    "destructor-of-a-variable-of-main": """
import warmup
class End(object):
    def __del__(self, preload=warmup.preload, print=print, repr=repr):
        print(repr(preload()))
end = End()
""",
    "destructor-with-a-manifest": """
import warmup
with open("manifest", "w") as stream:
    stream.write("warmup-manifest 1\\nmodule os\\n")
class End(object):
    def __del__(self, preload=warmup.preload, print=print, repr=repr):
        print(repr(preload(manifest="manifest", scan=False)))
end = End()
""",
    "destructor-with-a-recording": """
import warmup
class End(object):
    def __del__(self, preload=warmup.preload, print=print, repr=repr):
        print(repr(preload(scan=False, codecs=())))
end = End()
""",
    "thread-that-outlives-the-main-one": """
import threading, time, warmup
def run():
    time.sleep(0.05)
    print(repr(warmup.preload(codecs=())))
threading.Thread(target=run).start()
""",
    "after-a-system-exit": AT_EXIT + "sys.exit(3)\n",
}
source = "from __future__ import print_function\nimport sys\n" + PROGRAMS[CASE]
options, environment = [], {}
if CASE == "destructor-with-a-recording":  # -E: the start of the process decides whether the variable counts
    options, environment = ["-E"], {"WARMUP_RECORD": "manifest"}
    source = source.replace("import sys", "import sys; sys.path.insert(0, %r)" % arena.ROOT)
code, out, err = arena.run(options + ["-W", "ignore", "-c", source], environment=environment)
arena.equal(code, 3 if CASE.endswith("system-exit") else 0, "exit code (%s)" % arena.tail(err))
arena.equal(err, "", "printed on standard error")
if CASE != "destructor":
    arena.expect("Report" in out, "no report: %s" % out)
arena.held()
