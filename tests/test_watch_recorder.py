"""Test that ``watch()`` and the recorder of the completeness study see the same in 40 test modules of CPython.

They see the same late imports and the same failures: an import that fails is a late import with an error, and the other
way round. The recorder does not see an import that asks no finder: of a name that is ``None`` in ``sys.modules``, or
below a module that is no package. It notes a name once.
"""

from __future__ import absolute_import, division, print_function

import importlib
import json
import threading
import unittest

from tests.studies.completeness import run_one
from tests.support import fresh

COUNT = 40
AT_ONCE = 3  # half of the time they wait
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

class Recorder(recorder.Recorder):
    # "program": the names that the program itself asked for, not the body of a module that was being imported
    program = frozenset()

    def _attempt(self, name, frame):
        before = len(self.attempted)
        recorder.Recorder._attempt(self, name, frame)
        if len(self.attempted) == before:
            return
        package, askers = name.rpartition(".")[0], []
        while frame is not None and frame.f_code.co_name != "<module>":
            askers.append(frame.f_globals.get("__name__", ""))
            frame = frame.f_back
        # 2.7 first looks for a module of the asker's package, and pkgutil asks finders without an import. That a module
        # is missing there is no failure.
        is_guess = package and any((asker + ".").startswith(package + ".") for asker in askers)
        is_guess = sys.version_info[0] == 2 and (is_guess or "pkgutil" in askers)
        if frame is None and not is_guess:
            self.program |= {name}

finder = Recorder(os.devnull)
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

def of_codec(spelling):
    # as encodings.normalize_encoding
    return "encodings." + "_".join("".join(c if c.isalnum() else " " for c in spelling.lower()).split())

# "module.part" fails for the module too. No module is looked for if a codec has a dot.
failed = set(late.name if late.kind != "codec" else of_codec(late.name) for late in seen.late
             if late.error and late.name and (late.kind != "codec" or "." not in late.name))

def with_parents(names):
    return set(name.rsplit(".", count)[0] for name in names for count in range(name.count(".") + 1))

def asks_a_finder(name):
    parent = sys.modules.get(name.rpartition(".")[0])
    return name not in finder.known and not (parent and not hasattr(parent, "__path__"))

os.write(output, b"\\n" + json.dumps({
    "failed": len(failed),
    "watched": sorted(watched),
    "missed": sorted(arrived - watched),
    "invented": sorted(watched - finder.attempted - unseen),
    "missed failures": sorted(finder.program - arrived - watched - with_parents(failed)),
    "invented failures": sorted(name for name in filter(asks_a_finder, failed)
                                if not with_parents([name]).intersection(finder.attempted - arrived)),
    "dropped": seen.dropped,
}).encode())
os._exit(0)
"""


def has_tests():
    try:
        run_one.quiet_test_support()
        importlib.import_module("test.test_bisect")
    except ImportError:
        return False
    return True


@unittest.skipUnless(has_tests(), "the interpreter came without its regression tests")
class SameLateImports(unittest.TestCase):
    def test_and_failures_as_the_independent_recorder_in_40_test_modules(self):
        waiting, results = list(reversed(NAMES)), {}

        def work():
            while sum(isinstance(answer, dict) for answer in list(results.values())) < COUNT:
                try:
                    name = waiting.pop()
                except IndexError:  # no module is left
                    return
                results[name] = "no answer"  # of a run that does not end; None would mean that there is no such module
                result = fresh.python(PROGRAM, arguments=[run_one.HERE, name])
                # null: not in this version, or not for this platform
                results[name] = json.loads(result.out.splitlines()[-1]) if result.code == 0 else result

        threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        tried, watched, failed, differences = 0, set(), 0, {}
        for name in sorted(results, key=NAMES.index):
            answer = results[name]
            if answer is None:
                continue
            self.assertIsInstance(answer, dict, (name, answer))
            tried += 1
            watched.update(answer.pop("watched"))
            failed += answer.pop("failed")
            if any(answer.values()):
                differences[name] = answer
        self.assertEqual(json.dumps(differences), "{}")
        self.assertGreaterEqual(tried, COUNT)
        self.assertGreater(len(watched), 30)
        self.assertGreater(failed, 2)
