import warmup

preload_app = True


def when_ready(server):
    warmup.preload()
