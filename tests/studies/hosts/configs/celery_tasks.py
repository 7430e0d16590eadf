import os

import work
from celery import Celery
from celery.signals import worker_init

import warmup

app = Celery("tasks", broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"])
app.conf.broker_connection_retry_on_startup = True


@app.task
def do():
    return work.do()


@worker_init.connect
def warm(**_):
    warmup.preload()
