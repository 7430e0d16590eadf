"""Use the web programs as a client with cookies. Each function gets a `Browser`, and fails at a wrong answer."""

from __future__ import absolute_import, division, print_function

import base64
import re

try:
    from http.cookiejar import CookieJar
    from urllib.error import HTTPError
    from urllib.parse import urlencode
    from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener
except ImportError:  # Python 2.7
    from urllib import urlencode

    from cookielib import CookieJar
    from urllib2 import HTTPCookieProcessor, HTTPError, ProxyHandler, Request, build_opener

SECONDS = 60
USER, PASSWORD = "admin", "not-Secret-4"


class WrongAnswer(Exception):
    """Say which page gave a wrong answer, and what it answered."""


class Browser(object):
    """Fetch pages from a port on loopback. Keep cookies, and follow redirections."""

    def __init__(self, port):
        self._root = "http://127.0.0.1:%d" % port
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))

    def fetch(self, path, form=None, body=None, headers=(), status=200, text=""):
        """Return the body of ``path``. Raise an error unless it has the ``status`` and contains ``text``.

        ``form``: pairs to post as a form. ``body``: bytes to post.
        """
        if form is not None:
            body = urlencode(form).encode("ascii")
        request = Request(self._root + path, body, dict(headers))
        try:
            response = self._opener.open(request, timeout=SECONDS)
        except HTTPError as error:
            response = error
        answer = response.read()
        response.close()
        if response.code != status or text.encode("utf-8") not in answer:
            raise WrongAnswer("%s answered %d %r" % (path, response.code, answer[-3000:]))
        return answer.decode("utf-8", "replace")

    def submit(self, path, fields, text=""):
        """Fetch a page with a form that a token protects, and post the form with ``fields``."""
        token = re.search("name=.csrfmiddlewaretoken. value=.([^'\"]+)", self.fetch(path)).group(1)
        return self.fetch(path, [("csrfmiddlewaretoken", token)] + list(fields), text=text)


def httpbin(browser):
    for path in (
        "/html",
        "/robots.txt",
        "/deny",
        "/ip",
        "/uuid",
        "/headers",
        "/user-agent",
        "/get?a=1&a=2",
        "/anything/x",
        "/gzip",
        "/deflate",
        "/brotli",
        "/redirect/2",
        "/redirect-to?url=/get",
        "/relative-redirect/1",
        "/absolute-redirect/1",
        "/stream/3",
        "/response-headers?a=b",
        "/cookies/set?a=b",
        "/cookies",
        "/cookies/delete?a",
        "/forms/post",
        "/delay/0",
        "/drip?duration=0.1&numbytes=2&delay=0",
        "/base64/aGVsbG8=",
        "/cache",
        "/cache/60",
        "/etag/a",
        "/encoding/utf8",
        "/bytes/64?seed=1",
        "/stream-bytes/64",
        "/range/64",
        "/links/3",
        "/image/png",
        "/image/svg",
        "/xml",
        "/json",
    ):
        browser.fetch(path)
    for path, status in (
        ("/status/418", 418),
        ("/nowhere", 404),
        ("/hidden-basic-auth/u/p", 404),
        ("/bearer", 401),
        ("/basic-auth/u/p", 401),
        ("/digest-auth/auth/u/p", 401),
        ("/digest-auth/auth-int/u/p/SHA-512", 401),
        ("/status/500", 500),
        ("/post", 405),
    ):
        browser.fetch(path, status=status)
    login = base64.b64encode(b"u:p").decode("ascii")
    browser.fetch("/basic-auth/u/p", headers=[("Authorization", "Basic " + login)], text='"authenticated": true')
    browser.fetch("/post", [("a", "1"), ("b", u"\u017e".encode("utf-8"))], text='"a": "1"')
    browser.fetch("/post", body=b'{"a": [1.5, null]}', headers=[("Content-Type", "application/json")])
    browser.fetch(
        "/post", body=_upload(), headers=[("Content-Type", "multipart/form-data; boundary=limit")], text='"file": "a,b"'
    )
    browser.fetch("/etag/a", headers=[("If-None-Match", '"a"')], status=304)
    browser.fetch("/range/64", headers=[("Range", "bytes=0-9")], status=206)
    browser.fetch("/cache", headers=[("If-Modified-Since", "Sat, 21 Nov 2026 10:00:00 GMT")], status=304)


def _upload():
    return (
        b'--limit\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
        b"Content-Type: text/csv\r\n\r\na,b\r\n--limit--\r\n"
    )


def django_admin(browser):
    """Log in, list, add, change and delete, through the admin pages."""
    browser.fetch("/nowhere", status=404)
    browser.fetch("/admin/", text="csrfmiddlewaretoken")
    browser.submit("/admin/login/?next=/admin/", [("username", USER), ("password", "wrong")], text="correct")
    browser.submit("/admin/login/?next=/admin/", [("username", USER), ("password", PASSWORD)], text="Recent actions")
    browser.fetch("/admin/jsi18n/")
    browser.fetch("/admin/auth/", text="Groups")
    browser.fetch("/admin/auth/user/?o=1&is_staff__exact=1", text=USER)
    page = browser.submit(
        "/admin/auth/user/add/",
        [
            ("username", "second"),
            ("usable_password", "true"),
            ("_continue", "1"),
            ("password1", "another-Secret-4"),
            ("password2", "another-Secret-4"),
        ],
        text="was added",
    )
    user = re.search(r"/admin/auth/user/\d+/", page).group()
    browser.submit(
        "/admin/auth/user/add/", [("username", "third"), ("password1", "1"), ("password2", "2")], text="errornote"
    )
    browser.submit(
        user + "change/",
        [
            ("username", "second"),
            ("email", "second@example.org"),
            ("is_active", "on"),
            ("_save", "1"),
            ("date_joined_0", "2026-11-22"),
            ("date_joined_1", "10:00:00"),
            ("initial-date_joined_0", "2026-11-22"),
            ("initial-date_joined_1", "10:00:00"),
            ("last_login_0", ""),
            ("last_login_1", ""),
        ],
        text="was changed",
    )
    browser.fetch("/admin/auth/user/?q=second", text="second@example.org")
    browser.fetch(user + "history/")
    browser.submit(user + "delete/", [("post", "yes")], text="was deleted")
    page = browser.submit(
        "/admin/auth/group/add/",
        [("name", u"pi\u0161\u0165alky".encode("utf-8")), ("_continue", "1")],
        text="was added",
    )
    group = re.search(r"/admin/auth/group/\d+/", page).group()
    browser.submit(group + "delete/", [("post", "yes")], text="was deleted")
    browser.submit(
        "/admin/password_change/",
        [("old_password", PASSWORD), ("new_password1", "third-Secret-4"), ("new_password2", "third-Secret-4")],
    )
    browser.submit(
        "/admin/password_change/",
        [("old_password", "third-Secret-4"), ("new_password1", PASSWORD), ("new_password2", PASSWORD)],
    )


def datasette(browser):
    browser.fetch("/", text="fruit")
    for path in (
        "/fruit",
        "/fruit/tree",
        "/fruit/tree/1",
        "/fruit/tree?_sort=name&_facet=colour",
        "/fruit/tree?_search=a",
        "/fruit?sql=select+1",
        "/fruit/tree?name__contains=a&_size=1",
    ):
        browser.fetch(path)
    browser.fetch("/fruit/tree.json?_shape=array", text="quince")
    browser.fetch("/fruit/tree.csv?_stream=1", text="quince")
    browser.fetch("/fruit/tree/1.json", text="quince")
    browser.fetch("/fruit.db", status=403)
    for path in (
        "/-/databases",
        "/-/versions.json",
        "/-/plugins.json",
        "/-/settings.json",
        "/-/threads.json",
        "/-/actor.json",
        "/-/metadata",
        "/-/messages",
        "/-/allow-debug",
        "/-/patterns",
        "/-/static/app.css",
    ):
        browser.fetch(path)
    browser.fetch("/nowhere", status=404)
    browser.fetch("/fruit?sql=select+nothing+from+nowhere", status=400)
    browser.fetch("/-/logout", status=200)
