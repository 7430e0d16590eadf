"""Test the recipe for AWS Lambda SnapStart with the real ``snapshot_restore_py``."""

from __future__ import absolute_import, division, print_function

import os
import unittest

from tests.support import fresh

RECIPES = os.path.join(fresh.ROOT, "tests", "recipes")
# A folder that holds the package, beside the installed ones.
PACKAGE = os.environ.get("SNAPSHOT_RESTORE_PY", "")
ENVIRONMENT = {"PYTHONPATH": os.pathsep.join([fresh.ROOT, RECIPES] + [PACKAGE] * bool(PACKAGE))}
HAS_PACKAGE = fresh.call(["-c", "import snapshot_restore_py"], environment=ENVIRONMENT).code == 0

# What the runtime of Lambda does: it loads the module of the handler, runs the hooks (the last one that was
# registered first), takes the snapshot, restores it, and calls the handler.
RUNTIME = u"""
    import gc
    import json
    import lambda_snapstart
    from snapshot_restore_py import get_before_snapshot

    for function, args, kwargs in reversed(list(get_before_snapshot())):
        function(*args, **kwargs)
    with Recorder() as recorder:
        answer = lambda_snapstart.handler({"day": "2026-11-25"}, None)
        u"x".encode("cp1250")
    print(json.dumps([recorder.late, answer["body"], gc.get_freeze_count() > 0]))
"""


@unittest.skipUnless(
    HAS_PACKAGE, "snapshot_restore_py is not installed: python -m pip install -r tests/requirements.txt"
)
class SnapStart(unittest.TestCase):
    def test_nothing_is_late_after_the_restoration(self):
        self.assertEqual(fresh.value(RUNTIME, environment=ENVIRONMENT), [[], '"Wednesday"', True])

    def test_without_the_hooks_something_is_late(self):
        cold = RUNTIME.replace(u"function(*args, **kwargs)", u"pass")
        late, body, is_frozen = fresh.value(cold, environment=ENVIRONMENT)
        self.assertIn("_strptime", late)
        self.assertEqual((body, is_frozen), ('"Wednesday"', False))
