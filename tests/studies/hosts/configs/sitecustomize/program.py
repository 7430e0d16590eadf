import measuring
import work

measuring.tasks(lambda: work.do(["idna", "dates"]))
