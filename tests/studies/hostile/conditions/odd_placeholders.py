"""A placeholder that cannot be understood or used costs that placeholder, and nothing else."""

from __future__ import absolute_import, division, print_function

import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 3
SINCE = (3, 15)
CASES = ("a-quote-in-the-name", "both-quotes-in-the-name", "no-such-module", "module-raises", "module-exits")
PART = ("a-quote-in-the-name", "module-exits")
CASE = arena.case(CASES)

arena.folder(
    {
        "hostile_module.py": "raise RuntimeError('broken')\n",
        "hostile_exits.py": "raise SystemExit(3)\n",
        "hostile_program.py": {
            "a-quote-in-the-name": "globals()['odd'] = __lazy_import__(\"it's\")\n",
            "both-quotes-in-the-name": "globals()['odd'] = __lazy_import__('it\\'s a \"name\"')\n",
            "no-such-module": "globals()['odd'] = __lazy_import__('hostile_nowhere')\n",
            "module-raises": "globals()['odd'] = __lazy_import__('hostile_module')\n",
            "module-exits": "globals()['odd'] = __lazy_import__('hostile_exits')\n",
        }[CASE]
        + "globals()['even'] = __lazy_import__('sched')\n",
    }
)
from types import LazyImportType  # noqa: E402

import hostile_program  # noqa: E402

arena.arranged(type(vars(hostile_program)["odd"]) is LazyImportType, "there is no placeholder")
report = arena.preload(codecs=(), packages=["hostile_module", "hostile_exits"])
arena.expect(arena.loaded("sched"), "the other placeholder was not used: %s" % arena.short(report.outcomes))
arena.held()
