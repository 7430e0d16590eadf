"""Warm what a manifest names, or import the same by hand, in a fresh process. Print how many seconds that took.

python inside_exact.py WHAT LIST STORED    WHAT: a function below; LIST: six or all; STORED: the manifest
"""

from __future__ import absolute_import, division, print_function

import codecs
import os
import sys
import time

del sys.path[0]  # this folder, whose modules would hide others

clock = getattr(time, "perf_counter", time.time)
# What the pages of a Flask application import late, for example.
_MODULES = ["csv", "smtplib", "sqlite3", "xml.etree.ElementTree", "zipfile", "_strptime"]
_CODECS = ["idna", "cp1252", "cp1250", "mac_latin2"]


def _load():
    import flask  # noqa: F401

    import warmup

    return warmup


def _remove(stored):
    if os.path.exists(stored):
        os.remove(stored)


def record(what, stored):
    """Write the manifest: of the six modules and four codecs, or of all that ``preload()`` warms."""
    warmup = _load()
    from warmup._sources import manifest

    _remove(stored)
    if what == "six":
        with warmup.watch() as late:
            for name in _MODULES:
                __import__(name)
            for name in _CODECS:
                # Beyond ASCII: preload() primes idna with such a letter, and so loads punycode. So must the bare side.
                codecs.lookup(name).encode(u"\xfc")
        late.write(stored)
        return len(late.late)
    report = warmup.preload()
    for outcome in report.warmed:
        target = outcome.target
        manifest.append(stored, manifest.line(target.kind, target.name, "", outcome.modules))
    return len(report.warmed)


def exact(what, stored):
    warmup = _load()
    began = clock()
    warmup.preload(manifest=stored, scan=False)
    return clock() - began


def bare(what, stored):
    _load()
    with open(stored) as stream:
        words = [line.partition("#")[0].split() for line in stream]
    steps = [(__import__, one[1]) for one in words if one and one[0] == "module"]
    steps += [(codecs.lookup, one[1]) for one in words if one and one[0] == "codec"]
    began = clock()
    for action, name in steps:
        action(name)
    return clock() - began


if __name__ == "__main__":
    print("%.9f" % globals()[sys.argv[1]](*sys.argv[2:]))
