import measuring
import work

measuring.tasks(lambda: work.do(["common_codecs"]))
