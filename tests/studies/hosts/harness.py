"""Start a host, send it work, and read from the recorder's log what was loaded late and where preload() ran.

A run is one host, cold or warm, in a session and a temporary folder of its own. Closing the run ends both. In a cold
run, a package that does nothing replaces ``warmup``. So the host's configuration file is the same in both runs. A host
that does not start or answers wrongly raises `support.process.Failed` with what the host printed.
"""

from __future__ import absolute_import, division, print_function

import collections
import errno
import json
import os
import shutil
import socket
import sys
import tempfile
import threading
import time

from tests.support.process import NOT_PASSED_ON, ROOT, SLOW, Failed, Service, free_port, variables

try:
    from http.client import HTTPConnection
    from socketserver import StreamRequestHandler, ThreadingTCPServer
except ImportError:  # Python 2.7
    from httplib import HTTPConnection
    from SocketServer import StreamRequestHandler, ThreadingTCPServer

HERE = os.path.dirname(os.path.abspath(__file__))
CONFIGS = os.path.join(HERE, "configs")
_RECORDING = os.path.join(ROOT, "tests", "support", "recording")
_PATIENCE = 5  # seconds until a file is touched again; hosts look at theirs each second
# Variables whose names begin so would contradict the configuration of a host.
_NOT_PASSED_ON = NOT_PASSED_ON + ("GUNICORN", "FLASK", "WERKZEUG", "UVICORN", "DJANGO", "RUN_MAIN")

# One request or task, as the client saw it. ``worked``: how many seconds the application itself took.
Sample = collections.namedtuple("Sample", "process sent seconds worked")
# A line of the recorder's log.
Event = collections.namedtuple("Event", "event process parent thread seconds name asker")


class Run(object):
    """Run the processes of a host. A context manager. `start` starts each process.

    ``path``: folders in ``configs`` for the module search path. ``environment``: more variables; `start` fills in the
    fields in their values. ``copies``: files in ``configs`` to copy into the folder of the host.
    """

    def __init__(self, warm, path=(), environment=(), copies=()):
        # On 2.7, strptime fails at once if another thread imports at this moment. Then the page fails.
        self._fails_late = not warm and sys.version_info[0] == 2
        self.folder = tempfile.mkdtemp(prefix="warmup-host-")
        self.port, self._log = free_port(), os.path.join(self.folder, "recorder.log")
        open(self._log, "w").close()
        os.chmod(self.folder, 0o755)
        os.chmod(self._log, 0o666)  # a host may change its user
        self._fields = dict(
            python=sys.executable,
            bin=os.path.dirname(sys.executable),
            configs=CONFIGS,
            folder=self.folder,
            port=self.port,
            port2=free_port(),
        )
        for name in copies:
            shutil.copy(os.path.join(CONFIGS, name), self.folder)
        self._mail_server = _MailServer()
        self._services = []
        folders = [_RECORDING] + [os.path.join(CONFIGS, folder) for folder in path]
        folders += [os.path.join(HERE, "application"), CONFIGS] + ([] if warm else [os.path.join(HERE, "cold")])
        self._environment = variables(*_NOT_PASSED_ON)
        self._environment.update(
            PATH=self._fields["bin"] + os.pathsep + os.environ["PATH"],
            PYTHONPATH=os.pathsep.join(folders + [ROOT]),
            HOME=self.folder,
            RECORDER_LOG=self._log,
            HOSTS_SMTP_PORT=str(self._mail_server.port),
            PORT=str(self.port),
            FOLDER=self.folder,
            CONFIGS=CONFIGS,
            PYTHON_HOME=sys.prefix,
            PYTHONUNBUFFERED="1",
        )
        self._environment.update((name, value.format(**self._fields)) for name, value in dict(environment).items())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def start(self, command, ready=None, times=1):
        """Start ``command``. Wait until ``times`` of its lines match ``ready``, and return its lines so far.

        ``ready``: a regular expression. Without it, wait until the command has ended. ``command``: words with the
        fields ``{python}``, ``{bin}`` (the folder of the interpreter), ``{configs}``, ``{folder}`` (the current
        folder), ``{port}`` and ``{port2}``.
        """
        words = [word.format(**self._fields) for word in command]
        service = Service(words, self._environment, self.folder)
        self._services.append(service)
        return service.wait(ready, times) if ready else service.wait_for_end()

    def reload(self, name, noticed, ready):
        """Touch the copy of the file ``name``, which the host watches.

        Wait until the host has printed another line that matches ``noticed``, and then a line that matches ``ready``.
        """
        service = self._services[-1]
        times = len(service.find(noticed)) + 1
        for _ in range(SLOW // _PATIENCE):
            os.utime(os.path.join(self.folder, name), None)
            # A host that looks at its files for the first time after this does not notice it. So touch the file again.
            if service.has_printed(noticed, times, _PATIENCE):
                line = service.find(noticed)[times - 1]
                return service.wait(ready, len([at for at in service.find(ready) if at < line]) + 1)
        raise self.failure("%s was touched, and nothing happened" % name)

    def printed(self):
        """Return all that the host has printed so far, as text."""
        return "\n".join(service.printed() for service in self._services)

    @property
    def process_id(self):
        """Return the number of the process that was started last."""
        return self._services[-1].process_id

    def events(self):
        """Return the `Event` of each line of the recorder's log, in order."""
        with open(self._log) as log:
            rows = [line.rstrip("\n").split("\t") for line in log]
        return [Event(row[0], row[1], row[2], row[3], float(row[4]), row[5], row[6]) for row in rows]

    def failure(self, text):
        return Failed("%s\n%s" % (text, self.printed()))

    def stop(self):
        """End the host and all that it has started."""
        while self._services:
            self._services.pop().stop()

    def close(self):
        self.stop()
        self._mail_server.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- HTTP

    def fetch(self, path="/", method="GET", body=None, headers=()):
        """Return ``(status, body, sent, seconds)`` of one request on a connection of its own."""
        connection = self._connection()
        try:
            sent = time.time()
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return response.status, response.read(), sent, time.time() - sent
        finally:
            connection.close()

    def _connection(self):
        connection, patience = (HTTPConnection("127.0.0.1", self.port, timeout=SLOW), time.time() + SLOW)
        while True:
            try:
                connection.connect()
                return connection
            except socket.error as error:
                # granian says that it has started, then listens.
                if error.errno != errno.ECONNREFUSED or time.time() > patience:
                    raise self.failure("cannot be reached: %s" % error)
                time.sleep(0.02)

    def sample(self, path="/"):
        """Time one request to a page that answers what ``work.do()`` returned."""
        status, body, sent, seconds = self.fetch(path)
        patience = sent + SLOW
        while status == 500 and self._fails_late and sent < patience:
            status, body, sent, seconds = self.fetch(path)
        if status != 200:
            raise self.failure("answered %d %r" % (status, body[-2000:]))
        done = json.loads(body.decode("ascii"))
        return Sample(done["process"], sent, seconds, done["seconds"])


class Host(object):
    """Describe a host.

    ``preloads``: in which process and thread its configuration runs ``preload()``. ``timed_inside``: whether to count
    only the application's own time. That is needed if a request can wait for the start of a process, or if the client
    is slow at first. ``path``, ``environment`` and ``copies``: see `Run`. ``modules``, ``commands``, ``since`` (a
    version of Python), ``prefix`` (files of the installation) and ``forks`` (whether it calls ``os.fork``): what it
    needs.
    """

    def __init__(
        self,
        name,
        preloads,
        timed_inside=False,
        path=(),
        environment=(),
        copies=(),
        modules=(),
        commands=(),
        since=None,
        prefix=None,
        forks=False,
    ):
        self.name, self.preloads, self.timed_inside, self.path, self.environment, self.copies = (
            name,
            preloads,
            timed_inside,
            path,
            environment,
            copies,
        )
        self.modules, self.commands, self.since, self.prefix, self.forks = modules, commands, since, prefix, forks

    def run(self, warm):
        """Return a `Run` for the host."""
        return Run(warm, self.path, self.environment, self.copies)

    def seconds(self, sample):
        return sample.worked if self.timed_inside else sample.seconds


class Server(Host):
    """Describe a host that answers HTTP requests.

    ``ready``: a regular expression for the line that each of the ``workers`` prints when it is ready. ``processes``:
    how many processes, or interpreters in them, must have answered in the end. ``paths``: paths to fetch, in turn.
    """

    def __init__(self, name, command, ready, workers=1, processes=None, paths=("/",), **more):
        Host.__init__(self, name, **more)
        self.command, self.ready, self.workers, self.paths = command, ready, workers, paths
        self.processes = processes or workers

    def samples(self, run):
        run.start(self.command, self.ready, self.workers)
        samples = []
        for turn in range(60):
            path = self.paths[turn % len(self.paths)]
            # More requests at once than processes. Otherwise a process might never get a request.
            samples.extend(at_once([lambda: run.sample(path)] * (2 * self.processes if self.processes > 1 else 1)))
            counts = collections.Counter(sample.process for sample in first_and_later(samples)[1])
            if len([process for process in counts if counts[process] >= 4]) >= self.processes:
                return samples
        raise run.failure("only these of %d processes answered often: %s" % (self.processes, dict(counts)))


class Reloader(Server):
    """Describe a server whose first process only watches files, and starts the process that serves.

    ``file``: a watched file in ``configs``. Each run touches a copy of it. ``noticed``: a regular expression for what
    the host prints when it has noticed the change.
    """

    def __init__(self, name, command, ready, file, noticed, **more):
        Server.__init__(self, name, command, ready, copies=[file], **more)
        self.file, self.noticed = file, noticed


class Program(Host):
    """Describe a host whose last command sends tasks, and prints what ``measuring.tasks`` prints.

    ``services``: pairs of a command and what it prints when it is ready. They are started before, in this order.
    """

    def __init__(self, name, command, services=(), **more):
        Host.__init__(self, name, **more)
        self.command, self.services = command, services

    def samples(self, run):
        for command, ready in self.services:
            run.start(command, ready)
        lines = run.start(self.command)
        samples = [Sample(*json.loads(line)["sample"]) for line in lines if line.startswith('{"sample"')]
        if not samples:
            raise run.failure("no task was done")
        return samples


class Result(object):
    """Hold what one run of a host has shown.

    ``late``: names of the standard modules that were loaded late, in order. ``first``: seconds of the slowest first
    request or task of a process. ``later``: the median of the later ones, in seconds. ``preloaded``: in which process
    and thread `preload()` ran for these processes. ``processes``: how many processes answered.
    """

    def __init__(self, host, samples, events):
        firsts, later = first_and_later(samples)
        self.first, self.later = max(map(host.seconds, firsts.values())), _median(map(host.seconds, later))
        begin = {
            process: _begin(host, [sample for sample in samples if sample.process == process], events)
            for process in firsts
        }
        self.late = [
            event.name
            for event in events
            if event.event == "load" and event.process in begin and event.seconds >= begin[event.process]
        ]
        self.preloaded = "; ".join(sorted({_where(process, events) for process in firsts}))
        self.processes = len(firsts)

    def as_dict(self):
        return {
            "late": self.late,
            "first_seconds": self.first,
            "later_seconds": self.later,
            "preloaded": self.preloaded,
            "processes": self.processes,
        }


def measure(host, warm):
    """Start ``host``, let it work, stop it, and return the `Result`. Raise `Failed` if it does not work."""
    with host.run(warm) as run:
        samples = host.samples(run)
        run.stop()
        return Result(host, samples, run.events())


def first_and_later(samples):
    """Return the first finished sample of each process, as a dictionary, and a list of the samples sent later."""
    firsts = {}
    for sample in sorted(samples, key=_end):
        firsts.setdefault(sample.process, sample)
    return firsts, [sample for sample in samples if sample.sent >= _end(firsts[sample.process])]


def _end(sample):
    return sample.sent + sample.seconds


def _begin(host, samples, events):
    """Return from when on the imports of a process are late: from the first request to it, after its start."""
    process = samples[0].process
    serve, preloaded = (
        [event.seconds for event in events if event.event == name and event.process == process]
        for name in ("serve", "preloaded")
    )
    if host.timed_inside and _where(process, events) == "nowhere":
        return serve[0]
    return max([min(sample.sent for sample in samples)] + preloaded)


def _median(numbers):
    numbers = sorted(numbers)
    return numbers[len(numbers) // 2]


def _where(process, events):
    """Return in which process and thread the last preload() ran whose modules ``process`` has, as text."""
    parents = {event.process: event.parent for event in reversed(events)}
    # These were not forked: they have nothing of a parent's.
    started = {event.process for event in events if event.event == "start"}
    main_threads = {event.process: event.thread for event in events if event.event in ("start", "fork")}
    preloads = {event.process: event.thread for event in events if event.event == "preloaded"}
    at, place = process, "in the worker"
    while at not in preloads:
        if at in started or at not in parents:
            return "nowhere"
        at, place = parents[at], "before the fork"
    thread = preloads[at]
    # The recorder notes no fork before Python 3.7. Assume that the main thread forked.
    while at not in main_threads:
        at = parents[at]
    return "%s, %s thread" % (place, "main" if thread == main_threads[at] else "another")


def at_once(calls):
    """Make the ``calls``, each in a thread of its own. Return their results, or raise the exception of a call."""
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


class _MailServer(object):
    """Accept mail on loopback, and drop it."""

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
