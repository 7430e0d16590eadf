"""Find and use placeholders: lazy imports that have not been used yet (PEP 810, Python 3.15)."""

from __future__ import absolute_import, division, print_function

import sys

from warmup._python.compat import Module, Placeholder
from warmup._python.functions import last_loaded
from warmup._sources.module import status_of_derived
from warmup._values import Target


class PlaceholderSource(object):
    """Find placeholders in the globals of loaded modules, and use each placeholder once."""

    def __init__(self):
        # what was loaded when no placeholder was found, ((), (312, "sched"), 40). Without it, each call would touch
        # every global, and so every page of a forked worker.
        self._looked = None
        # which module each placeholder imports, {"collections._copy": "copy"}; None if it does not say
        self._modules = {}

    def find(self, rules):
        """Return a target for each placeholder whose module may be a target, sorted by name."""
        targets = []
        now = (rules.packages, last_loaded(), len(getattr(sys, "lazy_modules", ())))
        if self._looked == now:
            return targets
        for module_name, module in sys.modules.copy().items():
            # An object that stands in sys.modules and is no module may import something when its attributes are read.
            if type(module) is Module:
                variables = vars(module).copy()
                if Placeholder in map(type, variables.values()):
                    targets.extend(self._targets_in(rules, module_name, variables))
        self._looked = None if targets else now
        return sorted(targets, key=lambda target: target.name)

    def _targets_in(self, rules, module_name, variables):
        for attribute, value in variables.items():
            if type(value) is Placeholder and type(attribute) is str:
                name = module_name + "." + attribute
                imported = imported_name(value)
                if imported is None:
                    self._modules[name] = None
                    yield Target(
                        "placeholder",
                        name,
                        "a lazy import that does not say what it imports",
                        module_name,
                    )
                    continue
                # With -X lazy_imports=all, this package has placeholders too.
                is_own = _is_own(module_name)
                modules = [
                    part
                    for part in (imported, imported.rpartition(".")[0])
                    if part and (rules.is_module(part) or is_own and _is_own(part))
                ]
                if modules:
                    self._modules[name] = modules[0]
                    yield Target("placeholder", name, "lazy import of " + imported, module_name)

    def is_done(self, target):
        module, _, attribute = target.name.rpartition(".")
        module = sys.modules.get(module)
        return type(module) is Module and type(vars(module).get(attribute)) is not Placeholder

    def warm(self, target):
        """Use the placeholder. Afterwards the attribute is the module."""
        if self._modules[target.name] is None:
            raise ValueError("its repr() is not <lazy_import 'NAME'>; name the module in modules=")
        # resolve() would import the module and keep the placeholder in the globals (python/cpython issue 152298).
        module, _, attribute = target.name.rpartition(".")
        getattr(sys.modules[module], attribute)

    status_of = status_of_derived

    def module_of(self, target):
        """Return the module that the placeholder stands for, or ``None`` if it does not say."""
        return self._modules[target.name]


def _is_own(name):
    return name.partition(".")[0] == "warmup"


def imported_name(placeholder):
    """Return what a placeholder imports, ``"module"`` or ``"module.attribute"``. ``None`` if it does not say.

    Read its repr(): nothing else names the module without importing it.
    """
    parts = repr(placeholder).split("'")
    return parts[1] if len(parts) == 3 and all(parts[1].split(".")) else None
