"""Scanning and preloading in programs of 100 to 3,000 loaded modules."""
from __future__ import absolute_import, division, print_function

import functools
import shutil
import tempfile

from . import fresh_processes

SIZES = (100, 300, 1000, 2000, 3000)
WALKED = 1000  # modules: beyond them a walk takes so long that nothing else is measured
FIGURES = ("scan", "preload", "scanning inside")


def measure(python, rounds, sizes=SIZES):
    """A dictionary: for each size the medians, and for each of `FIGURES` the straight line through them."""
    folder = tempfile.mkdtemp(prefix="warmup-growth-")
    try:
        run = functools.partial(fresh_processes.run, python, "one_growth.py")
        run("prepare", folder)
        run("scan", folder, sizes[-1])  # compiles what came without a compiled file
        found = fresh_processes.medians({(size, what): functools.partial(run, what, folder, size) for size in sizes
                                         for what in ("scan", "preload", "walk") if what != "walk" or size <= WALKED},
                                        rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows = []
    for size in sizes:
        scan, preload = found[size, "scan"], found[size, "preload"]
        rows.append({"modules": scan["modules"], "codes": scan["codes"], "scan": scan["seconds"],
                     "walk": found.get((size, "walk"), {}).get("seconds"), "preload": preload["seconds"],
                     "scanning inside": preload["scanning"], "importing": preload["importing"],
                     "brought": preload["brought"]})
    return {"rows": rows, "lines": {name: line([(row["modules"], row[name]) for row in rows]) for name in FIGURES}}


def line(points):
    """The straight line through ``(modules, seconds)``, by least squares: microseconds per module, milliseconds for
    none, and how much of the variance it explains (1: all)."""
    count = float(len(points))
    x_mean, y_mean = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    slope = (sum((x - x_mean) * (y - y_mean) for x, y in points) / sum((x - x_mean) ** 2 for x, _ in points))
    start = y_mean - slope * x_mean
    off = sum((y - start - slope * x) ** 2 for x, y in points)
    return {"microseconds_per_module": 1e6 * slope, "milliseconds_at_0": 1e3 * start,
            "r_squared": 1 - off / (sum((y - y_mean) ** 2 for _, y in points) or 1)}


def text(python, found):
    rows = [[python, "code objects", "scan", "dis walk", "ratio", "preload", "scanning", "importing"]]
    for one in found["rows"]:
        walk = one["walk"]
        rows.append(["%d modules" % one["modules"], one["codes"], _milliseconds(one["scan"]),
                     "-" if walk is None else _milliseconds(walk), "-" if walk is None else "%.0f" % (walk / one["scan"])]
                    + [_milliseconds(one[name]) for name in ("preload", "scanning inside", "importing")])
    lines = [fresh_processes.table(rows)]
    for name in FIGURES:
        fit = found["lines"][name]
        lines.append("%-15s %5.1f us per module, %+.1f ms; r^2 %.4f" % (
            name + ":", fit["microseconds_per_module"], fit["milliseconds_at_0"], fit["r_squared"]))
    return "\n".join(lines)


def _milliseconds(seconds):
    return "%.1f ms" % (1e3 * seconds)
