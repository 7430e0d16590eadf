import measuring
from celery_tasks import do

measuring.tasks(lambda: do.delay().get(timeout=60), at_once=2)
