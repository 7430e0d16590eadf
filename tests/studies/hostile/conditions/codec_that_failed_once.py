"""A codec whose import failed once, so that encodings remembers it as unknown, works after the next
preload().
"""

from __future__ import absolute_import, division, print_function

import codecs
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 15
CASES = (
    "before-the-first-call",
    "in-the-first-call",
    "other-spelling",
    "named",
    "between-two-calls",
    "unknown-to-all-stays-unknown",
)
PART = ("before-the-first-call", "other-spelling")
CASE = arena.case(CASES)

failing, failed = [True], []


def find(name):
    if failing and name == "encodings.cp1250":
        failed.append(name)
        raise ImportError("a trouble that passes")


def is_known(spelling):
    try:
        codecs.lookup(spelling)
    except LookupError:
        return False
    return True


import warmup  # noqa: E402,F401

sys.meta_path.insert(0, arena.finder(find))
spelling = "windows-1250" if CASE == "other-spelling" else "cp1250"
options = {"codecs": ["cp1250"] if CASE == "named" else None}
if CASE == "unknown-to-all-stays-unknown":
    failing.pop()
    arena.expect(not is_known("hostile-codec"), "hostile-codec is a codec")
    report = arena.preload()
    arena.expect(not is_known("hostile-codec"), "hostile-codec is a codec afterwards")
    arena.held()
if CASE == "in-the-first-call":
    report = arena.preload()
    arena.arranged(failed, "it did not fail")
    arena.equal(arena.status(report, "cp1250", "codec"), "failed", "the outcome of the first call")
else:
    if CASE == "between-two-calls":
        report = arena.preload(exclude=["encodings.cp1250"], codecs=())
    arena.expect(not is_known(spelling), "it did not fail")
    arena.arranged(failed, "it did not fail")
failing.pop()
report = arena.preload(**options)
arena.expect(
    arena.status(report, "cp1250", "codec") == "warmed", "the outcome is %s" % arena.said(report, "cp1250", "codec")
)
arena.expect(is_known(spelling), "%s is still unknown" % spelling)
arena.equal("x".encode(spelling), b"x", "what it encodes")
arena.held()
