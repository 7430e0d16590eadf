"""Do the same with a watch and without, in turn, in a fresh process. Print the median of the ratios.

python watched.py WHAT ARGUMENT...    WHAT: a function below
"""

from __future__ import absolute_import, division, print_function

import gc
import importlib
import os
import shutil
import sys
import tempfile
import time

del sys.path[0]  # this folder, whose modules would hide others
sys.dont_write_bytecode = False

import warmup  # noqa: E402
from tests.studies.benchmarks.measuring import median  # noqa: E402

clock = getattr(time, "process_time", None) or time.clock
_TIMES = 3000
_LIBRARY = """
    calendar cmd code codeop colorsys csv difflib filecmp fileinput getopt gettext glob gzip mailcap mimetypes netrc
    optparse pdb pickletools plistlib pprint quopri sched shelve shlex sndhdr tarfile telnetlib textwrap timeit trace
    wave xdrlib zipfile
""".split()
_SMALL = '''
import os
import sys
from os import path

TABLE = {"one": 1, "two": 2, "three": [1, 2, 3]}


class Thing(object):
    """A thing."""

    def __init__(self, name, value=None):
        self.name = name
        self.value = value

    def __repr__(self):
        return "Thing(%r, %r)" % (self.name, self.value)

    def is_there(self):
        return path.exists(self.name)


class Other(Thing):
    kind = "other"

    def is_there(self):
        return self.name in TABLE


def find(names, default=None):
    """Return the first thing that is there."""
    for name in names:
        thing = Thing(name)
        if thing.is_there():
            return thing
    return default


def main(arguments=()):
    for name in arguments or sys.argv[1:]:
        print(find([name, os.sep + name]))
'''


def ratio(action, pairs, prepare=lambda: None):
    """Return the median of what ``action`` takes with a watch, as a part of what it takes without."""
    ratios = []
    for turn in range(pairs):
        seconds = {}
        for watched in (True, False) if turn % 2 else (False, True):
            prepare()
            gc.collect()
            gc.disable()  # a collection would belong to one side
            watch = warmup.watch() if watched else None
            began = clock()
            action()
            seconds[watched] = clock() - began
            if watch is not None:
                watch.stop()
            gc.enable()
        ratios.append(seconds[True] / seconds[False])
    return median(ratios)


def loaded(how, preload=None):
    if preload:
        warmup.preload(codecs=())
    import_module = importlib.import_module

    def statement():
        for _ in range(_TIMES):
            import os  # noqa: F401

    def by_function():
        for _ in range(_TIMES):
            import_module("os")

    return ratio(statement if how == "statement" else by_function, 101)


def real(what):
    folder = tempfile.mkdtemp()
    try:
        names = _LIBRARY
        if what == "flat":
            names = ["small%d" % number for number in range(40)]
            for name in names:
                with open(os.path.join(folder, name + ".py"), "w") as stream:
                    stream.write(_SMALL)
            sys.path.insert(0, folder)
        names = [name for name in names if name not in sys.modules and _can_import(name)]
        came = [name for name, module in list(sys.modules.items()) if name not in _before and _is_source(module)]

        def forget():
            for name in came:
                sys.modules.pop(name, None)

        def imports():
            for name in names:
                __import__(name)

        for _ in range(3):
            forget()
            imports()
        return ratio(imports, 41, forget)
    finally:
        shutil.rmtree(folder)


def _can_import(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def _is_source(module):
    return (getattr(module, "__file__", None) or "").endswith((".py", ".pyc"))


def fork():
    """Return how many microseconds the guard adds to a fork in the parent: the difference of the lower quartiles."""
    bare = os.fork
    warmup.guard_fork()
    pairs = [(bare, []), (os.fork, [])]
    for turn in range(600):
        for function, found in pairs if turn % 2 else pairs[::-1]:
            began = time.perf_counter()
            child = function()
            if not child:
                os._exit(0)
            found.append(time.perf_counter() - began)
            os.waitpid(child, 0)
    quartiles = [sorted(found)[len(found) // 4] for _, found in pairs]
    return 1e6 * (quartiles[1] - quartiles[0])


# What is loaded by now. `real` neither forgets these modules nor imports them again.
_before = set(sys.modules)
# Some modules print when they are imported.
_output = os.dup(1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

if __name__ == "__main__":
    warmup.watch().stop()
    os.write(_output, (u"%r\n" % globals()[sys.argv[1]](*sys.argv[2:])).encode("ascii"))
