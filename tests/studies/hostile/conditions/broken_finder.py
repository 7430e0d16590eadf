"""A blocker or a broken finder on sys.meta_path does not make preload() raise."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 3
CASES = (
    "blocker-raises-import-error",
    "raises-import-error-for-all",
    "raises-runtime-error-for-all",
    "raises-for-codecs",
    "without-its-method",
    "wrong-signature",
    "none",
    "finds-nonsense",
    "loader-raises",
    "attributes-raise",
    "named-module-and-package",
    "broken-path-hook",
)
PART = ("blocker-raises-import-error", "raises-runtime-error-for-all", "none", "named-module-and-package")
CASE = arena.case(CASES)
BLOCKED = ("sched", "ctypes", "email", "subprocess")
asked = []


def late():
    import ctypes  # noqa: F401
    import email.generator  # noqa: F401
    import sched  # noqa: F401


def find(name):
    asked.append(name)
    if CASE in ("blocker-raises-import-error", "named-module-and-package"):
        if name.partition(".")[0] in BLOCKED:
            raise ImportError("%s is blocked" % name)
    elif CASE == "raises-import-error-for-all":
        raise ImportError(name)
    elif CASE == "raises-runtime-error-for-all" or name.startswith("encodings"):
        raise RuntimeError("the finder is broken")


class Nonsense(object):
    def find_spec(self, name, path=None, target=None):
        asked.append(name)
        return 42

    def find_module(self, name, path=None):
        asked.append(name)
        return 42


class Loader(object):
    def create_module(self, spec):
        raise RuntimeError("the loader is broken")

    def exec_module(self, module):
        pass

    def load_module(self, name):
        raise RuntimeError("the loader is broken")


class FindsLoader(object):
    def find_spec(self, name, path=None, target=None):
        asked.append(name)
        if name.partition(".")[0] in BLOCKED:
            from importlib.machinery import ModuleSpec

            return ModuleSpec(name, Loader())

    def find_module(self, name, path=None):
        asked.append(name)
        return Loader() if name.partition(".")[0] in BLOCKED else None


class WrongSignature(object):
    def find_spec(self):
        pass

    def find_module(self):
        pass


class Bomb(object):
    def __getattribute__(self, name):
        asked.append(name)
        raise RuntimeError("no attribute of this may be looked at: %s" % name)


def hook(path):
    asked.append(path)
    raise RuntimeError("the hook is broken")


import warmup  # noqa: E402,F401

options = {"codecs": None if CASE == "raises-for-codecs" else ()}
if CASE == "named-module-and-package":
    options.update(modules=["sched", "ctypes.util"], packages=["email"])
if CASE == "broken-path-hook":
    sys.path_hooks.insert(0, hook)
    sys.path.insert(0, arena.folder({}, on_path=False))
else:
    sys.meta_path.insert(
        0,
        {
            "without-its-method": object(),
            "wrong-signature": WrongSignature(),
            "none": None,
            "finds-nonsense": Nonsense(),
            "loader-raises": FindsLoader(),
            "attributes-raise": Bomb(),
        }.get(CASE, arena.finder(find)),
    )
report = arena.preload(**options)
if CASE not in ("without-its-method", "wrong-signature", "none"):
    arena.arranged(asked, "the finder was not asked")
if CASE in ("blocker-raises-import-error", "loader-raises"):
    arena.expect(arena.status(report, "sched") in ("failed", "excluded"), arena.said(report, "sched"))
    arena.expect(report.warmed, "nothing else was warmed")
arena.held()
