preload_app = True


def when_ready(server):
    import warmup.auto
