"""Test that the kernel reads the files of a manifest beforehand, if its cache is cold, and only then."""

from __future__ import absolute_import, division, print_function

import os
import sys
import unittest

from tests.support import fresh, process
from tests.support.folder import FolderTest
from warmup._python import read_ahead

_CHILD = u"""
    import ctypes, mmap, os, time
    folder, names = sys.argv[1], sys.argv[2].split(",")
    sys.path.insert(0, folder)

    def files():
        found = []
        for parent, _, entries in os.walk(folder):
            found += [os.path.join(parent, entry) for entry in entries if entry.endswith((".pyc", ".so"))]
        return sorted(found)

    def drop(paths):
        # As a machine that has just started: none of their pages is in memory.
        until = time.time() + 20
        while any(map(is_cached, paths)) and time.time() < until:
            for path in paths:
                descriptor = os.open(path, os.O_RDONLY)
                os.fsync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(descriptor)

    def is_cached(path):
        # Not by preadv(), which begins to read.
        with open(path, "rb") as stream:
            mapped = mmap.mmap(stream.fileno(), 0, mmap.MAP_PRIVATE)
        first, answer = ctypes.c_char.from_buffer(mapped), ctypes.create_string_buffer(1)
        if ctypes.CDLL(None).mincore(ctypes.c_void_p(ctypes.addressof(first)), ctypes.c_size_t(1), answer):
            raise SystemExit(77)
        return bool(ord(answer.raw[:1]) & 1)

    def cached(count=None):
        # Names of the files that are cached; waits until there are ``count`` of them.
        until = time.time() + 20
        while True:
            found = [os.path.basename(path).partition(".")[0] for path in files() if is_cached(path)]
            if count is None or len(found) >= count or time.time() > until:
                return sorted(found)
            time.sleep(0.001)

    from warmup._python.read_ahead import read_ahead
"""


@unittest.skipUnless(read_ahead.IS_POSSIBLE, "this Python or platform cannot tell whether a file is cached")
class ReadAhead(FolderTest):
    def setUp(self):
        FolderTest.setUp(self)
        if process.run(["stat", "-f", "-c", "%T", self.folder]).out.strip() in ("tmpfs", "ramfs"):
            self.skipTest("what is in %s is always in memory" % self.folder)
        for name in ("one.py", "two.py", "pack/__init__.py", "pack/inner/__init__.py", "pack/inner/leaf.py"):
            self.write(name, u"raise SystemExit('imported')")
        suffix = sys.modules["_frozen_importlib_external"]._imp.extension_suffixes()[0]
        self.write("built" + suffix, u"not one")
        with open(os.path.join(self.folder, "one.py"), "rb") as stream:
            try:
                os.preadv(stream.fileno(), [bytearray(1)], 0, os.RWF_NOWAIT)
            except BlockingIOError:
                pass
            except OSError as error:  # qemu does not know the flag
                self.skipTest("nothing says here whether a file is cached: %s" % error)
        import compileall

        compileall.compile_dir(self.folder, quiet=1)

    def cached(self, source, names="one,two,built,pack,pack.inner.leaf,no_such_module,pack.no_such.x"):
        result = fresh.python(_CHILD + source, arguments=[self.folder, names])
        if result.code == 77:
            self.skipTest("the file system of %s does not say what is cached" % self.folder)
        self.assertEqual((result.code, result.err), (0, ""), result)
        return result.out.splitlines()[-1]

    def test_is_needed_where_files_are_cold(self):
        out = self.cached(u"""
    drop(files())
    print(cached())
        """)
        self.assertEqual(out, "[]", "the files cannot be dropped from the cache here")

    def test_reads_what_will_be_imported_and_imports_nothing(self):
        out = self.cached(u"""
    drop(files())
    before = set(sys.modules)
    read_ahead(names)
    assert set(sys.modules) == before
    print(cached(5))
        """)
        self.assertEqual(out, "['__init__', 'built', 'leaf', 'one', 'two']")

    def test_finds_the_same_in_folders_that_were_searched_before(self):
        out = self.cached(u"""
    try:
        import nothing_like_it
    except ImportError:
        pass
    drop(files())
    read_ahead(names)
    print("|".join(cached(5)))
        """)
        self.assertEqual(out, "__init__|built|leaf|one|two")

    def test_does_nothing_if_the_first_file_is_warm(self):
        # It takes a file for cold if this process was stopped while it read the byte: so five tries.
        out = self.cached(u"""
    for _ in range(5):
        drop(files())
        with open([path for path in files() if "one." in path][0], "rb") as stream:
            stream.read()
        read_ahead(names)
        if cached() == ["one"]:
            break
    print(cached())
        """)
        self.assertEqual(out, "['one']")

    def test_leaves_out_what_is_loaded(self):
        out = self.cached(u"""
    drop(files())
    sys.modules["two"] = sys
    read_ahead(names)
    print("|".join(cached(4)))
        """)
        self.assertEqual(out, "__init__|built|leaf|one")

    def test_is_done_by_preload_for_all_that_a_manifest_names(self):
        path = self.write("late.txt", u"warmup-manifest 1\nmodule one\n    with two pack.inner.leaf\n")
        out = self.cached(
            u"""
    import warmup
    drop(files())
    report = warmup.preload(manifest=sys.argv[2], scan=False)
    assert [outcome.status for outcome in report.outcomes] == ["failed"], report
    print("|".join(cached(3)))
        """,
            path,
        )
        self.assertEqual(out, "leaf|one|two")

    def test_survives_whatever_the_path_holds(self):
        out = self.cached(u"""
    drop(files())
    sys.path[:0] = [None, b"x", 7, "/no/such/folder", "nul\\0", folder + "/one.py"]
    sys.modules["odd"] = None
    read_ahead(names + ["odd.x", "pack." + "x" * 5000, "\\udc80"])
    print("|".join(cached(5)))
        """)
        self.assertEqual(out, "__init__|built|leaf|one|two")
