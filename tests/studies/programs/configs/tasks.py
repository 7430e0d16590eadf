"""The application of Celery's "First Steps", with a task that fails and one that is tried again."""

import os

from celery import Celery
from celery.signals import worker_init

app = Celery("tasks", broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"])
app.conf.broker_connection_retry_on_startup = True


@app.task
def add(x, y):
    return x + y


@app.task
def fail():
    raise ValueError("as it is meant to")


@app.task(bind=True, default_retry_delay=0.1)
def try_again(self):
    if not self.request.retries:
        raise self.retry()
    return self.request.retries


@worker_init.connect
def warm(**_):
    import warmup.auto
