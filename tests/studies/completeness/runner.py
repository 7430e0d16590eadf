"""Starts the test modules, one fresh process each, and gathers what the recorder wrote in them."""

from __future__ import absolute_import, division, print_function

import ast
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from . import rules

HERE = os.path.dirname(os.path.abspath(__file__))
RUN_ONE = os.path.join(HERE, "run_one.py")
WARMUP_DIRECTORY = os.path.dirname(os.path.dirname(HERE))

# Run by the interpreter in question; prints what `rules.Interpreter` and `test_modules` need.
DESCRIBE = r"""
import json, os, sys
library = os.path.dirname(os.path.realpath(os.__file__))
modules = set(sys.builtin_module_names)
skipped = {"site-packages", "dist-packages", "test", "tests", "idle_test", "__pycache__", "lib-dynload"}
def walk(directory, prefix):
    for entry in sorted(os.listdir(directory)):
        path = os.path.join(directory, entry)
        name = prefix + entry.split(".")[0]
        if os.path.isdir(path):
            if entry not in skipped and os.path.exists(os.path.join(path, "__init__.py")):
                modules.add(name)
                walk(path, name + ".")
        elif entry.endswith((".py", ".so")) and entry != "__init__.py":
            modules.add(name)
walk(library, "")
if os.path.isdir(os.path.join(library, "lib-dynload")):
    walk(os.path.join(library, "lib-dynload"), "")
# C modules that exist for the regression tests alone.
modules = sorted(name for name in modules if not name.startswith(("_test", "xx", "_xx")))
tests = []
try:
    import test
except ImportError:
    test = None
if test is not None:
    root = os.path.dirname(os.path.realpath(test.__file__))
    for entry in sorted(os.listdir(root)):
        path = os.path.join(root, entry)
        if entry.startswith("test_") and entry.endswith(".py"):
            tests.append("test." + entry[:-3])
        elif entry.startswith("test_") and os.path.isdir(path):
            # A directory of tests is taken apart, so that a slow test does not hide its neighbours.
            inside = sorted(os.listdir(path))
            tests.extend("test.%s.%s" % (entry, name[:-3]) for name in inside
                         if name.startswith("test_") and name.endswith(".py"))
            if not any(name.startswith("test_") for name in inside) and "__init__.py" in inside:
                tests.append("test." + entry)
import opcode
print(json.dumps({"executable": sys.executable, "version": sys.version.split()[0], "library": library,
                  "modules": modules, "tests": tests, "opnames": list(opcode.opname)}))
"""


def describe(python):
    """(Interpreter, names of its test modules) for the interpreter at path `python`."""
    printed = subprocess.check_output([python, "-c", DESCRIBE], cwd=tempfile.gettempdir())
    described = json.loads(printed.decode("utf-8"))
    return rules.Interpreter(described), described["tests"]


def kill_group(process):
    """End a child and all that it started; it leads a process group of its own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except OSError:
        pass  # all gone already


def run_child(command, limit, log, cwd):
    """Run `command` for at most `limit` seconds; return its exit status, or None if it was too slow."""
    environment = dict(os.environ, TMPDIR=cwd, HOME=cwd, PYTHONDONTWRITEBYTECODE="1")
    for name in ("PYTHONPATH", "PYTHONWARNINGS", "PYTHONSTARTUP", "PYTHONUNBUFFERED"):
        environment.pop(name, None)
    with open(os.devnull) as nothing:
        process = subprocess.Popen(command, stdin=nothing, stdout=log, stderr=subprocess.STDOUT, cwd=cwd,
                                   env=environment, preexec_fn=os.setsid)
    try:
        deadline = time.time() + limit
        while process.poll() is None:  # not wait(timeout): 2.7 does not have it
            if time.time() > deadline:
                return None
            time.sleep(0.02)
        return process.returncode
    finally:
        kill_group(process)
        process.wait()


def read_records(path):
    """The records in a file; none for a missing file, and a line that was cut off ends them."""
    records = []
    if os.path.exists(path):
        with open(path, "rb") as lines:
            for line in lines:
                try:
                    records.append(ast.literal_eval(line.decode("utf-8")))
                except (SyntaxError, ValueError):
                    break
    return records


def run_module(interpreter, name, temperature, limit, keep_log=None):
    """Run one test module, cold or warm; return a dictionary that can be written as JSON.

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
        command = [interpreter.executable, RUN_ONE, records_file, name, temperature]
        if temperature == "warm":
            command.append(WARMUP_DIRECTORY)
        with open(kept + ".log", "wb") as log:
            status = run_child(command, limit, log, work)
        records = read_records(records_file)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    late, own, unseen = rules.judge_all(records, interpreter)
    result = {"status": "slow" if status is None else "died", "seconds": None, "ran": 0, "failed": [],
              "late": late, "own": own, "unseen": unseen}
    for record in records:
        if record[0] == "outcome":
            result.update(zip(("status", "seconds", "ran", "failed"), record[2:]))
            if status is None:
                result["status"] = "slow"  # its tests ended, but the process did not
        elif record[0] == "preloaded":
            result.update(preload_seconds=record[2], preloaded=record[3])
    return result


def run_modules(interpreter, names, temperature, limit, jobs=1, told=None, keep_log=None):
    """Run test modules, `jobs` at a time; return {name: result}.  `told(name, result)` hears of each."""
    waiting = list(reversed(names))
    results = {}

    def work():
        while True:
            try:
                name = waiting.pop()
            except IndexError:
                return
            results[name] = run_module(interpreter, name, temperature, limit, keep_log)
            if told is not None:
                told(name, results[name])

    workers = [threading.Thread(target=work) for _ in range(jobs)]
    for worker in workers:
        worker.daemon = True
        worker.start()
    for worker in workers:
        while worker.is_alive():  # a bare join() would not let Ctrl-C through on 2.7
            worker.join(1)
    return results
