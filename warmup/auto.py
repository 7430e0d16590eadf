"""Calls ``warmup.preload()`` when imported: for hosts that can only be told the name of a module.

Its arguments come from the environment; names are separated by commas:

    WARMUP_MODULES, WARMUP_PACKAGES, WARMUP_EXCLUDE    names of modules
    WARMUP_CODECS                                      names of codecs, ``all`` (as without it) or ``none``
    WARMUP_NAMED_ONLY, WARMUP_LOCK_FREE_IMPORT         0 or 1
    WARMUP_STRICT                                      1: a problem is an error
    WARMUP                                             ``off``: do nothing

It never keeps a host from starting: a wrong value, which is named with its variable, or a target that failed, is
logged as a warning of the logger ``warmup``. With ``WARMUP_STRICT=1`` it is raised, as a ``ValueError`` or a
`PreloadError`. What was done is in ``warmup.auto.report``, ``None`` if nothing was.
"""
from __future__ import absolute_import, division, print_function

import os

from warmup._preload import preload
from warmup._values import ArgumentError, PreloadError

__all__ = ["report"]


def _names(value):
    return [name.strip() for name in value.split(",") if name.strip()]


def _codecs(value):
    return {"all": None, "none": ()}.get(value.strip(), _names(value))


def _flag(value):
    if value.strip() not in ("0", "1"):
        raise ValueError("0 or 1 is needed, not %r" % value)
    return value.strip() == "1"


_READERS = {"modules": _names, "packages": _names, "exclude": _names, "codecs": _codecs, "strict": _flag,
            "named_only": _flag, "lock_free_import": _flag}


def _variable(argument):
    return "WARMUP_" + argument.upper()


def options(environment):
    """The arguments for ``preload()`` that the mapping ``environment`` holds, as a dictionary."""
    found = {}
    for argument in sorted(_READERS):
        value = environment.get(_variable(argument))
        if value is not None:
            try:
                found[argument] = _READERS[argument](value)
            except ValueError as error:
                raise ArgumentError(_variable(argument), error)
    return found


def _preload(environment):
    try:
        return preload(**options(environment))
    except ArgumentError as error:
        if error.argument in _READERS:
            raise ArgumentError(_variable(error.argument), error.problem)
        raise


def _warn(problem):
    import logging  # here, and not above: a host without problems need not have it
    logger, handler = logging.getLogger("warmup"), None
    if not hasattr(logging, "lastResort") and not logger.handlers and not logging.root.handlers:
        handler = logging.StreamHandler()  # 2.7 would say "No handlers could be found", and nothing else
        logger.addHandler(handler)
    logger.warning("warmup.auto: %s", problem)
    if handler is not None:
        logger.removeHandler(handler)


def _start(environment):
    if environment.get("WARMUP", "").strip().lower() == "off":
        return None
    if environment.get("WARMUP_STRICT", "").strip() == "1":
        return _preload(environment)
    try:
        its_report = _preload(environment)
    except Exception as error:
        _warn(error)
        return None
    if its_report.failed:
        _warn(PreloadError(its_report))
    return its_report


report = _start(os.environ)
