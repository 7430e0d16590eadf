"""With a zip file on the path, a compressed module needs no late import of zlib."""

from __future__ import absolute_import, division, print_function

import os
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 19
CASES = ("compressed", "stored")
PART = ("compressed",)
CASE = arena.case(CASES)

archive = os.path.join(arena.folder({}, on_path=False), "archive.zip")
code, out, err = arena.run(
    [
        "-c",
        "import zipfile, sys\n"
        "with zipfile.ZipFile(sys.argv[1], 'w', zipfile.%s) as stream:\n"
        "    stream.writestr('hostile_first.py', 'value = 1\\n' * 100)\n"
        "    stream.writestr('hostile_second.py', 'value = 2\\n' * 100)\n"
        % ("ZIP_DEFLATED" if CASE == "compressed" else "ZIP_STORED"),
        archive,
    ]
)
arena.arranged(code == 0, "no zip file could be made: %s" % arena.tail(err))
for name in ("zlib", "subprocess"):
    sys.modules.pop(name, None)
sys.path.insert(0, archive)
try:
    __import__("hostile_nowhere")
except ImportError:
    pass
arena.arranged(arena.loaded("zipimport"), "zipimport is not loaded")
arena.preload(codecs=())
before = set(sys.modules)
import hostile_second  # noqa: E402

arena.arranged(hostile_second.__file__.startswith(archive), "it came from elsewhere")
late = sorted(name for name in set(sys.modules) - before if sys.modules[name] is not None)
arena.equal(late, ["hostile_second"], "imported late")
arena.held()
