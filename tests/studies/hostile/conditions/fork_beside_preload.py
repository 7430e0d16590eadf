"""A child that is forked while another thread preloads has the collector on, and no filter of the
package.
"""

from __future__ import absolute_import, division, print_function

import sys
import threading

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 13
SINCE = (3, 7)
CASES = ("in-a-module", "in-a-codec", "child-preloads-too", "by-a-thread-that-was-not-the-main-one")
PART = ("in-a-module", "child-preloads-too")
CASE = arena.case(CASES)

begun, go_on, reports = threading.Event(), threading.Event(), []
arena.folder(
    {"hostile_slow.py": "import sys\n" "main = sys.modules['__main__']\n" "main.begun.set()\n" "main.go_on.wait(20)\n"}
)


def encode(text, errors="strict"):
    begun.set()
    go_on.wait(20)
    return b"", len(text)


import warmup  # noqa: E402

options = {"codecs": (), "modules": ["hostile_slow"]}
if CASE == "in-a-codec":
    import codecs

    codecs.register(lambda name: codecs.CodecInfo(encode, encode, name=name) if name == "hostilecodec" else None)
    options = {"codecs": ["hostilecodec"]}


def run():
    reports.append(warmup.preload(**options))


def child():
    changed = arena.changed(before)
    if not changed and CASE == "child-preloads-too":
        report = warmup.preload(codecs=())
        changed = arena.changed(before) or (arena.short(report.failed) if report.failed else "")
    return changed


def fork():
    found.append(arena.in_child(child))


before, found = arena.state(), []
thread = threading.Thread(target=run)
thread.daemon = True
thread.start()
arena.arranged(begun.wait(20), "the other thread is not preloading")
if CASE.startswith("by-"):
    other = threading.Thread(target=fork)
    other.start()
    other.join()
else:
    fork()
go_on.set()
thread.join(20)
arena.arranged(reports, "the other thread's preload() did not end")
arena.equal(found, [""], "what is different in the child")
arena.equal(arena.changed(before), "", "what is different in the parent")
arena.held()
