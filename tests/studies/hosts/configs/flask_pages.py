import os

from pages import application
from werkzeug.serving import is_running_from_reloader

import warmup

# Not in the process that only watches the files: it runs this module too.
if is_running_from_reloader():
    warmup.preload()

if __name__ == "__main__":
    application.run(port=int(os.environ["PORT"]), use_reloader=True)
