"""Run a command: ``python -m warmup``."""

from __future__ import absolute_import, division, print_function

import os
import sys

import warmup
from warmup._python.compat import is_safe_path

if __name__ == "__main__":
    # Python has put the current folder first on the path. Without this line, a file there that has the name of a
    # standard module would be imported instead of that module. `python PROGRAM` does not look in that folder.
    # 2.7 gives a relative path, which is wrong once the program changes its folder.
    if not all(os.path.isabs(path) for path in warmup.__path__):
        warmup.__path__[:] = [os.path.abspath(path) for path in warmup.__path__]
    try:
        has_entry = not is_safe_path() and (sys.path[0] == "" or bool(os.getcwd()))
    except OSError:  # The folder is gone. Then 3.7+ adds no entry, and the first entry is from PYTHONPATH.
        has_entry = False
    if has_entry:
        del sys.path[0]
    from warmup._cli import main

    sys.exit(main(sys.argv[1:]))
