"""Test ``watch("raise")`` after ``preload()`` in a worker of gunicorn: Flask answers every page."""

from __future__ import absolute_import, division, print_function

import json
import os
import sys
import unittest

from tests.support import process
from tests.support.folder import FolderTest

try:
    from http.client import HTTPConnection

    import flask  # noqa: F401
    import gunicorn  # noqa: F401
except ImportError:
    HTTPConnection = None

APPLICATION = u"""
import flask

application = flask.Flask(__name__)
application.secret_key = "secret"

@application.route("/text")
def text():
    return "text"

@application.route("/json")
def json():
    return flask.jsonify(value=[1, 2.5, None])

@application.route("/template")
def template():
    return flask.render_template_string("{% for one in many %}{{ one|upper }}{{ one|tojson }}{% endfor %}", many="ab")

@application.route("/session")
def session():
    flask.session["count"] = flask.session.get("count", 0) + 1
    return str(flask.session["count"])

@application.route("/codec")
def codec():
    return flask.Response(u"\\xe9".encode("cp1250"), content_type="text/plain; charset=cp1250")

@application.route("/time")
def time():
    import time
    return str(time.strptime("2026", "%Y").tm_year)

@application.route("/fails")
def fails():
    raise ValueError("as it should")
"""
CONFIGURATION = u"""
import json
import os

def post_worker_init(worker):
    import warmup
    options = json.loads(os.environ["OPTIONS"])
    if options is not None:
        warmup.preload(**options)
    warmup.watch("raise")
    print("worker: ready", flush=True)
"""
PAGES = {
    "/text": 200,
    "/json": 200,
    "/template": 200,
    "/session": 200,
    "/codec": 200,
    "/time": 200,
    "/fails": 500,
    "/missing": 404,
}


@unittest.skipUnless(HTTPConnection, "Flask and gunicorn are not installed: pip install -r tests/requirements.txt")
class Flask(FolderTest):
    def statuses(self, options):
        """Return the status of each page after ``preload(**options)``, or without it, and what the server printed."""
        self.write("application.py", APPLICATION)
        configuration = self.write("gunicorn.conf.py", CONFIGURATION)
        port = process.free_port()
        words = [sys.executable, "-m", "gunicorn.app.wsgiapp", "-b", "127.0.0.1:%d" % port]
        path = os.pathsep.join([self.folder, process.ROOT])
        service = process.Service(
            words + ["-c", configuration, "application"],
            process.variables(PYTHONPATH=path, OPTIONS=json.dumps(options)),
            self.folder,
        )
        found = {}
        try:
            service.wait("^worker: ready")
            for page in sorted(PAGES):
                connection = HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request("GET", page)
                found[page] = connection.getresponse().status
                connection.close()
        finally:
            service.stop()
        return found, service.printed()

    def check(self, options):
        found, printed = self.statuses(options)
        self.assertEqual(found, PAGES, printed)
        self.assertNotIn("LateImportError", printed)

    def test_answers_every_page(self):
        self.check({})

    def test_answers_every_page_after_a_preload_with_all_packages(self):
        self.check({"packages": ["*"]})

    def test_does_not_without_preload(self):
        found, printed = self.statuses(None)
        self.assertEqual(found["/text"], 500, printed)
