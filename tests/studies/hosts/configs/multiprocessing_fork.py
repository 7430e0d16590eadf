import multiprocessing

import measuring
import work

import warmup

if __name__ == "__main__":
    if hasattr(multiprocessing, "set_start_method"):
        multiprocessing.set_start_method("fork")
    warmup.preload()
    pool = multiprocessing.Pool(2)
    measuring.tasks(lambda: pool.apply(work.do), at_once=2)
    pool.close()
    pool.join()
