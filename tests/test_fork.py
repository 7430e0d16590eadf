"""Test that with ``guard_fork()`` no child hangs on an import that was in flight when its parent forked."""

from __future__ import absolute_import, division, print_function

import os
import sys
import textwrap
import time
import unittest

from tests.support import fresh
from tests.support.program import INTERRUPTS
from warmup._python.compat import FREE_THREADED

FORKS = int(os.environ.get("FORKS", "200"))  # beside threads that import; 1000 for a thorough run
# How many forks each program makes. A program is ended after `process.SLOW`; 1000 forks beside other programs took half
# of that.
PORTIONS = [200] * (FORKS // 200) + [FORKS % 200] * bool(FORKS % 200)
CAN = hasattr(os, "fork") and hasattr(os, "register_at_fork")

# Modules whose import waits until go() is called. begin(name) imports a module in a thread. in_child() runs a function
# in a forked child, and returns what became of the child. It kills a child that hangs.
HEAD = u"""
import atexit, importlib, json, logging, os, shutil, signal, sys, tempfile, threading, time
from warmup import guard_fork
from warmup._python import imports
directory = tempfile.mkdtemp()
sys.path.insert(0, directory)
begun, going = threading.Event(), threading.Event()
parent = os.getpid()
importers = []

def end():
    # Without the GIL, the end of the interpreter can hang beside a thread that imports, with or without a guard.
    going.set()
    for thread in importers:
        thread.join(60)
    shutil.rmtree(directory)

atexit.register(lambda: os.getpid() == parent and end())

def write(name, text):
    path = os.path.join(directory, name)
    if not os.path.isdir(os.path.dirname(path)):
        os.makedirs(os.path.dirname(path))
    with open(path, "w") as stream:
        stream.write(text)

STOP = "import sys; sys.modules['__main__'].stop()\\n"
write("body.py", "half = 1\\n" + STOP + "value = 1\\n")
write("package/__init__.py", "from package.part import value\\n" + STOP + "done = 1\\n")
write("package/part.py", "value = 1\\n")
write("complete/__init__.py", "")
write("complete/inner.py", STOP + "value = 1\\n")
write("outer.py", "import body\\nvalue = 1\\n")
# The body of each imports a module that is complete, and that refers to the half-imported one.
write("whole.py", "import plug_in\\n" + STOP + "value = 1\\n")
write("plug_in.py", "import whole\\ndef value(): return whole.value\\n")
write("core/__init__.py", "from core.base import Base\\nimport far, near, scattered.part\\n" + STOP + "value = 1\\n")
write("core/base.py", "class Base(object):\\n    pass\\ndef function():\\n    pass\\n")
write("near.py", "from core.base import Base, function\\nclass Mine(Base):\\n    pass\\n")
write("far.py", "import core, near\\n")
write("scattered/part.py", "import core\\n")
write("scattered/other.py", "")

def stop():
    if os.getpid() == parent and threading.current_thread() is not threading.main_thread():
        begun.set()
        going.wait(60)

class Finder(object):
    def find_spec(self, name, path=None, target=None):
        if name == "searched":
            stop()

def begin(name):
    thread = threading.Thread(target=lambda: importlib.import_module(name), name="importer")
    thread.daemon = True
    importers.append(thread)
    thread.start()
    assert begun.wait(60) and thread.is_alive(), "no import is in flight"
    return thread

def go_after(seconds):
    threading.Timer(seconds, going.set).start()

def result_of(child, patience=30):
    end = time.time() + patience
    while time.time() < end:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "hung"

def in_child(function, patience=30):
    child = os.fork()
    if not child:
        try:
            function()
            os._exit(0)
        except BaseException as error:
            sys.stderr.write("in the child: %r" % error)
            sys.stderr.flush()
        finally:
            os._exit(1)
    return result_of(child, patience)

def print_status_of_import(child):
    # In a forked child, import body.
    if not child:
        import body
        os._exit(0)
    print(json.dumps(result_of(child)))

# Without the GIL a child can inherit the lock that a thread takes to change sys.modules. No guard sees it.
changing = threading.Lock()

class Threads(object):
    # Three threads import 40 modules again and again, until the block ends.
    def __enter__(self):
        self.names = ["many%d" % number for number in range(40)]
        for number, name in enumerate(self.names):
            write(name + ".py", "import json\\nx = [number * 2 for number in range(300)]\\n")
        self.is_over, self.threads = False, []
        for start in range(3):
            thread = threading.Thread(target=self.import_all_the_time, args=(self.names[start::3],))
            thread.daemon = True
            thread.start()
            self.threads.append(thread)
        return self

    def __exit__(self, *exception):
        # Without the GIL, the end of the interpreter can hang beside a thread that imports, with or without a guard.
        self.is_over = True
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()

    def import_all_the_time(self, names):
        while not self.is_over:
            for name in names:
                with changing:
                    sys.modules.pop(name, None)
                importlib.import_module(name)

    def import_all(self):
        for name in self.names:
            importlib.import_module(name)

"""


def value(source):
    return fresh.value(HEAD + INTERRUPTS + textwrap.dedent(source))


@unittest.skipUnless(CAN, "no os.register_at_fork here")
class Child(unittest.TestCase):
    NAMES = ("body", "package", "package.part", "complete.inner", "outer")

    def assert_repaired(self, source):
        """Assert that a child is repaired in which ``work()`` runs. ``source``: defines it, and begins imports."""
        before = u"guard_fork(timeout=0)\n"
        after = u"status = in_child(work)\ngoing.set()\nprint(json.dumps(status))\n"
        self.assertEqual(value(before + textwrap.dedent(source) + after), 0)

    def test_hangs_without_the_guard(self):
        self.assertEqual(
            value(u"""
            begin("body")
            print(json.dumps(in_child(lambda: __import__("body"), patience=1.5)))
        """),
            "hung",
        )

    def test_works_after_a_wait(self):
        for name in self.NAMES[:2]:
            status, has_gone, seconds = value(u"""
                guard_fork(timeout=60)
                begin(%r)
                started = time.time()
                go_after(0.5)
                child = os.fork()
                if not child:
                    __import__(%r)
                    os._exit(0)
                has_gone, seconds = going.is_set(), time.time() - started
                print(json.dumps([result_of(child), has_gone, seconds]))
            """ % (str(name), str(name)))
            self.assertEqual((status, has_gone), (0, True))
            self.assertTrue(0.4 < seconds < 4, seconds)

    def test_of_a_fork_that_waits_until_the_guard_is_stopped_is_repaired(self):
        self.assertEqual(
            value(u"""
            guard = guard_fork(timeout=60)
            begin("body")
            statuses, waits = [], threading.Event()
            def fork():
                waits.set()
                child = os.fork()
                if not child:
                    __import__("body")
                    os._exit(0)
                statuses.append(result_of(child))
            thread = threading.Thread(target=fork)
            thread.start()
            assert waits.wait(60)
            while not any(type(one).__name__ == "_Gate" for one in imports.observers()):
                time.sleep(0.001)
            started = time.time()
            guard.stop()
            thread.join(60)
            seconds = time.time() - started
            going.set()
            print(json.dumps([statuses, seconds < 30]))
        """),
            [[0], True],
        )

    def test_does_not_wait_for_a_thread_that_waits_to_fork_inside_of_an_import(self):
        seconds = value(u"""
            write("one.py", "import __main__; __main__.fork_inside()")
            write("two.py", "import __main__; __main__.fork_inside()")
            guard_fork(timeout=60)
            inside, both = [], threading.Event()
            def fork_inside():
                inside.append(1)
                if len(inside) == 2:
                    both.set()
                assert both.wait(30)
                child = os.fork()
                if not child:
                    os._exit(0)
                result_of(child)
            threads = [threading.Thread(target=__import__, args=[name]) for name in ("one", "two")]
            started = time.time()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            print(json.dumps(time.time() - started))
        """)
        self.assertLess(seconds, 30)

    def test_goes_on_with_the_module_in_whose_body_the_program_runs(self):
        self.assertEqual(
            value(u"""
            write("server.py", "import os, sys, threading\\nimport __main__\\n__main__.begun.set()\\n"
                  "def work():\\n    import server\\n    assert sys.modules[__name__] is server\\n"
                  "    assert sys.modules[__name__].__dict__ is globals()\\n"
                  "def serve():\\n    __main__.status.append(__main__.in_child(work))\\n"
                  "thread = threading.Thread(target=serve)\\nthread.start()\\nthread.join()\\n")
            status = []
            guard_fork(timeout=0)
            import server
            print(json.dumps(status))
        """),
            [0],
        )

    def test_does_not_start_a_program_again_that_runs_in_a_complete_submodule(self):
        self.assertEqual(
            value(u"""
            write("app/__init__.py", "import __main__\\n__main__.starts.append(1)\\n"
                  "from app import server\\nserver.main()\\n")
            write("app/server.py", "import sys, threading\\nimport __main__\\n"
                  "def work():\\n    from app.tasks import job\\n"
                  "    assert sys.modules[__name__].__dict__ is globals()\\n"
                  "    assert __main__.starts == [1], 'the program was started again'\\n"
                  "def loop():\\n    __main__.status.append(__main__.in_child(work))\\n"
                  "def main():\\n    thread = threading.Thread(target=loop)\\n"
                  "    thread.start()\\n    thread.join()\\n")
            write("app/tasks.py", "job = 1\\n")
            starts, status = [], []
            guard_fork(timeout=0)
            import app
            print(json.dumps(status))
        """),
            [0],
        )

    def test_drops_each_name_of_a_half_imported_module(self):
        self.assertEqual(
            value(u"""
            alias = "import sys\\nsys.modules['old_name'] = sys.modules[__name__]\\n"
            write("new_name.py", alias + STOP + "value = 1\\n")
            guard_fork(timeout=0)
            begin("new_name")
            def work():
                assert "old_name" not in sys.modules
                import new_name, old_name
                assert new_name.value and old_name is new_name
            print(json.dumps(in_child(work)))
        """),
            0,
        )

    def test_works_after_a_repair(self):
        for name in self.NAMES:
            self.assertEqual(
                value(u"""
                guard_fork(timeout=0)
                begin(%r)
                def work():
                    module = importlib.import_module(%r)
                    assert getattr(module, "value", 1) == 1
                    import package
                    assert package.done and package.part.value == 1
                    import complete.inner
                    assert complete.inner.value == 1
                    import outer
                    assert outer.body.value == 1
                status = in_child(work)
                going.set()
                print(json.dumps(status))
            """ % (str(name), str(name))),
                0,
                name,
            )

    def test_imports_anew_and_keeps_the_rest(self):
        self.assertEqual(
            value(u"""
            guard_fork(timeout=0)
            import complete
            begin("complete.inner")
            half = sys.modules["complete.inner"]
            def work():
                assert "complete.inner" not in sys.modules
                assert sys.modules["complete"] is complete
                assert not hasattr(complete, "inner")
                assert importlib.import_module("complete.inner") is not half
                assert complete.inner is not half
            status = in_child(work)
            going.set()
            print(json.dumps([status, sys.modules["complete.inner"] is half]))
        """),
            [0, True],
        )

    def test_imports_anew_what_refers_to_a_half_imported_module(self):
        self.assert_repaired(u"""
            import scattered.other
            for name in ("whole", "core"):
                begun.clear()
                begin(name)
            def work():
                import plug_in
                assert plug_in.value() == 1
                import far, near, core, scattered.part
                assert far.core is core and far.near is near and scattered.part.core is core
                assert near.Base is core.Base and core.value == 1
                assert "scattered.other" in sys.modules
        """)

    def test_keeps_what_refers_to_a_half_imported_module_but_may_be_in_use(self):
        self.assert_repaired(u"""
            import types
            write("early.py", "")
            write("patches.py", "import cmd, early, types, sys\\ncmd.half = early.half = sys.modules[__name__]\\n"
                  "sys.modules['__main__'].half = by_hand = types.ModuleType('by_hand')\\n"
                  "by_hand.half, sys.modules['by_hand'] = early.half, by_hand\\n" + STOP + "value = 1\\n")
            import early
            assert "cmd" not in sys.modules
            begin("patches")
            names = ("early", "cmd", "by_hand", "__main__")
            kept = [sys.modules[name] for name in names]
            dead = sys.modules["patches"]
            def work():
                assert [sys.modules[name] for name in names] == kept
                import patches
                assert patches is not dead and patches.value == 1
        """)

    def test_imports_anew_what_has_put_an_object_into_its_place(self):
        self.assert_repaired(u"""
            write("replaced.py", "import sys\\nclass Odd(object):\\n    pass\\n"
                  "odd = sys.modules[__name__] = Odd()\\n" + STOP + "odd.value = 1\\n")
            begin("replaced")
            def work():
                import replaced
                assert replaced.value == 1
        """)

    def test_imports_anew_on_a_python_that_does_not_say_who_waits_for_whom(self):
        self.assert_repaired(u"""
            import types
            from warmup._python import locks
            locks._bootstrap = types.ModuleType("_bootstrap")
            write("half.py", STOP + "value = 1\\n")
            begin("half")
            def work():
                import half
                assert half.value == 1
        """)

    def test_goes_on_with_the_import_it_was_forked_in(self):
        self.assertEqual(
            value(u"""
            guard_fork(timeout=0)
            write("forks.py", "import sys; m = sys.modules['__main__']; m.status = m.in_child(m.work)\\n")
            begin("body")
            def work():
                assert "forks" in sys.modules
                import body
                import forks
                assert sys.modules["_frozen_importlib"]._module_locks["forks"]().owner == threading.get_ident()
            import forks
            going.set()
            print(json.dumps(status))
        """),
            0,
        )

    @unittest.skipIf(sys.version_info >= (3, 15), "there an import first waits for its package")
    def test_goes_on_with_the_import_in_a_package_that_another_thread_imports(self):
        self.assertEqual(
            value(u"""
            guard_fork(timeout=0)
            write("taken/__init__.py", STOP)
            write("taken/forks.py", "import sys; m = sys.modules['__main__']; m.child = m.os.fork()\\n")
            begin("taken")
            error = None
            try:
                importlib.import_module("taken.forks")  # a statement would wait for the package as well
                assert sys.modules["taken"].forks is sys.modules["taken.forks"]
            except BaseException as caught:
                error = repr(caught)
            if not child:
                sys.stderr.write(error or "")
                sys.stderr.flush()
                os._exit(0 if error is None else 1)
            status = result_of(child)
            going.set()
            print(json.dumps([status, error]))
        """),
            [0, None],
        )

    def test_works_beside_a_package_that_is_no_module(self):
        self.assertEqual(
            value(u"""
            class Odd(object):
                __slots__ = ("__path__", "__name__", "__spec__")
            odd = sys.modules["odd"] = Odd()
            odd.__spec__, odd.__path__, odd.__name__ = None, [os.path.join(directory, "odd")], "odd"
            write("odd/inner.py", "import sys\\nsys.modules[__name__].__spec__._initializing = False\\n" + STOP)
            guard_fork(timeout=0)
            begin("odd.inner")
            begun.clear()
            begin("body")
            status = in_child(lambda: __import__("body"))
            going.set()
            print(json.dumps(status))
        """),
            0,
        )

    def test_of_a_thread_that_waits_for_the_forking_one_costs_no_wait(self):
        status, seconds = value(u"""
            guard_fork(timeout=60)
            write("waits.py", "import sys; sys.modules['__main__'].begun.set(); import forks\\n")
            write("forks.py", "import sys, time; m = sys.modules['__main__']; m.begin('waits'); time.sleep(0.3)\\n"
                              "started = time.time(); m.status = m.in_child(m.work)\\n"
                              "m.seconds = time.time() - started\\n")
            def work():
                pass
            import forks
            print(json.dumps([status, seconds]))
        """)
        self.assertEqual(status, 0)
        self.assertLess(seconds, 3)

    def test_is_repaired_where_os_fork_was_bound_before(self):
        self.assertEqual(
            value(u"""
            from posix import fork
            guard_fork()
            begin("body")
            print_status_of_import(fork())
        """),
            0,
        )

    def test_of_multiprocessing_works(self):
        self.assertEqual(
            value(u"""
            import multiprocessing
            guard_fork(timeout=0.2)
            begin("body")
            process = multiprocessing.get_context("fork").Process(target=__import__, args=("body",))
            process.start()
            process.join(20)
            code = process.exitcode
            if code is None:
                process.terminate()
            going.set()
            print(json.dumps(code))
        """),
            0,
        )

    def test_of_forkpty_works(self):
        self.assertEqual(
            value(u"""
            guard_fork(timeout=0)
            begin("body")
            print_status_of_import(os.forkpty()[0])
        """),
            0,
        )

    def test_forked_while_another_thread_waits_to_fork(self):
        self.assertEqual(
            value(u"""
            from posix import fork
            from warmup._python import imports
            guard_fork(timeout=60)
            names = ["empty%d" % number for number in range(40)]
            for name in names:
                write(name + ".py", "")
            begin("body")
            thread = threading.Thread(target=lambda: in_child(lambda: None))
            thread.start()
            while not imports.observers():  # until that thread holds off imports of others
                time.sleep(0.001)
            child = fork()
            if not child:
                started = time.time()
                for name in names + ["body"]:
                    importlib.import_module(name)
                os._exit(0 if time.time() - started < 10 else 3)  # 20 if each were held off for half a second
            status = result_of(child)
            going.set()
            thread.join()
            print(json.dumps(status))
        """),
            0,
        )


@unittest.skipUnless(CAN, "no os.register_at_fork here")
class Fork(unittest.TestCase):
    def test_gives_up_after_the_timeout_and_says_so(self):
        result = fresh.python(HEAD + u"""
logging.basicConfig(format="%(levelname)s %(name)s %(message)s")
guard_fork(timeout=0.3)
begin("outer")
started = time.time()
status = in_child(lambda: __import__("outer"))
assert status == 0, status
assert 0.25 < time.time() - started < 5
going.set()
""")
        self.assertEqual(result.code, 0, result)
        # 3.12+ itself warns of a fork beside a thread, too.
        (line,) = [line for line in result.err.splitlines() if line.startswith("WARNING")]
        self.assertEqual(
            line,
            "WARNING warmup this process forked after 0.3 s with imports in flight: outer in importer, body in "
            "importer; the child imports these modules again; give guard_fork() a longer timeout if these imports end "
            "by themselves",
        )

    def test_ends_quietly_after_a_fork_beside_a_finder(self):
        """The guard has looked at a lock, and must drop it before the import system is taken down."""
        result = fresh.python(u"""
            import sys, threading, os
            import warmup
            begun, go = threading.Event(), threading.Event()
            class Finder(object):
                def find_spec(self, name, path=None, target=None):
                    if name == "colorsys":
                        begun.set()
                        go.wait(30)
            sys.meta_path.insert(0, Finder())
            warmup.guard_fork(0.1)
            thread = threading.Thread(target=lambda: __import__("colorsys"))
            thread.start()
            assert begun.wait(30)
            threading.Timer(0.3, go.set).start()  # the interpreter does not fork inside of a finder
            child = os.fork()
            if not child:
                os._exit(0)
            os.waitpid(child, 0)
            thread.join()
        """)
        self.assertEqual(result.code, 0, result)
        self.assertNotIn("xception ignored", result.err)

    def test_is_never_held_up_by_threads_that_import_all_the_time(self):
        started = time.time()
        for forks in PORTIONS:
            hung, failed, warnings = value(u"""
                from warmup._python.compat import FREE_THREADED
                warnings = []
                class Handler(logging.Handler):
                    def emit(self, record):
                        warnings.append(record.getMessage())
                logging.getLogger("warmup").addHandler(Handler())
                guard_fork()
                with Threads() as threads:
                    def child():
                        if not FREE_THREADED:
                            return in_child(threads.import_all)
                        with changing:
                            return in_child(threads.import_all)
                    statuses = [child() for _ in range(%d)]
                print(json.dumps([statuses.count("hung"), len(statuses) - statuses.count("hung") - statuses.count(0),
                                  warnings]))
            """ % forks)
            self.assertEqual((hung, failed, warnings), (0, 0, []))
        self.assertLess((time.time() - started) / FORKS, 0.5)

    def test_of_repaired_children_beside_such_threads_hangs_none(self):
        if FREE_THREADED:
            self.skipTest("there a child can inherit the lock of an object, such as that of sys.modules: wait instead")
        for forks in PORTIONS:
            hung, failed = value(u"""
                guard_fork(timeout=0)
                with Threads() as threads:
                    statuses = [in_child(threads.import_all) for _ in range(%d)]
                print(json.dumps([statuses.count("hung"), len(statuses) - statuses.count("hung") - statuses.count(0)]))
            """ % forks)
            self.assertEqual((hung, failed), (0, 0))

    def test_guards_a_fork_that_is_no_function(self):
        self.assertEqual(
            value(u"""
            import functools
            os.fork = functools.partial(os.fork)
            with guard_fork(timeout=0):
                status = in_child(lambda: None)
            print(json.dumps([status, type(os.fork).__name__]))
        """),
            [0, "partial"],
        )

    def test_does_not_poll_while_nothing_is_in_flight(self):
        self.assertEqual(
            value(u"""
            guard_fork()
            import time
            def sleep(seconds):
                raise AssertionError("polls")
            wait, time.sleep = time.sleep, sleep
            child = os.fork()
            if not child:
                os._exit(0)
            time.sleep = wait
            print(json.dumps(result_of(child)))
        """),
            0,
        )

    def test_passes_on_what_a_signal_handler_raises(self):
        self.assertEqual(
            value(u"""
            from warmup._python import imports
            guard_fork(timeout=60)
            begin("body")
            def handler(number, frame):
                raise SystemExit()
            signal.signal(signal.SIGALRM, handler)
            started = time.time()
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.3)
                os.fork()
            except SystemExit:
                caught = True
            print(json.dumps([caught, time.time() - started < 5, imports._observers]))
        """),
            [True, True, []],
        )

    def test_leaves_no_import_held_off_by_an_interrupt_at_any_line(self):
        left, points = value(u"""
            from warmup._python import imports
            guard_fork(timeout=0.002)  # waits in two turns, at each of 600 lines
            logging.disable(50)
            begin("body")
            def is_ours(frame, event):
                is_package = frame.f_globals.get("__name__", "").startswith("warmup")
                return os.getpid() == parent and is_package and event in ("call", "line")
            def work():
                child = None
                try:
                    child = os.fork()
                    if not child:
                        os._exit(0)
                except KeyboardInterrupt:
                    if os.getpid() != parent:
                        os._exit(0)
                if child:
                    os.waitpid(child, 0)
            def has_left():
                found = list(imports._observers)
                for gate in found:
                    imports.stop(gate)
                return bool(found)
            left, line = interrupted_at_each_line(is_ours, work, has_left)
            going.set()
            print(json.dumps([left, line]))
        """)
        self.assertEqual(left, [])
        self.assertGreater(points, 100)


@unittest.skipUnless(CAN, "no os.register_at_fork here")
class Guard(unittest.TestCase):
    def test_is_not_ended_by_a_fork_that_comes_while_it_starts(self):
        found = fresh.value(u"""
            import json, os
            from warmup import _fork, guard_fork
            register = os.register_at_fork
            def register_and_fork(**hooks):
                register(**hooks)
                _fork.locks.module_locks["in flight"] = lambda: None
                child = os.fork()
                if not child:
                    os._exit(0)
                os.waitpid(child, 0)
                del _fork.locks.module_locks["in flight"]
            os.register_at_fork = register_and_fork
            guard_fork(1)
            print(json.dumps(type(os.fork).__name__))
        """)
        self.assertEqual(found, "_Fork")

    def test_can_be_taken_back(self):
        self.assertEqual(
            value(u"""
            before = os.fork, os.forkpty
            with guard_fork() as guard:
                during = os.fork, os.forkpty
                name = os.fork.__name__
            guard.stop()
            begin("body")
            status = in_child(lambda: __import__("body"), patience=1.5)
            print(json.dumps([(os.fork, os.forkpty) == before, during == before, name, status]))
        """),
            [True, False, "fork", "hung"],
        )

    def test_is_one_whose_timeout_changes(self):
        self.assertEqual(
            value(u"""
            first = guard_fork()
            ours = os.fork
            second = guard_fork(timeout=1)
            print(json.dumps([first is second, first.timeout, os.fork is ours]))
        """),
            [True, 1, True],
        )

    def test_of_an_outer_block_goes_on_after_an_inner_block(self):
        self.assertEqual(
            value(u"""
            raw = os.fork
            seen = []
            with guard_fork() as outer:
                with guard_fork(timeout=1):
                    with guard_fork(timeout=2):
                        seen.append(outer.timeout)
                    seen.append(outer.timeout)
                seen.append(outer.timeout)
                seen.append(os.fork is raw)
            seen.append(outer.timeout)
            seen.append(os.fork is raw)
            guard_fork()
            guard_fork()
            with guard_fork(timeout=1):
                pass
            seen.append(outer.timeout)
            with guard_fork(timeout=1):
                outer.stop()
            seen.append(outer.timeout)
            seen.append(os.fork is raw)
            print(json.dumps(seen))
        """),
            [2, 1, 5.0, False, None, True, 5.0, None, True],
        )

    def test_of_a_block_that_enters_it_again_is_what_it_was_at_the_begin_of_the_block(self):
        self.assertEqual(
            value(u"""
            seen = []
            guard = guard_fork(5)
            with guard_fork(1):
                guard_fork(9)
            seen.append(guard.timeout)
            with guard:
                with guard:
                    guard.timeout = 7
                seen.append(guard.timeout)
            seen.append(guard.timeout)
            guard.stop()
            with guard_fork(3) as guard:
                with guard:
                    pass
                seen.append(guard.timeout)
            seen.append(guard.timeout)
            print(json.dumps(seen))
        """),
            [5, 5, 5, 3, None],
        )

    def test_is_not_left_behind_by_an_interrupt_at_any_line_of_the_end_of_its_block(self):
        left, points = value(u"""
            raw = os.fork
            guard = guard_fork()
            guard.stop()
            code = [type(guard).__exit__.__code__]
            def is_ours(frame, event):
                # In the first line of __exit__() nothing is done yet; the "with" statement can be interrupted too.
                while frame is not None and frame.f_code not in code:
                    frame = frame.f_back
                return frame is not None and frame.f_lineno > code[0].co_firstlineno + 1 and event == "line"
            def work():
                with guard_fork():
                    pass
            def has_left():
                found = os.fork is not raw
                guard.stop()
                return found
            left, line = interrupted_at_each_line(is_ours, work, has_left)
            print(json.dumps([left, line]))
        """)
        self.assertEqual(left, [])
        self.assertGreater(points, 10)

    def test_of_an_outer_block_stays_after_an_interrupt_at_any_line_of_the_start_of_an_inner_block(self):
        left, points = value(u"""
            guard = guard_fork(5)
            import dis
            seen, code = [], type(guard).__enter__.__code__
            last = max(line for _, line in dis.findlinestarts(code))
            def is_ours(frame, event):
                # In the last line all is done. The "with" statement can be interrupted after it too.
                is_inner = frame.f_code is code and frame.f_back.f_code.co_name == "inner"
                return is_inner and event == "line" and frame.f_lineno < last
            def inner():
                with guard_fork(2):
                    pass
            def work():
                try:
                    with guard_fork(1):
                        inner()
                finally:
                    seen.append(guard.timeout)
            def has_left():
                found = seen.pop() != 5 or guard._outer
                del guard._outer[:]
                guard_fork(5)
                return found
            print(json.dumps(interrupted_at_each_line(is_ours, work, has_left)))
        """)
        self.assertEqual(left, [])
        self.assertGreater(points, 3)

    def test_gives_way(self):
        self.assertEqual(
            value(u"""
            raw = os.fork
            guard = guard_fork()
            ours = os.fork
            theirs = os.fork = lambda: ours()
            guard.stop()
            kept = os.fork is theirs
            status = in_child(lambda: None)
            os.fork = ours  # as others do who put back what they found
            status += in_child(lambda: None)
            print(json.dumps([kept, status, os.fork is raw]))
        """),
            [True, 0, True],
        )

    def test_leaves_the_warning_of_a_fork_beside_threads_to_the_program(self):
        without, within = value(u"""
            import warnings
            event = threading.Event()
            threading.Thread(target=event.wait).start()
            def fork():
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    child = os.fork()
                    if not child:
                        os._exit(0)
                result_of(child)
                return [[one.category.__name__, one.filename == __file__, one.lineno] for one in caught]
            found = [fork()]
            guard_fork()
            found.append(fork())
            event.set()
            # From C code alone, no frame of the program is there to be named.
            import _thread
            done = threading.Event()
            os.register_at_fork(after_in_parent=done.set, after_in_child=lambda: os._exit(0))
            warnings.simplefilter("ignore")
            _thread.start_new_thread(os.fork, ())
            assert done.wait(30)
            print(json.dumps(found))
        """)
        self.assertEqual(within, without)
        self.assertEqual(bool(without), sys.version_info >= (3, 12) and not fresh.PYPY)

    def test_waits_once_around_a_wrapper_of_other_code(self):
        warnings, seconds = value(u"""
            guard_fork()
            ours = os.fork
            os.fork = lambda: ours()
            guard_fork(timeout=0.5)
            warnings = []
            class Handler(logging.Handler):
                def emit(self, record):
                    warnings.append(record.getMessage())
            logging.getLogger("warmup").addHandler(Handler())
            begin("body")
            started = time.time()
            child = os.fork()
            if not child:
                os._exit(0)
            seconds = time.time() - started
            going.set()
            print(json.dumps([warnings, seconds]))
        """)
        self.assertEqual(len(warnings), 1, warnings)
        self.assertGreater(seconds, 0.45)

    def test_checks_its_timeout(self):
        from warmup._fork import guard_fork

        for wrong in ("1", None, True, [1]):
            self.assertRaises(TypeError, guard_fork, wrong)
        for wrong in (-1, float("nan"), float("inf"), 10**400):
            self.assertRaises(ValueError, guard_fork, wrong)
        self.assertEqual(os.fork.__module__, "posix" if not fresh.PYPY else os.fork.__module__)


@unittest.skipIf(CAN, "os.register_at_fork is here")
class ElsewhereIt(unittest.TestCase):
    def test_names_the_remedy(self):
        from warmup._fork import guard_fork

        with self.assertRaises(NotImplementedError) as caught:
            guard_fork()
        self.assertIn("preload()", str(caught.exception))
