"""Find and record late imports in a test suite. A plug-in for pytest: ``pytest -p warmup.pytest``.

``no_late_imports``: a fixture and a marker. A test that uses it fails if something is imported late while the test
function runs. The value of the fixture is a `Watch`; imports inside of ``with no_late_imports.allowed():`` are allowed.
Call ``preload()`` in ``conftest.py``.

``--warmup-record FILE``: add to this manifest what the tests import late. Then ``preload(manifest=FILE)`` warms it. A
file that cannot be written, or that exists and is no manifest, is a usage error.

Limits: imports that pytest itself makes are not late. An import that fails and loads nothing does not fail the test.
Do not call ``preload()`` in a run that records: each codec that it primes would be recorded as used.
This module can be imported without pytest, and then does nothing.
"""

from __future__ import absolute_import, division, print_function

import os
import sys

from warmup._python import imports
from warmup._python.compat import PY2
from warmup._record import Recording
from warmup._sources import codec, manifest
from warmup._values import ArgumentError, Target
from warmup._watch import watch

if PY2:
    import __builtin__ as builtins
else:
    import builtins

try:
    import pytest
except ImportError:  # tools that import each module of the package would fail without pytest
    pytest = None

_NAME = "no_late_imports"
_PYTEST = frozenset(["_pytest", "pytest", "pluggy", "py", "xdist", "execnet"])
# Frames of these packages stand between the asker and the import system.
_BETWEEN = frozenset(["importlib", "codecs", "encodings", "pkgutil", "warmup"])
_LIBRARY = os.path.dirname(os.__file__) + os.sep


def pytest_addoption(parser):
    parser.getgroup("warmup").addoption(
        "--warmup-record",
        dest="warmup_record",
        metavar="FILE",
        help="add what the tests import late to this manifest, for warmup.preload(manifest=FILE)",
    )


def pytest_configure(config):
    path = config.getoption("warmup_record")
    if path:
        try:
            recording = Recording(path)
            # A warning during the tests would be lost: pytest shows what is logged for a failed test only.
            if not config.getoption("collectonly"):
                manifest.append(recording.path, u"")
        except ArgumentError as error:
            raise pytest.UsageError("--warmup-record %s" % error.problem)
        except EnvironmentError as error:
            raise pytest.UsageError(
                "--warmup-record %s cannot be written: %s" % (path, error.strerror)
            )
    config.addinivalue_line(
        "markers", "%s: fail if something is imported late while the test runs." % _NAME
    )


def pytest_collection_modifyitems(items):
    for item in items:
        names = getattr(item, "fixturenames", None)
        if names is not None and item.get_closest_marker(_NAME) and _NAME not in names:
            # A new list: all parameters of a test share the old one.
            item.fixturenames = list(names) + [_NAME]


if pytest is not None:

    @pytest.fixture
    def no_late_imports(request):
        """Fail the test if something is imported late while its function runs."""
        with watch() as watching:
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
        late = (
            [one for one in watching.late[before:] if _counts(one)] if watching is not None else []
        )
        if late and outcome.excinfo is None:
            try:
                pytest.fail("imported late: " + "\n    ".join(map(_as_line, late)), pytrace=False)
            except BaseException as error:
                if hasattr(outcome, "force_exception"):
                    outcome.force_exception(error)
                else:  # pluggy before 1.1
                    outcome._excinfo = sys.exc_info()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtestloop(session):
        path = session.config.getoption("warmup_record")
        training = None
        if path and not session.config.getoption("collectonly"):
            training = Training(path)
            training.start()
        yield
        if training is not None:
            training.stop()


def _counts(late):
    folder = late.asker.replace("\\", "/").split("/")[:-1]
    return _PYTEST.isdisjoint(folder) and (late.error is None or bool(late.modules))


def _as_line(late):
    return "%s %s, %.1f ms, asked for by %s" % (
        late.kind,
        late.name,
        1000 * late.seconds,
        late.asker,
    )


class Training(Recording):
    """Record what tests import late.

    Problem: pytest has loaded much of the standard library. The import system does not see the import of a loaded
    module. What is done: if a function asks for a module that was loaded before the tests, the module is recorded too.
    Every codec that was used before the tests is recorded, because nothing shows that a codec is used again.
    """

    def __init__(self, path):
        Recording.__init__(self, path, lambda frame: not _is_from_pytest(frame))
        self._loaded = frozenset(sys.modules)
        self._import, self._ours = None, None

    def start(self):
        """Begin to record."""
        Recording.start(self)
        for name in sorted(self._loaded):
            if (
                name.startswith("encodings.")
                and codec.canonical(name[len("encodings.") :]) is not None
            ):
                self._note("codec", name[len("encodings.") :], "used before the tests")
        before = self._import = builtins.__import__

        def __import__(name, globals=None, locals=None, fromlist=(), level=-1 if PY2 else 0):
            module = before(name, globals, locals, fromlist, level)
            frame = sys._getframe(1)
            is_function = frame.f_code.co_flags & 1  # CO_OPTIMIZED
            if is_function and not _passes_on(frame) and not _is_from_pytest(frame):
                for one in _meant(module, name, fromlist):
                    if one in self._loaded and Target("module", one, "") not in self._known:
                        code = frame.f_code
                        asker = "%s:%s %s" % (code.co_filename, frame.f_lineno, code.co_name)
                        self._note("module", one, manifest.without_folder(asker))
            return module

        # Without the disguise, a warning with stacklevel=2 would name this file instead of the importer.
        self._ours = builtins.__import__ = __import__ if PY2 else imports.disguised(__import__)

    def stop(self):
        """End the recording, and put ``__import__`` back."""
        if builtins.__import__ is self._ours:
            builtins.__import__ = self._import
        Recording.stop(self)

    def _note(self, kind, name, comment):
        target = Target(kind, name, "")
        if target not in self._known and self.write(manifest.line(kind, name, comment)):
            self._known.add(target)


def _meant(module, name, fromlist):
    """Return the names of the modules that an import statement asked for. ``module``: what ``__import__`` returned."""
    full = getattr(module, "__name__", name)
    if not fromlist:
        _, dot, rest = name.partition(".")
        return [full + dot + rest]
    return [full] + [
        "%s.%s" % (full, item) for item in fromlist if "%s.%s" % (full, item) in sys.modules
    ]


def _is_from_pytest(frame):
    """Return whether pytest itself asks for the import, also through a function of the standard library."""
    while frame is not None and (_passes_on(frame) or _is_library(frame.f_code.co_filename)):
        frame = frame.f_back
    return frame is not None and _top(frame) in _PYTEST


def _passes_on(frame):
    return frame.f_code.co_filename.startswith("<frozen ") or _top(frame) in _BETWEEN


def _top(frame):
    name = dict.get(frame.f_globals, "__name__")
    return name.partition(".")[0] if isinstance(name, str) else ""


def _is_library(path):
    return path.startswith(_LIBRARY) and "-packages" not in path
