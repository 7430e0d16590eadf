"""Measure the rows that modules declare. The processes run in turn, so that a slower machine slows all."""

from __future__ import absolute_import, division, print_function

import json
import os
import resource

from tests.support.process import ROOT, Failed, run, variables

HERE = os.path.dirname(os.path.abspath(__file__))
ENOUGH = 15  # rounds, to judge by
_SLOW = 300  # seconds that no process takes
HEAD = ("", "clock", "figure", "quartiles", "before", "target", "verdict")


class Row(object):
    """Describe one figure of part 2, and how it is measured. The function ``rows()`` of a module returns its rows.

    The figure is the median over all rounds of ``ours`` / ``reference``, or of ``ours`` alone. ``ours`` and
    ``reference`` are lists of words for a fresh interpreter: a script of this folder and its arguments, or ``-c`` and
    source text. Each process prints one number as its last line. With ``whole``, the number is instead the processor
    time of the whole process. In each word ``{folder}`` is a folder for files.

    ``name``: what is compared, at most 46 characters. ``target``: ``(least, most)``, either may be ``None``; without
    both, the row only says what another row is made of.
    ``unit``: of a figure that is no ratio. ``clock``: what the numbers are, ``CPU`` or ``wall``. ``prepare``: lists of
    words, each run once before. ``cold``: whether the library's files leave the file cache before each process.
    ``needs``: what pip installs for it. ``seconds``: what a round takes, about. ``since``: the first
    Python that has what is measured.
    """

    def __init__(
        self,
        name,
        ours,
        reference=None,
        target=(None, None),
        unit="",
        clock="CPU",
        whole=False,
        prepare=(),
        cold=False,
        needs=(),
        seconds=1.0,
        since=(2, 7),
    ):
        self.name, self.ours, self.reference, self.target, self.unit = (name, ours, reference, target, unit)
        self.clock, self.whole, self.prepare, self.cold = clock, whole, prepare, cold
        self.needs, self.seconds, self.since = needs, seconds, since

    def cells(self, figures, before=()):
        """Return the cells of the row, from the figures of all rounds."""
        figure = median(figures)
        least, most = self.target
        if least is most is None:
            target = "-"
        elif most is None or least is None:
            target = "<= %g" % most if least is None else ">= %g" % least
        else:
            target = "%g to %g" % self.target
        return [
            self.name,
            self.clock,
            _text(figure) + self.unit,
            "%s-%s" % tuple(map(_text, quartiles(figures))),
            _text(median(before)) if before else "-",
            target,
            verdict(figure, self.target, len(figures)),
        ]


def verdict(figure, target, rounds):
    """Say whether a figure meets its target, or by how much it misses it; with too few rounds, say neither."""
    least, most = target
    if least is most is None:
        return ""
    if rounds < ENOUGH:
        return "not judged: %d of %d rounds" % (rounds, ENOUGH)
    if most is not None and figure > most:
        return "missed by " + _text(figure - most)
    if least is not None and figure < least:
        return "missed by " + _text(least - figure)
    return "met"


def median(numbers):
    """Return the middle one of ``numbers``, or the mean of the middle two."""
    ordered = sorted(numbers)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def quartiles(numbers):
    """Return the numbers between which the middle half of ``numbers`` is."""
    ordered, quarter = sorted(numbers), len(numbers) // 4
    return ordered[quarter], ordered[-1 - quarter]


def _text(figure):
    return "%.3f" % figure if figure < 10 else "%.1f" % figure


class Bench(object):
    """Run processes of one interpreter.

    ``python``: the path of its executable. ``rounds``: how often. ``folder``: for files. ``before``: a checkout to
    compare with, or ``None``.
    """

    def __init__(self, python, rounds, folder, before=None):
        self.python, self.rounds, self.folder, self._before = python, rounds, folder, before
        # the folder of the interpreter's standard library; None until it is asked for
        self._library = None

    def measure(self, row):
        """Return the figures of ``row``, one for each round, and those of the checkout before. Raises `Failed`."""
        for words in row.prepare:
            self.run(words)
        figures, before = [], []
        has_before = self._before is not None
        for turn in range(1 + self.rounds):
            one = self._number(row, row.ours)
            by = self._number(row, row.reference) if row.reference else 1
            if has_before:
                try:
                    other = self._number(row, row.ours, self._before)
                except Failed:
                    has_before, before = False, []  # the checkout before cannot do this
            # In the first round files are compiled, and come into the file cache.
            if turn:
                figures.append(one / by)
                before += [other / by] if has_before else []
        return figures, before

    def _number(self, row, words, checkout=ROOT):
        if row.cold:
            self._library = self._library or os.path.dirname(self.run(["-c", "import os; print(os.__file__)"])[0])
            drop_pages([self._library, os.path.join(checkout, "warmup")])
        printed, seconds = self.run(words, checkout)
        return seconds if row.whole else float(json.loads(printed))

    def run(self, words, checkout=ROOT, **more):
        """Run a process. Return its last line, and its processor time in seconds. Raises `Failed`.

        ``words``: see `Row`. ``checkout``: the folder that has the package. ``more``: variables.
        """
        words = [word.replace("{folder}", self.folder) for word in words]
        if words[0].endswith(".py"):
            words[0] = os.path.join(HERE, words[0])
        # As a program that is deployed: compiled files are written and used, nothing is set.
        path = os.pathsep.join([checkout, ROOT])
        began = _children()
        result = run([self.python, "-s"] + words, variables(PYTHONPATH=path, **more), seconds=_SLOW)
        if result.code != 0:
            raise Failed(result.last_line())
        return (result.out.splitlines() or [""])[-1], _children() - began


def _children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def drop_pages(folders):
    """Make the kernel forget what it has cached of the files in ``folders``; what some process has mapped stays."""
    if not hasattr(os, "posix_fadvise"):
        raise Failed("the study itself has to run on Python 3 and Linux, to drop the file cache")
    for parent, _, names in (found for folder in folders for found in os.walk(folder)):
        for name in names:
            try:
                descriptor = os.open(os.path.join(parent, name), os.O_RDONLY)
            except OSError:  # a link to nothing
                continue
            os.fdatasync(descriptor)  # a page that is yet to be written would stay
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)
