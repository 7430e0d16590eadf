"""A thread calls datetime.datetime.strptime while the main thread is inside an import.

The same trap as `time_strptime`, reached through `datetime`: libraries that parse
dates in their workers met it as `AttributeError: _strptime` too.
"""
from __future__ import absolute_import, division, print_function

import datetime
import os
import sys
import threading
from timeit import default_timer as clock

COLD = {"2.7": "raises ImportError", "3.6-": "fine", "pypy": "fine"}
SEE = "https://bugs.python.org/issue7980"
LIMIT = 1.0  # seconds that the import goes on unless its thread is done before

if __name__ == "__main__":
    if "warm" in sys.argv:
        import warmup

        warmup.preload()
    app = __import__(os.path.basename(__file__)[:-3])  # this file once more, as a module
    app.done.wait(LIMIT)  # the import is over: its thread gets on
    print("%s after %.4f s" % (app.outcome, app.seconds))
    sys.exit(app.outcome != "fine")

# From here on this is `app`, and the main thread is inside `import app` until the last line.
answers = []
done = threading.Event()


def late():
    try:
        datetime.datetime.strptime("2024-02-29", "%Y-%m-%d")
        answers.append("fine")
    except Exception as error:
        answers.append("raises %r" % error)
    done.set()


thread = threading.Thread(target=late)
thread.daemon = True
began = clock()
thread.start()
done.wait(LIMIT)
seconds = clock() - began
outcome = answers[0] if answers else "stalls"
