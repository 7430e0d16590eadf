"""Find and prime the codecs of this interpreter."""

from __future__ import absolute_import, division, print_function

import codecs
import encodings
import encodings.aliases
import sys

from warmup._python.compat import PY2
from warmup._python.library import find
from warmup._python.surroundings import must_pass
from warmup._sources.module import import_module, status_of_derived
from warmup._values import ArgumentError, Target, with_parents

_PREFIX = "encodings."

# A codec is used by encoding the first of these samples that it accepts, and decoding the result. Without a letter
# beyond ASCII, idna would not load punycode. Codecs without that letter accept the second sample. Codecs from bytes
# to bytes accept the third.
_SAMPLES = (u"\xfc", u"a", b"a")

# Codecs without an alias. Without this list, a library that cannot be listed would seem not to have them.
_WITHOUT_ALIAS = ("idna", "punycode", "raw_unicode_escape", "unicode_escape", "utf_8_sig")


class CodecSource(object):
    """Find codecs that were not primed yet, and prime them.

    The codec registry does not say what its cache holds. So the source remembers for the life of the process what it
    has primed.
    """

    def __init__(self):
        self._primed = set()  # {"idna", "latin_1"}
        self._modules = set()  # modules of primed codecs, {"encodings.idna", "encodings.latin_1"}
        self._every, self._library = (), None  # names of all codecs, ["ascii", "big5"], and the library that has them
        # True on 2.7 without our __import__: each new spelling of a loaded codec takes the import lock
        self.takes_lock = False

    def every_codec(self, library):
        """Return the names of the modules of all codecs, sorted, without ``encodings.``. Import nothing."""
        if self._library is not library:
            names = {name[len(_PREFIX) :] for name in library.names if name.startswith(_PREFIX)}
            if not library.is_listed:
                others = _WITHOUT_ALIAS + tuple(encodings.aliases.aliases.values())
                # A program in one file (PyInstaller) has only the codecs that were put into it.
                names.update(name for name in others if find(_PREFIX + name) is not False)
            names = sorted(name for name in names if type(name) is str and not _is_part_of_package(name))
            self._every, self._library = names, library
        return self._every

    def find(self, names, rules):
        """Return a target for each codec of ``names`` that is not primed. ``names``: ``None`` means every codec."""
        reason = "str.encode, bytes.decode, open(encoding=...)" if names is None else "asked for by name"
        names = self.every_codec(rules.library) if names is None else sorted(set(names))
        self._primed -= {module[len(_PREFIX) :] for module in list(self._modules) if module not in sys.modules}
        names = [name for name in names if name not in self._primed]
        forget_failures(names)
        return [Target("codec", name, reason) for name in names]

    def is_done(self, target):
        return target.name in self._primed

    def warm(self, target):
        """Look the codec up and use it once. Raise what its module raises.

        A look-up alone is not enough: idna loads punycode when it is used. One spelling is enough: for another
        spelling of a loaded codec, Python opens no file and takes no lock. On 2.7 this needs our ``__import__``.
        Where 2.7 keeps its own ``__import__``, look up each spelling.
        """
        name, module = target.name, _PREFIX + target.name
        try:
            if module in self._modules:  # it was unloaded: another spelling would load it again
                import_module(module)
            try:
                info = codecs.lookup(name)
            except LookupError:  # perhaps only an earlier look-up has failed: the registry remembers failures
                forget_failures([name])
                try:
                    import_module(module)  # raises the real error, which the registry hides
                except ImportError:
                    if find(module) is not False:
                        raise
                info = codecs.lookup(name)
            for spelling in _spellings(name) if self.takes_lock else ():
                codecs.lookup(spelling)
        except BaseException:
            forget_failures([name])
            raise
        _use(info)
        self._primed.add(name)
        if module in sys.modules:
            self._modules.add(module)

    status_of = status_of_derived

    @staticmethod
    def module_of(target):
        return _PREFIX + target.name


def canonical(spelling):
    """Return the name of the codec that ``spelling`` means, or ``None`` if no such codec exists.

    Return ``spelling`` itself if only a search function of the program knows the codec, or if a finder or a search
    function fails. Import nothing. A search function may import something.
    """
    if "\0" in spelling or PY2 and max(spelling) > "\x7f":
        return None
    name = aliased(spelling)
    if name and not _is_part_of_package(name) and "." not in name:
        exists = find(_PREFIX + name)
        if exists is not False:  # None: a finder fails at this moment
            return str(name) if exists else spelling
    try:
        codecs.lookup(spelling)
    except Exception as error:
        forget_failures([name])
        if must_pass():
            raise
        # ValueError: a NUL or a lone surrogate. Any other: the program's search function fails; warming the codec will
        # report the error.
        return None if isinstance(error, (LookupError, ValueError, TypeError)) else spelling
    return spelling


def check_names(spellings, exclude):
    """Return the canonical names of ``spellings``.

    Raise `ArgumentError` for a spelling that is no codec, or whose module ``exclude`` contains.
    """
    names = []
    for spelling in spellings:
        name = canonical(spelling)
        if name is None:
            problem = (
                "unknown codec %r; the documentation of the module codecs lists the standard encodings; register a "
                "codec of your own before this call"
            )
            raise ArgumentError("codecs", problem % (spelling,), spelling)
        if not exclude.isdisjoint(with_parents(_PREFIX + name)):
            problem = "%r is excluded too; name it in codecs or in exclude" % (spelling,)
            raise ArgumentError("codecs", problem, spelling)
        names.append(name)
    return names


def _is_part_of_package(name):
    return name == "aliases" or name.startswith("_")


def _spellings(name):
    """Return the spellings of a codec that 2.7's registry distinguishes, sorted. It only turns them to lower case."""
    names = [name] + [alias for alias, codec in list(encodings.aliases.aliases.items()) if codec == name]
    names += [spelling.replace("_", "-") for spelling in names]
    return sorted(set(spelling for spelling in names if spelling == spelling.lower()))


def forget_failures(names):
    """Make ``encodings`` forget that it did not find a codec of ``names``. ``None`` means every codec.

    Otherwise ``encodings`` would never look for this codec again.
    """
    cache = getattr(encodings, "_cache", {})
    for spelling, entry in list(cache.items()):
        if entry is None and (names is None or aliased(spelling) in names):
            cache.pop(spelling, None)


def aliased(spelling):
    """Return the name of the codec that ``spelling`` means by the table of aliases. The codec need not exist."""
    try:
        name = encodings.normalize_encoding(str(spelling).lower())  # 2.7 would import a codec for text
    except (UnicodeError, TypeError):  # 2.7, beyond ASCII
        return spelling
    return str(encodings.aliases.aliases.get(name) or encodings.aliases.aliases.get(name.replace(".", "_")) or name)


def _use(info):
    encode, decode = info[:2]  # a search function may return a plain tuple
    encoded = b"a"
    for sample in _SAMPLES:
        try:
            encoded = encode(sample)[0]
            break
        except (UnicodeError, TypeError, NotImplementedError):  # the codec does not accept this sample
            pass
    try:
        decode(encoded)
    except (UnicodeError, NotImplementedError):  # the codec only encodes
        pass
