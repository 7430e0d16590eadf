"""The hosts: how each is started, and what it needs."""
from __future__ import absolute_import, division, print_function

import os
import sys

from hosts.harness import Program, Server


def _gunicorn(name, config, *options, **requirements):
    return Server("gunicorn " + name,
                  ["{bin}/gunicorn", "-b", "127.0.0.1:{port}", "-c", "{configs}/" + config] +
                  list(options) + ["pages:application"],
                  ready="Booting worker", modules=["flask", "gunicorn"], **requirements)


HOSTS = [
    _gunicorn("gthread, preload_app", "gunicorn_preload_app.conf.py", "-k", "gthread", "--threads", "8"),
]


def by_name(name):
    return {host.name: host for host in HOSTS}[name]


def missing(host):
    """What ``host`` needs and this interpreter or machine lacks, as text, or ``None``."""
    for module in host.requirements.get("modules", ()):
        if not _is_installed(module):
            return "%s is not installed in %s" % (module, sys.executable)
    return None


def _is_installed(module):
    return any(os.path.exists(os.path.join(folder, module + end)) for folder in sys.path for end in ("", ".py"))
