"""Test that each row of the table of C imports is true: cold, its trigger imports its modules.

Warm, after preload(), the trigger imports nothing. A row proves nothing on an interpreter whose start loads the modules
of that row. So all interpreters run this file, and each row must prove something on one of them.
"""

from __future__ import absolute_import, division, print_function

import json
import os
import sys
import unittest

from tests.support import fresh
from warmup._sources import c_import

# Hides what the interpreter prints about an error that a trigger raises on purpose.
MUTED = u"""
stderr = sys.stderr
sys.stderr = type("Mute", (object,), dict.fromkeys(("write", "flush"), lambda *args: None))()
try:
    {}
finally:
    sys.stderr = stderr
"""

DBM = u"""
import dbm
try:
    dbm.open("/nonexistent/x", "n")
except (OSError,) + dbm.error if isinstance(dbm.error, tuple) else (OSError, dbm.error):
    pass
"""

# (owner, first of the modules): source that runs the trigger of that row.
TRIGGERS = {
    ("time", "_strptime"): u"import time; time.strptime('2000', '%Y')",
    ("datetime", "_strptime"): u"import datetime; datetime.datetime.strptime('2000', '%Y')",
    ("datetime", "time"): u"import datetime; datetime.date.today()",
    ("_zoneinfo", "pickle"): u"""
import io, zoneinfo
data = b"TZif" + b"\\0" * 35 + b"\\1" + b"\\0" * 3 + b"\\4" + b"\\0" * 6 + b"UTC\\0"
try:
    zoneinfo.ZoneInfo.from_file(io.BytesIO(data)).__reduce__()
except Exception as error:
    assert type(error).__name__ == "PicklingError", error
""",
    ("sys", "unicodedata"): {
        u"\\N": u"eval(u'u\"\\\\N{BULLET}\"')",
        u"identifier": u"compile(u'\\xe9 = 1', 'x', 'exec')",
        u"namereplace": u"u'\\u2022'.encode('ascii', 'namereplace')",
    },
    ("_io", "locale"): u"import _io; _io.TextIOWrapper(_io.BytesIO())",
    ("_io", "_bootlocale"): u"import _io; _io.TextIOWrapper(_io.BytesIO())",
    (
        "sys",
        "io",
    ): u"""
import os
exec(compile("\\n" * 30 + "class Bad(object):\\n    def __del__(self): 1 / 0", os.__file__, "exec"))
"""
    + MUTED.format("Bad()"),
    ("sys", "string.templatelib"): u"eval(\"t'{1}'\").__reduce__()",
    ("sys", "_pylong"): u"divmod(10 ** 60000, 10 ** 20000 + 1)",
    ("_decimal", "_pydecimal"): u"import _decimal; format(_decimal.Decimal(1), 'z.2f')",
    ("sys", "copyreg"): u"object().__reduce_ex__(2)",
    ("_operator", "functools"): u"import operator; operator.methodcaller('a', b=1).__reduce__()",
    ("__builtin__", "functools"): u"reduce(min, [1, 2])",
    ("sys", "struct"): u"memoryview(b'a').cast('b') == memoryview(b'a').cast('c')",
    ("sys", "typing"): u"exec('class C[T]: pass')",
    ("_ctypes", "ctypes._layout"): u"""
import ctypes
class S(ctypes.Structure):
    _fields_ = [("a", ctypes.c_int)]
""",
    ("sys", "traceback"): MUTED.format("sys.excepthook(ValueError, ValueError(), None)"),
    ("sys", "warnings"): {
        u"coroutine": MUTED.format("import _warnings; _warnings.warn('x', UserWarning, 1, object())"),
        u"a warning": MUTED.format("import _warnings; _warnings.warn('x')"),
    },
    ("posix", "resource"): u"""
import os
pid = os.fork()
if not pid:
    os._exit(0)
os.wait4(pid, 0)
""",
    ("_posixsubprocess", "gc"): u"import subprocess; subprocess.call(['true'], preexec_fn=int)",
    ("zipimport", "zlib"): u"""
import binascii, os, zipimport
path = sys.argv[0] + ".zip"
with open(path, "wb") as archive:
    archive.write(binascii.unhexlify(  # one deflated member
    "504b030414000000080000002100258a5bc9060000002800000001000000614b4c240e0000504b0102140014000000080000002100258a5bc9"
    "06000000280000000100000000000000000000000000000000006150" "4b050600000000010001002f000000250000000000"))
try:
    zipimport.zipimporter(path).get_data("a")
finally:
    os.remove(path)
""",
    ("_sqlite3", "sqlite3.dump"): u"import sqlite3; list(sqlite3.connect(':memory:').iterdump())",
    ("_interpreters", "pickle"): u"""
import _interpreters
number = _interpreters.create()
try:
    assert _interpreters.call(number, len, ([1],)) == (1, None)
finally:
    _interpreters.destroy(number)
""",
    ("_interpqueues", "concurrent.interpreters._queues"): u"""
import _interpqueues
number = _interpqueues.create(1, 3, -1)
try:
    _interpqueues.get(number)
except Exception as error:
    assert type(error).__name__ == "QueueEmpty", error
finally:
    _interpqueues.destroy(number)
""",
    ("xml.sax", "xml.sax.expatreader"): u"import xml.sax; xml.sax.make_parser()",
    ("xml.dom.domreg", "xml.dom.minidom"): u"import xml.dom; xml.dom.getDOMImplementation('minidom')",
    ("dbm", "dbm.gnu"): DBM,
    ("dbm", "dbm.sqlite3"): DBM,
    ("email", "email.base64mime"): u"""
import email
for name in dir(email):
    if isinstance(getattr(email, name), email.LazyImporter):
        try:
            getattr(email, name).anything
        except AttributeError:
            pass
""",
    ("sysconfig", None): u"import sysconfig; sysconfig.get_config_vars()",
    # Only a worker of uWSGI has this module. tests.test_readme starts one, and records what it imports late.
    ("uwsgi", "random"): u"",
}

CHILD = u"""
import json, os
mode, owner, rows = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
try:
    __import__(owner)
except ImportError:
    print(json.dumps([None] * len(rows)))  # does not exist in this build
    sys.exit()
if mode == "warm":
    import warmup
    warmup.preload()

def outcome(trigger, modules):
    if not modules:  # the name that depends on the build
        from warmup._sources import c_import
        modules = list(c_import._build_variables())
    known = set(sys.modules)
    exec(trigger, {"__name__": "__main__", "sys": sys})
    late = set(name for name in set(sys.modules) - known if sys.modules[name] is not None)
    missed = []
    for name in modules:
        if name not in known and name not in late:
            try:
                __import__(name)
            except ImportError:
                continue  # does not exist in this build
            missed.append(name)
    return missed, sorted(late)

def in_child(row):
    # Each row has the state that a process of its own would have, without another start and preload().
    if len(rows) == 1:
        return outcome(*row)
    reader, writer = os.pipe()
    if not os.fork():
        try:
            os.write(writer, json.dumps(outcome(*row)).encode("ascii"))
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(0)
    os.close(writer)
    parts = [b""]  # os.fdopen() would import io, the module of a row
    while len(parts) == 1 or parts[-1]:
        parts.append(os.read(reader, 65536))
    os.close(reader)
    os.wait()
    return json.loads(b"".join(parts).decode("ascii"))

print(json.dumps([in_child(row) for row in rows]))
"""


def applies(since, until):
    return (since or ()) <= sys.version_info[:3] and sys.version_info[:2] <= (until or (9,))


def trigger_of(owner, trigger, modules):
    source = TRIGGERS[owner, None if callable(modules) else modules[0]]
    if isinstance(source, dict):
        (source,) = [source[key] for key in source if key in trigger]
    return source


class CImports(unittest.TestCase):

    def rows(self):
        return [row for row in c_import.C_IMPORTS if applies(*row[3:5])]

    def run_rows(self, mode):
        """Yield each row with its outcome: ``None``, or the modules that it missed and those that were late."""
        groups = []  # of rows with one owner; without fork, each row is one
        for row in sorted(self.rows(), key=lambda row: row[0]):
            if groups and groups[-1][0][0] == row[0] and hasattr(os, "fork"):
                groups[-1].append(row)
            else:
                groups.append([row])
        for group in groups:
            asked = [(trigger_of(*row[:3]), None if callable(row[2]) else row[2]) for row in group]
            outcomes = fresh.value(CHILD, arguments=[mode, group[0][0], json.dumps(asked)])
            self.assertEqual(len(outcomes), len(group))
            for row, outcome in zip(group, outcomes):
                yield row, outcome

    @unittest.skipIf(fresh.PYPY, "PyPy is not written in C: it loads some of them at start-up, others never")
    def test_happen_when_cold(self):
        proofs = 0
        for row, outcome in self.run_rows("cold"):
            if outcome is not None:
                missed, late = outcome
                self.assertEqual(missed, [], row)
                proofs += bool(late)
        self.assertGreater(proofs, 5)

    def test_do_not_happen_when_warm(self):
        for row, outcome in self.run_rows("warm"):
            if outcome is not None:
                self.assertEqual(outcome, [[], []], row)

    def test_have_a_row_for_every_owner_and_module_that_has_a_trigger(self):
        rows = {(row[0], None if callable(row[2]) else row[2][0]) for row in c_import.C_IMPORTS}
        self.assertEqual(rows, set(TRIGGERS))

    @unittest.skipUnless(fresh.PYPY, "PyPy's dbm.ndbm runs a compiler")
    def test_of_dbm_run_no_program(self):
        self.assertEqual(
            fresh.value(u"""
            import dbm, json, sys
            ran = []
            sys.addaudithook(lambda event, values: ran.append(values[1]) if event == "subprocess.Popen" else None)
            import warmup
            warmup.preload(codecs=())
            print(json.dumps(ran))
        """),
            [],
        )

    def test_of_an_owner_that_is_not_loaded_are_no_targets(self):
        self.assertEqual(
            fresh.value(u"""
            import json, warmup
            before = [outcome.target.name for outcome in warmup.preload(codecs=()).outcomes]
            import sqlite3
            after = [outcome.target.name for outcome in warmup.preload(codecs=()).outcomes]
            print(json.dumps([name for names in (before, after) for name in names if name == "sqlite3.dump"]))
        """),
            ["sqlite3.dump"],
        )
