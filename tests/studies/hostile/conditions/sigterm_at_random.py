"""A SIGTERM whose handler calls sys.exit() ends the process, whenever it arrives."""

from __future__ import absolute_import, division, print_function

import os
import random
import signal
import sys
import time

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 1
SECONDS = 5
LIMIT = 120
ROUNDS = 30

import warmup  # noqa: E402

handled = []


def terminate(number, frame):
    # Python itself drops what is raised in the callback of a weak reference, and importlib has two.
    if "importlib" in frame.f_code.co_filename and frame.f_code.co_name in ("cb", "remove"):
        os._exit(7)
    handled.append(number)
    sys.exit(7)


def preload_in_child(ready):
    """Preload, and end with 7 if SystemExit came through, 5 if it was lost, 6 if the signal came
    too late.
    """
    code = 1
    try:
        signal.signal(signal.SIGTERM, terminate)
        os.write(ready, b"r")
        warmup.preload()
        code = 5 if handled else 6
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    except SystemExit as error:
        code = error.code
    finally:
        os._exit(code)


def seconds_of_a_call():
    started = time.time()
    child = os.fork()
    if child == 0:
        warmup.preload()
        os._exit(0)
    os.waitpid(child, 0)
    return time.time() - started


dice = random.Random(1)
duration = seconds_of_a_call()
lost = arrived = tried = 0
while arrived < ROUNDS and tried < 3 * ROUNDS:
    tried += 1
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        preload_in_child(writer)
    os.read(reader, 1)
    time.sleep(dice.random() * duration * 0.9)
    os.kill(child, signal.SIGTERM)
    code = os.waitpid(child, 0)[1] >> 8
    os.close(reader)
    os.close(writer)
    arena.expect(code in (5, 6, 7), "a child ended with %s" % code)
    arrived += code != 6
    duration *= 0.9 if code == 6 else 1.02  # a busy machine has no one duration
    lost += code == 5
arena.arranged(arrived >= ROUNDS // 2, "only %d signals arrived in time" % arrived)
arena.expect(not lost, "%d of %d SIGTERMs were lost" % (lost, arrived))
arena.held()
