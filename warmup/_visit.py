"""Import an application and use it once, in a process that has loaded nothing else. Part of ``check``.

The application cannot import late what this file imports at its top. So this file imports only what a bare interpreter
has loaded.
"""

from __future__ import absolute_import, division, print_function

import io
import os
import sys
import time

from warmup._preload import left_out, preload
from warmup._python.compat import PY2, PYPY, _thread, clock, frames, get_ident
from warmup._record import VARIABLE, Collector, Pause
from warmup._report import Report
from warmup._sources import manifest
from warmup._values import FAILED, STALE, ArgumentError, PreloadError, describe
from warmup._watch import Watch

_DEFAULTS = ("application", "app")  # attributes to try if only MODULE is named


def visit(job, path):
    """Do ``job``, write the answer to the file ``path``, and end the process.

    The file gets a line for each thing that begins. The last line is the answer, by ``repr``. If something takes too
    long, the file ends with the stacks of all threads instead.

    ``job``: a dictionary. ``module`` and ``attribute`` name the application; ``""`` stands for a default attribute.
    ``call``: if the attribute is a factory, its arguments as a list and a dictionary, else ``None``. ``used``:
    ``(module, attribute)`` of a function to call instead of requests, or ``None``. ``requests``: paths. ``asgi``:
    whether the user says that it is an ASGI application. ``timeout``: how many seconds a thing may take.
    ``options``: keywords for ``preload()``, or ``None`` for a cold run.
    """
    os.environ.pop(VARIABLE, None)
    package = sys.modules["warmup"]  # as the application finds it
    # Without this line, a refused import would hide what comes after it, and preload() could not import either.
    package.watch = _watch_without_refusing
    # Without these lines, an application that preloads by itself would not be cold.
    if job["options"] is None:
        os.environ["WARMUP"] = "off"  # again, because -I hides the variables that the process was started with
        package.preload = lambda *args, **kwargs: Report((), 0.0)
    with io.open(path, "wb") as stream:
        visit = _Visit(job, _Limit(job["timeout"], stream))
        visit.run()
        visit.end_if_forked()
        stream.write(repr(visit.answer).encode("utf-8"))
    _exit(0)


def _exit(code):
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:  # closed before the start
                stream.flush()
    finally:  # the application may have closed or replaced a stream
        os._exit(code)  # sys.exit() would wait for threads of the application, which may run for ever


def _watch_without_refusing(action="record", exclude=()):
    return Watch("record" if action == "raise" else action, exclude)


class _Visit(object):
    """Carry out one run.

    ``answer``: a dictionary.

        ``subject``: the module that is imported, or was imported last
        ``problem``: why it could not be imported, as text, or ``None``
        ``refused``: the name and the problem of an option that ``preload()`` refuses, or ``None``
        ``preload``: totals of ``preload()``, or ``None``
        ``late``: a dictionary for each late import
        ``uses``: triples of path or function, status (``None`` for a call) and seconds
        ``raised``: what the application raised, and in which request, as text, or ``None``
        ``derivable``: names of modules that ``packages=`` would take in
    """

    def __init__(self, job, limit):
        self._job, self._limit, self._process = job, limit, os.getpid()
        self._loop = None
        self._is_guess = False
        self.answer = {
            "subject": job["module"] or job["used"][0],
            "problem": None,
            "refused": None,
            "preload": None,
            "late": [],
            "uses": [],
            "raised": None,
            "derivable": [],
        }

    def run(self):
        job, answer = self._job, self.answer
        # As gunicorn does. The folder stays on the path, because the application may import its own modules late.
        sys.path.insert(0, os.getcwd())
        sys.argv[:] = [answer["subject"]]
        self._limit.begin("the import of %s" % sys.argv[0])
        try:
            use = self._find()
            # Servers use threading. Before 3.13, threading takes the thread that loads it for the main thread.
            _import_for_servers("threading")
        except BaseException as error:  # a module may call sys.exit()
            self.end_if_forked(error)
            answer["problem"] = describe(error)
            return
        self.end_if_forked()
        if job["options"] is not None:
            self._limit.begin("preload()")
            try:
                self._preload(job["options"])
            except (ArgumentError, PreloadError) as error:
                answer["refused"] = (getattr(error, "argument", ""), getattr(error, "problem", str(error)))
                return
        done = _thread.allocate_lock()
        done.acquire()
        _thread.start_new_thread(self._work, (use, done))
        # On 2.7, Ctrl-C does not interrupt a waiting acquire().
        while PY2 and not done.acquire(False):
            time.sleep(0.005)
        if not PY2:
            done.acquire()

    def _find(self):
        """Import the application. Return a function: ``use(path)`` uses the application, and returns the status."""
        job = self._job
        application = _attribute(job["module"], job["attribute"]) if job["module"] else None
        if job["call"] is not None:
            application = application(*job["call"][0], **job["call"][1])
        if job["used"] is not None:
            self.answer["subject"] = job["used"][0]
            called = _attribute(*job["used"])
            loop = _Loop(None) if _is_asynchronous(called) else None
            return lambda path: _call(called, loop)
        if not callable(application):
            raise TypeError("%s is no application: it cannot be called" % type(application).__name__)
        # Only without a name: the attributes of a module may load themselves.
        written = job["attribute"] or [name for name in _DEFAULTS if hasattr(sys.modules[job["module"]], name)][0]
        version = _asgi_version(application, written + "()" * (job["call"] is not None))
        if job["asgi"]:
            version = version or 3
        if not version:
            self._is_guess = version is None
            return lambda path: _get_wsgi(application, path)
        self._loop = _Loop(application, version)
        return self._loop.get

    def _preload(self, options):
        report = preload(**options)
        self.answer["preload"] = {
            "seconds": report.seconds,
            "memory": report.memory,
            "modules": len(report.modules),
            "failed": [
                (o.status, o.target.kind, o.target.name, o.error)
                for o in report.outcomes
                if o.status in (FAILED, STALE)
            ],
        }
        if options.get("scan", True):
            pairs = left_out(**options)
            self.answer["derivable"] = sorted(target.name for target, why in pairs if "packages=" in why)

    def _work(self, use, done):
        collector = Collector(self._take)
        try:
            if self._loop is not None:
                self._limit.begin("the start-up (lifespan)")
                self._loop.start_application()
            collector.start()
            for path in self._job["requests"]:
                # A server answers an error with status 500, and goes on.
                try:
                    self._limit.begin(path)
                    began = clock()
                    status = use(path)
                    self.end_if_forked()
                    self.answer["uses"].append((path, status, clock() - began))
                except BaseException as error:
                    self._note(error, path)
        except BaseException as error:
            self._note(error, "lifespan")
        finally:
            collector.stop()
            done.release()

    def end_if_forked(self, error=None):
        """End this process if the application has forked it. ``error``: what its code has raised, or ``None``.

        A child of the application would use the application as well, and write its answer into the file of the parent.
        """
        if os.getpid() != self._process:
            code = getattr(error, "code", None) if error is None or isinstance(error, SystemExit) else 1
            _exit(code if isinstance(code, int) else int(code is not None))

    def _note(self, error, what):
        self.end_if_forked(error)
        with Pause():  # the __str__() of an error may import something
            text = "%s (%s)" % (describe(error), what)
            if self._is_guess and isinstance(error, TypeError):
                text += ", taken for WSGI: add --asgi if it is an ASGI application"
            before = self.answer["raised"]
            self.answer["raised"] = text if before is None else before + "; " + text

    def _take(self, late):
        row = late.as_dict()
        row["lines"] = [(target.kind, target.name, line) for target, line in manifest.lines_of(late)]
        self.answer["late"].append(row)


class _Limit(object):
    """End the process if what `begin` has named takes more than ``seconds``. Write all stacks to ``stream``.

    Problem: the import in question may hold the import lock of 2.7, and 3.13 without the GIL lists no functions once a
    thread was started. What is done: `faulthandler` needs no lock of Python and no thread of Python. What is left:
    without `faulthandler`, and on PyPy, a thread waits and writes.
    """

    def __init__(self, seconds, stream):
        self._seconds, self._stream = seconds, stream
        try:
            import faulthandler
        except ImportError:
            faulthandler = None
        # Without this line, the application could not import it late.
        sys.modules.pop("faulthandler", None)
        # faulthandler of PyPy names the first line of a function instead of the line that runs.
        self._dump_later = None if PYPY else getattr(faulthandler, "dump_traceback_later", None)
        if self._dump_later is None:
            self._end = clock() + seconds
            _thread.start_new_thread(self._watch, ())

    def begin(self, what):
        self._stream.write(what.encode("utf-8", "backslashreplace") + b"\n" if not PY2 else what + "\n")
        self._stream.flush()
        self._end = clock() + self._seconds
        if self._dump_later is not None:
            self._dump_later(self._seconds, exit=True, file=self._stream)

    def _watch(self):
        while clock() < self._end:
            time.sleep(0.05)
        me = get_ident()
        for ident, frame in sorted(sys._current_frames().items()):
            if ident != me:
                self._stream.write(b"Thread %d\n" % ident)
                for one in frames(frame):
                    line = '  File "%s", line %d in %s\n' % (one.f_code.co_filename, one.f_lineno, one.f_code.co_name)
                    self._stream.write(line if PY2 else line.encode("utf-8", "replace"))
        self._stream.flush()
        os._exit(1)


def _attribute(module, path):
    __import__(module)
    place = sys.modules[module]
    if not path:
        for name in _DEFAULTS:
            if hasattr(place, name):
                return getattr(place, name)
        raise AttributeError("module %r has no attribute %s" % (module, " and no ".join(map(repr, _DEFAULTS))))
    for name in path.split("."):
        place = getattr(place, name)
    return place


def _import_for_servers(name):
    """Return the module ``name``, which servers have loaded. It must not come from the current folder."""
    own_entry = []
    if name not in sys.modules:  # not always: a thread of the application may need the entry meanwhile
        own_entry, sys.path[:1] = sys.path[:1], []
    try:
        return __import__(name)  # in any case: it waits if a thread of the application is importing the module
    finally:
        sys.path[:0] = own_entry


def _call(called, loop):
    """Call a function; take all that its generator yields, or wait for its coroutine or asynchronous generator."""
    result = called()
    kind = type(result)  # an object of unittest.mock has every attribute
    if hasattr(kind, "__await__") or hasattr(kind, "ag_frame"):
        if loop is None:
            # Only the result shows that an event loop is needed. Without the pause, its imports would be late.
            with Pause():
                loop = _Loop(None)
        loop.wait(result)
    elif hasattr(kind, "gi_frame"):
        for _ in result:
            pass


def _is_asynchronous(function):
    """Return whether a call of the function gives a coroutine or an asynchronous generator."""
    function, _, _ = _without_partials(function)
    if not hasattr(function, "__code__"):  # a method, or an object with __call__
        of_type = getattr(type(function), "__call__", None)  # noqa: B004
        function = getattr(function, "__func__", of_type)
    # CO_COROUTINE, CO_ASYNC_GENERATOR
    return bool(getattr(getattr(function, "__code__", None), "co_flags", 0) & 0x280)


def _without_partials(function):
    """Return what a `functools.partial` calls, the number of its unnamed arguments, and the names of the others."""
    given, named = 0, set()
    # An object of unittest.mock has every attribute, and so an endless chain of them, but no tuple.
    while type(getattr(function, "args", None)) is tuple and hasattr(function, "keywords"):
        given += len(function.args)
        named.update(function.keywords or ())
        function = function.func
    return function, given, named


def _unquoted(path):
    """Return ``path`` with ``%20`` as a space, as bytes. urllib.parse would load a dozen modules."""
    parts = _as_bytes(path).split(b"%")
    text = bytearray(parts[0])
    for part in parts[1:]:
        # Not by int() alone, which takes a sign, spaces and one digit, too.
        is_hexadecimal = len(part) > 1 and not part[:2].strip(b"0123456789abcdefABCDEF")
        text += bytearray([int(part[:2], 16)]) + part[2:] if is_hexadecimal else b"%" + part
    return bytes(text)


def _as_bytes(text):
    """Return what a client would send for ``text`` of the command line. It may have bytes that are no text."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def _last(statuses):
    if not statuses:
        raise RuntimeError("no response: the application has sent no status")
    return statuses[-1]


# --- WSGI


def _get_wsgi(application, path):
    """Send ``GET path`` to a WSGI application, and return the status as a number."""
    path, _, query = path.partition("?")
    with Pause():  # -X dev looks up the codec latin_1
        unquoted = _unquoted(path) if PY2 else _unquoted(path).decode("latin-1")
        query = query if PY2 else _as_bytes(query).decode("latin-1")
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquoted,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    statuses = []

    def start_response(status, headers, exc_info=None):
        statuses.append(int(status.split()[0]))
        return lambda data: None

    body = application(environ, start_response)
    try:
        for _ in body:
            pass
    finally:
        if hasattr(body, "close"):
            body.close()
    return _last(statuses)


# --- ASGI


def _asgi_version(application, written):
    """Return 3 or 2 for an ASGI application, 0 for a WSGI application, and ``None`` if its call takes any arguments.

    Look at what a call needs. ASGI 3: a coroutine function, or three arguments. ASGI 2: one argument. WSGI: two. Raise
    ``TypeError`` if it needs none. ``written``: how the user names the application, ``"create_app()"``.
    """
    application, given, named = _without_partials(application)
    called = getattr(application, "__call__", None)  # noqa: B004  it may be in a slot
    functions = (application, getattr(application, "__func__", None), called)
    for function in (application.__init__,) if isinstance(application, type) else functions:
        code = getattr(function, "__code__", None)
        is_bound = function is not None and getattr(function, "__self__", None) is not None
        # A wrapper (*args, **kwargs) says nothing: look at what it wraps. WSGI and ASGI 3 need two arguments or more.
        while code is not None and code.co_argcount < 2 and hasattr(function, "__wrapped__"):
            function = function.__wrapped__
            code = getattr(function, "__code__", None)
            # Of a wrapper around a bound method, the method has its first argument already.
            is_bound = is_bound or getattr(function, "__self__", None) is not None
        if code is not None:
            names = code.co_varnames[: code.co_argcount]
            optional = names[len(names) - len(getattr(function, "__defaults__", None) or ()) :]
            # A method and a class have the first argument already.
            first = given + (is_bound or isinstance(application, type))
            names = [name for name in names[first:] if name not in named]
            needed = len([name for name in names if name not in optional])
            if code.co_flags & 0x80 or needed == 3 or names[:3] == ["scope", "receive", "send"]:
                return 3  # 0x80: CO_COROUTINE
            if code.co_flags & 0x04 and needed < 2:  # CO_VARARGS
                return None
            if not needed:
                remedy = "" if written.endswith(")") else "if it makes the application, write %s(); " % written
                raise TypeError(
                    "%s needs no argument, so it is no WSGI or ASGI application: %sif check shall only call it, use "
                    "--call" % (written, remedy)
                )
            return 2 if len(names) == 1 else 0
    return None


class _Loop(object):
    """Run an ASGI application in an event loop."""

    # 2.7 could not read this file if these functions stood here as code.
    _SOURCE = (
        "async def waited(make_future, *args):\n    return await make_future(*args)\n"
        "async def copied(make_future):\n    return dict(await make_future())\n"
        "async def taken(generator):\n    async for _ in generator:\n        pass\n"
        "async def called(application, scope, receive, send):\n"
        "    if scope['asgi']['version'] == '2.0':\n        await application(scope)(receive, send)\n"
        "    else:\n        await application(scope, receive, send)\n"
    )

    def __init__(self, application, version=3):
        self._application, self._version, self._state = application, "%d.0" % version, {}
        # The task of the lifespan. asyncio refers to it weakly: without this line, a collection would end it.
        self._lifespan = None
        self._asyncio, self._loop = _import_for_servers("asyncio"), None
        if sys.version_info < (3, 10):
            # A queue or lock that the application has made at its top belongs to this loop.
            try:
                self._loop = self._asyncio.get_event_loop()
            except RuntimeError:  # not the main thread, or asyncio.run() has taken the loop away
                pass
        if self._loop is None or self._loop.is_closed():
            self._loop = self._asyncio.new_event_loop()
        self._functions = {"__name__": __name__}  # without the name, frames of these functions would be askers
        exec(self._SOURCE, self._functions)

    def wait(self, result):
        """Run a coroutine or an asynchronous generator to its end."""
        is_generator = hasattr(result, "ag_frame")
        self._loop.run_until_complete(self._functions["taken"](result) if is_generator else result)

    def _call(self, scope, receive, send):
        waited, copied = self._functions["waited"], self._functions["copied"]
        coroutine = self._functions["called"](
            self._application,
            dict(scope, asgi={"version": self._version, "spec_version": "2.3"}),
            lambda: copied(receive),  # an application may change the message
            lambda message: waited(send, message),
        )
        return self._asyncio.ensure_future(coroutine, loop=self._loop)

    def _ready(self, value=None):
        future = self._loop.create_future()
        future.set_result(value)
        return future

    def start_application(self):
        """Run the start-up of the application (``lifespan``), as servers do before the first request.

        Raise ``RuntimeError`` if the application says that its start-up failed.
        """
        started, received = self._loop.create_future(), []

        def receive():
            received.append(True)
            # The second message would be the shutdown. It never comes.
            return self._ready({"type": "lifespan.startup"}) if len(received) == 1 else self._loop.create_future()

        def send(message):
            if not started.done():
                started.set_result(message)
            return self._ready()

        self._lifespan = self._call({"type": "lifespan", "state": self._state}, receive, send)
        # asyncio logs an exception that was not asked for. exception() of a task that was cancelled would raise.
        self._lifespan.add_done_callback(lambda task: (task.cancelled() or task.exception(), send(None)))
        message = self._loop.run_until_complete(started)  # None: the application knows no lifespan
        if message is not None and message["type"] == "lifespan.startup.failed":
            raise RuntimeError("start-up failed: %s" % message.get("message", ""))

    def get(self, path):
        """Send ``GET path`` to the application, and return the status as a number."""
        path, _, query = path.partition("?")
        statuses, received, gone = [], [], self._loop.create_future()

        def receive():
            received.append(True)
            if len(received) == 1:
                return self._ready({"type": "http.request", "body": b"", "more_body": False})
            # A server says that the client is gone when the response is complete. A task that is cancelled while it
            # waits would cancel the future for all.
            return self._asyncio.shield(gone)

        def send(message):
            if message["type"] == "http.response.start":
                statuses.append(int(message["status"]))  # repr() of an http.HTTPStatus cannot be read back
            elif not message.get("more_body", False) and not gone.done():  # the last part of the body
                gone.set_result({"type": "http.disconnect"})
            return self._ready()

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": _unquoted(path).decode("utf-8", "replace"),
            "raw_path": _as_bytes(path),
            "query_string": _as_bytes(query),
            "root_path": "",
            "headers": [(b"host", b"localhost")],
            "client": ("127.0.0.1", 50000),
            "server": ("localhost", 80),
            "state": self._state.copy(),
        }
        self._loop.run_until_complete(self._call(scope, receive, send))
        if statuses and not gone.done():
            raise RuntimeError("no response: the application has not sent the last part of the body")
        return _last(statuses)
