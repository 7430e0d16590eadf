"""Preloading next to importing the whole standard library: all of its modules that are not excluded from preloading."""
from __future__ import absolute_import, division, print_function

import functools

from . import fresh_processes

# What a program has imported when it preloads.
PROGRAMS = [("plain interpreter", []), ("Flask program", ["flask"])]
MOST = 1 / 3.0  # of the whole, in time and in memory


def measure(python, rounds):
    """A dictionary for each program that this interpreter has what it needs for."""
    for name, modules in PROGRAMS:
        try:
            run = functools.partial(fresh_processes.run, python, "one_precision.py")
            run("everything", *modules)  # so that all is compiled
        except fresh_processes.subprocess.CalledProcessError:
            yield {"program": name, "skipped": "cannot import " + " ".join(modules)}
            continue
        found = fresh_processes.medians({what: functools.partial(run, what, *modules)
                                         for what in ("preload", "everything")}, rounds)
        ratios = {key: found["preload"][key] / found["everything"][key] for key in found["everything"]
                  if found["everything"][key]}
        yield dict(found, program=name, ratios=ratios, is_precise=all(ratios.get(key, 0) <= MOST
                                                                      for key in ("seconds", "resident", "peak")))


def row(python, one):
    if "skipped" in one:
        return [python, one["program"], one["skipped"]] + [""] * 8
    cells = [python, one["program"]]
    for key, unit, size in (("seconds", "%.0f ms", 1e3), ("resident", "%.1f MiB", 2.0 ** -20),
                            ("peak", "%.1f MiB", 2.0 ** -20), ("modules", "%d", 1)):
        both = [one[what][key] for what in ("preload", "everything")]
        cells += ["-", "-"] if both[0] is None else [" / ".join(unit % (value * size) for value in both),
                                                     "%.2f" % one["ratios"][key]]
    return cells + ["+".join("%.0f" % (1e3 * one["preload"][part]) for part in ("codecs", "importing", "finding"))]


HEAD = ["interpreter", "program", "time", "ratio", "resident", "ratio", "peak", "ratio", "modules", "ratio", "ms: codecs+importing+finding"]
