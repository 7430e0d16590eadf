"""Show results to people and machines: reports, tables, JSON and trace events."""

from __future__ import absolute_import, division, print_function

import os
import sys

from warmup._values import EXCLUDED, FAILED, STALE, UNAVAILABLE, WARMED, as_ascii

_ORDER = (FAILED, STALE, EXCLUDED, WARMED, UNAVAILABLE)
_NUMBERS = ("ms", "modules")  # heads of the columns that are aligned to the right


class Report(object):
    """Say what one call of ``preload()`` did.

    ``outcomes``: an `Outcome` for each target, in the order in which they were tried, as a tuple.
    ``seconds``: how long the whole call took, in seconds of wall clock.
    ``memory``: by how many bytes the resident set grew. ``None`` if ``/proc`` cannot be read.
    ``compiled``: how many modules had to be compiled, because they had no compiled file, or an outdated one.
    ``left_out``: targets that were seen and not tried, as pairs ``(target, why)``. ``why`` names the option that takes
    the target in. Only ``python -m warmup report`` fills it; ``preload()`` does not look for them.
    ``notes``: sentences about the whole call, for example that the standard library was not found.

    ``print(report)`` shows a table. Failures come first, then the other targets by cost. One row stands for all
    codecs that were warmed. What this platform lacks comes last.
    """

    def __init__(self, outcomes, seconds, memory=None, compiled=0, left_out=(), notes=()):
        self.outcomes, self.seconds, self.memory = tuple(outcomes), seconds, memory
        self.compiled, self.left_out, self.notes = compiled, tuple(left_out), tuple(notes)
        self._loaded_by = {name: outcome for outcome in self.outcomes for name in outcome.modules}

    @property
    def modules(self):
        """Return the names of all modules that the call added to ``sys.modules``, as a tuple."""
        return tuple([name for outcome in self.outcomes for name in outcome.modules])

    @property
    def warmed(self):
        """Return the outcomes of targets that were warmed, as a tuple."""
        return self._with_status(WARMED)

    @property
    def unavailable(self):
        """Return the outcomes of targets that this platform or build lacks, as a tuple."""
        return self._with_status(UNAVAILABLE)

    @property
    def failed(self):
        """Return the outcomes of targets that raised an exception, as a tuple."""
        return self._with_status(FAILED)

    @property
    def excluded(self):
        """Return the outcomes of targets that must not be imported, as a tuple."""
        return self._with_status(EXCLUDED)

    @property
    def stale(self):
        """Return the outcomes of lines of a manifest whose module does not exist, as a tuple."""
        return self._with_status(STALE)

    def _with_status(self, status):
        # No tuple() of a generator anywhere in this package: gc.get_objects() of another thread may see it unfinished,
        # and 2.7 would raise SystemError.
        return tuple([outcome for outcome in self.outcomes if outcome.status == status])

    def chain(self, outcome):
        """Return why ``outcome.target`` is a target, as a list of targets.

        The list begins with the target itself. Each next target has loaded the ``owner`` of the target before it. The
        program had loaded the ``owner`` of the last target before the call.
        """
        chain = []
        while outcome is not None and outcome.target not in chain:
            chain.append(outcome.target)
            outcome = self._loaded_by.get(outcome.target.owner)
        return chain

    def why(self, name=None):
        """Return why the module or codec ``name`` is a target, as text: one line for each step of its chain.

        ``name``: ``None`` means every target. A codec has the name of its module, for example ``latin_1``. If the
        import of another target loaded the module, the text explains that target. Return ``""`` for an unknown name.
        """
        lines = []
        for outcome in self.outcomes:
            if name is None or outcome.target.name == name or name in outcome.modules:
                chain = self.chain(outcome)
                lines.append("%s %s: %s, %s" % _joinable(chain[0].kind, chain[0].name, outcome.status, chain[0].reason))
                lines.extend(
                    "    %s is loaded because of %s: %s" % _joinable(before.owner, step.name, step.reason)
                    for before, step in zip(chain, chain[1:])
                )
        lines.extend(
            "%s %s: left out, %s; asked for by %s" % _joinable(target.kind, target.name, why, target.reason)
            for target, why in self.left_out
            if target.name == name
        )
        return printable("\n".join(lines))

    def summary(self):
        """Return the totals as one line: targets by status, modules, milliseconds, and MiB where they are known."""
        statuses = [outcome.status for outcome in self.outcomes]
        shown = (WARMED, UNAVAILABLE, FAILED) + tuple([one for one in (EXCLUDED, STALE) if one in statuses])
        memory = "" if self.memory is None else ", %.1f MiB" % (self.memory / 2.0**20)
        counts = ", ".join("%d %s" % (statuses.count(one), one) for one in shown)
        totals = len(self.outcomes), counts, len(self.modules), 1000 * self.seconds, memory
        return "%d targets: %s; %d modules in %.1f ms%s" % totals

    def __repr__(self):
        return "<warmup.Report: %s>" % self.summary()

    def __str__(self):
        codecs = [o for o in self.warmed if o.target.kind == "codec"]
        rows = [
            (o.status, o.seconds, o.target.kind, o.target.name, len(o.modules), _why_or_error(o))
            for o in self.outcomes
            if o not in codecs
        ]
        if codecs:
            seconds, modules = sum(o.seconds for o in codecs), sum(len(o.modules) for o in codecs)
            name = "(%d codecs)" % len(codecs)
            rows.append((WARMED, seconds, "codec", name, modules, "looked up, and used once"))
        # Not by name: 2.7 cannot compare a name of type unicode with bytes beyond ASCII.
        rows.sort(key=lambda row: (_ORDER.index(row[0]), -row[1], row[2]))
        cells = [
            _joinable(kind, name, "%.1f" % (1000 * seconds), str(modules) if modules else "", why)
            for _, seconds, kind, name, modules, why in rows
        ]
        lines = self.summary().split("; ") + list(_joinable(*self.notes))
        lines += table(("kind", "name", "ms", "modules", "why"), cells) if cells else []
        lines += self._lines_left_out()
        return printable("\n".join(lines))

    def _lines_left_out(self):
        by_reason = {}
        for target, why in self.left_out:
            why, name = _joinable(why, target.name)
            by_reason.setdefault(why, []).append(name)
        return ["left out (%s): %s" % (why, ", ".join(sorted(names))) for why, names in sorted(by_reason.items())]

    def to_json(self):
        """Return the totals, and each outcome with its chain, as JSON text. Seconds and bytes are the units.

        This method imports ``json``, which is a late import in a worker. Call it where ``preload()`` was called.
        """
        rows = [
            dict(outcome.as_dict(), chain=[target.as_dict() for target in self.chain(outcome)])
            for outcome in self.outcomes
        ]
        return as_json(
            {
                "seconds": self.seconds,
                "memory": self.memory,
                "modules": len(self.modules),
                "outcomes": rows,
                "compiled": self.compiled,
                "notes": list(self.notes),
                "left_out": [dict(target.as_dict(), why=why) for target, why in self.left_out],
            }
        )

    def to_trace(self):
        """Return Chrome trace events as JSON text, for Perfetto or speedscope. This method imports ``json``."""
        return trace(
            (o.target.name, o.target.kind, o.started, o.seconds, os.getpid(), "preload", o.as_dict())
            for o in self.outcomes
        )


def table(heads, rows, width=None):
    """Return the lines of a table. ``heads`` and each row are tuples of text.

    Columns whose head is ``ms`` or ``modules`` are aligned to the right. ``width``: in characters. The default is the
    variable ``COLUMNS``, then the width of the terminal. Without both, nothing is cut. A table that is too wide loses
    the end of its last column. If that is not enough, the second column is cut too.
    """
    # A name that the program computes may have a line end, and forge a row.
    rows = [tuple(heads)] + [tuple(map(one_line, row)) for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    room = (width or terminal_width() or sys.maxsize) - sum(widths[:-1]) - 2 * (len(heads) - 1)
    if room < 20:
        widths[1] = min(widths[1], max(8, widths[1] - (20 - room)))
        room = 20
    lines = []
    for row in rows:
        cells = [
            cell.rjust(wide) if head in _NUMBERS else _cut(cell, wide).ljust(wide)
            for head, cell, wide in zip(heads[:-1], row, widths)
        ]
        lines.append("  ".join(cells + [_cut(row[-1], room)]).rstrip())
    return lines


def table_of_late(late, more=()):
    """Return the lines of a table of late imports: dictionaries as `vars` of `LateImport`. ``more``: fields to show."""
    rows = [
        (one["kind"], one["name"], "%.1f" % (1000 * one["seconds"]), str(len(one["modules"])))
        + tuple([one[field] for field in more])
        + (one["asker"] if one["error"] is None else "%s: %s" % (one["asker"], one["error"]),)
        for one in late
    ]
    return table(("kind", "name", "ms", "modules") + more + ("asked for by",), rows)


def counted(number, noun):
    """Return for example ``"1 module"`` or ``"2 modules"``."""
    return "%d %s%s" % (number, noun, "s" * (number != 1))


def terminal_width():
    """Return how many characters a line has, or ``None`` if neither ``COLUMNS`` nor a terminal says so."""
    try:
        return int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        pass
    try:
        return os.get_terminal_size(1).columns or None
    except (AttributeError, OSError, ValueError):  # Python 2.7; not a terminal; closed
        return None


def one_line(text):
    """Return ``text`` with spaces in place of line ends."""
    return " ".join([line.strip() for line in text.splitlines()])


def printable(text):
    """Return ``text`` with escapes for characters that standard output cannot show. On 2.7 return ASCII bytes."""
    if str is bytes:
        return text if isinstance(text, bytes) else "\n".join(map(as_ascii, text.split(u"\n")))
    if max(text or " ") <= "\x7f":  # PyPy would look up a codec
        return text
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        return text.encode(encoding, "backslashreplace").decode(encoding)
    except (LookupError, TypeError, ValueError):  # an object of the program, with any encoding
        return text.encode("ascii", "backslashreplace").decode("ascii")


def _joinable(*texts):
    """Return ``texts``; on 2.7 as ASCII bytes with escapes, because bytes and text beyond ASCII cannot be joined."""
    return tuple(map(as_ascii, texts)) if str is bytes else texts


def as_json(data):
    """Return ``data`` as JSON text with sorted keys."""
    import json  # at the top, every program would load it

    try:
        return json.dumps(data, indent=1, sort_keys=True)
    except UnicodeDecodeError:  # 2.7: a name that is no UTF-8
        return json.dumps(data, indent=1, sort_keys=True, encoding="latin-1")


def trace(events):
    """Return Chrome trace events as JSON text.

    ``events``: tuples ``(name, category, started, seconds, process, thread, arguments)``, with times in seconds.
    """
    found, numbers = [], {}  # numbers: (process, row) -> number, because speedscope reads only numbers as "tid"
    for row, (name, category, started, seconds, process, _, arguments) in _in_rows(events):
        found.append(
            {
                "name": name,
                "cat": category,
                "ph": "X",
                "ts": 1e6 * started,
                "dur": 1e6 * seconds,
                "pid": process,
                "tid": numbers.setdefault((process, row), len(numbers) + 1),
                "args": arguments,
            }
        )
    for (process, row), number in sorted(numbers.items(), key=lambda item: item[1]):
        name = {"name": "thread_name", "ph": "M", "ts": 0, "pid": process, "tid": number, "args": {"name": row}}
        found.append(name)
    return as_json({"traceEvents": found})


def _in_rows(events):
    """Return pairs ``(row, event)``. A row is the name of a thread, with a number if threads of one name overlap.

    Two events of one thread never overlap. A viewer would show one of them inside of the other, as a part of it.
    """
    pairs, rows = [], {}  # rows: (process, thread) -> [end of the last event of each row]
    for event in sorted(events, key=lambda event: (event[2], -event[3])):
        thread = event[5]
        ends = rows.setdefault((event[4], thread), [])
        free = [number for number, end in enumerate(ends) if end <= event[2]]
        number = free[0] if free else len(ends)
        ends[number : number + 1] = [event[2] + event[3]]
        pairs.append((thread if not number else "%s (%d)" % (thread, number + 1), event))
    return pairs


def _why_or_error(outcome):
    """Return the reason of a target that was warmed, with its path cut to folder and file; else the error."""
    if outcome.status != WARMED:
        return "%s: %s" % _joinable(outcome.status.upper(), outcome.error)
    function, word, path = outcome.target.reason.rpartition("() in ")
    return function + word + os.sep.join(path.split(os.sep)[-2:])


def _cut(text, width):
    return text if len(text) <= width else text[: width - 2] + ".."
