"""Import modules whose names are computed: modules of the library, and plug-ins of the program."""

from __future__ import absolute_import, division, print_function

KINDS = ("tax", "stock")


def load(kind):
    return __import__("plugin_" + kind).price()


def work():
    """Return a text that took modules, codecs and C code that were not needed before."""
    import email.message
    import time

    message = email.message.Message()
    message["Subject"] = "order"
    day = time.strptime("2026-11-25", "%Y-%m-%d")
    __import__("".join(["argp", "arse"])).ArgumentParser().parse_args([])
    return "%s %d %r" % (message.as_string(), day.tm_mday, [load(kind) for kind in KINDS])
