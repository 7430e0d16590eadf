"""``python -m warmup site``: a ``.pth`` file that warms, at every start of a virtual environment's Python, a little.

Little, because every start pays: what was seen to stall most, dates and the names of hosts. The line in the file needs
nothing of this package: it outlives an uninstalled one, and the package's own import would be a good part of the cost.
"""
from __future__ import absolute_import, division, print_function

import io
import os
import subprocess
import sys
import sysconfig

from warmup._interpreter import clock

_NAME = "warmup-start.pth"
_MARK = u"# written by: python -m warmup site --install\n"
_CONTENT = _MARK + (u'import os, time; os.environ.get("WARMUP") == "off" or '
                    u'(time.strptime("2000", "%Y"), u"\\xfc".encode("idna"))\n')
_STARTS = 9  # of which the median is told


def add_arguments(parser):
    """Add what ``python -m warmup site`` takes to an ``argparse`` parser."""
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--install", dest="change", action="store_const", const=_install,
                        help="write %s into this virtual environment; time.strptime and the codec idna are warm "
                             "then whenever its Python starts, unless WARMUP=off" % _NAME)
    choice.add_argument("--remove", dest="change", action="store_const", const=_remove, help="delete that file")


def main(options):
    """Install or remove the file and say so. Returns the exit code: 0, also if there was nothing to do; else 2."""
    if sys.prefix == getattr(sys, "real_prefix", getattr(sys, "base_prefix", sys.prefix)):
        return _refuse("%s is not of a virtual environment: run the Python of one" % sys.executable)
    path = os.path.join(sysconfig.get_path("purelib"), _NAME)
    try:
        return options.change(path, _read(path))
    except (IOError, OSError) as error:
        return _refuse("%s cannot be changed: %s" % (path, error.strerror))


def _install(path, content):
    if content == _CONTENT:
        print("Already there: %s" % path)
        return 0
    if not _is_ours(content):
        return _refuse("%s was written by somebody else: move it away" % path)
    before = _start_seconds()
    with io.open(path, "w", encoding="ascii") as stream:
        stream.write(_CONTENT)
    print("Written: %s\nA start of this Python takes %.0f ms now; it took %.0f ms." % (
        path, 1000 * _start_seconds(), 1000 * before))
    return 0


def _remove(path, content):
    if content is None:
        print("Nothing to remove: there is no %s" % path)
        return 0
    if not _is_ours(content):
        return _refuse("%s was written by somebody else: remove it yourself" % path)
    os.remove(path)
    print("Removed: %s" % path)
    return 0


def _read(path):
    if not os.path.exists(path):
        return None
    with io.open(path, encoding="latin-1") as stream:
        return stream.read()


def _is_ours(content):
    return content is None or content.startswith(_MARK)


def _start_seconds():
    seconds = []
    for _ in range(_STARTS):
        started = clock()
        subprocess.call([sys.executable, "-c", ""])
        seconds.append(clock() - started)
    return sorted(seconds)[_STARTS // 2]


def _refuse(reason):
    print("warmup: site: " + reason, file=sys.stderr)
    return 2
