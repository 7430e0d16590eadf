"""The loop: ask the sources, warm, report."""

from __future__ import absolute_import, division, print_function

import _warnings
import sys
import time

from warmup import _record
from warmup._python import imports, library, surroundings
from warmup._python.compat import PY2, clock
from warmup._report import Report
from warmup._settings import Settings, environment
from warmup._sources import codec
from warmup._sources.c_import import CImportSource
from warmup._sources.codec import CodecSource
from warmup._sources.function import FunctionSource
from warmup._sources.manifest import ManifestSource
from warmup._sources.module import ModuleSource
from warmup._sources.placeholder import PlaceholderSource
from warmup._values import (
    EXCLUDED,
    FAILED,
    UNAVAILABLE,
    WARMED,
    Outcome,
    PreloadError,
    PreloadWarning,
    describe,
)

if PY2:
    from warmup._python import import27


class Memory(object):
    """What outlives a call of ``preload()``. Nothing else in the package does, but for a running watch or guard."""

    def __init__(self):
        self._library = None  # the list of the standard library; None until it is needed
        self.codecs = CodecSource()  # knows which codecs are primed
        self.c_imports = CImportSource()  # knows which modules are primed
        # the FunctionSource of the last call: knows which code was read; None before it
        self.functions = None
        self.placeholders = PlaceholderSource()  # knows when there was none left
        self.unavailable = set()  # targets that this platform lacks, {Target("codec", "mbcs", ...)}
        self.said = set()  # what was warned of once, {"beside"}

    @property
    def library(self):
        """Return the list of the standard library; make it if it is needed for the first time."""
        if self._library is None:
            self._library = library.Library()
        return self._library

    def begin(self):
        """Begin a call: a list that could not be made, for want of descriptors, say, is tried again."""
        if self._library is not None and not self._library.is_listed:
            self._library = None


memory = Memory()


def forget():
    """Forget what earlier calls of ``preload()`` have learned: the next one looks at everything anew."""
    global memory
    memory = Memory()


def preload(
    modules=(),
    packages=(),
    codecs=None,
    exclude=(),
    manifest=None,
    scan=True,
    strict=False,
    lock_free_import=True,
):
    """Import and prime, now, what this program would otherwise import late. Return a `Report`.

    Call it in the main thread, before threads, event loops or child processes start, after the program's modules
    are loaded, and after gevent has patched. A second call does only what has become necessary since, and tries
    again what failed.

    ``modules``
        Names of modules to import as well. What they import late is followed too.
    ``packages``
        Names of packages beside the standard library whose modules may be imported, where a function of anything
        loaded would. ``["*"]`` stands for every package.
    ``codecs``
        Names of the codecs to prime, and no others. ``None`` stands for every codec of this interpreter.
    ``exclude``
        Names of modules that are never imported, whatever the source. A package stands for all below it. The import
        of another module may still load them.
    ``manifest``
        The path of a file that ``record`` wrote: its targets are warmed, in its order.
    ``scan``
        ``False``: look for nothing. Only what ``modules``, ``codecs`` and ``manifest`` name is warmed.
    ``strict``
        Raise `PreloadError` at the end if a target failed. Unavailable targets have not failed.
    ``lock_free_import``
        Python 2.7 only: replace ``__import__`` by a function that hands out complete modules without the import
        lock.

    Raises ``TypeError`` or ``ValueError`` for wrong arguments, before anything is imported. An ``Exception`` of an
    imported module becomes an outcome. What comes from elsewhere passes: ``KeyboardInterrupt``, ``MemoryError``,
    and what a signal handler raises. Prints nothing. Warnings of standard modules are not shown.

    Limits: it cannot help import statements that run while the interpreter shuts down, nor a thread that imports
    the very module that the main thread is in the middle of importing.
    """
    settings = Settings(locals())
    with _record.Pause():
        call = _Call(settings, memory)
        call.run()
        report = call.report()
        call.warn()
        _log(report)
        _record.start_if_asked(environment())
    if settings.strict and report.failed:
        raise PreloadError(report)
    return report


class _Call(object):
    """One call of ``preload()``. Raises `ArgumentError` when it is made; from then on only what must pass."""

    def __init__(self, settings, memory):
        self._settings, self._memory = settings, memory
        memory.begin()
        self._started, self._began, self._resident = (
            clock(),
            time.time(),
            surroundings.resident_memory(),
        )
        self._hindrance = surroundings.hindrance(imports.in_flight())
        self._named = ModuleSource(settings.modules, settings.exclude)
        self._manifest = (
            None if settings.manifest is None else ManifestSource(settings.manifest, memory.codecs)
        )
        memory.codecs.takes_lock = PY2 and not settings.lock_free_import
        self._codecs = None if settings.codecs is None else codec.check_names(settings.codecs)
        library.check_packages(settings.packages)
        self._rules = library.Rules(memory, settings.packages, settings.exclude)
        self._placeholders = memory.placeholders
        self._functions = self._function_source() if settings.scan else None
        self._outcomes, self._tried = [], set()
        self._loaded = None  # what was loaded before the last target, in order, ["sys", "os"]; None before the first
        self._handlers = surroundings.handler_codes()

    def _function_source(self):
        packages = tuple(sorted(self._settings.packages))
        source, library = self._memory.functions, self._memory.library
        if (
            source is None
            or (source.packages, source.library) != (packages, library)
            or not source.is_current()
        ):
            source = self._memory.functions = FunctionSource(packages, library)
        return source

    def run(self):
        """Warm in rounds until a round finds nothing: what one imports may import more late."""
        with surroundings.Surroundings(self._rules.is_standard) as changes:
            try:
                changes.begin()
                if self._settings.scan and self._rules.foreign.is_needed:
                    changes.put_first(self._rules.foreign)
                while self._run_round():
                    pass
                if PY2 and self._settings.lock_free_import:
                    import27.install(
                        self._functions.relative if self._functions is not None else ()
                    )
            finally:
                changes.end()
                if self._functions is not None:
                    self._functions.end()

    def _run_round(self):
        targets = [
            (source, target, is_asked_for)
            for source, found, is_asked_for in self._find()
            for target in found
            if target not in self._tried
            and (is_asked_for or target not in self._memory.unavailable)
        ]
        for source, target, is_asked_for in targets:
            if target in self._tried or source.is_done(target):
                continue
            self._tried.add(target)
            self._outcomes.append(self._try(source, target, is_asked_for))
        return bool(targets)

    def _find(self):
        """Yield ``(source, targets, whether a user named them)`` of every source."""
        settings, rules = self._settings, self._rules
        yield self._named, self._named.find(rules), True
        if self._manifest is not None:
            yield self._manifest, self._manifest.find(rules), True
        if self._codecs is not None or settings.scan:
            yield self._memory.codecs, self._memory.codecs.find(
                self._codecs, rules
            ), self._codecs is not None
        if settings.scan:
            yield self._memory.c_imports, self._memory.c_imports.find(rules), False
            yield self._functions, self._functions.find(rules), False
            yield self._placeholders, self._placeholders.find(rules), False

    def _try(self, source, target, is_asked_for):
        if self._loaded is None:
            self._loaded = list(sys.modules)
        started = clock()
        module = source.module_of(target)  # None: a placeholder that does not say
        status, text = EXCLUDED, module and self._rules.why_not(module, is_asked_for)
        if text is None:
            status = WARMED
            try:
                if is_asked_for:
                    source.warm(target)
                else:
                    self._rules.warm_standard(source, target)
            except (KeyboardInterrupt, MemoryError):
                raise
            except library.ShadowedError as error:
                status, text = EXCLUDED, str(error)
            except:  # noqa: E722  2.7: an instance of an old-style class can be raised as well
                _, error, traceback = sys.exc_info()
                # A module may have installed a handler.
                self._handlers.update(surroundings.handler_codes())
                if _is_from_outside(error, traceback, self._loaded, self._handlers):
                    raise
                status = source.status_of(target, error, traceback, self._rules)
                text = describe(error)
                del error, traceback  # they hold this frame, which holds them
        if status == UNAVAILABLE:
            if is_asked_for:  # the user wants it here
                status = FAILED
            else:
                self._memory.unavailable.add(target)
        seconds = clock() - started
        return Outcome(target, status, seconds, self._new_modules(), text, started - self._started)

    def _new_modules(self):
        """Return the names that came into ``sys.modules`` since the last call, in their order where there is one."""
        new = _youngest_modules(self._loaded)
        if new is not None:
            self._loaded += new
            return new
        before, self._loaded = self._loaded, list(sys.modules)
        if self._loaded == before:
            return []
        if not PY2 and self._loaded[: len(before)] == before:
            return self._loaded[len(before) :]
        # On 2.7, and where a module was unloaded or reloaded, the order cannot be had.
        known = set(before)
        return sorted(
            name for name in self._loaded if name not in known and sys.modules.get(name) is not None
        )

    def report(self):
        """Return the `Report` of what was done."""
        resident = surroundings.resident_memory()  # None too if no descriptor is left by now
        grown = None if resident is None or self._resident is None else resident - self._resident
        names = [name for outcome in self._outcomes for name in outcome.modules]
        compiled = library.count_compiled(names, self._began)
        notes = [self._memory.library.note()] if self._settings.scan else []
        if self._hindrance is not None:
            notes.append("preload() was called %s." % self._hindrance)
        if compiled:
            notes.append(
                "%d modules had to be compiled: run python -m compileall on their folders when you build the image, "
                "or let this process write into __pycache__." % compiled
            )
        seconds = clock() - self._started
        return Report(
            self._outcomes, seconds, grown, compiled, notes=[note for note in notes if note]
        )

    def warn(self):
        """Say once in a process what made the call help less than it could."""
        sentences = (
            []
            if self._hindrance is None
            else [("place", "warmup.preload() was called %s" % self._hindrance)]
        )
        if self._manifest is not None and self._manifest.mismatch is not None:
            sentences.append((self._manifest.mismatch, self._manifest.mismatch))
        for key, sentence in sentences:
            if key not in self._memory.said:
                self._memory.said.add(key)
                try:
                    _warnings.warn(sentence, PreloadWarning, 3)
                except (
                    PreloadWarning
                ):  # -W error; the report, which has the sentence, must not be lost
                    pass


def left_out(**keywords):
    """Return what ``preload(**keywords)`` has seen and not tried, as pairs ``(target, why)``; imports nothing."""
    settings = Settings(keywords)
    if not settings.scan:
        return ()
    rules = library.Rules(memory, settings.packages, settings.exclude)
    found = FunctionSource(("*",), memory.library).find(
        library.Rules(memory, ("*",), settings.exclude)
    )
    pairs = [
        (target, rules.why_not(target.name)) for target in found if target not in memory.unavailable
    ]
    return tuple((target, why) for target, why in pairs if why is not None)


def _youngest_modules(before):
    """Return the names that came into ``sys.modules`` after those of the list ``before``; ``None`` if unknown.

    Looks at the new names alone: with a thousand modules loaded, listing all of them takes as long as an import.
    """
    names, count = [], len(sys.modules) - len(before)
    try:
        for name in reversed(sys.modules):
            if len(names) == count:
                return names[::-1] if name == before[-1] else None  # None: a module was unloaded
            names.append(name)
    except (TypeError, RuntimeError):  # before 3.8; another thread imports at this moment
        pass
    return None


def _is_from_outside(error, traceback, before, handlers):
    """Return whether an exception did not come from a module that was being imported.

    A signal handler's does not. An ``Exception`` does. Any other, such as ``SystemExit``, does if the innermost
    frame belongs to a module that was not loaded ``before``.
    """
    while True:
        if id(traceback.tb_frame.f_code) in handlers:
            return True
        if traceback.tb_next is None:
            break
        traceback = traceback.tb_next
    if isinstance(error, Exception):
        return False
    variables = traceback.tb_frame.f_globals
    if (
        PY2 and variables.get("__name__", before) is None
    ):  # 2.7 empties the globals of a module that fails
        return False
    name = variables.get("__name__")
    return name is None or name in before


def _log(report):
    logging = sys.modules.get("logging")
    if (
        getattr(logging, "getLogger", None) is not None
    ):  # else not loaded, or in the middle of its import
        logging.getLogger("warmup").info("preload(): %s", report.summary())
