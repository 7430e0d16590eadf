"""Find and use placeholders: lazy imports that have not been used yet (PEP 810, Python 3.15).

The use of ``lazy import a.b.c`` imports ``a``. The interpreter imports ``a.b`` and ``a.b.c`` when their attributes are
read. All lazy imports below ``a`` share the name ``a``, so the globals hold the last placeholder of them, or ``a``
itself. Only ``sys.lazy_modules`` names the others.
"""

from __future__ import absolute_import, division, print_function

import sys

from warmup._python.compat import Placeholder, variables_of
from warmup._python.functions import last_loaded
from warmup._sources.module import import_derived, is_loaded, status_of_derived
from warmup._values import Target


class PlaceholderSource(object):
    """Find placeholders in the globals of loaded modules, and use each placeholder once."""

    def __init__(self):
        # packages, last_loaded(), number of lazy modules when no placeholder was found, ((), (312, "sched"), 40).
        # Without this, each call would touch every global, and so every page of a forked worker.
        self._looked = None
        # which module each placeholder imports, {"collections._copy": "copy"}; None if it does not say
        self._modules = {}

    def find(self, rules):
        """Return a target for each placeholder whose module may be a target, sorted by name.

        After them, return the modules that a lazy import names and that no placeholder stands for.
        """
        targets = []
        now = (rules.packages, last_loaded(), len(getattr(sys, "lazy_modules", ())), rules.library.is_listed)
        if self._looked == now:
            return targets
        for module_name, module in sys.modules.copy().items():
            # An object that stands in sys.modules and is no module may import something when its attributes are read.
            variables = (variables_of(module) or {}).copy()
            if type(module_name) is str and Placeholder in map(type, variables.values()):
                targets.extend(self._targets_in(rules, module_name, variables))
        targets.sort(key=lambda target: target.name)
        # sys.lazy_modules is not complete (python/cpython issue 155695), but nothing else knows these modules.
        names = frozenset(getattr(sys, "lazy_modules", ())).difference([self._modules[one.name] for one in targets])
        pending = [Target("module", name, "lazy import, named by sys.lazy_modules") for name in sorted(names)]
        targets += [target for target in pending if not is_loaded(target) and rules.is_module(target.name)]
        self._looked = None if targets or now[1] is None else now
        return targets

    def _targets_in(self, rules, module_name, variables):
        for attribute, value in variables.items():
            if type(value) is Placeholder and type(attribute) is str:
                name = module_name + "." + attribute
                imported = imported_name(value)
                if imported is None:
                    self._modules[name] = None
                    yield Target("placeholder", name, "a lazy import that does not say what it imports", module_name)
                    continue
                modules = [part for part in (imported, imported.rpartition(".")[0]) if part and rules.is_module(part)]
                if modules:
                    self._modules[name] = modules[0]
                    yield Target("placeholder", name, "lazy import of " + imported, module_name)

    def is_done(self, target):
        if target.kind == "module":
            return is_loaded(target)
        module, _, attribute = target.name.rpartition(".")
        variables = variables_of(sys.modules.get(module))
        return variables is not None and type(variables.get(attribute)) is not Placeholder

    def warm(self, target):
        """Use the placeholder, and import its module. Afterwards the attribute is no placeholder any more.

        Raise ``ValueError`` if the placeholder does not say what it imports.
        """
        if target.kind == "module":
            import_derived(target.name)
            return
        if self._modules[target.name] is None:
            raise ValueError(
                "the repr() of this placeholder is not <lazy_import 'NAME'>; name the imported module in modules="
            )
        module, _, attribute = target.name.rpartition(".")
        if use(sys.modules[module], attribute, self._modules[target.name]):
            import_derived(self._modules[target.name])

    status_of = status_of_derived

    def module_of(self, target):
        """Return the module that the placeholder stands for, or ``None`` if it does not say."""
        return target.name if target.kind == "module" else self._modules[target.name]


def use(module, attribute, imported):
    """Use the placeholder ``attribute`` of ``module``. Return whether the module ``imported`` is still to be imported.

    After ``lazy import a.b``, the attribute is the module ``a``, and ``a.b`` is still to be imported.
    What does not work: to import ``a.b`` after ``lazy from a import b``. If ``b`` is a function, a module ``a.b`` would
    take its place.
    """
    # resolve() would import the module and keep the placeholder in the globals (python/cpython issue 152298).
    value = getattr(module, attribute)
    top, dot, _ = imported.partition(".")
    return bool(dot) and value is sys.modules.get(top)


def use_own():
    """Use each placeholder of this package. With ``-X lazy_imports=all``, its import statements make placeholders.

    Without this, a ``watch("raise")`` would refuse the modules that its methods need, or would not find them after a
    ``chroot``.
    """
    used = set()
    while True:
        names = [name for name in list(sys.modules) if type(name) is str and name.partition(".")[0] == "warmup"]
        names = [name for name in names if name not in used]
        if not names:
            return
        for name in names:  # the use of a placeholder may load more modules of this package
            used.add(name)
            module = sys.modules[name]
            for attribute, value in (variables_of(module) or {}).copy().items():
                if type(value) is Placeholder:
                    getattr(module, attribute)


def imported_name(placeholder):
    """Return what a placeholder imports, ``"module"`` or ``"module.attribute"``. ``None`` if it does not say.

    Read its repr(): nothing else names the module without importing it.
    """
    parts = repr(placeholder).split("'")
    return parts[1] if len(parts) == 3 and all(parts[1].split(".")) else None
