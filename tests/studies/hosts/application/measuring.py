"""Print what a program measures that sends its own tasks: a line of JSON for each task."""

from __future__ import absolute_import, division, print_function

import json
import sys
import threading
import time


def tasks(run, at_once=1):
    """Let each of ``at_once`` threads call ``run()`` ten times. ``run()`` does one task, and returns its result."""

    def client():
        for _ in range(10):
            sent = time.time()
            done = run()
            line = json.dumps({"sample": [done["process"], sent, time.time() - sent, done["seconds"]]})
            sys.stdout.write(line + "\n")
            sys.stdout.flush()

    clients = [threading.Thread(target=client) for _ in range(at_once)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
