"""Starts programs under a time limit and leaves nothing of them running."""

from __future__ import absolute_import, division, print_function

import collections
import os
import signal
import subprocess
import sys
import tempfile
import time
from timeit import default_timer as clock

POLL = 0.005  # seconds between two looks at a process; 2.7 cannot wait with a limit

# So that everything a program starts can be ended at once, whether or not the program does it.
if sys.version_info[0] > 2:
    _OWN_GROUP = {"start_new_session": True}
else:
    _OWN_GROUP = {"preexec_fn": getattr(os, "setsid", None)}


class Ended(collections.namedtuple("Ended", "status stdout stderr")):
    """How a program ended: exit status (None at the time limit), and what it wrote, as text."""

    __slots__ = ()


class Process(object):
    """A program that runs in a process group of its own.

    command      a list: the program and its arguments
    environment  a dictionary, the whole environment
    limit        seconds after which the program is ended
    folder       its working directory

    Raises OSError if the program cannot be started. Whoever makes one calls `end()` at last,
    whatever happens.
    """

    def __init__(self, command, environment, limit, folder=None):
        # Files, not pipes: a grandchild that outlives its parent would keep a pipe open.
        self._streams = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self._process = None  # while it may run, or may have left something that runs
        self._deadline = clock() + limit
        try:
            with open(os.devnull) as stdin:
                options = dict(_OWN_GROUP, cwd=folder, env=environment, close_fds=True)
                options.update(stdin=stdin, stdout=self._streams[0], stderr=self._streams[1])
                self._process = subprocess.Popen(command, **options)
        except BaseException:
            self.end()
            raise

    def poll(self):
        """Return None while the program runs, and then once how it ended, an `Ended`."""
        status = self._process.poll()
        if status is None and clock() < self._deadline:
            return None
        self._kill()
        texts = []
        for stream in self._streams:
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
        return Ended(status, *texts)

    def end(self):
        """End the program with all that it started. May be called at any time, and again."""
        self._kill()
        for stream in self._streams:
            stream.close()

    def _kill(self):
        process = self._process
        if process is None:
            return
        # Also when the program itself has ended: what it started may still run, in its group.
        try:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            elif process.returncode is None:
                _kill_tree(process)
        except OSError:
            pass
        if process.returncode is None and hasattr(os, "killpg"):
            # Not Popen.wait(): after an interrupt inside of Popen.poll() its lock stays locked.
            try:
                os.waitpid(process.pid, 0)
            except OSError:  # Popen.poll() saw the end, and was interrupted before it said so
                pass
            process.returncode = -signal.SIGKILL
        process.wait()
        self._process = None  # from now on the system may give its number to another process


def _kill_tree(process):
    # Windows has no process groups that can be ended. Children of a program that has ended are
    # not found any more.
    with open(os.devnull, "r+") as null:
        try:
            subprocess.call(
                ["taskkill", "/F", "/T", "/PID", str(process.pid)],
                stdin=null,
                stdout=null,
                stderr=null,
            )
        finally:
            process.kill()


def run(command, environment, limit, folder=None):
    """Run `command` as `Process` does, and return how it ended, an `Ended`."""
    process = Process(command, environment, limit, folder)
    try:
        while True:
            ended = process.poll()
            if ended is not None:
                return ended
            time.sleep(POLL)
    finally:
        process.end()


def last_line(text):
    """Return the last line of `text` that is not empty."""
    return (text.strip() or "no message").splitlines()[-1]


def clean_environment():
    """Return a copy of this process's environment without what changes a fresh interpreter."""
    return dict(
        (name, value)
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "WARMUP_"))
    )
