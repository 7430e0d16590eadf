"""A small Flask program: at its top what such programs import there, in its page what a request uses first."""

from __future__ import absolute_import, division, print_function

import collections
import datetime
import decimal
import json
import logging
import logging.handlers
import socket
import subprocess
import sys
import tempfile
import wsgiref.util

import flask
import requests

application = flask.Flask("program")
log = logging.Logger("program")
log.addHandler(logging.StreamHandler(tempfile.TemporaryFile("w")))


@application.route("/")
def page():
    text = u"\u017elu\u0165ou\u010dk\xfd".encode("mac_latin2").decode("mac_latin2")
    u"b\xfccher.example".encode("idna")
    port = _closed_port()
    mail = logging.handlers.SMTPHandler(
        ("127.0.0.1", port), "app@localhost", ["admin@localhost"], "error"
    )
    mail.handleError = lambda record: None  # no server takes the mail
    mail.emit(log.makeRecord("program", logging.ERROR, __file__, 1, "failed", (), None))
    try:
        requests.get("http://127.0.0.1:%d/" % port)
    except requests.ConnectionError:
        log.exception("no answer")
    with tempfile.NamedTemporaryFile("w") as stored:
        json.dump(collections.Counter(text).most_common(1), stored)
    subprocess.call([sys.executable, "-S", "-c", ""])
    return flask.jsonify(
        date=datetime.datetime.strptime("2026-11-22", "%Y-%m-%d"),
        number=str(decimal.Decimal("4.2")),
    )


def use():
    """Ask for the page, as a server would."""
    variables, statuses = {}, []
    wsgiref.util.setup_testing_defaults(variables)
    b"".join(application(variables, lambda status, headers, error=None: statuses.append(status)))
    assert statuses == ["200 OK"], statuses


def _closed_port():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    return port
