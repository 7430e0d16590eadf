"""Show proofs to people as rows with bars, a matrix and a conclusion, and to machines as data."""

from __future__ import absolute_import, division, print_function

import math
import os
import textwrap

from warmup.prove._harness import CURED, NOT_AFFECTED, NOT_CURED, NOT_RUN, UNEXPECTED
from warmup.prove._scenarios import FINE

WIDTH = 79
BAR = 6
COLD_WORDS, WARM_WORDS = 17, 12
VERDICT = 12
# Titles stand beside the rows if they have at least this many characters of room.
TITLE = 40
# A bar of no length is this many seconds. Each character more is ten times as long.
SHORTEST = 1e-5

MARKS = ((CURED, "+"), (NOT_AFFECTED, "."), (NOT_RUN, "-"), (NOT_CURED, "X"), (UNEXPECTED, "?"))
GREEN, RED, DIM = "32", "31", "2"
_COLOURS = {CURED: GREEN, NOT_AFFECTED: DIM, NOT_RUN: "33", NOT_CURED: "1;31", UNEXPECTED: "1;35"}
_BLOCKS = u"\u258f\u258e\u258d\u258c\u258b\u258a\u2589\u2588"  # an eighth, two eighths, ... full


class Style(object):
    """Say how to write to one stream.

    width     characters in a line: COLUMNS, else the terminal's, else WIDTH, and at least WIDTH
    terminal  whether the stream is a terminal that reads control sequences
    colour    whether to use colours: on a terminal, unless NO_COLOR is set
    blocks    whether the stream's encoding has the characters for bars
    """

    def __init__(self, stream, environment=os.environ):
        terminal = getattr(stream, "isatty", lambda: False)()
        # The old console of Windows and the shell of Emacs do not read control sequences: they would print them.
        old = os.name == "nt" and not (environment.get("WT_SESSION") or environment.get("TERM"))
        self.terminal = terminal and not old and environment.get("TERM") != "dumb"
        self.colour = self.terminal and not environment.get("NO_COLOR")
        columns = environment.get("COLUMNS", "")
        if columns.isdigit() and int(columns):
            self.width = max(int(columns), WIDTH)
        else:
            self.width = max(_terminal_width(stream) if terminal else 0, WIDTH)
        try:
            _BLOCKS.encode(getattr(stream, "encoding", None) or "ascii")
            self.blocks = True
        except (UnicodeError, LookupError):
            self.blocks = False

    def paint(self, text, colour):
        """Return `text` in `colour`, an ANSI number or "". Return it as it is without colours."""
        if self.colour and colour and text.strip():
            return "\033[%sm%s\033[0m" % (colour, text)
        return text

    def bar(self, share):
        """Return a bar that fills the `share` (0 to 1) of BAR characters, padded with spaces."""
        eighths = int(round(share * BAR * 8))
        if not self.blocks:
            return ("#" * int(round(eighths / 8))).ljust(BAR)
        full, rest = divmod(eighths, 8)
        return (_BLOCKS[7] * full + (_BLOCKS[rest - 1] if rest else u"")).ljust(BAR)


def _terminal_width(stream):
    try:
        if hasattr(os, "get_terminal_size"):
            return os.get_terminal_size(stream.fileno()).columns
        import fcntl  # 2.7; Windows does not have it
        import struct
        import termios

        size = fcntl.ioctl(stream.fileno(), termios.TIOCGWINSZ, b"\0" * 8)
        return struct.unpack("HHHH", size)[1]
    except (ImportError, EnvironmentError, ValueError):
        return 0


def share(seconds):
    """Return which share of a bar `seconds` fill, 0 to 1, on a logarithmic scale."""
    if seconds <= SHORTEST:
        return 0.0
    return min(math.log10(seconds / SHORTEST) / BAR, 1.0)


def header(interpreter, style):
    """Return the lines above the rows of one interpreter."""
    title = "what happens" if _title_room(style) else ""
    verdict = "verdict".ljust(VERDICT if title else 0)
    return [
        "%s (%s)" % (interpreter.name, interpreter.shown),
        "",
        _row("scenario", _padded(COLD_WORDS, "cold"), _padded(WARM_WORDS, "warm"), verdict, title),
    ]


def row(proof, style):
    """Return one Proof as lines. Without a title it is one line of at most WIDTH characters."""
    absent = "no such thing" if proof.verdict == NOT_AFFECTED else ""
    cold_colour = RED if _goes_wrong(proof) else ""
    warm_colour = GREEN if proof.verdict == CURED else RED if proof.verdict == NOT_CURED else ""
    room = _title_room(style)
    titles = textwrap.wrap(proof.scenario.title, room) if room else [""]
    line = _row(
        proof.scenario.name,
        _cell(proof.cold, style, COLD_WORDS, _in_words, cold_colour, absent),
        _cell(proof.warm, style, WARM_WORDS, _in_a_word, warm_colour),
        style.paint(proof.verdict.ljust(VERDICT if room else 0), _COLOURS[proof.verdict]),
        titles[0],
    )
    return [line] + [" " * (WIDTH + 1) + title for title in titles[1:]]


def _title_room(style):
    room = style.width - WIDTH - 2
    return room if room >= TITLE else 0


def _row(name, cold, warm, verdict, title=""):
    return ("%-20s %s %s %s  %s" % (name, cold, warm, verdict, title)).rstrip()


def _padded(room, words="", bar=""):
    return "%s %s" % (bar.ljust(BAR), words[:room].ljust(room))


def _cell(run, style, room, describe, colour, absent=""):
    if run is None:
        return _padded(room, absent)
    if run.outcome == FINE:
        words, bar = duration(run.seconds), style.bar(share(run.seconds))
    elif run.outcome.startswith("raises "):
        words, bar = describe(run), "x" * BAR
    else:
        words, bar = describe(run), style.bar(1.0)
    # Painted before, the cell would be too short: ljust() counts the characters of the colours.
    return style.paint(bar.ljust(BAR), colour) + _padded(room, words)[BAR:]


def _goes_wrong(proof):
    """Return whether the cold run went wrong. The verdict also says whether the warm run did."""
    if proof.cold is None:
        return False
    return proof.cold.outcome != FINE or proof.expected == ("slow",)


def _in_words(run):
    if run.outcome.startswith("raises "):
        return run.outcome[len("raises ") :]
    return "%s %s" % (run.outcome, duration(run.seconds))


def _in_a_word(run):
    # The warm cell has room for one word. remarks() says the rest.
    return "raises" if run.outcome.startswith("raises ") else run.outcome.split()[-1]


def duration(seconds):
    """Return `seconds` as text: in seconds from 1 s on, else in milliseconds."""
    return "%.1f s" % seconds if seconds >= 1 else "%.1f ms" % (seconds * 1000)


def remarks(proofs):
    """Return why scenarios are NOT CURED, UNEXPECTED or not run, as lines. A row has no room."""
    lines = []
    for proof in proofs:
        if proof.verdict in (NOT_CURED, UNEXPECTED, NOT_RUN):
            where = "%s on %s" % (proof.scenario.name, proof.interpreter.label)
            lines += _wrapped("%s: %s. %s" % (where, proof.verdict, proof.reason))
    return lines


def notes(proofs):
    """Return how to read the rows of `proofs`, as lines."""
    texts = ["Bars: one character more is ten times as long. A full bar is 10 s, or for ever."]
    both = [(proof.cold, proof.warm) for proof in proofs if proof.verdict == NOT_AFFECTED]
    if any(cold and warm and warm.seconds >= cold.seconds for cold, warm in both):
        texts.append(
            "Not affected: the cold run does not wait and does not fail. So the warm run need not " "be faster."
        )
    if any(proof.verdict == CURED and proof.scenario.cure == "guard_fork()" for proof in proofs):
        texts.append(
            "guard_fork(): the fork waits for the import in flight. Each stage of that import "
            "takes 0.3 s. The warm figure contains this time."
        )
    lines = []
    for text in texts:
        lines += _wrapped(text)
    return lines


def _wrapped(text):
    return textwrap.wrap(text, WIDTH, subsequent_indent="    ", break_on_hyphens=False)


def matrix(proofs, style):
    """Return a table of marks, scenarios by interpreters, as lines. Split it if it is too wide."""
    columns, cells = [], {}
    for proof in proofs:
        label = proof.interpreter.label
        if label not in columns:
            columns.append(label)
        cells[proof.scenario.name, label] = proof.verdict
    positions = set((proof.scenario.position, proof.scenario.name) for proof in proofs)
    names = [name for _, name in sorted(positions)]
    marks = dict(MARKS)
    margin = max(len(name) for name in names)
    lines = []
    while columns:
        block = []
        # One column at least: a path may be longer than a line.
        while columns and (not block or margin + sum(len(label) + 1 for label in block + columns[:1]) <= WIDTH):
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
    legend = ["%s %s" % (mark, verdict) for verdict, mark in MARKS if verdict in used]
    return lines + ["   ".join(legend)]


def summary(proofs):
    """Return one line that counts the verdicts."""
    counts = [(verdict, sum(p.verdict == verdict for p in proofs)) for verdict, _ in MARKS]
    return ", ".join("%d %s" % (count, verdict) for verdict, count in counts if count)


def conclusion(proofs):
    """Return what the proofs of one interpreter mean for its user, as one line.

    For example: "On CPython 3.13: 4 ways to hang, 9 to fail, 3 to be slow. preload() ends all 16."
    """
    shown = [proof for proof in proofs if proof.verdict in (CURED, NOT_CURED) and _goes_wrong(proof)]
    kinds = []
    for kind, count in (
        ("to hang", sum(_kind(proof) == "hang" for proof in shown)),
        ("to fail", sum(_kind(proof) == "fail" for proof in shown)),
        ("to be slow", sum(_kind(proof) == "slow" for proof in shown)),
    ):
        if count:
            ways = "" if kinds else "way " if count == 1 else "ways "
            kinds.append("%d %s%s" % (count, ways, kind))
    sentences = ["On %s: %s." % (_place(proofs[0].interpreter), ", ".join(kinds) or "no way to stall")]
    cures = []
    for cure in sorted(set(proof.scenario.cure for proof in shown), reverse=True):
        verdicts = [proof.verdict for proof in shown if proof.scenario.cure == cure]
        cured, all_ = verdicts.count(CURED), len(verdicts)
        if cured < all_:
            words = "%d of %d" % (cured, all_) if cured else "none of %d" % all_
        elif len(shown) == 1:
            words = "it"
        else:
            words = "%d" % all_
            if all_ == len(shown):
                words = "both" if all_ == 2 else "all " + words
        cures.append("%s ends %s" % (cure, words))
    if cures:
        sentences.append(", ".join(cures) + ".")
    unexpected = sum(proof.verdict == UNEXPECTED for proof in proofs)
    if unexpected:
        sentences.append("%d UNEXPECTED: nothing is proved there." % unexpected)
    return " ".join(sentences)


def _kind(proof):
    outcome = proof.cold.outcome
    if outcome == FINE:
        return "slow"
    return "fail" if outcome.startswith("raises ") else "hang"


def _place(interpreter):
    if interpreter.label[:1].isdigit():
        place = "%s %s" % (interpreter.implementation, interpreter.label)
    else:
        place = "%s %d.%d" % ((interpreter.implementation,) + tuple(interpreter.version[:2]))
    return place + " for Windows" if interpreter.platform == "win32" else place


def as_data(proofs):
    """Return the proofs as dictionaries and lists that json can write. Seconds are float."""

    def run(one):
        return one and {"outcome": one.outcome, "seconds": one.seconds, "detail": one.detail}

    return [
        {
            "scenario": proof.scenario.name,
            "title": proof.scenario.title,
            "cure": proof.scenario.cure,
            "interpreter": {
                "label": proof.interpreter.label,
                "path": proof.interpreter.shown,
                "implementation": proof.interpreter.implementation,
                "platform": proof.interpreter.platform,
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
