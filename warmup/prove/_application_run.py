"""Imports a program, then calls into it from a worker while every import costs 50 ms.

Run by `_application.py` as a script: `cold` or `warm`, MODULE, CALLABLE or "", file for the
answer. Start-up itself is not slowed: what counts is what comes late.
"""
from __future__ import absolute_import, division, print_function

import os
import sys
import threading
import time
from timeit import default_timer as clock

PRICE = 0.05  # seconds that finding a module takes


class SlowDisk(object):
    def __init__(self):
        self.names = []

    def find_spec(self, name, path=None, target=None):
        self.names.append(name)
        time.sleep(PRICE)

    find_module = find_spec  # what 2.7 asks


def run(mode, module, function):
    sys.path[0] = os.getcwd()  # as `python -m` has it; it was this script's folder
    sys.argv[:] = [module]
    answer = {"late": [], "seconds": 0.0, "raised": "", "problem": "", "preloaded": 0}
    try:
        __import__(module)
        call = sys.modules[module]
        for name in function.split(".") if function else ():
            call = getattr(call, name)
    except BaseException as error:  # a script that is no module may well call sys.exit()
        answer["problem"] = "%s: %s" % (type(error).__name__, error)
        return answer
    if mode == "warm":
        import warmup

        before, began = len(sys.modules), clock()
        warmup.preload()
        answer["preloaded"], answer["preload_seconds"] = len(sys.modules) - before, clock() - began
    if not function:
        return answer

    def work():
        try:
            call()
        except BaseException as error:
            answer["raised"] = "%s: %s" % (type(error).__name__, error)

    disk = SlowDisk()
    worker = threading.Thread(target=work)
    sys.meta_path.insert(0, disk)
    began = clock()
    worker.start()
    worker.join()
    answer["seconds"] = clock() - began
    if disk in sys.meta_path:
        sys.meta_path.remove(disk)
    answer["late"] = disk.names
    return answer


if __name__ == "__main__":
    mode, module, function, path = sys.argv[1:]
    answer = run(mode, module, function)
    import json  # only now: the program may be about to import it late

    with open(path, "w") as stream:
        json.dump(answer, stream)
    sys.stdout.flush()
    os._exit(0)  # the program's own threads may go on for ever
