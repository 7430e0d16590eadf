"""Test which modules may be imported: modules of the standard library that are not excluded and not shadowed."""

from __future__ import absolute_import, division, print_function

import sys
import textwrap
import unittest

from tests.support import fresh
from tests.support.folder import FolderTest
from tests.support.program import PROGRAM
from warmup._python import library


class ExcludedModules(FolderTest):

    def test_are_not_derived(self):
        loaded = fresh.value(PROGRAM + textwrap.dedent(u"""
            import json
            from warmup._python.library import EXCLUDED
            before = set(sys.modules)
            def everything():
                import antigravity, this, readline, rlcompleter, idlelib, tkinter, turtle, pydoc, pdb, doctest
                import unittest, test, test.support, lib2to3, ensurepip, _pyrepl, xmlrpc.client
            import warmup
            warmup.preload(exclude=["xmlrpc"])
            new = set(sys.modules) - before
            print(json.dumps(sorted(name for name in new if name.partition(".")[0] in list(EXCLUDED) + ["xmlrpc"])))
        """))
        self.assertEqual(loaded, [])

    def test_by_the_caller_are_not_imported_whatever_the_source(self):
        path = self.write("late.txt", u"warmup-manifest 1\nmodule colorsys\ncodec idna\n")
        self.assertEqual(
            fresh.value(
                u"""
            import json, warmup
            def function():
                import sched
            report = warmup.preload(exclude=["colorsys", "encodings.idna", "sched", "_strptime"], manifest=sys.argv[1])
            import time
            print(json.dumps([sorted([o.target.kind, o.target.name, o.error] for o in report.excluded), [
                name for name in ("colorsys", "encodings.idna", "sched", "_strptime") if name in sys.modules]]))
        """,
                arguments=[path],
            ),
            [
                [
                    ["codec", "idna", "excluded by the caller"],
                    ["module", "_strptime", "excluded by the caller"],
                    ["module", "colorsys", "excluded by the caller"],
                    ["module", "sched", "excluded by the caller"],
                ],
                [],
            ],
        )

    def test_have_a_reason(self):
        for name, reason in library.EXCLUDED.items():
            self.assertGreater(len(reason), 5, name)

    def test_exist_on_some_version(self):
        """Test that each excluded name exists in some version. A name without a module is misspelled."""
        found = [name for name in library.EXCLUDED if library.find(name)]
        self.assertGreater(
            len(found), 11 if sys.platform == "emscripten" else 12
        )  # Pyodide leaves some out


class ShadowedModules(FolderTest):
    """Test that a file which only has the name of a standard module is not run."""

    def test_are_excluded_with_the_file(self):
        path = self.write("sched.py", u"raise RuntimeError('run')")
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import warmup
            def function():
                import sched
            report = warmup.preload(codecs=(), strict=True)
            print(json.dumps([[o.target.name, o.error] for o in report.excluded if o.target.name == "sched"]))
        """,
                arguments=[self.folder],
            ),
            [["sched", "shadowed by " + path]],
        )

    def test_are_imported_if_the_user_names_them(self):
        self.write("sched.py", u"mine = True")
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import warmup
            warmup.preload(codecs=(), modules=["sched"], strict=True)
            print(json.dumps(sys.modules["sched"].mine))
        """,
                arguments=[self.folder],
            ),
            True,
        )


class Unavailable(unittest.TestCase):

    def test_is_what_the_library_itself_refuses(self):
        unavailable, failed = fresh.value(u"""
            import json, warmup
            report = warmup.preload()
            print(json.dumps([[[o.target.kind, o.target.name] for o in report.unavailable],
                              list(map(repr, report.failed))]))
        """)
        self.assertEqual(failed, [])
        if sys.platform != "win32":
            self.assertIn(["codec", "mbcs"], unavailable)

    def test_holds_for_modules_that_refuse_to_load_here(self):
        self.assertEqual(
            fresh.value(u"""
            import json, warmup
            def function():
                import ctypes.wintypes, msilib, winreg, _winreg, asyncio.windows_events
            report = warmup.preload(codecs=())
            print(json.dumps(list(map(repr, report.failed))))
        """),
            [],
        )


class TheLibrary(FolderTest):

    def test_is_listed(self):
        listed = library.Library()
        self.assertTrue(listed.is_listed)
        for name in ("os", "json.decoder", "encodings.idna", "email.mime.text", "sys", "zlib"):
            self.assertTrue(listed.has(name), name)
        for name in ("warmup", "no_such_module", "antigravity", "unittest.case"):
            self.assertFalse(listed.has(name), name)

    def test_has_no_note_unless_it_was_not_found(self):
        self.assertEqual(library.Library().note(), None)

    @unittest.skipIf(fresh.PYPY, "PyPy's library is where its executable is")
    def test_says_loudly_that_it_was_not_found(self):
        notes, targets = fresh.value(u"""
            import encodings, json, os, sys, warmup
            # As where an installation is broken: what is loaded works, and the rest is nowhere.
            import email.message
            del os.__file__
            sys._stdlib_dir, encodings.__path__ = None, []
            sys.path[:] = [path for path in sys.path if os.path.exists(os.path.join(path, "warmup"))]
            report = warmup.preload()
            print(json.dumps([report.notes, len(report.warmed)]))
        """)
        self.assertIn("NOT FOUND", notes[0])
        self.assertLess(targets, 40)

    def test_lists_a_package_with_a_link_to_itself_once(self):
        if not hasattr(library.os, "symlink") or sys.platform == "win32":
            self.skipTest("needs links")
        self.write("package/__init__.py", u"")
        self.write("package/inside.py", u"")
        for name in ("one", "two"):
            library.os.symlink(self.folder + "/package", self.folder + "/package/" + name)
        names = library.modules_in(self.folder)
        self.assertIn("package.inside", names)
        self.assertLess(len(names), 20)
