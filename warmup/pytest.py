"""Find and record late imports in a test suite. A plug-in for pytest: ``pytest -p warmup.pytest``.

``no_late_imports``: a fixture and a marker. A test that uses it fails if something is imported late while the test
function runs. The value of the fixture is a `Watch`; imports inside of ``with no_late_imports.allowed():`` are allowed.
Call ``preload()`` in ``conftest.py``.

``--warmup-record FILE``: add to this manifest what the tests import late. Then ``preload(manifest=FILE)`` warms it. A
file that cannot be written, or that exists and is no manifest, is a usage error.

Limits: imports that pytest itself makes, ``pytest.importorskip()`` among them, are not late. Imports that a
plug-in asks for are not late either if the name of its package begins with ``pytest_``, and the package contains no
test. An import that fails and loads nothing does not fail the test. ``setUp`` and ``tearDown`` of a
``unittest.TestCase`` belong to the test function: an import there is late. Before pytest 6, ``xfail(strict=True)`` does
not accept a late import as the failure. Do not call ``preload()`` in a run that records: each codec that it primes
would be recorded as used.
This module can be imported without pytest, and then does nothing.
"""

from __future__ import absolute_import, division, print_function

import os
import sys

from warmup._python import imports
from warmup._python.compat import PY2, builtins, import_codes, top_package
from warmup._record import Recording
from warmup._sources import c_import, codec, manifest
from warmup._values import ArgumentError, Target
from warmup._watch import Watch

try:
    import pytest
except ImportError:  # tools that import each module of the package would fail without pytest
    pytest = None

_NAME = "no_late_imports"
_PYTEST = frozenset(["_pytest", "pytest", "pluggy", "py", "xdist", "execnet"])
# Frames of these packages stand between the asker and the import system.
_BETWEEN = frozenset(["importlib", "codecs", "encodings", "pkgutil", "warmup"])
# C code imports these at each use, so the recording notices that import.
_ASKED_FOR_AGAIN = frozenset(["email", "traceback", "typing"])
_LIBRARY = os.path.dirname(os.__file__) + os.sep


def pytest_addoption(parser):
    parser.getgroup("warmup").addoption(
        "--warmup-record",
        metavar="FILE",
        help="add what the tests import late to this manifest, for warmup.preload(manifest=FILE)",
    )


def pytest_configure(config):
    path = config.getoption("warmup_record")
    if path is not None:
        try:
            recording = Recording(path)
            # A warning during the tests would be lost: pytest shows what is logged for a failed test only.
            if not config.getoption("collectonly"):
                manifest.append(recording.path, u"")
        except ArgumentError as error:
            raise pytest.UsageError("--warmup-record %s" % error.problem)
        except EnvironmentError as error:
            raise pytest.UsageError("--warmup-record %s cannot be written: %s" % (path, error.strerror))
    config.addinivalue_line("markers", "%s: fail if something is imported late while the test runs." % _NAME)


def pytest_collection_modifyitems(items):
    for item in items:
        names, marker = getattr(item, "fixturenames", None), item.get_closest_marker(_NAME)
        if marker is not None and (marker.args or marker.kwargs):
            raise pytest.UsageError(
                "%s: the marker %s takes no arguments; use the fixture, and `with %s.allowed():`"
                % (item.nodeid, _NAME, _NAME)
            )
        if names is not None and marker is not None and _NAME not in names:
            # A new list: all parameters of a test share the old one.
            item.fixturenames = list(names) + [_NAME]


if pytest is not None:

    @pytest.fixture
    def no_late_imports(request):
        """Fail the test if something is imported late while its function runs."""
        with SuiteWatch() as watching:
            watching.own = _packages_of(_modules_of([request.node]))
            # `funcargs` lacks what a test asks for by getfixturevalue().
            request.node.warmup_watch = watching
            yield watching

    # Innermost: otherwise the imports of other plug-ins would count as the test's.
    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_call(item):
        watching = getattr(item, "warmup_watch", None)
        before = len(watching.late) if watching is not None else 0
        outcome = yield
        # Taken out, because a plug-in may run the same item again.
        watching = vars(item).pop("warmup_watch", None)
        late = watching.late[before:] if watching is not None else ()
        late = [one for one in late if one.error is None or one.modules]
        if late and outcome.excinfo is None:
            try:
                text = "imported late: " + "\n    ".join(map(_as_line, late)) + "\n" + _REMEDY
                pytest.fail(text, pytrace=False)
            except BaseException as error:
                if hasattr(outcome, "force_exception"):
                    outcome.force_exception(error)
                else:  # pluggy before 1.1
                    outcome._excinfo = sys.exc_info()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtestloop(session):
        path = session.config.getoption("warmup_record")
        recording = None
        if path is not None and not session.config.getoption("collectonly"):
            recording = SuiteRecording(path, _modules_of(getattr(session, "items", ())))
            recording.start()
        yield
        if recording is not None:
            recording.stop()


_REMEDY = (
    "call warmup.preload() in conftest.py, and name these modules in modules=; or import inside of "
    "`with no_late_imports.allowed():`"
)


class SuiteWatch(Watch):
    """Watch a test. Do not notice what pytest and its plug-ins ask for."""

    own = frozenset()  # the top package of the test; a plug-in may have its tests inside

    def _wants(self, name, ident):
        return not _is_from_pytest(sys._getframe(1), self.own) and Watch._wants(self, name, ident)


def _as_line(late):
    return "%s %s, %.1f ms, asked for by %s" % (late.kind, late.name, 1000 * late.seconds, late.asker)


class SuiteRecording(Recording):
    """Record what tests import late.

    Problem: pytest has loaded much of the standard library. The import system does not see the import of a loaded
    module. What is done: if a function asks for a module that was loaded before the tests, the module is recorded too.
    Every codec that was used before the tests is recorded, because nothing shows that a codec is used again. The same
    is done for the table of C imports, because C code may keep a module that it has imported, for example _strptime.

    ``tests``: names of the modules that contain the tests. To pickle an object of a class of a test, C code asks for
    its module. Without these names, the program would import its tests, or its manifest would be stale.
    """

    def __init__(self, path, tests=frozenset()):
        self._own = own = _packages_of(tests)
        Recording.__init__(self, path, lambda frame: not _is_from_pytest(frame, own))
        names = [name for name in list(sys.modules) if isinstance(name, str)]  # a program may use a number
        self._loaded = frozenset(name for name in names if name.rpartition(".")[2] != "conftest") - tests
        self._replaced = []  # (object, attribute, the function before, ours)

    def start(self):
        """Begin to record."""
        Recording.start(self)
        self._note_used_before()
        before = builtins.__import__

        def __import__(name, globals=None, locals=None, fromlist=(), level=-1 if PY2 else 0):
            module = before(name, globals, locals, fromlist, level)
            self._record_loaded(_modules_asked_for(module, name, fromlist))
            return module

        self._replace(builtins, "__import__", __import__)
        if not PY2:  # import_module() of 2.7 calls __import__
            bootstrap = sys.modules["_frozen_importlib"]
            find = bootstrap._gcd_import

            def _gcd_import(name, package=None, level=0):
                module = find(name, package, level)
                self._record_loaded([_name_of(module, name)])
                return module

            self._replace(bootstrap, "_gcd_import", _gcd_import)

    def stop(self):
        """End the recording, and put the functions back."""
        for place, name, before, ours in self._replaced:
            if getattr(place, name) is ours:
                setattr(place, name, before)
        self._loaded = frozenset()  # a function that a test has put over ours calls ours still
        Recording.stop(self)

    def _note_used_before(self):
        """Record the codecs that were used before the tests, and the modules that C code has imported before them."""
        modules = sorted(name for name in self._loaded if name.startswith("encodings."))
        self._loaded = self._loaded.difference(modules)
        for name in [module[len("encodings.") :] for module in modules]:
            if codec.canonical(name) is not None:
                self._note("codec", name, "used before the tests")
        for _, trigger, modules, _, _ in c_import.rows():
            for name in modules:
                if name in self._loaded and name.partition(".")[0] not in _ASKED_FOR_AGAIN:
                    self._note("module", name, "loaded before the tests: " + trigger)

    def _replace(self, place, name, function):
        # Without the disguise, a warning with stacklevel=2 would name this file instead of the importer.
        ours = function if PY2 else imports.disguised(function)
        ours.before = getattr(place, name)  # see `import_codes`
        self._replaced.append((place, name, ours.before, ours))
        setattr(place, name, ours)

    def _record_loaded(self, names):
        """Record those of the modules ``names`` that were loaded before the tests, if a function asks for them."""
        frame = sys._getframe(2)
        while frame is not None and _is_between(frame) and top_package(frame) != "warmup":
            frame = frame.f_back
        # CO_OPTIMIZED: a function
        if frame is None or not frame.f_code.co_flags & 1 or _is_between(frame):
            return
        if _is_from_pytest(frame, self._own):
            return
        code = frame.f_code
        asker = "%s:%s %s" % (code.co_filename, frame.f_lineno, code.co_name)
        for one in self._loaded.intersection(names):
            self._note("module", one, manifest.without_folder(asker))

    def _note(self, kind, name, comment):
        target, line = Target(kind, name, ""), manifest.line(kind, name, comment)
        if line and target not in self._known and self.write(line):
            self._known.add(target)


def _modules_asked_for(module, name, fromlist):
    """Return the names of the modules that an import statement asked for. ``module``: what ``__import__`` returned."""
    full = _name_of(module, name)
    if not fromlist:
        _, dot, rest = name.partition(".")
        return [full + dot + rest]
    return [full] + ["%s.%s" % (full, item) for item in fromlist if "%s.%s" % (full, item) in sys.modules]


def _name_of(module, name):
    full = getattr(module, "__name__", name)
    return full if isinstance(full, str) else name  # an object in sys.modules may have any attribute


def _modules_of(items):
    """Return the names of the modules that contain the tests ``items``, as a set."""
    modules = [getattr(item, "module", None) for item in items]  # a doctest has none
    return frozenset(getattr(module, "__name__", "") for module in modules)


def _packages_of(modules):
    """Return the names of the top packages of ``modules``, as a set."""
    return frozenset(name.partition(".")[0] for name in modules)


def _is_from_pytest(frame, own):
    """Return whether pytest or a plug-in asks for the import, also through the library.

    ``own``: the top packages of the tests. A plug-in that contains its tests is no plug-in here.
    """
    while frame is not None and (_is_between(frame) or _is_library(frame.f_code.co_filename)):
        # A callback of the event loop, which pytest_asyncio may run. It belongs to the test.
        if frame.f_code.co_name == "_run" and frame.f_globals.get("__name__") == "asyncio.events":
            return False
        frame = frame.f_back
    if frame is None:
        return False
    name = top_package(frame)
    return name not in own and (name in _PYTEST or name.startswith("pytest_"))  # pytest_asyncio, for example


def _is_between(frame):
    code = frame.f_code
    return code.co_filename.startswith("<frozen ") or top_package(frame) in _BETWEEN or code in import_codes()


def _is_library(path):
    return path.startswith(_LIBRARY) and "-packages" not in path[len(_LIBRARY) :]
