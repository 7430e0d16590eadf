"""Recording: each late import becomes a line of a manifest, as soon as it has ended."""

from __future__ import absolute_import, division, print_function

import os
import sys

from warmup._python import imports
from warmup._python.compat import clock, get_ident
from warmup._report import log_warning
from warmup._sources import manifest
from warmup._values import ArgumentError

VARIABLE = "WARMUP_RECORD"

# which imports WARMUP_RECORD records: called with a frame; None for all. `run` sets it
is_late = None

_recordings = []  # the one that the environment has asked for, or none
_refused = []  # paths of files that are no manifests, once this was said
_paused = []  # idents of threads whose imports are not late: they are inside preload()


class Collector(object):
    """Sees late imports, and hands each one to ``take`` as a `LateImport`.

    ``is_late``: called with the frame of whoever imports; returns whether the import counts. A `Watch` does the
    same and more, but needs ``json`` and ``logging``: a recording that loads them hides that the program imports
    them late.
    """

    refuses = False

    def __init__(self, take, is_late=None):
        self._take, self._is_late = take, is_late
        self._began = clock()

    def start(self):
        """Begin to see imports, in every thread and in every child that is forked."""
        imports.start(self)

    def stop(self):
        """End what `start` began."""
        imports.stop(self)

    def wants(self, name, ident):
        """Return whether an import that begins is late. Called by the hook."""
        return ident not in _paused and (self._is_late is None or self._is_late(sys._getframe(1)))

    def ended(self, this):
        """Take in an import that has ended. Called by the hook, in the thread that has imported."""
        ident = get_ident()
        _paused.append(ident)  # a warning may import logging
        try:
            self._take(imports.late_import(this, self._began))
        finally:
            _paused.remove(ident)


class Recording(Collector):
    """Adds each late import to the manifest ``path``, by one write. What the file names already is not added again.

    A process that cannot write logs one warning, and goes on. Raises `ArgumentError` if the file exists and is no
    manifest.
    """

    def __init__(self, path, is_late=None, adds_known=False):
        Collector.__init__(self, self.add, is_late)
        self.path = os.path.abspath(path)
        self._known, self._header = set(), u""
        self._process_that_warned = None
        if os.path.isfile(self.path) and os.path.getsize(self.path):
            targets, interpreters, _ = manifest.read(self.path)
            self._known = set() if adds_known else set(targets)
            if manifest.interpreter() not in interpreters:
                self._header = manifest.header()

    def start(self):
        """Write the header, and begin to record."""
        self.write(u"")
        Collector.start(self)

    def add(self, late):
        """Write the lines of a `LateImport`."""
        pairs = [
            (target, line) for target, line in manifest.lines_of(late) if target not in self._known
        ]
        if pairs and self.write(u"".join(line for _, line in pairs)):
            self._known.update(target for target, _ in pairs)

    def write(self, lines):
        """Add ``lines`` to the file; return whether that was possible."""
        try:
            manifest.append(self.path, self._header + lines)
        except EnvironmentError as error:
            if self._process_that_warned != os.getpid():
                self._process_that_warned = os.getpid()
                log_warning(
                    "%s cannot be written: %s; this process records nothing there"
                    % (self.path, error.strerror)
                )
            return False
        self._header = u""
        return True


class Pause(object):
    """A context manager: what this thread imports inside of it is not late."""

    def __enter__(self):
        self._ident = get_ident()
        _paused.append(self._ident)

    def __exit__(self, *error):
        _paused.remove(self._ident)


def start_if_asked(environment):
    """Record from now on if the variable ``WARMUP_RECORD`` names a file. A second call with that file does nothing."""
    path = environment.get(VARIABLE, "").strip()
    if not path or any(one.path == os.path.abspath(path) for one in _recordings):
        return
    try:
        new = Recording(path, is_late)
    except ArgumentError as error:
        if path not in _refused:
            _refused.append(path)
            log_warning("%s: %s" % (VARIABLE, error.problem))
        return
    while _recordings:
        _recordings.pop().stop()
    _recordings.append(new)
    new.start()
