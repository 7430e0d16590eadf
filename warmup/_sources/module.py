"""Find and import the modules that the caller names. Provide what each source needs to import a module."""

from __future__ import absolute_import, division, print_function

import sys

from warmup._python.compat import PY2, Text, is_lazy
from warmup._python.library import UNSHAREABLE, is_refusal
from warmup._python.locks import in_flight, is_extension, owner_of
from warmup._python.rules import RefusedError
from warmup._python.surroundings import was_raised_by_handler
from warmup._values import FAILED, UNAVAILABLE, ArgumentError, Target, describe, with_parents

_RETRIES = 5  # of an import that failed beside another thread's import
_TRIES = 20  # of an import that may have waited for an import of another thread
# Modules that were unloaded, [<module 'random'>], on 2.7 alone. When 2.7 frees a module, 2.7 sets the variables of that
# module to None. A function or class that other code keeps would fail: random.Random, which tempfile keeps.
_unloaded = []


def import_module(name):
    """Import the module ``name`` as an import statement does, and return it."""
    for _ in range(_TRIES):
        __import__(name)
        # This thread may have waited for another thread's import of the module. If that import has failed, the module
        # is gone, or the next thread is importing it already. Another import raises the error, or waits again.
        if owner_of(name) is None:
            module = sys.modules.get(name)
            if module is not None and owner_of(name) is None:
                if is_lazy(module):
                    getattr(module, "__name__")  # noqa: B009  any attribute runs the body that was put off
                return module
    return sys.modules[name]


def drop_orphans(before):
    """Drop the modules that are not in ``before`` and whose package is gone, because its import has ended half-way.

    Otherwise, a later import of the package would not set these modules as its attributes, and ``import asyncio``, for
    example, would fail for good. An extension stays, because many refuse to be loaded a second time.
    """
    new = [name for name in sys.modules.copy() if isinstance(name, Text) and name not in before]
    for name in sorted(new):  # a package before what is below it
        package = name.rpartition(".")[0]
        if package and package not in sys.modules and not is_extension(name):
            _unload(name)


def _unload(name):
    """Take the module ``name`` out of ``sys.modules``."""
    module = sys.modules.pop(name, None)
    if PY2 and module is not None:
        _unloaded.append(module)


def import_derived(name):
    """Import a module that no user has named.

    The rules refuse an asker of a module of `UNSHAREABLE`. If the asker may have that module, import the asker
    alone first, and unload that module at the end. A later import then makes a new one.
    """
    absent = [other for other in UNSHAREABLE if other not in sys.modules]
    # Only a refusal of `UNSHAREABLE` needs these names. With 20,000 modules this takes as long as a small import.
    before = frozenset(list(sys.modules)) if UNSHAREABLE else ()
    try:
        for retry in range(_RETRIES, -1, -1):
            try:
                import_module(name)
                break
            except RefusedError as error:
                if not retry or error.shareable in (None, name):
                    raise
                drop_orphans(before)
                import_derived(error.shareable)
            except (ImportError, AttributeError, KeyError) as error:
                # If two threads import modules that import each other, Python gives one thread an unfinished module.
                # That thread holds no lock now, and can wait for the other. A call of preload() in another thread may
                # have unloaded a module of `UNSHAREABLE`. The error names the module.
                if not retry or was_raised_by_handler() or not _is_about_another_thread(error):
                    raise
    finally:
        for other in absent:
            _unload(other)


def _is_about_another_thread(error):
    text, names = describe(error), UNSHAREABLE + tuple([name for name, _, _ in in_flight()])
    return any("'%s'" % name in text for name in names)


def is_loaded(target):
    """Return whether the module that ``target`` names is loaded. A module whose body was put off is not loaded."""
    module = sys.modules.get(target.name)
    return module is not None and not is_lazy(module)


def status_of_derived(source, target, error, traceback, rules):
    """Return the status of a target that no user has named, and that could not be warmed."""
    is_missing = is_refusal(source.module_of(target), error, traceback, rules.library)
    return UNAVAILABLE if is_missing else FAILED


class ModuleSource(object):
    """Find the modules that ``modules=`` names. A module that cannot be imported has failed, whatever the reason.

    Raise `ArgumentError` for a name if ``exclude=`` has this name or that of a package above it.
    """

    def __init__(self, names, exclude):
        excluded = frozenset(exclude)
        for name in names:
            if not excluded.isdisjoint(with_parents(name)):
                raise ArgumentError("modules", "%r is excluded too; name it in modules or in exclude" % name, name)
        self._names = [str(name) if PY2 else name for name in names]

    def find(self, rules):
        """Return a target for each name."""
        return [Target("module", name, "asked for by name") for name in self._names]

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
