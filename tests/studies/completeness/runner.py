"""Run each test module in a fresh process, and collect the records of the recorder."""

from __future__ import absolute_import, division, print_function

import ast
import os
import shutil
import tempfile
import threading

from tests.studies.completeness import rules
from tests.support import process

HERE = os.path.dirname(os.path.abspath(__file__))
RUN_ONE = os.path.join(HERE, "run_one.py")

# Variables that would change what the tests find.
_NOT_PASSED_ON = ("PYTHONPATH", "PYTHONWARNINGS", "PYTHONSTARTUP", "PYTHONUNBUFFERED", "WARMUP")


def read_records(path):
    """Return the records in a file. A missing file has none. A line that was cut off ends them."""
    records = []
    if os.path.exists(path):
        with open(path, "rb") as lines:
            for line in lines:
                try:
                    records.append(ast.literal_eval(line.decode("utf-8")))
                except (SyntaxError, ValueError):
                    break
    return records


def run_module(subject, name, temperature, limit, keep_log=None):
    """Run one test module, cold or warm. Return a dictionary that can be written as JSON.

    Keys: status ("passed", "failed", "skipped", "broken", "slow", "died"), seconds, ran, failed,
    late, own, unseen (see `rules.judge_all`), and for a warm run preload_seconds and preloaded.
    """
    directory = os.path.realpath(tempfile.mkdtemp(prefix="completeness-"))
    try:
        work = os.path.join(directory, "work")
        os.mkdir(work)
        kept = os.path.join(keep_log or directory, name + "." + temperature)
        records_file = kept + ".records"
        if os.path.exists(records_file):
            os.remove(records_file)
        command = [subject.path, RUN_ONE, records_file, name, temperature]
        if temperature == "warm":
            command.append(process.ROOT)
        environment = process.variables(*_NOT_PASSED_ON, TMPDIR=work, HOME=work, PYTHONDONTWRITEBYTECODE="1")
        with open(kept + ".log", "wb") as log:
            code = process.run(command, environment, work, limit, log).code
        records = read_records(records_file)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    late, own, unseen = rules.judge_all(records, subject)
    result = {
        "status": "slow" if code is None else "died",
        "seconds": None,
        "ran": 0,
        "failed": [],
        "late": late,
        "own": own,
        "unseen": unseen,
    }
    for record in records:
        if record[0] == "outcome":
            result.update(zip(("status", "seconds", "ran", "failed"), record[2:]))
            if code is None:
                result["status"] = "slow"  # its tests ended, but the process did not
        elif record[0] == "preloaded":
            result.update(preload_seconds=record[2], preloaded=record[3])
    return result


def run_modules(subject, names, temperature, limit, jobs=1, report=None, keep_log=None):
    """Run test modules, `jobs` at a time. Return {name: result}. Call ``report(name, result)`` for each."""
    waiting = list(reversed(names))
    results = {}

    def work():
        while True:
            try:
                name = waiting.pop()
            except IndexError:
                return
            results[name] = run_module(subject, name, temperature, limit, keep_log)
            if report is not None:
                report(name, results[name])

    workers = [threading.Thread(target=work) for _ in range(jobs)]
    for worker in workers:
        worker.daemon = True
        worker.start()
    for worker in workers:
        while worker.is_alive():  # a bare join() would not let Ctrl-C through on 2.7
            worker.join(1)
    return results
