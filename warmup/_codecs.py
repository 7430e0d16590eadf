"""Source: every codec of this interpreter, every spelling of it, and how to exercise one."""
from __future__ import absolute_import, division, print_function

import codecs
import encodings
import encodings.aliases
import sys

from warmup import _interpreter
from warmup._values import Target

_PREFIX = "encodings."

# What is encoded, then decoded again, to exercise a codec: the first of these that it takes. A letter beyond ASCII
# makes idna load punycode; a codec without that letter takes the second, one from bytes to bytes the third.
_SAMPLES = (u"\xfc", u"a", b"a")

_aliases_by_codec = {}  # one pass over all aliases, not one for each codec; refilled when there are more of them
_primed = set()  # names of codecs; the registry itself cannot be asked what its cache holds


def every_codec():
    """Names of all codecs of this interpreter, as their modules are called, sorted; imports nothing."""
    names = _interpreter.modules_in(encodings.__path__, _PREFIX)
    names.update(name for name in _interpreter.built_in_modules() if name.startswith(_PREFIX))
    names = {name[len(_PREFIX):] for name in names}.union(encodings.aliases.aliases.values())
    return sorted(name for name in names if not _is_part_of_package(name))


def _is_part_of_package(name):
    return name == "aliases" or name.startswith("_")


def canonical(spelling):
    """The name of the codec that ``spelling`` means, or ``None`` if there is no such codec.

    Imports nothing, unless a search function that the program has registered does.
    """
    name = encodings.normalize_encoding(spelling.lower())
    name = encodings.aliases.aliases.get(name) or encodings.aliases.aliases.get(name.replace(".", "_")) or name
    if not _is_part_of_package(name) and _interpreter.find(_PREFIX + name):
        return name
    try:
        codecs.lookup(spelling)
    except LookupError:
        return None
    return spelling


def spellings(name):
    """The spellings under which the codec ``name`` is primed, sorted.

    The registry caches by spelling (lower-cased, and since 3.9 with one separator). That matters on 2.7, where
    looking up a new one takes the import lock: there, each is primed with hyphens too.
    """
    names = {alias for alias in _aliases_of(name) if alias == alias.lower()}
    names.add(name)
    if _interpreter.PY2:
        names.update([spelling.replace("_", "-") for spelling in names])
    return sorted(names)


def _aliases_of(name):
    aliases = encodings.aliases.aliases
    if len(aliases) != _aliases_by_codec.get(None):
        _aliases_by_codec.clear()
        for alias, codec in aliases.items():
            _aliases_by_codec.setdefault(codec, []).append(alias)
        _aliases_by_codec[None] = len(aliases)
    return _aliases_by_codec.get(name, ())


def targets(names=None):
    """Yield a target for every codec (or for each canonical name in ``names``) that is not primed yet."""
    reason = "str.encode, bytes.decode, open(encoding=...)" if names is None else "asked for by name"
    for name in sorted(every_codec() if names is None else names):
        if name not in _primed:
            yield Target("codec", name, reason)


def prime(name):
    """Fill the registry's cache with the codec ``name``, by looking up every spelling of it and using it once.

    Using it matters: idna loads punycode only then. Raises what the codec's module raises when it is imported.
    """
    try:
        info = codecs.lookup(name)
    except LookupError:
        _interpreter.import_module(_PREFIX + name)  # says why, which the registry hides
        raise
    for spelling in spellings(name):
        codecs.lookup(spelling)
    _exercise(info)
    _primed.add(name)


def unavailable(name, error):
    """Whether the codec ``name`` cannot exist here, given what `prime` raised: its own module refuses to load."""
    if isinstance(error, LookupError):  # cp65001 until 3.7, where it is not Windows
        return _PREFIX + name not in sys.modules
    return isinstance(error, ImportError) and _interpreter.missing(error)


def _exercise(info):
    for sample in _SAMPLES:
        try:
            encoded = info.encode(sample)[0]
        except (UnicodeError, TypeError):  # not what this codec takes
            continue
        info.decode(encoded)
        return
