import concurrent.futures

import measuring
import work

import warmup

warmup.preload()
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    measuring.tasks(lambda: pool.submit(work.do).result())
