import logging
import os

import waitress
import warmup

from pages import application

logging.basicConfig(level=logging.INFO)
warmup.preload()
waitress.serve(application, listen="127.0.0.1:" + os.environ["PORT"], threads=4)
