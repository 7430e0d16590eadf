import multiprocessing

import measuring
import work

import warmup

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    with multiprocessing.Pool(2, initializer=warmup.preload) as pool:
        measuring.tasks(lambda: pool.apply(work.do), at_once=2)
