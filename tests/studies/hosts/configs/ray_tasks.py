import os

import measuring
import ray
import work

import warmup


def warm():
    warmup.preload(modules=["work"])


@ray.remote
def do():
    return work.do()


ray.init(
    num_cpus=1,
    include_dashboard=False,
    _node_ip_address="127.0.0.1",
    _temp_dir=os.environ["FOLDER"],
    runtime_env={"worker_process_setup_hook": warm},
)
measuring.tasks(lambda: ray.get(do.remote()))
ray.shutdown()
