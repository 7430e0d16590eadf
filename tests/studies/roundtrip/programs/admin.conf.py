"""Configure gunicorn: two workers. Each is warmed when it has loaded the application."""

workers = 2


def post_worker_init(worker):
    import warm

    warm.warm()
