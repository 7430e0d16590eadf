"""Notice late imports when they happen: record, log or refuse them."""

from __future__ import absolute_import, division, print_function

import os
import sys

from warmup import _report, _settings
from warmup._python import imports, locks
from warmup._python.compat import Text, clock, frames, top_package
from warmup._python.surroundings import log_warning, was_raised_by_handler
from warmup._sources import manifest
from warmup._sources.codec import aliased, forget_failures
from warmup._values import ArgumentError, LateImport, describe, with_parents

LIMIT = 10000  # late imports that a watch keeps; without it, a loop that tries a missing module would fill the memory
_EXCLUDE = _settings.Option("exclude", (), _settings.NAMES, "")
_is_primed = False


def watch(action="record", exclude=()):
    """Notice each import of a module that is not loaded, and each reload, in every thread. Return the `Watch`.

    ``action``: what to do with each late import. ``watch.late`` keeps it in any case.

        ``"record"``: do nothing else.
        ``"log"``: write a WARNING to the logger ``warmup``, once for each module, after the import has released its
        locks. A thread that waits for an import of another thread logs nothing. To silence it, set the level of the
        logger. Its attribute ``disabled`` does not count, because ``logging.config.dictConfig()`` sets that.
        ``"raise"``: refuse the import. The thread gets `LateImportError` before any code of the module runs. If the
        module does not exist, the thread gets the usual error. A look-up of a codec raises `LateCodecError`, a
        ``LookupError``. If a finder needs a codec that is refused, the thread gets `LateImportError` even if the module
        does not exist, because that finder needs the codec to search. If a finder catches the refusal of a module that
        it needs itself, the thread gets what the finder then says: ``import distutils`` of setuptools is a
        ``ModuleNotFoundError`` on 3.12 and later.
        a callable: call it with the `LateImport` in the thread that imports, after the import has released its locks.
        What the callable raises is logged, if it is an ``Exception`` or ``SystemExit``.

    If the watch began inside of an import, or if a handler of ``logging`` imports late, the line or the call comes
    later: at the next late import of any thread, in ``stop()``, or at exit, before ``logging`` is shut down. A process
    that ends by ``os._exit()`` loses it, as workers of `multiprocessing` do before 3.13.

    ``exclude``: names of modules to ignore. A package stands for all modules below it. A codec is named by its
    spelling or by its module.

    Several watches may run at once. A watch that refuses also refuses what the action of another watch imports. What a
    late import imports in turn belongs to it. A thread that waits until another thread has imported a module has a late
    import without ``modules``: those belong to the other thread. The watch goes on in a forked child. With gevent or
    eventlet, start the watch after they have patched, because they change the ident of the thread. Raises ``TypeError``
    or ``ValueError`` for a wrong argument.

    Limits: on Python 2.7 without ``preload()``, each import statement takes some microseconds more while a watch runs.
    A watch does not notice the import of a loaded module, or what runs without the import system, such as
    ``loader.exec_module()`` and the first use of a module of ``importlib.util.LazyLoader``. It does not notice imports
    of other interpreters of the process, or that ``sys.modules["x"] = None`` has blocked an import. A chain of about
    100 imports, each in the body of the one before, can reach the limit of recursion, because each has frames of the
    watch. On 2.7 a watch does not notice that a thread waits for an import of another thread, or that it then loads the
    module itself because that import has failed. On 2.7, a module that two threads import at once may belong to both.
    On 2.7 a watch does not notice what C code imports without ``__import__``, a ``reload`` that was bound before
    (``from imp import reload``), and a ``from package import name`` that fails because there is no such module. On 2.7,
    a warning with ``stacklevel=2`` in the body of a module names a file of this package.

    Source: a watch replaces ``_frozen_importlib._find_and_load`` (Python 3) or ``__import__`` (2.7) while it runs.
    """
    return Watch(action, exclude)


class Watch(object):
    """Notice late imports until `stop` is called. The function `watch` makes a `Watch`, and describes its arguments.

    A `Watch` is a context manager. The end of the block calls `stop`. To enter a watch that has stopped raises
    ``RuntimeError``.

    ``late``: the late imports so far, as a tuple of `LateImport`, in the order of their ends; 10,000 at most.
    ``dropped``: how many late imports came after these 10,000.

    ``print(watch)`` shows a table. The slowest import comes first.
    """

    def __init__(self, action="record", exclude=()):
        self._action = self._function_for(action)
        self._refuses = action == "raise"
        self._observer = _Observer(self._wants, self._ended, self._refuses)
        self._exclude = _with_modules_of_codecs(_EXCLUDE.check(exclude))
        # Items are LateImport, or `imports.Import` until `late` is read.
        self._late = []
        self.dropped = 0
        # (process, arguments, function): actions that came up while their thread was inside an import.
        self._deferred = []
        self._runs_at_exit = False
        # (whether it is a codec, name) of each late import that was logged, {(False, "sched"), (True, "idna")}
        self._logged = set()
        # Thread ident -> blocks of allowed() and of our own actions.
        self._allowed = locks.per_thread()
        # Thread ident -> the LateImport of a codec look-up that tries another module.
        self._attempts = locks.per_thread()
        self._is_running = True
        imports.unnoticed(_prime_dependencies)
        self._began = clock()
        imports.start(self._observer)

    def _function_for(self, action):
        """Return the function to call with each late import, or ``None``. Raise ``TypeError`` or ``ValueError``."""
        if callable(action):
            return action
        if not isinstance(action, Text):
            raise TypeError('action: "record", "log", "raise" or a callable is needed, not %r' % (action,))
        if action not in ("record", "log", "raise"):
            raise ArgumentError(
                "action", '%r is not known; choose "record", "log", "raise" or a callable' % action, action
            )
        return self._log if action == "log" else None

    # What users call -----------------------------------------------------------------------------------------------

    @property
    def late(self):
        """Return the late imports so far, as a tuple of `LateImport`."""
        # For speed, an import that has ended is turned into a LateImport only here.
        for index, one in enumerate(self._late):
            self._late[index] = self._as_late(one)
        return tuple(self._late)

    def stop(self):
        """End the watch. Modules that it refused can be imported from now on.

        An import in progress is not recorded any more. A second call finishes what an interrupt has cut short.
        """
        imports.stop(self._observer)
        self._is_running = False
        self._forget_failures()
        self._run_deferred()  # also inside of an import: nothing runs these actions after this call
        if self._runs_at_exit:
            atexit = sys.modules["atexit"]
            if hasattr(atexit, "unregister"):
                atexit.unregister(self._run_deferred)
            else:  # 2.7
                atexit._exithandlers[:] = [one for one in atexit._exithandlers if one[0] != self._run_deferred]
            self._runs_at_exit = False

    def __enter__(self):
        if not self._is_running:
            raise RuntimeError("this watch has stopped; call warmup.watch() for a new one")
        return self

    def __exit__(self, *exception):
        try:
            self.stop()
        finally:
            self.stop()  # an interrupt may have ended the first call

    def allowed(self):
        """Return a context manager. Inside of its block this thread may import, and the watch does not notice.

        A block with an ``await`` in it also lets the other tasks of the thread import.
        """
        return _Allowed(self)

    def __repr__(self):
        return "<warmup.Watch: %s>" % self.summary()

    def summary(self):
        """Return the totals as one line: late imports, modules, milliseconds."""
        late = self.late
        more = "" if not self.dropped else "; %d more were not kept, the limit is %d" % (self.dropped, LIMIT)
        modules = _report.counted(sum(len(one.modules) for one in late), "module")
        milliseconds = 1000 * sum(one.seconds for one in late)
        return "%s, %s, %.1f ms%s" % (_report.counted(len(late), "late import"), modules, milliseconds, more)

    def __str__(self):
        late = sorted(self.late, key=lambda one: (-one.seconds, one.name))
        lines = _report.table_of_late(map(vars, late), ("thread",)) if late else []
        return _report.printable("\n".join([self.summary()] + lines))

    def to_json(self):
        """Return the totals and each late import as JSON text. Times are in seconds."""
        rows = [one.as_dict() for one in self.late]
        seconds = sum(row["seconds"] for row in rows)
        return _report.as_json({"late": rows, "dropped": self.dropped, "seconds": seconds})

    def to_trace(self):
        """Return Chrome trace events as JSON text, for Perfetto or speedscope.

        Each thread is a row. Threads of one name that overlap are several rows.
        """
        return _report.trace(
            (one.name, one.kind, one.started, one.seconds, one.process, one.thread, one.as_dict()) for one in self.late
        )

    def write(self, path):
        """Append the late imports to the manifest ``path``. Make the file if needed.

        Of an import that failed, append the modules that it has loaded. Skip what the file names already. Raises
        ``OSError`` if the file cannot be written, and ``ValueError`` if it exists and is no manifest.
        """
        known, text = manifest.known(path)
        for one in self.late:
            for target, line in manifest.lines_of(one):
                if target not in known:
                    known.add(target)
                    text += line
        manifest.append(path, text)

    # What the import system calls ----------------------------------------------------------------------------------

    def _wants(self, name, ident):
        """Return whether the import of ``name`` in the thread ``ident`` is to be noticed."""
        return not locks.is_inside(self._allowed, ident) and (
            not self._exclude or self._exclude.isdisjoint(with_parents(name))
        )

    def _ended(self, this):
        """Keep an import that has ended. The thread that has imported calls this.

        Return the function to call next, or ``None``.
        """
        if not self._is_running or not (self._refuses or self._wants(this.name, this.ident)):
            return None
        late = this
        if this.kind == "codec":
            late = self._whole_look_up(this)
            if late is None:
                return None
        if self._action is not None:
            late = self._as_late(late)
        action = None if self._action == self._log and not self._is_to_log(late) else self._action
        if len(self._late) < LIMIT:
            self._late.append(late)
        else:
            self.dropped += 1
            if self.dropped == 1:
                self._run_outside_of_locks(
                    log_warning, "a watch keeps %d late imports; it does not keep those that follow" % LIMIT
                )
        if action is None:
            return None
        return lambda: self._run_outside_of_locks(action, late)

    def _as_late(self, one):
        return one if isinstance(one, LateImport) else imports.late_import(one, self._began)

    def _whole_look_up(self, this):
        """Return the `LateImport` of a codec look-up that has ended with ``this``; ``None`` if it goes on.

        One look-up can try two modules: that of the alias, then that of the name itself.
        """
        late = self._as_late(this)
        earlier = vars(self._attempts).pop(this.ident, None)
        if earlier is not None and earlier.name == late.name:
            late.started, late.seconds = earlier.started, late.seconds + earlier.seconds
            if late.error is not None:
                late.error = earlier.error
        if this.is_tried_again and this.raised and issubclass(this.raised, ImportError):
            vars(self._attempts)[this.ident] = late
            return None
        return late

    # Actions -------------------------------------------------------------------------------------------------------

    def _run_outside_of_locks(self, function, *arguments):
        # Inside of an import, a handler of logging might wait for a thread that waits for this import. Both would wait
        # for ever. Inside of a handler that imports late, logging would call this handler again before it has done its
        # work. The handler would wait for its own lock, or lose lines.
        if imports.is_importing() or _is_inside_of_logging():
            # An import that began before the watch may be the last one, and the watch does not see its end. A watch
            # that logs has loaded logging, which has loaded atexit.
            if not self._runs_at_exit and "atexit" in sys.modules:
                sys.modules["atexit"].register(self._run_deferred)
                self._runs_at_exit = True
            # Keep one action for each late import that is kept, and one for the message of the limit.
            entry = os.getpid(), arguments, function  # remove() must not compare functions of the program
            if len(self._deferred) <= LIMIT:
                self._deferred.append(entry)
            if not self._is_running:  # another thread has called stop() meanwhile, and runs the other actions
                try:
                    # Drop it, as the action of an import that ends after stop().
                    self._deferred.remove(entry)
                except ValueError:
                    pass
                self.stop()
        else:
            self._run_deferred()
            self._run(function, arguments)

    def _run_deferred(self):
        while self._deferred:
            try:
                process, arguments, function = self._deferred.pop(0)
            except IndexError:  # another thread took the last one
                return
            if process == os.getpid():  # a forked child leaves the actions of its parent to the parent
                self._run(function, arguments)

    def _run(self, function, arguments):
        with self.allowed():  # otherwise the watch would notice what the action imports, and act again
            try:
                function(*arguments)
            except (Exception, SystemExit) as error:
                if was_raised_by_handler():
                    raise
                log_warning("the action of a watch failed: %s" % describe(error))

    def _is_to_log(self, late):
        """Return whether this late import is the first of its module, and no wait for another thread. Note it."""
        if not late.modules and late.error is None:
            return False  # the thread that has imported the module logs the import
        key = late.kind == "codec", late.name
        is_first = key not in self._logged
        self._logged.add(key)
        return is_first

    def _log(self, late):
        # A name that comes from a request may have a line end, and forge a line of the log.
        name, asker, thread, error = map(_report.one_line, (late.name, late.asker, late.thread, late.error or ""))
        sentence = "late import of %s %s: %.1f ms, %s, asked for by %s in %s"
        sentence %= late.kind, name, 1000 * late.seconds, _report.counted(len(late.modules), "module"), asker, thread
        log_warning(sentence + "; " * bool(error) + error)

    def _forget_failures(self):
        """Make Python forget which codecs it did not find, and for which entries of the path it found no finder.

        A finder that looks for a codec, or a function of ``sys.path_hooks``, may import something. If the watch refuses
        that import, ``encodings`` and the import system catch the error. They would never again look for this
        codec or in this entry. Python repeats the look-ups that failed for another reason.
        """
        if self._refuses:
            forget_failures(None)
            cache = sys.path_importer_cache or {}  # None when the interpreter shuts down
            for entry, finder in list(cache.items()):
                if finder is None:
                    cache.pop(entry, None)


class _Observer(object):
    """Stand for a watch in `imports`. A watch that refuses nothing is asked only when an import ends, for speed."""

    def __init__(self, wants, ended, refuses):
        self.wants, self.ended = wants, ended
        self.is_asked = self.refuses = refuses


class _Allowed(locks.Inside):
    def __init__(self, watch):
        locks.Inside.__init__(self, watch._allowed)
        self._watch = watch

    def __enter__(self):
        self._watch._forget_failures()
        locks.Inside.__enter__(self)


def _is_inside_of_logging():
    return any(top_package(frame) == "logging" for frame in frames(sys._getframe()))


def _prime_dependencies():
    """Import and prime what a watch uses later. Otherwise the watch itself would import late.

    After a ``chroot``, for example, these imports may fail. Then ``to_json()`` and ``"log"`` do not work.
    ``"record"`` and ``"raise"`` work.
    """
    global _is_primed
    if _is_primed:
        return
    try:
        import json  # noqa: F401
        import logging
    except (ImportError, EnvironmentError):
        return
    _report.printable(u"\xe9".join(_report.table(("kind", "name", "ms"), [("module", "json", "1.0")])))
    _report.trace([])
    describe(ValueError(u"\xe9"))
    logging.getLogger("warmup").isEnabledFor(logging.WARNING)
    _is_primed = True


def _with_modules_of_codecs(names):
    """Return ``names`` as a set. For each name that may be the spelling of a codec, add the names of its modules."""
    return frozenset(names).union(["encodings." + one for name in names for one in (name, aliased(name))])
