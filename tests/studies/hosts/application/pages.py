"""Serve a Flask application. Its pages use things that applications first use in a request."""

from __future__ import absolute_import, division, print_function

import decimal
import gc
import io
import logging
import zipfile

import flask
import recorder
import work

application = flask.Flask(__name__)
application.secret_key = "not secret"
# Flask's, named as this.
logging.getLogger(__name__).addHandler(logging.StreamHandler(io.open("/dev/null", "w")))


@application.before_request
def serve():
    recorder.serve()


@application.route("/")
def everything():
    return flask.jsonify(work.do())


@application.route("/collect")
def collect():
    """Do what `everything` does, after a full garbage collection, which happens at times in a long life."""
    gc.collect()
    return everything()


@application.route("/codec")
def codec():
    return flask.Response(work.rare_codec().encode("cp1250"), mimetype="text/plain; charset=windows-1250")


@application.route("/idna")
def idna():
    return work.idna().decode("ascii")


@application.route("/date/<text>")
def date(text):
    return work.datetime.datetime.strptime(text, "%Y-%m-%d").strftime("%A %d %B")


@application.route("/error")
def error():
    raise RuntimeError("logged by Flask, answered with 500")


@application.route("/mail")
def mail():
    work.mailed_error()
    return "mailed"


@application.route("/json", methods=["POST"])
def json():
    data = flask.request.get_json()
    return flask.jsonify(sum=str(sum(decimal.Decimal(str(number)) for number in data["numbers"])))


@application.route("/template")
def template():
    return flask.render_template_string(
        "{% for name in names|sort %}{{ loop.index }}: {{ name|upper }}{{ '%.2f'|format(3.14159) }} {% endfor %}",
        names=["b", "a"],
    )


@application.route("/session")
def session():
    flask.session["visits"] = flask.session.get("visits", 0) + 1
    return str(flask.session["visits"])


@application.route("/upload", methods=["POST"])
def upload():
    return ", ".join(sorted(zipfile.ZipFile(io.BytesIO(flask.request.files["archive"].read())).namelist()))


@application.route("/download")
def download():
    return flask.send_file(io.BytesIO(b"a,b\r\n"), mimetype="text/csv")


@application.route("/import")
def function_level_import():
    return str(work.function_level_import())
