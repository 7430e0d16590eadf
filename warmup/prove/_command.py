"""The `prove` subcommand: what to run, what to print, which exit code."""
from __future__ import absolute_import, division, print_function

import contextlib
import json
import signal
import sys
import textwrap
import threading

from warmup.prove._application import as_lines, is_cured, prove_application
from warmup.prove._errors import UsageError
from warmup.prove._harness import NOT_CURED, NOT_RUN, UNEXPECTED, Harness
from warmup.prove._interpreters import find_interpreters, probe
from warmup.prove._scenarios import find_scenarios, load_scenarios
from warmup.prove._table import (
    WIDTH,
    Style,
    as_data,
    header,
    matrix,
    remarks,
    row,
    summary,
)

#: Exit codes; bad input is a UsageError, and whoever calls main() gives it a code of its own.
ALL_PROVED, SOMETHING_WRONG, NOT_POSSIBLE, INTERRUPTED = 0, 1, 3, 130


def add_arguments(parser):
    """Add the options of `prove` to `parser`, an argparse.ArgumentParser."""
    parser.add_argument(
        "--scenario", metavar="NAME", action="append", default=[], help="only this one; repeatable"
    )
    parser.add_argument(
        "--python",
        metavar="PATH",
        action="append",
        default=[],
        help="an interpreter to run on, or `all` on this machine (default: this one); repeatable",
    )
    parser.add_argument("--list", action="store_true", help="name the scenarios, run nothing")
    parser.add_argument("--show", metavar="NAME", help="print a scenario's script, run nothing")
    parser.add_argument(
        "--app",
        metavar="MODULE[:CALLABLE]",
        help="import this module and call this in a worker instead, while imports are slow",
    )
    parser.add_argument("--json", action="store_true", help="print data instead of a table")
    parser.add_argument(
        "--limit",
        metavar="SECONDS",
        type=float,
        default=30.0,
        help="end a run after so long (default: 30)",
    )


def main(options, stdout=None, stderr=None, package=None):
    """Carry `options`, as parsed, out and return the exit code.

    0: every scenario is cured or not affected. 1: one is NOT CURED or UNEXPECTED, or the
    program of --app still imports late. 3: a scenario that was asked for by name cannot run
    here. 130: interrupted. Raises UsageError for bad input. `package` is the folder of the
    `warmup` to try, by default this one.
    """
    stdout, stderr = stdout or sys.stdout, stderr or sys.stderr
    if options.list:
        return _list(stdout)
    if options.show:
        _write(stdout, find_scenarios([options.show])[0].source.rstrip())
        return ALL_PROVED
    if not options.limit > 0:
        raise UsageError("--limit %g: a run needs more than no seconds" % options.limit)
    scenarios = find_scenarios(options.scenario) if options.scenario else load_scenarios()
    try:
        with _terminable(), Harness(package, options.limit) as harness:
            interpreters = _interpreters(options.python or [sys.executable], scenarios)
            if options.app:
                return _application(options, harness, interpreters, stdout)
            return _prove(options, harness, scenarios, interpreters, stdout, stderr)
    except KeyboardInterrupt:
        _write(stderr, "interrupted; nothing of it is left behind")
        return INTERRUPTED


def _prove(options, harness, scenarios, interpreters, stdout, stderr):
    style = Style(stdout)
    progress = _Progress(stderr, len(scenarios) * len(interpreters))
    proofs = []
    for interpreter in interpreters:
        lines = [] if options.json else header(interpreter)
        for scenario in scenarios:
            progress.show("%s %s" % (interpreter.label, scenario.name))
            proofs.append(harness.prove(scenario, interpreter))
            progress.clear()
            if not options.json:
                _write(stdout, *(lines + [row(proofs[-1], style)]))
            lines = []
        if not options.json:
            _write(stdout, "")
    if options.json:
        _write(stdout, json.dumps(as_data(proofs), indent=2, sort_keys=True))
    else:
        if len(interpreters) > 1:
            _write(stdout, *(matrix(proofs, style) + [""]))
        notes = remarks(proofs)
        _write(stdout, *(notes + [""] * bool(notes) + [summary(proofs)]))
    verdicts = set(proof.verdict for proof in proofs)
    if verdicts & set((NOT_CURED, UNEXPECTED)):
        return SOMETHING_WRONG
    return NOT_POSSIBLE if options.scenario and NOT_RUN in verdicts else ALL_PROVED


def _application(options, harness, interpreters, stdout):
    results = []
    for interpreter in interpreters:
        answers = prove_application(harness, interpreter, options.app)
        results.append(answers)
        if not options.json:
            _write(stdout, *as_lines(options.app, interpreter, answers, Style(stdout)))
    if options.json:
        data = [
            dict(answers, interpreter=interpreter.path)
            for interpreter, answers in zip(interpreters, results)
        ]
        _write(stdout, json.dumps(data, indent=2, sort_keys=True))
    return ALL_PROVED if all(is_cured(answers) for answers in results) else SOMETHING_WRONG


def _list(stdout):
    for scenario in load_scenarios():
        indent = " " * 21
        _write(
            stdout,
            *textwrap.wrap(
                scenario.name.ljust(21) + scenario.title, WIDTH, subsequent_indent=indent
            )
        )
    return ALL_PROVED


def _interpreters(paths, scenarios):
    """The interpreters that `--python` names, with labels that tell them apart."""
    needs = sorted(set(need for scenario in scenarios for need in scenario.needs))
    found = []
    for path in sorted(set(paths), key=paths.index):
        found += find_interpreters(needs) if path == "all" else [probe(path, needs)]
    for describe in (lambda one: one.label + ".%d" % one.version[2], lambda one: one.path):
        labels = [interpreter.label for interpreter in found]
        found = [
            one._replace(label=describe(one)) if labels.count(one.label) > 1 else one
            for one in found
        ]
    return found


@contextlib.contextmanager
def _terminable():
    """Lets SIGTERM unwind this process, as Ctrl-C does, so that clean-up happens."""
    if not isinstance(threading.current_thread(), getattr(threading, "_MainThread")):
        yield  # only the main thread may set handlers
        return

    def terminate(number, frame):
        raise SystemExit(128 + number)

    previous = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


class _Progress(object):
    """What is running now, on a terminal only."""

    def __init__(self, stream, total):
        self.stream = stream if getattr(stream, "isatty", lambda: False)() else None
        self.total = total
        self.count = 0

    def show(self, text):
        self.count += 1
        if self.stream:
            line = "%d of %d: %s" % (self.count, self.total, text)
            self.stream.write(u"\r\033[K" + line[:WIDTH])
            self.stream.flush()

    def clear(self):
        if self.stream:
            self.stream.write(u"\r\033[K")
            self.stream.flush()


def _write(stream, *lines):
    """Write lines of text, in an encoding that may lack some of it."""
    encoding = getattr(stream, "encoding", None) or "ascii"
    for line in lines:
        text = (line + u"\n").encode(encoding, "backslashreplace").decode(encoding)
        stream.write(text)
    stream.flush()
