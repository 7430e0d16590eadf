"""Start programs under a time limit, and end every process that they have started."""

from __future__ import absolute_import, division, print_function

import collections
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from timeit import default_timer as clock

POLL = 0.005  # seconds between two looks at a process; 2.7 cannot wait with a limit

# Without a process group, what a program has started could not be ended with it.
if sys.version_info[0] > 2:
    OWN_GROUP = {"start_new_session": True}
else:
    OWN_GROUP = {"preexec_fn": getattr(os, "setsid", None)}


class Ended(collections.namedtuple("Ended", "status stdout stderr")):
    """Say how a program ended: its exit status (None at the time limit), and its output as text."""

    __slots__ = ()


class Process(object):
    """Run a program in a process group of its own.

    command      the program and its arguments, a list
    environment  the whole environment, a dictionary
    limit        seconds after which the program is ended
    folder       the working directory

    Raise OSError if the program cannot be started. The caller must call `end()` in the end.
    """

    def __init__(self, command, environment, limit, folder=None):
        # A grandchild that outlives its parent would keep pipes open. Files need no end.
        self._streams = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self._process = None  # the Popen object, until it and its process group are ended
        self._deadline = clock() + limit
        try:
            with open(os.devnull) as stdin:
                options = dict(OWN_GROUP, cwd=folder, env=environment, close_fds=True)
                options.update(stdin=stdin, stdout=self._streams[0], stderr=self._streams[1])
                self._process = subprocess.Popen(command, **options)
        except BaseException:
            self.end()
            raise

    def poll(self):
        """Return None while the program runs. When it has ended, return an `Ended`, once."""
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
        """End the program and all that it has started. A second call does nothing."""
        self._kill()
        for stream in self._streams:
            stream.close()

    def _kill(self):
        process = self._process
        if process is None:
            return
        # When the program has ended, its group may still run what it has started.
        try:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            elif process.returncode is None:
                _kill_tree(process)
        except OSError:
            pass
        if process.returncode is None and hasattr(os, "killpg"):
            # Popen.wait() would hang after an interrupt inside of Popen.poll(), which keeps a lock.
            try:
                os.waitpid(process.pid, 0)
            except OSError:  # Popen.poll() has waited, and was interrupted before it noted that
                pass
            process.returncode = -signal.SIGKILL
        process.wait()
        self._process = None  # without it, a later call could end another process of that number


def _kill_tree(process):
    # Windows cannot end a process group. taskkill does not find the children of a program that
    # has ended.
    with open(os.devnull, "r+") as null:
        try:
            subprocess.call(["taskkill", "/F", "/T", "/PID", str(process.pid)], stdin=null, stdout=null, stderr=null)
        finally:
            process.kill()


def run(command, environment, limit, folder=None):
    """Run `command` as `Process` does, wait for its end, and return an `Ended`."""
    process = Process(command, environment, limit, folder)
    try:
        while True:
            ended = process.poll()
            if ended is not None:
                return ended
            time.sleep(POLL)
    finally:
        process.end()


@contextlib.contextmanager
def ended_by_signals():
    """Let signals raise an exception in the block, as Ctrl-C does. Else processes and files would remain."""
    if not isinstance(threading.current_thread(), getattr(threading, "_MainThread")):
        yield  # only the main thread may set handlers
        return

    began = []

    def end(number, frame):
        # A second signal must not interrupt the end of the processes. Not by SIG_IGN alone: of two signals at once,
        # 3.6 would call that number. 2.7 needs it, because there a signal ends time.sleep() with an error.
        if not began:
            began.append(number)
            for other in numbers if sys.version_info[0] == 2 else ():
                signal.signal(other, signal.SIG_IGN)
            raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)

    # Windows has no SIGHUP. nohup ignores it.
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name)]
    before = {one: signal.getsignal(one) for one in numbers}
    numbers = [one for one in numbers if before[one] in (signal.SIG_DFL, signal.default_int_handler)]
    try:
        for number in numbers:
            signal.signal(number, end)
        yield
    finally:
        for number in numbers:
            signal.signal(number, before[number])


def last_line(text):
    """Return the last line of `text` that is not empty."""
    return (text.strip() or "no message").splitlines()[-1]


def clean_environment():
    """Return a copy of this environment without the variables of Python and of `warmup`."""
    return dict(
        (name, value)
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "WARMUP_")) and name != "WARMUP"
    )
