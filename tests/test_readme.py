"""Test that the commands of the README print what it shows, and that its files start their hosts."""

from __future__ import absolute_import, division, print_function

import collections
import io
import json
import os
import re
import shlex
import sys
import textwrap
import time
import unittest

from tests.studies.hosts import _study as hosts
from tests.studies.hosts import declared
from tests.support import fresh, process
from tests.support.folder import FolderTest
from warmup import _settings

try:
    from urllib.error import HTTPError
    from urllib.request import ProxyHandler, build_opener
except ImportError:  # Python 2.7
    from urllib2 import HTTPError, ProxyHandler, build_opener

README = os.path.join(process.ROOT, "README.rst")
COLD = os.path.join(process.ROOT, "tests", "studies", "hosts", "cold")
CONFIGS = os.path.join(process.ROOT, "tests", "studies", "hosts", "configs")
IS_AS_SHOWN = sys.version_info[:2] == (3, 13) and sys.platform == "linux" and not fresh.PYPY

# A literal block: the heading above it, the line that introduces it, its text.
Block = collections.namedtuple("Block", "section intro text")


def _text():
    with io.open(README, encoding="utf-8") as stream:
        return stream.read()


def _blocks():
    """Return every literal block of the README, as a list of `Block`, in order."""
    lines, section, found = _text().splitlines(), "", []
    for place, line in enumerate(lines):
        if line and set(line) in ({"-"}, {"="}) and lines[place - 1].strip():
            section = lines[place - 1]
        if line.endswith("::"):
            taken = []
            for inside in lines[place + 1 :]:
                if inside and not inside.startswith("    "):
                    break
                taken.append(inside)
            found.append(Block(section, line, textwrap.dedent("\n".join(taken)).strip("\n") + "\n"))
    return found


def _files(section):
    """Return the whole files of a section, as a dictionary ``{name: text}``."""
    named = [(re.search("``([^`]+)``::$", block.intro), block) for block in _blocks()]
    return {match.group(1): block.text for match, block in named if match and block.section == section}


def _commands(section):
    """Return pairs of a section: a command, and what it prints as a list of lines."""
    found = []
    for block in _blocks():
        if block.section == section and block.text.startswith("$ "):
            for line in block.text.splitlines():
                if line.startswith("$ "):
                    found.append((line[2:], []))
                else:
                    found[-1][1].append(line)
    return found


def _rows(head):
    """Return the rows of the table whose head begins with ``head``, as lists of cells."""
    lines = _text().splitlines()
    begin = [place for place, line in enumerate(lines) if re.match(re.escape(head) + "  ", line)][0] + 2
    end = next(place for place in range(begin, len(lines)) if lines[place].startswith("==="))
    return [re.split(" {2,}", line.strip()) for line in lines[begin:end]]


def _shape(line):
    """Return ``line`` without what differs between machines, Pythons and runs."""
    line = re.sub(r"\S+[/\\](?=shop\.py)", "", line.rstrip())
    line = re.sub(r"interpreter \w+ [\d.]+ \w+", "interpreter", line)
    return re.sub(" +", " ", re.sub(r"\d+(\.\d+)*", "N", line))


class Document(unittest.TestCase):

    def test_is_short(self):
        self.assertLess(len(_text().splitlines()), 350)

    def test_is_valid(self):
        try:
            import docutils  # noqa: F401
        except ImportError:
            self.skipTest("docutils is not installed: python -m pip install -r tests/requirements.txt")
        script = (
            "import sys; from docutils.core import publish_string\n"
            "publish_string(open(sys.argv[1], 'rb').read(), writer_name='null', "
            "settings_overrides={'report_level': 1, 'raw_enabled': False})\n"
        )
        result = process.run([sys.executable, "-W", "ignore", "-c", script, README])
        self.assertEqual((result.code, result.err), (0, ""))

    def test_table_of_options_is_complete(self):
        rows = [[cell.strip("`") for cell in row[:3]] for row in _rows("``preload()``")]
        options = [[option.keyword, option.variable, option.flag] for option in _settings.OPTIONS]
        self.assertEqual(rows[: len(options)], options)
        self.assertEqual({row[1] for row in rows[len(options) :]}, {name for name, _ in _settings.VARIABLES})
        self.assertEqual({row[0] for row in rows[len(options) :]}, {"none"})

    def test_files_of_other_hosts_exist(self):
        rows = _rows("host" + " " * 23)
        self.assertGreater(len(rows), 10)
        started = repr([(host.command, getattr(host, "services", ()), host.path) for host in declared.HOSTS])
        for row in rows:
            self.assertTrue(os.path.exists(os.path.join(CONFIGS, row[1].strip("`"))), row)
            self.assertRegex(started, r"\b%s\b" % row[1].strip("`/").partition(".")[0])

    def test_figures_of_programs_are_as_the_study_prints_them(self):
        try:
            from tests.studies.benchmarks import users
        except ImportError:
            self.skipTest("the study needs a Unix")
        command, lines = _commands("What it costs")[0]
        self.assertEqual(command, "python -m tests.studies benchmarks --part 1 --only Flask | tail -n %d" % len(lines))
        names = ("ms", "MiB", "standard", "others", "first", "later", "slowed")
        found = {}
        for line in lines[1:]:
            cells = re.findall(r"[\d.]+", line[24:])
            found[line[:24].rstrip()] = dict(zip(names, map(float, cells)))
        self.assertEqual(users.chart(users.CHOICE[1], found).splitlines(), lines)

    def test_figures_of_hosts_are_as_the_study_prints_them(self):
        command, lines = _commands("What it costs")[1]
        names = shlex.split(command.partition(" | ")[0])[4:]
        measured = [host.name for host in declared.HOSTS if any(name in host.name for name in names)]
        self.assertEqual([line[:40].rstrip() for line in lines[2:]], measured)
        for line in lines[2:]:
            figures = re.findall(r"\d+", line[40:])
            runs = [
                {
                    "late": [None] * int(late),
                    "first_seconds": int(first) / 1000,
                    "later_seconds": int(later) / 1000,
                    "preloaded": line.split(" ms  ")[-1],
                }
                for late, first, later in (figures[:3], figures[3:6])
            ]
            row = {"host": line[:40].rstrip(), "cold": runs[0], "warm": runs[1]}
            self.assertEqual(hosts._text(row), line)


class Commands(FolderTest):
    """Run each command in a folder with the files of its section, and compare the output with the README."""

    def check(self, section, *sections_of_files):
        for name in (section,) + sections_of_files:
            for path, text in _files(name).items():
                self.write(path, text)
        commands = _commands(section)
        self.assertTrue(commands)
        for command, shown in commands:
            printed = self.run_command(command)
            if not sys.platform.startswith("linux"):  # the memory of the process is not known there
                shown = [re.sub(", [0-9.]+ MiB", "", line) for line in shown]
            if fresh.PY2 or fresh.PYPY or os.name == "nt":  # other modules import the same things there
                self.assertEqual(bool(shown), bool(printed), command)
                self.assertEqual("nothing was late" in shown, "nothing was late" in printed, command)
            else:
                self.assertEqual([_shape(line) for line in shown], [_shape(line) for line in printed], command)

    def write(self, name, source):
        # Not FolderTest's, which adds a line: the README shows numbers of lines.
        with io.open(os.path.join(self.folder, name), "w", encoding="utf-8") as stream:
            stream.write(source)

    def run_command(self, command):
        words, _, rest = command.partition(" | ")
        words = words.split()
        if words[:3] == ["grep", "-v", "with"]:
            with io.open(os.path.join(self.folder, words[3]), encoding="utf-8") as stream:
                return [line for line in stream.read().splitlines() if "with" not in line]
        self.assertEqual(words[0], "python")
        result = fresh.call(words[1:], directory=self.folder)
        lines = (result.out + result.err).splitlines()
        self.assertEqual(result.code, int("To cure this, call preload() with:" in lines), result)
        if rest == "head -n 7":
            lines = lines[:7]
        elif rest:
            self.assertEqual(rest, "tail -n 1")
            lines = lines[-1:]
        return lines

    def test_quick_start(self):
        self.check("Quick start")

    def test_verify_it(self):
        self.check("Verify it")

    def test_record_and_replay(self):
        self.check("Record and replay", "Verify it")

    def test_prove(self):
        ((command, shown),) = _commands("Try it on your machine")
        names = [line.split()[0] for line in shown[1:]]
        self.assertEqual(len(names), 10)
        self.assertEqual(command, "python -m warmup prove")
        listed = fresh.call(["-m", "warmup", "prove", "--list"])
        self.assertEqual([name for name in names if not re.search("(?m)^%s " % name, listed.out)], [])
        if not IS_AS_SHOWN:
            self.skipTest("the README shows what CPython 3.13 on Linux prints")
        words = ["-m", "warmup", "prove"] + [word for name in names for word in ("--scenario", name)]
        printed = fresh.call(words).out.splitlines()

        def shape(line):
            line = re.sub(u" [\u2588-\u258f]+|[\\d.]+ m?s", " ", line)  # bars, times
            return re.sub(" +", " ", line.rstrip())

        for line in shown:
            self.assertIn(shape(line), [shape(one) for one in printed])


WORK = u"""
import datetime, json, sys

def late():
    "Use what an application uses; return the names of the modules that this has loaded, as JSON."
    before = set(sys.modules)
    u"\\u017e".encode("mac_latin2"), u"b\\xfccher.example".encode("idna")
    datetime.datetime.strptime("2026-11-25", "%Y-%m-%d")
    import colorsys
    return json.dumps(sorted(set(sys.modules) - before)).encode("ascii")
"""
WSGI = WORK + u"""
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [late()]
"""
ASGI = WORK + u"""
async def app(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": late()})
"""
DJANGO = {
    "shop/__init__.py": u"",
    "shop/settings.py": u"ALLOWED_HOSTS = ['127.0.0.1']\nROOT_URLCONF = 'shop.urls'\n" u"SECRET_KEY = 'not secret'\n",
    "shop/urls.py": WORK
    + u"""
import django.http
import django.urls

urlpatterns = [django.urls.path("", lambda request: django.http.HttpResponse(late()))]
""",
}


class Recipes(FolderTest):
    """Start each host of "Adopt it" with the file that the README shows. Change only the port."""

    def setUp(self):
        FolderTest.setUp(self)
        self.port = process.free_port()
        self.record = os.path.join(self.folder, "late.manifest")

    def start(self, name, modules, files, ready, times=1, path=(), **environment):
        """Start the host whose file is called ``name``, in a folder with ``files``."""
        missing = [module for module in modules if not _is_installed(module)]
        if missing:
            self.skipTest(
                "%s is not installed: python -m pip install -r %s" % (", ".join(missing), declared.REQUIREMENTS)
            )
        for path_of_file, text in files.items():
            self.write(path_of_file, text)
        (block,) = [block for block in _blocks() if block.intro.endswith(" beside ``%s``::" % name)]
        with io.open(os.path.join(self.folder, *name.split("/")), "w", encoding="utf-8") as stream:
            stream.write(self.with_port(block.text))
        words = self.with_port(re.match("Start ``([^`]+)`` beside", block.intro).group(1)).split()
        words[0] = os.path.join(os.path.dirname(sys.executable), words[0])
        self.environment = process.variables(
            PYTHONPATH=os.pathsep.join(list(path) + [process.ROOT]), PYTHONUNBUFFERED="1", HOME=self.folder
        )
        self.environment.update(environment)
        service = process.Service(words, self.environment, self.folder)
        self.addCleanup(service.stop)
        service.wait(ready, times)
        return service

    def with_port(self, text):
        return text.replace("8000", str(self.port))

    def fetch(self):
        """Return the names of the modules that one request has loaded."""
        until = time.time() + process.SLOW
        while True:
            try:
                opener = build_opener(ProxyHandler({}))
                response = opener.open("http://127.0.0.1:%d/" % self.port, timeout=process.SLOW)
                return json.loads(response.read().decode("ascii"))
            except HTTPError:  # an EnvironmentError too
                raise
            except EnvironmentError:  # it says that it has started, then listens
                if time.time() > until:
                    raise
                time.sleep(0.1)

    def check(self, *arguments, **more):
        service = self.start(*arguments, path=[COLD], **more)
        self.assertIn("_strptime", self.fetch(), "cold")
        service.stop()
        service = self.start(*arguments, WARMUP_RECORD=self.record, **more)
        self.assertEqual([self.fetch() for _ in range(6)], [[]] * 6)
        self.assertEqual(self.recorded(), [], service.printed())
        self.assertNotIn("Warning", service.printed())
        return service.printed()

    def recorded(self):
        """Return what a recording in all processes says of the standard library."""
        with io.open(self.record, encoding="utf-8") as stream:
            lines = [line.split("#")[0].split() for line in stream.read().splitlines()[2:]]
        standard = getattr(sys, "stdlib_module_names", ("_strptime", "colorsys"))
        lines = [words for words in lines if words and words[0] != "with"]
        return [words for words in lines if words[0] == "codec" or words[1].partition(".")[0] in standard]

    def test_gunicorn(self):
        printed = self.check("gunicorn.conf.py", ["gunicorn"], {"shop.py": WSGI}, "Booting worker with pid")
        self.assertRegex(printed, r"\[INFO\] <warmup\.Report: \d+ targets: ")

    def test_uwsgi(self):
        self.check("uwsgi.ini", ["uwsgidecorators"], {"shop.py": WSGI}, "spawned uWSGI worker", times=2)

    def test_uvicorn(self):
        self.check("asgi.py", ["uvicorn"], {"shop.py": ASGI}, "Application startup complete", times=2)

    def test_django(self):
        self.check("shop/wsgi.py", ["django", "waitress"], DJANGO, "Serving on")

    def test_celery(self):
        for name in ("data_in", "results"):
            os.mkdir(os.path.join(self.folder, name))
        # One folder is the broker, not Redis.
        os.symlink("data_in", os.path.join(self.folder, "data_out"))
        self.start(
            "tasks.py",
            ["celery"],
            {},
            r" ready\.",
            WARMUP_RECORD=self.record,
            CELERY_BROKER_URL="filesystem://",
            CELERY_RESULT_BACKEND="file://" + os.path.join(self.folder, "results"),
        )
        client = "import tasks\nfor _ in range(4):\n" "    print(tasks.weekday.delay('2026-11-25').get(timeout=60))\n"
        done = process.run([sys.executable, "-c", client], self.environment, self.folder)
        self.assertEqual((done.code, done.out.split()), (0, ["Wednesday"] * 4), done)
        self.assertEqual(self.recorded(), [])


def _is_installed(module):
    return any(os.path.exists(os.path.join(folder, module + end)) for folder in sys.path for end in ("", ".py"))
