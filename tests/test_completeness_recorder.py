"""Test that the recorder sees each kind of late import, and does not count what a test imports by itself.

A completeness run that counts no late import proves nothing if these tests fail.
"""

from __future__ import absolute_import, division, print_function

import os
import sys
import unittest

from tests.studies.completeness import rules, runner
from tests.support import process
from tests.support.folder import FolderTest

PROGRAM = u"""
from __future__ import print_function
import os, sys
sys.path.insert(0, {directory!r})
from recorder import Recorder
del sys.path[0]
{before}

def program():
    {body}

recorder = Recorder({records!r})
recorder.install()
program()
recorder.end()
"""


class WhatTheRecorderSees(FolderTest):

    @classmethod
    def setUpClass(cls):
        cls.subject = rules.Subject(sys.executable)

    def late(self, body, before=""):
        """Return ``{module: kind}`` for a program that runs `before`, then records `body` in a function."""
        records = os.path.join(self.folder, "records")
        source = PROGRAM.format(directory=runner.HERE, before=before, body=body, records=records)
        process.output([sys.executable, self.write("program.py", source)])
        late, _, _ = rules.judge_all(runner.read_records(records), self.subject)
        return dict((one["module"], one["kind"]) for one in late)

    def test_a_codec_look_up(self):
        self.assertEqual("codec", self.late("u'x'.encode('cp1250')").get("encodings.cp1250"))

    def test_an_import_by_c_code(self):
        self.assertEqual("C", self.late("time.strptime('2020', '%Y')", before="import time").get("_strptime"))

    def test_a_statement_in_a_function(self):
        late = self.late("xml.dom.minidom.parseString('<a/>')", before="import xml.dom.minidom")
        self.assertEqual("function", late.get("xml.dom.expatbuilder"))

    def test_what_a_late_module_imports_at_its_top(self):
        late = self.late("xml.dom.minidom.parseString('<a/>')", before="import xml.dom.minidom")
        self.assertEqual("function", late.get("xml.parsers.expat"))

    def test_a_name_that_the_library_computes(self):
        late = self.late("xml.sax.make_parser()", before="import xml.sax")
        self.assertEqual("computed", late.get("xml.sax.expatreader"))

    @unittest.skipUnless((3, 7) <= sys.version_info, "modules have __getattr__ since 3.7, placeholders since 3.15")
    def test_an_attribute_of_a_module(self):
        late = self.late("concurrent.futures.ThreadPoolExecutor", before="import concurrent.futures")
        kind = "getattr" if sys.version_info < (3, 15) else "placeholder"
        self.assertEqual(kind, late.get("concurrent.futures.thread"))

    @unittest.skipUnless(sys.version_info >= (3, 15), "PEP 810 came with 3.15")
    def test_a_placeholder_of_the_library(self):
        late = self.late("collections.Counter('aab').most_common(1)", before="import collections")
        self.assertEqual("placeholder", late.get("heapq"))

    @unittest.skipUnless(hasattr(os, "fork"), "needs os.fork")
    def test_an_import_in_a_forked_child(self):
        late = self.late("os.waitpid(os.fork() or (u'x'.encode('cp1250'), os._exit(0)), 0)")
        self.assertEqual({"encodings.cp1250": "codec"}, late)

    def test_not_the_programs_own_statement(self):
        self.assertEqual({}, self.late("import xml.dom.minidom"))

    def test_not_a_name_that_the_program_gives(self):
        self.assertEqual({}, self.late("importlib.import_module('xml.dom.minidom')", before="import importlib"))

    def test_not_a_module_that_was_removed_and_comes_again(self):
        self.assertEqual(
            {}, self.late("del sys.modules['_strptime']; time.strptime('2020', '%Y')", before="import time, _strptime")
        )

    def test_not_what_a_module_imports_when_it_runs_as_a_script(self):
        self.assertEqual(
            {},
            self.late(
                "timeit.main(['-n1', '-r1', 'pass'])", before="import timeit; sys.stdout = open(os.devnull, 'w')"
            ),
        )

    def test_not_a_codec_that_does_not_exist(self):
        self.assertEqual({}, self.late("try: u'x'.encode('no-such-codec')\n" "    except LookupError: pass"))

    def test_not_through_a_replaced_import_function(self):
        before = (
            "try: import __builtin__ as builtins\n"
            "except ImportError: import builtins\n"
            "def replacing(native):\n"
            "    def __import__(*arguments, **named): return native(*arguments, **named)\n"
            "    return __import__\n"
            "builtins.__import__ = replacing(builtins.__import__)"
        )
        self.assertEqual({}, self.late("import xml.dom.minidom", before=before))
