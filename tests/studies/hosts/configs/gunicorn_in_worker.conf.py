import warmup


def post_worker_init(worker):
    warmup.preload()
