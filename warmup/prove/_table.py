"""Proofs as text for people: rows with bars, a matrix, and as data for machines."""
from __future__ import absolute_import, division, print_function

import os
import textwrap

from warmup.prove._harness import CURED, NOT_AFFECTED, NOT_CURED, NOT_RUN, UNEXPECTED
from warmup.prove._scenarios import FINE

WIDTH = 79
BAR = 6
COLD_WORDS, WARM_WORDS = 17, 12
# Below this no stall is worth a bar, unless the scenario is about as little.
FLOOR = 0.05

MARKS = (
    (CURED, "+"),
    (NOT_AFFECTED, "."),
    (NOT_RUN, "-"),
    (NOT_CURED, "X"),
    (UNEXPECTED, "?"),
)
_COLOURS = {CURED: "32", NOT_AFFECTED: "2", NOT_RUN: "33", NOT_CURED: "1;31", UNEXPECTED: "1;35"}
_BLOCKS = u"\u258f\u258e\u258d\u258c\u258b\u258a\u2589\u2588"  # an eighth, two eighths, ... full


class Style(object):
    """How to write for one stream: `colour` only on a terminal and without NO_COLOR,
    `blocks` for bars only where its encoding has them."""

    def __init__(self, stream, environment=os.environ):
        terminal = getattr(stream, "isatty", lambda: False)()
        self.colour = terminal and not environment.get("NO_COLOR")
        try:
            _BLOCKS.encode(getattr(stream, "encoding", None) or "ascii")
            self.blocks = True
        except (UnicodeError, LookupError):
            self.blocks = False

    def paint(self, text, colour):
        """`text` in `colour`, an ANSI number, if there is colour."""
        return "\033[%sm%s\033[0m" % (colour, text) if self.colour and text.strip() else text

    def bar(self, share):
        """A bar that is `share` (0 to 1) of BAR characters long, padded to all of them."""
        eighths = int(round(share * BAR * 8))
        if not self.blocks:
            return ("#" * int(round(eighths / 8))).ljust(BAR)
        full, rest = divmod(eighths, 8)
        return (_BLOCKS[7] * full + (_BLOCKS[rest - 1] if rest else u"")).ljust(BAR)


def header(interpreter):
    """The lines above the rows of one interpreter."""
    return [
        "%s (%s)" % (interpreter.name, interpreter.path),
        "",
        _row("scenario", _padded(COLD_WORDS, "cold"), _padded(WARM_WORDS, "warm"), "verdict"),
    ]


def row(proof, style):
    """One Proof as a line of at most WIDTH characters."""
    runs = [run for run in (proof.cold, proof.warm) if run is not None]
    if proof.expected == ("slow",):
        longest = max([run.seconds for run in runs] + [0.0])
    elif proof.verdict == NOT_AFFECTED:
        longest = None  # both are quick, and a bar would show nothing but noise
    else:
        longest = max([run.seconds for run in runs] + [FLOOR])
    absent = "no such thing" if proof.verdict == NOT_AFFECTED else ""
    return _row(
        proof.scenario.name,
        _cell(proof.cold, longest, style, COLD_WORDS, _in_words, absent),
        _cell(proof.warm, longest, style, WARM_WORDS, _in_a_word),
        style.paint(proof.verdict, _COLOURS[proof.verdict]),
    )


def _row(name, cold, warm, verdict):
    return ("%-20s %s %s %s" % (name, cold, warm, verdict)).rstrip()


def _padded(room, words="", bar=""):
    return "%s %s" % (bar.ljust(BAR), words[:room].ljust(room))


def _cell(run, longest, style, room, describe, absent=""):
    if run is None:
        return _padded(room, absent)
    if run.outcome == FINE:
        words, bar = duration(run.seconds), style.bar(run.seconds / longest if longest else 0)
    elif run.outcome.startswith("raises "):
        words, bar = describe(run), "x" * BAR
    else:
        words, bar = describe(run), style.bar(1.0)
    # Painted after padding: colours take no room on the screen, but they do in ljust().
    colour = "32" if run.outcome == FINE else "31"
    return style.paint(bar.ljust(BAR), colour) + _padded(room, words)[BAR:]


def _in_words(run):
    if run.outcome.startswith("raises "):
        return run.outcome[len("raises ") :]
    return "%s %s" % (run.outcome, duration(run.seconds))


def _in_a_word(run):
    # Warm there is no room for more, and remarks() tells the rest.
    return "raises" if run.outcome.startswith("raises ") else run.outcome.split()[-1]


def duration(seconds):
    """`seconds` as a person likes to read them."""
    return "%.1f s" % seconds if seconds >= 1 else "%.1f ms" % (seconds * 1000)


def remarks(proofs):
    """What a row has no room for: why a Proof is not as it should be, as lines."""
    lines = []
    for proof in proofs:
        if proof.verdict in (NOT_CURED, UNEXPECTED, NOT_RUN):
            where = "%s on %s" % (proof.scenario.name, proof.interpreter.label)
            lines += textwrap.wrap(
                "%s: %s. %s" % (where, proof.verdict, proof.reason),
                WIDTH,
                subsequent_indent="    ",
                break_on_hyphens=False,
            )
    return lines


def matrix(proofs, style):
    """Scenario by interpreter, a mark a cell, as lines; blocks of columns if they are many."""
    names, columns, cells = [], [], {}
    for proof in proofs:
        label = proof.interpreter.label
        if proof.scenario.name not in names:
            names.append(proof.scenario.name)
        if label not in columns:
            columns.append(label)
        cells[proof.scenario.name, label] = proof.verdict
    marks = dict(MARKS)
    margin = max(len(name) for name in names)
    lines = []
    while columns:
        block = []
        while columns and margin + sum(len(label) + 1 for label in block + columns[:1]) <= WIDTH:
            block.append(columns.pop(0))
        lines.append(" ".join([" " * margin] + block))
        for name in names:
            line = [name.ljust(margin)]
            for label in block:
                verdict = cells.get((name, label), NOT_RUN)
                padded = marks[verdict].center(len(label))
                line.append(style.paint(padded, _COLOURS[verdict]))
            lines.append(" ".join(line).rstrip())
        lines.append("")
    used = set(proof.verdict for proof in proofs)
    lines.append("   ".join("%s %s" % (mark, verdict) for verdict, mark in MARKS if verdict in used))
    return lines


def summary(proofs):
    """One line that counts the verdicts."""
    counts = [(verdict, sum(p.verdict == verdict for p in proofs)) for verdict, _ in MARKS]
    return ", ".join("%d %s" % (count, verdict) for verdict, count in counts if count)


def as_data(proofs):
    """The proofs as dictionaries and lists that json can write; seconds are float."""

    def run(one):
        return one and {"outcome": one.outcome, "seconds": one.seconds, "detail": one.detail}

    return [
        {
            "scenario": proof.scenario.name,
            "interpreter": {
                "label": proof.interpreter.label,
                "path": proof.interpreter.path,
                "implementation": proof.interpreter.implementation,
                "version": ".".join(str(number) for number in proof.interpreter.version),
            },
            "verdict": proof.verdict,
            "expected": proof.expected and " or ".join(proof.expected),
            "cold": run(proof.cold),
            "warm": run(proof.warm),
            "reason": proof.reason,
        }
        for proof in proofs
    ]
