"""A Flask application: a page from a template, a session, and a shop whose plug-ins have computed names."""

from __future__ import absolute_import, division, print_function

import datetime

import flask
import requests
import shop

application = flask.Flask(__name__)
application.secret_key = "not secret"
PAGE = "{{ day.strftime('%A')|upper }} {{ visits }} {{ url }} {% for word in words|sort %}{{ word }} {% endfor %}"


@application.route("/")
def page():
    flask.session["visits"] = flask.session.get("visits", 0) + 1
    return flask.render_template_string(
        PAGE,
        day=datetime.datetime.strptime("2026-11-26", "%Y-%m-%d"),
        visits=flask.session["visits"],
        url=requests.Request("GET", u"http://b\xfccher.example/", params={"a": 1}).prepare().url,
        words=shop.work().split(),
    )
