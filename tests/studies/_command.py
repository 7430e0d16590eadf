"""Provide what the commands of all studies share."""

from __future__ import absolute_import, division, print_function

import argparse


def parser(study):
    """Return an argument parser for the package ``study``, whose docstring is the description."""
    return argparse.ArgumentParser(
        prog="python -m tests.studies " + study.__name__.rpartition(".")[2],
        description=study.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_names(parser, things):
    """Add the positional argument NAME: parts of the names of ``things``, such as "hosts"."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="only %s whose name has this as a part" % things)


def minutes(seconds):
    """Return ``seconds`` as a phrase of whole minutes, rounded up: ``"about 3 minutes"``."""
    count = int(seconds // 60) + 1
    return "about a minute" if count == 1 else "about %d minutes" % count


def is_chosen(name, parts):
    """Return whether ``name`` contains one of ``parts``. Without parts, return ``True``."""
    return not parts or any(part in name for part in parts)
