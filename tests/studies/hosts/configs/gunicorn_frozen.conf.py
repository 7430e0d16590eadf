import gc

import warmup

preload_app = True


def when_ready(server):
    warmup.preload()
    # Whatever lives until the end anyway: later collections leave it alone, and its pages shared.
    gc.freeze()
