"""The command report writes no traceback into a pipe that its reader has closed."""

from __future__ import absolute_import, division, print_function

import os
import subprocess
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 4
CASES = ("table", "json")
PART = ("table",)
CASE = arena.case(CASES)

reader, writer = os.pipe()
environment = dict(os.environ, PYTHONPATH=arena.ROOT)
child = subprocess.Popen(
    [sys.executable, "-m", "warmup", "report", "--no-codecs"] + (["--json"] if CASE == "json" else []),
    stdout=writer,
    stderr=subprocess.PIPE,
    env=environment,
)
os.close(writer)
os.close(reader)
err = child.communicate()[1].decode("utf-8", "replace")
arena.expect(child.returncode != 2, "the command was not understood: %s" % err)
arena.expect("Traceback" not in err and "Exception ignored" not in err, "on standard error: %s" % err)
arena.held()
