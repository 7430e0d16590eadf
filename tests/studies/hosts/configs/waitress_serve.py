import logging
import os

import waitress
from pages import application

import warmup

logging.basicConfig(level=logging.INFO)
warmup.preload()
waitress.serve(application, listen="127.0.0.1:" + os.environ["PORT"], threads=4)
