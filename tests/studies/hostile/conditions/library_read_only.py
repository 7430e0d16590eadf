"""preload() works with a copied library that cannot be written and has no compiled files, as
another user.
"""

from __future__ import absolute_import, division, print_function

import os
import shutil
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = "held"
SECONDS = 6
LIMIT = 120

if arena.PYPY:
    arena.does_not_apply("PyPy finds its library by itself")
where = arena.folder({}, on_path=False)
version = "python%d.%d" % sys.version_info[:2]
library = os.path.dirname(os.__file__)
copy = os.path.join(where, "lib", version)
shutil.copytree(
    library,
    copy,
    ignore=lambda folder, names: [
        name
        for name in names
        if not os.path.exists(os.path.join(folder, name))  # a link that leads nowhere
        or name in ("site-packages", "test", "tests", "idlelib", "__pycache__", "lib2to3", "tkinter", "ensurepip")
        or name.endswith((".pyc", ".a"))
        or name.startswith("config-")
    ],
)
package = os.path.join(where, "package")
shutil.copytree(os.path.join(arena.ROOT, "warmup"), os.path.join(package, "warmup"))
for folder, folders, files in os.walk(where, topdown=False):
    for name in files:
        os.chmod(os.path.join(folder, name), 0o444)
    os.chmod(folder, 0o555)
os.chmod(where, 0o755)
os.chmod(os.path.dirname(where), 0o755)
program = """
import os, sys
assert os.path.dirname(os.__file__) == %r or "frozen" in repr(os.__spec__), os.__file__
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
def late():
    import sched
import warmup
report = warmup.preload()
assert not report.failed, report.failed
assert "sched" in sys.modules
import sched
assert sched.__file__.startswith(%r), sched.__file__
""" % (copy, copy)
code, out, err = arena.run(
    ["-S", "-c", program],
    environment={"PYTHONHOME": where, "PYTHONPATH": package, "PYTHONPLATLIBDIR": "lib"},
    directory="/",
)
for folder, folders, files in os.walk(where):
    os.chmod(folder, 0o755)
if "Permission denied" in err and "libpython" in err:
    arena.does_not_apply("the other user may not run this interpreter")
arena.equal(code, 0, "exit code, %s" % arena.tail(err))
arena.held()
