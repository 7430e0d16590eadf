"""Real hosts serve without a late import once `warmup.preload()` is in their configuration; without it, they do not."""
from __future__ import absolute_import, division, print_function

import io
import re
import unittest
import zipfile

from hosts import declared, harness


class FlaskUnderGunicorn(unittest.TestCase):
    """A Flask application in threads of a gunicorn worker; its pages are fetched eight at once."""

    host = declared.by_name("gunicorn gthread, preload_app")

    def setUp(self):
        missing = declared.missing(self.host)
        if missing:
            self.skipTest(missing)

    def fetch_pages(self, warm):
        """Returns the names of the modules that were loaded while the pages were fetched."""
        with harness.Run(warm) as run:
            run.start(self.host.command, self.host.ready)
            began = [event.seconds for event in run.events() if event.event == "preloaded" or not warm][-1]
            for _ in range(2):  # the first requests, then the second ones, which use what the first ones cached
                answers = harness.at_once([lambda page=page: (page, run.fetch(*page)[0]) for page in _pages()])
                for page, status in answers if warm else ():  # cold, 2.7 answers 500 where strptime meets an import
                    self.assertEqual(status, 500 if page[0] == "/error" else 200, page)
            return sorted(event.name for event in run.events() if event.event == "load" and event.seconds > began)

    def test_warm_not_one_standard_module_is_loaded_while_its_pages_are_fetched(self):
        self.assertEqual(self.fetch_pages(warm=True), [])

    def test_cold_the_first_requests_load_standard_modules(self):
        late = self.fetch_pages(warm=False)
        self.assertTrue({"encodings.idna", "_strptime", "colorsys", "smtplib"}.issubset(late), late)


class EveryHost(unittest.TestCase):
    """Each host, with every late import slowed down: cold its first request is slow, warm it is as any other."""


def _test_of(host):
    def test(self):
        missing = declared.missing(host)
        if missing:
            self.skipTest(missing)
        cold = harness.measure(host, warm=False)
        self.assertEqual(cold.preloaded, "nowhere")
        self.assertTrue(cold.late)
        self.assertGreater(cold.first, 3 * cold.later)
        warm = harness.measure(host, warm=True)
        self.assertEqual(warm.preloaded, host.preloads)
        self.assertEqual(warm.late, [])
        self.assertLess(warm.first, 3 * warm.later)

    test.__doc__ = "%s: cold some imports are late, warm none is" % host.name
    return test


for _host in declared.HOSTS:
    setattr(EveryHost, "test_" + re.sub(r"\W+", "_", _host.name).lower(), _test_of(_host))


def _pages():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("a.txt", b"a" * 1000)
    form = (b'--limit\r\nContent-Disposition: form-data; name="archive"; filename="\xc5\x82.zip"\r\n'
            b"Content-Type: application/zip\r\n\r\n" + archive.getvalue() + b"\r\n--limit--\r\n")
    return [
        ("/",), ("/codec",), ("/idna",), ("/date/2026-11-22",), ("/error",), ("/mail",), ("/template",), ("/session",),
        ("/download",), ("/import",),
        ("/json", "POST", b'{"numbers": [1.5, 2, 1e3]}', {"Content-Type": "application/json"}),
        ("/upload", "POST", form, {"Content-Type": "multipart/form-data; boundary=limit"}),
    ]


if __name__ == "__main__":
    unittest.main()
