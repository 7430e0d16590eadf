"""Note each attempt to import a module that this process never had, with the stack of the attempt.

The recorder shares no code with the package under test. Otherwise both could overlook the same imports. The recorder
judges nothing. `rules.py` judges the records in another process.

In:  the path of a file, to which each record is appended as one line, the `repr` of a tuple:
     ("attempt", pid, name, frames)   frames innermost first: (file, function, line, opcode, module)
     ("unseen", pid, names)           appeared in `sys.modules` without asking the finders
     ("arrived", pid, names)          attempted, and there at the end
     ("outcome", ...)                 whatever `note()` was given
Out: nothing in this process. It imports nothing while it records, because that would hide late imports.

Limits: a module that a test puts into `sys.modules` by hand, or loads through `imp` or a loader of its
own, is only seen as "unseen".  Children made by `os.fork()` are recorded, spawned ones are not.
"""

from __future__ import absolute_import, division, print_function

import os
import sys

# A stack deeper than this is a test of deep recursion; what matters is at its two ends.
DEEPEST_STACK = 400


def frames_from(frame):
    """Return the stack from `frame` outwards, as tuples (file, function, line, opcode number, module name)."""
    found = []
    while frame is not None and len(found) < DEEPEST_STACK:
        code = frame.f_code
        at = frame.f_lasti
        bytecode = code.co_code
        opcode = bytearray(bytecode[at : at + 1])[0] if 0 <= at < len(bytecode) else -1
        found.append((code.co_filename, code.co_name, frame.f_lineno, opcode, frame.f_globals.get("__name__")))
        frame = frame.f_back
    return found


class Recorder(object):
    """Find nothing, and note who asks. A meta-path finder."""

    def __init__(self, path):
        self.path = path
        self.known = set(sys.modules)
        self.attempted = set()

    def install(self):
        """Begin to note. The finder is the first, because another finder could answer before it."""
        self.known.update(sys.modules)
        sys.meta_path.insert(0, self)

    def note(self, *record):
        """Append one record. Open the file each time, because tests close descriptors that they did not open."""
        line = (repr(record) + "\n").encode("utf-8", "backslashreplace")
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except EnvironmentError:  # a test took every descriptor, or the root directory, away
            return
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)

    def note_unseen(self):
        """Note the modules that came without asking `sys.meta_path`."""
        present = set(list(sys.modules))
        unseen = present - self.known - self.attempted
        self.known |= present
        if unseen:
            self.note("unseen", os.getpid(), sorted(unseen))

    def end(self):
        """Note what became of the attempts, and go on recording."""
        self.note_unseen()
        self.note("arrived", os.getpid(), sorted(name for name in self.attempted if sys.modules.get(name)))

    def _attempt(self, name, frame):
        self.note_unseen()
        # Only the first attempt counts: what was here once and was removed is the test's doing.
        if name in self.known or name in self.attempted:
            return
        frames = frames_from(frame)
        if sys.version_info[0] > 2 and not _is_an_import(frames):
            return
        self.attempted.add(name)
        self.note("attempt", os.getpid(), name, frames)

    def find_spec(self, name, path=None, target=None):
        self._attempt(name, sys._getframe(1))
        return None

    if sys.version_info[0] == 2:

        def find_module(self, name, path=None):
            self._attempt(name, sys._getframe(1))
            return None


def _is_an_import(frames):
    """Return whether the import machinery asks, not `importlib.util.find_spec` or a test that calls finders."""
    for filename, function, _, _, _ in frames:
        if not filename.startswith("<frozen importlib"):
            return False
        if function in ("_find_and_load", "_find_and_load_unlocked"):
            return True
    return False
