"""warmup.auto logs the name that cannot be imported and warms the rest; with WARMUP_STRICT=1 the
host stops.
"""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 2
CASES = ("no-such-module", "no-such-module-strict", "missing-dependency", "missing-dependency-strict")
PART = ("no-such-module", "missing-dependency-strict")
CASE = arena.case(CASES)

where = arena.folder({"hostile_module.py": "import hostile_dependency\n", "hostile_fine.py": ""})
name = "hostile_nowhere" if CASE.startswith("no-such") else "hostile_module"
code, out, err = arena.run(
    [
        "-c",
        "import sys\n"
        "sys.path.append(%r)\n"
        "import warmup.auto\n"
        "is_warm = 'hostile_fine' in sys.modules, warmup.auto.report is not None\n"
        "print('started %%s %%s' %% is_warm)\n" % where,
    ],
    environment={
        "WARMUP_MODULES": name + ",hostile_fine",
        "WARMUP_CODECS": "none",
        "WARMUP_STRICT": "1" if CASE.endswith("strict") else "0",
    },
)
arena.expect(name in err, "%s is not named on standard error: %s" % (name, err))
if CASE.endswith("strict"):
    arena.expect(code not in (0, 1) or "PreloadError" in err, "exit code %s, %s, %s" % (code, out, err))
    arena.expect(code != 0 and "started" not in out, "the host started, exit code %s" % code)
else:
    arena.equal((code, out.strip()), (0, "started True True"), "exit code and output (%s)" % err)
    arena.expect("Traceback" not in err, "a traceback was printed: %s" % err)
arena.held()
