"""Carry out the command `prove`: choose scenarios and interpreters, print, return the exit code."""

from __future__ import absolute_import, division, print_function

import contextlib
import json
import sys
import textwrap

from warmup.prove import _table
from warmup.prove._errors import UsageError
from warmup.prove._harness import NOT_CURED, NOT_RUN, UNEXPECTED, Harness, in_order
from warmup.prove._interpreters import find_interpreters, probe
from warmup.prove._processes import ended_by_signals
from warmup.prove._scenarios import find_scenarios, load_scenarios

#: Exit codes. Wrong input raises UsageError instead, and the caller of main() chooses the code.
ALL_PROVED, SOMETHING_WRONG, NOT_POSSIBLE, INTERRUPTED = 0, 1, 3, 130


def add_arguments(parser):
    """Add the options of `prove` to `parser`, an argparse.ArgumentParser."""
    parser.epilog = (
        "Exit codes: 0, each scenario is cured or not affected; 1, a scenario is NOT CURED or UNEXPECTED; 2, an "
        "argument is wrong; 3, a scenario that --scenario names cannot run here; 130, interrupted; 141, the "
        "reader of the output has closed the pipe."
    )
    parser.add_argument(
        "--scenario", metavar="NAME", action="append", default=[], help="run only this scenario; any number of times"
    )
    parser.add_argument(
        "--python",
        metavar="PYTHON",
        action="append",
        default=[],
        help="run on this interpreter: a path, a name, a version such as 3.11, or `all` for all "
        "on this machine (default: the running one); any number of times",
    )
    parser.add_argument("--list", action="store_true", help="print what each scenario does, and run nothing")
    parser.add_argument("--show", metavar="NAME", help="print the script of a scenario, and run nothing")
    parser.add_argument("--json", action="store_true", help="print data instead of a table")
    parser.add_argument(
        "--limit", metavar="SECONDS", type=float, default=30.0, help="end a run after this time (default: 30)"
    )


def main(options, stdout=None, stderr=None, package=None):
    """Carry out the parsed `options`, and return the exit code.

    0: every scenario is cured or not affected. 1: a scenario is NOT CURED or UNEXPECTED. 3: a
    scenario that `--scenario` names cannot run here. 130: interrupted. Raise UsageError for wrong
    input. `package`: the folder of the `warmup` to try; the default is the folder of this package.
    """
    stdout, stderr = stdout or sys.stdout, stderr or sys.stderr
    if options.list:
        return _list(stdout)
    if options.show is not None:
        _write(stdout, find_scenarios([options.show])[0].source.rstrip())
        return ALL_PROVED
    if not options.limit > 0:
        raise UsageError("--limit %g: give a number of seconds above 0" % options.limit)
    scenarios = find_scenarios(options.scenario) if options.scenario else load_scenarios()
    try:
        with ended_by_signals(), Harness(package, options.limit) as harness:
            interpreters = _interpreters(options.python or [sys.executable], scenarios)
            return _prove(options, harness, scenarios, interpreters, stdout, stderr)
    except KeyboardInterrupt:
        _write(stderr, "interrupted; all processes are ended, and all files are removed")
        return INTERRUPTED


def _prove(options, harness, scenarios, interpreters, stdout, stderr):
    style = _table.Style(stdout)
    progress = _Progress(stderr, len(scenarios) * len(interpreters))
    proofs, conclusions = [], []
    for interpreter in interpreters:
        lines = [] if options.json else _table.header(interpreter, style)
        ordered = in_order(scenarios, interpreter)
        show = progress.about(interpreter)
        first = len(proofs)
        with contextlib.closing(harness.prove_all(ordered, interpreter, show)) as results:
            for proof in results:
                proofs.append(proof)
                progress.clear()
                if not options.json:
                    _write(stdout, *(lines + _table.row(proof, style)))
                lines = []
                progress.count(len(proofs))
        progress.clear()
        conclusions.append(_table.conclusion(proofs[first:]))
        if not options.json:
            _write(stdout, "")
    if options.json:
        _write(stdout, json.dumps(_table.as_data(proofs), indent=2, sort_keys=True))
    else:
        blocks = [_table.matrix(proofs, style)] if len(interpreters) > 1 else []
        blocks += [_table.remarks(proofs), _table.notes(proofs)]
        blocks += [[_table.summary(proofs)] + conclusions]
        for number, block in enumerate(block for block in blocks if block):
            _write(stdout, *([""] * bool(number) + block))
    verdicts = set(proof.verdict for proof in proofs)
    if verdicts & set((NOT_CURED, UNEXPECTED)):
        return SOMETHING_WRONG
    return NOT_POSSIBLE if options.scenario and NOT_RUN in verdicts else ALL_PROVED


def _list(stdout):
    style = _table.Style(stdout)
    for scenario in load_scenarios():
        lines = textwrap.wrap(scenario.name.ljust(21) + scenario.title, style.width, subsequent_indent=" " * 21)
        _write(stdout, *lines)
    return ALL_PROVED


def _interpreters(names, scenarios):
    """Return the interpreters that `--python` names, each with a label of its own."""
    needs = sorted(set(need for scenario in scenarios for need in scenario.needs))
    found = []
    for name in sorted(set(names), key=names.index):
        found += find_interpreters(needs) if name == "all" else [probe(name, needs)]
    if not found:
        raise UsageError("--python all: no interpreter of PATH and of pyenv starts; give the path of one")
    for describe in (lambda one: one.label + ".%d" % one.version[2], lambda one: one.shown):
        labels = [interpreter.label for interpreter in found]
        found = [one._replace(label=describe(one)) if labels.count(one.label) > 1 else one for one in found]
    return found


class _Progress(object):
    """Show a line that names what is running now. Show it only on a terminal."""

    def __init__(self, stream, total):
        style = _table.Style(stream)
        self._stream = stream if style.terminal else None
        self._width = style.width
        self._total = total
        self._done = 0
        self._text = ""

    def about(self, interpreter):
        """Return a function that shows the names of scenarios; `interpreter` is where they run."""

        def show(names):
            self._text = "%s %s" % (interpreter.label, ", ".join(names))
            self.count(self._done)

        return show

    def count(self, done):
        """Show that `done` scenarios are proved."""
        self._done = done
        self._show("%d of %d: %s" % (done, self._total, self._text))

    def clear(self):
        """Remove the line."""
        self._show("")

    def _show(self, line):
        if self._stream:
            self._stream.write(u"\r\033[K" + line[: self._width - 1])
            self._stream.flush()


def _write(stream, *lines):
    """Write lines of text, with escapes for characters that the stream's encoding lacks."""
    if stream is None:  # closed before the start
        return
    encoding = getattr(stream, "encoding", None) or "ascii"
    for line in lines:
        text = (line + u"\n").encode(encoding, "backslashreplace").decode(encoding)
        stream.write(text)
    stream.flush()
