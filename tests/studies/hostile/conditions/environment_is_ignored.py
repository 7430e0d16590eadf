"""Where Python was started with -I or -E, no variable of the environment changes what is done."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 9
CASES = (
    "modules-isolated",
    "modules-without-environment",
    "off-isolated",
    "off-without-environment",
    "modules-of-the-host-isolated",
    "sysconfig-isolated",
    "sysconfig-without-environment",
    "modules-plain",
)
DIFFERENT = {
    "modules-isolated": {"SINCE": (3, 6)},
    "off-isolated": {"SINCE": (3, 6)},
    "modules-of-the-host-isolated": {"SINCE": (3, 6)},
    "sysconfig-isolated": {"SINCE": (3, 6)},
    "sysconfig-without-environment": {"SINCE": (3, 6)},
}
PART = ("modules-isolated", "off-without-environment", "sysconfig-isolated")
CASE = arena.case(CASES)
options = ["-I"] if CASE.endswith("isolated") else ["-E"] if CASE.endswith("environment") else []

where = arena.folder(
    {"hostile_named.py": arena.LEAVES_A_TRACE, "hostile_data.py": arena.LEAVES_A_TRACE + "build_time_vars = {}\n"},
    on_path=False,
)
environment = {"WARMUP_MODULES": "hostile_named", "WARMUP_CODECS": "none"}
program = "import sys; sys.path[:0] = [%r, %r]; %simport warmup.auto"
program += "; print(warmup.auto.report is not None)"
if CASE.startswith("off"):
    environment = {"WARMUP": "off"}
elif CASE.startswith("sysconfig"):
    environment = {"_PYTHON_SYSCONFIGDATA_NAME": "hostile_data"}
    program = program.replace("import warmup.auto", "import sysconfig; import warmup.auto")
    if arena.run(options + ["-c", "pass"], environment=environment)[0]:
        arena.does_not_apply("this Python itself imports what the variable names when it starts")
before = ""
if CASE == "modules-of-the-host-isolated":
    # As uWSGI does: a host sets the variables itself, in a process that is up already.
    before, environment = "import os; os.environ['WARMUP_MODULES'] = 'hostile_named'; ", {}
code, out, err = arena.run(options + ["-c", program % (where, arena.ROOT, before)], environment=environment)
arena.equal((code, out.strip()), (0, "True" if CASE != "off-plain" else "False"), "exit code and output (%s)" % err)
if CASE in ("modules-plain", "modules-of-the-host-isolated"):
    arena.equal(arena.ran(where), ["hostile_named"], "what ran")
else:
    arena.equal(arena.ran(where), [], "what ran")
arena.held()
