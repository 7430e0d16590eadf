"""The codec's module is imported beforehand, and encoding during an import stalls all the same.

The obvious cure for `encode_in_import` is no cure: the codec registry has not been asked yet,
and its search function calls `__import__` again, which on 2.7 takes the import lock even for
a module that is loaded.
"""
from __future__ import absolute_import, division, print_function

import os
import sys
import threading
from timeit import default_timer as clock

COLD = {"2.7": "stalls", "3.6-": "fine", "pypy": "fine"}
LIMIT = 1.0  # seconds that the import goes on unless its thread is done before

if __name__ == "__main__":
    if "warm" in sys.argv:
        import warmup

        warmup.preload()
    import encodings.latin_1  # noqa: F401  as the workaround on the web has it

    app = __import__(os.path.basename(__file__)[:-3])  # this file once more, as a module
    app.done.wait(LIMIT)  # the import is over: its thread gets on
    print("%s after %.4f s" % (app.outcome, app.seconds))
    sys.exit(app.outcome != "fine")

# From here on this is `app`, and the main thread is inside `import app` until the last line.
answers = []
done = threading.Event()


def late():
    try:
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
