"""A codec that the program has registered itself and asks for by name is warmed."""

from __future__ import absolute_import, division, print_function

import codecs
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 2
CASES = ("plain", "with-an-underscore", "that-raises")
PART = ("with-an-underscore",)
CASE = arena.case(CASES)
NAME = "hostile_codec" if CASE == "with-an-underscore" else "hostilecodec"
used = []


def encode(text, errors="strict"):
    used.append(text)
    if CASE == "that-raises":
        raise ValueError("broken")
    return b"", len(text)


def decode(text, errors="strict"):
    return "", len(text)


codecs.register(lambda name: codecs.CodecInfo(encode, decode, name=NAME) if name == NAME else None)
report = arena.preload(codecs=[NAME], strict=False)
arena.equal(
    arena.status(report, NAME, "codec"),
    "failed" if CASE == "that-raises" else "warmed",
    "the outcome, %s" % arena.said(report, NAME, "codec"),
)
arena.arranged(used, "the codec was not used")
arena.held()
