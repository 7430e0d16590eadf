"""Source: modules that the caller names. What every source needs to import one."""

from __future__ import absolute_import, division, print_function

import sys

from warmup._python.compat import PY2
from warmup._python.library import UNSHAREABLE
from warmup._values import FAILED, ArgumentError, Target


def import_module(name):
    """Import the module ``name`` as an import statement would, and return it."""
    try:
        __import__(name)
        return sys.modules[name]
    except KeyError as error:
        if error.args != (name,):
            raise
        # Another thread's import of the same module has failed, and has taken it out meanwhile.
        __import__(name)
    return sys.modules[name]


def import_derived(name):
    """Import a module that no user has named.

    What it loads of `UNSHAREABLE` is unloaded again: whoever imports that later gets a module of its own.
    """
    absent = [other for other in UNSHAREABLE if other not in sys.modules]
    try:
        import_module(name)
    finally:
        for other in absent:
            sys.modules.pop(other, None)


def is_loaded(target):
    """Return whether the target, a module, is loaded."""
    return sys.modules.get(target.name) is not None


class ModuleSource(object):
    """Finds the modules that ``modules=`` names. One that cannot be imported has failed, whatever the reason."""

    def __init__(self, names, exclude):
        for name in names:
            if name in exclude:
                raise ArgumentError(
                    "modules", "%r is named in exclude= too; leave one of them out" % name, name
                )
        self._names = [str(name) if PY2 else name for name in names]

    def find(self, rules):
        """Return a target for each module that is not loaded."""
        targets = [Target("module", name, "asked for by name") for name in self._names]
        return [target for target in targets if not is_loaded(target)]

    is_done = staticmethod(is_loaded)

    @staticmethod
    def module_of(target):
        return target.name

    @staticmethod
    def warm(target):
        import_module(target.name)

    @staticmethod
    def status_of(target, error, traceback, rules):
        return FAILED
