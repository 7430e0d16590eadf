"""Run a program and its client under the recorder of the hosts. Return which modules were loaded after the start-up."""

from __future__ import absolute_import, division, print_function

import collections
import time

from tests.studies.hosts import harness
from tests.studies.programs import clients
from tests.support.process import Failed

# ``name`` of the module, ``asker``: who imported it first, as "file:line function".
Late = collections.namedtuple("Late", "name asker")
# How a program is run. ``warmup``: with the documented line. ``packages``: with that line and the program's packages.
RUNS = ("cold", "warmup", "packages")


def measure(program, how):
    """Run a program in one of the ways `RUNS`. Return ``(standard, others)``, sorted lists of `Late`.

    An import is late if a process of the program makes it after the client has begun. Raise `support.process.Failed`
    if the program does not work.
    """
    environment = dict(program.environment)
    if how == "packages":
        environment["WARMUP_PACKAGES"] = ",".join(program.packages)
    with harness.Run(how != "cold", program.path, environment) as run:
        for command in program.prepare:
            run.start(command)
        for command, ready in program.start:
            run.start(command, ready)
        began = time.time()
        if callable(program.client):
            try:
                for _ in range(2):  # the second time with what the first one has filled
                    program.client(clients.Browser(run.port))
            except clients.WrongAnswer as error:
                raise run.failure(str(error))
        else:
            run.start(program.client)
        run.stop()
        events = run.events()
    # A process that starts later is the client, which is no part of the program that was warmed.
    fresh = {event.process for event in events if event.event == "start" and event.seconds >= began}
    if how != "cold" and not any(event.event == "preloaded" for event in events):
        raise Failed("nothing was preloaded in " + program.name)

    def late(kind):
        names = {}
        for event in events:
            if event.event == kind and event.seconds >= began and event.process not in fresh:
                names.setdefault(event.name, event.asker)
        return [Late(name, names[name]) for name in sorted(names)]

    return late("load"), late("load-other")
