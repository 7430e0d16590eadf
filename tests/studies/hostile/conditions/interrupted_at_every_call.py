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
ROUNDS = 120
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
        if event in ("call", "c_return") and frame.f_globals.get("__name__", "").startswith("warmup"):
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
problems, interrupted, total = [], 0, 0
for number in range(ROUNDS):
    # An interrupted call leaves more to do: the next one makes up for it.
    sys.modules.pop("sched", None)
    warmup.preload(codecs=())
    if number % 10 == 0:
        total = call(0)[0].count
    if CASE == "beginning":
        at = number + 1
    elif CASE == "end":
        at = total - number
    else:
        at = random.Random(number).randrange(1, total + 1)
    if at < 1:
        break
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
    elif not came and "<genexpr>" not in counter.place:  # nothing comes out of one that is closed
        problems.append("%s: it did not come through" % counter.place)
arena.arranged(interrupted > min(total, ROUNDS) // 2, "%d interrupts" % interrupted)
arena.expect(not problems, "%d of %d: %s" % (len(problems), interrupted, "; ".join(problems[:3])))
arena.held()
