"""A name that no module can have raises the argument error, before anything is imported."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 4
CASES = (
    "modules-begins-with-a-dot",
    "modules-ends-with-a-dot",
    "modules-two-dots",
    "modules-empty",
    "modules-nul",
    "modules-none",
    "modules-number",
    "packages-begins-with-a-dot",
    "packages-empty",
    "packages-nul",
    "packages-number",
    "exclude-begins-with-a-dot",
    "exclude-empty",
    "exclude-nul",
    "exclude-number",
    "codecs-empty",
    "codecs-nul",
    "codecs-number",
    "codecs-unknown",
    "codecs-lone-surrogate",
    "modules-one-text",
    "modules-bytes",
    "strict-is-text",
)
DIFFERENT = {"codecs-lone-surrogate": {"SINCE": (3, 6)}, "modules-bytes": {"SINCE": (3, 6)}}
PART = ("modules-begins-with-a-dot", "packages-nul", "exclude-empty", "codecs-nul")
CASE = arena.case(CASES)
ARGUMENT, KIND = CASE.split("-", 1)
VALUE = {
    "begins-with-a-dot": [".os"],
    "ends-with-a-dot": ["os."],
    "two-dots": ["os..path"],
    "empty": [""],
    "nul": ["a\0b"],
    "none": [None],
    "number": [3],
    "unknown": ["hostile_codec"],
    "lone-surrogate": ["\udc80"],
    "one-text": "sched",
    "bytes": [b"sched"],
    "is-text": "yes",
}[KIND]

import warmup  # noqa: E402

before = set(sys.modules)
options = {"modules": ["sched"]}
options[ARGUMENT] = ["sched"] + VALUE if ARGUMENT == "modules" and KIND != "one-text" else VALUE
try:
    report = warmup.preload(**options)
except (TypeError, ValueError) as error:
    arena.expect(
        type(error) in (TypeError, ValueError) or type(error).__module__.startswith("warmup"),
        "the error is not an argument error: %s" % arena.described(error),
    )
    arena.expect(ARGUMENT in str(error), "the error does not name the argument: %s" % error)
    # A search for an unknown codec imports by itself: a module of its name, what shows warnings.
    by_search = ("encodings", "warnings", "_py_warnings", "_contextvars")
    new = sorted(name for name in set(sys.modules) - before if sys.modules[name] is not None)
    arena.equal([name for name in new if not name.startswith(by_search)], [], "imported before")
except BaseException as error:
    arena.broken("preload() raised %s" % arena.described(error))
else:
    arena.broken("preload() returned %r" % report)
arena.held()
