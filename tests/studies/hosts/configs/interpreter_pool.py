import concurrent.futures
import functools

import measuring
import work

import warmup

# Nothing of this program is in there yet.
initializer = functools.partial(warmup.preload, modules=["work"])
with concurrent.futures.InterpreterPoolExecutor(2, initializer=initializer) as pool:
    measuring.tasks(lambda: pool.submit(work.do).result(), at_once=2)
