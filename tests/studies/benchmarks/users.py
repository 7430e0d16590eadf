"""Measure part 1, what a user asks: for four programs, what each way to prepare costs, and what the first use takes."""

from __future__ import absolute_import, division, print_function

import collections
import json
import os
import sys

from tests.studies.benchmarks.measuring import HERE, median
from tests.studies.benchmarks.programs import ways
from tests.support.process import NOT_PASSED_ON, ROOT, Failed, Service, free_port, output, variables
from tests.support.table import Layout

try:
    from http.client import HTTPConnection
except ImportError:  # Python 2.7
    from httplib import HTTPConnection

PROGRAMS = os.path.join(HERE, "programs")
WAYS = os.path.join(PROGRAMS, "ways.py")
_PATH = os.pathsep.join([PROGRAMS, os.path.join(ROOT, "tests", "studies", "roundtrip", "programs"), ROOT])

# ``page``: what is fetched from a server; ``modules``: what the host loads later, which the README says to name;
# ``seconds``: what a round of one way takes, about.
Program = collections.namedtuple("Program", "name title module page modules needs seconds")
CHOICE = [
    Program("plain", "standard library alone", "plain", None, "", ("preimport",), 0.8),
    Program(
        "Flask", "Flask under gunicorn", "flask_site", "/", "", ("Flask", "requests", "gunicorn", "preimport"), 3.0
    ),
    Program(
        "Django",
        "Django's admin, gunicorn",
        "django_site",
        "/admin/login/",
        "admin_urls",
        ("Django", "gunicorn", "preimport"),
        4.0,
    ),
    Program("pandas", "pandas", "pandas_work", None, "", ("pandas", "preimport"), 3.0),
]
LAYOUT = Layout((24, 5, 5, 5, 6, 6, 7))
HEAD = ("ms", "MiB", "late", "first", "later", "slowed")
FORMS = ("%(ms).0f", "%(MiB).1f", "%(standard)d+%(others)d", "%(first).1f", "%(later).1f", "%(slowed).0f")
LEGEND = (
    "ms, MiB: what the call takes (wall clock) and adds. late: modules that the first use imports, standard + others.\n"
    "first, later: ms of the first and of a later use; slowed: of the first, if each import takes %d ms more, as\n"
    "on a network file system or a busy disk. A bar has a character for each %d ms." % ((1e3 * ways.SLOW,) * 2)
)


def ways_of(program):
    """Return the ways in which a program can be prepared."""
    return [
        way
        for way in ways.WAYS
        if (program.page or way != ways.GUNICORN) and ("preimport" in program.needs or way != ways.PREIMPORT)
    ]


def measure(program, python, rounds, folder, begins=lambda turn: None, ends=lambda way, result: None):
    """Return ``{way: {what: median}}``, see `LEGEND`. For a way that failed, return the reason. Raises `Failed`.

    Call ``begins(turn)`` when a round begins, and ``ends(way, result)`` when a way is known. The rounds go through all
    ways in turn, so that a slower minute of the machine meets all of them. So the ways are known in the last round.
    """
    folder = os.path.join(folder, program.name)
    os.mkdir(folder)
    output([python, "-s", WAYS], environment=_variables(program, folder, ways.NOTHING))
    once = _visit if program.page else _work
    once(program, python, folder, ways.RECORD)
    found, failed = {way: [] for way in ways_of(program)}, {}
    for turn in range(1 + rounds):
        begins(turn)
        for way in ways_of(program):
            if way not in failed:
                try:
                    slowed = once(program, python, folder, way, ways.SLOW)["first"]
                    result = dict(once(program, python, folder, way), slowed=slowed)
                except Failed as error:
                    failed[way] = "skipped: " + str(error).splitlines()[-1]
                else:
                    found[way] += [result] if turn else []  # in the first round files are compiled
            if turn == rounds:
                found[way] = failed.get(way) or {
                    what: median([result[what] for result in found[way]]) for what in found[way][0]
                }
                ends(way, found[way])
    return found


def _variables(program, folder, way, slow=0):
    more = {"WARMUP_RECORD": os.path.join(folder, "manifest")} if way == ways.RECORD else {}
    return variables(
        *NOT_PASSED_ON + ("GUNICORN", "FLASK", "DJANGO"),
        PYTHONPATH=_PATH,
        BENCHMARKS_WAY=way,
        BENCHMARKS_SLOW=str(slow),
        BENCHMARKS_FOLDER=folder,
        BENCHMARKS_MODULES=program.modules,
        DJANGO_SETTINGS_MODULE="admin_site",
        ROUNDTRIP_FOLDER=folder,
        **more
    )


def _work(program, python, folder, way, slow=0):
    words = [python, "-s", WAYS, program.module]
    lines = output(words, environment=_variables(program, folder, way, slow), directory=folder).splitlines()
    return _result(lines, json.loads(_said(lines)[-1]))


def _visit(program, python, folder, way, slow=0):
    port = free_port()
    words = [python, "-s", "-m", "gunicorn.app.wsgiapp", "-b", "127.0.0.1:%d" % port]
    words += ["-c", os.path.join(PROGRAMS, "gunicorn.conf.py"), program.module + ":application"]
    service = Service(words, _variables(program, folder, way, slow), folder)
    try:
        service.wait("^benchmarks: ready")
        seconds = [_fetch(port, program.page, service)]
        lines = service.wait("^benchmarks: {")
        seconds += [_fetch(port, program.page, service) for _ in range(ways.LATER)]
    finally:
        service.stop()
    return _result(lines, seconds)


def _fetch(port, page, service):
    began, connection = ways.clock(), HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", page)
    response = connection.getresponse()
    response.read()
    seconds = ways.clock() - began
    connection.close()
    if response.status != 200:
        raise Failed("%s answered %d\n%s" % (page, response.status, service.printed()))
    return seconds


def _said(lines):
    return [line.partition(": ")[2] for line in lines if line.startswith("benchmarks: ")]


def _result(lines, seconds):
    found = [json.loads(text) for text in _said(lines) if text.startswith("{")][0]
    return dict(found, first=1e3 * seconds[0], later=1e3 * median(seconds[1:]))


def chart(program, found, full=u"\u2588"):
    """Return a row for each way as text: its costs, what the first use takes, and a bar for a first use that is slowed.

    ``found``: what `measure` has returned. ``full``: the character of bars. All bars of all programs are on one scale.
    """
    return "\n".join([head(program)] + [row(way, found[way], full) for way in ways_of(program)])


def head(program):
    """Return the first line of `chart`."""
    return LAYOUT.line((program.title,) + HEAD)


def row(way, result, full):
    """Return the line of `chart` for a way."""
    if not isinstance(result, dict):
        return LAYOUT.line([way, result])
    line = LAYOUT.line([way] + [form % result for form in FORMS])
    return "%s  %s" % (line, full * bar(result["slowed"]))


def bar(milliseconds):
    """Return how long a bar is: a character for each import that was slowed, at least 1, at most 40."""
    return min(max(1, int(round(milliseconds) / (1e3 * ways.SLOW) + 0.5)), 40)


def character():
    """Return what bars are made of: a full block, where the encoding of the output has it."""
    try:
        u"\u2588".encode(sys.stdout.encoding or "ascii")
        return u"\u2588"
    except (UnicodeError, LookupError):
        return u"#"
