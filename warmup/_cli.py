"""Argument parsing and exit codes of ``python -m warmup``.

0, or 2 for wrong arguments. ``run`` has the program's; ``prove`` has 1 for what is not proved, 3 for what cannot be
run here, 130 when it is interrupted.
"""
from __future__ import absolute_import, division, print_function

import argparse
import sys

from warmup import _run
from warmup._preload import preload
from warmup._values import ArgumentError, PreloadError


def main(arguments):
    """Run one command. ``arguments``: a list without the program's name. Returns the exit code."""
    options = _parser(arguments[:1]).parse_args(arguments)
    try:
        return options.command(options)
    except (ArgumentError, PreloadError, _run.ProgramError) as error:
        print("warmup: %s" % error, file=sys.stderr)
        return 2


def _parser(called):
    parser = argparse.ArgumentParser(prog="python -m warmup", description="Ends late imports.")
    commands = parser.add_subparsers(metavar="COMMAND", dest="name")
    commands.required = True  # Python 3 lets it be left out

    plan = commands.add_parser("plan", help="show what would be warmed, and why",
                               description="Show what would be warmed, and why. It is imported, in this process, to "
                                           "see what it would import late in turn.")
    plan.add_argument("--import", dest="imported", metavar="NAME", action="append", default=[],
                      help="first import this module, as the program would; any number of times")
    plan.add_argument("--json", action="store_true", help="as JSON")
    _add_preload_arguments(plan)
    plan.set_defaults(command=_plan)

    run = commands.add_parser("run", help="preload, then run a program", usage="%(prog)s [options] SCRIPT|-m MODULE "
                              "[ARG ...]", description="Preload, then run a program as python itself would.")
    _add_preload_arguments(run)
    run.add_argument("-m", dest="program_module", metavar="MODULE", nargs=argparse.REMAINDER,
                     help="run a module; what follows are its arguments")
    run.add_argument("program", metavar="SCRIPT", nargs=argparse.REMAINDER,
                     help="run a script; what follows are its arguments")
    run.set_defaults(command=_run_program)

    prove = commands.add_parser("prove", help="show every stall, and that it vanishes",
                                description="Run programs that stall, cold and warm, in fresh interpreters.")
    if called == ["prove"]:  # else the harness is not loaded: a program that is run would find it in memory
        from warmup.prove import add_arguments
        add_arguments(prove)
        prove.set_defaults(command=_prove)

    site = commands.add_parser("site", help="warm a little at every start of a virtual environment's Python")
    if called == ["site"]:
        from warmup import _site
        _site.add_arguments(site)
        site.set_defaults(command=_site.main)
    return parser


def _add_preload_arguments(parser):
    for option, text in (("--module", "import this module as well"),
                         ("--package", "modules of this package may be imported too"),
                         ("--codec", "prime this codec, and no other one"),
                         ("--exclude", "do not import this module, nor what is below it")):
        parser.add_argument(option, metavar="NAME", action="append", help=text + "; any number of times")
    parser.add_argument("--no-codecs", dest="codec", action="store_const", const=[], help="prime no codec")
    parser.add_argument("--named-only", action="store_true", help="nothing but the modules and codecs that are named")
    parser.add_argument("--strict", action="store_true", help="stop with an error if something cannot be warmed")
    parser.add_argument("--no-lock-free-import", dest="lock_free_import", action="store_false",
                        help="Python 2.7: leave __import__ as it is")


def _preload(options):
    return preload(modules=options.module or (), packages=options.package or (), codecs=options.codec,
                   exclude=options.exclude or (), named_only=options.named_only, strict=options.strict,
                   lock_free_import=options.lock_free_import)


def _plan(options):
    for name in options.imported:
        try:
            __import__(name)
        except Exception as error:
            raise _run.ProgramError("--import: %s cannot be imported: %s: %s" % (name, type(error).__name__, error))
    report = _preload(options)
    print(report.to_json() if options.json else report.why())
    return 0


def _run_program(options):
    if not options.program and not options.program_module:
        raise _run.ProgramError("run: name a script, or -m and a module")
    _preload(options)
    if options.program_module:
        _run.run_module(options.program_module)
    else:
        _run.run_script(options.program)
    return 0


def _prove(options):
    from warmup.prove import UsageError, main as prove
    try:
        return prove(options)
    except UsageError as error:
        raise ArgumentError("prove", error)
