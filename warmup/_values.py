"""The values that travel through the package: targets, plans, outcomes, reports, and what can be raised."""
from __future__ import absolute_import, division, print_function

import os

WARMED, UNAVAILABLE, FAILED = "warmed", "unavailable", "failed"
_WIDTH = 80  # columns, where no terminal tells another number


class PreloadWarning(UserWarning):
    """``preload()`` was called where it helps less: off the main thread, beside others, before monkey-patching."""


class PreloadError(Exception):
    """With ``strict=True``: some targets failed. ``report`` is the whole `Report`; the message names each failure."""

    def __init__(self, report):
        failures = "; ".join("%s %s: %s" % (o.target.kind, o.target.name, o.error) for o in report.failed)
        Exception.__init__(self, "%d of %d targets failed: %s" % (len(report.failed), len(report.outcomes), failures))
        self.report = report


class ArgumentError(ValueError):
    """A wrong value: ``argument`` is the name of the argument, ``problem`` says what is wrong and what to do."""

    def __init__(self, argument, problem):
        ValueError.__init__(self, "%s: %s" % (argument, problem))
        self.argument, self.problem = argument, problem


class Target(object):
    """One thing to warm.

    ``kind``: ``"codec"``, ``"module"`` or ``"placeholder"``; ``name``: of the codec, of the module, or where the
    placeholder is (``module.attribute``); ``reason``: what would import it late; ``owner``: the loaded module that
    the reason lives in (``None``: the caller of ``preload()``). Equal when kind and name are.
    """

    __slots__ = ("kind", "name", "reason", "owner")

    def __init__(self, kind, name, reason, owner=None):
        self.kind, self.name, self.reason, self.owner = kind, name, reason, owner

    def __eq__(self, other):
        return isinstance(other, Target) and (self.kind, self.name) == (other.kind, other.name)

    def __ne__(self, other):  # Python 2.7 does not derive it
        return not self == other

    def __hash__(self):
        return hash((self.kind, self.name))

    def __repr__(self):
        return "Target(%r, %r, %r, %r)" % (self.kind, self.name, self.reason, self.owner)

    def as_dict(self):
        return {"kind": self.kind, "name": self.name, "reason": self.reason, "owner": self.owner}


class Outcome(object):
    """A target after it was tried.

    ``status``: ``"warmed"``, ``"unavailable"`` (cannot exist on this platform or build) or ``"failed"``;
    ``seconds``: wall clock; ``modules``: names that it added to ``sys.modules``;
    ``error``: why it is not warmed, else ``None``.
    """

    __slots__ = ("target", "status", "seconds", "modules", "error")

    def __init__(self, target, status, seconds, modules, error=None):
        self.target, self.status, self.seconds = target, status, seconds
        self.modules, self.error = tuple(modules), error

    def __repr__(self):
        return "Outcome(%r, %r, %r, %r, %r)" % (self.target, self.status, self.seconds, self.modules, self.error)

    def as_dict(self):
        row = self.target.as_dict()
        row.update(status=self.status, seconds=self.seconds, modules=list(self.modules), error=self.error)
        return row


class Plan(tuple):
    """An ordered tuple of `Target`, each once. ``print(plan)`` is a table; ``to_json()`` has every field."""

    __slots__ = ()

    def __str__(self):
        rows = [(target.kind, target.name, _shorter(target.reason)) for target in self]
        return "\n".join(["%d targets" % len(self)] + _table(("kind", "name", "why"), rows))

    def to_json(self):
        """The targets as JSON text. Imports ``json``: call it where ``plan()`` is called, not in a worker."""
        return _json({"targets": [target.as_dict() for target in self]})


class Report(object):
    """What one ``preload()`` did.

    ``outcomes``: an `Outcome` for every target, in order; ``seconds``: wall clock of the whole call; ``memory``:
    growth of the resident set in bytes, ``None`` where the platform does not tell. ``print(report)`` is a table as
    wide as the terminal, in which the codecs that were warmed share one row; ``to_json()`` has every outcome.
    """

    def __init__(self, outcomes, seconds, memory=None):
        self.outcomes, self.seconds, self.memory = tuple(outcomes), seconds, memory

    @property
    def modules(self):
        """Names of all modules that were added to ``sys.modules``."""
        return tuple(name for outcome in self.outcomes for name in outcome.modules)

    @property
    def warmed(self):
        return self._with_status(WARMED)

    @property
    def unavailable(self):
        return self._with_status(UNAVAILABLE)

    @property
    def failed(self):
        return self._with_status(FAILED)

    def _with_status(self, status):
        return tuple(outcome for outcome in self.outcomes if outcome.status == status)

    def chain(self, outcome):
        """Why ``outcome.target`` is a target, as a list of targets.

        The first is the target itself; each next one brought the module that the reason before it lives in; the
        last one's reason lives in what the program had loaded by itself.
        """
        brought_by = {name: other for other in self.outcomes for name in other.modules}
        chain = []
        while outcome is not None and outcome.target not in chain:
            chain.append(outcome.target)
            outcome = brought_by.get(outcome.target.owner)
        return chain

    def __repr__(self):
        return "<warmup.Report: %s; %s>" % self._summary()

    def __str__(self):
        rows, codecs = [], [o for o in self.warmed if o.target.kind == "codec"]
        for outcome in self.outcomes:
            if outcome not in codecs:
                rows.append(_row(outcome.target.kind, outcome.target.name, outcome.seconds, len(outcome.modules),
                                 _shorter(outcome.target.reason) if outcome.status == WARMED
                                 else "%s: %s" % (outcome.status.upper(), outcome.error)))
        if codecs:
            rows.append(_row("codec", "(%d of them)" % len(codecs), sum(o.seconds for o in codecs),
                             sum(len(o.modules) for o in codecs), "looked up in every spelling, and used once"))
        return "\n".join(list(self._summary()) + _table(("kind", "name", "ms", "modules", "why"), rows))

    def why(self):
        """Every target with its whole chain, as text: what would import it late, and why that is loaded itself."""
        lines = list(self._summary())
        for outcome in self.outcomes:
            target = outcome.target
            lines.append("%s %s: %s" % (target.kind, target.name, target.reason))
            lines.extend("    %s brought %s: %s" % (step.name, before.owner, step.reason)
                         for before, step in zip(self.chain(outcome), self.chain(outcome)[1:]))
        return "\n".join(lines)

    def _summary(self):
        memory = "" if self.memory is None else ", %.1f MiB" % (self.memory / 2.0 ** 20)
        return ("%d targets: %d warmed, %d unavailable, %d failed" % (
                    len(self.outcomes), len(self.warmed), len(self.unavailable), len(self.failed)),
                "%d modules in %.1f ms%s" % (len(self.modules), 1000 * self.seconds, memory))

    def to_json(self):
        """Totals and every outcome, with its chain, as JSON text. Imports ``json``: call it where ``preload()`` is."""
        rows = []
        for outcome in self.outcomes:
            rows.append(outcome.as_dict())
            rows[-1]["chain"] = [target.as_dict() for target in self.chain(outcome)]
        return _json({"seconds": self.seconds, "memory": self.memory, "modules": len(self.modules), "outcomes": rows})


def _row(kind, name, seconds, modules, why):
    return kind, name, "%.1f" % (1000 * seconds), str(modules) if modules else "", why


def _shorter(reason):
    """Without all but the last directory of a path, in the middle of a text."""
    return " ".join(os.sep.join(word.split(os.sep)[-2:]) for word in reason.split(" "))


def _table(heads, rows):
    """Lines of a table no wider than the terminal: the last column is cut where it must be, and, if that is not
    enough, the second one."""
    rows = [heads] + rows
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    room = _terminal_width() - sum(widths[:-1]) - 2 * (len(heads) - 1)
    if room < 20:
        widths[1] = max(8, widths[1] - (20 - room))
        room = 20
    lines = []
    for row in rows:
        cells = [cell.rjust(width) if head in ("ms", "modules") else _cut(cell, width).ljust(width)
                 for head, cell, width in zip(heads[:-1], row, widths)]
        lines.append("  ".join(cells + [_cut(row[-1], room)]).rstrip())
    return lines


def _cut(text, width):
    return text if len(text) <= width else text[:width - 2] + ".."


def _terminal_width():
    try:
        return os.get_terminal_size(1).columns or _WIDTH
    except (AttributeError, OSError, ValueError):  # Python 2.7; not a terminal; standard output closed
        return _WIDTH


def _json(data):
    import json
    return json.dumps(data, indent=1, sort_keys=True)
