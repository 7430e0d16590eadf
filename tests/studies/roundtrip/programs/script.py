"""A script. It warms itself, but in the recording: there the command does what is needed."""

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
