import gc

import warmup

preload_app = True


def when_ready(server):
    warmup.preload()
    gc.collect()  # objects that are garbage when they are frozen are never freed
    gc.freeze()  # collections in the workers skip what is frozen: its pages stay shared
