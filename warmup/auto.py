"""Call ``warmup.preload()`` when this module is imported. For hosts that can only name a module.

The arguments come from the environment. Commas separate names:

    WARMUP_MODULES, WARMUP_PACKAGES, WARMUP_EXCLUDE    names of modules
    WARMUP_CODECS                                      names of codecs, ``all`` (the default) or ``none``
    WARMUP_MANIFEST                                    the path of a manifest
    WARMUP_SCAN, WARMUP_LOCK_FREE_IMPORT               a switch: 1, on, yes, true, or 0, off, no, false
    WARMUP_STRICT                                      a switch: raise an error if something is wrong
    WARMUP_WATCH                                       ``record``, ``log`` or ``raise``: watch afterwards; or ``off``
    WARMUP_GUARD_FORK                                  seconds that a fork waits for imports; 0: only repair; or ``off``
    WARMUP_RECORD                                      a file: add what is imported late to this manifest
    WARMUP                                             ``off``: do nothing

Without ``WARMUP_STRICT`` the host starts whatever happens. A wrong value is ignored, and a warning of the logger
``warmup`` names the variable and the value. A target that failed or is stale is logged in the same way. With
``WARMUP_STRICT=1`` a wrong value raises ``ValueError``, and a failed target raises `PreloadError`. If Python was
started with ``-I`` or ``-E``, the variables that were set before the start are ignored.

Record a manifest under the settings that replay it: with ``WARMUP_SCAN=no`` for ``scan=False``. What ``preload()`` has
found by itself is not late, and ``WARMUP_RECORD`` leaves it out.

``warmup.auto.report`` is the `Report` and ``warmup.auto.watch`` the `Watch`. Each is ``None`` if it was not made.
"""

from __future__ import absolute_import, division, print_function

import warmup
from warmup import _record, _settings
from warmup._preload import preload
from warmup._python.surroundings import log_info, log_warning
from warmup._values import ArgumentError, PreloadError, describe_stale

__all__ = ["report", "watch"]

_OFF = _settings.FALSE.union(["none"])


def _warn(problem):
    log_warning("warmup.auto: %s" % problem)


def _preload(options, report_problem):
    """Call ``preload()``. Take each wrong value out, and call it again."""
    while True:
        try:
            return preload(**options)
        except ArgumentError as error:
            if error.argument not in options:
                raise
            report_problem(ArgumentError("WARMUP_" + error.argument.upper(), error.problem, error.value))
            rest = options.pop(error.argument)
            names = [name for name in rest if name != error.value] if error.value else []
            # Without names, the option has its default: codecs=[] would mean none.
            if names:
                options[error.argument] = names


def _raise(problem):
    raise problem


def _start(environment):
    """Do what the variables in the mapping ``environment`` ask for. Return ``(report, watch)``."""
    options, problems = _settings.from_environment(environment)
    text = environment.get("WARMUP", "")
    try:
        if text.strip() and not _settings.read_switch(text):
            return None, None
    except ValueError as error:
        problems.append(ArgumentError("WARMUP", error))
    is_strict = options.pop("strict", False)
    report_problem = _raise if is_strict else _warn
    for sentence in _settings.unknown_variables(environment):
        _warn(sentence)
    for problem in problems:
        report_problem(problem)
    seconds, action = _read(environment, report_problem)
    try:
        # preload() would only log a wrong WARMUP_RECORD. With WARMUP_STRICT it must end the start of the host.
        _record.start_if_asked(environment, report_problem)
        done = _preload(options, report_problem)
        if done.failed:
            report_problem(PreloadError(done))
        if done.stale:
            _warn(describe_stale(done))
        if seconds is not None:
            _guard(seconds, report_problem)
        if action is not None:
            # Before the watch: a handler of logging may import late.
            log_info(lambda: "warmup.auto: watch(%r)" % action)
        watch = None if action is None else warmup.watch(action)
    except Exception as error:
        report_problem(error)
        return None, None
    return done, watch


def _read(environment, report_problem):
    """Return what ``WARMUP_GUARD_FORK`` and ``WARMUP_WATCH`` ask for, or ``None`` for each.

    Call it before anything is started. With ``WARMUP_STRICT`` a wrong value raises, and no watch or guard may stay.
    """
    time, action = [environment.get(name, "").strip().lower() for name in ("WARMUP_GUARD_FORK", "WARMUP_WATCH")]
    seconds = None
    if time and (time == "0" or time not in _OFF):  # with 0 seconds no fork waits, and each child is repaired
        try:
            seconds = _settings.read_seconds(time)
        except ValueError as error:
            report_problem(ArgumentError("WARMUP_GUARD_FORK", error))
    if action not in ("record", "log", "raise"):
        if action and action not in _OFF:
            report_problem(ArgumentError("WARMUP_WATCH", "%r is no action; write record, log, raise or off" % action))
        action = None
    return seconds, action


def _guard(seconds, report_problem):
    try:
        timeout = warmup.guard_fork(seconds).timeout
        log_info(lambda: "warmup.auto: guard_fork(%g)" % timeout)
    except (ValueError, RuntimeError) as error:  # NotImplementedError is a RuntimeError
        problem = error.problem if isinstance(error, ArgumentError) else error
        report_problem(ArgumentError("WARMUP_GUARD_FORK", problem))


if globals().get("watch") is not None:  # importlib.reload()
    watch.stop()  # noqa: F821
with _record.Pause():  # without it, WARMUP_RECORD would record what a warning imports
    report, watch = _start(_settings.environment())
