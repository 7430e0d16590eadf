"""Declare the hosts: how to start each, what it needs, and where its configuration runs ``warmup.preload()``."""

from __future__ import absolute_import, division, print_function

import os
import sys
import sysconfig

from tests.studies.hosts.harness import Program, Reloader, Server

REQUIREMENTS = "tests/studies/hosts/requirements-all.txt"
_BEFORE_FORK, _IN_WORKER = "before the fork, main thread", "in the worker, main thread"
_IN_THREAD = "in the worker, another thread"


def _gunicorn(name, preloads, options="", application="pages:application", framework="flask", modules=(), **more):
    config = "gunicorn_preload_app" if preloads == _BEFORE_FORK else "gunicorn_in_worker"
    words = "{bin}/gunicorn -b 127.0.0.1:{port} -c {configs}/%s.conf.py %s %s" % (config, options, application)
    # gunicorn prints this line before the worker loads the application. With preload_app it has loaded the application.
    return Server(
        "gunicorn " + name,
        words.split(),
        "Booting worker with pid",
        preloads=preloads,
        modules=("gunicorn", framework) + modules,
        **more
    )


def _uwsgi(name, config, **more):
    return Server(
        "uWSGI " + name,
        ["{bin}/uwsgi", "--ini", "{configs}/" + config],
        "spawned uWSGI worker",
        workers=2,
        modules=["flask"],
        commands=["{bin}/uwsgi"],
        **more
    )


def _mod_wsgi(name, *options, **more):
    return Server(
        "mod_wsgi " + name,
        ["apache2", "-D", "FOREGROUND", "-f", "{configs}/httpd.conf"] + list(options),
        "resuming normal operations",
        timed_inside=True,
        modules=["flask"],
        prefix="/usr",
        commands=["apache2", "/usr/lib/apache2/modules/mod_wsgi.so"],
        preloads=_IN_WORKER,
        **more
    )


def _asgi(name, ready, words):
    return Server(name, words.split(), ready, workers=2, modules=[name], since=(3, 7), preloads=_IN_WORKER)


def _flask(name, words, **more):
    # The socket stays open. A request waits in it until the new process answers.
    return Reloader(
        "Flask " + name,
        words,
        "Restarting with",
        "flask_pages.py",
        "Detected change in",
        modules=["flask"],
        preloads=_IN_WORKER,
        timed_inside=True,
        **more
    )


def _celery(name, preloads, options):
    redis = "redis-server --bind 127.0.0.1 --port {port} --save".split() + [""]
    worker = "{bin}/celery -A celery_tasks worker --loglevel INFO --concurrency 2 " + options
    return _program(
        "Celery " + name,
        preloads,
        "celery_client.py",
        timed_inside=True,
        modules=["celery", "redis"],
        services=[(redis, "eady to accept connections"), (worker.split(), " ready.")],
        commands=["redis-server"],
        environment={"REDIS_URL": "redis://127.0.0.1:{port}/0"},
    )


def _dask():
    worker = "{bin}/dask worker tcp://127.0.0.1:{port} --preload warmup.auto --nworkers 2 --no-dashboard"
    scheduler = "{bin}/dask scheduler --host 127.0.0.1 --port {port} --no-dashboard"
    return _program(
        "Dask",
        _IN_WORKER,
        "dask_client.py",
        modules=["distributed"],
        services=[(scheduler.split(), "Scheduler at:"), (worker.split(), "Registered to:")],
        environment={"SCHEDULER": "tcp://127.0.0.1:{port}", "WARMUP_MODULES": "work"},
    )


def _program(name, preloads, file, *arguments, **more):
    return Program(name, ["{python}", "{configs}/" + file] + list(arguments), preloads=preloads, **more)


HOSTS = [
    _gunicorn("gthread, preload_app", _BEFORE_FORK, "-k gthread --threads 8"),
    _gunicorn("gthread", _IN_WORKER, "-k gthread --threads 8", timed_inside=True),
    _gunicorn("sync, preload_app", _BEFORE_FORK, "-w 2", workers=2),
    _gunicorn("sync", _IN_WORKER, "-w 2", workers=2, timed_inside=True),
    _gunicorn("sync, preload_app, max_requests", _BEFORE_FORK, "--max-requests 12", processes=2, timed_inside=True),
    _gunicorn("sync, max_requests", _IN_WORKER, "--max-requests 12", processes=2, timed_inside=True),
    _gunicorn("gevent", _IN_WORKER, "-k gevent", modules=("gevent",), timed_inside=True),
    _uwsgi("shared-import", "uwsgi_shared_import.ini", preloads=_BEFORE_FORK),
    _uwsgi("import, lazy-apps, threads", "uwsgi_lazy_apps.ini", timed_inside=True, preloads=_IN_WORKER),
    _mod_wsgi("daemon mode", processes=2),
    _mod_wsgi("daemon mode, two applications", processes=4, paths=["/", "/other/"]),
    _mod_wsgi("embedded mode", "-D", "EMBEDDED"),
    Server(
        "waitress",
        ["{python}", "{configs}/waitress_serve.py"],
        "Serving on",
        modules=["waitress", "flask"],
        preloads=_IN_WORKER,
    ),
    Server(
        "Django under waitress",
        "{bin}/waitress-serve --listen 127.0.0.1:{port} django_wsgi:application".split(),
        "Serving on",
        modules=["waitress", "django"],
        since=(3, 6),
        preloads=_IN_WORKER,
    ),
    _asgi("uvicorn", "Application startup complete", "{bin}/uvicorn --port {port} --workers 2 asgi_pages:application"),
    _asgi("hypercorn", "Running on", "{bin}/hypercorn -b 127.0.0.1:{port} -w 2 asgi_pages:application"),
    _asgi(
        "granian",
        "Started worker-",
        "{bin}/granian --interface asgi --host 127.0.0.1 --port {port} --workers 2 asgi_pages:application",
    ),
    _flask("reloader", ["{python}", "{folder}/flask_pages.py"]),
    # Before Flask 2.2, which needs Python 3.7, the application loads in a thread without this option.
    _flask(
        "run --reload",
        ["{bin}/flask", "run", "--port", "{port}", "--reload"] + ["--eager-loading"] * (sys.version_info < (3, 7)),
        environment={"FLASK_APP": "flask_pages:application"},
    ),
    Reloader(
        "uvicorn --reload",
        "{bin}/uvicorn --port {port} --reload asgi_pages:application".split(),
        "Application startup complete",
        "asgi_pages.py",
        "detected changes? in",
        modules=["uvicorn"],
        since=(3, 7),
        preloads=_IN_WORKER,
    ),
    # runserver always prints that a process starts again. Only with DEBUG it prints which file has changed.
    Reloader(
        "Django runserver",
        "{python} {folder}/django_manage.py runserver 127.0.0.1:{port}".split(),
        "Starting .*development server at",
        "django_manage.py",
        "Performing system checks",
        modules=["django"],
        since=(3, 6),
        preloads=_IN_THREAD,
    ),
    _celery("prefork", _BEFORE_FORK, "--pool prefork"),
    _celery("threads", _IN_WORKER, "--pool threads"),
    _dask(),
    _program("Ray", _IN_WORKER, "ray_tasks.py", modules=["ray"], timed_inside=True),
    _program("multiprocessing fork", _BEFORE_FORK, "multiprocessing_fork.py", forks=True),
    _program("multiprocessing spawn", _IN_WORKER, "multiprocessing_spawn.py", timed_inside=True, since=(3, 4)),
    _program(
        "multiprocessing forkserver",
        _BEFORE_FORK,
        "multiprocessing_forkserver.py",
        timed_inside=True,
        since=(3, 4),
        forks=True,
    ),
    _program("process pool, fork", _IN_WORKER, "process_pool.py", "fork", timed_inside=True, since=(3, 7), forks=True),
    _program("process pool, spawn", _IN_WORKER, "process_pool.py", "spawn", timed_inside=True, since=(3, 7)),
    _program("thread pool", _IN_WORKER, "thread_pool.py", since=(3, 2)),
    _program("interpreter pool", _IN_WORKER, "interpreter_pool.py", timed_inside=True, since=(3, 14)),
    _program("embedded interpreter", _IN_WORKER, "embedded.py", since=(3, 6), commands=["gcc", "{include}/Python.h"]),
    _program("sitecustomize", _IN_WORKER, "sitecustomize/program.py", path=["sitecustomize"]),
    _program("sitecustomize, small", _IN_WORKER, "sitecustomize_small/program.py", path=["sitecustomize_small"]),
]


def by_name(name):
    return {host.name: host for host in HOSTS}[name]


def missing(host, requirements=REQUIREMENTS):
    """Return what ``host`` needs and this interpreter or machine does not have, as text, or ``None``.

    ``requirements``: the file that lists the packages it needs.
    """
    if sys.version_info < (host.since or (2,)):
        return "not before Python %d.%d" % host.since
    if host.forks and not hasattr(os, "fork"):
        return "this system has no os.fork"
    if host.prefix and getattr(sys, "base_prefix", sys.prefix) != host.prefix:
        return "only for the Python in " + host.prefix
    for module in host.modules:
        if not _exists(os.path.join(folder, module + end) for folder in sys.path for end in ("", ".py")):
            return "%s is not installed: python -m pip install -r %s" % (module, requirements)
    for command in host.commands:
        command = command.format(bin=os.path.dirname(sys.executable), include=sysconfig.get_path("include"))
        if not _exists(os.path.join(folder, command) for folder in os.environ["PATH"].split(os.pathsep)):
            return "there is no %s; %s says where it comes from" % (command, requirements)
    return None


def _exists(paths):
    return any(os.path.exists(path) for path in paths)
