"""``watch()`` beside the recorder of the completeness study: 40 test modules of CPython, the same late imports."""

from __future__ import absolute_import, division, print_function

import importlib
import json
import os
import unittest

from tests.studies import completeness
from tests.support import fresh

COUNT = 40
# Quick ones; at least 40 of them are in each CPython from 2.7 to 3.15.
NAMES = """
    test_bisect test_bz2 test_calendar test_cmd test_code test_codecs test_codeop test_collections test_colorsys
    test_configparser test_cfgparser test_contextlib test_copy test_copyreg test_copy_reg test_csv test_dbm
    test_dbm_dumb test_anydbm test_deque test_dictviews test_difflib test_email.test_utils test_enum test_errno
    test_fileinput test_fnmatch test_fractions test_getopt test_gettext test_glob test_gzip test_hashlib test_heapq
    test_hmac test_html test_htmlparser test_imaplib test_io.test_textio test_json test_linecache test_locale
    test_mailcap test_mimetypes test_minidom test_netrc test_operator test_optparse test_pickle test_plistlib
    test_pkgutil test_pprint test_pulldom test_pyexpat test_quopri test_random test_reprlib test_repr test_robotparser
    test_sax test_sched test_shelve test_shlex test_sndhdr test_statistics test_string test_strptime test_tempfile
    test_textwrap test_time test_timeit test_tokenize test_urlparse test_userdict test_uuid test_xml_etree
    test_codecencodings_cn test_codecencodings_jp test_zipfile64 test_zipimport_support
""".split()

PROGRAM = u"""
import os, sys, threading
sys.path.insert(0, sys.argv[1])
import recorder, run_one
del sys.path[0]
import json
from warmup import watch
output = os.dup(1)
finder = recorder.Recorder(os.devnull)
run_one.quiet_test_support()
try:
    module = run_one.importlib.import_module("test." + sys.argv[2])
except Exception as error:
    os.write(output, b"\\nnull")
    os._exit(0)
seen = watch()
seen.stop()
before = set(sys.modules)

def work():
    try:
        run_one.run_tests(module)
    except BaseException:
        pass

thread = threading.Thread(target=work)
finder.install()
with watch() as seen:
    thread.start()
    thread.join()
finder.note_unseen()
unseen = set(finder.known) - before - finder.attempted
watched = set(name for late in seen.late for name in late.modules) - before
arrived = set(name for name in finder.attempted if sys.modules.get(name) is not None)
os.write(output, b"\\n" + json.dumps([sorted(watched), sorted(arrived - watched),
                             sorted(watched - finder.attempted - unseen), seen.dropped]).encode())
os._exit(0)
"""


def has_tests():
    try:
        importlib.import_module("test.test_bisect")
    except ImportError:
        return False
    return not fresh.PYPY


@unittest.skipUnless(has_tests(), "CPython's own tests are not here")
class SameLateImports(unittest.TestCase):
    def test_as_the_independent_recorder_in_40_test_modules(self):
        tried, watched, differences = 0, set(), {}
        for name in NAMES:
            result = fresh.python(PROGRAM, arguments=[os.path.dirname(os.path.abspath(completeness.__file__)), name])
            self.assertEqual(result.code, 0, (name, result))
            answer = json.loads(result.out.splitlines()[-1])
            if answer is None:  # not in this version, or not for this platform
                continue
            tried += 1
            watched.update(answer[0])
            if answer[1:] != [[], [], 0]:
                differences[name] = answer[1:]
            if tried == COUNT:
                break
        self.assertEqual(differences, {})
        self.assertEqual(tried, COUNT)
        self.assertGreater(len(watched), 30)


if __name__ == "__main__":
    unittest.main()
