"""Do one of the things that are compared, in a fresh process. Print a number, for most the processor time in seconds.

    python inside.py WHAT PROGRAM [STORED]    WHAT: a function below

``PROGRAM``: what is loaded before. ``STORED``: the file with the steps of a call of ``preload()``.
"""

from __future__ import absolute_import, division, print_function

import gc
import os
import sys
import time

del sys.path[0]  # this folder, whose modules would hide others

clock = getattr(time, "process_time", None) or time.clock


def timed(action):
    """Return the processor time that ``action`` takes, in seconds, and what it returned."""
    began = clock()
    result = action()
    return clock() - began, result


def _load(program):
    """Import what is loaded before, and the package. Without the package, the bare imports would be faster."""
    for name in {"plain": [], "Flask": ["flask", "requests"], "pandas": ["pandas", "matplotlib.pyplot"]}[program]:
        __import__(name)
    import warmup

    return warmup


def record(program, stored):
    """Call ``preload()``; write its steps into a file, in their order: modules imported, codecs looked up."""
    report = _load(program).preload()
    with open(stored, "w") as stream:
        for outcome in report.outcomes:
            for name in outcome.modules:
                if sys.modules.get(name) is not None:
                    stream.write("module %s\n" % name)
            if outcome.target.kind == "codec" and outcome.status == "warmed":
                stream.write("codec %s\n" % outcome.target.name)
    return len(report.modules)


def preload(program):
    return timed(_load(program).preload)[0]


def bare(program, stored):
    """Import the same modules in the same order, look up each codec once, and do nothing else."""
    steps = _steps(program, stored)

    def take():
        for action, name in steps:
            action(name)

    return timed(take)[0]


def sift(program, stored):
    """Leave out the steps that fail alone: 2.7 does not know the order of modules that one import has added."""
    kept = []
    for action, name in _steps(program, stored):
        try:
            action(name)
            kept.append("%s %s\n" % ("module" if action is __import__ else "codec", name))
        except ImportError:
            pass
    with open(stored, "w") as stream:
        stream.writelines(kept)
    return len(kept)


def _steps(program, stored):
    _load(program)
    from codecs import lookup

    with open(stored) as stream:
        words = [line.split() for line in stream]
    return [(__import__ if kind == "module" else lookup, name) for kind, name in words]


def second(program):
    """Return the second call's time as a part of the first's."""
    warmup = _load(program)
    first = timed(warmup.preload)[0]
    return timed(warmup.preload)[0] / first


def frozen(program):
    """Return the same for a second call in a worker whose master has called ``gc.freeze()`` after the first call."""
    warmup = _load(program)
    first = timed(warmup.preload)[0]
    if hasattr(gc, "freeze"):  # 3.7
        gc.freeze()
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, b"%r" % timed(warmup.preload)[0] if str is bytes else b"%a" % timed(warmup.preload)[0])
        os._exit(0)
    os.wait()
    return float(os.read(reader, 100)) / first


# Some modules print when they are imported.
_output = os.dup(1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

if __name__ == "__main__":
    os.write(_output, (u"%r\n" % globals()[sys.argv[1]](*sys.argv[2:])).encode("ascii"))
