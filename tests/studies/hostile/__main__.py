"""Run the study: ``python -m tests.studies.hostile``."""

from __future__ import absolute_import, division, print_function

import sys

from tests.studies.hostile import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
