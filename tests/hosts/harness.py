"""Starts a host, sends it work, and tells from the recorder's log what was loaded late and where preloading ran.

A run is one host, cold or warm, in a session and a temporary folder of its own; both are gone when it is closed. Cold
means that a package which does nothing stands in for ``warmup``: the host's configuration file is the same.
"""
from __future__ import absolute_import, division, print_function

import collections
import json
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

try:
    from http.client import HTTPConnection
    from socketserver import StreamRequestHandler, ThreadingTCPServer
except ImportError:  # Python 2.7
    from httplib import HTTPConnection
    from SocketServer import StreamRequestHandler, ThreadingTCPServer

HERE = os.path.dirname(os.path.abspath(__file__))
CONFIGS = os.path.join(HERE, "configs")
CHECKOUT = os.path.dirname(os.path.dirname(HERE))
BOUND = 120  # seconds that anything may take on a busy machine

Sample = collections.namedtuple("Sample", "process sent seconds")  # one request or task, as the client saw it
Event = collections.namedtuple("Event", "event process parent thread seconds name")  # a line of the recorder's


class HostFailed(Exception):
    """The host did not start, or answered wrongly. The message ends with what it printed."""


class Run(object):
    """The process of a host, and what is around it. A context manager; it starts with `start`."""

    def __init__(self, warm, environment=()):
        self.warm = warm
        self.folder = tempfile.mkdtemp(prefix="warmup-host-")
        self.port = _free_port()
        self.python = sys.executable
        self._log = os.path.join(self.folder, "recorder.log")
        open(self._log, "w").close()
        os.chmod(self.folder, 0o755)
        os.chmod(self._log, 0o666)  # a host may change its user
        self._mail_server = _MailServer()
        self.environment = self._environment(dict(environment))
        self._nothing = open(os.devnull)
        self._process, self._output, self._ready = None, [], threading.Event()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _environment(self, more):
        inherited = {name: value for name, value in os.environ.items()
                     if not name.startswith(("PYTHON", "WARMUP", "GUNICORN", "VIRTUAL_ENV"))}
        folders = ["recording", "application"] + ([] if self.warm else ["cold"])
        return dict(
            inherited, PATH=os.path.dirname(self.python) + os.pathsep + os.environ["PATH"],
            PYTHONPATH=os.pathsep.join([os.path.join(HERE, folder) for folder in folders] + [CHECKOUT]),
            HOSTS_LOG=self._log, HOSTS_SMTP_PORT=str(self._mail_server.port), PORT=str(self.port), FOLDER=self.folder,
            **more)

    def start(self, command, ready=None):
        """Start ``command``; return when it has printed what matches ``ready``, or (``None``) when it has ended.

        Returns the lines that it has printed until then.
        """
        fields = dict(python=self.python, bin=os.path.dirname(self.python), port=self.port, folder=self.folder,
                      configs=CONFIGS)
        self._process = subprocess.Popen(
            [word.format(**fields) for word in command], cwd=self.folder, env=self.environment,
            stdin=self._nothing, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **_SESSION)
        self._reader = threading.Thread(target=self._read, args=(ready,))
        self._reader.daemon = True
        self._reader.start()
        if not self._ready.wait(BOUND):
            raise self.failure("not ready after %d s" % BOUND)
        if ready and not self._is_ready:
            raise self.failure("ended before it was ready")
        if not ready and self._process.wait():
            raise self.failure("ended with %d" % self._process.returncode)
        return list(self._output)

    def _read(self, ready):
        self._is_ready = False
        for line in iter(self._process.stdout.readline, b""):
            self._output.append(line.decode("utf-8", "replace").rstrip())
            if ready and re.search(ready, self._output[-1]):
                self._is_ready = True
                self._ready.set()
        self._ready.set()

    def failure(self, text):
        return HostFailed("%s; it printed:\n%s" % (text, "\n".join(self._output[-60:])))

    def events(self):
        """The `Event` of each line of the recorder's log, in order."""
        with open(self._log) as log:
            rows = [line.rstrip("\n").split("\t") for line in log]
        return [Event(row[0], int(row[1]), int(row[2]), row[3], float(row[4]), row[5]) for row in rows]

    def stop(self):
        """End the host and all that it has started, as its documentation says first, then by force."""
        if self._process is None:
            return
        session, self._process, process = self._process.pid, None, self._process
        for number in (signal.SIGTERM, signal.SIGKILL):
            if process.poll() is None or number == signal.SIGKILL:
                _signal_group(session, number)
            self._reader.join(BOUND / 4)  # ends when the last process that holds the pipe does
        process.wait()
        process.stdout.close()

    def close(self):
        self.stop()
        self._nothing.close()
        self._mail_server.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- HTTP

    def fetch(self, path="/", method="GET", body=None, headers=()):
        """Return ``(status, body)`` of one request on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=BOUND)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def sample(self, path="/"):
        """Time one request to a page that answers what ``work.do()`` returned."""
        sent = time.time()
        status, body = self.fetch(path)
        seconds = time.time() - sent
        if status != 200:
            raise self.failure("answered %d %r" % (status, body[-2000:]))
        return Sample(json.loads(body.decode("ascii"))["process"], sent, seconds)


class Server(object):
    """A host that answers HTTP requests.

    ``command``: a list of words, in which ``{python}``, ``{bin}`` (the folder of the interpreter), ``{configs}``,
    ``{folder}`` and ``{port}`` are filled in; ``ready``: a regular expression for what it prints when it listens;
    ``workers``: how many processes it serves from; ``restarts``: whether it replaces them while it serves.
    """

    def __init__(self, name, command, ready, workers=1, restarts=False, environment=(), **requirements):
        self.name, self.command, self.ready = name, command, ready
        self.workers, self.restarts, self.environment = workers, restarts, environment
        self.requirements = requirements

    def samples(self, run):
        run.start(self.command, self.ready)
        samples = []
        for _ in range(40):
            # As many at once as there are workers: each has one to do.
            samples.extend(at_once([run.sample] * self.workers))
            counts = collections.Counter(sample.process for sample in samples)
            if len([process for process in counts if counts[process] >= 5]) >= self.workers + self.restarts:
                return samples
        raise run.failure("only these of %d processes answered: %s" % (self.workers, dict(counts)))


class Program(object):
    """A host that is a program: it sends its own tasks, and prints a line with what `measure.tasks` tells of each."""

    def __init__(self, name, command, restarts=False, environment=(), **requirements):
        self.name, self.command, self.restarts, self.environment = name, command, restarts, environment
        self.requirements = requirements

    def samples(self, run):
        lines = run.start(self.command)
        return [Sample(*json.loads(line)["sample"]) for line in lines if line.startswith('{"sample"')]


class Result(object):
    """What one run of a host has shown.

    ``late``: names of the modules that were loaded late, in order; ``first`` and ``later``: seconds, the slowest
    first request of a process and the median of all that were not the first; ``preloads``: where preloading ran
    that served these processes; ``processes``: how many served.
    """

    def __init__(self, host, samples, events):
        firsts, rest = {}, []
        for sample in sorted(samples, key=lambda sample: sample.sent):
            if sample.process in firsts:
                rest.append(sample.seconds)
            else:
                firsts[sample.process] = sample
        self.processes = len(firsts)
        self.later = sorted(rest)[len(rest) // 2]
        self.first = max(sample.seconds for sample in firsts.values())
        begin = {process: sample.sent for process, sample in firsts.items()}
        if host.restarts:  # a request waits while the process that will answer it starts: that is nothing late
            begin.update({event.process: event.seconds for event in events if event.event == "serve"})
            self.first = None
        self.late = [event.name for event in events
                     if event.event == "load" and event.seconds >= begin.get(event.process, float("inf"))]
        self.preloads = sorted({_where(process, events) for process in firsts})

    def as_dict(self):
        return {"late": self.late, "first_seconds": self.first, "later_seconds": self.later,
                "preloaded": self.preloads, "processes": self.processes}


def measure(host, warm):
    """Start ``host``, let it work, stop it; return the `Result`."""
    with Run(warm, host.environment) as run:
        samples = host.samples(run)
        run.stop()
        return Result(host, samples, run.events())


def _where(process, events):
    """In which process and thread preloading ran last that ``process`` profits from, as text."""
    parents = {event.process: event.parent for event in reversed(events)}
    main_threads = {event.process: event.thread for event in events if event.event == "start"}
    at, place = process, "in the worker"
    while at in parents:
        threads = [event.thread for event in events if event.event == "preloaded" and event.process == at]
        if threads:
            starter = at
            while starter in parents and starter not in main_threads:
                starter = parents[starter]
            return "%s, %s thread" % (place, "main" if threads[-1] == main_threads.get(starter) else "another")
        if at in main_threads:  # not forked: it has nothing from its parent
            return "nowhere"
        at, place = parents[at], "before the fork"
    return "nowhere"


def at_once(calls):
    """Do the ``calls``, each in a thread of its own; return what they return, or raise what one raised."""
    results, errors = [], []

    def do(call):
        try:
            results.append(call())
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=do, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


_SESSION = {"start_new_session": True} if sys.version_info[0] > 2 else {"preexec_fn": os.setsid}


def _signal_group(session, number):
    try:
        os.killpg(session, number)
    except OSError:  # none is left
        pass


def _free_port():
    listener = socket.socket()
    try:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
    finally:
        listener.close()


class _MailServer(object):
    """Takes mail on loopback and forgets it."""

    class _Dialogue(StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 here\r\n")
            for line in iter(self.rfile.readline, b""):
                word = line.strip().upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    while self.rfile.readline() not in (b".\r\n", b""):
                        pass
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 yes\r\n")
                if word == b"QUIT":
                    return

    def __init__(self):
        self._server = ThreadingTCPServer(("127.0.0.1", 0), self._Dialogue)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.daemon = True
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
