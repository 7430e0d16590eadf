"""Warnings of standard modules are silenced, and leave no trace. Warnings of the user's modules are
shown.
"""

from __future__ import absolute_import, division, print_function

import collections
import sys
import warnings

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 12
CASES = (
    "standard",
    "standard-context-aware",
    "standard-inside-catch-warnings",
    "standard-context-aware-inside-catch-warnings",
    "standard-error",
    "standard-shown-later",
    "standard-registries-elsewhere",
    "named",
    "named-error",
    "derived-third-party",
    "named-and-standard-below",
    "codec-of-the-program",
)
DIFFERENT = {
    "standard-context-aware": {"SINCE": (3, 14), "OPTIONS": ["-X", "context_aware_warnings=1"]},
    "standard-context-aware-inside-catch-warnings": {"SINCE": (3, 14), "OPTIONS": ["-X", "context_aware_warnings=1"]},
}
PART = (
    "standard-context-aware-inside-catch-warnings",
    "standard-shown-later",
    "standard",
    "named",
    "derived-third-party",
)
CASE = arena.case(CASES)

shown, warned = [], []
WARNS = """
import warnings, sys
sys.modules['__main__'].warned.append(__name__)
warnings.warn('hostile', DeprecationWarning)
"""
arena.folder(
    {
        "hostile_named.py": WARNS + ("import sched\n" if CASE == "named-and-standard-below" else ""),
        "hostile_package/__init__.py": "def late():\n    from hostile_package import below\n",
        "hostile_package/below.py": WARNS,
    }
)
import hostile_package  # noqa: E402,F401

# A standard module that warns when it is imported, as those do that are deprecated: a function that
# the body of sched calls warns in the name of its caller.
original, places = collections.namedtuple, []


def namedtuple(*arguments, **options):
    caller = sys._getframe(1)
    if caller.f_globals.get("__name__") == "sched":
        warned.append("sched")
        places.append((caller.f_code.co_filename, caller.f_lineno))
        warnings.warn("hostile", DeprecationWarning, 2)
    return original(*arguments, **options)


def warn_again():
    """Warn as the body of sched does."""
    registry = vars(sys.modules["sched"]).setdefault("__warningregistry__", {})
    warnings.warn_explicit("hostile", DeprecationWarning, places[0][0], places[0][1], "sched", registry)


collections.namedtuple = namedtuple
if CASE not in ("named", "named-error", "derived-third-party"):

    def late():
        import sched  # noqa: F401


def show(message, category, filename, lineno, *more, **options):
    shown.append((str(message), filename))


warnings.showwarning = show
warnings.simplefilter("error" if CASE.endswith("-error") else "default" if CASE.endswith("later") else "always")
options = {"codecs": ()}
if CASE.startswith("named"):
    options["modules"] = ["hostile_named"]
elif CASE == "derived-third-party":
    options["packages"] = ["hostile_package"]
elif CASE == "codec-of-the-program":
    import codecs

    def encode(text, errors="strict"):
        warned.append("codec")
        warnings.warn("hostile", UserWarning)
        return b"", len(text)

    codecs.register(lambda name: codecs.CodecInfo(encode, encode, name=name) if name == "hostilecodec" else None)
    options["codecs"] = ["hostilecodec"]
    late = None
import warmup  # noqa: E402,F401

registries = {name: dict(getattr(module, "__warningregistry__", {})) for name, module in list(sys.modules.items())}
if CASE.endswith("catch-warnings"):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        report = arena.preload(**options)
else:
    report = arena.preload(**options)
files = [filename.replace("\\", "/").rpartition("/")[2] for message, filename in shown if message == "hostile"]
if CASE.startswith("standard"):
    arena.arranged(warned == ["sched"], "sched did not warn: %s, %s" % (warned, arena.said(report, "sched")))
    arena.equal(files, [], "warnings that were shown")
    arena.equal(arena.status(report, "sched"), "warmed", "the outcome, %s" % arena.said(report, "sched"))
    if CASE == "standard-shown-later":
        warn_again()
        arena.equal(len(shown), 1, "warnings that are shown when the program itself does what warns")
    elif CASE == "standard-registries-elsewhere":
        remembered = [
            name
            for name, module in list(sys.modules.items())
            if any(
                key != "version" and key not in registries.get(name, {})
                for key in getattr(module, "__warningregistry__", None) or {}
            )
        ]
        arena.equal(remembered, [], "modules whose registry remembers what was silenced")
elif CASE == "named-error":
    arena.arranged("hostile_named" in warned, "the module did not warn: %s" % arena.said(report, "hostile_named"))
    arena.expect(arena.status(report, "hostile_named") == "failed", arena.said(report, "hostile_named"))
elif CASE == "named-and-standard-below":
    arena.arranged(sorted(warned) == ["hostile_named", "sched"], "they did not warn: %s" % warned)
    arena.equal(files, ["hostile_named.py"], "warnings that were shown")
else:
    arena.arranged(warned, "the module did not warn")
    name = {"named": "hostile_named.py", "derived-third-party": "below.py"}.get(CASE, "silenced_warnings.py")
    arena.expect(name in files, "the warning of %s was not shown: %s" % (name, shown))
arena.held()
