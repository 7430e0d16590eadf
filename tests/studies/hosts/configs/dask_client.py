import os

import distributed
import measuring
import work

with distributed.Client(os.environ["SCHEDULER"]) as client:
    measuring.tasks(lambda: client.submit(work.do, pure=False).result(), at_once=2)
