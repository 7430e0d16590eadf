"""Define the options, one row for each. Function, variables and flags read the same rows.

This file checks only the shape of a value. Each source checks its own names, before anything is imported.
"""

from __future__ import absolute_import, division, print_function

import os
import sys

from warmup._python.compat import PY2, Text, open_file
from warmup._values import ArgumentError

NAMES, CODECS, FILE, SWITCH = "names", "codecs", "file", "switch"

_TRUE = frozenset(["1", "on", "yes", "true"])
FALSE = frozenset(["0", "off", "no", "false"])


class Option(object):
    """Describe one option of ``preload()``.

    ``keyword``: the name of the argument, for example ``"exclude"``. ``variable`` and ``flag`` follow from it.
    ``shape``: `NAMES`, `CODECS` (names, ``all`` or ``none``), `FILE` or `SWITCH`.
    ``help``: one line for people.
    """

    def __init__(self, keyword, default, shape, help):
        self.keyword, self.default, self.shape, self.help = keyword, default, shape, help
        self.variable = "WARMUP_" + keyword.upper()
        self.flag = ("--no-" if default is True else "--") + keyword.replace("_", "-")

    def read(self, text):
        """Return the value that ``text`` of a variable or a flag means. Raise ``ValueError`` for other text."""
        if self.shape == SWITCH:
            return read_switch(text)
        if self.shape == FILE:
            return text.strip()
        names = [name.strip() for name in text.split(",") if name.strip()]
        if self.shape != CODECS:
            return names
        words = [name.lower() for name in names]
        if words in (["all"], ["none"]):
            return None if words == ["all"] else []
        # Without this check, a lone comma would mean no codec.
        if not names or "all" in words or "none" in words:
            raise ValueError("%r names no codecs; write names, or all alone, or none alone" % text)
        return names

    def check(self, value):
        """Return ``value``, with names as a list. Raise ``TypeError`` or ``ValueError`` if its shape is wrong."""
        if self.shape == SWITCH:
            if not isinstance(value, bool):
                raise TypeError("%s: True or False is needed, not %r" % (self.keyword, value))
            return value
        if value is None and self.default is None:
            return None
        if self.shape == FILE:
            value = value.__fspath__() if hasattr(value, "__fspath__") else value
            if not isinstance(value, (Text, bytes)) or not value:
                raise TypeError("%s: the path of a file is needed, not %r" % (self.keyword, value))
            return value
        return self._check_names(value)

    def _check_names(self, value):
        if isinstance(value, (Text, bytes)):
            raise TypeError(
                "%s: an iterable of names is needed, not one name: write %s=[%r]" % (self.keyword, self.keyword, value)
            )
        try:
            names = list(value)
        except TypeError:
            raise TypeError("%s: an iterable of names is needed, not %r" % (self.keyword, value))
        for name in names:
            if not isinstance(name, Text):
                raise TypeError("%s: %r is not a name; every item must be a string" % (self.keyword, name))
            if not name.strip():
                raise ArgumentError(self.keyword, "%r is no name; leave it out" % name, name)
            if self.shape != NAMES or name == "*" and self.keyword == "packages":
                continue
            if "*" in name:
                problem = "%r has an asterisk; write the whole name of a module"
                if self.keyword == "exclude":
                    problem = "%r has an asterisk; a package stands for all modules below it: write its name"
                raise ArgumentError(self.keyword, problem % name, name)
            if not _is_name_of_module(name):
                problem = "%r is not the name of a module; write it as in an absolute import statement"
                raise ArgumentError(self.keyword, problem % name, name)
        # str() of a member of an enumeration is another name.
        names = [name if PY2 or type(name) is str else str.__str__(name) for name in names]
        # The order of a set differs between runs.
        return sorted(names) if isinstance(value, (set, frozenset)) else names


def _is_name_of_module(name):
    if not all(name.split(".")) or "\0" in name or "," in name or name != name.strip() or len(name.splitlines()) > 1:
        return False
    try:
        return not PY2 or bool(str(name))
    except UnicodeError:
        return False


OPTIONS = (
    Option("modules", (), NAMES, "import these modules as well"),
    Option("packages", (), NAMES, "take in modules of these packages; * stands for all packages"),
    Option("codecs", None, CODECS, "prime these codecs, and no others; or all, or none"),
    Option("exclude", (), NAMES, "make no targets of these modules, nor of modules below them"),
    Option("manifest", None, FILE, "warm what this file names; record writes such files"),
    Option("scan", True, SWITCH, "look for no targets, and warm only what is named"),
    Option("strict", False, SWITCH, "end with an error if a target failed"),
    Option("lock_free_import", True, SWITCH, "leave __import__ of Python 2.7 as it is"),
)

# Variables without a keyword: (variable, help), for --help. warmup.auto reads them. preload() reads WARMUP_RECORD too.
VARIABLES = (
    ("WARMUP", "off: warmup.auto and the files of the command site do nothing"),
    ("WARMUP_WATCH", "record, log or raise: watch late imports after preloading"),
    ("WARMUP_GUARD_FORK", "for how many seconds a fork waits for imports of other threads; 0: only repair children"),
    ("WARMUP_RECORD", "a file: add what is imported late in any process to this manifest"),
)


class Settings(object):
    """Check the options of one call, and hold them: one attribute for each row of `OPTIONS`.

    Raise ``TypeError`` for a value of the wrong type and `ArgumentError` (a ``ValueError``) for a wrong name. The
    message names the argument and the remedy.
    """

    def __init__(self, values):
        for option in OPTIONS:
            setattr(self, option.keyword, option.check(values.get(option.keyword, option.default)))


def read_switch(text):
    """Return ``True`` for 1, on, yes, true, and ``False`` for 0, off, no, false. Raise ``ValueError`` for other text.

    Upper and lower case do not matter.
    """
    word = text.strip().lower()
    if word not in _TRUE and word not in FALSE:
        raise ValueError("%r is no switch; write 1, on, yes, true, or 0, off, no, false" % text)
    return word in _TRUE


def read_seconds(text):
    """Return the number of seconds that ``text`` means. Raise ``ValueError`` for other text."""
    try:
        return float(text.replace("_", "x"))  # float() of 3.6+ takes 1_0 for 10
    except ValueError:
        raise ValueError("%r is no number of seconds; write a number, for example 5 or 0.5" % text)


_ignores_environment = sys.flags.ignore_environment  # not later: at the end of 2.7 and 3.6, sys.flags is None


def environment():
    """Return the environment variables that ``warmup`` may read, as a dictionary.

    If Python was started with ``-I`` or ``-E``, leave out the variables that the process was started with. A host that
    embeds Python may set the same flag. Keep the variables that the host itself has set, as uWSGI does.
    """
    if not _ignores_environment:
        return dict(os.environ)
    try:
        with open_file("/proc/self/environ", "rb") as stream:
            before = set(stream.read().split(b"\0"))
    except (IOError, OSError):
        return {}
    encode = getattr(os, "fsencode", str)
    return {name: text for name, text in os.environ.items() if encode(name) + b"=" + encode(text) not in before}


def from_environment(environment):
    """Read the ``WARMUP_`` variables in the mapping ``environment``. Return ``(options, problems)``.

    ``options``: keywords for ``preload()``. ``problems``: `ArgumentError` for each variable with a wrong value.
    """
    options, problems = {}, []
    for option in OPTIONS:
        text = environment.get(option.variable)
        if text is not None and text.strip():
            try:
                options[option.keyword] = option.read(text)
            except ValueError as error:
                problems.append(ArgumentError(option.variable, error))
    if names_all_without_scan(options):
        del options["codecs"]
        problem = "all contradicts WARMUP_SCAN=no; name the codecs, or take WARMUP_SCAN out"
        problems.append(ArgumentError("WARMUP_CODECS", problem))
    return options, problems


def names_all_without_scan(options):
    """Return whether one option asks for all codecs and another for no scan. Only a scan finds all codecs."""
    return options.get("codecs", ()) is None and options.get("scan") is False


def unknown_variables(environment):
    """Return a sentence for each variable that begins with ``WARMUP_`` and does not exist, sorted by name."""
    known = [option.variable for option in OPTIONS] + [name for name, _ in VARIABLES]
    sentences = []
    for name in sorted(environment):
        if name.startswith("WARMUP_") and name not in known:
            import difflib  # at the top, every program would load it

            nearest = difflib.get_close_matches(name, known, 1, 0)
            sentences.append("there is no variable %s; the nearest is %s" % (name, nearest[0]))
    return sentences
