"""Start a study: ``python -m tests.studies NAME [...]``. Without a name, list the studies."""

from __future__ import absolute_import, division, print_function

import importlib
import os
import pkgutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = sorted(name for _, name, is_package in pkgutil.iter_modules([HERE]) if is_package)


def main(arguments):
    """Start the study that the first of ``arguments`` names. Return its exit code."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print("python -m tests.studies NAME [...]; NAME --help shows the options of one.\n")
        for name in NAMES:
            print("  %-13s %s" % (name, sentence(_study(name))))
        return 0
    if arguments[0] not in NAMES:
        print("there is no study %r; the studies are %s" % (arguments[0], ", ".join(NAMES)), file=sys.stderr)
        return 2
    try:
        return _study(arguments[0]).main(arguments[1:])
    except KeyboardInterrupt:
        return 130


def sentence(study):
    """Return what a study is, in one sentence: the first paragraph of its docstring."""
    return " ".join(study.__doc__.strip().split("\n\n")[0].split())


def _study(name):
    return importlib.import_module("tests.studies." + name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
