"""Do what an application first does in a request. Each function imports something late.

The imports at the top of this module are not late, because an application has them at its top too.
"""

from __future__ import absolute_import, division, print_function

import datetime
import json
import logging
import logging.handlers
import os
import threading
import time

import recorder

# Each page waits, as for a database. With this time, one late import of 50 ms makes a page three times as slow.
DATABASE_SECONDS = 0.02

log = logging.getLogger("application")
log.propagate = False


def rare_codec():
    return u"\u017elu\u0165ou\u010dk\xfd".encode("mac_latin2").decode("mac_latin2")


def common_codecs():
    return u"na\xefve".encode("cp1252"), u"na\xefve".encode("iso8859-15")


def idna():
    return u"b\xfccher.example".encode("idna")


def dates():
    return datetime.datetime.strptime("2026-11-22 17:50", "%Y-%m-%d %H:%M")


def logged_exception():
    try:
        json.loads("{")
    except ValueError:
        log.exception("not JSON")


def mailed_error():
    """Send a log record by mail, through the standard library's handler, to the server that the test has started."""
    handler = logging.handlers.SMTPHandler(
        ("127.0.0.1", int(os.environ["HOSTS_SMTP_PORT"])), "app@localhost", ["admin@localhost"], u"error"
    )
    handler.emit(log.makeRecord(log.name, logging.ERROR, __file__, 1, "something failed", (), None))
    handler.close()


def function_level_import():
    import colorsys

    return colorsys.rgb_to_hsv(0.2, 0.4, 0.4)


USES = {
    use.__name__: use
    for use in (rare_codec, common_codecs, idna, dates, logged_exception, mailed_error, function_level_import)
}
log.addHandler(logging.StreamHandler(open(os.devnull, "w")))


def do(uses=None):
    """Do all uses, or those that ``uses`` names, as one request or task. Return the process and the thread."""
    done = begin(uses)
    time.sleep(DATABASE_SECONDS)
    return done()


def begin(uses=None):
    """Do the same without the wait. Return a function to be called after it, which returns what `do` does."""
    recorder.serve()
    started = time.time()
    for use in uses or sorted(USES):
        USES[use]()
    return lambda: _outcome(started)


def _outcome(started):
    return {"process": recorder.identity(), "thread": threading.current_thread().name, "seconds": time.time() - started}
