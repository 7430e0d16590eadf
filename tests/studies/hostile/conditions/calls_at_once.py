"""Calls at once, from many threads or from inside of one another, each end with a report and put
everything back.
"""

from __future__ import absolute_import, division, print_function

import sys
import threading

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = "held"
CASES = (
    "ten-threads",
    "ten-threads-with-modules-of-their-own",
    "ten-threads-later-calls",
    "nested-in-a-module",
    "nested-three-deep",
    "nested-in-a-codec",
    "nested-in-a-finder",
    "nested-in-a-signal-handler",
    "nested-in-a-destructor",
    "auto-in-a-module",
)
DIFFERENT = {"ten-threads": {"SECONDS": 1.5}, "ten-threads-with-modules-of-their-own": {"SECONDS": 1.5}}
LIMIT = 60
PART = ("ten-threads-with-modules-of-their-own", "nested-three-deep")
CASE = arena.case(CASES)

files = {
    "hostile_nested.py": "import sys\nsys.modules['__main__'].inner()\n",
    "hostile_auto.py": "import warmup.auto\n",
    "hostile_again.py": "import sys\nsys.modules['__main__'].again()\n",
}
for number in range(10):
    files["hostile_own%d.py" % number] = "def late():\n    import hostile_own%d\n    import calendar\n" % (
        (number + 1) % 10
    )
arena.folder(files)
reports, problems = [], []


def late():
    import email.generator  # noqa: F401
    import sched  # noqa: F401


import warmup  # noqa: E402


def inner(**options):
    reports.append(warmup.preload(codecs=(), **options))


def again():
    inner(modules=["hostile_nested"])


def run(number):
    try:
        ready.wait(20)
        options = {"modules": ["hostile_own%d" % number]} if CASE.endswith("their-own") else {}
        if CASE.endswith("later-calls"):
            options["codecs"] = ()
        reports.append(warmup.preload(**options))
    except BaseException as error:
        problems.append(arena.described(error))


before = arena.state()
expected = 2
if CASE.startswith("ten-threads"):
    expected = 10
    if CASE.endswith("later-calls"):
        arena.preload(codecs=())
    ready = threading.Event()
    threads = [threading.Thread(target=run, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.daemon = True
        thread.start()
    ready.set()
    for thread in threads:
        thread.join(40)
    arena.equal(problems, [], "exceptions in the threads")
elif CASE == "nested-in-a-codec":
    import codecs

    def encode(text, errors="strict"):
        inner()
        return b"", len(text)

    codecs.register(lambda name: codecs.CodecInfo(encode, encode, name=name) if name == "hostilecodec" else None)
    reports.append(arena.preload(codecs=["hostilecodec"]))
    expected = len(reports) if len(reports) >= 2 else 2
elif CASE == "nested-in-a-finder":
    inside = []

    def find(name):
        if name == "sched" and not inside:
            inside.append(1)
            inner()

    finder = arena.finder(find)
    sys.meta_path.insert(0, finder)
    reports.append(arena.preload(codecs=()))
    sys.meta_path.remove(finder)
elif CASE == "nested-in-a-signal-handler":
    import signal

    signal.signal(signal.SIGUSR1, lambda number, frame: inner())
    arena.folder(
        {"hostile_signal.py": "import os, signal\n" "os.kill(os.getpid(), signal.SIGUSR1)\n" "x = list(range(9))\n"}
    )
    before = arena.state()
    reports.append(arena.preload(codecs=(), modules=["hostile_signal"]))
elif CASE == "nested-in-a-destructor":
    arena.folder(
        {
            "hostile_dies.py": "import sys\nclass Dies(object):\n    def __del__(self):\n"
            "        sys.modules['__main__'].inner()\nDies()\n"
        }
    )
    before = arena.state()
    reports.append(arena.preload(codecs=(), modules=["hostile_dies"]))
    # 2.7 calls it again where the collector's list has revived the object.
    expected = max(2, len(reports))
elif CASE == "auto-in-a-module":
    reports.append(arena.preload(codecs=(), modules=["hostile_auto"]))
    reports.append(sys.modules["warmup.auto"].report)
else:
    expected = 3 if CASE == "nested-three-deep" else 2
    name = "hostile_again" if CASE == "nested-three-deep" else "hostile_nested"
    reports.append(arena.preload(codecs=(), modules=[name]))
    arena.equal(arena.status(reports[-1], name), "warmed", "the outcome, %s" % arena.said(reports[-1], name))
arena.equal(len(reports), expected, "number of reports")
for report in reports:
    arena.equal([(one.target.name, one.error) for one in report.failed], [], "failed")
arena.expect(arena.loaded("sched") and arena.loaded("email.generator"), "a function's import was not warmed")
arena.equal(arena.changed(before), "", "changed afterwards")
arena.held()
