"""Test ``python -m warmup check``."""

from __future__ import absolute_import, division, print_function

import io
import json
import os
import signal
import sys
import time
import unittest

from tests.support import fresh, process
from tests.support.folder import FolderTest

SHOP = u"""
    import json  # start-up

    def app(environ, start_response):
        assert environ["REQUEST_METHOD"] == "GET"
        if environ["PATH_INFO"] == "/boom":
            raise ValueError("boom")
        if environ["PATH_INFO"] == "/plugin":
            __import__("shop_" + "plugin")
        if environ["PATH_INFO"] == "/library":
            import argparse, sched
        if environ["PATH_INFO"] == "/codec":
            u"x".encode("cp1250")
        if environ["PATH_INFO"] == "/missing":
            try:
                import no_such_module
            except ImportError:
                pass
        start_response("500 Oh" if environ["PATH_INFO"] == "/500" else "200 OK", [])
        return [b""]

    def create_app(name, times=1):
        assert (name, times) == ("x", 2)
        return app

    class Jobs(object):
        @staticmethod
        def run():
            import shop_plugin

    def broken():
        raise ValueError("boom")
"""

FORGED = u"__import__('x\\nwarm: nothing')"


class Check(FolderTest):
    def setUp(self):
        FolderTest.setUp(self)
        self.write("shop.py", SHOP)
        self.write("my-shop.py", SHOP)
        self.write("shop_plugin.py", u"import sched")

    def check(self, *arguments):
        return fresh.call(["-m", "warmup", "check"] + list(arguments), directory=self.folder)

    def data(self, *arguments):
        result = self.check("--json", *arguments)
        return result.code, json.loads(result.out)

    def assert_cures(self, code, data, arguments):
        """Assert that something was late, and that each cure ends it."""
        self.assertEqual(code, 1)
        self.assertTrue(data["cures"])
        for cure in data["cures"]:
            options = [word for key in sorted(cure) for word in ("--" + key, ",".join(cure[key]))]
            result = self.check(*(options + arguments))
            self.assertEqual((result.code, result.err), (0, ""), (cure, result))

    @staticmethod
    def names(late):
        return [one["name"] for one in late]

    def test_ends_with_0_if_nothing_is_late(self):
        for arguments in (
            ["shop:app"],
            ["--no-scan", "shop"],
            ["--no-scan", "shop:create_app('x', times=2)"],
            ["--no-scan", "--get", "/?a=b", "shop:app"],
            ["shop:app", "--get", "/", "/library"],
            ["--no-scan", "my-shop:app"],
        ):
            result = self.check(*arguments)
            self.assertEqual((result.code, result.err), (0, ""), result)
            self.assertIn("nothing was late", result.out)

    def test_ends_with_1_and_says_what_is_late_who_asked_and_what_cures_it(self):
        result = self.check("--get", "/", "/plugin", "shop:app")
        self.assertEqual((result.code, result.err), (1, ""), result)
        for text in ("cold", "warm", "shop_plugin", "shop.py:10 app", 'modules=["shop_plugin"]'):
            self.assertIn(text, result.out)
        self.assertEqual(self.check("--get", "/plugin", "--modules", "shop_plugin", "--get", "/", "shop:app").code, 0)

    def test_finds_the_application_behind_options_that_take_several_names(self):
        self.write("two.py", u"def create_app(a, b):\n    from shop import app\n    return app\n")
        for arguments in (
            ["--get", "/", "/plugin", "--allow", "shop_plugin", "shop:app"],
            ["--allow", "shop_plugin", "--get", "/", "/plugin", "shop:app"],
            ["--get", "/", "--allow", "shop_plugin", "shop:app", "--get", "/plugin"],
            ["--get", "/", "/plugin", "shop:app", "--allow", "x", "shop_plugin"],
            ["--get", "/plugin", "--allow", "shop_plugin,x", "two:create_app('a', 'b')"],
            ["--get", "/plugin", "two:create_app('a', 'b')", "--allow", "shop_plugin"],
        ):
            result = self.check("--no-scan", *arguments)
            self.assertEqual((result.code, result.err), (0, ""), result)
            self.assertIn("and allowed", result.out)

    def test_shows_cold_beside_warm(self):
        code, data = self.data("--get", "/library", "shop:app")
        self.assertEqual(code, 0)
        self.assertEqual(self.names(data["cold"]["late"]), ["argparse", "sched"])
        self.assertEqual(self.names(data["warm"]["late"]), [])
        self.assertGreater(data["warm"]["preload"]["modules"], 1)

    def test_what_the_application_preloads_counts_in_the_warm_run_alone(self):
        self.write("warmed.py", u"from shop import *\nimport warmup\nwarmup.preload()\nimport warmup.auto\n")
        code, data = self.data("--get", "/library", "warmed:app")
        self.assertEqual((code, self.names(data["cold"]["late"])), (0, ["argparse", "sched"]))

    def test_an_application_that_refuses_late_imports_differs_from_a_missing_module(self):
        for seal in ("warmup.watch('raise')", "warmup.Watch('raise')"):
            self.write(
                "sealed.py",
                u"""
                import warmup
                %s

                def app(environ, start_response):
                    try:
                        import sched
                    except ImportError:
                        pass
                    start_response("200 OK", [])
                    return []
            """ % seal,
            )
            code, data = self.data("--no-scan", "sealed:app")
            self.assertEqual((code, self.names(data["late"])), (1, ["sched"]), seal)
            self.assertEqual(self.names(data["cold"]["late"]), ["sched"], seal)
            self.assertEqual(data["failed"], [], seal)
        self.write("sealed2.py", u"import warmup\nwarmup.watch('raise')\nfrom shop import app\n")
        arguments = ["--no-scan", "--get", "/library", "/codec", "sealed2:app"]
        code, data = self.data(*arguments)
        self.assertEqual((code, data["raised"]), (1, None))
        self.assertEqual(data["cures"], [{"codecs": ["cp1250"], "modules": ["argparse", "sched"]}])
        result = self.check("--modules", "argparse,sched", "--codecs", "cp1250", *arguments)
        self.assertEqual(result.code, 0, result)

    def test_takes_the_options_of_preload(self):
        code, data = self.data("--no-scan", "--get", "/library", "shop:app")
        self.assertEqual((code, self.names(data["late"])), (1, ["argparse", "sched"]))
        self.assertEqual(data["cures"], [{"modules": ["argparse", "sched"]}])
        code, data = self.data("--no-scan", "--modules", "sched", "--get", "/library", "shop:app")
        self.assertEqual(data["cures"], [{"modules": ["sched", "argparse"]}])

    def test_a_cure_names_nothing_that_is_excluded(self):
        arguments = ["--no-scan", "--get", "/library", "/codec", "shop:app", "--exclude", "sched"]
        code, data = self.data(*arguments)
        self.assertEqual((code, self.names(data["late"])), (1, ["argparse", "sched", "cp1250"]))
        self.assertEqual(data["cures"], [{"modules": ["argparse"], "codecs": ["cp1250"]}])
        text = self.check("--modules", "argparse", "--codecs", "cp1250", *arguments).out
        self.assertNotIn("would cure", text)
        self.assertIn("--exclude forbids sched", text)
        code, data = self.data("--exclude", "encodings.cp1250", *arguments)
        self.assertEqual(data["cures"], [{"modules": ["argparse"]}])

    def test_a_manifest_is_found_from_an_application_that_changes_the_folder(self):
        self.write("moves.py", u"import os\nfrom shop import app\nos.chdir(os.sep)\n")
        arguments = ["--no-scan", "--get", "/library", "moves:app"]
        self.assertEqual(self.check("-o", "shop.manifest", *arguments).code, 1)
        result = self.check("--manifest", "shop.manifest", *arguments)
        self.assertEqual((result.code, result.err), (0, ""), result)

    def test_writes_a_manifest_that_cures(self):
        manifest = os.path.join(self.folder, "shop.manifest")
        arguments = ["--get", "/library", "/codec", "/plugin", "--no-scan", "shop:app"]
        result = self.check("-o", manifest, *arguments)
        self.assertEqual(result.code, 1, result)
        with io.open(manifest) as stream:
            lines = [line.partition("#")[0].strip() for line in stream]
        self.assertEqual(
            [line for line in lines[2:] if not line.startswith("with ")],
            ["module argparse", "module sched", "codec cp1250", "module shop_plugin"],
        )
        self.assertEqual(self.check("--manifest", manifest, *arguments).code, 0)

    def test_accepts_what_is_allowed(self):
        self.assertEqual(self.check("--allow", "shop_plugin", "--get", "/plugin", "--", "shop:app").code, 0)
        self.assertEqual(
            self.check("--get", "/library", "--no-scan", "shop:app", "--allow", "argparse", "sched").code, 0
        )
        self.assertEqual(self.check("--get", "/library", "--no-scan", "--allow", "argparse", "shop:app").code, 1)

    def test_accepts_a_codec_by_each_of_its_names(self):
        self.write("codec.py", SHOP.replace(u'"cp1250"', u'"windows-1250"'))
        for name in "windows-1250", "windows_1250", "Windows-1250", "cp1250":
            result = self.check("--no-scan", "--get", "/codec", "--allow", name, "codec:app")
            self.assertEqual(result.code, 0, result)
        result = self.check("--no-scan", "--get", "/codec", "--allow", "cp1251", "codec:app")
        self.assertEqual(result.code, 1, result)

    def test_accepts_a_codec_by_its_module_and_by_the_package_of_all_codecs(self):
        for name in "encodings", "encodings.cp1250":
            result = self.check("--no-scan", "--get", "/codec", "--allow", name, "--", "shop:app")
            self.assertEqual(result.code, 0, result)

    def test_shows_each_late_import_in_one_line(self):
        self.write("forged.py", SHOP.replace(u'"no_such_module"', u'"x"').replace(u"import no_such_module", FORGED))
        result = self.check("--get", "/missing", "forged:app")
        self.assertIn("x warm: nothing", result.out)
        self.assertNotIn("\nwarm: nothing", result.out)

    def test_an_import_in_vain_is_not_late(self):
        result = self.check("--get", "/missing", "shop:app")
        self.assertEqual(result.code, 0, result)
        self.assertIn("no_such_module", result.out)

    def test_names_the_package_that_would_cure_it(self):
        os.mkdir(os.path.join(self.folder, "tax"))
        self.write("tax/__init__.py", u"def rate():\n    import tax.rates\n")
        self.write("tax/rates.py", u"")
        code, data = self.data("--call", "tax:rate")
        self.assertEqual((code, data["cures"]), (1, [{"modules": ["tax.rates"]}, {"packages": ["tax"]}]))
        self.assertEqual(self.check("--call", "tax:rate", "--packages", "tax").code, 0)

    def test_each_cure_ends_what_was_late(self):
        os.mkdir(os.path.join(self.folder, "tax"))
        self.write(
            "tax/__init__.py",
            u"""
            def rate(kind="special"):
                import tax.rates
                __import__("tax." + kind)
            """,
        )
        self.write("tax/rates.py", u"")
        self.write("tax/special.py", u"")
        self.write("tax_plugin.py", u"")
        self.write(
            "taxed.py",
            u"""
            import tax, shop
            def app(environ, start_response, plugin="tax_plugin"):
                tax.rate()
                __import__(plugin)
                return shop.app(environ, start_response)
            """,
        )
        for arguments in (
            [],
            ["--no-scan"],
            ["--no-scan", "--modules", "sched"],
            ["--packages", "shop"],
            ["--codecs", "latin-1"],
        ):
            arguments = ["--get", "/codec", "/library", "/plugin", "taxed:app"] + arguments
            code, data = self.data(*arguments)
            # Of an option that is given twice, both values count. A user would replace it.
            self.assert_cures(code, data, arguments)
        code, data = self.data("taxed:app")
        self.assertEqual(data["cures"][1], {"modules": ["tax.special", "tax_plugin"], "packages": ["tax"]})

    def test_a_cure_keeps_every_codec(self):
        os.mkdir(os.path.join(self.folder, "more"))
        self.write("more/shop_codec.py", u"from encodings.latin_1 import getregentry\n")
        self.write(
            "coded.py",
            u"""
            import encodings, os
            encodings.__path__.append(os.path.abspath("more"))
            def app(environ, start_response):
                u"x".encode("shop_codec"), u"x".encode("cp1250")
                start_response("200 OK", [])
                return []
            """,
        )
        code, data = self.data("coded:app")
        self.assertEqual(self.names(data["late"]), ["shop_codec"])
        self.assertEqual(data["cures"], [{"modules": ["encodings.shop_codec"]}])
        self.assert_cures(code, data, ["coded:app"])
        arguments = ["--no-scan", "coded:app"]
        code, data = self.data(*arguments)
        self.assertEqual(data["cures"], [{"codecs": ["shop_codec", "cp1250"]}])
        self.assert_cures(code, data, arguments)

    @unittest.skipUnless(sys.version_info >= (3, 15), "no placeholders")
    def test_a_cure_ends_placeholders(self):
        os.mkdir(os.path.join(self.folder, "tax"))
        for name in "__init__", "rates", "other":
            self.write("tax/%s.py" % name, u"thing = 1")
        self.write(
            "lazy.py",
            u"""
            lazy import tax.rates
            lazy from tax.other import thing
            def app(environ, start_response):
                tax.rates.thing, thing
                start_response("200 OK", [])
                return []
            """,
        )
        for arguments in ["lazy:app"], ["--no-scan", "lazy:app"]:
            code, data = self.data(*arguments)
            self.assertEqual(self.names(data["late"]), ["tax", "tax.rates", "tax.other"])
            self.assert_cures(code, data, arguments)

    def test_the_manifest_that_is_shown_cures(self):
        given, written = (os.path.join(self.folder, name) for name in ("a.manifest", "b.manifest"))
        self.write("a.manifest", u"warmup-manifest 1\nmodule argparse\n")
        arguments = ["--no-scan", "--get", "/library", "shop:app", "--manifest", "a.manifest"]
        result = self.check("-o", "b.manifest", *arguments)
        self.assertEqual(result.code, 1, result)
        self.assertIn('    manifest="a.manifest", after you append b.manifest to it\n', result.out)
        with io.open(written, "rb") as source, io.open(given, "ab") as stream:
            stream.write(source.read())
        self.assertEqual(self.check(*arguments).code, 0)
        # The same file under another name, and no other manifest.
        for manifest, more in ((os.path.join(".", "c.manifest"), ["--manifest", "c.manifest"]), ("d.manifest", [])):
            self.write("c.manifest", u"warmup-manifest 1\nmodule argparse\n")
            result = self.check("-o", manifest, *(arguments[:4] + more))
            self.assertIn("    manifest=%s\n" % json.dumps(manifest), result.out)
            self.assertEqual(self.check("--manifest", manifest, *arguments[:4]).code, 0)

    def test_calls_a_callable(self):
        code, data = self.data("--call", "shop:Jobs.run")
        self.assertEqual((code, self.names(data["late"])), (1, ["shop_plugin"]))
        code, data = self.data("--call", "shop:Jobs.run", "--modules", "shop_plugin", "shop:app")
        self.assertEqual((code, self.names(data["late"])), (0, []))

    @unittest.skipIf(fresh.PY2, "no mocks in the library")
    def test_calls_a_mock(self):
        """It has each attribute that it is asked for."""
        self.write("job.py", u"from unittest import mock\ntask = mock.Mock()\n")
        code, data = self.data("--no-scan", "--call", "job:task")
        self.assertEqual((code, self.names(data["late"])), (0, []))

    def test_takes_what_a_called_generator_yields(self):
        self.write("job.py", u"def run():\n    yield 1\n    import sched\n")
        code, data = self.data("--no-scan", "--call", "job:run")
        self.assertEqual((code, self.names(data["late"])), (1, ["sched"]))

    @unittest.skipIf(fresh.PY2, "no async")
    def test_waits_for_a_called_coroutine(self):
        self.write("job.py", u"async def run():\n    import sched\n")
        code, data = self.data("--no-scan", "--call", "job:run")
        self.assertEqual((code, self.names(data["late"])), (1, ["sched"]))

    def test_ends_with_1_if_the_application_raises(self):
        for arguments in (["--get", "/boom", "shop:app"], ["--call", "shop:broken"], ["--get", "/500", "shop:app"]):
            result = self.check("--no-scan", *arguments)
            self.assertEqual(result.code, 1, result)
            self.assertIn("boom" if "/500" not in arguments else "500", result.out)
            self.assertNotIn("nothing was late", result.out)

    @unittest.skipUnless(hasattr(os, "setsid"), "no sessions here")
    def test_leaves_no_process_that_the_application_has_started(self):
        self.write(
            "starts.py",
            u"""
            import os, subprocess, sys
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            with open("pids", "a") as stream:
                stream.write("%d\\n" % child.pid)
            def app(environ, start_response):
                start_response("200 OK", [])
                return []
        """,
        )
        words = [sys.executable, "-m", "warmup", "check", "--no-scan", "starts:app"]
        command = process.Service(words, process.variables(PYTHONPATH=fresh.ROOT), self.folder)
        try:
            command.wait("nothing was late")
            with open(os.path.join(self.folder, "pids")) as stream:
                pids = list(map(int, stream))
            self.assertEqual([process.has_ended(pid, 10) for pid in pids], [True, True])
        finally:
            command.stop()

    @unittest.skipUnless(hasattr(os, "setsid"), "no sessions here")
    def test_leaves_nothing_if_a_signal_ends_it(self):
        self.write(
            "hangs.py",
            u"""
            import os, time
            with open("pid", "w") as stream:
                stream.write("%d" % os.getpid())
            os.rename("pid", "pids")
            time.sleep(600)
        """,
        )
        temporary, path = os.path.join(self.folder, "tmp"), os.path.join(self.folder, "pids")
        os.mkdir(temporary)
        for number in signal.SIGTERM, signal.SIGHUP:
            environment = process.variables(PYTHONPATH=fresh.ROOT, TMPDIR=temporary)
            words = [sys.executable, "-m", "warmup", "check", "--no-scan", "hangs:app"]
            before = signal.signal(number, signal.SIG_DFL)  # nohup, which may run the tests, ignores SIGHUP
            try:
                command = process.Service(words, environment, self.folder)
            finally:
                signal.signal(number, before)
            try:
                until = time.time() + process.SLOW
                while not os.path.exists(path) and time.time() < until:
                    time.sleep(0.01)
                with open(path) as stream:
                    pid = int(stream.read())
                os.remove(path)
                os.kill(command.process_id, number)  # not its children
                self.assertEqual(command.wait_for_code(), 128 + number)
            finally:
                command.stop()
            self.assertTrue(process.has_ended(pid))
            self.assertEqual(os.listdir(temporary), [])

    def test_does_not_wait_for_threads_if_the_application_closes_a_stream(self):
        self.write(
            "closes.py",
            u"""
            import sys, threading, time
            def app(environ, start_response):
                threading.Thread(target=time.sleep, args=(600,)).start()
                sys.stdout.close()
                start_response("200 OK", [])
                return []
        """,
        )
        result = self.check("--no-scan", "--timeout", "30", "closes:app")
        self.assertEqual((result.code, result.err), (0, ""), result)

    def test_says_that_a_request_may_not_have_reached_the_code(self):
        source = u"def app(environ, start_response):\n    start_response('%s', [])\n    return []\n"
        for status in ("302 Found", "400 Bad Request", "404 Not Found"):
            self.write("guarded_%s.py" % status[:3], source % status)
            result = self.check("--no-scan", "guarded_%s:app" % status[:3])
            self.assertEqual(result.code, 0, result)
            self.assertIn("/ was answered with status %s: make sure that your code has run" % status[:3], result.out)
        self.assertNotIn("make sure", self.check("--no-scan", "shop:app").out)

    def test_sends_each_request_also_after_one_that_fails(self):
        self.write(
            "served.py",
            u"""
            import shop
            def app(environ, start_response):
                if environ["PATH_INFO"] == "/exit":
                    raise SystemExit(3)
                return shop.app(environ, start_response)
            """,
        )
        if not fresh.PY2:
            self.write(
                "served_async.py",
                u"""
                async def app(scope, receive, send):
                    path = scope.get("path")
                    if path == "/exit":
                        raise SystemExit(3)
                    if path == "/boom":
                        raise ValueError("boom")
                    if path == "/library":
                        import argparse, sched
                    await send({"type": "http.response.start", "headers": [],
                                "status": 500 if path == "/500" else 200})
                    await send({"type": "http.response.body", "body": b""})
                """,
            )
        problems = ("ValueError: boom (/boom)", "SystemExit: 3 (/exit)", "/500 was answered with status 500")
        for name in ["served"] + ["served_async"] * (not fresh.PY2):
            arguments = ["--no-scan", "--get", "/boom", "/500", "/exit", "/library", name]
            code, data = self.data(*arguments)
            self.assertEqual((code, self.names(data["late"])), (1, ["argparse", "sched"]), name)
            self.assertEqual([use[0] for use in data["warm"]["uses"]], ["/500", "/library"], name)
            self.assertEqual(data["raised"], "; ".join(problems), name)
            self.assertIn("a use failed: " + "; ".join(problems), self.check(*arguments).out)

    @unittest.skipIf(fresh.PY2, "no such status")
    def test_takes_a_status_that_is_a_member_of_an_enumeration(self):
        self.write(
            "status.py",
            u"""
            from http import HTTPStatus
            async def app(scope, receive, send):
                await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": []})
                await send({"type": "http.response.body", "body": b"x"})
            """,
        )
        code, data = self.data("--no-scan", "status:app")
        self.assertEqual((code, data["raised"]), (0, None))

    @unittest.skipIf(fresh.PY2, "no await")
    def test_waits_for_an_object_that_can_be_awaited(self):
        self.write(
            "pool.py",
            u"""
            class Pool:
                def __await__(self):
                    import sched
                    return iter(())
            """,
        )
        code, data = self.data("--no-scan", "--call", "pool:Pool")
        self.assertEqual((code, self.names(data["late"])), (1, ["sched"]))

    def test_is_cold_where_the_start_of_python_preloads(self):
        self.write("sitecustomize.py", u"import warmup.auto\n")
        self.write("shop.py", u"import time\ndef run():\n    time.strptime('2026', '%Y')\n")
        result = fresh.call(
            "-m warmup check --json --no-scan --call shop:run".split(),
            {"PYTHONPATH": os.pathsep.join([self.folder, fresh.ROOT])},
            self.folder,
        )
        data = json.loads(result.out)
        # Warm, the start of Python preloads, as it does wherever the application runs.
        self.assertEqual((result.code, "_strptime" in str(data["cold"]["late"])), (0, True), result)

    def test_says_that_an_application_raises_cold_alone(self):
        self.write("cold.py", u"import sys\ndef run(): sys.modules['sched']\n")
        result = self.check("--no-scan", "--modules", "sched", "--call", "cold:run")
        self.assertEqual(result.code, 0, result)
        self.assertIn("a use failed, cold: KeyError: 'sched' (cold:run)\n", result.out)

    def test_does_not_say_that_nothing_was_late_if_the_answer_is_lost(self):
        self.write("ends.py", u"import os\ndef run():\n    import sched\n    os._exit(9)\n")
        result = self.check("--no-scan", "--call", "ends:run")
        self.assertEqual(result.code, 1, result)
        self.assertIn("ended, with exit status 9 (ends:run)", result.out)
        self.assertNotIn("nothing was late", result.out)
        for side in "cold", "warm":
            self.assertIn([side, "?", "?", "?"], [line.split() for line in result.out.splitlines()])

    def test_counts_no_codec_that_it_looks_up_itself(self):
        # Of SHOP, the import of json would look latin_1 up.
        self.write("shop.py", SHOP.replace(u"    import json  # start-up\n", u""))
        options = ["-X", "dev"] if not fresh.PY2 and not fresh.PYPY else []
        for path in "/", "/boom":  # PyPy needs a codec to describe an exception
            result = fresh.call(
                options
                + ["-m", "warmup", "check", "--json", "--no-scan", "--codecs", "none", "--get", path, "shop:app"],
                directory=self.folder,
            )
            data = json.loads(result.out)
            self.assertEqual((data["cold"]["late"], data["late"]), ([], []), path)

    def test_ends_with_1_if_the_application_does_not_answer(self):
        self.write("silent.py", u"def app(environ, start_response): return []\n")
        if not fresh.PY2:
            self.write(
                "silent_async.py",
                u"""
                async def app(scope, receive, send):
                    pass
                """,
            )
        for name in ["silent"] + ["silent_async"] * (not fresh.PY2):
            result = self.check("--no-scan", name)
            self.assertEqual(result.code, 1, result)
            self.assertIn("a use failed: RuntimeError: no response", result.out)

    def test_says_where_an_application_hangs_and_ends_with_2(self):
        self.write(
            "hangs.py",
            u"""
            import threading
            lock = threading.Lock()
            lock.acquire()

            def wait_for_ever():
                lock.acquire()

            def app(environ, start_response):
                if environ["PATH_INFO"] == "/hang":
                    wait_for_ever()
                start_response("200 OK", [])
                return [b""]
        """,
        )
        self.write("hangs_early.py", u"import hangs\nhangs.wait_for_ever()\ndef app(*args): pass\n")
        self.assertEqual(self.check("--timeout", "60", "--no-scan", "hangs:app").code, 0)
        for arguments, what in (
            (["--get", "/", "/hang", "hangs:app"], "/hang took"),
            (["--call", "hangs:wait_for_ever"], "hangs:wait_for_ever took"),
            (["hangs_early:app"], "the import of hangs_early took"),
        ):
            result = self.check("--timeout", "2", "--no-scan", *arguments)
            self.assertEqual((result.code, result.out), (2, ""), result)
            self.assertIn("warmup check: " + what + " more than 2 seconds", result.err)
            lines = result.err.splitlines()
            self.assertIn("hangs.py", lines[1])
            self.assertTrue(lines[1].endswith("line 8 in wait_for_ever"), result)
            self.assertNotIn("_visit.py", result.err)

    @unittest.skipUnless(hasattr(os, "fork"), "no fork")
    def test_is_not_disturbed_by_children_that_the_application_forks(self):
        self.write(
            "forks.py",
            u"""
            import os, sys
            reader, writer = os.pipe()
            child = os.fork()  # goes on, as the parent does
            if not child:
                os.read(reader, 1)
                sys.exit(3)

            def app(environ, start_response):
                inner = os.fork()
                if not inner and environ["PATH_INFO"] == "/exit":
                    sys.exit(4)
                if not inner and environ["PATH_INFO"] == "/raise":
                    raise ValueError("in the child")
                start_response("200 OK", [])
                if inner:
                    status = os.waitpid(inner, 0)[1] >> 8
                    assert status == {"/exit": 4, "/raise": 1}.get(environ["PATH_INFO"], 0), status
                    if environ["PATH_INFO"] == "/last":
                        os.write(writer, b"x")
                        status = os.waitpid(child, 0)[1] >> 8
                        # On 2.7, an import that ends in a child raises an error of its own.
                        assert status == 3 or sys.version_info < (3,), status
                return [b""]
        """,
        )
        result = self.check("--get", "/exit", "--get", "/raise", "--get", "/", "--get", "/last", "forks:app")
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertIn("nothing was late", result.out)

    def test_names_the_remedy_for_a_factory_without_parentheses(self):
        self.write(
            "made.py",
            u"""
            class Stack(object):
                def __call__(self):
                    return lambda environ, start_response: []
            create_app = app = Stack()
            def make():
                return Stack()
        """,
        )
        for words, named in ("made:create_app", "create_app"), ("made", "app"), ("made:make()", "make()"):
            result = self.check(words)
            self.assertEqual((result.code, result.out), (2, ""), result)
            expected = ": %s needs no argument, so it is no WSGI or ASGI application: " % named
            if words != "made:make()":
                expected += "if it makes the application, write %s(); " % named
            self.assertIn(expected + "if check shall only call it, use --call", result.err)

    def test_names_the_remedy_where_the_package_is_not_on_the_path(self):
        os.makedirs(os.path.join(self.folder, "src", "store"))
        self.write("src/store/__init__.py", u"")
        self.write("src/store/web.py", u"from . import __doc__\ndef app(*args): pass\n")
        result = self.check("store.web:app")
        self.assertEqual((result.code, result.out), (2, ""), result)
        self.assertIn("; set PYTHONPATH to the folder that contains the package", result.err)

    def test_says_that_a_request_hangs_warm_alone(self):
        self.write(
            "hangs.py",
            u"""
            import sys
            def app(environ, start_response):
                while "sched" in sys.modules:
                    pass
                start_response("200 OK", [])
                return [b""]
        """,
        )
        result = self.check("--no-scan", "--modules", "sched", "--timeout", "2", "hangs:app")
        self.assertEqual((result.code, result.out), (2, ""), result)
        self.assertIn("/ took more than 2 seconds (--timeout), warm", result.err)
        self.assertIn("hangs.py", result.err.splitlines()[1])

    def test_refuses_wrong_input_in_one_line(self):
        manifest = os.path.join(self.folder, "bad.manifest")
        self.write("bad.manifest", u"warmup-manifest 1\nmodul x\n")
        self.write("exits.py", u"raise SystemExit(3)")
        for arguments, text in (
            ([], "MODULE:APPLICATION"),
            ([""], "names no application"),
            (["--call", ""], "--call"),
            (["--call", "", "shop:app"], "--call"),
            (["-o", "", "shop:app"], "-o"),
            (["--no-scan", "--codecs", "all", "shop:app"], "--codecs: all and --no-scan contradict"),
            (["no_such_module:app"], "no_such_module"),
            (["shop:no_such_name"], "no_such_name"),
            (["shop:app:x"], "shop:app:x"),
            (["./shop:app"], "names no application"),
            (["shop..app"], "names no application"),
            (["exits:app"], "SystemExit"),
            (["--get", "x", "shop:app"], "begins with /"),
            (["--get", "x", "--allow", "y", "shop:app"], "begins with /"),
            (["--get", "/", "--call", "shop:broken"], "contradict"),
            (["--call", "shop"], "--call"),
            (["--codecs", "latn-1", "shop:app"], "--codecs: "),
            (["--no-scan", "--modules", "no_such_module", "--strict", "shop:app"], "no_such_module"),
            (["--manifest", manifest, "shop:app"], "bad.manifest:2"),
            (["-o", "shop.py", "shop:app"], "shop.py:3"),
        ):
            result = self.check(*arguments)
            self.assertEqual((result.code, result.out), (2, ""), result)
            self.assertEqual(len(result.err.splitlines()), 1, result)
            self.assertIn(text, result.err)

    def test_refuses_a_time_that_is_none(self):
        for text in "0", "-1", "x", "nan", "1e9":
            result = self.check("--timeout=" + text, "shop:app")
            self.assertEqual((result.code, result.out), (2, ""), result)
            self.assertIn("write a number of seconds", result.err)

    def test_imports_nothing_of_its_own_from_the_current_folder(self):
        # PyPy and CPython 3.11.9 import threading themselves, before they run anything by -m.
        loaded = fresh.call(["-c", "import runpy, sys; print(' '.join(sys.modules))"]).out.split()
        names = {"json", "argparse", "ast", "tempfile", "subprocess", "threading", "logging"}.difference(loaded)
        self.assertIn("argparse", names)
        for name in names:
            self.write(name + ".py", u"raise SystemExit('from the current folder')")
        self.write("plain.py", u"def app(environ, start_response):\n    start_response('200 OK', [])\n    return []")
        result = self.check("--no-scan", "plain:app")
        self.assertEqual((result.code, result.err), (0, ""), result)

    @unittest.skipIf(fresh.PY2, "no async")
    def test_waits_for_a_thread_of_the_application_that_imports_asyncio(self):
        self.write(
            "served.py",
            u"""
            import threading

            def work():
                import asyncio

            threading.Thread(target=work).start()

            async def app(scope, receive, send):
                if scope["type"] == "http":
                    await send({"type": "http.response.start", "status": 204, "headers": []})
                    await send({"type": "http.response.body", "body": b""})
        """,
        )
        result = self.check("--no-scan", "served:app")
        self.assertEqual((result.code, result.err), (0, ""), result)

    @unittest.skipIf(fresh.PY2, "no async")
    def test_asgi(self):
        self.write(
            "served.py",
            u"""
            async def app(scope, receive, send):
                if scope["type"] == "lifespan":
                    import shop_plugin
                    assert (await receive())["type"] == "lifespan.startup"
                    await send({"type": "lifespan.startup.complete"})
                    await receive()
                assert (await receive())["type"] == "http.request"
                if scope["path"] == "/boom":
                    raise ValueError("boom")
                __import__("shop_" + "late")
                await send({"type": "http.response.start", "status": 204, "headers": []})
                await send({"type": "http.response.body", "body": b""})

            async def without_lifespan(scope, receive, send):
                assert scope["type"] == "http"
                await app(scope, receive, send)

            class Application:
                async def __call__(self, scope, receive, send):
                    await app(scope, receive, send)

            application = Application()
        """,
        )
        self.write("shop_late.py", u"")
        for name in ("served:app", "served", "served:without_lifespan"):
            code, data = self.data(name)
            self.assertEqual((code, self.names(data["late"])), (1, ["shop_late"]))
            self.assertEqual(data["warm"]["uses"][0][:2], ["/", 204])
            self.assertEqual(self.check("--no-scan", "--modules", "shop_late", name).code, 0)
        result = self.check("--no-scan", "--get", "/boom", "served:app")
        self.assertEqual(result.code, 1, result)
        self.assertIn("boom", result.out)

    @unittest.skipIf(fresh.PY2, "no async")
    def test_asgi_differs_from_wsgi_by_what_a_call_needs(self):
        self.write(
            "served.py",
            u"""
            import asyncio
            import functools

            async def respond(send):
                await send({"type": "http.response.start", "status": 204, "headers": []})
                await send({"type": "http.response.body", "body": b""})

            class Slot:
                __slots__ = ("__call__",)
                def __init__(self):
                    self.__call__ = self.run
                async def run(self, scope, receive, send):
                    await respond(send)
            slot = Slot()

            class Default:
                def __call__(self, scope, receive, send=None):
                    return respond(send)
            default = Default()

            class Two:
                def __init__(self, scope):
                    assert scope["type"] == "http" and scope["asgi"]["version"] == "2.0"
                async def __call__(self, receive, send):
                    await respond(send)

            class Router:
                def __call__(self, scope):
                    return Two(scope)
            router = Router()

            def function(scope):
                async def run(receive, send):
                    await respond(send)
                return run

            class Awaited:
                def __init__(self, scope, receive, send):
                    self.send = send
                def __await__(self):
                    return respond(self.send).__await__()

            class Named:
                def __init__(this, scope):
                    pass
                async def __call__(this, receive, send):
                    await respond(send)

            class Wsgi:
                def __init__(self, environ, start_response):
                    start_response("204 No Content", [])
                def __iter__(self):
                    return iter(())
                def method(this, environ, start_response):
                    return Wsgi(environ, start_response)
                @classmethod
                def of_class(cls, environ, start_response):
                    return cls(environ, start_response)

            def configured(config, environ, start_response):
                return Wsgi(environ, start_response)

            method, of_class = Wsgi.method.__get__(1), Wsgi.of_class
            partial = functools.partial(configured, {})
            named = functools.partial(lambda environ, start_response, config: Wsgi(environ, start_response), config={})
            taken = functools.partial(lambda config, scope, receive, send: respond(send), {})
            of_two = functools.partial(lambda config, scope: Two(scope), {})

            async def cancelled(scope, receive, send):
                if scope["type"] == "lifespan":
                    raise asyncio.CancelledError()
                await respond(send)

            # Before 3.10 it belongs to the loop of the thread that makes it.
            queue = asyncio.Queue()

            async def waits(scope, receive, send):
                if scope["type"] == "http":
                    asyncio.get_event_loop().call_later(0.01, queue.put_nowait, 1)
                    await queue.get()
                    await respond(send)
        """,
        )
        names = (
            "slot default Two router function Awaited Named taken of_two Wsgi method of_class partial named cancelled "
            "waits"
        )
        for name in names.split():
            result = self.check("--json", "--no-scan", "--timeout", "20", "served:" + name)
            self.assertEqual((result.code, result.err), (0, ""), (name, result))
            use = json.loads(result.out)["warm"]["uses"][0]
            self.assertEqual(use[:2], ["/", 204], name)

    @unittest.skipIf(fresh.PY2, "no async")
    def test_asgi_lifespan_survives_a_collection(self):
        self.write(
            "served.py",
            u"""
            import gc

            pool = []

            async def app(scope, receive, send):
                if scope["type"] == "lifespan":
                    try:
                        await receive()
                        pool.append(1)
                        await send({"type": "lifespan.startup.complete"})
                        await receive()
                    finally:
                        pool.clear()
                else:
                    gc.collect()
                    status = 200 if pool else 500
                    await send({"type": "http.response.start", "status": status, "headers": []})
                    await send({"type": "http.response.body", "body": b""})
        """,
        )
        result = self.check("--no-scan", "served:app")
        self.assertEqual((result.code, result.err), (0, ""), result)

    @unittest.skipIf(fresh.PY2, "no async")
    def test_asgi_behind_a_decorator_that_takes_any_arguments(self):
        self.write(
            "served.py",
            u"""
            import functools

            def decorated(function):
                @functools.wraps(function)
                def wrapper(*args, **kwargs):
                    return function(*args, **kwargs)
                return wrapper

            @decorated
            async def app(scope, receive, send):
                if scope["type"] == "http":
                    await send({"type": "http.response.start", "status": 204, "headers": []})
                    await send({"type": "http.response.body", "body": b""})

            class Application:
                @decorated
                async def __call__(self, scope, receive, send):
                    await app(scope, receive, send)

            application = Application()

            @decorated
            def wsgi(environ, start_response):
                start_response("204 No Content", [])
                return []

            class Pages:
                def wsgi(self, environ, start_response):
                    start_response("204 No Content", [])
                    return []

            bound = decorated(Pages().wsgi)

            # Its own arguments count: it wraps an application of the other kind.
            @functools.wraps(app)
            def adapted(environ, start_response):
                start_response("204 No Content", [])
                return []
        """,
        )
        for name in "app", "application", "wsgi", "bound", "adapted":
            code, data = self.data("--no-scan", "served:" + name)
            self.assertEqual((code, data["warm"]["uses"][0][:2]), (0, ["/", 204]), name)

    @unittest.skipIf(fresh.PY2, "no async")
    def test_asgi_behind_a_call_that_takes_any_arguments(self):
        self.write(
            "served.py",
            u"""
            class Wrapper:
                def __init__(self, inner):
                    self.inner = inner
                def __call__(self, *args, **kwargs):
                    return self.inner(*args, **kwargs)

            async def respond(scope, receive, send):
                if scope["type"] == "http":
                    await send({"type": "http.response.start", "status": 204, "headers": []})
                    await send({"type": "http.response.body", "body": b""})

            def respond_wsgi(environ, start_response):
                start_response("204 No Content", [])
                return []

            class Two:
                def __init__(self, scope):
                    self.scope = scope
                async def __call__(self, receive, send):
                    await respond(self.scope, receive, send)

            asgi, wsgi = Wrapper(respond), Wrapper(respond_wsgi)

            def broken(environ, start_response):
                raise TypeError("broken")
            """,
        )
        for arguments in ["--asgi", "served:asgi"], ["served:wsgi"], ["--asgi", "served:Two"]:
            code, data = self.data("--no-scan", *arguments)
            self.assertEqual((code, data["warm"]["uses"][0][:2]), (0, ["/", 204]), arguments)
        for name, is_guess in ("asgi", True), ("broken", False):
            result = self.check("--no-scan", "served:" + name)
            self.assertEqual(result.code, 1, result)
            self.assertEqual("add --asgi" in result.out, is_guess, result)

    @unittest.skipIf(fresh.PY2, "no async")
    def test_asgi_state_path_and_disconnect(self):
        self.write(
            "served.py",
            u"""
            async def app(scope, receive, send):
                if scope["type"] == "lifespan":
                    await receive()
                    scope["state"]["base"] = 1
                    await send({"type": "lifespan.startup.complete"})
                    await receive()
                    return
                assert scope["state"] == {"base": 1} and scope["path"] == "/a b", scope
                await send({"type": "http.response.start", "status": 204, "headers": []})
                await send({"type": "http.response.body", "body": b""})
                for _ in range(2):  # each message is a dictionary of its own
                    message = await receive()
                    while message["type"] != "http.disconnect":
                        message = await receive()
                    message.clear()
        """,
        )
        result = self.check("--no-scan", "--timeout", "20", "--get", "/a%20b", "served:app")
        self.assertEqual(result.code, 0, result)

    @unittest.skipIf(fresh.PY2, "no async")
    def test_asgi_needs_the_end_of_the_body(self):
        self.write(
            "half.py",
            u"""
            async def app(scope, receive, send):
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": b"half", "more_body": True})
        """,
        )
        result = self.check("--no-scan", "half:app")
        self.assertEqual(result.code, 1, result)
        self.assertIn("has not sent the last part of the body", result.out)

    def test_wsgi_path_is_unquoted(self):
        self.write(
            "served.py",
            u"""
            def app(environ, start_response, debug=False):
                assert environ["PATH_INFO"] == "/a b\\xc3\\xa9%zz%+1%a", environ["PATH_INFO"]
                start_response("200 OK", [])
                return []
        """,
        )
        self.assertEqual(self.check("--no-scan", "--get", "/a%20b%c3%a9%zz%+1%a", "served:app").code, 0)

    def test_a_request_beyond_ascii_arrives_as_a_server_gives_it(self):
        # PEP 3333: the bytes of the request, as Latin-1. ASGI: the bytes.
        self.write(
            "served.py",
            u"""
            import sys

            def wsgi(environ, start_response):
                for key in ("PATH_INFO", "QUERY_STRING"):
                    text = environ[key]
                    data = text if str is bytes else text.encode("latin-1")
                    assert data.lstrip(b"/").startswith(b"\\xe6\\x97\\xa5"), (key, text)
                start_response("200 OK", [])
                return []

            if str is not bytes:
                exec('''if 1:
                    async def asgi(scope, receive, send):
                        if scope["type"] == "http":
                            for key in ("raw_path", "query_string"):
                                assert scope[key].lstrip(b"/").startswith(b"\\\\xe6\\\\x97\\\\xa5"), scope
                            await send({"type": "http.response.start", "status": 200, "headers": []})
                            await send({"type": "http.response.body", "body": b""})
                ''')
        """,
        )
        paths = [u"/\u65e5?\u65e5".encode("utf-8")]
        if sys.platform.startswith("linux"):  # other systems take no bytes that are no text
            paths.append(paths[0] + b"\xff")
        for path in paths:
            path = path if fresh.PY2 else os.fsdecode(path)
            for name in ["wsgi"] if fresh.PY2 else ["wsgi", "asgi"]:
                result = self.check("--no-scan", "--get", path, "served:" + name)
                self.assertEqual(result.code, 0, result)

    def test_uses_the_application_in_a_thread_that_is_not_the_main_thread(self):
        self.write(
            "job.py",
            u"""
            def work():
                import threading
                name = type(threading.current_thread()).__name__
                assert name != "_MainThread", name
        """,
        )
        result = self.check("--no-scan", "--call", "job:work")
        self.assertEqual(result.code, 0, result)

    @unittest.skipIf(fresh.PY2, "no async")
    def test_waits_for_each_kind_of_asynchronous_function(self):
        self.write(
            "job.py",
            u"""
            import functools
            async def work(number):
                import sched
            part = functools.partial(work, 1)
            class Job:
                async def __call__(self):
                    import sched
            job = Job()
            async def generator():
                import sched
                yield 1
            def returns_a_coroutine():
                return work(1)
            def returns_a_generator():
                return generator()
        """,
        )
        for name in "part", "job", "generator", "returns_a_coroutine", "returns_a_generator":
            code, data = self.data("--no-scan", "--call", "job:" + name)
            self.assertEqual((code, self.names(data["late"])), (1, ["sched"]), name)
