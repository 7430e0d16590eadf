"""Record late imports: add a line to a manifest as soon as a late import has ended."""

from __future__ import absolute_import, division, print_function

import os
import stat
import sys

from warmup._python import imports, locks
from warmup._python.compat import clock
from warmup._python.surroundings import log_warning
from warmup._sources import manifest
from warmup._values import ArgumentError

VARIABLE = "WARMUP_RECORD"

# The function that gets the asker's frame, and returns whether WARMUP_RECORD records the import. None: record all
# imports. The command `run` sets the function.
is_late = None

_recordings = []  # the recording that the environment has asked for, or nothing
# Value of the variable -> the path that it names, or None if that file cannot be written. Decided once: the program may
# change its folder, and each call of preload() would warn again.
_paths = {}
# Thread ident -> blocks of `Pause`. Imports of a thread that is inside preload() are not late.
_paused = locks.per_thread()


class Collector(object):
    """Call ``take`` with a `LateImport` for each late import.

    ``is_late``: a function that gets the asker's frame, and returns whether the import is late. A `Watch` cannot do
    this: it loads ``json`` and ``logging``. Then the program could not import them late, and the recording would miss
    them.
    """

    is_asked, refuses = True, False

    def __init__(self, take, is_late=None):
        self._take, self._is_late = take, is_late
        self._began = clock()

    def start(self):
        """Begin to notice imports, in every thread and in every forked child."""
        imports.start(self)

    def stop(self):
        """End what `start` began."""
        imports.stop(self)

    def wants(self, name, ident):
        """Return whether an import that begins is late. `imports` calls this."""
        return not is_paused(ident) and (self._is_late is None or self._is_late(sys._getframe(1)))

    def ended(self, this):
        """Take in an import that has ended. `imports` calls this in the thread that has imported."""
        with Pause():  # without it, a warning that imports logging would be recorded
            self._take(imports.late_import(this, self._began))


class Recording(Collector):
    """Add each late import to the manifest ``path``, by one write. Skip what the file names already.

    ``is_late``: see `Collector`. ``adds_known``: do not skip. A process that cannot write logs one warning, and goes
    on. Raise `ArgumentError` if ``path`` exists and is no manifest or no file.
    """

    def __init__(self, path, is_late=None, adds_known=False):
        Collector.__init__(self, self.add, is_late)
        self.path = os.path.abspath(path)
        # A FIFO takes all lines, and loses them when it is closed. A device such as /dev/null loses them on purpose.
        if os.path.exists(self.path) and not os.path.isfile(self.path) and not stat.S_ISCHR(os.stat(self.path).st_mode):
            raise ArgumentError("manifest", "%s is no regular file; name a file" % path)
        self._process_that_warned, self._process, self._adds_known = None, os.getpid(), adds_known
        self._known, self._header = manifest.known(self.path)
        if adds_known:
            self._known = set()

    def start(self):
        """Write the header if the file has none, and begin to record."""
        self.write(u"")
        Collector.start(self)

    def add(self, late):
        """Write the lines of a `LateImport`."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._read_again()
        pairs = [(target, line) for target, line in manifest.lines_of(late) if target not in self._known]
        if pairs and self.write(u"".join(line for _, line in pairs)):
            self._known.update(target for target, _ in pairs)

    def _read_again(self):
        """Take in what other processes have written. Otherwise each worker of a server would write the same lines."""
        try:
            if not self._adds_known:
                self._known = self._known.union(manifest.known(self.path)[0])
        except (ArgumentError, EnvironmentError):  # the file cannot be read here
            pass

    def write(self, lines, report_problem=log_warning):
        """Add ``lines`` to the file. Return whether that was possible.

        ``report_problem``: called with a sentence, once in each process, if the file cannot be written.
        """
        try:
            manifest.append(self.path, self._header + lines)
        except EnvironmentError as error:
            if self._process_that_warned != os.getpid():
                self._process_that_warned = os.getpid()
                report_problem(
                    "%s cannot be written: %s; this process records nothing until it can write the file"
                    % (self.path, error.strerror)
                )
            return False
        self._header = u""
        return True


class Pause(locks.Inside):
    """Pause recordings in this thread. A context manager: imports inside of its block are not late."""

    def __init__(self):
        locks.Inside.__init__(self, _paused)


def is_paused(ident):
    """Return whether the thread ``ident`` is inside of the block of a `Pause`."""
    return locks.is_inside(_paused, ident)


def forget_refused():
    """Forget which paths were refused. The next call of ``preload()`` tries them again."""
    for text, path in list(_paths.items()):
        if path is None:
            del _paths[text]


def start_if_asked(environment, report_problem=log_warning):
    """Record from now on if ``WARMUP_RECORD`` names a file. A second call with the same file does nothing.

    ``report_problem``: called with an `ArgumentError` if the file cannot be written, or is no manifest.
    """
    text = environment.get(VARIABLE, "").strip()
    path = _paths.get(text, text)
    if not text or path is None or any(one.path == path and one in imports.observers() for one in _recordings):
        return

    def report(problem):
        _paths[text] = None
        report_problem(ArgumentError(VARIABLE, problem))

    try:
        new = Recording(path, is_late)
    except ArgumentError as error:
        return report(error.problem)
    except EnvironmentError as error:  # the current folder is gone
        return report("%s cannot be written: %s; give the whole path" % (text, error.strerror))
    new.write(u"", report)
    _paths[text] = new.path
    while _recordings:
        _recordings.pop().stop()
    _recordings.append(new)  # first: after an interrupt of the next line, the next call must find it, and stop it
    try:
        new.start()
    except AttributeError as error:  # a later Python imports in another way
        report("imports cannot be noticed here: %s" % error)
