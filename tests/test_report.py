"""Test that a report says what was done, why, and at what cost: as a table, JSON, trace events and an exception."""

from __future__ import absolute_import, division, print_function

import json
import os
import pickle
import sys
import unittest

import warmup
from tests.support import fresh, process
from warmup import _report, _values
from warmup._values import ArgumentError


def target(name, owner=None, kind="module"):
    return warmup.Target(kind, name, "f() in %s.py:1" % owner if owner else "asked for by name", owner)


def made_up():
    """Return a report: the program's ``a`` wants ``b``, whose import loads ``c``; ``c`` wants ``d``, which fails."""
    return warmup.Report(
        [
            warmup.Outcome(target("b", "a"), "warmed", 0.25, ["c", "b"], started=0.5),
            warmup.Outcome(target("d", "c"), "failed", 0.125, [], u"ValueError: \xfc", started=0.75),
            warmup.Outcome(target("idna", kind="codec"), "warmed", 0.5, ["encodings.idna"], started=1.0),
        ],
        1.5,
        memory=2**21,
        left_out=[(target("e", "c"), "not of the standard library; name its package in packages=")],
        notes=["A note."],
    )


class Chains(unittest.TestCase):

    def test_lead_to_what_the_program_had_loaded(self):
        report = made_up()
        self.assertEqual([step.name for step in report.chain(report.outcomes[1])], ["d", "b"])
        self.assertEqual([step.name for step in report.chain(report.outcomes[0])], ["b"])

    def test_end_where_modules_load_each_other(self):
        first = warmup.Outcome(target("a", "b"), "warmed", 0, ["a"])
        report = warmup.Report([first, warmup.Outcome(target("b", "a"), "warmed", 0, ["b"])], 0)
        self.assertEqual([step.name for step in report.chain(first)], ["a", "b"])

    def test_are_printed_by_why(self):
        self.assertEqual(
            made_up().why("d").splitlines(),
            ["module d: failed, f() in c.py:1", "    c is loaded because of b: f() in a.py:1"],
        )
        # what came with another target is explained by that
        self.assertEqual(made_up().why("c").splitlines(), ["module b: warmed, f() in a.py:1"])
        self.assertEqual(
            made_up().why("e"),
            "module e: left out, not of the standard library; name its package in "
            "packages=; asked for by f() in c.py:1",
        )
        self.assertEqual(made_up().why("nothing"), "")


class Tables(unittest.TestCase):
    def test_are_shown_without_a_codec(self):
        """After a ``chroot``, for example, no codec can be imported."""
        new = fresh.value(u"""
            import json
            import warmup
            report = warmup.preload(codecs=[], scan=False, modules=["no_such", u"sched"])
            before = set(sys.modules)
            str(report), report.why(), repr(report), report.summary(), str(warmup.PreloadError(report))
            print(json.dumps(sorted(set(sys.modules) - before)))
        """)
        self.assertEqual(new, [])

    def test_have_failures_first_then_what_cost_most(self):
        lines = str(made_up()).splitlines()
        self.assertEqual(lines.pop(0), "3 targets: 2 warmed, 0 unavailable, 1 failed")
        self.assertEqual(lines[0], "3 modules in 1500.0 ms, 2.0 MiB")
        self.assertEqual(lines[1], "A note.")
        self.assertEqual(lines[2].split(), ["kind", "name", "ms", "modules", "why"])
        self.assertEqual([line.split()[1] for line in lines[3:6]], ["d", "(1", "b"])
        self.assertIn("FAILED: ValueError", lines[3])
        self.assertEqual(lines[6], "left out (not of the standard library; name its package in packages=): e")

    def test_show_the_last_folder_of_a_path_with_spaces(self):
        place = os.path.join(os.sep, "a b", "my lib", "shop.py:1")
        outcome = warmup.Outcome(warmup.Target("module", "a", "f() in " + place), "warmed", 0.1, ["a"])
        table = str(warmup.Report([outcome], 0)) + "\n"
        self.assertIn("  f() in %s\n" % os.path.join("my lib", "shop.py:1"), table)

    def test_have_names_of_bytes_and_of_text_beyond_ascii(self):
        names = b"b\xc3\xbcm" if str is bytes else u"b\xfcm", u"b\xfcn"
        targets = [warmup.Target("module", name, "") for name in names]
        table = str(warmup.Report([warmup.Outcome(target, "failed", 0.1, []) for target in targets], 0))
        self.assertEqual(table.count("FAILED"), 2, table)

    @unittest.skipIf(fresh.PY2, "2.7 shows the repr of such a message")
    def test_show_the_text_of_an_error_beyond_ascii(self):
        error = _values.describe(ValueError(u"C:\\Zo\xeb\\app.py: it's \"bad\"\nsecond line"))
        self.assertEqual(error, "ValueError: C:\\Zo\\xeb\\app.py: it's \"bad\"\nsecond line")

    def test_fit_a_terminal_and_are_not_cut_elsewhere(self):
        source = u"""
            import warmup
            outcome = warmup.Outcome(warmup.Target("module", "a", 30 * "long reason "), "warmed", 0, ["a"])
            print(warmup.Report([outcome], 0))
        """
        result = fresh.python(source)
        self.assertEqual(max(map(len, result.out.splitlines())) > 300, True, result)
        result = fresh.python(source, environment={"COLUMNS": "80"})
        self.assertEqual(max(map(len, result.out.splitlines())), 80, result)

    def test_can_be_printed_wherever_standard_output_goes(self):
        for variables in (
            {"PYTHONIOENCODING": "ascii"},
            {"PYTHONIOENCODING": "ascii:strict", "LC_ALL": "C"},
            {"PYTHONIOENCODING": "utf-8"},
            {"PYTHONIOENCODING": "cp037"},
        ):
            result = process.run(
                [
                    sys.executable,
                    "-c",
                    "from tests import test_report; r = test_report.made_up()\n"
                    "print(r); print(repr(r)); print(r.why('d'))",
                ],
                process.variables(PYTHONPATH=fresh.ROOT, **variables),
            )
            self.assertEqual((result.code, result.err), (0, ""), (variables, result))

    @unittest.skipIf(fresh.PY2, "the text is ASCII there")
    def test_can_be_printed_to_what_has_no_encoding_for_text(self):
        class Output(object):
            pass

        before, sys.stdout = sys.stdout, Output()
        try:
            for encoding in ("no such encoding", "base64", "idna", 3, object(), b"ascii"):
                sys.stdout.encoding = encoding
                self.assertIn("\\xfc", str(made_up()), encoding)
                self.assertIn("\\xfc", str(made_up()).encode("ascii").decode("ascii"))
        finally:
            sys.stdout = before

    def test_can_be_printed_with_bytes_in_names(self):
        name = b"\xff\xfe" if fresh.PY2 else "\udcff"
        report = warmup.Report([warmup.Outcome(target(name), "failed", 0, [], name)], 0)
        self.assertTrue(str(report))
        self.assertTrue(repr(report))

    def test_of_a_real_call_have_every_target(self):
        text, data, count = fresh.value(
            u"""
            import json, warmup
            def function():
                import sched, email.message
            report = warmup.preload()
            print(json.dumps([str(report), json.loads(report.to_json()), len(report.outcomes)]))
        """,
            environment={"COLUMNS": "80"},
        )
        lines = text.splitlines()
        self.assertLessEqual(max(map(len, lines)), 80, text)
        self.assertIn("targets", lines[0])
        lacking = () if os.name == "nt" else ("mbcs", "UNAVAILABLE")
        for word in ("sched", "codec", "_strptime") + lacking:
            self.assertIn(word, text)
        self.assertEqual(len(data["outcomes"]), count)
        for outcome in data["outcomes"]:
            self.assertEqual(
                set(outcome), {"kind", "name", "reason", "owner", "status", "seconds", "modules", "error", "chain"}
            )
            self.assertEqual(outcome["error"] is None, outcome["status"] == "warmed")
        self.assertEqual(data["modules"], sum(len(outcome["modules"]) for outcome in data["outcomes"]))
        self.assertGreaterEqual(data["seconds"], sum(outcome["seconds"] for outcome in data["outcomes"]))
        if sys.platform.startswith("linux"):
            self.assertGreater(data["memory"], 0)

    @unittest.skipUnless(fresh.PY2, "only 2.7 has both kinds of text")
    def test_join_bytes_and_text_beyond_ascii(self):
        one = warmup.Target("module", "sched", b"late() in /gr\xc3\xbc/b.py:1", b"gr\xc3\xbc")
        other = warmup.Target("module", u"gr\xf6\xdfe", "asked for by name")
        report = warmup.Report(
            [warmup.Outcome(one, "warmed", 0, ["sched"]), warmup.Outcome(other, "stale", 0, [], u"\xfc")],
            0,
            notes=[u"\xfc"],
            left_out=[(one, u"\xfc"), (other, b"\xfc")],
        )
        self.assertIn("gr\\xc3\\xbc/b.py:1", str(report))
        self.assertIn("module gr\\xf6\\xdfe: stale", report.why())
        self.assertIn("module gr\\xf6\\xdfe: left out, \\xfc", report.why(u"gr\xf6\xdfe"))


class Data(unittest.TestCase):

    def test_as_json(self):
        data = json.loads(made_up().to_json())
        self.assertEqual(data["outcomes"][1]["error"], u"ValueError: \xfc")
        self.assertEqual([step["name"] for step in data["outcomes"][1]["chain"]], ["d", "b"])
        self.assertEqual((data["left_out"][0]["name"], data["left_out"][0]["why"][:3]), ("e", "not"))
        self.assertEqual((data["notes"], data["compiled"], data["memory"]), (["A note."], 0, 2**21))

    def test_as_trace_events(self):
        events = json.loads(made_up().to_trace())["traceEvents"]
        row = events.pop()
        self.assertEqual((row["ph"], row["name"], row["args"]), ("M", "thread_name", {"name": "preload"}))
        self.assertEqual((row["pid"], row["tid"]), (events[0]["pid"], events[0]["tid"]))
        self.assertEqual(
            [(event["name"], event["ts"], event["dur"]) for event in events],
            [("b", 500000, 250000), ("d", 750000, 125000), ("idna", 1000000, 500000)],
        )
        for event in events:
            self.assertEqual((event["ph"], event["tid"]), ("X", 1))
            self.assertIsInstance(event["pid"], int)

    def test_as_trace_events_whose_rows_do_not_overlap(self):
        events = [
            ("outer", "module", 1.0, 2.0, 7, "worker", {}),
            ("inside of it", "module", 1.5, 0.5, 7, "worker", {}),
            ("other thread", "module", 2.5, 1.0, 7, "worker", {}),
            ("later", "module", 3.0, 1.0, 7, "worker", {}),
        ]
        events = json.loads(_report.trace(events))["traceEvents"]
        names = {event["tid"]: event["args"]["name"] for event in events if event["ph"] == "M"}
        rows = {event["name"]: names[event["tid"]] for event in events if event["ph"] == "X"}
        self.assertEqual(
            rows, {"outer": "worker", "inside of it": "worker (2)", "other thread": "worker (2)", "later": "worker"}
        )

    def test_as_a_pickle(self):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            copy = pickle.loads(pickle.dumps(made_up(), protocol))
            self.assertEqual((str(copy), copy.to_json()), (str(made_up()), made_up().to_json()))
            error = pickle.loads(pickle.dumps(warmup.PreloadError(made_up()), protocol))
            self.assertEqual([outcome.target.name for outcome in error.report.failed], ["d"])
            self.assertEqual(
                str(error) if not fresh.PY2 else error.args,
                (str(warmup.PreloadError(made_up())) if not fresh.PY2 else warmup.PreloadError(made_up()).args),
            )

    def test_as_a_pickle_of_an_error_keeps_what_was_added_to_it(self):
        for error in (warmup.PreloadError(made_up()), ArgumentError("codecs", "wrong", "x")):
            error.job = 7
            if hasattr(error, "add_note"):
                error.add_note("while job 7 ran")
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                copy = pickle.loads(pickle.dumps(error, protocol))
                self.assertEqual(copy.job, 7)
                self.assertEqual(getattr(copy, "__notes__", None), getattr(error, "__notes__", None))

    def test_by_status(self):
        report = warmup.Report(
            [
                warmup.Outcome(target(status), status, 0, [])
                for status in ("warmed", "unavailable", "failed", "excluded", "stale")
            ],
            0,
        )
        for status in ("warmed", "unavailable", "failed", "excluded", "stale"):
            self.assertEqual([outcome.target.name for outcome in getattr(report, status)], [status])

    def test_of_modules_are_what_came_into_sys_modules(self):
        self.assertEqual(
            fresh.value(u"""
            import json, warmup
            with Recorder() as recorder:
                report = warmup.preload()
            print(json.dumps([sorted(set(recorder.late) ^ set(report.modules)),
                              len(report.modules) - len(set(report.modules))]))
        """),
            [[], 0],
        )


class Cells(unittest.TestCase):
    """Test `_report.table`, which all commands use."""

    def test_are_cut_to_the_width(self):
        rows = [("module", "x" * 40, "1.0", "2", "y" * 100)]
        lines = _report.table(("kind", "name", "ms", "modules", "why"), rows, 80)
        self.assertEqual(max(map(len, lines)), 80)
        self.assertTrue(lines[1].endswith(".."))
        self.assertIn("  1.0        2  ", lines[1])
        # A short second column stays as narrow as it is.
        rows = [("module", "sched", "1.0", "2", "MainThread", "y" * 100)]
        lines = _report.table(("kind", "name", "ms", "modules", "thread", "asked for by"), rows, 60)
        self.assertEqual(lines[1].partition("sched")[2][:7], "  1.0  ", lines)
