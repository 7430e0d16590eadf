"""Test that ``warmup.auto`` does what the variables say, and that a host starts although a variable is wrong."""

from __future__ import absolute_import, division, print_function

import io
import os

from tests.support import fresh
from tests.support.folder import FolderTest


class Auto(FolderTest):

    SOURCE = u"""
        import json
        import warmup.auto
        report = warmup.auto.report
        print(json.dumps([sorted(o.target.name for o in report.warmed if o.target.kind == "codec"),
                          "sched" in sys.modules, "json" in sys.modules, len(report.warmed)]))
    """

    def test_preloads_as_the_environment_says(self):
        codecs, asked_for, _, _ = fresh.value(
            self.SOURCE,
            environment={
                "WARMUP_CODECS": "idna, cp1250",
                "WARMUP_MODULES": "sched",
                "WARMUP_STRICT": "1",
                "WARMUP_LOCK_FREE_IMPORT": "0",
                "WARMUP_PACKAGES": "",
                "WARMUP_EXCLUDE": "xmlrpc,heapq",
            },
        )
        self.assertEqual((codecs, asked_for), (["cp1250", "idna"], True))

    def test_preloads_everything_without_settings(self):
        codecs, asked_for, _, count = fresh.value(self.SOURCE)
        self.assertGreater(len(codecs), 100)
        self.assertFalse(asked_for)
        self.assertGreater(count, len(codecs))

    def test_takes_none_and_all_for_codecs(self):
        self.assertEqual(fresh.value(self.SOURCE, environment={"WARMUP_CODECS": "none"})[0], [])
        self.assertGreater(len(fresh.value(self.SOURCE, environment={"WARMUP_CODECS": "all"})[0]), 100)

    WRONG = (
        ("WARMUP_CODECS", "latn-1"),
        ("WARMUP_CODECS", ","),
        ("WARMUP_CODECS", "all,utf-8"),
        ("WARMUP_PACKAGES", "no_such_package"),
        ("WARMUP_EXCLUDE", ".os"),
        ("WARMUP_LOCK_FREE_IMPORT", "2"),
        ("WARMUP_SCAN", "maybe"),
        ("WARMUP_MANIFEST", "no_such_file"),
        ("WARMUP_WATCH", "sleep"),
        ("WARMUP_GUARD_FORK", "soon"),
        ("WARMUP_GUARD_FORK", "-1"),
        ("WARMUP_RECORD", os.path.join("no_such_folder", "late.manifest")),
    )

    def test_logs_a_wrong_value_with_its_variable_and_warms_the_rest(self):
        source = u"""
            import warmup.auto
            print(len(warmup.auto.report.warmed) > 5)
        """
        for variable, text in self.WRONG + (("WARMUP_STRICT", "maybe"),):
            # One codec, because all of them take longer.
            result = fresh.python(source, environment=dict({"WARMUP_CODECS": "idna"}, **{str(variable): text}))
            self.assertEqual((result.code, result.out.strip()), (0, "True"), (variable, result))
            self.assert_logs(result, variable, text)

    def test_takes_the_default_where_no_name_is_left(self):
        for text in ("latn-1", ",", "none,utf-8"):
            codecs = fresh.value(self.SOURCE, environment={"WARMUP_CODECS": text})[0]
            self.assertGreater(len(codecs), 100, text)

    def test_starts_a_watch_in_any_case(self):
        source = u"import warmup.auto\nprint(warmup.auto.watch is not None)"
        result = fresh.python(source, environment={"WARMUP_WATCH": "Record", "WARMUP_SCAN": "no"})
        self.assertEqual((result.out.strip(), result.err), ("True", ""), result)

    def test_does_not_record_what_its_warnings_import(self):
        path = os.path.join(self.folder, "late.manifest")
        environment = {"WARMUP_RECORD": path, "WARMUP_SCAN": "no", "WARMUP_MODULES": "no_such_module"}
        result = fresh.python(u"import warmup.auto", environment=environment)
        self.assert_logs(result, "no_such_module")
        with io.open(path) as stream:
            self.assertNotIn("logging", stream.read())

    def test_says_what_a_number_of_seconds_is(self):
        for text in ("soon", "1_0"):
            result = fresh.python(u"import warmup.auto", environment={"WARMUP_GUARD_FORK": text})
            self.assert_logs(result, "WARMUP_GUARD_FORK: '%s' is no number of seconds; write " % text)
        if hasattr(os, "register_at_fork"):
            result = fresh.python(u"import warmup.auto", environment={"WARMUP_GUARD_FORK": "-1"})
            self.assert_logs(result, "WARMUP_GUARD_FORK: -1.0 is no ")

    def test_starts_nothing_that_is_off(self):
        for word in ("off", " No ", "none", "0"):
            result = fresh.python(
                u"import os, warmup.auto; print(type(getattr(os, 'fork', 0)).__name__, warmup.auto.watch)",
                environment={
                    "WARMUP_SCAN": "no",
                    "WARMUP_WATCH": word,
                    # 0 lets no fork wait, and repairs each child
                    "WARMUP_GUARD_FORK": word if word != "0" else "off",
                    "WARMUP_STRICT": "1",
                },
            )
            self.assertEqual((result.code, result.err), (0, ""), result)
            self.assertIn("None", result.out)
            self.assertNotIn("_Fork", result.out)

    def test_logs_what_it_has_done_for_those_who_want_to_know(self):
        variables = {"WARMUP_SCAN": "no", "WARMUP_WATCH": "raise"}
        expected = ["preload(): ", "warmup.auto: watch('raise')"]
        if hasattr(os, "register_at_fork"):
            variables["WARMUP_GUARD_FORK"] = "2"
            expected.insert(1, "warmup.auto: guard_fork(2)")
        source = u"""
            import logging
            logging.basicConfig(format="%(levelname)s %(message)s", level=logging.INFO)
            import warmup.auto
        """
        result = fresh.python(source, environment=variables)
        self.assertEqual((result.code, result.out), (0, ""), result)
        lines = result.err.splitlines()
        self.assertEqual(len(lines), len(expected), result)
        for line, words in zip(lines, expected):
            self.assertTrue(line.startswith("INFO " + words), result)

    def assert_logs(self, result, *words):
        lines = [line for line in result.err.splitlines() if line]
        self.assertEqual(len(lines), 1, result)
        self.assertTrue(lines[0].startswith("warmup.auto: "), result)
        for word in words:
            self.assertIn(word, lines[0])

    def test_takes_a_wrong_name_out_of_its_variable_and_uses_the_others(self):
        result = fresh.python(
            u"""
            import warmup.auto
            print(sorted(str(o.target.name) for o in warmup.auto.report.warmed if o.target.kind == "codec"))
        """,
            environment={"WARMUP_CODECS": "idna,latn-1,cp1250"},
        )
        self.assertEqual((result.code, result.out.strip()), (0, "['cp1250', 'idna']"), result)
        self.assert_logs(result, "WARMUP_CODECS", "latn-1")

    def test_logs_a_module_that_cannot_be_imported_and_imports_the_others(self):
        result = fresh.python(
            u"""
            import warmup.auto
            print([str(o.target.name) for o in warmup.auto.report.failed] + ["sched" in sys.modules])
        """,
            environment={"WARMUP_MODULES": "no_such_module,sched"},
        )
        self.assertEqual((result.code, result.out.strip()), (0, "['no_such_module', True]"), result)
        self.assert_logs(result, "no_such_module")

    def test_logs_a_variable_that_does_not_exist_with_the_nearest_one(self):
        result = fresh.python(u"import warmup.auto", environment={"WARMUP_MODULE": "sched"})
        self.assertEqual(result.code, 0, result)
        self.assert_logs(result, "WARMUP_MODULE;", "WARMUP_MODULES")

    def test_raises_if_strict(self):
        for variable, text in self.WRONG + (("WARMUP_MODULES", "no_such_module"),):
            result = fresh.python(u"import warmup.auto", environment={variable: text, "WARMUP_STRICT": "1"})
            self.assertEqual(result.code, 1, (variable, result))
            last = result.err.splitlines()[-1]
            self.assertIn("PreloadError" if variable == "WARMUP_MODULES" else variable + ": ", last)
            self.assertIn(text, last)

    def test_has_changed_nothing_when_it_raises(self):
        for variable, text in (("WARMUP_WATCH", "sleep"), ("WARMUP_GUARD_FORK", "soon")):
            record = os.path.join(self.folder, "late.manifest")
            environment = {"WARMUP_STRICT": "1", "WARMUP_RECORD": record, variable: text}
            names = fresh.value(
                u"""
                import json, os
                before = set(sys.modules)
                try:
                    import warmup.auto
                except ValueError:
                    pass
                names = set(sys.modules) - before
                print(json.dumps([name for name in names if not name.startswith(("warmup", "_", "gc", "logging"))]))
                """,
                environment=environment,
            )
            self.assertNotIn("sched", names)
            self.assertLess(len(names), 40)
            self.assertFalse(os.path.exists(record))

    def test_stops_its_watch_when_it_is_imported_again(self):
        result = fresh.python(
            u"""
            import logging
            logging.basicConfig()
            import warmup.auto
            if sys.version_info[0] > 2:
                from importlib import reload
            reload(warmup.auto)
            import colorsys
            """,
            environment={"WARMUP_WATCH": "log", "WARMUP_SCAN": "no"},
        )
        self.assertEqual(result.err.count("late import of module colorsys"), 1, result)

    def test_logs_a_target_that_failed(self):
        self.write("broken.py", u"raise SystemExit('broken')\n")
        environment = {"PYTHONPATH": os.pathsep.join([self.folder, fresh.ROOT]), "WARMUP_MODULES": "broken"}
        source = u"""
            import logging
            logging.basicConfig()
            import warmup.auto
            print(len(warmup.auto.report.failed))
        """
        result = fresh.python(source, environment=environment)
        self.assertEqual((result.code, result.out.strip()), (0, "1"), result)
        self.assertIn("module broken: SystemExit: broken", result.err)
        result = fresh.python(source, environment=dict(environment, WARMUP_STRICT="1"))
        self.assertEqual(result.code, 1, result)
        self.assertIn("PreloadError", result.err)

    def test_warms_a_manifest(self):
        path = self.write("late.txt", u"warmup-manifest 1\nmodule sched\ncodec cp1250\n")
        self.assertEqual(
            fresh.value(
                u"""
            import json, warmup.auto
            print(json.dumps([[o.target.kind, o.target.name, o.status] for o in warmup.auto.report.outcomes
                              if o.target.name in ("sched", "cp1250")]))
        """,
                environment={"WARMUP_MANIFEST": path, "WARMUP_SCAN": "no"},
            ),
            [["module", "sched", "warmed"], ["codec", "cp1250", "warmed"]],
        )

    def test_logs_what_is_stale_in_a_manifest(self):
        path = self.write("late.txt", u"warmup-manifest 1\nmodule gone\nmodule sched\ncodec ugone_tou\n")
        for strict in ("0", "1"):
            result = fresh.python(
                u"""
                import warmup.auto
                print(len(warmup.auto.report.warmed))
            """,
                environment={"WARMUP_MANIFEST": path, "WARMUP_SCAN": "no", "WARMUP_STRICT": strict},
            )
            self.assertEqual((result.code, result.out.strip()), (0, "1"), result)
            self.assert_logs(result, "stale", "module gone,", "codec ugone_tou")

    def test_does_not_honour_the_environment_where_an_option_of_python_forbids_it(self):
        for option in ("-E",) if fresh.PY2 else ("-E", "-I"):
            source = u"""
                sys.path.insert(0, %r)
                import warmup.auto
                print(len([o for o in warmup.auto.report.warmed if o.target.kind == "codec"]) > 100)
            """ % fresh.ROOT
            result = fresh.python(
                source,
                options=[option],
                environment={"WARMUP_STRICT": "1", "WARMUP_CODECS": "no", "WARMUP_NONSENSE": "1"},
            )
            self.assertEqual((result.code, result.out.strip(), result.err), (0, "True", ""), result)

    def test_honours_what_the_host_itself_sets_where_an_option_of_python_forbids_it(self):
        """Test a host that embeds Python. As uWSGI does, it sets the flag of ``-E``, and then variables."""
        self.assertEqual(
            fresh.value(
                u"""
            import json, os
            sys.path.insert(0, %r)
            os.environ["WARMUP_CODECS"] = "idna"
            import warmup.auto
            print(json.dumps([o.target.name for o in warmup.auto.report.warmed if o.target.kind == "codec"]))
        """ % fresh.ROOT,
                options=["-E"],
            ),
            ["idna"],
        )

    def test_logs_a_word_that_does_not_switch_it_off_and_preloads(self):
        for word in ("of", "none"):
            result = fresh.python(
                u"import warmup.auto; print(warmup.auto.report is not None)",
                environment={"WARMUP": word, "WARMUP_SCAN": "no"},
            )
            self.assertEqual((result.code, result.out.strip()), (0, "True"), result)
            (line,) = result.err.splitlines()
            self.assertIn("WARMUP: %r is no switch" % word, line)

    def test_does_nothing_if_switched_off(self):
        self.assertEqual(
            fresh.value(
                u"""
            import json
            import warmup.auto
            print(json.dumps([warmup.auto.report, "encodings.cp1250" in sys.modules]))
        """,
                environment={"WARMUP": " Off", "WARMUP_STRICT": "1"},
            ),
            [None, False],
        )
