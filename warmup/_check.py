"""Carry out the command ``check``: use an application cold and warm, and show what it imports late."""

from __future__ import absolute_import, division, print_function

import argparse
import ast
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import OrderedDict

from warmup import _report, _run
from warmup._python.compat import PY2, clock
from warmup._sources import codec, manifest
from warmup._values import ArgumentError, LateImportError, with_parents
from warmup.prove._processes import OWN_GROUP, ended_by_signals


def add_arguments(parser):
    """Add the arguments of the command, without those of ``preload()``."""
    parser.usage = "%(prog)s [options] MODULE:APPLICATION"
    parser.epilog = (
        "Exit codes: 0, nothing is late that --allow does not name; 1, something is late, or a use failed; 2, an "
        "argument is wrong, or the application cannot be imported; 130, interrupted; 141, the reader of the output has "
        "closed the pipe. A response whose status is 500 or more is a failed use; another status is not. "
        "check sends the header Host: localhost. Limits: the application is used in a second thread, where it cannot "
        "set handlers of signals; check does not see what threads and tasks import after the last response, nor what "
        "child processes import. The command record sees the imports of forked children."
    )
    parser.add_argument(
        "application",
        metavar="MODULE:APPLICATION",
        nargs="?",
        help="the application, named as for gunicorn: shop:app, shop:create_app(), shop",
    )
    parser.add_argument(
        "--get", metavar="PATH", nargs="+", action="append", default=[], help="send this request; the default is /"
    )
    parser.add_argument(
        "--call", metavar="MODULE:CALLABLE", help="call this, without arguments, instead of sending requests"
    )
    parser.add_argument(
        "--asgi",
        action="store_true",
        help="call the application as an ASGI application, if its signature does not say that it is one",
    )
    parser.add_argument(
        "--allow",
        metavar="NAME",
        nargs="+",
        action="append",
        default=[],
        help="accept that this module or codec is late; a package stands for all modules below it; commas separate "
        "names",
    )
    parser.add_argument("-o", dest="output", metavar="FILE", help="add what the warm run imports late to this manifest")
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        default=60.0,
        help="end with an error, and exit code 2, if preload(), the import or the start-up of the application, or a "
        "request takes longer (default: 60)",
    )
    parser.add_argument("--json", action="store_true", help="print data instead of tables")


def _seconds(text):
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise argparse.ArgumentTypeError("%r: write a number of seconds, more than 0 and less than 1000000" % text)
    return seconds


def main(options, keywords):
    """Carry out the command, and return the exit code. Raise `ProgramError` or `ArgumentError` for wrong input.

    ``keywords``: for ``preload()``.
    """
    application = options.application
    if application is None and options.call is None:
        application = _taken_by_option(options)
    requests = sum(options.get, [])
    allowed = [name for word in sum(options.allow, []) for name in word.split(",")]
    if options.call is not None and requests:
        raise _run.ProgramError("--get and --call contradict each other; give one of them")
    for path in requests:
        if not path.startswith("/"):
            raise _run.ProgramError("--get %s: a path begins with /" % path)
    if "manifest" in keywords:
        path = _run.manifest_to_read_twice(keywords["manifest"])
        # Without this line, the application would be imported before a wrong line is found.
        manifest.read(path)
        keywords = dict(keywords, manifest=path)
    recording = _run.check_output(options.output) if options.output is not None else None
    job = _job(application, requests, options)
    try:
        os.getcwd()
    except OSError:
        raise _run.ProgramError("the current folder is gone, and the application is imported from it")
    with ended_by_signals():
        answers = {"cold": _answer_to(dict(job, options=None)), "warm": _answer_to(dict(job, options=keywords))}
    result = _Result(options.call or application, answers, allowed, keywords)
    if recording is not None:
        recording.write(u"".join(result.lines()))
    text = result.as_json() if options.json else result.as_text(options.output, options.manifest)
    print(text if options.json else _report.printable(text))
    return result.code


def _taken_by_option(options):
    """Take the application out of the words of ``--get / shop:app``, and return it.

    argparse gives all words to the option. A path begins with "/", so another word behind it is the application. Of
    several words behind ``--allow``, the last one is the application. Raise `ProgramError` if no option has it.
    """
    for words in options.get:
        if len(words) > 1 and not words[-1].startswith("/"):
            return words.pop()
    for words in reversed(options.allow):
        if len(words) > 1:
            return words.pop()
    raise _run.ProgramError("name the application, MODULE:APPLICATION, or a function, --call MODULE:CALLABLE")


def _job(application, requests, options):
    """Return the job for `warmup._visit.visit`, without ``options``. Raise `ProgramError` for a malformed name."""
    module, attribute, call = _parse(application) if application is not None else ("", "", None)
    called, used = options.call, None
    if called is not None:
        module_of_call, attribute_of_call, call_of_call = _parse(called) if called else ("", "", None)
        if not attribute_of_call or call_of_call is not None:
            raise _run.ProgramError("--call %s: write MODULE:CALLABLE" % called)
        used = (module_of_call, attribute_of_call)
    return {
        "module": module,
        "attribute": attribute,
        "call": call,
        "used": used,
        "requests": [called] if called is not None else requests or ["/"],
        "asgi": options.asgi,
        "timeout": options.timeout,
    }


def _parse(text):
    """Return ``(module, attribute, arguments of a call or None)`` for ``"shop:create_app('x', debug=True)"``."""
    module, colon, expression = text.partition(":")
    problem = "%r names no application: write MODULE, MODULE:NAME or MODULE:FACTORY()" % str(text)
    # The file of a module may have any name, for example my-app.py.
    if not all(part.split() == [part] and not set(part) & set("/\\\0") for part in module.split(".")):
        raise _run.ProgramError(problem)
    if not expression:
        if colon:
            raise _run.ProgramError(problem)
        return module, "", None
    try:
        tree, call = ast.parse(expression.strip(), mode="eval").body, None
        if isinstance(tree, ast.Call):
            call = (
                [ast.literal_eval(argument) for argument in tree.args],
                {keyword.arg: ast.literal_eval(keyword.value) for keyword in tree.keywords},
            )
            tree = tree.func
        names = []
        while isinstance(tree, ast.Attribute):
            names.insert(0, tree.attr)
            tree = tree.value
        return module, ".".join([tree.id] + names), call
    except (SyntaxError, ValueError, AttributeError):
        raise _run.ProgramError(problem)


def _standard_error():
    try:
        os.fstat(2)
        return 2
    except OSError:  # closed before the start
        return open(os.devnull, "w")


def _end_group(number):
    """End what the child ``number`` has started. SIGTERM first: the resource tracker of multiprocessing cleans up."""
    if not hasattr(os, "killpg"):
        return
    try:
        os.killpg(number, signal.SIGTERM)
        end = clock() + 1.0
        while clock() < end:
            os.killpg(number, 0)
            time.sleep(0.01)
        os.killpg(number, signal.SIGKILL)
    except OSError:  # the group has ended
        pass


def _run_in_child(job):
    """Do ``job`` in a fresh interpreter. Return its exit code, and the lines that `warmup._visit.visit` has written."""
    handle, path = tempfile.mkstemp()
    os.close(handle)
    try:
        # Standard output gets only our tables: what the application prints goes to standard error.
        command = _run.bare_python("_visit.visit", (job, path))
        # Without this line, a sitecustomize with warmup.auto, or a file of `site`, would warm the cold run.
        environment = dict(os.environ, WARMUP="off") if job["options"] is None else None
        # Without a group of its own, what the application has started (a pool, a worker) would go on after `check`.
        child = subprocess.Popen(command, stdout=_standard_error(), env=environment, **OWN_GROUP)
        try:
            code = child.wait()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            _end_group(child.pid)
        with io.open(path, encoding="utf-8", errors="replace") as stream:
            return code, stream.read().splitlines()
    finally:
        os.remove(path)


def _answer_to(job):
    """Do ``job``. Return the answer of `warmup._visit.visit`, with the key ``lost`` if the process has ended by itself.

    Raise `ProgramError` or `ArgumentError` if the application cannot be loaded or takes too long, or if ``preload()``
    refuses its options.
    """
    code, lines = _run_in_child(job)
    places = [number for number, line in enumerate(lines) if line.startswith(u"  File ")]
    if places:
        _raise_timeout(job, lines, places[0])
    text = lines[-1] if lines else u""
    if not text.startswith(u"{"):
        return {
            "late": [],
            "uses": [],
            "preload": None,
            "derivable": [],
            "lost": True,
            "raised": "the process of the application ended, with exit status %d (%s)"
            % (code, _report.printable(lines[-1] if lines else u"its start")),
        }
    answer = ast.literal_eval(text)
    if answer["refused"]:
        argument, problem = answer["refused"]
        raise ArgumentError(argument, problem) if argument else _run.ProgramError(problem)
    if answer["problem"]:
        name, folder = answer["subject"], os.getcwd()
        if PY2:
            name, folder = name.decode("utf-8", "replace"), os.getcwdu()
        text = "%s cannot be loaded from %s: %s" % (name, folder, answer["problem"])
        missing = answer["problem"].rpartition("No module named ")[2].strip("'\"")
        if missing == (name if PY2 else name.partition(".")[0]) or "no known parent package" in text:
            text += "; set PYTHONPATH to the folder that contains the package"
        raise _run.ProgramError(_report.printable(text))
    return answer


def _raise_timeout(job, lines, first):
    """Raise `ProgramError`: something has taken too long. ``lines``: what began, then stacks from ``first`` on."""
    began = [line for line in lines[:first] if not line.startswith((u"Timeout ", u"Thread ", u"Current "))]
    stacks = u"\n".join(lines[len(began) :]).split(u"Thread ")
    ours = os.path.join("warmup", "_visit.py")
    # Our main thread only waits for the thread that uses the application. Its stack says nothing.
    stacks = [stack for stack in stacks if ours in stack and ours not in stack.splitlines()[1]] or stacks
    frames = [
        line for stack in stacks for line in stack.splitlines() if line.startswith(u"  File ") and ours not in line
    ]
    what = began[-1].strip() if began else "the start of the interpreter"
    side = "cold" if job["options"] is None else "warm"
    problem = "%s took more than %g seconds (--timeout), %s. Its thread is here, the innermost call first:\n%s"
    raise _run.ProgramError(problem % (what, job["timeout"], side, _report.printable(u"\n".join(frames))))


class _Result(object):
    """Judge what was late, cold and warm, and show it.

    ``code``: the exit code. 1 if the warm run imported something late that is not allowed, or if the application
    raised or answered with a status of 500 or more, else 0.
    """

    def __init__(self, name, answers, allowed, keywords):
        self._name, self._answers, self._keywords = name, answers, keywords
        warm = answers["warm"]
        self._failed = [late for late in warm["late"] if not _is_late(late)]
        for answer in answers.values():
            answer["late"] = [late for late in answer["late"] if _is_late(late)]
        self._allowed = [late for late in warm["late"] if _is_allowed(late, allowed)]
        self._late = [late for late in warm["late"] if late not in self._allowed]
        # preload() would refuse a cure that names these.
        self._excluded = self._names("module", True) + self._names("codec", True)
        problems = [warm["raised"]] if warm["raised"] else []
        problems += [
            "%s was answered with status %d" % (name, status)
            for name, status, _ in warm["uses"]
            if status is not None and status >= 500
        ]
        self.raised = "; ".join(problems) or None
        self.code = 1 if self._late or self.raised else 0

    def lines(self):
        """Return a line of a manifest for each late import of the warm run."""
        return [line for late in self._late for _, _, line in late["lines"]]

    def cures(self):
        """Return alternative arguments of ``preload()`` that would cure what was late, as a list of dictionaries."""
        modules, codecs = self._names("module", False), self._names("codec", False)
        if codecs and self._keywords.get("scan", True) and self._keywords.get("codecs") is None:
            # With codecs=, preload() would prime these codecs and no others.
            modules = modules + [manifest.module_of("codec", name) for name in codecs]
            codecs = []
        derivable = set(self._answers["warm"]["derivable"])
        packages = sorted({name.partition(".")[0] for name in modules if name in derivable})
        # A package may compute the name of another of its modules: packages= does not find that module.
        rest = [name for name in modules if name not in derivable]
        cures = []
        if modules or codecs:
            cures.append(self._with_given(modules=modules, codecs=codecs))
        if packages:
            cures.append(self._with_given(modules=rest, codecs=codecs, packages=packages))
        return cures

    def _names(self, kind, is_excluded):
        """Return the names of the targets of one kind that ``exclude`` forbids, or of those that it does not."""
        exclude = self._keywords.get("exclude") or ()
        names = OrderedDict.fromkeys(name for late in self._late for one, name, _ in late["lines"] if one == kind)
        return [name for name in names if _is_one_or_below(manifest.module_of(kind, name), exclude) == is_excluded]

    def _with_given(self, **names):
        """Return ``names`` with the names that the options already have. Otherwise the cure would drop these."""
        given = {key: list(self._keywords.get(key) or ()) for key in names}
        return {key: list(OrderedDict.fromkeys(given[key] + new)) for key, new in names.items() if new}

    def as_text(self, output, given):
        """Return the tables and sentences for people.

        ``output``: the manifest of ``-o``, or ``None``. ``given``: the manifest of ``--manifest``, or ``None``.
        """
        lines = ["%s on Python %d.%d" % ((self._name,) + sys.version_info[:2]), ""]
        lines += _report.table(
            ("", "late imports", "modules", "ms", "seconds by use"), [self._row(side) for side in ("cold", "warm")]
        )
        done = self._answers["warm"]["preload"]
        if done is not None:
            memory = "" if done["memory"] is None else ", %.1f MiB" % (done["memory"] / 2.0**20)
            lines += ["", "preload(): %d modules in %.1f ms%s" % (done["modules"], 1000 * done["seconds"], memory)]
            lines += [
                "%s %s: %s, %s" % (kind, name, status.upper(), error) for status, kind, name, error in done["failed"]
            ]
        for late, title in (
            (self._answers["cold"]["late"], "late, cold:"),
            (self._late, "late, warm:"),
            (self._allowed, "late, warm, and allowed:"),
            (self._failed, "tried and not found, warm:"),
        ):
            if late:
                lines += ["", title] + ["  " + line for line in _report.table_of_late(late)]
        if self.raised:
            lines += ["", "a use failed: %s" % self.raised]
        elif self._answers["cold"]["raised"]:
            lines += ["", "a use failed, cold: %s" % self._answers["cold"]["raised"]]
        for name, status, _ in self._answers["warm"]["uses"]:
            if status is not None and 300 <= status < 500:
                lines += ["", "%s was answered with status %d: make sure that your code has run" % (name, status)]
        if self._excluded:
            text = "--exclude forbids %s: take these names out of --exclude, or name them in --allow"
            lines += ["", text % ", ".join(self._excluded)]
        cures = self.cures()
        if cures:
            texts = [
                ", ".join(["%s=%s" % (k, json.dumps(cure[k])) for k in sorted(cure, reverse=True)]) for cure in cures
            ]
            if output:
                texts.append(_manifest_cure(output, given))
            lines += ["", "To cure this, call preload() with:", "    " + "\n  or\n    ".join(texts)]
        elif not self.code:
            lines += ["", "nothing was late" + (" that is not allowed" if self._allowed else "")]
        return "\n".join(lines)

    def _row(self, side):
        answer = self._answers[side]
        if "lost" in answer:
            return side, "?", "?", "?", ""
        uses = [
            "%s %.3f" % (name if status is None else "%s %d" % (name, status), seconds)
            for name, status, seconds in answer["uses"]
        ]
        late = answer["late"]
        modules, seconds = sum(len(one["modules"]) for one in late), sum(one["seconds"] for one in late)
        return side, str(len(late)), str(modules), "%.1f" % (1000 * seconds), ", ".join(uses)

    def as_json(self):
        """Return the result as JSON text."""
        cures = self.cures()
        for late in self._answers["cold"]["late"] + self._answers["warm"]["late"] + self._failed:
            del late["lines"]
        sides = {
            side: {key: value for key, value in answer.items() if key in ("late", "uses", "raised", "preload")}
            for side, answer in self._answers.items()
        }
        result = dict(sides, application=self._name, late=self._late, allowed=self._allowed, failed=self._failed)
        return _report.as_json(dict(result, raised=self.raised, cures=cures, code=self.code))


def _manifest_cure(output, given):
    """Return the argument for the manifest that was written. ``preload()`` takes one manifest: keep the given one."""
    if not given or os.path.realpath(output) == os.path.realpath(given):
        return "manifest=%s" % json.dumps(output)
    return "manifest=%s, after you append %s to it" % (json.dumps(given), output)


def _is_late(late):
    # preload() cannot help an import that fails and loads nothing. It is no reason to fail in CI.
    # An application that refuses late imports may use `Watch` itself.
    return late["error"] is None or bool(late["modules"]) or late["error"].startswith(LateImportError.__name__)


def _is_allowed(late, allowed):
    name = late["name"]
    if late["kind"] == "codec":  # a codec has many spellings, and each version reports another one
        name = codec.aliased(name)
        return name in map(codec.aliased, allowed) or _is_one_or_below("encodings." + name, allowed)
    return _is_one_or_below(name, allowed)


def _is_one_or_below(name, parents):
    return not set(parents).isdisjoint(with_parents(name))
