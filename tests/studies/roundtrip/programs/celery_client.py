"""Give the worker its tasks; print their seconds, and what the processes answer."""

from __future__ import absolute_import, division, print_function

import sys

import celery_tasks

seconds = [result.get(timeout=60, interval=0.01) for result in [celery_tasks.work.delay() for _ in range(20)]]
late = [result.get(timeout=60, interval=0.01) for result in [celery_tasks.late.delay() for _ in range(8)]]
print(repr((seconds, [str(one) for one in late])))
sys.stdout.flush()
