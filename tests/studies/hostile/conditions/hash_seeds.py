"""preload() does the same in the same order, whatever the seed of hashes."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = "held"
CASES = ("outcomes", "reasons")
SECONDS = 2
CASE = arena.case(CASES)

PROGRAM = """
import email.message, json, logging, socket, sys
def late():
    import sched, calendar
def other():
    import calendar, sched
import warmup
report = warmup.preload()
for one in report.outcomes:
    print(" ".join([one.target.kind, one.target.name, one.status] + (%s)))
"""
what = "[one.target.reason, str(one.target.owner)]" if CASE == "reasons" else "list(one.modules)"
outputs = []
for seed in ("0", "1", "2", "12345", "random"):
    code, out, err = arena.run(["-R", "-c", PROGRAM % what], environment={"PYTHONHASHSEED": seed})
    arena.expect(code == 0, "seed %s: exit code %s: %s" % (seed, code, arena.tail(err)))
    outputs.append(out.splitlines())
arena.arranged(len(outputs[0]) > 100, "only %d outcomes" % len(outputs[0]))
for other in outputs[1:]:
    for first, line in zip(outputs[0], other):
        arena.equal(line, first, "an outcome")
    arena.equal(len(other), len(outputs[0]), "the number of outcomes")
arena.held()
