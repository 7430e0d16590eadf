"""Run a script. Warm it, unless it is recorded: then the command ``record`` does all that is needed."""

from __future__ import absolute_import, division, print_function

import os
import sys
from time import time as clock

import shop
import warm


def main():
    if os.environ["ROUNDTRIP_MODE"] != "record":
        warm.warm()
    seconds = []
    for _ in range(20):
        began = clock()
        shop.work()
        seconds.append(clock() - began)
    if os.environ["ROUNDTRIP_MODE"] != "record":
        print(repr((seconds, warm.result())))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
