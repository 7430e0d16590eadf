"""A Celery application whose broker and results are folders."""

from __future__ import absolute_import, division, print_function

import os

import shop
import warm
from celery import Celery
from celery.signals import worker_process_init

_FOLDER = os.environ["ROUNDTRIP_FOLDER"]
for _name in ("queue", "results", "control"):
    if not os.path.isdir(os.path.join(_FOLDER, _name)):
        os.mkdir(os.path.join(_FOLDER, _name))
app = Celery("celery_tasks", broker="filesystem://", backend="file://" + os.path.join(_FOLDER, "results"))
app.conf.broker_transport_options = {
    "data_folder_in": os.path.join(_FOLDER, "queue"),
    "data_folder_out": os.path.join(_FOLDER, "queue"),
    "control_folder": os.path.join(_FOLDER, "control"),
}
app.conf.broker_connection_retry_on_startup = True
app.conf.worker_prefetch_multiplier = 1


@app.task
def work():
    import time

    began = time.time()
    shop.work()
    return time.time() - began


@app.task
def late():
    import time

    time.sleep(0.2)  # the other process takes the next one
    return warm.result()


@worker_process_init.connect
def warm_process(**_):
    warm.warm()
