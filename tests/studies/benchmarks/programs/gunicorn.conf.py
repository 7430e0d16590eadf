"""gunicorn: one worker. Loads the application in the master, and prepares it there, as the README says."""

import ways

preload_app = ways.WAY != ways.NOTHING


def when_ready(server):
    ways.begin()


def post_worker_init(worker):
    ways.ready()


def post_request(worker, request, environment, response):
    ways.end()
