"""The project's own tests pass however they are started.

Only those tests run whose source says that they have to do with the condition.
"""

from __future__ import absolute_import, division, print_function

import os
import sys

sys.path.insert(0, __file__.rpartition("conditions")[0])
import arena  # noqa: E402

ROW = 20
CASES = ("sigint-ignored", "unreadable-folder-on-the-path", "from-the-source-distribution")
DIFFERENT = {"from-the-source-distribution": {"SECONDS": 15}}
SECONDS = 8
LIMIT = 200
CASE = arena.case(CASES)

import shutil  # noqa: E402
import signal  # noqa: E402
import subprocess  # noqa: E402

# Arguments: the folder of the project, and words; a test runs if its source has one of them.
RUN = """
import inspect, os, sys, unittest

root, words = sys.argv[1], sys.argv[2:]
os.chdir(root)

def flat(suite):
    for one in suite:
        if isinstance(one, unittest.TestSuite):
            for test in flat(one):
                yield test
        else:
            yield one

def is_chosen(test):
    if "test_hostile" in test.id():
        return False
    try:
        source = inspect.getsource(getattr(type(test), test._testMethodName))
    except (AttributeError, IOError, OSError, TypeError):  # made by a loop, or not to be imported
        return False
    return any(word in source for word in words)

found = unittest.defaultTestLoader.discover(os.path.join(root, "tests"), "test_*.py", root)
chosen = unittest.TestSuite(test for test in flat(found) if is_chosen(test))
result = unittest.TextTestRunner(stream=open(os.devnull, "w")).run(chosen)
print(result.testsRun - len(result.skipped))
for test, text in result.errors + result.failures:
    print("%s: %s" % (test.id(), text.strip().splitlines()[-1]))
"""
CHILD = dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))


def run(words, root=arena.ROOT, **more):
    """Run the tests of the folder ``root`` whose source has one of ``words``."""
    child = subprocess.Popen([sys.executable, "-c", RUN, root] + words, **dict(CHILD, **more))
    out, err = (text.decode("utf-8", "replace") for text in child.communicate())
    arena.expect(child.returncode == 0, "the tests did not run: %s" % arena.tail(err))
    lines = out.splitlines()
    arena.arranged(lines and int(lines[0]) > 0, "no test was run")
    arena.expect(len(lines) == 1, "of %s tests: %s" % (lines[0], "; ".join(lines[1:])[:500]))


def become_another_user():
    os.setgid(65534)
    os.setuid(65534)


if CASE == "sigint-ignored":
    run(["SIGINT", "KeyboardInterrupt"], preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
elif CASE == "unreadable-folder-on-the-path":
    if os.getuid() != 0:
        arena.does_not_apply("only root may become another user")
    hidden = arena.folder({}, on_path=False)
    os.chmod(hidden, 0)
    path = os.pathsep.join([hidden, os.environ.get("PATH", "")])
    more = {"preexec_fn": become_another_user, "env": dict(CHILD["env"], PATH=path, HOME="/")}
    try:
        works = subprocess.call([sys.executable, "-c", "import %s" % "json"], **more) == 0
    except OSError:
        works = False
    if not works or not os.access(arena.ROOT, os.R_OK):
        arena.does_not_apply("another user may not run this interpreter")
    run(["PATH", "every_interpreter", "interpreters"], **more)
else:
    try:
        import setuptools  # noqa: F401
    except ImportError:
        arena.does_not_apply("setuptools is not installed")
    where = arena.folder({}, on_path=False)
    source, made = os.path.join(where, "source"), os.path.join(where, "made")
    shutil.copytree(
        arena.ROOT,
        source,
        ignore=lambda folder, names: [
            name for name in names if name.startswith(("--", ".git", "__pycache__")) or name.endswith(".pyc")
        ],
    )
    command = [sys.executable, "setup.py", "-q", "sdist", "--formats=gztar", "-d", made]
    child = subprocess.Popen(command, **dict(CHILD, cwd=source))
    err = child.communicate()[1].decode("utf-8", "replace")
    arena.expect(child.returncode == 0, "no source distribution: %s" % arena.tail(err))
    archive = os.path.join(made, os.listdir(made)[0])
    subprocess.check_call(["tar", "-x", "-z", "-f", archive, "-C", made])
    shutil.rmtree(source)
    (unpacked,) = [name for name in os.listdir(made) if os.path.isdir(os.path.join(made, name))]
    run(["README", "setup.py", "MANIFEST"], root=os.path.join(made, unpacked))
arena.held()
