"""Test that after preload() no codec imports anything, in any use and under any spelling."""

from __future__ import absolute_import, division, print_function

import codecs
import encodings
import json
import pkgutil
import tempfile
import unittest

from tests.support import fresh
from warmup._python.library import Library
from warmup._sources import codec

# Everything that a program can do with each codec named on the command line ("all": all that pkgutil finds).
USE_CODECS = u"""
import codecs, encodings, encodings.aliases, io, json, pkgutil
mode, wanted = sys.argv[1:3]
names = sorted(name for _, name, _ in pkgutil.iter_modules(encodings.__path__)) if wanted == "all" else [wanted]
if mode == "warm":
    import warmup
    warmup.preload(codecs=None if wanted == "all" else names)

def attempt(function, *arguments):
    try:
        return function(*arguments)
    except (UnicodeError, TypeError, ValueError, LookupError, AssertionError, AttributeError, NotImplementedError,
            EOFError, OSError, IOError):
        pass  # this codec cannot do that: whether it imports is the question
    except Exception as error:
        if type(error).__name__ not in ("error", "Error"):  # of zlib; of 2.7's binascii
            raise

def use(name):
    info = attempt(codecs.lookup, name)
    if info is None:
        return
    for errors in ("strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace",
                   "surrogateescape", "surrogatepass"):
        for text in (u"a", u"\\xfc\\u20ac", u"b\\xfccher.example", b"a", b"\\xff\\xfe\\\\N{BULLET}", b"xn--bcher-kva"):
            attempt(info.encode, text, errors)
            if info.incrementalencoder:
                attempt(lambda: info.incrementalencoder(errors).encode(text, True))
            attempt(lambda: info.streamwriter(io.BytesIO(), errors).write(text))
            if isinstance(text, bytes) or name == "rot_13":
                attempt(info.decode, text, errors)
                if info.incrementaldecoder:
                    attempt(lambda: info.incrementaldecoder(errors).decode(text, True))
            if isinstance(text, bytes):
                attempt(lambda: info.streamreader(io.BytesIO(text), errors).read())
    attempt(lambda: io.TextIOWrapper(io.BytesIO(), name).write(u"a"))

late = {}
for name in names:
    with Recorder() as recorder:
        use(name)
    if recorder.late:
        late[name] = recorder.late
print(json.dumps(late))
"""


class EveryCodec(unittest.TestCase):

    def test_imports_something_when_cold(self):
        late = fresh.value(USE_CODECS, arguments=["cold", "all"])
        self.assertGreater(len(late), 80, late)

    def test_imports_nothing_when_warm(self):
        self.assertEqual(fresh.value(USE_CODECS, arguments=["warm", "all"]), {})

    def test_asked_for_alone_imports_nothing_when_warm(self):
        names = ["idna", "cp1250", "euc_kr", "iso2022_jp_2", "zlib_codec", "quopri_codec"]
        if not fresh.PYPY:  # where an error handler other than strict makes punycode use ascii
            names.append("punycode")
        for name in names:
            self.assertNotEqual(fresh.value(USE_CODECS, arguments=["cold", name]), {}, name)
            self.assertEqual(fresh.value(USE_CODECS, arguments=["warm", name]), {}, name)

    def test_whose_module_exists_is_found(self):
        found = {name for _, name, _ in pkgutil.iter_modules(encodings.__path__)}
        codecs_found = {name for name in found if name != "aliases" and not name.startswith("_")}
        self.assertEqual(codecs_found - set(codec.CodecSource().every_codec(Library())), set())
        for name in found - codecs_found:
            self.assertRaises(LookupError, codecs.lookup, name)

    def test_of_a_zipped_library_is_found(self):
        late = fresh.value(u"""
            import encodings, json, os, shutil, sys, tempfile, zipfile
            directory = tempfile.mkdtemp()
            archive = os.path.join(directory, "library.zip")
            package = os.path.dirname(encodings.__file__)
            with zipfile.ZipFile(archive, "w") as zipped:
                for name in sorted(os.listdir(package)):
                    if name.endswith(".py"):
                        zipped.write(os.path.join(package, name), "encodings/" + name)
            sys.path.insert(0, archive)
            u"x".encode("cp437")  # which the zip importer itself uses
            encodings.__path__ = [os.path.join(archive, "encodings")]
            encodings.__file__ = os.path.join(archive, "encodings", "__init__.py")
            import warmup
            report = warmup.preload(strict=True)
            with Recorder() as recorder:
                u"x".encode("cp1250")
            where = sys.modules["encodings.cp1250"].__file__
            shutil.rmtree(directory)
            print(json.dumps([recorder.late, where.startswith(archive), len(report.outcomes) > 100]))
        """)
        self.assertEqual(late, [[], True, True])


class FailedLookups(unittest.TestCase):
    """Test that a codec whose first load failed is loaded later, although ``encodings`` never tries again."""

    SOURCE = u"""
        import json, sys
        import warmup
        class Refuse(object):
            def find_spec(self, name, *more):
                if name == "encodings.cp1250":
                    raise ImportError("not now")
            find_module = find_spec
        finder = Refuse()
        sys.meta_path.insert(0, finder)
        failed = []
        %s
        sys.meta_path.remove(finder)
        warmed = [outcome.target.name for outcome in warmup.preload(codecs=["cp1250"], scan=False).warmed]
        u"x".encode("cp1250")
        print(json.dumps([failed, warmed]))
    """

    def test_of_the_program_are_forgotten(self):
        self.assertEqual(
            fresh.value(self.SOURCE % u"""
        try:
            u"x".encode("cp1250")
        except (ImportError, LookupError):
            failed = True
        """),
            [True, ["cp1250"]],
        )

    def test_of_an_earlier_call_are_forgotten(self):
        self.assertEqual(
            fresh.value(self.SOURCE % u"""
        report = warmup.preload()
        failed = [outcome.target.name for outcome in report.failed if outcome.target.kind == "codec"]
        """),
            [["cp1250"], ["cp1250"]],
        )

    def test_that_are_excluded_too_are_a_mistake(self):
        for exclude in (["encodings.cp500"], ["encodings"]):
            result = fresh.python(u"""
                import warmup
                try:
                    warmup.preload(codecs=["IBM500"], exclude=%r, scan=False)
                except ValueError as error:
                    print(error, "encodings.cp500" in sys.modules)
            """ % (exclude,))
            self.assertIn("codecs: 'IBM500' is excluded too; name it in codecs or in exclude", result.out)
            self.assertIn("False", result.out)

    def test_are_no_unknown_codecs(self):
        self.assertEqual(
            fresh.value(self.SOURCE % u"""
        report = warmup.preload(codecs=["cp1250"], scan=False)
        failed = [outcome.target.name for outcome in report.failed]
        """),
            [["cp1250"], ["cp1250"]],
        )


class UnusualCodecs(unittest.TestCase):

    def test_whose_module_was_unloaded_are_warmed_again(self):
        self.assertEqual(
            fresh.value(u"""
            import json, warmup
            warmup.preload(codecs=["cp1250"])
            del sys.modules["encodings.cp1250"]
            warmup.preload(codecs=["cp1250"])
            with Recorder() as recorder:
                u"x".encode("windows-1250")
            print(json.dumps(recorder.late))
        """),
            [],
        )

    def test_that_are_plain_tuples_or_have_one_direction_are_warmed(self):
        self.assertEqual(
            fresh.value(u"""
            import codecs, json
            def refuse(error):
                def function(value, errors="strict"):
                    raise error("not this way")
                return function
            def search(name):
                encode, decode, reader, writer = codecs.lookup("latin-1")
                return {
                    "plain": (encode, decode, reader, writer),
                    "encodes": codecs.CodecInfo(encode, refuse(UnicodeError), name=name),
                    "decodes": codecs.CodecInfo(refuse(NotImplementedError), decode, name=name),
                }.get(name)
            codecs.register(search)
            import warmup
            report = warmup.preload(codecs=["plain", "encodes", "decodes"], scan=False)
            print(json.dumps([len(report.warmed), list(map(repr, report.failed))]))
        """),
            [3, []],
        )


class Spellings(unittest.TestCase):

    def test_mean_the_same_codec(self):
        for spelling in ("latin-1", "Latin 1", "ISO-8859-1", "iso8859_1", "l1"):
            self.assertEqual(codec.canonical(spelling), codec.canonical("latin-1"), spelling)
        self.assertEqual(codec.canonical("no such codec"), None)

    def test_of_a_codec_that_the_program_registered_are_accepted(self):
        self.assertEqual(
            fresh.value(u"""
            import codecs, json
            calls = []
            def search(name):
                calls.append(name)
                return codecs.lookup("ascii") if name == "mine" else None
            codecs.register(search)
            import warmup
            report = warmup.preload(codecs=["mine"], strict=True)
            u"x".encode("mine")
            print(json.dumps([calls, [o.target.name for o in report.warmed if o.target.kind == "codec"]]))
        """),
            [["mine"], ["mine"]],
        )


@unittest.skipUnless(fresh.PY2, "only 2.7 has one import lock for all")
class SpellingsDuringAnImport(unittest.TestCase):

    # Prints all spellings that 2.7 can look up. No other thread imports in this process.
    SPELLINGS = u"""
        import codecs, json
        from warmup._python.library import Library
        from warmup._sources import codec
        spellings = set()
        for name in codec.CodecSource().every_codec(Library()):
            for spelling in codec._spellings(name):
                for separator in ("-", "_", ":", " ", ""):
                    written = spelling.replace("-", "_").replace("_", separator)
                    spellings.update([written, written.upper()])
        def exists(spelling):
            try:
                return codecs.lookup(spelling)
            except LookupError:
                return False
        print(json.dumps(sorted(filter(exists, spellings))))
    """

    # A thread encodes while this one holds the import lock, as it does inside an import.
    ENCODE = u"""
        import imp, json, threading
        mode, limit, spellings = sys.argv[1], float(sys.argv[2]), json.load(open(sys.argv[3]))
        if mode != "cold":
            import warmup
            warmup.preload(lock_free_import=mode == "warm")
        done, passed, errors = threading.Event(), [], []
        def encode():
            for spelling in spellings:
                try:
                    u"42".encode(spelling)
                except LookupError as error:
                    errors.append(str(error))
                except Exception:
                    pass  # the codec was found, but is not one from text to bytes
                passed.append(spelling)
            done.set()
        thread = threading.Thread(target=encode)
        imp.acquire_lock()
        thread.start()
        done.wait(limit)
        count = len(passed)
        imp.release_lock()
        thread.join()
        print(json.dumps([count, errors]))
    """

    def encode(self, mode, limit, spellings):
        with tempfile.NamedTemporaryFile(suffix=".json") as stream:
            stream.write(json.dumps(spellings).encode("ascii"))
            stream.flush()
            return fresh.value(self.ENCODE, arguments=[mode, str(limit), stream.name])

    def test_stall_when_cold(self):
        for spelling in ("cp1250", "latin2", "iso-8859-3", "UTF-16-LE", "KOI8:R"):
            self.assertEqual(self.encode("cold", 0.5, [spelling]), [0, []], spelling)

    def test_do_not_stall_when_warm(self):
        spellings = fresh.value(self.SPELLINGS)
        self.assertGreater(len(spellings), 1500)
        self.assertEqual(self.encode("warm", fresh.SLOW, spellings), [len(spellings), []])

    def test_with_hyphens_or_underscores_do_not_stall_without_the_lock_free_import_either(self):
        spellings = ["latin-1", "latin_1", "iso-8859-1", "ISO-8859-2", "utf-16-le", "cp1250", "KOI8-R"]
        self.assertEqual(self.encode("primed", fresh.SLOW, spellings), [len(spellings), []])
