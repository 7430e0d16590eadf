"""What is compared: each method of `Comparisons` measures, and yields rows: name, ours, reference, target."""

from __future__ import absolute_import, division, print_function

import os

from tests.studies.benchmarks.rows import (
    BYTES,
    COUNT,
    LATE,
    MICROSECONDS,
    MILLISECONDS,
    SHARE,
    WHOLE_MILLISECONDS,
    Row,
    added,
    at_most,
    no_less_than,
    no_more_than,
    text,
    within,
)
from tests.studies.benchmarks.runner import Figure, Process, inside, line
from tests.support.process import ROOT, Failed
from tests.support.table import table

PROGRAM = "tests.studies.benchmarks.program"
CONFIGS = os.path.join(ROOT, "tests", "studies", "hosts", "configs")
COUNT_MODULES = """
import sys
before = set(sys.modules)
import warmup
more = [name for name in set(sys.modules) - before if sys.modules[name] is not None]
import json
costly = {"re", "json", "argparse", "inspect", "ast", "dis", "subprocess", "logging"}.intersection(more)
print(json.dumps({"more": len(more), "costly": len(costly)}))
"""
SIZES, MORE_SIZES = (100, 600, 2000), (
    100,
    300,
    600,
    1000,
    2000,
    3000,
)  # modules that a program has loaded
STATEMENTS = [  # with the package of the module that they are in, see inside.steady
    ('u"x".encode("latin-1")', "-"),
    ('u"x".encode("cp1250")', "-"),
    ('b"x".decode("latin-1")', "-"),
    ('time.strptime("26", "%y")', "-"),
    ("import os", "-"),
    ("from os import path", "-"),
]
STATEMENTS_2 = STATEMENTS + [  # on 2.7, where an import statement means more than one thing
    ("import os", "absolute"),
    ("import os", "json"),
    ("import os.path", "-"),
    ("import xml.dom", "json"),
]
AHEAD = [("read", "read before"), ("thread", "read by a thread"), ("advised", "advised before")]
RIVALS = [
    ("nothing", "nothing"),
    ("encodings", "encodings by pkgutil"),
    ("everything", "whole library"),
    ("preimport", "preimport, same names"),
    ("gunicorn", "gunicorn preload_app alone"),
]


class Comparisons(object):
    """All of them, measured with the `Bench` given.

    ``folder``: for files; ``environment``: a function that makes an environment with packages, and returns its
    interpreter; ``short``: without what needs one; ``detailed``: with tables of what some rows are made of.
    """

    def __init__(self, bench, folder, environment, short=False, detailed=False):
        self._bench, self._folder, self._environment = bench, folder, environment
        self._short, self._detailed = short, detailed
        self._is_3 = bench.version >= (3,)

    def importing(self):
        """What the package's own import costs, which has no effect."""
        more = self._bench.measure(ours=Process(["-c", COUNT_MODULES]))["ours"]
        yield Row("import warmup: modules", more, None, no_more_than(12), [("more", COUNT)])
        yield Row("import warmup: costly modules", more, None, no_more_than(0), [("costly", COUNT)])
        yield self._pair(
            "import warmup / bare start",
            Process(["-c", "import warmup"]),
            Process(["-c", "pass"]),
            at_most(1.10),
            "elapsed",
        )

    def preload(self):
        yield self._preload("-", "plain", at_most(1.12))

    def program(self):
        yield self._preload(PROGRAM, "Flask", at_most(1.25), self._environment())

    def _preload(self, program, name, target, python=None):
        """Preloading next to importing the same modules and looking up the same spellings, and nothing else."""
        stored, loaded = self._record(program, python)
        return self._pair(
            "preload() / bare imports, %s (%d)" % (name, loaded),
            inside("preload", program, python=python),
            inside("bare", program, stored, python=python),
            target,
        )

    def _record(self, program, python=None):
        """The file with what preloading imports in a program, and how many modules are loaded before."""
        stored = os.path.join(self._folder, program)
        return stored, self._bench.run(inside("record", program, stored, python=python))["loaded"]

    def _pair(self, name, ours, reference, target, what="seconds"):
        """The row of two processes; with instructions, where these are counted."""
        found = self._bench.measure(ours=ours, reference=reference)
        if self._bench.instructions:
            found["ours"]["instructions"] = self._bench.count(ours)
            found["reference"]["instructions"] = self._bench.count(reference)
        return Row(name, found["ours"], found["reference"], target, [(what, MILLISECONDS)])

    def growth(self):
        """Scanning for deferred imports as programs grow."""
        self._bench.run(inside("prepare", self._folder))
        details, points = [
            ["loaded", "code objects", "scan", "preload", "finding", "importing"]
        ], []
        for size in MORE_SIZES if self._detailed else SIZES:
            whats = (
                ["scan"] + ["walk"] * (size in SIZES and self._is_3) + ["preload"] * self._detailed
            )
            found = self._bench.measure(
                **{what: inside("grown", what, self._folder, size) for what in whats}
            )
            scan, walk, preload = [found.get(what) for what in ("scan", "walk", "preload")]
            points.append((scan["loaded"].median, scan["seconds"].median))
            if size in SIZES:  # 2.7 has nothing to walk with
                yield Row(
                    "scan / walk with dis, %d modules" % points[-1][0],
                    scan,
                    walk,
                    walk and at_most(1 / 50),
                )
            if preload:
                details.append(
                    [text(scan[what], COUNT) for what in ("loaded", "codes")]
                    + [
                        text(side[what], MILLISECONDS)
                        for side, what in (
                            (scan, "seconds"),
                            (preload, "seconds"),
                            (preload, "finding"),
                            (preload, "importing"),
                        )
                    ]
                )
        slope, start, straight = line(points)
        yield Row(
            "scan: r^2 of a straight line",
            {"r^2": Figure(straight, 0)},
            None,
            no_less_than(0.99),
            [("r^2", SHARE)],
        )
        if self._detailed:
            yield "%s\nscan: %.1f us per module, %+.1f ms" % (
                table(details),
                1e6 * slope,
                1e3 * start,
            )

    def precision(self):
        """Preloading next to importing the whole standard library."""
        details = [
            ["preload()", "codecs", "importing", "finding", "modules", "whole", "peak", "whole"]
        ]
        for name, program in (
            [("plain", "-")] if self._short else [("plain", "-"), ("Flask", PROGRAM)]
        ):
            python = self._environment() if program == PROGRAM else None
            found = self._bench.measure(
                ours=inside("preload", program, python=python),
                reference=inside("everything", program, python=python),
            )
            ours, whole = found["ours"], found["reference"]
            yield Row("preload() / whole library, %s, time" % name, ours, whole, at_most(1 / 3))
            yield Row(
                "preload() / whole library, %s, memory" % name,
                ours,
                whole,
                at_most(1 / 4),
                [("resident", BYTES)],
            )
            details.append(
                [name]
                + [text(ours[what], MILLISECONDS) for what in ("codecs", "importing", "finding")]
                + [
                    text(side[what], unit)
                    for what, unit in (("modules", COUNT), ("peak", BYTES))
                    for side in (ours, whole)
                ]
            )
        if self._detailed:
            yield table(details)

    def second(self):
        both = self._bench.measure(both=inside("twice"))["both"]
        yield Row(
            "a second preload() / the first",
            {"seconds": both["second"]},
            {"seconds": both["first"]},
            at_most(0.10),
        )

    def steady(self):
        """What a program does all the time, after preloading and before."""
        for statement, package in STATEMENTS if self._is_3 else STATEMENTS_2:
            both = self._bench.measure(both=inside("steady", statement, package, "both"))["both"]
            sides = [{"seconds": both[how]} for how in ("after", "before")]
            if self._bench.instructions:
                for side, how in zip(sides, ("after", "before")):
                    side["instructions"] = self._bench.count(
                        inside("steady", statement, package, how)
                    )
            target = within(0.02) if self._is_3 else at_most(1.5) if "import" in statement else None
            name = statement if package == "-" else "%s (%s)" % (statement, package)
            yield Row(
                "after/before: " + name, sides[0], sides[1], target, [("seconds", MICROSECONDS)]
            )

    def cold(self):
        """With nothing of the library in the file cache; and whether reading ahead pays then."""
        if not hasattr(os, "posix_fadvise"):
            raise Failed("the benchmarks themselves are to run on Python 3, to drop the file cache")
        library = self._bench.run(
            Process(["-c", "import json, os; print(json.dumps(os.path.dirname(os.__file__)))"])
        )
        stored, _ = self._record("-")

        def drop():
            drop_pages([library["printed"], os.path.join(ROOT, "warmup")])

        ways = [
            (how, name) for how, name in AHEAD if how != "advised" or self._is_3
        ]  # 2.7 cannot give that advice
        processes = {how: inside("bare", "-", stored, how, before=drop) for how, _ in ways}
        found = self._bench.measure(
            ours=inside("preload", "-", before=drop),
            warm=inside("bare", "-", stored),
            bare=inside("bare", "-", stored, before=drop),
            **processes
        )
        yield Row("cold: preload() / bare imports", found["ours"], found["bare"], at_most(1.05))
        yield Row("bare imports: cold / warm", found["bare"], found["warm"])
        for how, name in ways:
            yield Row("cold: files %s / not" % name, found[how], found["bare"])

    def sitecustomize(self):
        """The small choice that is documented for every start of an interpreter."""
        small, empty = os.path.join(CONFIGS, "sitecustomize_small"), os.path.join(
            self._folder, "empty"
        )
        if not os.path.isdir(small):
            raise Failed("there is no folder " + os.path.basename(small))
        os.mkdir(empty)
        yield self._pair(
            "start, small sitecustomize / plain",
            Process(["-c", "pass"], path=[small]),
            Process(["-c", "pass"], path=[empty]),
            added(0.005) if self._bench.version[:2] == (3, 11) else None,
            "elapsed",
        )

    def rivals(self):
        """What else people do in the same program: time, memory, and how many modules a request loads nevertheless."""
        python = self._environment()
        stored, _ = self._record(PROGRAM, python)
        processes, failures = {}, {}
        for what in ["preload"] + [what for what, _ in RIVALS]:
            process = inside("rival", what, PROGRAM, stored, python=python)
            try:
                self._bench.run(process)
                processes[what] = process
            except Failed as error:
                failures[what] = str(error)
        found = self._bench.measure(**processes)
        for what, name in RIVALS:
            shown = [("seconds", WHOLE_MILLISECONDS), ("resident", BYTES), ("late", LATE)]
            yield Row(
                "preload() / " + name,
                found["preload"],
                found.get(what),
                None,
                shown,
                failures.get(what),
            )


def drop_pages(folders):
    """Make the kernel forget what it has cached of the files in ``folders``; what some process has mapped stays."""
    for parent, _, names in (found for folder in folders for found in os.walk(folder)):
        for name in names:
            try:
                descriptor = os.open(os.path.join(parent, name), os.O_RDONLY)
            except OSError:  # a link to nothing
                continue
            os.fdatasync(descriptor)  # a page that is yet to be written would stay
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)
