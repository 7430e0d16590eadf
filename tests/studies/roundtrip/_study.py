"""Carry out the command. Print one table for each program, each row when it was measured."""

from __future__ import absolute_import, division, print_function

import ast
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import threading
import time

from tests.studies import _command, roundtrip
from tests.studies.programs import clients
from tests.support import process
from tests.support.interpreters import Interpreter
from tests.support.process import ROOT, Failed, Service
from tests.support.table import Layout, say

PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")
MODES = ("cold", "preload", "packages", "replay")
KILLS = 100  # groups of workers
GROUPS_AT_ONCE = 4
REQUIREMENTS = "tests/studies/roundtrip/requirements.txt"
_LAYOUT = Layout((10, 6, 8, 9, 9, 7, 9, 10))
_HEAD = ("", "late", "watched", "modules", "ms", "MiB", "first ms", "median ms")
_LINE = re.compile(
    r"(warmup-manifest 1|interpreter \w+ \d+\.\d+ \w+|"
    r"(module|codec|placeholder) \S+  # .*, \d+\.\d ms|    with( [^ #]+)+)$"
)
_LINE_OF_PYTEST = re.compile(
    r"(module|codec) \S+  # (used before the tests|loaded before the tests: \S.*|\S+:\d+ \S+)$"
)
_USER, _PASSWORD = clients.USER, clients.PASSWORD


class Environment(Interpreter):
    """Hold an interpreter, the packages that the programs need, and the folder of one program.

    ``packages``: a folder of installed packages, or ``None``. ``manifest``: a path.
    """

    def __init__(self, path, packages):
        Interpreter.__init__(self, path)
        self._packages, self.is_2 = packages, self.version < (3,)

    def begin(self):
        """Make a new folder."""
        self.folder = tempfile.mkdtemp(prefix="warmup-roundtrip-")
        self.manifest = os.path.join(self.folder, "late.manifest")

    def end(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def variables(self, mode, packages=()):
        path = [PROGRAMS, ROOT] + ([self._packages] if self._packages else [])
        found = process.variables(
            *process.NOT_PASSED_ON + ("DJANGO", "CELERY", "GUNICORN"),
            PYTHONPATH=os.pathsep.join(path),
            PYTHONUNBUFFERED="1",
            PYTHONWARNINGS="ignore",
            C_FORCE_ROOT="1",
            DJANGO_SETTINGS_MODULE="admin_site",
            ROUNDTRIP_MODE=mode,
            ROUNDTRIP_FOLDER=self.folder,
            ROUNDTRIP_MANIFEST=self.manifest,
            ROUNDTRIP_PACKAGES=",".join(packages)
        )
        if mode == "record":
            found["WARMUP_RECORD"] = self.manifest
        return found

    def has(self, *modules):
        words = [self.path, "-c", "import " + ", ".join(modules)]
        self.begin()
        try:
            return process.run(words, self.variables("cold")).code == 0
        finally:
            self.end()


# --- the programs: each function gets an environment and a mode, and returns (seconds of each use, answers)


def script(environment, mode):
    variables = environment.variables(mode, ["shop", "plugin_tax", "plugin_stock"])
    words = [os.path.join(PROGRAMS, "script.py")]
    if mode == "record":
        del variables["WARMUP_RECORD"]
        words = ["-m", "warmup", "record", "-o", environment.manifest] + words
    text = process.output([environment.path] + words, environment=variables, directory=environment.folder)
    if mode == "record":
        return [], []
    seconds, answer = ast.literal_eval(text.splitlines()[-1])
    return seconds, [answer]


def suite(environment, mode):
    if mode != "record":
        return script(environment, mode)
    variables = environment.variables(mode)
    del variables["WARMUP_RECORD"]
    shutil.copy(os.path.join(PROGRAMS, "test_shop.py"), environment.folder)
    words = ["-m", "pytest", "-q", "-p", "warmup.pytest", "-p", "no:cacheprovider", "--warmup-record"]
    words += [environment.manifest, "test_shop.py"]
    process.output([environment.path] + words, environment=variables, directory=environment.folder)
    return [], []


def _serve(environment, mode, packages, words, ready, visit, workers=1):
    """Start a server, and visit it four times. Return the seconds of each visit, and the answers of all workers."""
    port = process.free_port()
    words = [environment.path] + [word.replace("{port}", str(port)) for word in words]
    service = Service(words, environment.variables(mode, packages), environment.folder)
    try:
        service.wait(ready, workers)
        seconds, answers, browser = [], {}, clients.Browser(port)
        for _ in range(4):
            began = time.time()
            visit(clients.Browser(port), browser)
            seconds.append(time.time() - began)
        until = time.time() + 60
        while len(answers) < workers and time.time() < until:
            text = browser.fetch("/late")
            answers[ast.literal_eval(text)["pid"]] = text
    except Exception as error:  # a wrong answer, or none
        raise Failed("%s\n%s" % (error, service.printed()))
    finally:
        service.stop()
    return seconds, sorted(answers.values())


def admin(environment, mode):
    if not os.path.exists(os.path.join(environment.folder, "admin.sqlite")):
        source = "import admin_site; admin_site.prepare(%r, %r)" % (_USER, _PASSWORD)
        process.output([environment.path, "-c", source], environment=environment.variables("cold"))
    words = ["-m", "gunicorn.app.wsgiapp", "-b", "127.0.0.1:{port}", "-c", os.path.join(PROGRAMS, "admin.conf.py")]
    words += ["--chdir", PROGRAMS, "admin_wsgi"]
    packages = ["django", "gunicorn", "asgiref", "sqlparse", "admin_urls"]
    if environment.is_2:
        packages = ["django", "gunicorn", "admin_urls"]

    def visit(browser, _):
        clients.django_admin(browser)

    return _serve(environment, mode, packages, words, "Booting worker with pid", visit, 2)


def uvicorn(environment, mode):
    words = "-m uvicorn --port {port} asgi_site:app".split()

    def visit(browser, _):
        browser.fetch("/")
        browser.fetch("/source")
        browser.fetch(
            "/form", body=clients._upload(), headers=[("Content-Type", "multipart/form-data; boundary=limit")]
        )
        browser.fetch("/nowhere", status=404)

    packages = ["uvicorn", "starlette", "anyio", "shop", "plugin_tax", "plugin_stock"]
    return _serve(environment, mode, packages, words, "Uvicorn running on", visit)


def celery(environment, mode):
    packages = ["celery", "kombu", "billiard", "shop", "plugin_tax", "plugin_stock"]
    variables = environment.variables(mode, packages)
    words = "-m celery -A celery_tasks worker --loglevel INFO --concurrency 2 --without-gossip --without-mingle"
    service = Service([environment.path] + words.split(), variables, environment.folder)
    try:
        service.wait(" ready")
        client = [environment.path, os.path.join(PROGRAMS, "celery_client.py")]
        text = process.output(client, environment=environment.variables("cold"), directory=environment.folder)
    except Failed as error:
        raise Failed("%s\n%s" % (error, service.printed()))
    finally:
        service.stop()
    seconds, answers = ast.literal_eval(text.splitlines()[-1])
    return seconds, sorted({ast.literal_eval(answer)["pid"]: answer for answer in answers}.values())


# name -> (function, modules that it needs, about how many seconds all its runs take)
CHOICE = [
    ("script", script, [], 5),
    ("pytest suite", suite, ["pytest"], 8),
    ("gunicorn, Django's admin", admin, ["gunicorn", "django"], 90),
    ("Celery worker", celery, ["celery"], 60),
    ("uvicorn, Starlette", uvicorn, ["uvicorn", "starlette", "multipart"], 30),
]


def _rows(environment, program):
    """Run ``program`` in all modes, and print a row for each. Return whether the replay was late, or proves nothing."""
    environment.begin()
    is_bad = False
    try:
        program(environment, "record")
        with open(environment.manifest) as stream:
            damaged = [line for line in stream.read().splitlines() if line.strip() and not is_whole(line)]
        say(_LAYOUT.line(_HEAD))
        for mode in MODES:
            seconds, texts = program(environment, mode)
            answers = [ast.literal_eval(text) for text in texts]
            late = sorted(set(name for answer in answers for name in answer["late"]))
            watched = sorted(set(name for answer in answers for name in answer["watched"]))
            first, rest = seconds[0], sorted(seconds[1:])
            cells = [mode, len(late), len(watched) if mode == "replay" else "-"]
            for key, form in (("modules", "%d"), ("ms", "%.1f"), ("mib", "%.1f")):
                cells.append("-" if mode == "cold" else form % max(answer[key] for answer in answers))
            say(_LAYOUT.line(cells + ["%.1f" % (1000 * first), "%.1f" % (1000 * rest[len(rest) // 2])]))
            if mode == "cold" and not late:
                is_bad = True
                say("  PROVES NOTHING: nothing was late")
            if mode == "replay" and (late or watched or damaged):
                is_bad = True
                say("  LATE: %s %s %s" % (", ".join(late), ", ".join(watched), damaged))
            missed = sorted(set(one for answer in answers for one in answer.get("not warmed", ())))
            if mode == "replay" and missed:
                is_bad = True
                say("  NOT WARMED: " + "; ".join(missed))
        with open(environment.manifest) as stream:
            say("  the manifest has %d lines" % len(stream.readlines()))
    finally:
        environment.end()
    return is_bad


def is_whole(line):
    """Return whether a line of a manifest is whole, with its comment. Some comments of pytest name no time."""
    return _LINE.match(line) is not None or _LINE_OF_PYTEST.match(line) is not None


def kills(environment):
    """Kill groups of workers while they record, several at once. Return whether a line was damaged, or too few died."""
    environment.begin()
    try:
        variables = environment.variables("record")
        variables["PYTHONPATH"] = os.pathsep.join([environment.folder, ROOT])
        words = [environment.path, os.path.join(PROGRAMS, "killed.py")]
        # how many imports a group makes before it is killed; on a busy machine these take longer
        waiting = [random.randint(1, 100) for _ in range(KILLS)]

        def work():
            while True:
                try:
                    imports = waiting.pop()
                except IndexError:
                    return
                service = Service(words, variables, environment.folder)
                try:
                    service.wait("imported", imports)
                    time.sleep(random.uniform(0, 0.02))
                    service.send(signal.SIGKILL)
                finally:
                    service.stop()

        # More than one, so that several groups write into the manifest while one is killed.
        threads = [threading.Thread(target=work) for _ in range(GROUPS_AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with open(environment.manifest) as stream:
            text = stream.read()
        damaged = [line for line in text.splitlines() if line.strip() and _LINE.match(line) is None]
        workers = len(set(re.findall(r"plugin_(\d+)_", text)))
        say(
            "  %d workers of %d groups were killed: %d lines, %d of them damaged%s"
            % (workers, KILLS, len(text.splitlines()), len(damaged), "" if text.endswith("\n") else "; no line end")
        )
        for line in damaged:
            say("    damaged: %r" % line)
        if workers < KILLS:
            say("  TOO FEW workers had begun to record when they were killed")
        return bool(damaged) or not text.endswith("\n") or workers < KILLS
    finally:
        environment.end()


def main(arguments):
    """Run the study. Return 0, or 1 if a replay was late or proves nothing, a line was damaged, or few were killed.

    Return 1 also if a program that was named is left out, and 2 if the interpreter cannot be run.
    """
    parser = _command.parser(roundtrip)
    _command.add_names(parser, "programs")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that runs the programs")
    parser.add_argument("--packages", metavar="FOLDER", help="a folder that has what the programs need")
    parser.add_argument("--install", action="store_true", help="install into --packages first, with pip")
    options = parser.parse_args(arguments)
    try:
        environment = Environment(options.python, options.packages and os.path.abspath(options.packages))
    except ValueError as error:
        print("roundtrip: %s" % error, file=sys.stderr)
        return 2
    chosen = [row for row in CHOICE if _command.is_chosen(row[0], options.names)]
    with_kills = not options.names or "kills" in options.names
    if not chosen and not with_kills:
        parser.error("no program has such a name")
    if options.install:
        if not options.packages:
            parser.error("--install needs --packages FOLDER")
        say("Installs into %s, about a minute: %s" % (options.packages, REQUIREMENTS))
        words = [environment.path if environment.is_2 else sys.executable, "-m", "pip", "install", "-q"]
        if not environment.is_2:  # a young interpreter has no pip that it can run
            words += ["--python-version", environment.full_version, "--only-binary=:all:"]
        words += ["--target", options.packages, "-r", os.path.join(ROOT, *REQUIREMENTS.split("/"))]
        process.output(words, seconds=600)
    seconds = sum(row[3] for row in chosen) + 30 * with_kills
    say(
        "Python %s, %d programs%s: %s. Installs nothing%s."
        % (
            environment.name,
            len(chosen),
            " and %d kills" % KILLS if with_kills else "",
            _command.minutes(seconds),
            " more" if options.install else "",
        )
    )
    say("late: modules, by the difference of sys.modules. watched: late imports that watch() has seen.")
    bad, absent = [], []  # names of what went wrong, and of what was left out
    for name, program, modules, _ in chosen:
        say("\n%s, Python %s" % (name, environment.name))
        if modules and not environment.has(*modules):
            say("  left out: it needs %s: python -m pip install -r %s" % (", ".join(modules), REQUIREMENTS))
            absent.append(name)
            continue
        try:
            bad += [name] * _rows(environment, program)
        except Failed as error:
            bad.append(name)
            say("  FAILED: %s" % error)
    bad += absent * bool(options.names)
    if chosen:
        count = len(chosen) - len(absent)
        say("\nprograms: %s" % ("BAD: " + "; ".join(bad) if bad else "%d, nothing late in a replay" % count))
    if with_kills:
        say("\nkills, Python %s" % environment.name)
        bad += ["kills"] * kills(environment)
    return int(bool(bad))
