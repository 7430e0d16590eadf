"""Hold what the conditions share: folders, children, the state of the process, verdicts.

A condition imports this module first. This module imports only ``os`` and ``sys``, because a plain
interpreter has both: what else is loaded decides what ``preload()`` finds. Afterwards ``warmup``
can be imported, whatever the flags of the interpreter.
"""

from __future__ import absolute_import, division, print_function

import os
import sys

BROKEN, DOES_NOT_APPLY, HELD = 1, 77, 0
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
PY2 = sys.version_info[0] == 2
PYPY = hasattr(sys, "pypy_version_info")

_output = os.dup(1)  # a condition may close standard output
_scratch = []  # the folder that holds all folders of this process

# The folders of the conditions contain modules of any name. On the path of what is tried, such a
# module would replace a standard module.
sys.path[:] = [ROOT] + [
    entry for entry in sys.path if os.path.abspath(entry) not in (ROOT, HERE, os.path.join(HERE, "conditions"))
]


# --- what happened


def held():
    """End the process, because the promise was kept."""
    _end(HELD, "")


def broken(happened):
    """End the process, because the promise was not kept. ``happened``: what happened, as text."""
    _end(BROKEN, happened)


def does_not_apply(reason):
    """End the process, because the condition cannot be arranged here."""
    _end(DOES_NOT_APPLY, reason)


def expect(kept, happened):
    """End the process as broken unless ``kept`` is true."""
    if not kept:
        broken(happened)


def equal(value, expected, what):
    """End the process as broken unless ``value == expected``. ``what``: a text that names the value."""
    if value != expected:
        broken("%s: %s instead of %s" % (what, short(value), short(expected)))


def arranged(true, what):
    """End the process as broken if the hostile thing itself did not happen: the condition would prove nothing."""
    if not true:
        broken("the condition was not arranged: %s" % what)


def short(value, limit=600):
    """Return ``repr(value)``, cut to ``limit`` characters."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 2] + ".."


def tail(text):
    """Return the last line of ``text`` that says something."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""


def _end(code, text):
    if text:
        if not isinstance(text, bytes):
            text = text.encode("ascii", "backslashreplace")
        os.write(_output, b" | ".join(text.splitlines()) + b"\n")
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # closed, or None
            pass
    os._exit(code)


def case(cases):
    """Return the case that the command line names. Print ``cases`` if it names none."""
    if len(sys.argv) != 2 or sys.argv[1] not in cases:
        sys.stderr.write("usage: %s CASE, one of:\n  %s\n" % (sys.argv[0], "\n  ".join(cases)))
        os._exit(2)
    return sys.argv.pop()


# --- the program around it


def folder(files, on_path=True):
    """Make a folder with ``files``, which maps relative paths to text or bytes. Return its path.

    ``on_path``: put the folder first in ``sys.path``, as the folder of a script is.
    """
    if not _scratch:
        base = os.environ.get("HOSTILE_SCRATCH")
        if base is None:
            import tempfile

            base = tempfile.mkdtemp(prefix="hostile-")
        _scratch.extend([base, 0])
    _scratch[1] += 1
    path = os.path.join(_scratch[0], "folder%d-%d" % (os.getpid(), _scratch[1]))
    os.mkdir(path)
    write(path, files)
    if on_path:
        sys.path.insert(0, path)
        invalidate()
    return path


def write(path, files):
    """Write ``files``, as for `folder`, into the folder ``path``."""
    for name, content in sorted(files.items()):
        target = os.path.join(path, name)
        if not os.path.isdir(os.path.dirname(target)):
            os.makedirs(os.path.dirname(target))
        if not isinstance(content, bytes):
            content = content.encode("utf-8")
        with open(target, "wb") as stream:
            stream.write(content)


def invalidate():
    """Make the import system look at the folders again."""
    sys.path_importer_cache.clear()


# Source of a module that leaves a trace when it runs, for `ran`.
LEAVES_A_TRACE = "import os\nopen(os.path.join(os.path.dirname(__file__), __name__ + '.ran'), 'w').close()\n"


def ran(path):
    """Return the names of the modules in the folder ``path`` with `LEAVES_A_TRACE` that have run, sorted."""
    return sorted(name[:-4] for name in os.listdir(path) if name.endswith(".ran"))


def loaded(name):
    """Return whether the module ``name`` is loaded."""
    return sys.modules.get(name) is not None


def finder(find):
    """Return an object for ``sys.meta_path`` that calls ``find(name)`` and finds nothing itself."""

    class Finder(object):
        if PY2:

            def find_module(self, name, path=None):
                find(name)

        else:

            def find_spec(self, name, path=None, target=None):
                find(name)

    return Finder()


# --- what preload() did


def preload(**options):
    """Call ``warmup.preload``; end the process as broken if it raises an ``Exception``."""
    import warmup

    try:
        return warmup.preload(**options)
    except Exception as error:
        broken("preload() raised %s" % described(error))


def described(error):
    """Return the kind and the text of an exception, whatever its ``__str__`` does, and where it was raised."""
    try:
        text = "%s: %s" % (type(error).__name__, error)
    except Exception:
        text = type(error).__name__
    traceback = sys.exc_info()[2]
    if traceback is None:
        return text
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    code = traceback.tb_frame.f_code
    return "%s (in %s of %s)" % (text, code.co_name, os.path.basename(code.co_filename))


def outcome(report, name, kind="module"):
    """Return the outcome of the target ``name`` of ``kind``, or ``None`` if there is none."""
    for one in report.outcomes:
        if one.target.kind == kind and one.target.name == name:
            return one
    return None


def status(report, name, kind="module"):
    """Return the status of the target ``name``, ``"no outcome"`` if there is none."""
    found = outcome(report, name, kind)
    return "no outcome" if found is None else found.status


def said(report, name, kind="module"):
    """Return status and error of the target ``name`` as text."""
    found = outcome(report, name, kind)
    return "no outcome" if found is None else "%s (%s)" % (found.status, found.error)


# --- other processes


def run(arguments, environment=(), directory=None, text=b""):
    """Run this interpreter with ``arguments``. Return its exit code, standard output and standard error as text."""
    import subprocess

    variables = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "WARMUP", "HOSTILE"))
    }
    variables["PYTHONPATH"] = ROOT
    variables.update(environment)
    child = subprocess.Popen(
        [sys.executable] + list(arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=variables,
        cwd=directory,
    )
    out, err = child.communicate(text)
    return child.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")


def in_child(function, *arguments):
    """Fork, call ``function`` in the child. Return the text that the call returned.

    If the call raises, the text begins with "raised". If the child dies, the text says how.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        text = "the child did not end"
        try:
            text = str(function(*arguments))
        except BaseException as error:
            text = "raised " + described(error)
        finally:
            os.write(writer, text.encode("ascii", "replace") if not isinstance(text, bytes) else text)
            os._exit(0)
    os.close(writer)
    pieces = []
    while not pieces or pieces[-1]:
        pieces.append(os.read(reader, 65536))
    os.close(reader)
    end = os.waitpid(child, 0)[1]
    text = b"".join(pieces).decode("ascii", "replace")
    return text if end == 0 else "died of %s: %s" % (end, text)


# --- what must be as it was


def state():
    """Return what ``preload()`` itself could change in the process, as a dictionary of comparable values."""
    import gc
    import warnings

    if PY2:
        import threading  # noqa: F401  # its import adds a filter of warnings
    return {
        "the collector's switch": gc.isenabled(),
        "the collector's thresholds": None if PYPY else gc.get_threshold(),
        "the collector's flags": None if PYPY else gc.get_debug(),
        "gc.callbacks": list(getattr(gc, "callbacks", ())),
        "warnings.filters": list(warnings.filters),
        "warnings.showwarning": warnings.showwarning,
        "sys.meta_path": list(sys.meta_path),
        "sys.path_hooks": list(sys.path_hooks),
        "sys.path": list(sys.path),
        "__import__": None if PY2 else sys.modules["builtins"].__import__,
        "_find_and_load": (None if PY2 else getattr(sys.modules.get("_frozen_importlib"), "_find_and_load", None)),
        "the trace function": sys.gettrace(),
        "the profile function": sys.getprofile(),
        "the recursion limit": sys.getrecursionlimit(),
    }


def changed(before, after=None):
    """Return what is not as in ``before``, a `state`: names with old and new value, as text."""
    after = state() if after is None else after
    return "; ".join(
        "%s: %s, before: %s" % (name, short(after[name], 200), short(before[name], 200))
        for name in sorted(before)
        if after[name] != before[name]
    )
