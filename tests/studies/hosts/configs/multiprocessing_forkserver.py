import multiprocessing

import measuring
import work

if __name__ == "__main__":
    multiprocessing.set_start_method("forkserver")
    multiprocessing.set_forkserver_preload(["work", "warmup.auto"])
    with multiprocessing.Pool(2) as pool:
        measuring.tasks(lambda: pool.apply(work.do), at_once=2)
