"""``python -m warmup``."""
from __future__ import absolute_import, division, print_function

import sys

from warmup._cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
