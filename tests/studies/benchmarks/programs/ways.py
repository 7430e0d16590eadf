"""Warm a program in a fresh process, in one of the ways that people know. Print what is late all the same.

    python ways.py MODULE    does the work of a module that is no server, several times

The variable BENCHMARKS_WAY names the way. The folder BENCHMARKS_FOLDER has a manifest and the names of the library.
"""

from __future__ import absolute_import, division, print_function

import os
import sys
import time

NOTHING, ENCODINGS, LIBRARY, PREIMPORT, GUNICORN, PRELOAD, EXACT = WAYS = (
    "nothing",
    "import encodings.*",
    "whole library",
    "preimport",
    "gunicorn --preload",
    "preload()",
    "exact",
)
RECORD = "record"
WAY = os.environ.get("BENCHMARKS_WAY", NOTHING)
MANIFEST, NAMES = (os.path.join(os.environ.get("BENCHMARKS_FOLDER", ""), name) for name in ("manifest", "library"))
SLOW = 0.02  # seconds that an import takes more, on a network file system, say
LATER = 10  # how often the work is done again
clock = getattr(time, "perf_counter", time.time)
_found = {"ms": 0, "MiB": 0}


def begin():
    """Prepare the process."""
    lines = []
    if WAY in (LIBRARY, PREIMPORT):
        with open(NAMES if WAY == LIBRARY else MANIFEST) as stream:
            lines = [line.split() for line in stream]
    names = [words[1] for words in lines if words[0] == "module"]
    before, began = _resident(), clock()
    if WAY == ENCODINGS:
        import encodings
        import pkgutil

        _import(name for _, name, _ in pkgutil.iter_modules(encodings.__path__, "encodings."))
    elif WAY == LIBRARY:
        _import(names)
    elif WAY == PREIMPORT:
        from preimport import preimport

        preimport(names)
    elif WAY not in (NOTHING, GUNICORN):
        import warmup

        if WAY == PRELOAD:
            warmup.preload(modules=os.environ["BENCHMARKS_MODULES"].split())
        else:
            warmup.preload(manifest=MANIFEST if WAY == EXACT else None, scan=False)
    if WAY not in (NOTHING, GUNICORN):
        _found.update(ms=1e3 * (clock() - began), MiB=(_resident() - before) / 2.0**20)


def _import(names):
    for name in names:
        try:
            __import__(name)
        except BaseException:  # another platform's, or one that exits
            pass


def _resident():
    with open("/proc/self/status") as status:
        return 1024 * int(dict(line.split(":", 1) for line in status)["VmRSS"].split()[0])


def ready():
    """Say that the process is ready: what is imported from now on is late."""
    _found["loaded"] = _loaded()
    if float(os.environ["BENCHMARKS_SLOW"]):
        sys.meta_path.insert(0, Slow())
    _say("ready")


class Slow(object):
    """A finder that finds nothing, and takes its time."""

    def find_spec(self, name, path=None, target=None):
        time.sleep(SLOW)

    find_module = find_spec  # 2.7


def end():
    """Say what was late, when a request or the work has ended for the first time."""
    if "loaded" in _found:
        late = _loaded() - _found.pop("loaded")
        from warmup._preload import memory

        standard = len([name for name in late if memory.library.has(name)])
        import json

        _say(json.dumps(dict(_found, standard=standard, others=len(late) - standard)))


def _loaded():
    return {name for name, module in list(sys.modules.items()) if module is not None}


_output = os.dup(1)  # some modules print when they are imported


def _say(text):
    os.write(_output, ("benchmarks: %s\n" % text).encode("ascii"))


def main(name):
    work, seconds = __import__(name).work, []
    begin()
    ready()
    for _ in range(1 + LATER):
        began = clock()
        work()
        seconds.append(clock() - began)
        end()
    _say(repr(seconds))


def write_names():
    """Write down the modules of the library that may be imported."""
    from warmup._python.library import Library

    with open(NAMES, "w") as stream:
        # Some of those that run as scripts run when they are imported.
        names = [name for name in Library().names if not name.endswith("__main__")]
        stream.writelines("module %s\n" % name for name in sorted(names))


if __name__ == "__main__":
    main(sys.argv[1]) if sys.argv[1:] else write_names()
