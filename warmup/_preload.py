"""Run the loop of ``preload()``: ask the sources, warm the targets, report."""

from __future__ import absolute_import, division, print_function

import _warnings
import os
import sys

from warmup import _record
from warmup._python import library, locks, surroundings
from warmup._python.compat import PY2, Placeholder, Text, clock, entries, time
from warmup._python.rules import RefusedError, Rules, forget_threads
from warmup._report import Report
from warmup._settings import Settings, environment
from warmup._sources import codec
from warmup._sources.c_import import CImportSource
from warmup._sources.codec import CodecSource
from warmup._sources.function import FunctionSource
from warmup._sources.manifest import ManifestSource
from warmup._sources.module import ModuleSource, drop_orphans
from warmup._values import EXCLUDED, FAILED, UNAVAILABLE, WARMED, Outcome, PreloadError, PreloadWarning, describe

if PY2:
    from warmup._python import import27
if Placeholder is not None:
    from warmup._sources.placeholder import PlaceholderSource


class Memory(object):
    """Keep what one call of ``preload()`` has learned for the next call.

    `forget` does not forget these: what `_record` records (``_recordings``, ``_paused``), a watch, a guard, the hooks
    for forked children (``surroundings._hooks``), how long to wait for the lock of a manifest (``manifest._tries``),
    the modules that were unloaded (``module._unloaded``), and on 2.7 the ``__import__`` of this package
    (``import27._complete``).
    """

    def __init__(self):
        self._library = None  # the list of the standard library, with "os" and "email.message"; None until it is needed
        self.codecs = CodecSource()  # knows which codecs are primed, as "idna"
        self.c_imports = CImportSource()  # knows which modules are primed, as "_strptime"
        # The FunctionSource of the last call, which knows the code that was read, for example of os.popen(). The
        # list is empty while a call has taken the source: a call in another thread, or inside this call, makes its own.
        self.functions = []
        # Knows which modules had no placeholders when it looked. None before 3.15, which has no placeholders.
        self.placeholders = None if Placeholder is None else PlaceholderSource()
        self.unavailable = set()  # targets that this platform lacks, {Target("codec", "mbcs", ...)}
        self.has_loaded_gevent = False  # whether a target that no user named has loaded gevent.monkey
        self.warned = set()  # keys of the warnings that were issued, {"place"}

    @property
    def library(self):
        """Return the list of the standard library. Make it when it is first needed."""
        if self._library is None:
            self._library = library.Library()
        return self._library

    def drop_incomplete_library(self):
        """Drop a list of the library that could not be made, so that this call tries again.

        A process without free descriptors, for example, cannot list the library.
        """
        if self._library is not None and not self._library.is_listed:
            self._library = None


memory = Memory()


def forget():
    """Forget what earlier calls of ``preload()`` have learned. The next call looks at everything again.

    What is imported stays imported. `Memory` says what else stays.
    """
    global memory
    memory = Memory()
    forget_threads()
    _record.forget_refused()


def preload(
    modules=(), packages=(), codecs=None, exclude=(), manifest=None, scan=True, strict=False, lock_free_import=True
):
    """Import and prime now what this program would import late. Return a `Report`.

    Call it in the main thread. Call it after the program's modules are loaded and after gevent has patched, and before
    threads, event loops or child processes start. A second call warms what is new since the first, and tries again
    what failed.

    ``modules``
        Names of modules to import as well. Their late imports become targets too.
    ``packages``
        Names of packages that are not of the standard library. Their modules become targets if a loaded function
        would import them. ``["*"]`` means every package.
    ``codecs``
        Names of the codecs to prime. ``None`` means every codec of this interpreter if ``scan`` is true, else no codec.
        ``[]`` means none.
    ``exclude``
        Names of modules that are never targets, whatever names them. A package stands for all modules below it. The
        import of another module may still load them.
    ``manifest``
        The path of a file that ``python -m warmup record`` wrote, for example. Its targets are warmed in its order.
    ``scan``
        ``False``: look for no targets. Warm only what ``modules``, ``codecs`` and ``manifest`` name.
    ``strict``
        ``True``: raise `PreloadError` at the end if a target failed. An unavailable target has not failed.
    ``lock_free_import``
        Python 2.7 only. ``True``: replace ``__import__`` by a function that returns, without taking the import lock,
        each module that is complete when the call ends. The import of a module that was loaded later takes the lock
        until ``preload()`` is called again. The function adds one entry to the traceback of an import that fails. Code
        that counts the entries gives a wrong result: ``help("no_such_name")`` shows an error.

    Issues a `PreloadWarning`, once for each reason, if the call comes too early or too late, or if other interpreters
    have recorded the manifest. Logs one INFO line. If the environment variable ``WARMUP_RECORD`` names a file, what is
    imported late after the call is added to that file.

    Raises ``TypeError`` or ``ValueError`` for a wrong argument, before anything is imported. An exception that an
    imported module raises becomes an outcome. ``KeyboardInterrupt``, ``MemoryError`` and exceptions of signal handlers
    reach the caller. On 3.6 to 3.8 it raises ``RecursionError`` less than 60 levels below the limit of recursion: there
    an error that is caught would end the process. The function prints nothing, and hides the warnings of standard
    modules.

    Source: the targets come from the import statements in live functions (``gc.get_objects()``), from the strings in
    functions that use ``import_module`` or ``__import__``, from a table of the imports that C code makes, from the
    folder of ``encodings``, and on 3.15 from unused lazy imports (PEP 810). Names that are computed at run time are not
    seen.

    Limits: an import statement that runs while the interpreter shuts down fails all the same. A thread that imports
    the very module that another thread is importing waits all the same. A ``watch("raise")`` of this process refuses
    what the call imports: call ``preload()`` before the watch begins, or inside of ``with watch.allowed():``. An
    ``Exception`` that another thread throws into this thread (``PyThreadState_SetAsyncExc``) looks like that of a
    module, and becomes an outcome. A ``SystemExit`` that meets code of a module does too. A second call does not read a
    function again whose ``__code__`` was replaced. A filter that a module adds to the warnings when it is imported
    stays: ``threading`` of 2.7 adds one. To prime ``strptime`` calls ``time.tzset()``: a ``TZ`` that the program has
    set before takes effect.
    """
    surroundings.check_stack()
    settings = Settings(locals())
    with _record.Pause():
        call = _Call(settings, memory)
        call.run()
        report = call.report()
        call.warn()
        surroundings.log_info(lambda: "preload(): " + report.summary())
        if _record.VARIABLE in os.environ:  # to read all variables takes as long as a small import
            _record.start_if_asked(environment())
    if settings.strict and report.failed:
        raise PreloadError(report)
    return report


class _Call(object):
    """Carry out one call of ``preload()``. Raise `ArgumentError` when it is made, for a wrong name.

    After that, only exceptions that must reach the caller are raised: see ``preload()``.
    """

    def __init__(self, settings, memory):
        self._settings, self._memory = settings, memory
        memory.drop_incomplete_library()
        self._started = clock()
        self._began = time()
        self._resident = surroundings.resident_memory()
        self._hindrance = surroundings.hindrance(locks.in_flight(), memory.has_loaded_gevent)
        self._named = ModuleSource(settings.modules, settings.exclude)
        self._manifest = None if settings.manifest is None else ManifestSource(settings.manifest, memory.codecs)
        memory.codecs.takes_lock = PY2 and not settings.lock_free_import
        self._codecs = (
            None if settings.codecs is None else codec.check_names(settings.codecs, frozenset(settings.exclude))
        )
        library.check_packages(settings.packages)
        self._rules = Rules(memory, settings.packages, settings.exclude)
        self._functions = self._function_source() if settings.scan else None
        self._outcomes, self._tried = [], set()
        self._notes = set()  # sentences for the report
        self._is_source_reusable = True  # whether the next call may go on with the source of functions
        # names of the modules that were loaded before the last target, ["sys", "os"]; None before the first target.
        # A set on 2.7, whose dictionaries have no order.
        self._loaded = None

    def _function_source(self):
        packages = tuple(sorted(self._settings.packages))
        library = self._memory.library
        try:
            source = self._memory.functions.pop()
            if (source.packages, source.library) == (packages, library) and source.is_current():
                return source
        except IndexError:  # the first call, or a call has taken the source
            pass
        return FunctionSource(packages, library)

    def run(self):
        """Warm in rounds until a round finds nothing. What one round imports may contain late imports of its own."""
        # Without `forget`, a child that another thread forks during the call would go on with what this thread has
        # half changed. On a free-threaded build it would wait for ever for the lock of a half-changed dictionary.
        with surroundings.Surroundings(self._rules, forget) as changes:
            is_whole = False
            try:
                changes.begin()
                self._surroundings = changes
                if self._settings.scan:
                    self._rules.start_refusing()
                while self._run_round():
                    pass
                if PY2 and self._settings.lock_free_import:
                    import27.install(self._functions.relative if self._functions is not None else ())
                is_whole = True
            finally:
                changes.end()
                if self._functions is not None:
                    self._functions.end()
                    # An interrupted call has noted functions that it has not read. The next call makes a new source.
                    is_whole = is_whole and self._is_source_reusable
                    self._memory.functions[:] = [self._functions] if is_whole else []

    def _run_round(self):
        """Find and warm the targets of one source after the other. Return whether a target was found.

        A source looks after the sources before it have warmed their targets. So it sees what they have imported.
        """
        was_found = False
        for source, targets, is_asked_for in self._find():
            for target in targets:
                if target in self._tried or not is_asked_for and target in self._memory.unavailable:
                    continue
                if not source.is_done(target):
                    was_found = True
                    self._tried.add(target)
                    self._outcomes.append(self._try(source, target, is_asked_for))
        return was_found

    def _find(self):
        """Yield ``(source, targets, is_asked_for)`` of each source. The last: whether a user named the targets."""
        memory, targets_of = self._memory, self._targets_of
        yield self._named, targets_of(self._named), True
        if self._manifest is not None:
            yield self._manifest, targets_of(self._manifest), True
        if self._codecs is not None or self._settings.scan:
            yield memory.codecs, targets_of(memory.codecs, self._codecs), self._codecs is not None
        if self._settings.scan:
            for source in (memory.c_imports, self._functions, memory.placeholders):
                if source is not None:
                    yield source, targets_of(source), False

    def _targets_of(self, source, *arguments):
        """Return the targets that ``source`` finds. If the source raises an error, add a note to the report."""
        try:
            return source.find(*(arguments + (self._rules,)))
        except Exception as error:  # an audit hook of the program forbids it
            if surroundings.must_pass():
                raise
            self._is_source_reusable = False
            text = "preload() could not look for targets (%s): %s; name in modules= what your program imports late"
            self._notes.add(text % (type(source).__name__, describe(error)))
            return []

    def _try(self, source, target, is_asked_for):
        if self._loaded is None:
            self._loaded = _names_of_modules(sys.modules)
        started = clock()
        module = source.module_of(target)  # None: the placeholder does not say what it imports
        status, text = EXCLUDED, module and self._rules.why_not(module, is_asked_for)
        if text is None:
            status = WARMED
            try:
                self._surroundings.hides_own = not is_asked_for
                try:
                    self._rules.warm(source, target, is_asked_for)
                except:  # noqa: E722  2.7 can also raise an instance of an old-style class
                    drop_orphans(frozenset(self._loaded))
                    raise
            except (KeyboardInterrupt, MemoryError):
                raise
            except RefusedError as error:
                status, text = EXCLUDED, str(error)
            except:  # noqa: E722
                _, error, traceback = sys.exc_info()
                if _is_from_outside(error, traceback, self._loaded):
                    raise
                status = source.status_of(target, error, traceback, self._rules)
                text = describe(error)
                del error, traceback  # otherwise the error, the traceback and this frame are a reference cycle
        if status == UNAVAILABLE:
            if is_asked_for:  # what a user names is never unavailable
                status = FAILED
            else:
                self._memory.unavailable.add(target)
        seconds, modules = clock() - started, self._new_modules()
        if not is_asked_for and "gevent.monkey" in modules:
            self._memory.has_loaded_gevent = True
        return Outcome(target, status, seconds, modules, text, started - self._started)

    def _new_modules(self):
        """Return the names that were added to ``sys.modules`` since the last call, in the order of their import.

        On 2.7, and where a module was unloaded or reloaded, return them sorted.
        """
        before, self._loaded = self._loaded, _names_of_modules(sys.modules)
        is_longer = not PY2 and self._loaded[: len(before)] == before
        new = self._loaded[len(before) :] if is_longer else set(self._loaded).difference(before)
        # A program may use a number as a key.
        names = [name for name in new if isinstance(name, Text) and sys.modules.get(name) is not None]
        return names if is_longer else sorted(names)

    def report(self):
        """Return the `Report` of what was done."""
        resident = surroundings.resident_memory()  # None also if the process has no free descriptor
        grown = None if resident is None or self._resident is None else resident - self._resident
        # A set: another thread may load and drop a module again and again.
        names = {name for outcome in self._outcomes for name in outcome.modules}
        compiled = library.count_compiled(names, self._began, time())
        notes = sorted(self._notes)
        if self._settings.scan:
            notes.append(self._memory.library.note())
        if self._hindrance is not None:
            notes.append("preload() was called %s." % self._hindrance)
        if compiled:
            level = getattr(sys.flags, "optimize", 0)  # at the end of 2.7 and 3.6, sys.flags is None
            level = " -" + "O" * level if level else ""
            notes.append(
                "modules that had to be compiled: %d; run python%s -m compileall on their folders when you build the "
                "image, or let the first process that imports them write into __pycache__." % (compiled, level)
            )
        seconds = clock() - self._started
        return Report(self._outcomes, seconds, grown, compiled, notes=[note for note in notes if note])

    def warn(self):
        """Issue a `PreloadWarning` if the call helps less than it could. Issue it once in a process for each reason."""
        sentences = [] if self._hindrance is None else [("place", "warmup.preload() was called %s" % self._hindrance)]
        if self._manifest is not None and self._manifest.mismatch is not None:
            sentences.append((self._manifest.mismatch, self._manifest.mismatch))
        for key, sentence in sentences:
            if key not in self._memory.warned:
                self._memory.warned.add(key)
                try:
                    _warnings.warn(sentence, PreloadWarning, 3)
                except Exception:
                    # With -W error, or a showwarning() that fails, the caller would get no report.
                    if surroundings.was_raised_by_handler():
                        raise


def left_out(**keywords):
    """Return what ``preload(**keywords)`` has seen and not tried, as pairs ``(target, why)``. Import nothing."""
    settings = Settings(keywords)
    if not settings.scan:
        return ()
    rules = Rules(memory, settings.packages, settings.exclude)
    found = FunctionSource(("*",), memory.library).find(Rules(memory, ("*",), settings.exclude))
    pairs = [(target, rules.why_not(target.name)) for target in found if target not in memory.unavailable]
    return tuple([(target, why) for target, why in pairs if why is not None])


_names_of_modules = set if PY2 else list


def _is_from_outside(error, traceback, before):
    """Return whether an exception came from outside the modules that were being imported.

    The exception of a signal handler came from outside. Any other ``Exception`` came from a module. What is no
    ``Exception`` came from a module if the innermost frame belongs to a module that is not in the list ``before``, or
    if a module has called a function that ends the program, such as that of argparse.
    """
    if surroundings.was_raised_by_handler():
        return True
    if isinstance(error, Exception) or _is_exit_of_module(error, traceback):
        return False
    variables = list(entries(traceback))[-1].tb_frame.f_globals
    name = variables.get("__name__")
    # 2.7 sets the globals of a module that failed to None.
    return name in before if name is not None else not (PY2 and "__name__" in variables)


def _is_exit_of_module(error, traceback):
    """Return whether the body of a module has raised ``SystemExit``, or has called a function that raised it.

    A subclass of ``SystemExit``, such as that of docopt, was raised on purpose. A plain ``SystemExit`` was raised on
    purpose if the innermost code names ``exit`` or ``SystemExit``, or a global variable that is `sys.exit`. Any
    other plain ``SystemExit`` comes from a handler of C or from another thread.
    """
    if not isinstance(error, SystemExit):
        return False
    frame = list(entries(traceback))[-1].tb_frame
    names = {"exit" if dict.get(frame.f_globals, name) is sys.exit else name for name in frame.f_code.co_names}
    if type(error) is SystemExit and names.isdisjoint(("exit", "SystemExit")):
        return False
    if surroundings.may_be_of_handler(traceback):
        return False
    return any(entry.tb_frame.f_code.co_name == "<module>" for entry in entries(traceback))
