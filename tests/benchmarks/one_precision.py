"""In a fresh process: what preloading, or importing the whole standard library, costs a program.

    python one_precision.py preload|everything MODULE...

MODULE: what the program has imported before. Prints seconds, growth of resident memory now and at its highest (bytes),
and how many modules came, as JSON. Both run without the cyclic garbage collector, which preload() switches off.
"""
from __future__ import absolute_import, division, print_function

import gc
import json
import os
import sys
import time

sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import warmup  # noqa: E402
from warmup import _interpreter, _tables  # noqa: E402


def memory():
    """Bytes: resident now, and at most since the start; ``None`` where there is no /proc."""
    try:
        with open("/proc/self/status") as status:
            sizes = dict(line.split(":", 1) for line in status)
        return [1024 * int(sizes[name].split()[0]) for name in ("VmRSS", "VmHWM")]
    except (IOError, KeyError):
        return None


def everything(names):
    for name in names:
        try:
            __import__(name)
        except BaseException:  # another platform's, or one that exits
            pass


def parts(outcomes, seconds):
    """Where the time goes: in seconds, for codecs, for importing other modules, for finding them."""
    codecs = sum(outcome.seconds for outcome in outcomes if outcome.target.kind == "codec")
    others = sum(outcome.seconds for outcome in outcomes) - codecs
    return {"codecs": codecs, "importing": others, "finding": seconds - codecs - others}


def main(what, *modules):
    for name in modules:
        __import__(name)
    # Those that run as scripts are no part of a library, and some of them run when they are imported.
    names = sorted(name for name in _interpreter.standard_modules(frozenset(_tables.EXCLUDED))
                   if not name.endswith("__main__"))
    collecting, output = gc.isenabled(), os.dup(1)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    gc.disable()
    before, loaded, began = memory(), len(sys.modules), time.time()
    report = None
    if what == "preload":
        report = warmup.preload()
    else:
        everything(names)
    seconds, after = time.time() - began, memory()
    os.dup2(output, 1)
    assert collecting
    resident, peak = [new - old for old, new in zip(before, after)] if before else (None, None)
    result = {"seconds": seconds, "resident": resident, "peak": peak, "modules": len(sys.modules) - loaded}
    if report:
        result.update(parts(report.outcomes, seconds))
    os.write(output, (json.dumps(result) + "\n").encode("ascii"))
    os._exit(0)  # not through the exit handlers of a whole library


if __name__ == "__main__":
    main(*sys.argv[1:])
