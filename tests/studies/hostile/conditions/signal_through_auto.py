"""SystemExit of a signal handler passes through the import of warmup.auto, and ends the host."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 1
PART = True

where = arena.folder(
    {"hostile_body.py": "import os, signal\n" "os.kill(os.getpid(), signal.SIGTERM)\n" "x = list(range(9))\n"}
)
code, out, err = arena.run(
    [
        "-c",
        "import signal, sys\n"
        "def terminate(number, frame):\n"
        "    print('handled')\n"
        "    sys.stdout.flush()\n"
        "    sys.exit(7)\n"
        "signal.signal(signal.SIGTERM, terminate)\n"
        "sys.path.append(%r)\n"
        "import warmup.auto\n"
        "print('lives on')\n" % where,
    ],
    environment={"WARMUP_MODULES": "hostile_body", "WARMUP_CODECS": "none"},
)
arena.arranged("handled" in out, "the handler did not run: %s %s" % (out, err))
arena.equal((code, out.split()), (7, ["handled"]), "exit code and output")
arena.held()
