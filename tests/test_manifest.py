"""Test that a manifest is warmed as written, that an error names its line, and that a missing module is stale."""

from __future__ import absolute_import, division, print_function

import io
import os
import sys
import textwrap
import unittest

from tests.support import fresh
from tests.support.folder import FolderTest
from warmup._python.read_ahead import IS_POSSIBLE
from warmup._sources import manifest
from warmup._sources.codec import CodecSource
from warmup._values import ArgumentError, LateImport

HEAD = u"warmup-manifest 1\n"


class Format(FolderTest):

    def read(self, text):
        """Return what a manifest of this text names, as pairs of kind and name."""
        path = self.write("late.txt", HEAD + text)
        return [(target.kind, target.name) for target in manifest.ManifestSource(path, CodecSource())._targets]

    def test_is_a_kind_and_a_name_in_each_line(self):
        self.assertEqual(
            self.read(u"""
            module a.b.c  # shop/app.py:12 load, 3.1 ms

            # a comment
            interpreter CPython 3.13 linux
            codec   cp1252
            placeholder a.b
        """),
            [("module", "a.b.c"), ("codec", "cp1252"), ("placeholder", "a.b")],
        )

    def test_of_two_files_in_one_is_the_format_of_one(self):
        self.assertEqual(
            self.read(u"module a\n" + HEAD + manifest.interpreter() + u"\nmodule b\n"),
            [("module", "a"), ("module", "b")],
        )

    def test_with_the_line_ends_of_windows_is_the_same(self):
        self.assertEqual(self.read(u"module a\r\ncodec idna\r\n"), [("module", "a"), ("codec", "idna")])

    def test_may_begin_with_the_mark_of_some_editors(self):
        path = self.write("late.txt", u"\ufeff" + HEAD + u"module a\n\ufeff" + HEAD + u"module b\n")
        self.assertEqual([target.name for target in manifest.read(path)[0]], ["a", "b"])

    def test_has_comments_with_any_letter(self):
        text = u"module a  # \xe4 \u2028 x \x85 y \x0b z\nmodule b\n"
        self.assertEqual(self.read(text), [("module", "a"), ("module", "b")])

    def test_of_another_version_is_refused_as_that(self):
        path = self.write("late.txt", HEAD + u"module a\nwarmup-manifest 2\n")
        with self.assertRaises(ArgumentError) as caught:
            manifest.read(path)
        remedy = "reads 'warmup-manifest 1'; record the manifest again"
        for words in ("late.txt:3: ", "'warmup-manifest 2' is of another version", remedy):
            self.assertIn(words, str(caught.exception))

    def test_of_an_empty_file_is_right(self):
        self.assertEqual(self.read(u""), [])

    def test_that_is_wrong_is_refused_with_file_and_line(self):
        for text, number in (
            (u"module\n", 2),
            (u"\nmodul a\n", 3),
            (u"module a b\n", 2),
            (u"module a..b\n", 2),
            (u"module .a\n", 2),
            (u"module a\0b\n", 2),
            (u"codec a\0b\n", 2),
            (u"module a/b\n", 2),
            (u"module a\\b\n", 2),
            (u"module a;b\n", 2),
            (u"module a\nwith b c,d\n", 3),
            (u"placeholder a.b:c\n", 2),
            (u"interpreter\n", 2),
            (u"a\n", 2),
            (u"with\n", 2),
            (u"placeholder a\n", 2),
            (u"module a\nwith b c..d\n", 3),
        ):
            with self.assertRaises(ArgumentError) as caught:
                self.read(text)
            self.assertEqual(caught.exception.argument, "manifest")
            self.assertIn("late.txt:%d: " % number, str(caught.exception), text)

    def test_has_names_that_are_no_identifiers(self):
        names = ["my-plugin", "shop.migrations.0001_initial", "codec iso_8859-1:1987", u"gr\xf6\xdfe.e\u0301"]
        lines = [name if name.startswith("codec") else "module " + name for name in names]
        read = [" ".join(pair) for pair in self.read(u"\n".join(lines) + u"\n")]
        # 2.7 imports only names that are bytes.
        self.assertEqual([pair.decode("utf-8") if isinstance(pair, bytes) else pair for pair in read], lines)

    def test_is_not_given_a_name_that_it_cannot_have(self):
        for name, count in ((u"a/b", 0), (u"a b", 0), (u"a#b", 0), (u"my-plugin", 1)):
            late = LateImport(name, "module", "", "", 0.0, (name,), None, 0)
            lines = u"".join(line for _, line in manifest.lines_of(late))
            self.assertEqual(self.read(lines), [("module", name)] * count)

    def test_is_given_a_wait_for_the_import_of_another_thread_if_that_has_loaded_the_module(self):
        import encodings.utf_8  # noqa: F401

        # If that import fails, the wait shows no error.
        for name, kind, count in (
            ("no_such_module", "module", 0),
            (__name__, "module", 1),
            ("no-such-codec", "codec", 0),
            ("UTF-8", "codec", 1),
        ):
            late = LateImport(name, kind, "", "", 0.0, (), None, 0)
            self.assertEqual(len(manifest.lines_of(late)), count, name)

    def test_with_a_placeholder_that_has_no_module_says_what_its_name_is(self):
        with self.assertRaises(ArgumentError) as caught:
            self.read(u"placeholder json\n")
        self.assertIn("MODULE.ATTRIBUTE", str(caught.exception))

    def test_without_the_first_line_is_refused(self):
        path = self.write("other.txt", u"module a\n")
        with self.assertRaises(ArgumentError) as caught:
            manifest.ManifestSource(path, CodecSource())
        self.assertIn("other.txt:1: ", str(caught.exception))
        self.assertIn("warmup-manifest 1", str(caught.exception))

    def test_is_at_a_path_of_bytes_or_of_text_beyond_ascii(self):
        try:
            path = self.write(u"\xfc.txt", u"warmup-manifest 1\nmodule a\n")
        except UnicodeEncodeError:
            self.skipTest("no such name can be written here: LC_ALL=C.UTF-8")
        for one in (path, path.encode(sys.getfilesystemencoding())):
            (target,), _, _ = manifest.read(one)
            self.assertIs(type(target.reason), str)
            self.assertIn(".txt:2", target.reason)
            self.assertNotIn("b'", target.reason)

    def test_of_a_file_that_cannot_be_read_is_refused_with_the_remedy(self):
        for path in (os.path.join(self.folder, "no_such_file"), self.folder):
            with self.assertRaises(ArgumentError) as caught:
                manifest.ManifestSource(path, CodecSource())
            self.assertIn(path, str(caught.exception))
            self.assertIn("record", str(caught.exception))

    def test_in_another_encoding_is_refused_with_file_and_line(self):
        path = os.path.join(self.folder, "latin.txt")
        with open(path, "wb") as stream:
            stream.write(b"warmup-manifest 1\r\nmodule a  # \xfc\n")
        with self.assertRaises(ArgumentError) as caught:
            manifest.ManifestSource(path, CodecSource())
        self.assertIn(path + ":2: ", str(caught.exception))
        self.assertIn("save it as UTF-8", str(caught.exception))

    def test_has_modules_that_come_with_a_target(self):
        text = u"module a\n    with b c.d  # nested\nwith e\nmodule f\n"
        path = self.write("late.txt", HEAD + text)
        targets, _, modules = manifest.read(path)
        self.assertEqual([target.name for target in targets], ["a", "f"])
        self.assertEqual(modules, ["a", "b", "c.d", "e", "f"])

    @unittest.skipUnless(IS_POSSIBLE, "the names are of no use here, and are not written")
    def test_names_modules_that_come_with_a_target_in_lines_of_limited_length(self):
        names = ["b.module_%02d" % number for number in range(30)]
        text = manifest.line("module", "a", "why", ["a", sys.builtin_module_names[0]] + names)
        self.assertEqual(text.splitlines()[0], "module a  # why")
        self.assertEqual(" ".join(text.splitlines()[1:]).replace("    with ", " ").split(), names)
        self.assertLessEqual(max(map(len, text.splitlines())), 100)
        path = self.write("late.txt", HEAD + text)
        self.assertEqual(manifest.read(path)[2], ["a"] + names)
        self.assertEqual(manifest.line("codec", "cp1252", "", ["encodings.cp1252"]), u"codec cp1252\n")

    def test_is_what_append_writes(self):
        path = os.path.join(self.folder, "new.txt")
        manifest.append(path, manifest.line("module", "a", u"b \n c \xfc"))
        manifest.append(path, manifest.line("codec", "idna"))
        with open(path, "rb") as stream:
            lines = stream.read().decode("utf-8").splitlines()
        self.assertEqual(lines, [HEAD.strip(), manifest.interpreter(), u"module a  # b c \xfc", u"codec idna"])
        source = manifest.ManifestSource(path, CodecSource())
        self.assertEqual(([target.name for target in source._targets], source.mismatch), (["a", "idna"], None))


class Warming(FolderTest):

    def outcomes(self, text, more=u""):
        """Return ``[kind, name, status]`` of the targets of a manifest of this text, and the warnings."""
        path = self.write("late.txt", HEAD + text)
        return fresh.value(
            u"""
            import json, sys, warnings
            sys.path.insert(0, sys.argv[2])
            import warmup
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                reports = [warmup.preload(codecs=(), manifest=sys.argv[1], scan=False%s) for _ in range(2)]
            print(json.dumps([[[o.target.kind, o.target.name, o.status] for o in reports[0].outcomes],
                              [o.target.name for o in reports[1].outcomes],
                              [str(one.message) for one in caught]]))
        """ % more,
            arguments=[path, self.folder],
        )

    def test_is_in_its_order_and_once_for_doubles(self):
        outcomes, second, caught = self.outcomes(u"""
            codec cp1250
            module sched
            codec cp1250
            codec Windows-1250
            module colorsys
            module sched
        """)
        self.assertEqual(
            outcomes, [["codec", "cp1250", "warmed"], ["module", "sched", "warmed"], ["module", "colorsys", "warmed"]]
        )
        self.assertEqual((second, caught), ([], []))

    def test_of_what_does_not_exist_here_is_stale_and_no_failure(self):
        outcomes, second, caught = self.outcomes(
            u"""
            module no_such_module
            module json.no_such_module
            codec no-such-codec
            placeholder sys.no_such_name
        """,
            more=u", strict=True",
        )
        self.assertEqual([status for _, _, status in outcomes], ["stale"] * 4, outcomes)
        self.assertEqual(len(second), 4, "the second call says nothing of them")
        self.assertEqual(caught, [])

    @unittest.skipIf(os.name == "nt", "Windows has them")
    def test_of_what_only_another_platform_has_is_stale_and_no_failure(self):
        outcomes, _, _ = self.outcomes(
            u"codec mbcs\nmodule encodings.mbcs\nmodule winreg\nmodule multiprocessing.popen_spawn_win32\n"
            + u"module asyncio.windows_events\n",
            more=u", strict=True",
        )
        self.assertEqual([status for _, _, status in outcomes], ["stale"] * 5, outcomes)

    def test_of_a_name_that_2_7_cannot_import_is_stale(self):
        outcomes, _, _ = self.outcomes(u"module gr\xf6\xdfe\nmodule json.gr\xf6\xdfe\n")
        self.assertEqual([status for _, _, status in outcomes], ["stale"] * 2, outcomes)

    def test_of_a_codec_of_the_program_uses_the_spelling_that_the_program_knows(self):
        path = self.write("late.txt", HEAD + u"codec my-codec\ncodec my_other\n")
        for spelling in ("my-codec", "my_codec"):  # 3.9 and later look only for the second
            outcomes, second = fresh.value(
                u"""
                import codecs, json, warmup
                def search(name):
                    if name in (sys.argv[2], "my_other"):
                        return codecs.lookup("utf-8")
                codecs.register(search)
                reports = [warmup.preload(manifest=sys.argv[1], scan=False) for _ in range(2)]
                print(json.dumps([[o.status for o in report.outcomes] for report in reports]))
            """,
                arguments=[path, spelling],
            )
            if spelling == ("my-codec" if sys.version_info < (3, 9) else "my_codec"):
                self.assertEqual((outcomes, second), (["warmed"] * 2, []))

    def test_of_a_codec_whose_search_function_fails_is_a_failure(self):
        path = self.write("late.txt", HEAD + u"codec my_codec\n")
        self.assertEqual(
            fresh.value(
                u"""
            import codecs, json, warmup
            def search(name):
                if name == "my_codec":
                    import no_such_module
            codecs.register(search)
            report = warmup.preload(manifest=sys.argv[1], scan=False)
            print(json.dumps([outcome.status for outcome in report.outcomes]))
        """,
                arguments=[path],
            ),
            ["failed"],
        )

    def test_does_not_import_what_came_with_a_target_once(self):
        self.write("alone.py", u"")
        outcomes, _, caught = self.outcomes(u"module alone\n  with sched no_such_module alone.x\n")
        self.assertEqual((outcomes, caught), ([["module", "alone", "warmed"]], []))

    def test_of_a_module_that_fails_is_a_failure(self):
        self.write("breaks.py", u"1 / 0")
        self.write("lacks.py", u"import no_such_module")
        outcomes, second, _ = self.outcomes(u"module breaks\nmodule lacks\n")
        self.assertEqual(outcomes, [["module", "breaks", "failed"], ["module", "lacks", "failed"]])
        self.assertEqual(second, ["breaks", "lacks"])

    def test_of_another_interpreter_warns_once_and_is_carried_out(self):
        outcomes, _, caught = self.outcomes(u"interpreter CPython 1.5 amiga\nmodule sched\n")
        self.assertEqual(outcomes, [["module", "sched", "warmed"]])
        self.assertEqual(len(caught), 1, caught)
        for word in ("late.txt", "CPython 1.5 amiga", "record it again"):
            self.assertIn(word, caught[0])

    @unittest.skipUnless(fresh.PY2, "only there a path is bytes")
    def test_of_another_interpreter_in_a_folder_beyond_ascii_warns_too(self):
        folder = os.path.join(self.folder, b"donn\xc3\xa9es")
        os.mkdir(folder)
        path = os.path.join(folder, "late.txt")
        with open(path, "w") as stream:
            stream.write("warmup-manifest 1\ninterpreter CPython 1.5 amiga\nmodule sched\n")
        result = fresh.python(
            u"""
            import sys, warmup
            print(len(warmup.preload(scan=False, manifest=sys.argv[1]).warmed))
        """,
            arguments=[path],
        )
        self.assertEqual((result.code, result.out), (0, "1\n"), result)
        self.assertIn("was recorded by CPython 1.5 amiga", result.err)

    @unittest.skipUnless(fresh.PY2, "only there names and paths are bytes")
    def test_with_names_and_askers_beyond_ascii_is_recorded_and_replayed(self):
        folder = os.path.join(self.folder, b"b\xc3\xbcro")
        os.mkdir(folder)
        with open(os.path.join(folder, "program.py"), "w") as stream:
            stream.write("def late(name):\n    __import__(name)\n")
        with open(os.path.join(folder, b"b\xc3\xbcm.py"), "w"):
            pass
        seen = fresh.value(
            u"""
            import json, sys, warmup
            folder, path = sys.argv[1:]
            sys.path[:0] = [u"/no/such/folder/whose/name/is/longer/than/that/of/" + 20 * u"another/", folder]
            import program
            with warmup.watch() as watch:
                program.late(b"b\\xc3\\xbcm")
            watch.write(path)
            del sys.modules[b"b\\xc3\\xbcm"]
            print(json.dumps([one.status for one in warmup.preload(scan=False, manifest=path).outcomes]))
        """,
            arguments=[folder, self.path("late.txt")],
        )
        self.assertEqual(seen, ["warmed"])
        with io.open(self.path("late.txt"), encoding="utf-8") as stream:
            self.assertIn(u"module b\xfcm  # program.py:2 late", stream.read())

    def test_of_several_interpreters_does_not_warn_if_this_is_one_of_them(self):
        _, _, caught = self.outcomes(u"interpreter CPython 1.5 amiga\n" + manifest.interpreter() + u"\nmodule sched\n")
        self.assertEqual(caught, [])

    def test_of_a_placeholder_uses_it(self):
        if sys.version_info < (3, 15):
            self.skipTest("PEP 810 came with 3.15")
        self.write("program.py", u"lazy import sched\nlazy import colorsys\n")
        outcomes, second, _ = self.outcomes(u"placeholder program.sched\n")
        self.assertEqual((outcomes, second), ([["placeholder", "program.sched", "warmed"]], []))

    def test_of_an_attribute_that_a_module_makes_when_it_is_asked_for_gets_it(self):
        self.write(
            "makes.py",
            u"""
            import sys
            def __getattr__(name):
                if name != "colours":
                    raise AttributeError(name)
                import colorsys
                sys.modules["makes"].colours = colorsys
                return colorsys
        """,
        )
        if sys.version_info < (3, 7):
            self.skipTest("modules have __getattr__ since 3.7")
        outcomes, second, _ = self.outcomes(u"placeholder makes.colours\n")
        self.assertEqual((outcomes, second), ([["placeholder", "makes.colours", "warmed"]], []))

    def test_is_not_for_what_the_caller_excludes(self):
        outcomes, _, _ = self.outcomes(u"module sched\ncodec idna\n", u", exclude=['sched', 'encodings.idna']")
        self.assertEqual(outcomes, [["module", "sched", "excluded"], ["codec", "idna", "excluded"]])

    def test_is_also_for_what_is_excluded_from_being_derived(self):
        outcomes, _, _ = self.outcomes(u"module bdb\n")
        self.assertEqual(outcomes, [["module", "bdb", "warmed"]])


class Appending(FolderTest):

    def test_writes_no_line_across_the_end_of_a_page(self):
        path = os.path.join(self.folder, "late.txt")
        names = ["package.module_%03d" % number for number in range(300)]
        for number in range(40):
            manifest.append(path, manifest.line("module", "m%d" % number, "", names[number:]))
        with open(path, "rb") as stream:
            text = stream.read()
        self.assertGreater(len(text), 40 * 4096 if IS_POSSIBLE else 0)
        for end in range(4096, len(text), 4096):
            self.assertEqual(text[end - 1 : end], b"\n", end)
        targets, _, modules = manifest.read(path)
        self.assertEqual(len(targets), 40)
        self.assertEqual(set(names) - set(modules), set() if IS_POSSIBLE else set(names))

    def test_by_many_processes_at_once_leaves_whole_lines(self):
        path = os.path.join(self.folder, "late.txt")
        manifest.append(path, u"")
        source = u"""
            from warmup._sources import manifest
            for number in range(200):
                manifest.append(sys.argv[1], manifest.line("module", "m%s.n%d" % (sys.argv[2], number), "x" * 50))
        """
        import threading

        threads = [
            threading.Thread(target=fresh.python, args=(source,), kwargs={"arguments": [path, str(number)]})
            for number in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len({target.name for target in manifest.ManifestSource(path, CodecSource())._targets}), 800)

    LIMITED = u"""
        import resource, signal
        from warmup._sources import manifest
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        size = os.path.getsize(sys.argv[1]) if os.path.exists(sys.argv[1]) else 0
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + int(sys.argv[2]), hard))
        text = manifest.line("module", "schedule") + u"".join(
            manifest.line("module", "m%d" % number) for number in range(1000))
        try:
            manifest.append(sys.argv[1], text)
            result = "written"
        except EnvironmentError as error:
            result = error.strerror
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))  # print() may write to a file
        print(result)
        manifest.append(sys.argv[1], manifest.line("module", "colorsys"))
    """

    @unittest.skipUnless(os.name == "posix", "no limit of the size of files here")
    def test_on_a_full_disk_leaves_no_part_of_a_line(self):
        for room in (0, 5, 10, 17, 4090, 4096, 5000):
            for before in (None, u"module sched\n"):
                path = os.path.join(self.folder, "%d-%s.txt" % (room, bool(before)))
                if before:
                    manifest.append(path, before)
                result = fresh.python(u"import os\n" + textwrap.dedent(self.LIMITED), arguments=[path, str(room)])
                self.assertEqual((result.code, result.err), (0, ""), result)
                self.assertNotIn("written", result.out)
                names = [target.name for target in manifest.read(path)[0]]
                self.assertEqual(names, ["sched"] * bool(before) + ["colorsys"], room)

    @unittest.skipUnless(hasattr(os, "lockf"), "2.7 and Windows have no os.lockf")
    def test_does_not_wait_for_a_process_that_keeps_its_lock(self):
        path = os.path.join(self.folder, "late.txt")
        manifest.append(path, u"module sched\n")
        with open(path, "r+b") as stream:
            os.lockf(stream.fileno(), os.F_LOCK, 0)
            result = fresh.python(
                u"""
                from warmup._sources import manifest
                manifest.append(sys.argv[1], manifest.line("module", "colorsys"))
            """,
                arguments=[path],
            )
            self.assertEqual((result.code, result.err), (0, ""), result)
            self.assertEqual(len(manifest.read(path)[0]), 2)


class Line(unittest.TestCase):

    @unittest.skipIf(fresh.PY2, "2.7 has the names of files as bytes")
    def test_has_escapes_for_letters_that_utf_8_does_not_have(self):
        text = manifest.line("module", "a", u"s\udcff.py:1 f")
        self.assertEqual(text.encode("utf-8"), b"module a  # s\\udcff.py:1 f\n")

    def test_names_this_interpreter(self):
        words = manifest.interpreter().split()
        self.assertEqual(
            words[:3], ["interpreter", "PyPy" if fresh.PYPY else "CPython", "%d.%d" % sys.version_info[:2]]
        )
