"""Show stalls on this machine, and show that `warmup` ends them.

A *scenario* is one way to stall, as a small standalone script. The harness runs it cold and warm,
each in a fresh interpreter, and both runs together give a verdict. The warm run calls
`warmup.preload()`, or `warmup.guard_fork()` if the name begins with `guard_`. The cold run must go
wrong as the scenario says. Otherwise nothing is proved.

    add_arguments(parser), main(options)   the command `prove`
    Harness                                runs scenarios; a context manager
    load_scenarios(), find_scenarios()     which scenarios there are
    probe(), find_interpreters()           which interpreters there are

`import warmup` imports nothing of this package, and this package imports nothing of the rest.
"""

from __future__ import absolute_import, division, print_function

from warmup.prove._command import add_arguments, main
from warmup.prove._errors import UsageError
from warmup.prove._harness import CURED, NOT_AFFECTED, NOT_CURED, NOT_RUN, UNEXPECTED, Harness, Proof, Run
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
