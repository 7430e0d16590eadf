"""Let the kernel read the files of imports all at once, before the imports ask for them one by one."""

from __future__ import absolute_import, division, print_function

import os
import sys

from warmup._python.compat import clock
from warmup._python.surroundings import was_raised_by_handler

IS_POSSIBLE = all(hasattr(os, name) for name in ("preadv", "RWF_NOWAIT", "posix_fadvise"))
# How many bytes of an extension module to read. The rest of the file are symbols for debuggers.
_BYTES = 1 << 18
# A byte from memory takes fewer seconds than this. A byte from the fastest disk takes more.
_FROM_MEMORY = 3e-5


def read_ahead(names):
    """Let the kernel read the files of the modules ``names`` that are not loaded, if they are not in its cache.

    ``names``: in the order in which their files will be read. A module that is not found is skipped. Nothing is
    imported. Needs Python 3.7 and Linux, and does nothing elsewhere.

    Problem: with a cold cache, each import waits for the disk, one file after the other. What does not work:
    reading the files takes as long as the imports; reading them in a thread takes the interpreter lock from them. What
    is done: ``posix_fadvise`` starts all reads and waits for none. A warm start must not pay for this. So a test read
    of one byte of the first file, which never waits for the disk, says whether the file is in the cache. What is left:
    shared libraries that extension modules are linked with, files in archives, and modules that the finder for
    ``sys.path`` does not find.
    """
    if not IS_POSSIBLE:
        return
    try:
        files, is_cold = _Files(), False
        for name in names:
            if name in sys.modules or name in sys.builtin_module_names:
                continue
            descriptor, size = files.open(name)
            if descriptor is None:
                continue
            try:
                is_cold = is_cold or _is_cold(descriptor)
                if not is_cold:
                    return
                os.posix_fadvise(descriptor, 0, size, os.POSIX_FADV_WILLNEED)
            finally:
                os.close(descriptor)
    except Exception:  # the imports work without the advice
        if was_raised_by_handler():
            raise


def _is_cold(descriptor):
    """Return whether the beginning of the file is not in the cache. ``False`` if the file system does not say.

    The test read makes Linux read from the disk, and a fast disk may answer before the call returns. So a byte that
    took long was not in the cache either.
    """
    began = clock()
    try:
        os.preadv(descriptor, [bytearray(1)], 0, os.RWF_NOWAIT)
    except BlockingIOError:
        return True
    except OSError:  # the file system does not know the flag
        return False
    return clock() - began > _FROM_MEMORY


class _Files(object):
    """Find the file that the import of a module reads, by what the finders of ``sys.path`` remember of the folders."""

    def __init__(self):
        external = sys.modules["_frozen_importlib_external"]
        self._cache_from_source = external.cache_from_source
        self._extensions = external._imp.extension_suffixes()
        self._folders = {"": sys.path}  # package -> its folders
        # Folder -> what is before and after a module's name in the path of its compiled file,
        # {"/app": ("/app/__pycache__/", ".cpython-313.pyc")}
        self._compiled = {}

    def open(self, name):
        """Return ``(descriptor, size)`` of the file of the module ``name``. ``descriptor``: ``None`` if not found.

        ``size``: how many bytes an import reads; 0 for all.
        """
        package, _, last = name.rpartition(".")
        for folder in self._folders_of(package):
            folder = os.getcwd() if folder == "" else folder
            finder = sys.path_importer_cache.get(folder, self)
            if finder is None or type(folder) is not str:
                continue
            # A failed open() costs more than many look-ups. On a long sys.path it costs more than the import.
            names = getattr(finder, "_path_cache", None)
            if not names or last + ".py" in names:
                descriptor = self._open_compiled(folder, last)
                if descriptor is not None:
                    return descriptor, 0
            path = folder + os.sep + last
            if not names or last in names:
                descriptor = self._open_compiled(path, "__init__")
                if descriptor is not None or names:
                    self._folders[name] = [path]
                    return descriptor, 0
            for suffix in self._extensions:
                if not names or last + suffix in names:
                    descriptor = _open(path + suffix)
                    if descriptor is not None:
                        return descriptor, _BYTES
        return None, 0

    def _folders_of(self, package):
        if package not in self._folders:
            self._folders[package] = ()
            if package in sys.modules:
                self._folders[package] = getattr(sys.modules[package], "__path__", ())
            else:
                descriptor, _ = self.open(package)
                if descriptor is not None:
                    os.close(descriptor)
        return self._folders[package]

    def _open_compiled(self, folder, name):
        if folder not in self._compiled:
            # cache_from_source() is slow, and its answer differs only in the name.
            before, x, after = self._cache_from_source(folder + os.sep + "x.py").rpartition("x.")
            self._compiled[folder] = before, x[1:] + after
        before, after = self._compiled[folder]
        return _open(before + name + after)


def _open(path):
    try:
        return os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a FIFO would wait for a writer
    except (OSError, ValueError):  # no such file, or a name that the file system cannot have
        return None
