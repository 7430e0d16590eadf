"""Run the sessions of noxfile.py on this machine: several at a time.

Print a line for each session when it ends, and the end of its log if it failed. What is missing is repeated at the
end, each with ``!!!!!!!!`` before it. The last line is ``N passed, N failed, N missing``; the exit code is 1 if one
failed. ``.ci/run`` starts this with the Python that has nox.

    schedule.py [NAME ...]      only sessions whose name has one of these as a part
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

CI = os.path.dirname(os.path.abspath(__file__))
AT_ONCE = max(2, os.cpu_count() or 1)
# With one session more than there are processors, a warm first request of these misses its bound now and then.
JUDGES_A_REQUEST = re.compile(r"(hosts|programs|hostile)\b")
# One of these runs beside those at the lowest priority.
JUDGES_NO_TIME = re.compile(
    r"(roundtrip|completeness|install|types|docs|lint|windows|pyodide|frozen|cx_freeze|zipped)\b"
)
SHOWN = 80  # lines of a log
# A session is ended after so many times the seconds that it usually takes, and at least after LEAST seconds.
PATIENCE, LEAST = 4, 240
# On a new machine these build or fetch their interpreter first.
PREPARATION = {"tests(3.13t)": 200, "windows": 300}

# Session: the seconds that it usually takes beside others on a machine with two processors. The longest begin first,
# so that no long session runs alone at the end.
SESSIONS = {
    "tests(pypy3.11)": 430,
    "tests(3.13t)": 135,
    "tests(3.15)": 337,
    "tests(3.14)": 168,
    "tests(3.13)": 178,
    "tests(3.12)": 91,
    "tests(3.11)": 121,
    "tests(3.10)": 88,
    "tests(3.9)": 83,
    "tests(3.8)": 93,
    "tests(3.7)": 74,
    "tests(3.6)": 123,
    "tests(2.7)": 145,
    "hosts(3.11)": 211,
    "hosts(2.7)": 43,
    "hosts(3.15)": 61,
    "hosts(system)": 76,
    "programs(3.11)": 76,
    "hostile(2.7)": 14,
    "hostile(3.11)": 17,
    "hostile(3.15)": 28,
    "hostile(pypy3.11)": 75,
    "completeness(2.7)": 17,
    "completeness(3.15)": 91,
    "roundtrip(2.7)": 5,
    "roundtrip(3.11)": 150,
    "roundtrip(3.13)": 20,
    "roundtrip(3.15)": 5,
    "install(2.7)": 11,
    "install(3.6)": 9,
    "install(3.11)": 5,
    "install(3.13)": 8,
    "install(3.15)": 7,
    "types": 16,
    "docs": 20,
    "lint": 22,
    "windows": 51,
    "pyodide": 11,
    "frozen(3.13)": 13,
    "cx_freeze(3.13)": 7,
    "zipped(2.7)": 1,
    "zipped(3.13)": 3,
}
# Not here: no such interpreter, too long for every commit, or figures that are of no use beside other sessions.
ELSEWHERE = (
    "tests(3.16)",
    "hostile(3.8)",
    "hostile(3.13)",
    "hostile(3.13t)",
    "completeness(3.11)",
    "completeness(pypy3.11)",
    "nuitka(3.13)",
    "benchmarks(2.7)",
    "benchmarks(3.11)",
    "benchmarks(3.15)",
)
# A forge has Windows itself.
NOT_ON_A_FORGE = ("windows",)
# What names a failure in a log. Repeated at the end, where it is seen first.
FAILURE = re.compile(r"(FAIL|ERROR): |.*\bBROKEN\b|would reformat|.*\berror: |.*\bNOT CURED\b")


class Schedule:
    """Run sessions, and hold how they ended: ``passed``, ``failed``, ``missing``, lists of names."""

    def __init__(self, folder):
        self.folder = folder
        self.passed, self.failed, self.missing = [], [], []
        # lines that name what failed, ["tests(3.6): FAIL: test_x (tests.test_y.Z)"]
        self.failures = []
        self._running = set()
        self._printing = threading.Lock()

    def run(self, sessions, at_once):
        """Run ``sessions``, ``{name: usual seconds}``: ``at_once`` of them at a time, and one beside them.

        The one beside them judges no time until all are over that judge a request. A session spends a third of its time
        waiting, for example for a program that hangs.
        """
        longest_first = sorted(sessions, key=sessions.get, reverse=True)
        strict = [name for name in longest_first if JUDGES_A_REQUEST.match(name)]
        beside = [name for name in longest_first if JUDGES_NO_TIME.match(name)]
        rest = [name for name in longest_first if name not in strict + beside]
        running, calm = set(strict), threading.Event()
        taking = threading.Lock()

        def run_all(lists, before):
            while True:
                with taking:
                    names = [names for names in lists if names]
                    if not names:
                        return
                    name = names[0].pop(0)
                limit = max(LEAST, PATIENCE * sessions[name]) + PREPARATION.get(name, 0)
                try:
                    self._run_one(name, limit, before)
                finally:
                    running.discard(name)
                    if not running:
                        calm.set()

        def work(is_beside):
            if is_beside and strict:
                run_all([beside], ["nice", "-n", "19"])
                calm.wait()
            run_all([strict, rest, beside], [])

        workers = [threading.Thread(target=work, args=(number == at_once,)) for number in range(at_once + 1)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def _run_one(self, name, limit, before):
        path = os.path.join(self.folder, re.sub(r"\W", "_", name) + ".log")
        words = before + [
            sys.executable,
            "-m",
            "nox",
            "--non-interactive",
            "-f",
            os.path.join(CI, "noxfile.py"),
            "-s",
            name,
        ]
        began = time.monotonic()
        with open(path, "wb") as log, open(os.devnull, "rb") as nothing:
            child = subprocess.Popen(words, stdin=nothing, stdout=log, stderr=log, start_new_session=True)
            self._running.add(child)
            try:
                code = child.wait(limit)
            except subprocess.TimeoutExpired:
                code = "took more than %d s" % limit
            end(child)
            self._running.discard(child)
        with open(path, encoding="utf-8", errors="replace") as log:
            lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in log]
        self._print_result(name, code, time.monotonic() - began, lines)

    def _print_result(self, name, code, seconds, lines):
        closing = [line.partition("-- ")[2] for line in lines if line.startswith("nox > -- ")]
        missing = [line[line.index("MISSING") :] for line in lines if line.startswith("nox >") and "MISSING" in line]
        with self._printing:
            if code == 0 and closing:
                self.passed.append(name)
                print("ok       %-18s %4d s  %s" % (name, seconds, closing[-1]))
                self.missing += ["%s: %s" % (name, what) for what in missing]
            elif code == 0 and missing:
                self.missing.append("%s: %s" % (name, missing[-1]))
                print("MISSING  %-18s %4d s  %s" % (name, seconds, missing[-1]))
            else:
                self.failed.append(name)
                self.failures += ["%s: %s" % (name, line) for line in lines if FAILURE.match(line)]
                print("FAILED   %-18s %4d s  %s" % (name, seconds, code))
                print("\n".join("         " + line for line in lines[-SHOWN:]))
            sys.stdout.flush()

    def stop(self):
        """End what still runs."""
        for child in list(self._running):
            end(child)


def end(child):
    """End a session and what it started: they share a process group."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except OSError:  # no process of the group runs any more
        pass
    child.wait()


def differing():
    """Return the sessions in which noxfile.py, the tables above and the workflow differ, a sorted list.

    The three have the same sessions, but for those `ELSEWHERE`, which the workflow need not run, and `NOT_ON_A_FORGE`.
    """
    words = [sys.executable, "-m", "nox", "-f", os.path.join(CI, "noxfile.py"), "--list", "--json"]
    known = {session["session"] for session in json.loads(subprocess.check_output(words, stderr=subprocess.DEVNULL))}
    with open(os.path.join(CI, os.pardir, ".github", "workflows", "ci.yml")) as stream:
        forge = in_workflow(stream.read())
    lacking = set(SESSIONS) - forge - set(NOT_ON_A_FORGE)
    return sorted((known ^ (set(SESSIONS) | set(ELSEWHERE))) | (forge - known) | lacking)


def in_workflow(text):
    """Return the names of the sessions that a workflow runs, a set.

    A step runs a session by its name, or as ``tests(${{ matrix.python }})``: then each element of ``python: [...]`` of
    its job stands for one, or those of ``fromJSON('[...]')`` if the step is for some of them.
    """
    text = re.sub(r"(?m)^ *#.*", "", text)
    found = set(re.findall(r"\b(\w+\((?:\d[\w.]+|pypy[\d.]+|system)\))", text))
    for job in re.split(r"^  (?=\w+:$)", text, flags=re.MULTILINE):
        of_job = re.findall(r" python: \[(.*)\]", job)
        for step in job.split("\n      - "):
            some = re.findall(r"fromJSON\('\[(.*)\]'\)", step) or of_job
            for session in re.findall(r"-s \W*(\w+)\(\$\{\{ matrix\.python \}\}\)", step):
                found.update("%s(%s)" % (session, python.strip(' "')) for python in some[0].split(","))
        listed = job.partition(" session:\n")[2].partition(" steps:\n")[0]
        found.update(re.findall(r"- (\w+)$", listed, re.MULTILINE))
    return found


def main(chosen):
    def of(sessions):
        return {
            name: seconds for name, seconds in sessions.items() if not chosen or any(part in name for part in chosen)
        }

    unknown = differing()
    if unknown:
        print("FAILED   noxfile.py, schedule.py and the workflow differ: %s" % ", ".join(unknown))
    with tempfile.TemporaryDirectory(prefix="warmup-ci-logs-") as folder:
        schedule = Schedule(folder)
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
        try:
            schedule.run(of(SESSIONS), AT_ONCE)
        finally:
            schedule.stop()
    for line in schedule.missing:
        print("!!!!!!!! %s" % line)
    failed = len(schedule.failed) + bool(unknown)
    for line in schedule.failures:
        print(line[:200])
    if schedule.failed:
        print("failed: %s" % ", ".join(schedule.failed))
    counts = len(schedule.passed), failed, len(schedule.missing)
    print("%d passed, %d failed, %d missing" % counts)
    return int(failed > 0 or not schedule.passed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
