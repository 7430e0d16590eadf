"""Starts a program under a time limit and leaves nothing of it running."""
from __future__ import absolute_import, division, print_function

import os
import signal
import subprocess
import sys
import tempfile
import time
from timeit import default_timer as clock

# So that everything a program starts can be ended at once, whether or not it ends its own.
if sys.version_info[0] > 2:
    _OWN_GROUP = {"start_new_session": True}
else:
    _OWN_GROUP = {"preexec_fn": getattr(os, "setsid", None)}


def run(command, environment, limit, folder=None):
    """Run `command`, a list, in a process group of its own and in `folder`.

    Returns (exit status, or None after `limit` seconds; stdout; stderr), as int, text, text.
    Raises OSError if it cannot be started. Whatever happens, the group is ended.
    """
    # Files, not pipes: a grandchild that outlives its parent would keep a pipe open.
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        with open(os.devnull) as stdin:
            process = subprocess.Popen(
                command,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                cwd=folder,
                env=environment,
                close_fds=True,
                **_OWN_GROUP
            )
        try:
            status = _wait(process, limit)
        finally:
            _end(process)
        texts = []
        for stream in stdout, stderr:
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
    return status, texts[0], texts[1]


def last_line(text):
    """The last line of `text` that says something."""
    return (text.strip() or "it says nothing").splitlines()[-1]


def clean_environment():
    """A copy of this process's environment without what would change a fresh interpreter."""
    return dict(
        (name, value)
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "WARMUP_"))
    )


def _wait(process, limit):
    deadline = clock() + limit
    while process.poll() is None:
        if clock() > deadline:
            return None
        time.sleep(0.005)  # 2.7 cannot wait for a process with a limit
    return process.returncode


def _end(process):
    # Also when the process itself has ended: what it started may still be there, in its group.
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except OSError:
        pass
    if process.returncode is None and hasattr(os, "killpg"):
        # Not process.wait(): if an interrupt has come inside of poll(), nobody releases its lock any more.
        try:
            os.waitpid(process.pid, 0)
        except OSError:  # poll() has seen its end, and was interrupted before it could say so
            pass
        process.returncode = -signal.SIGKILL
    process.wait()
