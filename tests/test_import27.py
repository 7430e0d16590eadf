"""Test that our ``__import__`` of 2.7 returns complete modules without the lock, and differs in nothing else."""

from __future__ import absolute_import, division, print_function

import os
import textwrap
import unittest
import zipfile

from tests.support import fresh
from tests.support.folder import FolderTest


@unittest.skipUnless(fresh.PY2, "later versions have a lock for each module")
class LockFreeImport(FolderTest):

    # during(f): what f returns or raises in a thread while this one is inside an import; "stalled" if it waits.
    DURING = u"""
        import imp, json, threading
        def during(function, limit=30):
            outcome, done = [], threading.Event()
            def run():
                try:
                    outcome.append(function())
                except Exception as error:
                    outcome.append("%s: %s" % (type(error).__name__, error))
                done.set()
            thread = threading.Thread(target=run)
            imp.acquire_lock()
            thread.start()
            stalled = not done.wait(limit)
            imp.release_lock()
            return "stalled" if stalled else outcome[0]
    """

    def run_during(self, source, *arguments):
        """Run ``source`` after `DURING`, with the folder of this test on the path. ``source`` is not indented."""
        path = u"sys.path.insert(0, {!r})\n".format(self.folder)
        return fresh.value(textwrap.dedent(self.DURING) + path + source, arguments=arguments)

    STATEMENTS = u"""
import warmup, xml.dom.minidom, email.message, package.inside
def absolute():
    import pwd
    return pwd.__name__
def dotted():
    import xml.dom.minidom
    return xml.__name__
def renamed():
    import xml.dom.minidom as minidom
    return minidom.__name__
def names():
    from email import message
    from os import path, getcwd
    return message.__name__
def called():
    return __import__("email.message", fromlist=["*"]).__name__
functions = [absolute, dotted, renamed, names, called, package.inside.undotted, package.inside.relative,
             package.inside.parent, package.inside.neighbour]
import pwd
if sys.argv[1] == "warm":
    warmup.preload(codecs=())
print(json.dumps([during(function, 0.3 if sys.argv[1] == "cold" else 30) for function in functions]))
"""

    def write_package(self):
        self.write("package/__init__.py", u"")
        self.write("package/json.py", u"name = 'not the standard one'")
        self.write(
            "package/inside.py",
            u"""
            from . import json as mine
            def undotted():
                import os
                return os.__name__
            def relative():
                from .json import name
                return name
            def parent():
                from . import json
                return json.__name__
            def neighbour():
                import json
                return json.name
        """,
        )

    def test_statements_of_every_form_stall_when_cold(self):
        self.write_package()
        self.assertEqual(self.run_during(self.STATEMENTS, "cold"), ["stalled"] * 9)

    def test_statements_of_every_form_give_what_they_should_when_warm(self):
        self.write_package()
        self.assertEqual(
            self.run_during(self.STATEMENTS, "warm"),
            [
                "pwd",
                "xml",
                "xml.dom.minidom",
                "email.message",
                "email.message",
                "os",
                "not the standard one",
                "package.json",
                "not the standard one",
            ],
        )

    def test_a_module_that_is_not_complete_is_waited_for(self):
        self.write(
            "half.py",
            u"""
            import warmup, __main__
            report = warmup.preload(codecs=())
            __main__.outcome = __main__.during(__main__.load, 0.5)
            whole = True
        """,
        )
        self.assertEqual(
            self.run_during(u"""
def load():
    import half
    return half.whole
import half
print(json.dumps([outcome, load()]))
"""),
            ["stalled", True],
        )

    def test_a_module_that_was_replaced_is_not_served(self):
        self.assertEqual(
            self.run_during(u"""
import types, warmup, pwd
warmup.preload(codecs=())
sys.modules["pwd"] = types.ModuleType("other")
def load():
    import pwd
    return pwd.__name__
def cold():
    return during(load, 0.3)
print(json.dumps([load(), cold()]))
"""),
            ["other", "stalled"],
        )

    def test_a_package_above_it_that_was_dropped_is_imported_again(self):
        result = fresh.python("""
            import sys, warmup, weakref
            import xml.dom.minidom
            warmup.preload(codecs=())
            class Value(object):
                pass
            value = sys.modules["xml.dom"].value = Value()
            freed = weakref.ref(value)
            dropped, value = sys.modules.pop("xml.dom"), None
            import xml.dom.minidom
            assert sys.modules["xml.dom"] is not dropped
            del dropped, xml
            import xml
            xml.dom = sys.modules["xml.dom"]
            warmup.preload(codecs=())
            assert freed() is None, "the dropped module lives on"
            sys.modules["xml.dom"] = None
            try:
                from xml.dom.minidom import parse
            except ImportError:
                pass
            else:
                raise AssertionError("xml.dom is blocked")
        """)
        self.assertEqual(result.code, 0, result)

    def test_a_module_of_the_package_that_comes_later_is_not_overlooked(self):
        self.write("package/__init__.py", u"def load():\n    import colorsys\n    return colorsys.__name__\n")
        self.write("package/colorsys.py", u"")
        self.assertEqual(
            self.run_during(u"""
import colorsys, package, warmup
warmup.preload(codecs=())
print(json.dumps([package.load(), colorsys.__name__]))
"""),
            ["package.colorsys", "colorsys"],
        )

    def test_a_module_of_a_package_in_a_zip_file_is_not_imported(self):
        path = os.path.join(self.folder, "app.zip")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("package/__init__.py", "def load():\n    import colorsys\n    return colorsys.__name__\n")
            archive.writestr("package/colorsys.py", "")
        source = u"""
sys.path.insert(0, sys.argv[1])
import colorsys, package, warmup
warmup.preload(codecs=())
print(json.dumps(["package.colorsys" in sys.modules, package.load()]))
"""
        self.assertEqual(self.run_during(source, path), [False, "package.colorsys"])

    def test_is_served_at_each_moment_of_a_later_call(self):
        """Test that no module is dropped for a moment. A thread that imports this module would wait for the lock."""
        self.assertEqual(
            self.run_during(u"""
import warmup
from warmup._python import import27
warmup.preload(scan=False)
served = []
def profile(frame, event, argument):
    if frame.f_code.co_name == "with_parents":
        served.append("json" in import27._complete)
sys.setprofile(profile)
import27.install()
sys.setprofile(None)
print(json.dumps([len(served) > 9, all(served)]))
"""),
            [True, True],
        )

    def test_can_be_declined_removed_and_installed_again(self):
        self.assertEqual(
            self.run_during(u"""
import __builtin__, warmup, pwd
from warmup._python import import27
native = __builtin__.__import__
def load():
    import pwd
    return pwd.__name__
outcomes = []
warmup.preload(codecs=(), lock_free_import=False)
outcomes.append(__builtin__.__import__ is native)
warmup.preload(codecs=())
warmup.preload(codecs=())
outcomes.append(during(load))
import27.remove()
outcomes.append(__builtin__.__import__ is native)
import27.remove()
warmup.preload(codecs=())
ours = __builtin__.__import__
__builtin__.__import__ = lambda *arguments, **more: ours(*arguments, **more)
import27.remove()
outcomes.append(during(load, 0.3))
print(json.dumps(outcomes))
"""),
            [True, "pwd", True, "stalled"],
        )

    def test_what_was_there_before_gets_the_rest(self):
        self.assertEqual(
            self.run_during(u"""
import __builtin__, warmup
native, seen = __builtin__.__import__, []
def chained(name, *arguments, **more):
    seen.append(name)
    return native(name, *arguments, **more)
__builtin__.__import__ = chained
warmup.preload(codecs=())
del seen[:]
import os, sched
print(json.dumps(seen[:1]))
"""),
            ["sched"],
        )

    def test_a_package_that_names_an_asterisk_is_served(self):
        self.write("starred/__init__.py", u"__all__ = ['*', 'value']\nvalue = 1\n")
        self.assertEqual(
            fresh.value(
                u"""
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import starred, warmup
            warmup.preload(codecs=())
            print(json.dumps(__import__("starred", fromlist=["*"]).value))
        """,
                arguments=[self.folder],
            ),
            1,
        )

    def test_an_interrupted_wait_leaves_no_lock(self):
        self.write("slow.py", u"import __main__\n__main__.begun.set()\n__main__.go.wait(60)\n")
        self.assertEqual(
            fresh.value(
                u"""
            import imp, json, os, signal, sys, threading
            sys.path.insert(0, sys.argv[1])
            import warmup
            from warmup._python import import27
            begun, go = threading.Event(), threading.Event()
            thread = threading.Thread(target=__import__, args=("slow",))
            thread.start()
            begun.wait()
            try:
                # Inside, because the signal may come before install() waits.
                threading.Timer(0.2, lambda: (os.kill(os.getpid(), signal.SIGINT), go.set())).start()
                import27.install()
            except KeyboardInterrupt:
                thread.join()
                print(json.dumps(imp.lock_held()))
        """,
                arguments=[self.folder],
            ),
            False,
        )

    def test_errors_are_those_of_the_builtin(self):
        calls = [
            u"__import__(1, 2, 3, 4)",
            u"__import__('os', 5)",
            u"__import__('no.such')",
            u"__import__('')",
            u"__import__('email', fromlist=[u'message', 1])",
            u"__import__('x', {}, {}, [], 1)",
            u"__import__('os', {'__package__': object()})",
            u"__import__('os', {'__name__': 3})",
            u"__import__('message', {'__package__': 'email'}, None, ['Message'], 1).__name__",
            u"__import__('x', {'__name__': 'top'}, None, [], 1)",
            u"__import__('os', {'__package__': 'nowhere'}).__name__",
        ]
        source = u"""
import email.message, warnings
warnings.simplefilter("ignore")
if sys.argv[1] == "warm":
    import warmup
    warmup.preload(codecs=())
outcomes = []
for call in {!r}:
    try:
        outcomes.append(eval(call))
    except Exception as error:
        outcomes.append("%s: %s" % (type(error).__name__, error))
print(json.dumps([str(outcome) for outcome in outcomes]))
""".format(calls)
        native, ours = self.run_during(source, "cold"), self.run_during(source, "warm")
        self.assertEqual(ours, native)


@unittest.skipUnless(fresh.PY2, "later versions have a lock for each module")
class SameAsPython27(FolderTest):
    """Test that each import statement gives the same module, ``__package__`` and error as without the package."""

    def test_in_thousands_of_generated_statements(self):
        for name in ("__init__", "a", "json", "sub/__init__", "sub/a", "sub/b"):
            self.write("package/%s.py" % name, u"name = __name__\n")
        source = u"""
import itertools, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, %r)
import package.a, package.sub.a, json.decoder, email.message, os.path, xml.dom.minidom
globals_of = [{"__name__": name} for name in ("t", "package.x", "package.sub.x", "nowhere.x", "", "json")]
globals_of += [{"__name__": "package", "__path__": package.__path__}, {"__name__": "package.sub", "__path__": []},
               {"__name__": "x", "__package__": "package"}, {"__name__": "x", "__package__": "package.sub"},
               {"__name__": "x", "__package__": "nowhere"}, {"__name__": "x", "__package__": ""},
               {"__name__": "x", "__package__": 3}, {"__name__": "x", "__package__": None},
               {"__name__": "package.x", "__package__": None}, {"__name__": []}, {"__name__": 3}, {}]
statements = ["import %%s" %% name for name in ("os", "json", "a", "sub", "sub.a", "package.sub.b", "os.path",
              "json.decoder", "xml.dom.minidom", "email.Message", "no_such", "a.b", "json.no_such")]
statements += ["from %%s import %%s" %% pair for pair in itertools.product(
    ("", ".", "..", "...", "os", "json", ".a", ".sub", "..a", "package", "package.sub", ".no_such"),
    ("path", "a", "sub", "decoder", "name", "*", "no_such", "a, b")) if pair[0]]
statements += ["x = __import__(%%s)" %% text for text in ("'os', globals(), None, [], 0", "'a', globals(), None, [], 1",
               "'a', globals(), None, ['name'], -1", "'', globals(), None, ['a'], 1", "u'os'",
               "'os', None, None, ['path']",
               "'json', globals(), None, ('decoder', 3)", "'os', globals(), None, [], -2",
               "'os', globals(), None, [], 99")]
def outcomes():
    for variables, statement, times in itertools.product(globals_of, statements, range(2)):
        variables = dict(variables, __builtins__=__builtins__)
        try:
            exec(statement, variables)
            outcome = "fine"
        except Exception as error:
            outcome = "%%s: %%s" %% (type(error).__name__, error)
        left = [(name, getattr(value, "__name__", value) if name != "__builtins__" else None)
                for name, value in sorted(variables.items())]
        yield repr((statement, outcome, left))
if sys.argv[1] == "warm":
    import warmup
    warmup.preload(codecs=())
    before = dict((name, len(value)) for name, value in vars(warmup._python.import27).items()
                  if isinstance(value, (dict, set)) and not name.startswith("__"))
import hashlib
lines = list(outcomes())
with open(sys.argv[2], "w") as stream:
    stream.write("\\n".join(lines))
if sys.argv[1] == "warm":
    after = dict((name, len(value)) for name, value in vars(warmup._python.import27).items()
                 if isinstance(value, (dict, set)) and not name.startswith("__"))
    assert before == after, (before, after)
""" % self.folder
        lines = []
        for mode in ("cold", "warm"):
            path = self.write(mode + ".txt", u"")
            # The order of a dictionary must be the same in both.
            result = fresh.python(source, arguments=[mode, path], environment={"PYTHONHASHSEED": "0"})
            self.assertEqual(result.code, 0, result)
            with open(path) as stream:
                lines.append(stream.read().split("\n"))
        self.assertGreater(len(lines[0]), 3000)
        different = [pair for pair in zip(*lines) if pair[0] != pair[1]]
        self.assertEqual((different[:5], len(different)), ([], 0))


@unittest.skipUnless(fresh.PY2, "later versions have a lock for each module")
class WarningsOf27(unittest.TestCase):
    def test_of_a_package_that_is_not_loaded_are_the_programs(self):
        source = u"""
            import json, sys, warnings
            import warmup
            if "watch" in sys.argv:
                seen = warmup.watch()
            if "preload" in sys.argv:
                warmup.preload(codecs=())
            variables = {"__package__": "nowhere", "__name__": "nowhere.x"}
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("default")
                exec(compile("\\nimport os\\nimport colorsys\\n", "/nowhere/x.py", "exec"), variables)
            registry = sorted((text, line) for text, _, line in variables["__warningregistry__"])
            print(json.dumps([[one.filename, one.lineno, str(one.message)] for one in caught] + registry))
        """
        native = fresh.value(source)
        self.assertEqual([row[:2] for row in native[:2]], [["nowhere.x", 2], ["nowhere.x", 3]], native)
        for arguments in (["watch"], ["preload"], ["preload", "watch"]):
            self.assertEqual(fresh.value(source, arguments=arguments), native)


@unittest.skipIf(fresh.PY2, "that is the version it is for")
class OtherVersions(unittest.TestCase):

    def test_keep_their_import(self):
        self.assertEqual(
            fresh.value(u"""
            import builtins, json, warmup
            native = builtins.__import__
            warmup.preload(codecs=(), lock_free_import=True)
            print(json.dumps([builtins.__import__ is native, "warmup._python.import27" in sys.modules]))
        """),
            [True, False],
        )
