"""Read, write and warm manifests. A manifest names targets of a real run, in a text file that people commit. ::

    warmup-manifest 1
    interpreter CPython 3.13 linux
    module shop.plugins.tax  # shop/app.py:12 load, 3.1 ms
        with decimal _decimal
    codec cp1252  # shop/export.py:40 write, 0.4 ms

``with`` names modules that the import of the target above loaded. They are no targets. They say which files the import
reads, so that a cold disk can read all of them at once. Blank lines and comments are ignored. A name may occur twice.
Two manifests in one file are a manifest too. Reading runs nothing, and opens no other file. But a manifest decides what
is imported: trust it as you trust code.
"""

from __future__ import absolute_import, division, print_function

import os
import sys
from time import sleep

from warmup._python.compat import PY2, PYPY, Module, Placeholder, Text, open_file
from warmup._python.library import find, is_refusal
from warmup._python.rules import RefusedError
from warmup._sources import codec
from warmup._sources.module import import_module, is_loaded
from warmup._values import FAILED, STALE, ArgumentError, Target, as_ascii

if PY2:
    IS_POSSIBLE = False
else:
    from warmup._python.read_ahead import IS_POSSIBLE, read_ahead
if os.name == "nt":
    import msvcrt
if Placeholder is not None:
    from warmup._sources.placeholder import imported_name, use

FORMAT = "warmup-manifest 1"
_PAGE = 4096  # bytes; larger pages are multiples of this
# Not identifiers: a program may import my-plugin and 0001_initial.
_NOT_IN_NAMES = frozenset(chr(one) for one in range(128) if not chr(one).isalnum() and chr(one) not in "_-.")
_KINDS = ("module", "codec", "placeholder")
_WIDTH = 100  # characters at most in a line of names
# How often to try to get the lock, once a millisecond. 1 once another process has kept the lock during all tries.
_tries = 100


def interpreter():
    """Return the line that names this interpreter, for example ``"interpreter CPython 3.13 linux"``."""
    name = "PyPy" if PYPY else "CPython"
    platform = "linux" if sys.platform.startswith("linux") else sys.platform
    return "interpreter %s %d.%d %s" % ((name,) + sys.version_info[:2] + (platform,))


def header():
    """Return the first two lines of a manifest, as text that ends with a line end."""
    return u"%s\n%s\n" % (FORMAT, interpreter())


def line(kind, name, comment="", modules=()):
    """Return the line for one target, as text that ends with a line end. ``""`` if no line can contain its name.

    A module that is run from a file may have any name.

    ``modules``: names of the modules that its import loads. They follow in lines ``with``, if this system can use them.
    """
    if not _fits(kind, name):
        return u""
    comment = u" ".join(_text(comment).split())
    # A name of a file may have lone surrogates, which cannot be written.
    comment = comment.encode("utf-8", "backslashreplace").decode("utf-8")
    text = u"%s %s%s\n" % (kind, _text(name), u"  # " + comment if comment else u"")
    row, own = u"", module_of(kind, name)
    for one in modules if IS_POSSIBLE else ():
        if one != own and one not in sys.builtin_module_names and _fits("module", one):
            if row and len(row) + 1 + len(one) > _WIDTH:
                text, row = text + row + u"\n", u""
            row = (row or u"    with") + u" " + _text(one)
    return text + row + u"\n" if row else text


def lines_of(late):
    """Return a list of ``(target, line)`` for a `LateImport`. The list is empty if nothing can be recorded.

    An import that failed is not recorded, but the modules that it has loaded are. A wait for the import of another
    thread has no modules, and shows no error if that import fails. It is recorded if the module is loaded.
    """
    # Also for a placeholder: if its module is loaded, its use imports nothing.
    kind = "codec" if late.kind == "codec" else "module"
    if late.error is not None:
        pairs = [("module", name) for name in late.modules]
    elif not late.modules and sys.modules.get(module_of(kind, late.name)) is None:
        return []
    else:
        pairs = [(kind, late.name)]
        if PY2 and kind == "module":  # 2.7 imports package and module of "from package import module" in one import
            pairs += [(kind, name) for name in sorted(late.modules) if name.startswith(late.name + ".")]
    comment = u"%s, %.1f ms" % (_text(without_folder(late.asker)), 1000 * late.seconds)
    others = [name for name in late.modules if ("module", name) not in pairs]
    found = []
    for kind, name in pairs:
        text = line(kind, name, comment, others)
        if text:
            found.append((Target(kind, name, late.asker), text))
            others = []
    return found


def append(path, lines):
    """Add ``lines`` to the manifest ``path``. Use one write for each page. A new file gets a header.

    Raise ``OSError`` if the file cannot be written, for example on a full disk. Then leave nothing of ``lines`` in the
    file: part of a line would be an error, or name another module. An ``O_APPEND`` write is whole, also if other
    processes write at the same time. Windows has no such write, but has locks.

    Problem: Linux copies a write page by page, and SIGKILL can end a write between two pages. Of 150 workers that were
    killed, one wrote half a line. What is done: a blank line fills the page if the next line would cross its end. So a
    write can only be cut between lines. A lock keeps the end of the file in its place. What is left: a line that is
    longer than a page, and another process that writes in between, because the file system has no locks or because a
    process keeps the lock for longer than 0.1 seconds.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o666)
    try:
        if lines and not PY2:
            _lock(descriptor)
        before = size = os.fstat(descriptor).st_size
        text = (lines if size else header() + lines).encode("utf-8")
        if size and lines and not _ends_with_line_end(descriptor):  # an editor may omit it
            text = b"\n" + text
        while text:
            room = _PAGE - size % _PAGE
            part = text if len(text) <= room else text[: text.rfind(b"\n", 0, room) + 1]
            if not part and room < _PAGE:
                text = b" " * (room - 1) + b"\n" + text
                continue
            # A line that is longer than a page is written as it is.
            part = part or text[: text.find(b"\n") + 1] or text
            written = os.write(descriptor, part)  # a full disk may take a part of it
            size += written
            text = text[written:]
    except EnvironmentError:
        # Not if another process has written in between: its lines would be gone.
        if hasattr(os, "ftruncate") and os.fstat(descriptor).st_size == size != before:
            os.ftruncate(descriptor, before)
        raise
    finally:
        os.close(descriptor)


def _lock(descriptor):
    """Lock the file until it is closed or the process is killed. Give up if another process keeps the lock.

    An editor or a process that was stopped may keep the lock for ever. An import that is to be recorded would wait.
    """
    global _tries
    for _ in range(_tries):
        try:
            if os.name == "nt":
                # A byte behind the lines: on Windows no other process can read a byte that is locked.
                os.lseek(descriptor, 2**30, os.SEEK_SET)
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            elif hasattr(os, "lockf"):  # not in WebAssembly
                os.lockf(descriptor, os.F_TLOCK, 0)
            return
        except OSError as error:
            busy = BlockingIOError, PermissionError  # noqa: F821  not on 2.7
            # Wine does not say that another process has the lock.
            if os.name != "nt" and not isinstance(error, busy):
                return  # the file system has no locks
            sleep(0.001)
    _tries = 1


def known(path):
    """Return ``(targets, head)`` for a manifest to which lines will be added. The file need not exist.

    ``targets``: what the file names already, as a set. ``head``: text that has to be written before the first line,
    because the file does not name this interpreter. Raise `ArgumentError` if the file is no manifest.
    """
    if not os.path.isfile(path) or not os.path.getsize(path):  # append() writes the header
        return set(), u""
    targets, interpreters, _ = read(path)
    return set(targets), u"" if interpreter() in interpreters else header()


def _ends_with_line_end(descriptor):
    os.lseek(descriptor, -1, 2)
    return os.read(descriptor, 1) == b"\n"


def read(path):
    """Return ``(targets, interpreters, modules)`` of the manifest ``path``.

    ``targets``: a list. ``interpreters``: a set of lines. ``modules``: a list of the modules whose files the targets
    read, in the order of the manifest.

    Raise `ArgumentError` with file and line if the file cannot be read or a line is malformed.
    """
    targets, interpreters, modules, has_format = [], set(), [], False
    lines, path = _lines_in(path), _shown(path)
    for number, one in enumerate(lines, 1):
        # Some editors of Windows begin a file with that mark.
        words = one.partition("#")[0].lstrip(u"\ufeff").split()
        if not words:
            continue
        together = u".%s." % u".".join(words[1:])
        are_names = u".." not in together and _are_letters_of(words[0], together)
        if words[0] == "placeholder" and "." not in together[1:-1]:
            are_names = False
        if words[0] in _KINDS and len(words) == 2 and are_names:
            name = words[1].encode("utf-8") if PY2 else words[1]  # 2.7 imports no name of type unicode beyond ASCII
            targets.append(Target(str(words[0]), name, "%s:%d" % (path, number)))
            modules.append(module_of(words[0], name))
        elif words[0] == "with" and len(words) > 1 and are_names:
            modules += words[1:]
        elif " ".join(words) == FORMAT:
            has_format = True
        elif words[0] == "interpreter" and len(words) > 1:
            # As str: 2.7 cannot join text with a path beyond ASCII.
            interpreters.add(as_ascii(" ".join(words)))
        else:
            problem = "is no line of a manifest; write KIND NAME, with one of the kinds %s; " % ", ".join(_KINDS)
            problem += "the name of a placeholder is MODULE.ATTRIBUTE"
            if words[0] == FORMAT.split()[0]:
                problem = "is of another version: this version of warmup reads '%s'; record the manifest again" % FORMAT
            quoted = repr(one).lstrip("u")  # 2.7 writes a "u" before the text
            raise ArgumentError("manifest", "%s:%d: %s %s" % (path, number, quoted, problem))
    if modules and not has_format:
        problem = "%s:1: the line %r is missing; put it before all others, or record the manifest again"
        raise ArgumentError("manifest", problem % (path, FORMAT))
    return targets, interpreters, modules


def _lines_in(path):
    """Return the lines of a file, as a list of text. Raise `ArgumentError` if they cannot be read."""
    try:
        with open_file(path, "rb") as stream:
            content = stream.read()
    except (EnvironmentError, ValueError, TypeError) as error:  # TypeError: 2.7, for a NUL
        problem = "%s cannot be read: %s; write it with python -m warmup record -o"
        raise ArgumentError("manifest", problem % (_shown(path), getattr(error, "strerror", None) or error))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise ArgumentError("manifest", "%s:%d: %s; save it as UTF-8" % (_shown(path), number, error))
    # Not by splitlines(), which takes some letters of a comment for the end of a line.
    return text.replace(u"\r\n", u"\n").replace(u"\r", u"\n").split(u"\n")


def _shown(path):
    """Return a path as ``str``, for messages. Python 3 refuses to format bytes under ``-bb``."""
    if not PY2:
        return os.fsdecode(path)
    return path if isinstance(path, bytes) else as_ascii(path)


class ManifestSource(object):
    """Find and warm what a manifest names, in its order.

    ``path``: its file. ``codecs``: the `codec.CodecSource` of the process. Raise `ArgumentError` with file and line if
    the file cannot be read or a line is malformed.

    ``mismatch``: a sentence if only other interpreters have recorded the manifest, else ``None``.
    """

    def __init__(self, path, codecs):
        self._codecs = codecs
        # what each used placeholder stood for, {Target("placeholder", "shop.app.xml", ""): "xml.dom"}
        self._imported = {}
        self._targets, interpreters, self._modules = read(path)
        path, self.mismatch = _shown(path), None
        if interpreters and interpreter() not in interpreters:
            self.mismatch = "%s was recorded by %s, and this is %s: record it again" % (
                path,
                ", ".join(sorted(name.partition(" ")[2] for name in interpreters)),
                interpreter().partition(" ")[2],
            )

    def find(self, rules):
        """Return the targets that are not done. In the first call, let the kernel read their files."""
        self._rules = rules
        if IS_POSSIBLE:
            read_ahead(self._modules)
        self._modules = ()
        targets = [target for target in self._targets if not self.is_done(target)]
        codec.forget_failures([codec.aliased(target.name) for target in targets if target.kind == "codec"])
        return targets

    def is_done(self, target):
        if target.kind == "module":
            return is_loaded(target)
        if target.kind == "codec":
            return self._codecs.is_done(_aliased(target)) or self._codecs.is_done(target)
        module, attribute = _split(target)
        return type(module) is Module and attribute in vars(module) and type(vars(module)[attribute]) is not Placeholder

    def module_of(self, target):
        """Return the name of the module that the target imports first. A placeholder may add ``.attribute`` to it."""
        if target.kind == "placeholder":
            return self._imported.get(target) or _imported(target) or module_of(target.kind, target.name)
        return module_of(target.kind, target.name)

    def warm(self, target):
        """Import the module, prime the codec, or use the placeholder."""
        if target.kind == "codec":
            try:
                self._codecs.warm(_aliased(target))
            except LookupError:
                if _aliased(target) == target:
                    raise
                # A search function of the program may know only this spelling.
                self._codecs.warm(target)
        elif target.kind == "module":
            import_module(target.name)
        else:
            module, attribute = _split(target)
            if module is None:
                module = import_module(target.name.rpartition(".")[0])
            imported = _imported(target)
            if imported is None:
                getattr(module, attribute)
                return
            why_not = self._rules.why_not(imported, True)
            # If the import above has made the placeholder, preload() has asked the rules only about its module.
            if why_not is not None:
                raise RefusedError(why_not)
            self._imported[target] = imported
            if use(module, attribute, imported):
                import_module(imported)

    def status_of(self, target, error, traceback, rules):
        """Return *stale* if the module, codec or attribute does not exist on this platform, else *failed*."""
        if target.kind == "codec" and codec.canonical(target.name) is None:
            return STALE
        if target.kind == "placeholder" and isinstance(error, AttributeError):
            return STALE
        module = self.module_of(target)
        # A codec may come from a search function, which can fail too.
        if target.kind != "codec" and isinstance(error, ImportError) and find(module) is False:
            return STALE
        # An interpreter of another platform may have recorded it.
        return STALE if is_refusal(module, error, traceback, rules.library) else FAILED


def _are_letters_of(kind, name):
    """Return whether all letters of ``name`` can be in the name of a target of this kind."""
    # A codec may be called "iso_8859-1:1987".
    return u"\0" not in name if kind == "codec" else _NOT_IN_NAMES.isdisjoint(name)


def module_of(kind, name):
    """Return the name of the module whose file the target of this kind and name reads first."""
    if kind == "codec":
        return u"encodings." + codec.aliased(name)
    return name if kind == "module" else name.rpartition(".")[0]


def _aliased(target):
    """Return the codec ``latin_1`` for ``latin-1``. canonical() would search for the module, as slowly as an import."""
    return Target("codec", codec.aliased(target.name), target.reason)


def _split(target):
    module, _, attribute = target.name.rpartition(".")
    return sys.modules.get(module), attribute


def _imported(target):
    """Return what the placeholder of ``target`` imports. ``None`` if the placeholder is used or does not say."""
    module, attribute = _split(target)
    value = vars(module).get(attribute) if type(module) is Module else None
    return imported_name(value) if type(value) is Placeholder else None


def _text(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _fits(kind, name):
    """Return whether a line can contain the name."""
    try:
        name = _text(name)
        name.encode("utf-8")
    except ValueError:  # a lone surrogate
        return False
    return all(name.split(".")) and name.split() == [name] and u"#" not in name and _are_letters_of(kind, name)


def without_folder(asker):
    """Return ``"shop/app.py:12 load"`` for ``"/srv/shop/app.py:12 load"``. The folder differs between machines."""
    asker = _text(asker)  # 2.7 cannot compare bytes beyond ASCII with an entry that is text
    entries = [_text(entry) + os.sep for entry in sys.path if isinstance(entry, Text) and entry]
    for entry in sorted(entries, key=len, reverse=True):
        if asker.startswith(entry):
            return asker[len(entry) :]
    return asker.rpartition(os.sep)[2]
