"""Sends one task of each kind to the worker, and waits for what it returns. Prints nothing; an error ends it."""

import datetime

from celery import chain, chord, group
from tasks import add, app, fail, try_again

SECONDS = 60


def value(result):
    return result.get(timeout=SECONDS)


def expect(expected, found):
    if expected != found:
        raise AssertionError("%r, not %r" % (found, expected))


expect(8, value(add.delay(4, 4)))
expect(u"b\xfccher", value(add.delay(u"b\xfc", u"cher")))
expect([2, 4], value(group(add.s(1, 1), add.s(2, 2)).delay()))
expect(10, value(chain(add.s(1, 2), add.s(7)).delay()))
expect([[1, 5]], value(chord([add.s(0, 1), add.s(2, 3)], app.tasks["celery.accumulate"].s()).delay()))
expect([[3], [7]], [[number] for number in value(add.starmap([(1, 2), (3, 4)]).delay())])
expect(3, value(add.apply_async((1, 2), countdown=0.2)))
expect(3, value(add.apply_async((1, 2), eta=datetime.datetime.now(datetime.timezone.utc), expires=SECONDS)))
expect(3, value(add.apply_async((1, 2), compression="zlib", time_limit=SECONDS, soft_time_limit=SECONDS)))
expect(1, value(try_again.delay()))
expect("ValueError", type(fail.delay().get(timeout=SECONDS, propagate=False)).__name__)
app.tasks["celery.backend_cleanup"].delay().get(timeout=SECONDS)
expect(True, bool(app.control.inspect(timeout=1).stats()))
expect(True, bool(app.control.inspect(timeout=1).registered()))
