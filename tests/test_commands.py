"""Test what the commands of ``python -m warmup`` print, and their exit codes. ``test_run.py`` tests ``run``."""

from __future__ import absolute_import, division, print_function

import io
import json
import os
import sys
import unittest

import warmup
from tests.support import fresh, process
from tests.support.folder import FolderTest
from warmup._sources import manifest


class Command(unittest.TestCase):

    def test_says_what_to_do_next(self):
        result = fresh.call(["-m", "warmup"])
        self.assertEqual((result.code, result.err), (0, ""), result)
        for command in ("prove", "report", "run"):
            self.assertIn("python -m warmup " + command, result.out)

    def test_has_its_version(self):
        result = fresh.call(["-m", "warmup", "--version"])
        self.assertEqual((result.code, (result.out + result.err).strip()), (0, "warmup " + warmup.__version__), result)

    def test_refuses_another_command_and_names_those_that_are(self):
        result = fresh.call(["-m", "warmup", "plan"])
        self.assertEqual((result.code, result.out), (2, ""), result)
        self.assertIn("report", result.err)

    def test_shows_the_help_of_each_command(self):
        for command in ("prove", "report", "run", "site"):
            result = fresh.call(["-m", "warmup", command, "--help"])
            self.assertEqual((result.code, result.err), (0, ""), result)
            self.assertIn("usage: python -m warmup " + command, result.out)


class ReportCommand(FolderTest):

    def report(self, *arguments, **more):
        result = fresh.call(["-m", "warmup", "report"] + list(arguments), **more)
        self.assertEqual((result.code, result.err), (0, ""), result)
        return result.out

    def test_says_what_and_why(self):
        out = self.report()
        self.assertRegex(out, r"(?m)^module +_strptime .* time\.strptime\(\)")
        self.assertRegex(out, r"(?m)^codec +\(\d+ codecs\)")

    def test_says_what_was_left_out_and_which_option_would_take_it_in(self):
        self.write("program.py", u"def function():\n    import other\n")
        self.write("other.py", u"")
        environment = {"PYTHONPATH": os.pathsep.join([self.folder, fresh.ROOT])}
        out = self.report("--no-codecs", "--import", "program", environment=environment)
        self.assertRegex(out, r"(?m)^left out \(.*packages=\): .*\bother\b")
        out = self.report("--no-codecs", "--import", "program", "--packages", "other", environment=environment)
        self.assertRegex(out, r"(?m)^module +other ")

    def test_shows_what_is_excluded_once(self):
        self.write("program.py", u"def function():\n    import sched\n")
        out = self.report(*"--no-codecs --import program --exclude sched".split(), directory=self.folder)
        self.assertRegex(out, r"(?m)^module +sched .* EXCLUDED")
        self.assertNotRegex(out, r"(?m)^left out .*\bsched\b")

    def test_finds_modules_of_the_current_folder(self):
        self.write("program.py", u"")
        self.write("late.txt", u"warmup-manifest 1\nmodule program\n")
        for arguments in (["--modules", "program"], ["--manifest", "late.txt"]):
            out = self.report(*(["--no-scan"] + arguments), directory=self.folder)
            self.assertRegex(out, r"(?m)^module +program ")
            self.assertNotIn("STALE", out)

    def test_is_not_cut_where_standard_output_is_no_terminal(self):
        out = self.report("--no-codecs", "--import", "logging.handlers")
        self.assertNotRegex(out, r"(?m)\.\.$")

    def test_follows_what_the_program_imports_and_shows_the_whole_chain(self):
        rows = json.loads(self.report("--json", "--no-codecs", "--import", "logging.handlers"))["outcomes"]
        by_name = {row["name"]: row for row in rows}
        self.assertEqual(by_name["smtplib"]["owner"], "logging.handlers")
        self.assertIn(os.path.join("logging", "handlers.py:"), by_name["smtplib"]["reason"])
        for row in rows:
            self.assertEqual(row["chain"][0]["name"], row["name"])
            if not fresh.PYPY:  # whose modules have live functions before they are loaded
                # The chain ends in what was loaded before.
                self.assertNotIn(row["chain"][-1]["owner"], [name for other in rows for name in other["modules"]])

    def test_imports_a_module_of_the_current_folder_first(self):
        self.write("program.py", u"def function():\n    import sched\n")
        out = self.report("--no-codecs", "--import", "program", "--why", "sched", directory=self.folder)
        self.assertIn("function() in ", out)

    def test_says_why_one_module_is_imported(self):
        out = self.report("--no-codecs", "--import", "logging.handlers", "--why", "smtplib")
        self.assertRegex(out, r"^module smtplib: warmed, .*handlers\.py:\d+\n")
        result = fresh.call(["-m", "warmup", "report", "--why", "no_such_module"])
        self.assertEqual((result.code, result.out), (2, ""), result)
        self.assertIn("no_such_module", result.err)
        self.assertIn("python -m warmup record", result.err)
        for name in "os", "utf-8":  # a codec is looked for under the name of its module too
            result = fresh.call(["-m", "warmup", "report", "--no-codecs", "--why", name])
            self.assertEqual((result.code, result.out), (2, ""), result)
            self.assertIn("--why %s: this module is loaded before preload() runs" % name, result.err)

    def test_helps_say_what_is_in_the_manifest_that_they_write(self):
        for command, text in (
            ("report", "add the targets that were warmed"),
            ("record", "each late import"),
            ("check", "what the warm run imports late"),
        ):
            result = fresh.call(["-m", "warmup", command, "--help"], {"COLUMNS": "200"})
            self.assertIn(text, result.out)

    def test_writes_trace_events(self):
        path = os.path.join(self.folder, "trace.json")
        self.report("--no-codecs", "--trace", path)
        with open(path) as stream:
            events = json.load(stream)["traceEvents"]
        self.assertIn("_strptime", [event["name"] for event in events])
        self.assertEqual(events.pop()["ph"], "M")
        for event in events:
            self.assertEqual(event["ph"], "X")
            self.assertIn(event["cat"], ("module", "placeholder"))
            self.assertGreaterEqual(event["dur"], 0)

    def test_prints_nothing_but_data_beside_modules_that_print(self):
        self.write("noisy.py", u"print('noise')\n")
        for options in (["--import", "noisy"], ["--modules", "noisy"]):
            result = fresh.call(["-m", "warmup", "report", "--json", "--no-scan"] + options, directory=self.folder)
            names = [row["name"] for row in json.loads(result.out)["outcomes"]]
            self.assertEqual((names, result.err), (["noisy"] * ("--modules" in options), "noise\n"))

    @unittest.skipIf(fresh.PY2, "no such streams")
    def test_prints_beside_modules_that_take_standard_output_for_themselves(self):
        for number, how in enumerate(("sys.stdout.detach()", "sys.stdout.buffer")):
            self.write("takes%d.py" % number, u"import io, sys\nsys.stdout = io.TextIOWrapper(%s)\n" % how)
            options = ["--no-scan", "--import", "takes%d" % number]
            self.assertIn("0 targets", self.report(*options, directory=self.folder))
            result = fresh.call(["-m", "warmup", "report", "--why", "zzz"] + options, directory=self.folder)
            self.assertEqual((result.code, result.out), (2, ""))
            self.assertIn("--why zzz: no loaded function imports it", result.err)

    def test_writes_a_manifest_that_warms_the_same(self):
        path = os.path.join(self.folder, "late.txt")
        self.report("-o", path)
        same = json.loads(self.report("--json", "--manifest", path, "--no-scan"))
        everything = json.loads(self.report("--json"))
        names = [{row["name"] for row in data["outcomes"] if row["status"] == "warmed"} for data in (everything, same)]
        names[0].discard("latin_1")  # a name for iso8859_1, which both have warmed
        self.assertEqual(*map(sorted, names))

    def test_writes_also_what_the_command_itself_has_loaded(self):
        self.write("program.py", u"def function():\n    import argparse, inspect, json\n")
        path = os.path.join(self.folder, "late.txt")
        self.report("--no-codecs", "--import", "program", "-o", path, directory=self.folder)
        result = fresh.python(
            u"""
            import warmup, program
            warmup.preload(manifest="late.txt", scan=False)
            before = set(sys.modules)
            program.function()
            print(sorted(set(sys.modules) - before))
        """,
            environment={"PYTHONPATH": os.pathsep.join([self.folder, fresh.ROOT])},
            directory=self.folder,
        )
        self.assertEqual((result.code, result.out, result.err), (0, "[]\n", ""), result)
        out = self.report("--no-codecs", "--import", "program", "--why", "argparse", directory=self.folder)
        self.assertIn("function() in ", out)

    def test_adds_to_a_manifest_and_keeps_its_lines(self):
        path = self.write("late.txt", u"warmup-manifest 1\ncodec punycode\ncodec cp1250\n")
        for _ in range(2):
            self.report("--no-scan", "--codecs", "idna,cp1250", "-o", path)
            self.assertEqual([target.name for target in manifest.read(path)[0]], ["punycode", "cp1250", "idna"])

    def test_writes_into_nothing_that_is_no_manifest(self):
        path = self.write("notes.txt", u"buy milk\n")
        result = fresh.call(["-m", "warmup", "report", "--no-codecs", "-o", path])
        self.assertEqual((result.code, result.out), (2, ""), result)
        self.assertIn("notes.txt:1: ", result.err)
        with open(path) as stream:
            self.assertEqual(stream.read(), "buy milk\n")

    def test_writes_no_folder_into_a_manifest(self):
        self.write("a folder/shop.py", u"def function():\n    import sched\n")
        path = os.path.join(self.folder, "late.txt")
        folder = os.path.join(self.folder, "a folder")
        self.report("--no-codecs", "--import", "shop", "-o", path, directory=folder)
        with open(path) as stream:
            text = stream.read()
        self.assertIn("module sched  # function() in shop.py:2", text)
        for line in text.splitlines():
            self.assertNotIn(os.path.dirname(os.__file__), line)

    def test_writes_no_line_that_cannot_be_read(self):
        self.write("my plugin.py", u"")
        self.write("c#.py", u"")
        for _ in range(2):
            result = fresh.call(
                "-m warmup report --no-scan --modules".split() + ["my plugin,c#,sched", "-o", "late.txt"],
                directory=self.folder,
            )
            self.assertEqual(result.code, 0, result)
            self.assertIn("-o %s: a manifest cannot contain the name 'my plugin'" % self.path("late.txt"), result.err)
        targets, _, _ = manifest.read(self.path("late.txt"))
        self.assertEqual([target.name for target in targets], ["sched"])

    def test_takes_paths_from_the_folder_in_which_it_was_started(self):
        self.write("moves.py", u"import os; os.chdir(os.path.dirname(os.__file__))")
        self.write("old.txt", u"warmup-manifest 1\nmodule sched\n")
        result = fresh.call(
            "-m warmup report --no-scan --import moves --manifest old.txt -o late.txt --trace trace.json".split(),
            directory=self.folder,
        )
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertRegex(result.out, "module +sched")
        for name in ("late.txt", "trace.json"):
            self.assertTrue(os.path.exists(self.path(name)), name)

    def test_finds_packages_of_the_folder_in_which_it_was_started(self):
        self.write("moves.py", u"import os; os.chdir(os.path.dirname(os.__file__))\ndef late():\n    import other\n")
        self.write("other.py", u"")
        result = fresh.call(
            "-m warmup report --no-codecs --import moves --packages other --why other".split(), directory=self.folder
        )
        self.assertEqual((result.code, result.err), (0, ""), result)
        self.assertIn("module other: warmed, late() in %s:3" % self.path("moves.py"), result.out)

    def test_says_what_is_imported_although_it_opens_a_file(self):
        self.write("shop.py", u"def late():\n    import io\n")
        bare = fresh.call(["-c", "import sys; print('io' in sys.modules)"])
        result = fresh.call("-m warmup report --no-codecs --import shop --why io".split(), directory=self.folder)
        if bare.out.strip() == "False":
            self.assertEqual((result.code, "warmed" in result.out), (0, True), result)

    def test_says_what_a_module_raises_that_has_closed_standard_output(self):
        self.write("closes.py", u"import sys; sys.stdout.close(); import no_such_module")
        for arguments in "--import closes", "--modules closes --strict --no-scan":
            result = fresh.call(["-m", "warmup", "report"] + arguments.split(), directory=self.folder)
            self.assertEqual((result.code, len(result.err.splitlines())), (2, 1), result)
            self.assertIn("no_such_module", result.err)

    def test_says_in_one_line_what_a_module_raises(self):
        self.write("umlaut.py", u"raise Exception(u'gr\xfc\xdfe')")
        self.write(
            "skips.py",
            u"""
            class Skipped(BaseException):
                def __str__(self):
                    raise ValueError("no text")
            raise Skipped()
            """,
        )
        for name, text in (("umlaut", "Exception"), ("skips", "Skipped")):
            result = fresh.call(["-m", "warmup", "report", "--import", name], directory=self.folder)
            self.assertEqual((result.code, result.out, len(result.err.splitlines())), (2, "", 1), result)
            self.assertIn("--import: %s cannot be imported: %s" % (name, text), result.err)

    def test_says_why_a_codec_is_imported_by_each_of_its_spellings(self):
        for spelling in ("windows-1252", "cp1252", "WINDOWS_1252"):
            self.assertIn("codec cp1252: warmed", self.report("--codecs", "cp1252", "--why", spelling))

    def test_refuses_bad_input_in_one_line(self):
        self.write("ends.py", u"import sys; sys.exit(0)")
        for arguments, text in (
            (["--codecs", "latn-1"], "latn-1"),
            (["--modules", ".os"], "--modules: '.os'"),
            (["--modules", "no_such", "--strict"], "no_such"),
            (["--import", "no_such"], "no_such"),
            (["--codecs", "all", "--codecs", "idna"], "all"),
            (["--codecs", ","], "--codecs: ',' names no codecs"),
            (["--codecs", "all,idna"], "--codecs: 'all,idna' names no codecs"),
            (["--no-codecs", "--codecs", "idna"], "--no-codecs"),
            (["--json", "--why", "os", "--no-codecs"], "--json and --why"),
            (["--packages", "no_such"], "no_such"),
            (["--manifest", "no_such"], "no_such"),
            (["--manifest", ""], "--manifest: "),
            (["--codecs", "none", "--codecs", "idna"], "none"),
            (["--import", "ends"], "--import: ends cannot be imported: SystemExit: 0"),
            (["--trace", os.path.join("no_such", "folder"), "--no-codecs"], "no_such"),
        ):
            result = fresh.call(["-m", "warmup", "report"] + arguments, directory=self.folder)
            self.assertEqual((result.code, result.out), (2, ""), result)
            self.assertEqual(len(result.err.splitlines()), 1, result)
            self.assertIn(text, result.err)

    @unittest.skipUnless(os.name == "posix" and os.path.exists("/dev/full"), "there is no full device")
    def test_says_in_one_line_that_its_output_takes_nothing(self):
        for output, code in (("/dev/full", 2), ("&-", 0 if not fresh.PY2 else 2)):
            command = "'%s' -m warmup report --codecs idna --why encodings.idna >%s" % (sys.executable, output)
            result = process.run(["sh", "-c", command], process.variables(PYTHONPATH=fresh.ROOT))
            self.assertEqual((result.code, len(result.err.splitlines())), (code, code // 2), result)

    @unittest.skipUnless(os.name == "posix" and not fresh.PY2, "needs a shell")
    def test_works_without_standard_error(self):
        self.write("program.py", u"def late():\n    import sched\nlate()\n")
        self.write("old.txt", u"warmup-manifest 1\nmodule no_such\n")
        for words, text in (
            ("report --codecs idna --why encodings.idna", "codec idna"),
            ("run --watch record --no-scan --manifest old.txt --modules no_such program.py", ""),
            ("report --codecs latn-1", ""),
        ):
            command = "'%s' -m warmup %s 2>&-" % (sys.executable, words)
            result = process.run(["sh", "-c", command], process.variables(PYTHONPATH=fresh.ROOT), directory=self.folder)
            self.assertIn(text, result.out)
            self.assertEqual(bool(result.out), bool(text), result)

    @unittest.skipUnless(os.name == "posix" and not fresh.PY2, "needs a shell")
    def test_proves_without_standard_output(self):
        for words in ("--list", "--show chroot", "--scenario sticky_failure --json"):
            command = "'%s' -m warmup prove %s >&- 2>&-" % (sys.executable, words)
            result = process.run(["sh", "-c", command], process.variables(PYTHONPATH=fresh.ROOT), directory=self.folder)
            self.assertEqual(result.code, 0, result)

    @unittest.skipUnless(os.name == "posix", "needs a shell")
    def test_checks_with_an_error_where_its_output_is_closed(self):
        self.write("late.py", u"def app(environ, start_response):\n    start_response('200 OK', [])\n    return []\n")
        command = "('%s' -m warmup check --no-scan late:app; echo $? >&2) | true" % sys.executable
        result = process.run(["sh", "-c", command], process.variables(PYTHONPATH=fresh.ROOT), directory=self.folder)
        self.assertEqual(result.err.strip(), "141", result)

    def test_checks_with_an_error_of_its_own_where_no_temporary_file_can_be_made(self):
        self.write("late.py", u"def app(environ, start_response):\n    start_response('200 OK', [])\n    return []\n")
        source = (
            "import sys, tempfile\ndef fail(*_, **__): raise OSError(30, 'Read-only file system', '/tmp/x')\n"
            "tempfile.mkstemp = fail\nfrom warmup._cli import main\nsys.exit(main(['check', '--no-scan', 'late:app']))"
        )
        result = fresh.call(["-c", source], directory=self.folder)
        self.assertEqual((result.code, len(result.err.splitlines())), (2, 1), result)

    @unittest.skipUnless(os.name == "posix", "needs a shell")
    def test_ends_quietly_where_its_output_is_closed(self):
        for words in ("report --codecs idna", "", "--help", "report --help"):
            command = "('%s' -m warmup %s; echo $? >&2) | true" % (sys.executable, words)
            result = process.run(["sh", "-c", command], process.variables(PYTHONPATH=fresh.ROOT))
            self.assertEqual((result.code, result.err), (0, "0\n"), result)


class ManifestOfCommands(FolderTest):

    def command(self, arguments, path):
        words = ["-m", "warmup", arguments[0], "-o", path] + arguments[1:]
        return fresh.call(words, directory=self.folder)

    @unittest.skipUnless(hasattr(os, "symlink") and os.name == "posix", "no links here")
    def test_keep_a_link_to_a_file_that_does_not_exist_yet(self):
        self.write("program.py", u"def f():\n    import colorsys\nf()\n")
        link = os.path.join(self.folder, "link.manifest")
        os.symlink("real.manifest", link)
        result = fresh.call(["-m", "warmup", "record", "-o", link, "program.py"], directory=self.folder)
        self.assertEqual(result.code, 0, result)
        self.assertTrue(os.path.islink(link))
        with io.open(os.path.join(self.folder, "real.manifest"), encoding="utf-8") as stream:
            self.assertIn("module colorsys", stream.read())

    def test_makes_no_file_if_it_refuses_an_argument(self):
        self.write("shop.py", u"def run(): import sched")
        for arguments in (
            ["report", "--no-scan", "--import", "no_such"],
            ["report", "--no-scan", "--packages", "no_such"],
            ["report", "--no-scan", "--modules", "sched", "--trace", "trace", "--why", "no_such"],
            ["check", "--call", "shop:no_such"],
        ):
            result = self.command(arguments, "new.manifest")
            self.assertEqual((result.code, result.out), (2, ""), result)
            self.assertEqual([name for name in os.listdir(self.folder) if name[0] in "nt"], [])

    @unittest.skipUnless(hasattr(os, "mkfifo"), "there are no FIFOs")
    def test_refuses_to_write_a_manifest_where_it_would_be_lost(self):
        self.write("program.py", u"import sched")
        self.write("shop.py", u"def run(): import sched")
        fifo, folder = os.path.join(self.folder, "fifo"), os.path.join(self.folder, "folder")
        os.mkfifo(fifo)
        os.mkdir(folder)
        for arguments in (
            ["record", "program.py"],
            ["report", "--no-scan"],
            ["check", "--no-scan", "--call", "shop:run", "--allow=sched"],
        ):
            for path in fifo, folder:
                result = self.command(arguments, path)
                self.assertEqual((result.code, result.out), (2, ""), result)
                self.assertIn("%s is no regular file; name a file\n" % path, result.err)
            result = self.command(arguments, os.devnull)
            self.assertEqual((result.code, result.err), (0, ""), result)
        result = fresh.python(u"import warmup\nwarmup.preload(scan=False)", environment={"WARMUP_RECORD": fifo})
        self.assertEqual(result.code, 0, result)
        self.assertIn("WARMUP_RECORD: %s is no regular file" % fifo, result.err)
