"""An interrupt at any call that preload() makes comes through, and leaves the process as it was."""

from __future__ import absolute_import, division, print_function

import gc
import random
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 11
CASES = ("beginning", "end", "random")
DIFFERENT = {"random": {"SECONDS": 6}}
SECONDS = 3
LIMIT = 120
ROUNDS = 250
CASE = arena.case(CASES)

import warmup  # noqa: E402


class Interrupt(KeyboardInterrupt):
    """Raised where the interpreter handles signals: when a function begins, and after a call of C
    code.
    """


class Counter(object):
    """A profile function that raises at the event number ``at``, and counts them."""

    def __init__(self, at):
        self.at, self.count, self.place = at, 0, None

    def __call__(self, frame, event, argument):
        if event in ("call", "c_return") and frame.f_globals.get("__name__", "").startswith(
            "warmup"
        ):
            self.count += 1
            if self.count == self.at:
                self.place = "%s of %s, line %d, %s %s" % (
                    frame.f_code.co_name,
                    frame.f_globals["__name__"],
                    frame.f_lineno,
                    event,
                    getattr(argument, "__name__", ""),
                )
                raise Interrupt(self.at)


def call(at):
    """Return the counter, and whether the interrupt came out of the call."""
    sys.modules.pop("sched", None)  # so that there is something to do
    counter = Counter(at)
    came = False
    try:
        sys.setprofile(counter)
        try:
            warmup.preload(codecs=())
        finally:
            sys.setprofile(None)
    except Interrupt:
        came = True
    return counter, came


def late():
    import sched  # noqa: F401


arena.preload(codecs=())
gc.disable()
gc.enable()
before = arena.state()
total = call(0)[0].count
arena.arranged(total > 50, "only %d calls" % total)
if CASE == "beginning":
    places = range(1, min(total, ROUNDS) + 1)
elif CASE == "end":
    places = range(max(1, total - ROUNDS), total + 1)
else:
    places = [random.Random(number).randrange(1, total + 1) for number in range(ROUNDS)]
problems, interrupted = [], 0
for at in places:
    counter, came = call(at)
    if counter.place is None:  # this call made fewer
        continue
    interrupted += 1
    changed = arena.changed(before)
    if changed:
        problems.append("%s: %s" % (counter.place, changed))
        gc.enable()
        gc.set_threshold(*before["the collector's thresholds"])
        import warnings

        warnings.filters[:] = before["warnings.filters"]
    elif (
        not came and "<genexpr>" not in counter.place
    ):  # nothing comes out of a generator that is being closed
        problems.append("%s: it did not come through" % counter.place)
arena.arranged(interrupted > len(places) // 2, "%d of %d interrupts" % (interrupted, len(places)))
arena.expect(not problems, "%d of %d: %s" % (len(problems), interrupted, "; ".join(problems[:3])))
arena.held()
