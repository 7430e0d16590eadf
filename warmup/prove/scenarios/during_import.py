"""A thread needs an import while the main thread is inside an import.

The first argument is the case. 2.7 has one import lock for all modules. The thread waits until
the main thread's import has ended. If that import waits for the thread, both wait until one gives
up.
"""

from __future__ import absolute_import, division, print_function

import datetime
import os
import sys
import threading
import time
from timeit import default_timer as clock

POSITION = 10
CASES = (
    {
        "name": "encode_in_import",
        "title": "A thread encodes a string while the main thread is inside an import.",
        "cold": {"2.7": "stalls", "3.6-": "fine", "pypy": "fine"},
    },
    {
        # The codec registry does not know the codec yet. Its search function calls
        # `__import__`, which on 2.7 takes the lock for a loaded module as well.
        "name": "codec_imported",
        "title": "A thread encodes a string; the codec's module was imported beforehand.",
        "cold": {"2.7": "stalls", "3.6-": "fine", "pypy": "fine"},
    },
    {
        # `latin-1`, `latin1`, `latin_1`, `iso-8859-1` and `l1` are five entries of the
        # registry. The first use of each is an import.
        "name": "other_spelling",
        "title": "A thread encodes a string; the codec was used before in another spelling.",
        "cold": {"2.7": "stalls", "3.6-": "fine", "pypy": "fine"},
    },
    {
        # The C function gives up at once when another thread holds the lock of 2.7.
        "name": "time_strptime",
        "title": "A thread calls time.strptime while the main thread is inside an import.",
        "cold": {"2.7": "raises ImportError", "3.6-": "fine", "pypy": "fine"},
        "see": "https://bugs.python.org/issue7980",
    },
    {
        "name": "date_strptime",
        "title": "A thread calls datetime.strptime while the main thread is inside an import.",
        "cold": {"2.7": "raises ImportError", "3.6-": "fine", "pypy": "fine"},
        "see": "https://bugs.python.org/issue7980",
    },
    {
        # On 2.7 the statement takes the lock before it looks whether the module is loaded. An
        # import beforehand does not help. An `__import__` that looks first helps.
        "name": "function_import",
        "title": "A thread imports a loaded module while the main thread is inside an import.",
        "cold": {"2.7": "stalls", "3.6-": "fine", "pypy": "fine"},
    },
)
LIMIT = 1.0  # seconds that the import goes on unless its thread is done before
case = sys.argv[1] if sys.argv[1:] else CASES[0]["name"]

if __name__ == "__main__":
    if "warm" in sys.argv:
        import warmup

        warmup.preload()
    if case == "codec_imported":
        import encodings.latin_1  # noqa: F401
    elif case == "other_spelling":
        u"42".encode("latin1")
    app = __import__(os.path.basename(__file__)[:-3])  # this file once more, as a module
    app.done.wait(LIMIT)  # the import is over: its thread gets on
    print("%s after %.4f s" % (app.outcome, app.seconds))
    sys.exit(app.outcome != "fine")

# From here on this is `app`, and the main thread is inside `import app` until the last line.
answers = []
done = threading.Event()


def late():
    try:
        if case == "time_strptime":
            time.strptime("2024-02-29", "%Y-%m-%d")
        elif case == "date_strptime":
            datetime.datetime.strptime("2024-02-29", "%Y-%m-%d")
        elif case == "function_import":
            import os  # noqa: F401
        else:
            u"42".encode("latin-1")
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
