"""A program that needs the standard library alone, at its top and in its work."""

from __future__ import absolute_import, division, print_function

import csv
import datetime
import json
import logging
import tempfile

log = logging.Logger("plain")


def work():
    """Do what a program does again and again, from the first time on."""
    with tempfile.TemporaryFile("w+") as stream:
        csv.writer(stream).writerow(["2026-11-26", "4.2"])
        stream.seek(0)
        ((day, number),) = csv.reader(stream)
    try:
        u"b\xfccher.example".encode("idna"), u"na\xefve".encode("cp1252")
        json.loads("{" + datetime.datetime.strptime(day, "%Y-%m-%d").strftime("%A"))
    except ValueError:
        log.exception("not JSON: %s", number)
    return number


log.addHandler(logging.StreamHandler(tempfile.TemporaryFile("w")))
