"""Declare the programs: how their documentation starts them, which client uses them, what they need."""

from __future__ import absolute_import, division, print_function

import os

from tests.studies.hosts import declared
from tests.studies.hosts.harness import Host
from tests.studies.programs import clients

REQUIREMENTS = "tests/studies/programs/requirements.txt"
CONFIGS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "configs")
_GUNICORN = ["{bin}/gunicorn", "-b", "127.0.0.1:{port}", "-c", os.path.join(CONFIGS, "gunicorn.conf.py")]
_REDIS = "redis-server --bind 127.0.0.1 --port {port} --save".split() + [""]
_FRUIT = """
import sqlite3
database = sqlite3.connect("fruit.db")
database.execute("create table tree (id integer primary key, name text, colour text, planted text)")
database.executemany("insert into tree values (?, ?, ?, ?)",
                     [(1, "quince", "yellow", "2026-11-22"), (2, "apple", "red", "2025-01-01"),
                      (3, "medlar", "brown", None)])
database.commit()
"""


class Program(Host):
    """Describe a program.

    ``prepare``: commands to run first. ``start``: pairs of a command and a regular expression for what it prints when
    it is ready. ``client``: a command, or a function of `clients`. ``packages``: names of its packages, for
    ``packages=``. ``loads_others``: whether it imports modules of packages late if these are not given.
    """

    def __init__(self, name, start, client, packages, prepare=(), loads_others=True, **more):
        Host.__init__(self, name, preloads=None, path=[CONFIGS], **more)
        self.start, self.client, self.packages, self.prepare = start, client, packages, prepare
        self.loads_others = loads_others


PROGRAMS = [
    Program(
        "Flask: httpbin under gunicorn",
        [(_GUNICORN + ["httpbin:app"], "Booting worker with pid")],
        clients.httpbin,
        ["httpbin", "flask", "werkzeug", "jinja2", "itsdangerous", "click", "blinker", "gunicorn"],
        modules=["httpbin", "gunicorn"],
    ),
    Program(
        "Django: admin under gunicorn",
        [(_GUNICORN + ["mysite.wsgi"], "Booting worker with pid")],
        clients.django_admin,
        ["django", "asgiref", "sqlparse", "gunicorn", "mysite"],
        prepare=[
            ["{bin}/django-admin", "startproject", "mysite", "."],
            ["{python}", "manage.py", "migrate"],
            ["{python}", "manage.py", "createsuperuser", "--noinput"],
        ],
        # Django loads the module of URLs with the first request.
        environment={
            "WARMUP_MODULES": "mysite.urls",
            "DJANGO_SUPERUSER_USERNAME": clients.USER,
            "DJANGO_SUPERUSER_EMAIL": "admin@example.org",
            "DJANGO_SUPERUSER_PASSWORD": clients.PASSWORD,
        },
        modules=["django", "gunicorn"],
        since=(3, 8),
    ),
    Program(
        "ASGI: Datasette under uvicorn",
        [("{bin}/uvicorn --port {port} datasette_site:app".split(), "Uvicorn running on")],
        clients.datasette,
        [
            "datasette",
            "uvicorn",
            "jinja2",
            "httpx",
            "httpcore",
            "anyio",
            "h11",
            "janus",
            "aiofiles",
            "asgi_csrf",
            "itsdangerous",
            "click",
            "pluggy",
            "yaml",
        ],
        prepare=[["{python}", "-c", _FRUIT]],
        loads_others=False,
        modules=["datasette", "uvicorn"],
        since=(3, 8),
    ),
    Program(
        "Celery worker with Redis",
        [
            (_REDIS, "eady to accept connections"),
            ("{bin}/celery -A tasks worker --loglevel INFO --concurrency 2".split(), " ready."),
        ],
        ["{python}", os.path.join(CONFIGS, "celery_client.py")],
        ["celery", "kombu", "billiard", "vine", "redis", "amqp", "click"],
        environment={"REDIS_URL": "redis://127.0.0.1:{port}/0"},
        loads_others=False,
        modules=["celery", "redis"],
        commands=["redis-server"],
        since=(3, 8),
    ),
]


def missing(program):
    """Return what ``program`` needs and this interpreter or machine does not have, as text, or ``None``."""
    return declared.missing(program, REQUIREMENTS)
