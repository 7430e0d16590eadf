"""Carry out the command. Print a table of hosts, each row when it was measured."""

from __future__ import absolute_import, division, print_function

import json
import sys

from tests.studies import _command, hosts
from tests.studies.hosts import declared, harness, memory
from tests.support.process import Failed
from tests.support.table import Layout, say

_LAYOUT = Layout((40, 6, 6, 6, 6, 6, 6, 0))
_SECONDS = 15  # that a host takes, cold and warm, on the average


def main(arguments):
    """Run the study. Return 0, 1 if a host failed, or 2 if no host has that name."""
    parser = _command.parser(hosts)
    _command.add_names(parser, "hosts")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--memory", action="store_true", help="the memory of four gunicorn workers instead")
    options = parser.parse_args(arguments)
    if options.memory:
        return _print_memory(options.json)
    chosen = [host for host in declared.HOSTS if _command.is_chosen(host.name, options.names)]
    if not chosen:
        names = ", ".join(host.name for host in declared.HOSTS)
        print("hosts: no host has such a name; the hosts are %s" % names, file=sys.stderr)
        return 2
    if not options.json:
        _announce(chosen)
        say(_LAYOUT.line(("", "cold", "", "", "warm", "", "", "")))
        say(_LAYOUT.line(("host", "late", "first", "later", "late", "first", "later", "preloading ran")))
    has_failed = False
    for host in chosen:
        row = _row(host)
        has_failed = has_failed or "failed" in row
        say(json.dumps(row, sort_keys=True) if options.json else _text(row))
    return int(has_failed)


def _announce(chosen):
    possible = [host for host in chosen if declared.missing(host) is None]
    say(
        "%d of %d hosts can run on Python %s here, each cold, then warm: %s. Installs nothing."
        % (len(possible), len(chosen), sys.version.split()[0], _command.minutes(len(possible) * _SECONDS))
    )
    if len(possible) < len(chosen):
        say("For the others: python -m pip install -r %s" % declared.REQUIREMENTS)
    say()


def _print_memory(as_json):
    if not as_json:
        say("Four gunicorn workers and their master, started %d times: a minute. Installs nothing." % memory.COUNT)
        say("Memory, as the sum of proportional set sizes, depending on where preloading was done:")
    for name, size in memory.measure():
        say(json.dumps({"preloading": name, "bytes": size}) if as_json else "%-40s %6.1f MiB" % (name, size / 2.0**20))
    return 0


def _row(host):
    missing = declared.missing(host)
    if missing:
        return {"host": host.name, "skipped": missing}
    try:
        return {
            "host": host.name,
            "cold": harness.measure(host, warm=False).as_dict(),
            "warm": harness.measure(host, warm=True).as_dict(),
        }
    except Failed as error:
        return {"host": host.name, "failed": str(error)}


def _text(row):
    for word in ("skipped", "failed"):
        if word in row:
            return _LAYOUT.line((row["host"], "%s: %s" % (word, row[word])))
    figures = []
    for run in (row["cold"], row["warm"]):
        figures += [len(run["late"])] + ["%.0f ms" % (1000 * run[name]) for name in ("first_seconds", "later_seconds")]
    return _LAYOUT.line([row["host"]] + figures + [row["warm"]["preloaded"]])
