"""Carry out the commands of ``python -m warmup``: read arguments, print results, return exit codes.

Exit codes: 0, all is well; 2, an argument is wrong, or a target failed under ``--strict``; 130, interrupted. ``check``
returns 1 if something is late or fails. ``prove`` returns 1 if something is not proved, and 3 if it cannot run. Both
return 141 if the reader of the output has closed the pipe. ``run`` and ``record`` return the exit code of the program.
"""

from __future__ import absolute_import, division, print_function

import errno
import os
import sys

import warmup
from warmup import _record, _run
from warmup._preload import left_out, preload
from warmup._python.compat import is_safe_path
from warmup._report import Report
from warmup._settings import CODECS, FILE, OPTIONS, SWITCH, VARIABLES, names_all_without_scan, read_seconds
from warmup._sources import codec, manifest
from warmup._values import ArgumentError, PreloadError, describe, describe_stale

_NEXT = """\
What to do next:
  python -m warmup prove                  show what stalls on this machine, and that preload() ends it
  python -m warmup report                 show what preload() imports here, and what it costs
  python -m warmup run program.py         preload, then run a program that you do not change
  python -m warmup check shop:app         use an application once, and show what it imports late
  python -m warmup record -o FILE X.py    run a program, and write what it imports late to a file
  python -m warmup COMMAND --help         show the options of a command"""


def script():
    """Run the command ``warmup``; return the exit code."""
    if not is_safe_path():
        del sys.path[0]  # the folder of the script itself
    return main(sys.argv[1:])


def main(arguments):
    """Run one command; return the exit code.

    ``arguments``: a list without the program's name.
    """
    if not arguments or arguments[0] not in COMMANDS:
        return _carry_out("", _main_help, arguments)
    name = arguments[0]
    command = COMMANDS[name][2]
    return _carry_out(name, lambda words: command(_parsed(name, words)), arguments[1:])


def _parsed(name, words):
    text, add_arguments, _ = COMMANDS[name]
    import argparse  # at the top, `report` would load it, and would not list it as a late import

    parser = argparse.ArgumentParser(prog="python -m warmup " + name, description=text[0].upper() + text[1:] + ".")
    add_arguments(parser)
    program = None
    if name in ("run", "record"):
        words, program = _cut(words, parser)
    options = parser.parse_args(words)
    if program is not None:
        options.program, options.program_module = program
    return options


def _carry_out(name, command, options):
    try:
        try:
            result = command(options)
        finally:  # also after --help, which ends with SystemExit
            if sys.stdout is not None:  # closed before the start
                sys.stdout.flush()
        if not callable(result):
            return result
    except ArgumentError as error:
        flags = {option.keyword: option.flag for option in OPTIONS}
        return _refuse(name, "%s: %s" % (flags.get(error.argument, error.argument), error.problem))
    except (TypeError, PreloadError, _run.ProgramError) as error:
        return _refuse(name, error)
    except EnvironmentError as error:
        # An error of a file has the name of the file.
        if error.errno not in (errno.EPIPE, errno.ENOSPC, errno.EBADF) or error.filename is not None:
            return _refuse(name, error)  # a traceback would have exit code 1, which means that something is late
        # The interpreter flushes standard output once more at its end, and would show a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if error.errno == errno.EPIPE:  # the reader has closed the pipe
            return 141 if name in ("check", "prove") else 0  # 141: as the shell says it of SIGPIPE
        return _refuse(name, "standard output cannot be written: %s" % error.strerror)
    except KeyboardInterrupt:
        if name in ("run", "record"):
            raise
        return 130
    # Outside of the block above, which would show an error of the program as an error of this command.
    result()
    return 0


def _main_help(arguments):
    import argparse

    variables = [(o.variable, "off: " * (o.default is True) + o.help) for o in OPTIONS] + list(VARIABLES)
    parser = argparse.ArgumentParser(
        prog="python -m warmup",
        description="Import now what the interpreter would import late.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="python -m warmup [--version] COMMAND [options]",
        epilog="commands:\n%s\n\nvariables of warmup.auto:\n%s\n\n%s"
        % (_rows([(name, COMMANDS[name][0]) for name in ORDER]), _rows(variables), _NEXT),
    )
    parser.add_argument("--version", action="version", version="warmup " + warmup.__version__)
    parser.add_argument("command", metavar="COMMAND", nargs="?", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments[:1])
    if options.command is not None:
        parser.error("there is no command %r; the commands are %s" % (options.command, ", ".join(ORDER)))
    print("warmup %s ends late imports.\n\n%s" % (warmup.__version__, _NEXT))
    return 0


def _rows(pairs):
    width = max([len(name) for name, _ in pairs])
    return "\n".join(["  %s  %s" % (name.ljust(width), text) for name, text in pairs])


def _refuse(name, reason):
    _complain("%s: %s" % (("warmup " + name).strip(), reason))
    return 2


def _complain(text):
    if sys.stderr is not None:  # closed before the start; print() would write to standard output
        print(text, file=sys.stderr)


# --- the options of preload()


def add_preload_arguments(parser):
    """Add a flag for each option of ``preload()``."""
    group = parser.add_argument_group("options of preload()")
    for option in OPTIONS:
        text, how = option.help, {"metavar": "FILE"}
        if option.shape == SWITCH:
            how = {"action": "store_false" if option.default else "store_true", "default": None}
        elif option.shape != FILE:
            text, how = text + "; any number of times", {"metavar": "NAME[,NAME...]", "action": "append"}
        group.add_argument(option.flag, dest=option.keyword, help=text, **how)
    group.add_argument("--no-codecs", action="store_true", help="prime no codec, as --codecs none does")


def preload_options(options):
    """Return the keywords for ``preload()`` that parsed ``options`` hold. Raises `ArgumentError`."""
    keywords = {}
    for option in OPTIONS:
        value = getattr(options, option.keyword)
        if value is None:
            continue
        if isinstance(value, list):
            try:
                values = [option.read(text) for text in value]
            except ValueError as error:
                raise ArgumentError(option.keyword, error)
            if option.shape == CODECS and len(values) > 1 and (None in values or [] in values):
                raise ArgumentError(option.keyword, "all, none and other names contradict each other; give one of them")
            value = None if values == [None] else [name for names in values for name in names]
        elif option.shape == FILE and not value:
            raise ArgumentError(option.keyword, "the path of a file is needed, not ''")
        keywords[option.keyword] = value
    if options.no_codecs:
        if "codecs" in keywords:
            raise ArgumentError("codecs", "--codecs and --no-codecs contradict each other; give one of them")
        keywords["codecs"] = []
    if names_all_without_scan(keywords):
        raise ArgumentError("codecs", "all and --no-scan contradict each other; give one of them")
    return keywords


# --- report


def _add_report(parser):
    parser.add_argument(
        "--import",
        dest="imported",
        metavar="NAME",
        action="append",
        default=[],
        help="import this module first, as your program does; any number of times",
    )
    parser.add_argument("--why", metavar="NAME", help="show only why this module would be imported late")
    parser.add_argument("--json", action="store_true", help="print data instead of a table")
    parser.add_argument("--trace", metavar="FILE", help="write the imports as trace events, for Perfetto or speedscope")
    parser.add_argument(
        "-o",
        dest="output",
        metavar="FILE",
        help="add the targets that were warmed to this manifest; keep the lines that it has",
    )
    add_preload_arguments(parser)


def _report(options):
    if options.json and options.why:
        raise _run.ProgramError("--json and --why contradict each other; give one of them")
    keywords = preload_options(options)
    if options.trace == "":
        raise _run.ProgramError("--trace: the path of a file is needed, not ''")
    if options.output is not None:
        _run.check_output(options.output)
    # A module that --import names may change the current folder.
    if "manifest" in keywords:
        keywords["manifest"] = _run.absolute(keywords["manifest"])
    trace, output = [path and _run.absolute(path) for path in (options.trace, options.output)]
    arguments = keywords, options.imported, options.why, options.json, trace, output
    # In this process, preload() would not import what this process has loaded, for example argparse.
    return _run.become(_run.bare_python("_cli.show_report", arguments))


def show_report(*arguments):
    """Preload, and show what was imported; return the exit code. Called in a fresh interpreter.

    ``arguments``: those of `_show_report`.
    """
    return _carry_out("report", lambda words: _show_report(*words), arguments)


def _show_report(keywords, imported, name, is_json, trace, output):
    report, loaded = _preload_after(imported, keywords)
    tried = {outcome.target for outcome in report.outcomes}
    report.left_out = tuple([pair for pair in left_out(**keywords) if pair[0] not in tried])
    why = None if name is None else _why(report, name, loaded)
    if trace:
        _write(trace, report.to_trace())
    if output:
        _add_to_manifest(output, report)
    print(why or (report.to_json() if is_json else report))
    return 0


def _preload_after(imported, keywords):
    """Import the modules ``imported``, and preload. Return the `Report`, and the modules that were loaded before."""
    # Only for names that the user gives: nothing else of the current folder may run.
    if imported or any(map(keywords.get, ("modules", "packages", "manifest"))):
        # Not "", as on 2.7: a module that --import names may change the current folder.
        sys.path.insert(0, os.path.dirname(_run.absolute("x")))
    # Standard output gets only our table or data. What a module prints when it is imported goes to standard error.
    # A stream of its own: a module may detach or close it, and standard error must stay open.
    stdout, sys.stdout = sys.stdout, _second_standard_error()
    try:
        for name in imported:
            try:
                __import__(name)
            except (KeyboardInterrupt, MemoryError):
                raise
            except BaseException as error:  # SystemExit; that of pytest.skip()
                raise _run.ProgramError("--import: %s cannot be imported: %s" % (name, describe(error)))
        if sys.stderr is not None and sys.stderr.isatty():
            _complain("preloading, in this process ...")
        loaded = frozenset(sys.modules)
        return preload(**keywords), loaded
    finally:
        sys.stdout = stdout


def _why(report, name, loaded):
    """Return why ``name`` is a target. Raise `ProgramError` if it is no target. ``loaded``: modules before the call."""
    why = report.why(name) or report.why(codec.aliased(name))
    if not why:
        problem = (
            "no loaded function imports it, and no target loads it; python -m warmup record -o FILE PROGRAM "
            "shows whether a run of the program imports it late, and who asks"
        )
        if not loaded.isdisjoint([name, "encodings." + codec.aliased(name)]):
            problem = "this module is loaded before preload() runs, so its import is not late"
        raise _run.ProgramError("--why %s: %s" % (name, problem))
    return why


def _second_standard_error():
    try:
        if sys.version_info[0] == 2:
            return os.fdopen(os.dup(2), "w", 0)
        # Not by the module io, which `report` would load: preload() would not import it then.
        return open(2, "w", 1, sys.stderr.encoding, sys.stderr.errors, closefd=False)
    except (AttributeError, OSError):  # it was closed before the start
        return open(os.devnull, "w")


def _add_to_manifest(path, report):
    known, text = manifest.known(path)
    for outcome in report.warmed:
        target = outcome.target
        if target not in known:
            function, word, place = target.reason.rpartition("() in ")
            why = function + word + manifest.without_folder(place)
            line = manifest.line(target.kind, target.name, why, outcome.modules)
            if not line:
                _complain("-o %s: a manifest cannot contain the name %r" % (path, target.name))
            text += line
    try:
        manifest.append(path, text)
    except EnvironmentError as error:
        raise _run.ProgramError("-o %s cannot be written: %s" % (path, error.strerror))


def _write(path, text):
    import io  # at the top, `report` would load it on 2.7

    try:
        with io.open(path, "w", encoding="utf-8") as stream:
            stream.write(text if not isinstance(text, bytes) else text.decode("ascii"))
    except EnvironmentError as error:
        raise _run.ProgramError("%s cannot be written: %s" % (path, error.strerror))


# --- run


def _add_program_arguments(parser):
    """Add the program that a command runs to the help. `_cut` removes it before the parser sees it."""
    parser.usage = "%(prog)s [options] SCRIPT|-m MODULE [ARG ...]"
    parser.add_argument("-m", metavar="MODULE", help="run a module; what follows are its arguments")
    parser.add_argument("program", metavar="SCRIPT", nargs="*", help="run a script; what follows are its arguments")


def _cut(words, parser):
    """Return ``(options, (script, module))``: lists of words. ``module`` is ``None`` if the program is a script.

    The program begins where ``python`` would find it.

    What does not work: ``nargs=argparse.REMAINDER``. It drops ``--``, and it reads what follows ``-mNAME`` itself.
    """
    switches = [flag for one in parser._actions if one.nargs == 0 for flag in one.option_strings]
    end = 0
    while end < len(words) and words[end][:1] == "-" != words[end] and words[end][:2] != "-m":
        word = words[end]
        if word == "--":
            return words[:end], (words[end + 1 :], None)
        end += 1
        is_long = word.startswith("--")
        if "=" in word if is_long else len(word) > 2:  # --watch=log, -oFILE
            continue
        if not any(flag.startswith(word) for flag in switches):
            end += 1  # its value
    ours, program = words[:end], words[end:]
    if program and program[0][:2] == "-m":
        name = [program[0][2:]] if program[0] != "-m" else []
        return ours, ([], name + program[1:])
    return ours, (program, None)


def _add_run(parser):
    parser.add_argument(
        "--watch",
        type=str.lower,  # as WARMUP_WATCH
        choices=("record", "log", "raise"),
        help="watch what the program imports late: record shows it at the end of the first process, log logs it, raise "
        "refuses it",
    )
    parser.add_argument(
        "--guard-fork",
        metavar="SECONDS",
        help="let a fork wait for the imports of other threads, for this time at most",
    )
    add_preload_arguments(parser)
    _add_program_arguments(parser)
    parser.epilog = (
        "What a manifest names is tried before the program, and again before its first thread or fork. With --strict, "
        "a target that fails before the program starts keeps it from starting, unless the manifest names that target. "
        "A target that fails at the first thread or fork ends the program. If the program starts no thread and does "
        "not fork, a target of the manifest that failed is shown at its end, and does not change its exit code. "
        "Limits: --watch record shows nothing of forked children, and nothing if a signal ends the program. --watch "
        "log and the command record see these imports. A server that spawns its workers or starts itself again "
        "(uvicorn --workers, runserver) is preloaded in the first process only: import warmup.auto in its application. "
        "An asyncio server may start its first thread in a request. Then preload() runs in that request, and the event "
        "loop stands still: call preload() in its application."
    )


def _run_program(options):
    program = _run.Program(options.program, options.program_module)
    keywords = preload_options(options)
    if keywords.get("manifest"):
        keywords["manifest"] = _run.manifest_to_read_twice(keywords["manifest"])
    program.prepare()
    _record.is_late = _run.is_late
    # The program may extend sys.path, or set up what its modules need. So what the manifest names may fail at first.
    # The second call tries it again.
    held_back = _Complaints(manifest.read(keywords["manifest"])[0] if keywords.get("manifest") else ())
    now = held_back.take(preload(**dict(keywords, strict=False)))
    if now.failed:
        if keywords.get("strict"):
            raise PreloadError(now)
        _complain("warmup run: %s" % PreloadError(now))
    if options.guard_fork is not None:
        try:
            warmup.guard_fork(read_seconds(options.guard_fork))
        except (NotImplementedError, ValueError) as error:
            raise _run.ProgramError("--guard-fork: %s" % getattr(error, "problem", error))
    watch = _watch_program(options.watch) if options.watch else None

    def preload_again(is_loaded):
        with _record.Pause() if watch is None else watch.allowed():
            _preload_again(keywords, held_back, is_loaded)

    _run.preload_before_first_thread(preload_again)
    return program.run


def _preload_again(keywords, held_back, is_loaded):
    """Call ``preload()`` inside of the program, which must not get an error that ``python`` would not give it."""
    try:
        report = preload(**dict(keywords, strict=False))
    except ArgumentError:
        # The program has deleted the manifest or changed its root. The first call has warmed what the manifest names.
        if keywords.pop("manifest", None) is not None:
            _preload_again(keywords, held_back, is_loaded)
        return
    held_back.take(report)
    if is_loaded:
        if report.failed and keywords.get("strict"):
            held_back.outcomes = ()
            sys.exit(_refuse("run", PreloadError(report)))
        held_back.show()


class _Complaints(object):
    """Hold back the outcomes of the ``targets`` of a manifest, until the program is loaded or has ended."""

    def __init__(self, targets):
        self._targets, self._process, self.outcomes = frozenset(targets), os.getpid(), ()
        if targets:
            import atexit

            atexit.register(self.show)

    def take(self, report):
        """Hold back what ``report`` says of the manifest. Return a `Report` of the rest."""
        self.outcomes = [o for o in report.outcomes if o.target in self._targets]
        return Report([o for o in report.outcomes if o.target not in self._targets], report.seconds)

    def show(self):
        """Print the targets that failed or are stale, once. Skip modules that the program has imported meanwhile."""
        unwarmed = [o for o in self.outcomes if o.target.kind != "module" or o.target.name not in sys.modules]
        self.outcomes = ()
        if os.getpid() == self._process:  # not in a forked child
            report = Report(unwarmed, 0.0)
            for problem in (report.failed and PreloadError(report), describe_stale(report)):
                if problem:
                    _complain("warmup run: %s" % problem)


def _watch_program(action):
    watch, process = _run.ProgramWatch(action), os.getpid()

    def show():
        if os.getpid() == process:
            watch.stop()
            _complain(watch)

    if action == "record":
        import atexit

        # atexit calls this after the program's handlers, which are registered later. So the watch sees their imports.
        atexit.register(show)
    return watch


# --- record


def _add_record(parser):
    parser.add_argument(
        "-o",
        dest="output",
        metavar="FILE",
        required=True,
        help="add each late import to this manifest; keep the lines that it has",
    )
    parser.add_argument("--append", action="store_true", help="also add late imports that FILE names already")
    _add_program_arguments(parser)
    parser.usage = "%(prog)s -o FILE [--append] SCRIPT|-m MODULE [ARG ...]"
    parser.epilog = (
        "Limit: a child that is spawned, or that a fork server starts (the default of multiprocessing on Linux since "
        "3.14), is not recorded. Set WARMUP_RECORD=FILE, and call warmup.preload(scan=False) in the child."
    )


def _record_program(options):
    _run.Program(options.program, options.program_module)
    _run.check_output(options.output)
    # In this process, the program could not import late what this process has loaded, for example argparse.
    arguments = bool(options.program_module), options.output, options.append
    return _run.become(_run.bare_python("_run.record", arguments, options.program_module or options.program))


# --- check


def _add_check(parser):
    from warmup import _check

    _check.add_arguments(parser)
    add_preload_arguments(parser)


def _run_check(options):
    from warmup import _check

    return _check.main(options, preload_options(options))


# --- prove, site: their modules are imported only when they run, so that the other commands start fast


def _add_prove(parser):
    from warmup.prove import add_arguments

    add_arguments(parser)


def _prove(options):
    from warmup.prove import UsageError
    from warmup.prove import main as prove

    try:
        return prove(options)
    except UsageError as error:
        return _refuse("prove", error)


def _add_site(parser):
    from warmup import _site

    _site.add_arguments(parser)


def _site(options):
    from warmup import _site

    return _site.main(options)


# name -> (what it does, function that adds its arguments to a parser, function that runs it). The last returns the exit
# code, or the function that runs the user's program.
COMMANDS = {
    "prove": ("show what stalls on this machine without preload(), and that preload() ends it", _add_prove, _prove),
    "report": ("preload, and show what was imported, why, and what it cost", _add_report, _report),
    "run": ("preload, then run a program as python itself does", _add_run, _run_program),
    "record": ("run a program, and write what it imports late to a manifest", _add_record, _record_program),
    "check": ("use an application once, cold and warm, and show what it imports late", _add_check, _run_check),
    "site": ("let each start of this virtual environment's Python prime dates and host names", _add_site, _site),
}
# 2.7 keeps no order in a dictionary.
ORDER = ("prove", "report", "run", "record", "check", "site")
