"""Files that imports are about to read: the kernel reads them at once, instead of each one when it is asked for."""

from __future__ import absolute_import, division, print_function

import os
import sys

from warmup._python.compat import clock

IS_POSSIBLE = all(hasattr(os, name) for name in ("preadv", "RWF_NOWAIT", "posix_fadvise"))
# Of an extension module: what follows in the file are symbols for debuggers, which no import reads.
_BYTES = 1 << 18
# Seconds that a byte takes from memory at most; from the fastest disk it takes more.
_FROM_MEMORY = 3e-5


def read_ahead(names):
    """Let the kernel read the files of the modules ``names`` that are not loaded, if they are not in its cache.

    ``names``: in the order in which their files will be read. One that is not found is left out. Imports nothing.
    Needs Python 3.7 and Linux; does nothing elsewhere.

    Problem: with a cold cache, each import waits for the disk, one file after the other. What does not work: to read
    the files, which waits just as long, or to read them in a thread, which takes the lock of the interpreter from the
    imports. Done here: ``posix_fadvise`` starts all reads and waits for none. A warm start must not pay for that, so
    the first file that is found is asked for a byte that need not come from the disk. Left: shared libraries that an
    extension module is linked with; files in archives, and what finders other than that of ``sys.path`` find.
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
    except Exception:  # advice is all that is lost
        pass


def _is_cold(descriptor):
    """Return whether the beginning of the file is not in the cache; ``False`` where the file system does not say.

    Linux begins to read what is asked for. A fast disk may have it at once, so what took long was not there either.
    """
    began = clock()
    try:
        os.preadv(descriptor, [bytearray(1)], 0, os.RWF_NOWAIT)
    except BlockingIOError:
        return True
    except OSError:  # a file system that does not know the flag
        return False
    return clock() - began > _FROM_MEMORY


class _Files(object):
    """Finds the file that the import of a module reads, by what the finders of ``sys.path`` remember of the folders."""

    def __init__(self):
        external = sys.modules["_frozen_importlib_external"]
        self._cache_from_source = external.cache_from_source
        self._extensions = external._imp.extension_suffixes()
        self._folders = {"": sys.path}  # package -> its folders
        self._compiled = (
            {}
        )  # folder -> what is before and after a module's name in the path of its compiled file

    def open(self, name):
        """Return a descriptor of the file of the module ``name``, or ``None``; and how much is read, 0 for all."""
        package, _, last = name.rpartition(".")
        for folder in self._folders_of(package):
            folder = os.getcwd() if folder == "" else folder
            finder = sys.path_importer_cache.get(folder, self)
            if finder is None or type(folder) is not str:
                continue
            # Opening a file that is not there costs more than many look-ups: on a long sys.path, more than the import.
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
            # The same for each module of a folder, and dear.
            before, x, after = self._cache_from_source(folder + os.sep + "x.py").rpartition("x.")
            self._compiled[folder] = before, x[1:] + after
        before, after = self._compiled[folder]
        return _open(before + name + after)


def _open(path):
    try:
        return os.open(path, os.O_RDONLY)
    except (OSError, ValueError):  # not there; a name that the file system cannot have
        return None
