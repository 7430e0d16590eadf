"""Preload on AWS Lambda with SnapStart, before the snapshot, so that each restored process has the modules.

Lambda has the package ``snapshot-restore-py``. Elsewhere, install it. The handler is ``lambda_snapstart.handler``.
"""

import gc
import json

from snapshot_restore_py import register_before_snapshot

import warmup


def before_snapshot():
    warmup.preload()  # to warm only what a real run has recorded: preload(manifest="shop.manifest", scan=False)
    # First the collection: frozen garbage is never freed, and every restored process would pay for it. Then the
    # freeze: later collections do not look at these objects, and do not write to their pages of the snapshot.
    gc.collect()
    gc.freeze()


register_before_snapshot(before_snapshot)


def handler(event, context):
    import datetime

    day = datetime.datetime.strptime(event["day"], "%Y-%m-%d")
    return {"statusCode": 200, "body": json.dumps(day.strftime("%A"))}
