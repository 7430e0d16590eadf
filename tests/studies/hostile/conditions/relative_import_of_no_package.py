"""2.7: functions whose __package__ names an object that is no package do not make preload() raise."""

from __future__ import absolute_import, division, print_function

import imp
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 3
UNTIL = (2, 7)
CASES = ("without-path", "path-is-none", "path-is-a-number", "path-raises", "attributes-raise")
PART = ("without-path",)
CASE = arena.case(CASES)


class Raises(type(sys)):
    __path__ = property(lambda self: 1 // 0)


class Bomb(object):
    def __getattribute__(self, name):
        raise RuntimeError("no attribute of this may be looked at: %s" % name)


package = imp.new_module("hostile_package")
if CASE == "path-raises":
    package = Raises("hostile_package")
elif CASE == "attributes-raise":
    package = Bomb()
elif CASE != "without-path":
    package.__path__ = None if CASE == "path-is-none" else 3
sys.modules["hostile_package"] = package
namespace = {"__name__": "hostile_package.module", "__package__": "hostile_package"}
exec("def late():\n    import os, sched\n    import posixpath", namespace)
report = arena.preload(codecs=())
import os  # noqa: E402,F401

arena.held()
