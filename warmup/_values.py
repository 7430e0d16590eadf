"""Define targets, outcomes, late imports and errors: what the functions of the package return and raise."""

from __future__ import absolute_import, division, print_function

WARMED, UNAVAILABLE, FAILED, EXCLUDED, STALE = ("warmed", "unavailable", "failed", "excluded", "stale")


class PreloadWarning(UserWarning):
    """Warn that ``preload()`` helps less than it could: too early, too late, or with another interpreter's manifest.

    A process issues one warning for each reason. The text says what to change.
    """


class PreloadError(Exception):
    """Say that targets failed. ``preload(strict=True)`` raises it after it has tried every target.

    ``report``: the whole `Report`. The message names each target that failed, and its error.
    """

    def __init__(self, report):
        failures = "; ".join("%s %s: %s" % (o.target.kind, as_ascii(o.target.name), o.error) for o in report.failed)
        Exception.__init__(self, "%d of %d targets failed: %s" % (len(report.failed), len(report.outcomes), failures))
        self.report = report

    def __reduce__(self):  # without it, pickle passes the message to __init__ as the report
        return type(self), (self.report,), vars(self)


class ArgumentError(ValueError):
    """Say that an argument has a wrong value.

    ``argument``: the keyword, for example ``"codecs"``. ``problem``: what is wrong and what to do. ``value``: the
    wrong item of a list, or ``None`` if the whole argument is wrong.
    """

    def __init__(self, argument, problem, value=None):
        ValueError.__init__(self, "%s: %s" % (argument, problem))
        self.argument, self.problem, self.value = argument, problem, value

    def __reduce__(self):
        return type(self), (self.argument, self.problem, self.value), vars(self)


class LateImportError(ImportError):
    """Say that a late import was refused.

    ``watch(action="raise")`` raises it in the thread that imports, before any code of the module runs. A look-up of a
    codec raises `LateCodecError` instead.
    """


class LateCodecError(LookupError):
    """Say that the look-up of a codec was refused.

    It is no `LateImportError`, because ``encodings`` catches each ``ImportError``, and never looks for the codec again.
    """


class Target(object):
    """Name one thing to warm.

    ``kind``: ``"codec"``, ``"module"`` or ``"placeholder"``.
    ``name``: the name of the codec or of the module. A placeholder is named by its place, ``"module.attribute"``.
    ``reason``: what would import it late, for example ``"os.popen() in /usr/lib/python3.13/os.py:1030"``.
    ``owner``: the loaded module whose code the reason names. ``None`` if no module asks for it: for codecs, and for
    what the caller or a manifest names.

    Two targets are equal if their kinds and names are equal.
    """

    def __init__(self, kind, name, reason, owner=None):
        self.kind, self.name, self.reason, self.owner = kind, name, reason, owner

    def __eq__(self, other):
        return isinstance(other, Target) and (self.kind, self.name) == (other.kind, other.name)

    def __ne__(self, other):  # Python 2.7 does not derive != from __eq__
        return not self == other

    def __hash__(self):
        return hash((self.kind, self.name))

    def __repr__(self):
        return "Target(%s)" % ", ".join(map(_ascii, (self.kind, self.name, self.reason, self.owner)))

    def as_dict(self):
        """Return the four fields as a dictionary. Values are strings; ``owner`` may be ``None``."""
        return {"kind": self.kind, "name": self.name, "reason": self.reason, "owner": self.owner}


class Outcome(object):
    """Say what became of one target.

    ``target``: the `Target`.
    ``status``: one of five words.

        ``"warmed"``: imported, and used once if it is a codec.
        ``"unavailable"``: the standard library itself says that this platform or build does not have it.
        ``"failed"``: its import or its first use raised an exception.
        ``"excluded"``: it must not be imported; ``error`` has the reason.
        ``"stale"``: a manifest names it, and no such module exists.

    ``seconds``: what the target cost, in seconds of wall clock.
    ``started``: when it was tried, in seconds from the beginning of the call.
    ``modules``: the names that its import added to ``sys.modules``, as a tuple.
    ``error``: why it was not warmed, as text. ``None`` if it was warmed.
    """

    def __init__(self, target, status, seconds, modules, error=None, started=0.0):
        self.target, self.status, self.seconds, self.started = target, status, seconds, started
        self.modules, self.error = tuple(modules), error

    def __repr__(self):
        fields = (self.target, self.status, self.seconds, self.modules, self.error)
        return "Outcome(%s)" % ", ".join(map(_ascii, fields))

    def as_dict(self):
        """Return the fields except ``started``, and those of the target, as one dictionary that ``json`` can write."""
        row = self.target.as_dict()
        row.update(status=self.status, seconds=self.seconds, modules=list(self.modules), error=self.error)
        return row


class LateImport(object):
    """Describe one late import that a `Watch` has seen.

    ``name``: the module, or the spelling of the codec.
    ``kind``: ``"module"``, ``"codec"`` or ``"placeholder"``.
    ``asker``: which code asked for it, as ``"file:line function"``. If only C code did, a function of the import system
    that this code has called, or ``"<C>:0 <no Python code>"``.
    ``thread``: the name of the thread that imported.
    ``seconds``: how long the import took, in seconds of wall clock. Waiting for a lock is part of it.
    ``started``: when the import began, in seconds from the start of the watch.
    ``modules``: the names that it added to ``sys.modules``, its own first, as a tuple. If this import
    failed, the modules whose package is not loaded do not count. Nothing can import such a module without its package.
    ``error``: the exception as text if the import failed, else ``None``. The text begins with ``LateImportError`` if
    the import or the look-up of a codec was refused.
    ``process``: the process id.
    """

    def __init__(self, name, kind, asker, thread, seconds, modules, error, process, started=0.0):
        self.name, self.kind, self.asker, self.thread = _as_str(name), kind, asker, thread
        self.modules, self.error = tuple([_as_str(module) for module in modules]), error
        self.seconds, self.started, self.process = seconds, started, process

    def __repr__(self):
        return "<LateImport %s %s, asked for by %s in %s>" % (self.kind, self.name, self.asker, self.thread)

    def as_dict(self):
        """Return the fields as a dictionary that ``json`` can write."""
        return dict(vars(self), modules=list(self.modules))


def describe_stale(report):
    """Return a sentence that names the targets of a manifest that are stale, or ``None`` if no target is stale."""
    names = ["%s %s" % (o.target.kind, as_ascii(o.target.name)) for o in report.stale]
    return "the manifest is stale: %s cannot be found here" % ", ".join(names) if names else None


def with_parents(name):
    """Return the name of a module and those of the packages above it: ``["a.b.c", "a.b", "a"]`` for ``"a.b.c"``."""
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]


def describe(error):
    """Return an exception as text, ``"TypeName: message"``. Never raise an ``Exception``.

    The text is ASCII with escapes, because standard output may not be able to show more.
    """
    try:
        text = "%s: %s" % (type(error).__name__, error)
        if str is bytes or max(text) <= "\x7f":  # encode() of PyPy would look up a codec
            return as_ascii(text)
        return text.encode("ascii", "backslashreplace").decode("ascii")
    except Exception:  # a message of type unicode beyond ASCII on 2.7; an error whose own __str__ fails
        try:
            return _ascii(error)
        except Exception:
            return type(error).__name__


def as_ascii(text):
    """Return ``text`` as ``str`` in ASCII, with escapes. Use no codec: on 2.7 its import may be late, or fail."""
    try:
        shown = str(text)
        if max(shown or " ") <= "\x7f":
            return shown
    except UnicodeError:
        pass
    return _escaped(text)


def _as_str(text):
    """Return ``text`` as ``str``: text of type ``unicode`` (2.7) in ASCII, with escapes.

    2.7 cannot join ``unicode`` with bytes beyond ASCII, such as those of a path.
    """
    return text if isinstance(text, str) else _escaped(text)


_ascii = repr if str is bytes else ascii  # noqa: F821


def _escaped(text):
    """Return ``text`` in ASCII, with escapes."""
    quoted = _ascii(text)
    return quoted[quoted.index(quoted[-1]) + 1 : -1]
