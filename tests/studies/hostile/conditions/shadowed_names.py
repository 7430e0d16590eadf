"""A file that merely has a standard module's name is not run, and the outcome names the file."""

from __future__ import absolute_import, division, print_function

import os
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 6
CASES = (
    "in-the-folder-of-the-script",
    "of-a-c-import",
    "package",
    "namespace-package",
    "in-a-zip-file",
    "in-pythonpath",
    "from-a-finder",
    "submodule-of-a-shadowed-package",
    "after-the-library",
    "first-shadowed-then-not",
    "linked-into-the-library",
    "named-by-the-user",
    "every-name",
    "every-name-after-a-first-call",
)
DIFFERENT = {
    "from-a-finder": {"SINCE": (3, 6)},
    "namespace-package": {"SINCE": (3, 6)},
    "every-name": {"SECONDS": 1},
    "every-name-after-a-first-call": {"SECONDS": 1},
}
PART = (
    "in-the-folder-of-the-script",
    "of-a-c-import",
    "in-a-zip-file",
    "submodule-of-a-shadowed-package",
    "every-name",
)
CASE = arena.case(CASES)
NAME = {"of-a-c-import": "resource", "submodule-of-a-shadowed-package": "email.generator"}.get(CASE, "sched")
TRACE = arena.LEAVES_A_TRACE


def late():
    import email.generator  # noqa: F401
    import sched  # noqa: F401


def shadows_of_every_name():
    """Sources for every module of the library's top level that is not loaded, and is no part of the
    executable.
    """
    library = os.path.dirname(os.__file__)
    names = set()
    for place in filter(os.path.isdir, (library, os.path.join(library, "lib-dynload"))):
        for entry in os.listdir(place):
            stem, _, end = entry.partition(".")
            is_package = not end and os.path.exists(os.path.join(place, entry, "__init__.py"))
            if (is_package or end == "py" or end.endswith("so")) and stem not in ("test", "site-packages"):
                names.add(stem)
    return {name + ".py": TRACE for name in names if not arena.loaded(name) and name not in sys.builtin_module_names}


import warmup  # noqa: E402,F401

options, files = {"codecs": ()}, {NAME + ".py": TRACE}
shadow = NAME + ".py"
if CASE.startswith("every-name"):
    options = {}
    if CASE.endswith("first-call"):
        arena.preload()
    files = shadows_of_every_name()
    arena.arranged(len(files) > 30, "only %d names" % len(files))
elif CASE == "package":
    files, shadow = {"sched/__init__.py": TRACE}, "sched"
elif CASE == "namespace-package":
    files, shadow = {"sched/anything.py": TRACE}, None
elif CASE == "submodule-of-a-shadowed-package":
    files, shadow = {"email/__init__.py": TRACE, "email/generator.py": TRACE}, "email"
elif CASE == "in-a-zip-file":
    import zipfile

    files = {}
where = arena.folder(files, on_path=CASE not in ("after-the-library", "from-a-finder"))
if CASE == "in-a-zip-file":
    sys.path.remove(where)
    archive = os.path.join(where, "archive.zip")
    with zipfile.ZipFile(archive, "w") as stream:
        stream.writestr("sched.py", "raise SystemExit('the shadow has run')")
    sys.path.insert(0, archive)
    shadow = "archive.zip"
elif CASE == "in-pythonpath":
    sys.path.remove(where)
    code, out, err = arena.run(
        ["-c", "def late(): import sched\nimport warmup; print(warmup.preload(codecs=()).excluded)"],
        environment={"PYTHONPATH": os.pathsep.join([where, arena.ROOT])},
    )
    arena.equal((code, arena.ran(where)), (0, []), "exit code, and what ran (%s)" % err)
    arena.expect(where in out, "the file is not named: %s" % out)
    arena.held()
elif CASE == "from-a-finder":
    from importlib.machinery import PathFinder

    class Finder(object):
        @staticmethod
        def find_spec(name, path=None, target=None):
            return PathFinder.find_spec(name, [where]) if path is None else None

        @staticmethod
        def invalidate_caches():
            pass

    sys.meta_path.insert(0, Finder)
elif CASE == "after-the-library":
    sys.path.append(where)
elif CASE == "linked-into-the-library":
    sys.path.remove(where)
    os.symlink(os.path.dirname(os.__file__), os.path.join(where, "library"))
    library = os.path.dirname(os.__file__)
    sys.path[:] = [os.path.join(where, "library") if entry == library else entry for entry in sys.path]
elif CASE == "named-by-the-user":
    options["modules"] = ["sched"]
arena.invalidate()

report = arena.preload(**options)
if CASE in ("after-the-library", "linked-into-the-library", "namespace-package"):
    arena.equal((arena.status(report, NAME), arena.ran(where)), ("warmed", []), "the outcome, and what ran")
elif CASE == "named-by-the-user":
    # An import statement of the user would import the user's own module of that name.
    arena.equal((arena.status(report, NAME), arena.ran(where)), ("warmed", [NAME]), "the outcome, and what ran")
else:
    arena.equal(arena.ran(where), [], "ran, of %d files" % len(files))
    if NAME == "sched" and not CASE.endswith("first-call"):
        arena.expect(not arena.loaded("sched"), "sched is loaded")
if CASE in (
    "in-the-folder-of-the-script",
    "of-a-c-import",
    "package",
    "in-a-zip-file",
    "from-a-finder",
    "first-shadowed-then-not",
    "submodule-of-a-shadowed-package",
):
    found = arena.outcome(report, NAME)
    arena.expect(found is not None and found.status == "excluded", "the outcome is %s" % arena.said(report, NAME))
    arena.expect(shadow in (found.error or ""), "the reason does not name %s: %r" % (shadow, found.error))
if CASE == "first-shadowed-then-not":
    sys.path.remove(where)
    report = arena.preload(**options)
    arena.equal(arena.status(report, NAME), "warmed", "the outcome without the shadow")
arena.held()
