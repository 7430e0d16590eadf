import concurrent.futures
import multiprocessing
import sys

import measuring
import work

import warmup

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    with concurrent.futures.ProcessPoolExecutor(2, context, initializer=warmup.preload) as pool:
        measuring.tasks(lambda: pool.submit(work.do).result(), at_once=2)
