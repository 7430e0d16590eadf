"""PreloadError can be pickled and copied, with its report and its text."""

from __future__ import absolute_import, division, print_function

import copy
import pickle
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 4
CASES = ("protocol-0", "protocol-1", "protocol-2", "highest-protocol", "copy", "deepcopy", "process-pool", "report")
DIFFERENT = {"process-pool": {"SINCE": (3, 6), "SECONDS": 1}}
PART = ("protocol-0", "protocol-2")
CASE = arena.case(CASES)

arena.folder({"hostile_module.py": "raise RuntimeError('broken')\n"})
import warmup  # noqa: E402


def fail():
    warmup.preload(codecs=(), modules=["hostile_module"], strict=True)


def rows(report):
    return [(one.target.kind, one.target.name, one.status, one.error) for one in report.outcomes]


try:
    fail()
except warmup.PreloadError as error:
    raised = error
else:
    arena.broken("preload(strict=True) did not raise")
try:
    if CASE == "copy":
        other = copy.copy(raised)
    elif CASE == "deepcopy":
        other = copy.deepcopy(raised)
    elif CASE == "process-pool":
        from multiprocessing import get_context

        with get_context("fork").Pool(1) as pool:
            result = pool.apply_async(fail)
            try:
                result.get(10)
            except warmup.PreloadError as error:
                other = error
    elif CASE == "report":
        other = pickle.loads(pickle.dumps(raised.report, 2))
    else:
        protocol = pickle.HIGHEST_PROTOCOL if CASE == "highest-protocol" else int(CASE[-1])
        other = pickle.loads(pickle.dumps(raised, protocol))
except Exception as error:
    arena.broken(arena.described(error))
if CASE != "report":
    arena.expect(type(other) is warmup.PreloadError, "it is a %s now" % type(other).__name__)
    if CASE != "process-pool":  # which warms for itself
        arena.equal(str(other), str(raised), "its text")
    other = other.report
if CASE != "process-pool":
    arena.equal(rows(other), rows(raised.report), "its report")
arena.equal([one.target.name for one in other.failed], ["hostile_module"], "what failed")
arena.held()
