"""What exclude= names is no target, whatever else names it."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 8
CASES = (
    "function",
    "parent-of-a-function-s",
    "c-import",
    "codec",
    "codec-by-its-package",
    "every-codec",
    "frozen-submodule",
    "built-in",
    "placeholder",
    "placeholder-of-a-submodule",
    "package",
    "named",
    "named-codec",
    "submodule-by-from",
)
DIFFERENT = {
    "frozen-submodule": {"SINCE": (3, 11), "OPTIONS": ["-S"]},
    "built-in": {"SINCE": (3, 6)},
    "placeholder": {"SINCE": (3, 15)},
    "placeholder-of-a-submodule": {"SINCE": (3, 15)},
}
PART = ("codec", "c-import", "frozen-submodule", "placeholder")
CASE = arena.case(CASES)


def late():
    import _symtable  # noqa: F401
    import importlib.util  # noqa: F401
    import sched  # noqa: F401
    import wsgiref.headers  # noqa: F401
    from json import tool  # noqa: F401


arena.folder(
    {
        "hostile_program.py": "globals()['even'] = __lazy_import__('%s')\n"
        % ("sched" if CASE == "placeholder" else "wsgiref.headers"),
        "hostile_package/__init__.py": "def late():\n    from hostile_package import below\n",
        "hostile_package/below.py": "",
    }
)
import hostile_package  # noqa: E402,F401

excluded, forbidden, options = "sched", ["sched"], {"codecs": ()}
if CASE == "parent-of-a-function-s":
    excluded, forbidden = "wsgiref", ["wsgiref", "wsgiref.headers"]
elif CASE == "submodule-by-from":
    excluded, forbidden = "json.tool", ["json.tool"]
elif CASE == "c-import":
    import datetime  # noqa: F401
    import time  # noqa: F401

    excluded, forbidden = "_strptime", ["_strptime"]
elif CASE == "codec":
    excluded, forbidden, options = "encodings.cp1250", ["encodings.cp1250"], {}
elif CASE == "codec-by-its-package":
    excluded, forbidden, options = ("encodings", ["encodings.cp1250", "encodings.idna", "encodings.shift_jis"], {})
elif CASE == "every-codec":
    excluded, forbidden, options = "encodings.idna", ["encodings.idna"], {"codecs": None}
elif CASE == "frozen-submodule":
    excluded, forbidden = "importlib.util", ["importlib.util"]
elif CASE == "built-in":
    excluded, forbidden = "_symtable", ["_symtable"]
elif CASE.startswith("placeholder"):
    if CASE.endswith("submodule"):
        excluded, forbidden = "wsgiref", ["wsgiref", "wsgiref.headers"]
    late = None  # now only the placeholder would import it
    import hostile_program
elif CASE == "package":
    excluded, forbidden = "hostile_package.below", ["hostile_package.below"]
    options["packages"] = ["hostile_package"]
elif CASE in ("named", "named-codec"):
    if CASE == "named":
        options["modules"] = ["sched"]
    else:
        excluded, forbidden, options["codecs"] = ("encodings.cp1250", ["encodings.cp1250"], ["cp1250"])
import warmup  # noqa: E402

arena.arranged(not [name for name in forbidden if arena.loaded(name)], "it is loaded already")
try:
    report = warmup.preload(exclude=[excluded], **options)
except ValueError as error:
    arena.expect(CASE.startswith("named"), "preload() raised %s" % arena.described(error))
    report = None
if report is not None:
    # An excluded module that another target imports itself is no target, but is imported all the same.
    warmed = [one.target.name for one in report.warmed]
    names = forbidden + [name.partition(".")[2] for name in forbidden if name.startswith("encodings.")]
    arena.equal([name for name in names if name in warmed], [], "warmed")
loaded = [name for name in forbidden if arena.loaded(name)]
if CASE != "frozen-submodule":
    arena.equal(loaded, [], "loaded")
if CASE.startswith("placeholder"):
    arena.equal(type(vars(hostile_program)["even"]).__name__, "lazy_import", "the type of the placeholder")
arena.held()
