"""Use what is imported late, and watch it. The last line that this program prints names the late imports, as JSON.

``inside.py warm`` calls ``preload()`` first, ``inside.py cold`` does not.
"""

from __future__ import absolute_import, division, print_function

import email.message  # its generator is imported late
import json
import sys
import threading
import time

import warmup


def use():
    """Use codecs, C code that imports, and a function that imports."""
    u"x".encode("cp1250")
    u"m\xfcnchen.example".encode("idna")
    time.strptime("2000", "%Y")
    message = email.message.Message()
    message.set_payload("x")
    message.as_string()


def run(is_warm):
    """Return the late imports and the totals of ``preload()``, as a dictionary."""
    report = warmup.preload() if is_warm else None
    watch = warmup.watch()
    thread = threading.Thread(target=use)
    try:
        thread.start()
    except RuntimeError:  # WebAssembly has no threads
        use()
    else:
        thread.join()
    watch.stop()
    found = {"late": sorted(late.name for late in watch.late), "library": json.__file__}
    if report is not None:
        found["targets"] = len(report.outcomes)
        found["failed"] = sorted("%s: %s" % (o.target.name, o.error) for o in report.failed)
        found["notes"] = list(report.notes)
        found["excluded"] = sorted("%s: %s" % (o.target.name, o.error) for o in report.excluded)
    return found


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1:] == ["warm"])))
