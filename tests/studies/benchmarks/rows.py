"""The rows of the result: what they hold, as cells of a table or as JSON."""

from __future__ import absolute_import, division, print_function

import collections

# ``is_met(ours, reference)``: of medians.
Target = collections.namedtuple("Target", "text is_met")
Unit = collections.namedtuple("Unit", "format factor")
WHOLE_MILLISECONDS, MILLISECONDS, MICROSECONDS = (
    Unit("%.0f ms", 1e3),
    Unit("%.1f ms", 1e3),
    Unit("%.3f us", 1e6),
)
BYTES, COUNT, LATE, SHARE = (
    Unit("%.1f MiB", 2.0**-20),
    Unit("%d", 1),
    Unit("%d late", 1),
    Unit("%.4f", 1),
)


def at_most(ratio):
    return Target("<= %.2f" % ratio, lambda ours, reference: ours <= ratio * reference)


def within(share):
    return Target("1 +- %.2f" % share, lambda ours, reference: abs(ours / reference - 1) <= share)


def added(seconds):
    return Target(
        "< +%.0f ms" % (1e3 * seconds), lambda ours, reference: ours - reference < seconds
    )


def no_more_than(count):
    return Target("<= %d" % count, lambda ours, _: ours <= count)


def no_less_than(share):
    return Target(">= %.2f" % share, lambda ours, _: ours >= share)


class Row(object):
    """``ours`` and ``reference`` are dictionaries ``{what: Figure}``, or ``None``.

    ``shown``: pairs of what is printed of both, and its unit; the ratio and the target are of the first. ``skipped``:
    why there is nothing.
    """

    def __init__(
        self,
        name,
        ours=None,
        reference=None,
        target=None,
        shown=(("seconds", MILLISECONDS),),
        skipped=None,
    ):
        self.name, self._sides, self._target, self._shown, self._skipped = (
            name,
            (ours, reference),
            target,
            shown,
            skipped,
        )
        self._figures = [side and side[shown[0][0]] for side in self._sides]
        medians = [figure and figure.median for figure in self._figures]
        self.is_met = target.is_met(*medians) if target and not skipped else None

    def _ratio(self, what):
        ours, reference = [(side or {}).get(what) for side in self._sides]
        return ours.median / reference.median if ours and reference and reference.median else None

    def cells(self):
        if self._skipped:
            return [self.name, "skipped: " + self._skipped]
        sides = [
            " ".join(text(side[what], unit) for what, unit in self._shown) if side else "-"
            for side in self._sides
        ]
        ratios = [self._ratio(what) for what in (self._shown[0][0], "instructions")]
        spread = "/".join("%.0f" % (100 * figure.spread) for figure in self._figures if figure)
        return (
            [self.name]
            + sides
            + ["-" if ratio is None else "%.3f" % ratio for ratio in ratios]
            + [
                spread + " %",
                self._target.text if self._target else "-",
                {None: "-", True: "met", False: "NOT"}[self.is_met],
            ]
        )

    def __str__(self):
        return "  ".join(cell for cell in self.cells() if cell != "-")

    def as_dict(self):
        if self._skipped:
            return {"name": self.name, "skipped": self._skipped}
        ours, reference = [
            side and {what: figure._asdict() for what, figure in side.items()}
            for side in self._sides
        ]
        what = self._shown[0][0]
        return {
            "name": self.name,
            "ours": ours,
            "reference": reference,
            "what": what,
            "ratio": self._ratio(what),
            "instructions": self._ratio("instructions"),
            "target": self._target and self._target.text,
            "met": self.is_met,
        }


HEAD = ["", "ours", "reference", "ratio", "instructions", "spread", "target", ""]


def text(figure, unit):
    return unit.format % (figure.median * unit.factor)
