"""Run processes. No test and no study starts a process in another way.

Scripts that tests and studies run may start processes themselves: hostile conditions, configurations of hosts.

If the system has process groups, each process leads a group of its own. The group is killed when its process ends or
takes too long, or when the caller is interrupted. So no process outlives its test.
"""

from __future__ import absolute_import, division, print_function

import atexit
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SLOW = 120  # seconds that no child takes, even on a busy machine
clock = getattr(time, "perf_counter", time.time)

# Variables that would make a process differ from one that a user starts in a clean shell.
NOT_PASSED_ON = ("PYTHON", "WARMUP", "VIRTUAL_ENV")

if os.name != "posix":
    _GROUP = {}
elif sys.version_info[0] == 2:
    _GROUP = {"preexec_fn": os.setsid}
else:
    _GROUP = {"start_new_session": True}

_FOLDERS = []  # the one that `_folder` makes

# Windows has no SIGKILL, and ends at once by SIGTERM.
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


def restore_interrupts():
    """Let children receive SIGINT, also if this process was started with SIGINT ignored.

    Problem: ``nohup`` and background jobs of a shell script start processes that ignore SIGINT. A child inherits this,
    and then Python raises no ``KeyboardInterrupt`` in it. What is done: this process gets a handler that does nothing.
    A child does not inherit a handler.
    """
    try:
        if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
            signal.signal(signal.SIGINT, lambda number, frame: None)
    except ValueError:  # not the main thread
        pass


restore_interrupts()


class Failed(Exception):
    """Say that a process did not do what it was started to do."""


class Result(object):
    """Say how a process ended.

    ``code``: the exit status. Negative for a signal; ``None`` if the process took too long and was killed.
    ``out``, ``err``: what it printed, as text. ``seconds``: from its start to its end.
    """

    def __init__(self, code, out, err, seconds=0.0):
        self.code, self.out, self.err, self.seconds = code, out, err, seconds

    def __repr__(self):
        return "exit %s\n%s\n%s" % (self.code, self.out, self.err)

    def last_line(self):
        """Return the last line that is not blank, of ``err``, else of ``out``, for messages. Else name the status."""
        for text in (self.err, self.out):
            lines = [line for line in text.splitlines() if line.strip()]
            if lines:
                return lines[-1]
        return "exit status %s" % self.code


def free_port():
    """Return the number of a port of this machine on which nothing listens."""
    listener = socket.socket()
    try:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
    finally:
        listener.close()


def variables(*dropped, **more):
    """Return the environment of this process with ``more``, without variables that begin with a word of ``dropped``.

    The default of ``dropped`` is `NOT_PASSED_ON`.
    """
    dropped = dropped or NOT_PASSED_ON
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    kept.update(more)
    return kept


def run(words, environment=None, directory=None, seconds=SLOW, log=None):
    """Run a command to its end. Return a `Result`.

    ``words``: the command, a list. ``environment``: all of its variables; the default is `variables()`. ``directory``:
    its current folder; the default is a folder of this process. ``seconds``: kill it after this time. ``log``: an
    open file that gets what it prints; then ``out`` and ``err`` are empty.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        streams = (out, err) if log is None else (log, subprocess.STDOUT)
        started = clock()
        child = _start(words, environment, directory, *streams)
        is_late = []
        timer = threading.Timer(seconds, lambda: (is_late.append(True), _kill(child, _KILL)))
        timer.daemon = True
        timer.start()
        try:
            child.wait()  # 2.7 has no wait(timeout)
            elapsed = clock() - started
        finally:
            timer.cancel()
            timer.join()  # 2.7 complains of a thread that is still there at the end
            _kill(child, _KILL)
            child.wait()
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace").replace("\r\n", "\n"))
        return Result(None if is_late else child.returncode, texts[0], texts[1], elapsed)


def output(words, **more):
    """Run a command, and return what it printed. Raise `Failed` with its last line if its exit status is not 0."""
    result = run(words, **more)
    if result.code != 0:
        raise Failed(result.last_line())
    return result.out


def is_running(number):
    """Return whether the process ``number`` runs. A process that its parent has yet to notice has ended.

    Raise ``unittest.SkipTest`` on Windows.
    """
    if os.name != "posix":
        raise unittest.SkipTest("needs /proc or ps")
    if not os.path.exists("/proc/self/stat"):
        state = run(["ps", "-o", "stat=", "-p", str(number)]).out.strip()
        return bool(state) and not state.startswith("Z")
    try:
        with open("/proc/%d/stat" % number) as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except EnvironmentError:
        return False


def has_ended(number, seconds=SLOW):
    """Wait until the process ``number`` has ended, for ``seconds`` at most. Return whether it has."""
    until = time.time() + seconds
    while is_running(number) and time.time() < until:
        time.sleep(0.01)
    return not is_running(number)


class Service(object):
    """Run a process that does not end by itself, such as a server. Collect the lines that it and its children print.

    ``words``, ``environment``, ``directory``: see `run`.
    """

    def __init__(self, words, environment=None, directory=None):
        self._words = words
        self._lines, self._has_ended, self._more = [], False, threading.Condition()
        self._process = _start(words, environment, directory, subprocess.PIPE, subprocess.STDOUT)
        self.process_id = self._process.pid
        self._reader = threading.Thread(target=self._read)
        self._reader.daemon = True
        self._reader.start()

    def _read(self):
        for line in iter(self._process.stdout.readline, b""):
            with self._more:
                self._lines.append(line.decode("utf-8", "replace").rstrip())
                self._more.notify_all()
        with self._more:
            self._has_ended = True
            self._more.notify_all()

    def find(self, pattern):
        """Return the places of the lines that match, in order."""
        return [place for place, line in enumerate(list(self._lines)) if re.search(pattern, line)]

    def has_printed(self, pattern, times, seconds):
        """Wait until ``times`` of its lines match, for ``seconds`` at most. Return whether they do."""
        return self._wait(lambda: len(self.find(pattern)) >= times, seconds)

    def wait(self, pattern, times=1):
        """Wait until ``times`` of its lines match, and return its lines. Raise `Failed` if that takes too long."""
        if not self.has_printed(pattern, times, SLOW):
            why = "ended before it was ready: " if self._has_ended else "not ready after %d s: " % SLOW
            raise Failed(why + self.printed())
        return list(self._lines)

    def wait_for_code(self):
        """Wait until it ends, and return its exit status. Raise `Failed` if that takes too long."""
        if not self._wait(lambda: self._has_ended, SLOW):
            raise Failed("not ready after %d s: %s" % (SLOW, self.printed()))
        return self._process.wait()

    def wait_for_end(self):
        """Wait until it ends with exit status 0, and return its lines. Raise `Failed` if it does not."""
        code = self.wait_for_code()
        if code:
            raise Failed("ended with %d: %s" % (code, self.printed()))
        return list(self._lines)

    def _wait(self, is_true, seconds):
        until = time.time() + seconds
        with self._more:
            while not is_true() and not self._has_ended and time.time() < until:
                self._more.wait(until - time.time())
            return is_true()

    def printed(self):
        """Return the command and the last lines that it printed, as text."""
        return "%s printed:\n%s" % (" ".join(self._words), "\n".join(self._lines[-200:]))

    def send(self, number):
        """Send it and its children a signal."""
        _kill(self._process, number)

    def stop(self):
        """End it: first by SIGTERM, as servers document, then by force."""
        if self._process.poll() is None:
            _kill(self._process, signal.SIGTERM)
        self._reader.join(SLOW / 6)  # the reader ends with the last process that holds the pipe
        _kill(self._process, _KILL)
        self._reader.join(SLOW / 6)
        self._process.wait()
        self._process.stdout.close()


def _folder():
    """Return a folder that is the same for all processes: what others put into /tmp must not be on their path."""
    if not _FOLDERS:
        _FOLDERS.append(tempfile.mkdtemp(prefix="warmup-tests-"))
        os.chmod(_FOLDERS[0], 0o755)  # Apache's workers are another user's
        atexit.register(shutil.rmtree, _FOLDERS[0], True)
    return _FOLDERS[0]


def _start(words, environment, directory, out, err):
    with open(os.devnull, "rb") as nothing:
        return subprocess.Popen(
            words,
            stdin=nothing,
            stdout=out,
            stderr=err,
            env=variables() if environment is None else environment,
            cwd=directory or _folder(),
            **_GROUP
        )


def _kill(process, number):
    """Send a signal to a process and to all processes of its group."""
    try:
        if _GROUP:
            os.killpg(process.pid, number)
        elif process.poll() is None:
            process.kill()
    except OSError:  # the group has no process any more
        pass
