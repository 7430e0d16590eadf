"""``python -m warmup``."""

from __future__ import absolute_import, division, print_function

import os
import sys

import warmup

if __name__ == "__main__":
    # Python has put the current folder first on the path. A file in it that is called like a standard module would
    # be run in that module's place, although a plain `python PROGRAM` from another folder does not know it.
    if not all(os.path.isabs(path) for path in warmup.__path__):  # 2.7
        warmup.__path__[:] = [os.path.abspath(path) for path in warmup.__path__]
    if not getattr(sys.flags, "safe_path", getattr(sys.flags, "isolated", False)):
        del sys.path[0]
    from warmup._cli import main

    sys.exit(main(sys.argv[1:]))
