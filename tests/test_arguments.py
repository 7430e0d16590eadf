"""Test that a wrong argument raises one clear error before anything is imported, and that right ones work."""

from __future__ import absolute_import, division, print_function

import contextlib
import os
import textwrap
import unittest
import zipfile

import warmup
from tests.support import fresh
from tests.support.folder import FolderTest
from tests.support.program import PROGRAM


class Arguments(FolderTest):

    CASES = (
        ("codecs=['latn-1']", "ValueError", ("codecs", "latn-1")),
        ("codecs='latin-1'", "TypeError", ("codecs", "latin-1")),
        ("codecs=7", "TypeError", ("codecs", "7")),
        ("codecs=[None]", "TypeError", ("codecs", "None")),
        ("modules='json'", "TypeError", ("modules", "json")),
        ("modules=[b'\\xff', 3]", "TypeError", ("modules",)),
        ("modules=['sched'], exclude=['sched']", "ValueError", ("modules", "sched")),
        ("packages=['no_such_package']", "ValueError", ("packages", "no_such_package")),
        ("packages=[7]", "TypeError", ("packages", "7")),
        ("exclude='json'", "TypeError", ("exclude", "json")),
        ("strict='no'", "TypeError", ("strict", "no")),
        ("scan=1", "TypeError", ("scan", "1")),
        ("scan=None", "TypeError", ("scan", "None")),
        ("modules=['.os']", "ValueError", ("modules", ".os")),
        ("modules=['json,sched']", "ValueError", ("modules", "json,sched")),
        ("modules=['os.']", "ValueError", ("modules", "os.")),
        ("modules=['a\\0b']", "ValueError", ("modules",)),
        ("modules=[' os']", "ValueError", ("modules", " os")),
        ("exclude=['']", "ValueError", ("exclude", "leave it out")),
        ("packages=['a..b']", "ValueError", ("packages", "a..b")),
        ("codecs=['a\\0b']", "ValueError", ("codecs",)),
        ("manifest='no_such_file'", "ValueError", ("manifest", "no_such_file", "record")),
        ("manifest=7", "TypeError", ("manifest", "7")),
        ("manifest=''", "TypeError", ("manifest",)),
        ("modules=['json.decoder'], exclude=['json']", "ValueError", ("modules", "json.decoder")),
        ("exclude=['json.*']", "ValueError", ("exclude", "json.*", "a package stands for all")),
        ("exclude=['*']", "ValueError", ("exclude", "'*'")),
        ("codecs=[u'\\u20ac']", "ValueError", ("codecs",)),
        ("codecs=[u'latn-2']", "ValueError", ("codecs", "latn-2")),
        ("manifest=u'\\u20ac'", "ValueError", ("manifest",)),
        ("manifest=b'nothing'", "ValueError", ("manifest: nothing ",)),
        ("manifest='a\\0b'", "ValueError", ("manifest",)),
        ("codecs=['utf-8\\0']", "ValueError", ("codecs",)),
        ("lock_free_import=0", "TypeError", ("lock_free_import", "0")),
        ("module=['json']", "TypeError", ("module",)),
    )

    def test_that_are_wrong_give_one_clear_error_and_change_nothing(self):
        answers = fresh.value(
            u"""
            import encodings, json
            import warmup
            answers = []
            looked_up = list(encodings._cache)
            for call in {!r}:
                with Recorder() as recorder:
                    try:
                        eval("warmup.preload(%s)" % call)
                    except Exception as error:
                        base = [c.__name__ for c in type(error).__mro__ if c.__module__ in ("builtins", "exceptions")]
                        answers.append([base[0], str(error), None])
                    else:
                        answers.append([None, None, None])
                answers[-1][2] = recorder.late + [name for name in encodings._cache if name not in looked_up]
            print(json.dumps(answers))
        """.format([case[0] for case in self.CASES]),
            options=["-bb"],
        )
        for (call, kind, words), (raised, message, late) in zip(self.CASES, answers):
            self.assertEqual(raised, kind, call)
            for word in words:
                self.assertIn(word, message, call)
            self.assertEqual(late, [], call)

    @unittest.skipUnless(fresh.PY2, "elsewhere such names are right")
    def test_that_are_names_beyond_ascii_are_wrong_on_python_2_7(self):
        for option in ("modules", "packages", "exclude"):
            with self.assertRaises(ValueError) as caught:
                warmup.preload(scan=False, **{option: [u"\xfc"]})
            self.assertIn(option, str(caught.exception))
        with self.assertRaises(ValueError):
            warmup.preload(scan=False, codecs=[b"\xc3\xbc"])

    def test_scan_false_warms_what_is_named_and_nothing_else(self):
        path = self.write("late.txt", u"warmup-manifest 1\nmodule colorsys\n")
        targets, late = fresh.value(
            PROGRAM + textwrap.dedent(u"""
            import json
            import warmup
            with Recorder() as recorder:
                report = warmup.preload(codecs=["latin-1"], modules=["sched"], manifest=sys.argv[1], scan=False)
            print(json.dumps([[outcome.target.name for outcome in report.outcomes],
                              sorted(set(recorder.late).difference(["encodings.latin_1", "encodings.iso8859_1"]))]))
        """),
            arguments=[path],
        )
        self.assertEqual([name for name in targets if name not in ("latin_1", "iso8859_1")], ["sched", "colorsys"])
        self.assertEqual([name for name in late if name not in ("heapq", "_heapq")], ["colorsys", "sched"])

    def test_scan_false_warms_no_codec_unless_it_is_named(self):
        self.assertEqual(
            fresh.value(u"""
            import json, warmup
            print(json.dumps([len(warmup.preload(scan=False).outcomes), "encodings.idna" in sys.modules]))
        """),
            [0, False],
        )

    def test_no_other_takes_an_asterisk(self):
        for keyword in ("modules", "exclude"):
            with self.assertRaises(ValueError) as raised:
                warmup.preload(**{keyword: ["*"]})
            self.assertIn("asterisk", str(raised.exception))

    def test_packages_are_found_in_a_zip_file_that_came_to_the_path_since_the_last_import(self):
        """On Python 2.7 no import has made a finder for that entry of the path yet."""
        path = os.path.join(self.folder, "packed.zip")
        with contextlib.closing(zipfile.ZipFile(path, "w")) as archive:
            archive.writestr("packed/__init__.py", "")
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys, warmup
            sys.path.append(sys.argv[1])
            print(json.dumps([warmup.preload(packages=["packed"], scan=False).failed, "packed" in sys.modules]))
        """,
                arguments=[path],
            ),
            [[], False],
        )

    def test_packages_takes_in_all_packages_by_an_asterisk(self):
        self.write("owner.py", u"def function(): import other.module\n")
        self.write("other/__init__.py", u"")
        self.write("other/module.py", u"def function(): import third\n")
        self.write("third.py", u"")
        for packages, expected in ((["*"], ["other.module", "third"]), (["other"], ["other.module"]), ([], [])):
            self.assertEqual(
                fresh.value(
                    u"""
                import json, sys
                sys.path.insert(0, sys.argv[1])
                import owner, warmup
                report = warmup.preload(codecs=(), packages=%r)
                print(json.dumps([name for name in ("other.module", "third") if name in report.modules]))
            """ % packages,
                    arguments=[self.folder],
                ),
                expected,
            )
