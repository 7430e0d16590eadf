"""Test that real hosts serve without a late import if their configuration calls `preload()`, and only then."""

from __future__ import absolute_import, division, print_function

import io
import os
import re
import sys
import unittest
import zipfile

from tests.studies.hosts import declared, harness
from tests.support import fresh
from tests.support.folder import FolderTest

_TRIES = 3  # to be as fast as it should: a burst of work of another program can only make a request slower


class HostTest(unittest.TestCase):

    def host(self, name):
        """Return the declared host. Skip the test if it is not installed; fail where CI has installed all but Ray."""
        host = declared.by_name(name)
        missing = declared.missing(host)
        if missing:
            is_possible = host.prefix is None and (host.since or (2,)) <= sys.version_info
            is_possible = is_possible and (not host.forks or hasattr(os, "fork"))
            is_needed = os.environ.get("WARMUP_CI_HOSTS") and is_possible and name != "Ray"
            (self.fail if is_needed else self.skipTest)(missing)
        return host


class FlaskUnderGunicorn(HostTest):
    """Serve a Flask application in threads of a gunicorn worker, and fetch eight pages at once."""

    def setUp(self):
        self.server = self.host("gunicorn gthread, preload_app")

    def fetch_pages(self, warm):
        """Return the names of the modules that were loaded while the pages were fetched."""
        with harness.Run(warm) as run:
            run.start(self.server.command, self.server.ready)
            began = [event.seconds for event in run.events() if event.event == "preloaded" or not warm][-1]
            # The first requests, then the second ones, which use what the first ones cached.
            for _ in range(2):
                answers = harness.at_once([lambda page=page: (page, run.fetch(*page)[0]) for page in _pages()])
                # Cold, 2.7 answers 500 where strptime meets an import.
                for page, status in (answers if warm else ()):
                    self.assertEqual(status, 500 if page[0] == "/error" else 200, page)
            return sorted(event.name for event in run.events() if event.event == "load" and event.seconds > began)

    def test_warm_not_one_standard_module_is_loaded_while_its_pages_are_fetched(self):
        self.assertEqual(self.fetch_pages(warm=True), [])

    def test_cold_the_first_requests_load_standard_modules(self):
        late = self.fetch_pages(warm=False)
        self.assertTrue({"encodings.idna", "_strptime", "colorsys", "smtplib"}.issubset(late), late)


class Eventlet(FolderTest):
    """eventlet gives importlib a ``_thread`` of its own, whose idents are not those that the program gets."""

    def test_does_not_make_the_import_of_this_thread_that_of_another(self):
        if fresh.call(["-c", "import eventlet"]).code:
            self.skipTest("eventlet is not installed: python -m pip install -r %s" % declared.REQUIREMENTS)
        self.write(
            "body.py",
            u"""
            import json, os, time, warnings
            import warmup
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                warmup.preload(scan=False)
            guard, began = warmup.guard_fork(60), time.time()
            child = os.fork()
            if not child:
                os._exit(0)
            status = os.waitpid(child, 0)[1]
            print(json.dumps([[one.category.__name__ for one in caught], status, time.time() - began < 30]))
            """,
        )
        code = "import eventlet; eventlet.monkey_patch(); import body"
        result = fresh.call(["-W", "ignore", "-c", code], directory=self.folder)
        self.assertEqual((result.code, result.out), (0, "[[], 0, true]\n"), result)

    def test_does_not_make_the_import_of_a_green_thread_that_of_this_one(self):
        if fresh.call(["-c", "import eventlet"]).code:
            self.skipTest("eventlet is not installed: python -m pip install -r %s" % declared.REQUIREMENTS)
        self.write("slow.py", u"import threading, time\nthreading.begun = True\ntime.sleep(0.5)\nx = 1\n")
        self.write(
            "program.py",
            u"""
            import eventlet
            eventlet.monkey_patch()
            import os, threading, time, warmup
            threading.begun = False
            thread = threading.Thread(target=lambda: __import__("slow"))
            thread.start()
            while not threading.begun:
                time.sleep(0.01)
            warmup.guard_fork(60)
            child = os.fork()
            if not child:
                import slow
                os._exit(slow.x)
            print(os.waitpid(child, 0)[1] >> 8)
            """,
        )
        result = fresh.call(["-W", "ignore", "program.py"], directory=self.folder)
        self.assertEqual((result.code, result.out), (0, "1\n"), result)


class Mistakes(HostTest):
    """Test that a host with a wrong configuration starts and says what is wrong."""

    def printed(self, host, **environment):
        """Return what ``host`` prints until it has answered."""
        with harness.Run(True, environment=environment) as run:
            run.start(host.command, host.ready)
            self.assertEqual(run.fetch()[0], 200)
            return run.printed()

    def test_too_early_for_gevent(self):
        self.host("gunicorn gevent")
        master = self.host("gunicorn gthread, preload_app")
        gevent = harness.Server(
            "", [word.replace("gthread", "gevent") for word in master.command], master.ready, preloads=""
        )
        self.assertIn("was called before gevent.monkey.patch_all()", self.printed(gevent))
        self.assertNotIn("PreloadWarning", self.printed(self.host("gunicorn gevent")))

    def test_an_environment_variable_with_a_wrong_value(self):
        host = self.host("uWSGI shared-import")
        self.assertIn("WARMUP_CODECS: unknown codec", self.printed(host, WARMUP_CODECS="nonsense"))

    def test_switched_off(self):
        host = self.host("uWSGI shared-import")
        with harness.Run(True, environment={"WARMUP": "off"}) as run:
            run.start(host.command, host.ready)
            self.assertEqual(run.fetch()[0], 200)
            self.assertNotIn("preload", [event.event for event in run.events()])


class EveryHost(HostTest):
    """Test each host with slow imports: cold, its first request is slow; warm, it is as fast as a later one."""


def _test_of(name):
    def test(self):
        host = self.host(name)
        cold = harness.measure(host, warm=False)
        self.assertEqual(cold.preloaded, "nowhere")
        self.assertTrue(cold.late)
        self.assertGreater(cold.first, 3 * cold.later)
        for _ in range(_TRIES):
            warm = harness.measure(host, warm=True)
            self.assertEqual(warm.preloaded, host.preloads)
            self.assertEqual(warm.late, [])
            if warm.first < 3 * warm.later:
                break
        self.assertLess(warm.first, 3 * warm.later)

    test.__doc__ = "%s: cold some imports are late, warm none is" % name
    return test


for _host in declared.HOSTS:
    setattr(EveryHost, "test_" + re.sub(r"\W+", "_", _host.name).lower(), _test_of(_host.name))


class EveryReloader(HostTest):
    """The process that serves preloads, and so does the next one; that which watches the files never does."""


def _reloader_test_of(name):
    def test(self):
        host = self.host(name)
        with host.run(warm=True) as run:
            run.start(host.command, host.ready)
            first = run.sample().process
            run.reload(host.file, host.noticed, host.ready)
            second = run.sample().process
            watching = [event.process for event in run.events() if event.event == "start"][0]
            self.assertEqual(watching.partition("-")[0], str(run.process_id))
            self.assertEqual(len({watching, first, second}), 3)
            for kind in ("preload", "preloaded"):
                self.assertEqual([event.process for event in run.events() if event.event == kind], [first, second])

    test.__doc__ = "%s: preload() runs once in each process that serves, and in no other" % name
    return test


for _host in declared.HOSTS:
    if isinstance(_host, harness.Reloader):
        setattr(EveryReloader, "test_" + re.sub(r"\W+", "_", _host.name).lower(), _reloader_test_of(_host.name))


def _pages():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("a.txt", b"a" * 1000)
    form = (
        b'--limit\r\nContent-Disposition: form-data; name="archive"; filename="\xc5\x82.zip"\r\n'
        b"Content-Type: application/zip\r\n\r\n" + archive.getvalue() + b"\r\n--limit--\r\n"
    )
    return [
        ("/",),
        ("/codec",),
        ("/idna",),
        ("/date/2026-11-22",),
        ("/error",),
        ("/mail",),
        ("/template",),
        ("/session",),
        ("/download",),
        ("/import",),
        ("/json", "POST", b'{"numbers": [1.5, 2, 1e3]}', {"Content-Type": "application/json"}),
        ("/upload", "POST", form, {"Content-Type": "multipart/form-data; boundary=limit"}),
    ]
