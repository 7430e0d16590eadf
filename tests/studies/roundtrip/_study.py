"""Carry out the command. Print one table for each program, each row when it was measured."""

from __future__ import absolute_import, division, print_function

import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

from tests.studies import _command, roundtrip
from tests.studies.programs import clients
from tests.support import process
from tests.support.process import ROOT, Failed, Service
from tests.support.table import Layout, say

PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")
MODES = ("cold", "preload", "packages", "replay")
KILLS = 100
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


class Environment(object):
    """Hold an interpreter, the packages that the programs need, and the folder of one program.

    ``python``: its path. ``packages``: a folder of installed packages, or ``None``. ``manifest``: a path.
    """

    def __init__(self, python, packages):
        self.python, self._packages = python, packages
        version = process.output([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).strip()
        self.version, self.is_2 = version, version.startswith("2.")

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
        words = [self.python, "-c", "import " + ", ".join(modules)]
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
    text = process.output([environment.python] + words, environment=variables, directory=environment.folder)
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
    process.output([environment.python] + words, environment=variables, directory=environment.folder)
    return [], []


def _serve(environment, mode, packages, words, ready, visit, workers=1):
    """Start a server, and visit it four times. Return the seconds of each visit, and the answers of all workers."""
    port = process.free_port()
    words = [environment.python] + [word.replace("{port}", str(port)) for word in words]
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
        process.output([environment.python, "-c", source], environment=environment.variables("cold"))
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
    service = Service([environment.python] + words.split(), variables, environment.folder)
    try:
        service.wait(" ready")
        client = [environment.python, os.path.join(PROGRAMS, "celery_client.py")]
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
REQUIREMENTS = ["pytest", "gunicorn", "Django", "celery", "uvicorn", "starlette", "python-multipart"]
REQUIREMENTS_2 = ["pytest<5", "gunicorn<20", "Django<2", "celery<5"]


def _rows(environment, program):
    """Run ``program`` in all modes, and print a row for each. Return whether the replay was late."""
    environment.begin()
    is_late = False
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
            if mode == "replay" and (late or watched or damaged):
                is_late = True
                say("  LATE: %s %s %s" % (", ".join(late), ", ".join(watched), damaged))
            missed = sorted(set(one for answer in answers for one in answer.get("not warmed", ())))
            if mode == "replay" and missed:
                say("  not warmed: " + "; ".join(missed))
        with open(environment.manifest) as stream:
            say("  the manifest has %d lines" % len(stream.readlines()))
    finally:
        environment.end()
    return is_late


def is_whole(line):
    """Return whether a line of a manifest is whole, with its comment. Some comments of pytest name no time."""
    return _LINE.match(line) is not None or _LINE_OF_PYTEST.match(line) is not None


def kills(environment):
    """Kill workers while they record. Return whether a line was damaged."""
    environment.begin()
    try:
        variables = environment.variables("record")
        for _ in range(KILLS):
            child = subprocess.Popen(
                [environment.python, os.path.join(PROGRAMS, "killed.py")],
                env=dict(variables, PYTHONPATH=os.pathsep.join([environment.folder, ROOT])),
                cwd=environment.folder,
                preexec_fn=os.setsid,
            )
            time.sleep(random.uniform(0.1, 0.6))
            os.killpg(child.pid, 9)
            child.wait()
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
        return bool(damaged) or not text.endswith("\n") or not workers
    finally:
        environment.end()


def main(arguments):
    """Run the study. Return 0, or 1 if a replay was late or a line was damaged."""
    parser = _command.parser(roundtrip)
    _command.add_names(parser, "programs")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that runs the programs")
    parser.add_argument("--packages", metavar="FOLDER", help="a folder that has what the programs need")
    parser.add_argument("--install", action="store_true", help="install into --packages first, with pip")
    options = parser.parse_args(arguments)
    environment = Environment(options.python, options.packages and os.path.abspath(options.packages))
    requirements = REQUIREMENTS_2 if environment.is_2 else REQUIREMENTS
    chosen = [row for row in CHOICE if _command.is_chosen(row[0], options.names)]
    with_kills = not options.names or "kills" in options.names
    if not chosen and not with_kills:
        parser.error("no program has such a name")
    if options.install:
        if not options.packages:
            parser.error("--install needs --packages FOLDER")
        say("Installs into %s, about a minute: %s" % (options.packages, ", ".join(requirements)))
        words = [options.python if environment.is_2 else sys.executable, "-m", "pip", "install", "-q"]
        if not environment.is_2:  # a young interpreter has no pip that it can run
            words += ["--python-version", environment.version, "--only-binary=:all:"]
        process.output(words + ["--target", options.packages] + requirements, seconds=600)
    seconds = sum(row[3] for row in chosen) + 60 * with_kills
    say(
        "Python %s, %d programs%s: %s. Installs nothing%s."
        % (
            environment.version,
            len(chosen),
            " and %d kills" % KILLS if with_kills else "",
            _command.minutes(seconds),
            " more" if options.install else "",
        )
    )
    say("late: modules, by the difference of sys.modules. watched: late imports that watch() has seen.")
    is_bad = False
    for name, program, modules, _ in chosen:
        say("\n%s, Python %s" % (name, environment.version))
        if modules and not environment.has(*modules):
            say("  left out: it needs %s" % ", ".join(modules))
            continue
        try:
            is_bad = _rows(environment, program) or is_bad
        except Failed as error:
            is_bad = True
            say("  FAILED: %s" % error)
    if with_kills:
        say("\nkills, Python %s" % environment.version)
        is_bad = kills(environment) or is_bad
    return int(is_bad)
