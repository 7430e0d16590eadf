"""Shows stalls on this very machine, and shows that `warmup` ends them.

Each *scenario* is one way to stall, as a small standalone script. It is run cold and warm in
fresh interpreters, and the two runs together give a verdict. The warm side calls
`warmup.preload()`, or `warmup.guard_fork()` where the name begins with `guard_`. The cold run
must go wrong in the very way that the scenario says: a proof that cannot fail proves nothing.

    add_arguments(parser), main(options)   the `prove` subcommand
    Harness                                runs scenarios; a context manager
    load_scenarios(), find_scenarios()     what there is to run
    probe(), find_interpreters()           what to run it on

Nothing here is imported by `import warmup`, and nothing here imports another part of it.
"""

from __future__ import absolute_import, division, print_function

from warmup.prove._command import add_arguments, main
from warmup.prove._errors import UsageError
from warmup.prove._harness import (
    CURED,
    NOT_AFFECTED,
    NOT_CURED,
    NOT_RUN,
    UNEXPECTED,
    Harness,
    Proof,
    Run,
)
from warmup.prove._interpreters import Interpreter, find_interpreters, probe
from warmup.prove._scenarios import Scenario, find_scenarios, load_scenarios

__all__ = [
    "CURED",
    "Harness",
    "Interpreter",
    "NOT_AFFECTED",
    "NOT_CURED",
    "NOT_RUN",
    "Proof",
    "Run",
    "Scenario",
    "UNEXPECTED",
    "UsageError",
    "add_arguments",
    "find_interpreters",
    "find_scenarios",
    "load_scenarios",
    "main",
    "probe",
]
