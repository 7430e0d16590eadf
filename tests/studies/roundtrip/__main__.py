"""Run the study: ``python -m tests.studies.roundtrip``."""

from __future__ import absolute_import, division, print_function

import sys

from tests.studies.roundtrip import main

sys.exit(main(sys.argv[1:]))
