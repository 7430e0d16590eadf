"""Find and warm what C code imports, and what Python code imports by names that it computes.

The interpreter cannot be asked for these imports. So they are in a table, and each row has its reason. The tests
trigger each row on each interpreter.
"""

from __future__ import absolute_import, division, print_function

import os
import sys
import time

from warmup._python.compat import Function, Module
from warmup._sources.module import import_derived, is_loaded, status_of_derived
from warmup._values import Target


def _prime_strptime():
    time.strptime("2000", "%Y")  # the import leaves the cache of compiled formats empty


def _build_variables():
    # Since 3.6 the name of this module depends on the build. Only POSIX has such a module. An environment variable can
    # name another module. `is_module` drops that name if the library does not have it.
    module = sys.modules["sysconfig"]
    name_of = vars(module).get("_get_sysconfigdata_name") if type(module) is Module else None
    return (name_of(),) if type(name_of) is Function and os.name == "posix" else ()


# modules of email that 2.7 imports when one of their old names is used
_OLD_NAMES = [
    "email." + name
    for name in (
        "base64mime charset encoders errors feedparser generator header iterators message mime.audio mime.base "
        "mime.image mime.message mime.multipart mime.nonmultipart mime.text parser quoprimime utils"
    ).split()
]

# (owner, trigger, modules, since, until, why), or with a primer as well. If the module `owner` is loaded, `trigger`
# imports `modules` on the versions from `since` to `until`, both included. `None` means no limit. `why`: which code
# imports them. The primer fills the caches that an import does not fill.
# fmt: off
C_IMPORTS = (
    # dates
    ("time", "time.strptime()", ("_strptime",), None, None, "C time_strptime; bpo-7980", _prime_strptime),
    ("datetime", "datetime.strptime()", ("_strptime",), None, None, "C datetime_strptime; bpo-7980",
     _prime_strptime),
    ("datetime", "date.today(), timetuple(), strftime()", ("time",), None, (2, 7), "C date_today, wrap_strftime"),
    ("_zoneinfo", "pickling a zone made by ZoneInfo.from_file()", ("pickle",), (3, 9), None, "C zoneinfo_reduce"),
    # text
    ("sys", "\\N{...} in a literal, unicode_escape", ("unicodedata",), None, None, "C DecodeUnicodeEscape"),
    ("sys", "compiling an identifier that is not ASCII", ("unicodedata",), (3, 6), None, "C new_identifier"),
    ("sys", "the error handler namereplace", ("unicodedata",), (3, 6), None, "C PyCodec_NameReplaceErrors"),
    ("_io", "io.open() without an encoding", ("locale",), None, (2, 7), "C textiowrapper_init"),
    ("_io", "open() without an encoding", ("_bootlocale",), (3, 6), (3, 9), "C _PyIO_get_locale_module"),
    ("sys", "an error in __del__ that is shown", ("io",), (3, 14), (3, 14), "C display_source_line"),
    ("sys", "pickling a t-string", ("string.templatelib",), (3, 14), None, "C Template.__reduce__"),
    # numbers
    ("sys", "str(), int(), divmod() of huge numbers", ("_pylong",), (3, 12), None, "C l_divmod; gh-90716"),
    ("_decimal", "format(decimal, 'z...')", ("_pydecimal",), (3, 11, 9), (3, 11), "C dec_format; gh-114563"),
    ("_decimal", "format(decimal, 'z...')", ("_pydecimal",), (3, 12, 3), None, "C dec_format; gh-114563"),
    # objects
    ("sys", "copy and pickle of C types", ("copyreg",), (3, 6), None, "C object.__reduce_ex__"),
    ("_operator", "pickling methodcaller(..., key=value)", ("functools",), (3, 6), None, "C methodcaller_reduce"),
    ("__builtin__", "reduce()", ("functools",), None, (2, 7), "C builtin_reduce"),
    ("sys", "comparing memoryviews of other formats", ("struct",), (3, 6), None, "C struct_get_unpacker"),
    ("sys", "class C[T]", ("typing",), (3, 12), None, "C _Py_subscript_generic; PEP 695"),
    ("_ctypes", "class S(Structure): _fields_ = ...", ("ctypes._layout",), (3, 14), None, "C; gh-97588"),
    # errors and warnings
    ("sys", "an error that ends a thread or the program", ("traceback",), (3, 13), None, "C PyErr_Display; gh-110721"),
    ("sys", "coroutine never awaited, ResourceWarning", ("warnings",), (3, 6), (3, 12), "C get_warnings_attr"),
    ("sys", "a warning raised by C", ("warnings",), (3, 13), None, "C get_warnings_attr; gh-119049"),
    # processes, files, databases, interpreters
    ("posix", "os.wait3(), os.wait4()", ("resource",), None, None, "C wait_helper"),
    ("_posixsubprocess", "subprocess with a preexec_fn", ("gc",), (3, 6), (3, 9), "C subprocess_fork_exec"),
    ("zipimport", "a compressed module", ("zlib",), None, None, "C get_data; since 3.8 _get_decompress_func"),
    ("_sqlite3", "Connection.iterdump()", ("sqlite3.dump",), None, None, "C pysqlite_connection_iterdump"),
    ("_interpreters", "passing on what is not shareable", ("pickle",), (3, 14), None, "C _PyPickle_GetXIData"),
    ("_interpqueues", "an empty or full queue", ("concurrent.interpreters._queues",), (3, 14), None,
     "C handle_queue_error"),
    # Python code that computes names
    ("xml.sax", "xml.sax.make_parser()", ("xml.sax.expatreader",), None, None, "default_parser_list"),
    ("xml.dom.domreg", "xml.dom.getDOMImplementation()", ("xml.dom.minidom",), None, None,
     "well_known_implementations"),
    ("dbm", "dbm.open()", ("dbm.gnu", "dbm.ndbm", "dbm.dumb"), (3, 6), None, "dbm._names"),
    ("dbm", "dbm.open()", ("dbm.sqlite3",), (3, 13), None, "dbm._names; gh-100414"),
    ("email", "the old names, as email.Utils", _OLD_NAMES, None, (2, 7), "email.LazyImporter"),
    # a host
    ("uwsgi", "each worker of uWSGI, after the fork", ("random",), None, None,
     "C uwsgi_python_reset_random_seed of uWSGI"),
    ("sysconfig", "sysconfig.get_config_vars()", _build_variables, (3, 6), None, "_init_posix"),
)
# fmt: on


def rows():
    """Yield ``(owner, trigger, modules, why, primer)`` of each row of this version whose owner is loaded.

    ``primer`` is ``None`` if the import fills all caches.
    """
    for row in C_IMPORTS:
        owner, trigger, modules, since, until, why = row[:6]
        if sys.modules.get(owner) is not None:
            if (since or ()) <= sys.version_info[:3] and sys.version_info[:2] <= (until or (9,)):
                yield owner, trigger, modules() if callable(modules) else modules, why, (row[6:] or (None,))[0]


class CImportSource(object):
    """Find what the loaded modules of the table would import. Prime the caches that an import does not fill."""

    def __init__(self):
        # module -> its primer, or None when it is primed, {"_strptime": _prime_strptime}
        self._primers = {}

    def find(self, rules):
        """Return a target for each module of the table that exists here and whose owner is loaded."""
        targets = []
        for owner, trigger, modules, why, primer in rows():
            for name in modules:
                if rules.is_module(name):
                    if primer is not None:
                        self._primers.setdefault(name, primer)
                    targets.append(Target("module", name, "%s (%s)" % (trigger, why), owner))
        return targets

    def is_done(self, target):
        return is_loaded(target) and self._primers.get(target.name) is None

    @staticmethod
    def module_of(target):
        return target.name

    def warm(self, target):
        import_derived(target.name)
        primer = self._primers.get(target.name)
        if primer is not None:
            primer()
            self._primers[target.name] = None

    status_of = status_of_derived
