"""The values that travel through the package, and what it raises."""

from __future__ import absolute_import, division, print_function

WARMED, UNAVAILABLE, FAILED, EXCLUDED, STALE = (
    "warmed",
    "unavailable",
    "failed",
    "excluded",
    "stale",
)


class PreloadWarning(UserWarning):
    """Say that ``preload()`` was called at a time or place where it helps less, or with an old manifest."""


class PreloadError(Exception):
    """Say that targets failed. Raised by ``preload(strict=True)``, at the end.

    ``report`` is the whole `Report`. The message names each target that failed.
    """

    def __init__(self, report):
        failures = "; ".join(
            "%s %s: %s" % (o.target.kind, _ascii(o.target.name).strip("u'"), o.error)
            for o in report.failed
        )
        Exception.__init__(
            self,
            "%d of %d targets failed: %s" % (len(report.failed), len(report.outcomes), failures),
        )
        self.report = report

    def __reduce__(self):  # without it, pickle passes the message to __init__ as the report
        return type(self), (self.report,)


class ArgumentError(ValueError):
    """Say that an argument has a wrong value.

    ``argument``: the keyword, for example ``"codecs"``. ``problem``: what is wrong and what to do. ``value``: the
    one item that is wrong, or ``None`` if it is the whole argument.
    """

    def __init__(self, argument, problem, value=None):
        ValueError.__init__(self, "%s: %s" % (argument, problem))
        self.argument, self.problem, self.value = argument, problem, value

    def __reduce__(self):
        return type(self), (self.argument, self.problem, self.value)


class LateImportError(ImportError):
    """Say that a late import was refused. Raised in the importing thread by ``watch(action="raise")``."""


class Target(object):
    """One thing to warm.

    ``kind``: ``"codec"``, ``"module"`` or ``"placeholder"``.
    ``name``: of the codec or the module; of a placeholder, where it is: ``module.attribute``.
    ``reason``: what would import it late, for example ``"os.popen() in /usr/lib/python3.13/os.py:1030"``.
    ``owner``: the loaded module that the reason lives in; ``None`` for what the caller asked for.

    Two targets are equal if kind and name are.
    """

    def __init__(self, kind, name, reason, owner=None):
        self.kind, self.name, self.reason, self.owner = kind, name, reason, owner

    def __eq__(self, other):
        return isinstance(other, Target) and (self.kind, self.name) == (other.kind, other.name)

    def __ne__(self, other):  # Python 2.7 does not derive it from __eq__
        return not self == other

    def __hash__(self):
        return hash((self.kind, self.name))

    def __repr__(self):
        return "Target(%s)" % ", ".join(
            map(_ascii, (self.kind, self.name, self.reason, self.owner))
        )

    def as_dict(self):
        """Return the fields as a dictionary of strings."""
        return {"kind": self.kind, "name": self.name, "reason": self.reason, "owner": self.owner}


class Outcome(object):
    """A target after it was tried.

    ``status``:
        ``"warmed"``; ``"unavailable"``: the standard library says that this platform or build does not have it;
        ``"failed"``; ``"excluded"``: it must not be imported; ``"stale"``: a manifest names it, and it is not there.
    ``seconds``: wall clock. ``started``: seconds from the beginning of the call.
    ``modules``: the names that came into ``sys.modules``, as a tuple.
    ``error``: why it is not warmed, as text; ``None`` if it is.
    """

    def __init__(self, target, status, seconds, modules, error=None, started=0.0):
        self.target, self.status, self.seconds, self.started = target, status, seconds, started
        self.modules, self.error = tuple(modules), error

    def __repr__(self):
        fields = (self.target, self.status, self.seconds, self.modules, self.error)
        return "Outcome(%s)" % ", ".join(map(_ascii, fields))

    def as_dict(self):
        """Return the fields, those of the target among them, as a dictionary that ``json`` can write."""
        row = self.target.as_dict()
        row.update(
            status=self.status, seconds=self.seconds, modules=list(self.modules), error=self.error
        )
        return row


class LateImport(object):
    """One late import that a `Watch` has seen.

    ``name``: the module, or the spelling of the codec. ``kind``: ``"module"``, ``"codec"`` or ``"placeholder"``.
    ``asker``: who asked for it, as ``"file:line function"``. ``thread``: the name of the thread.
    ``seconds``: wall clock; what the import waited for is part of it. ``started``: seconds since the watch started.
    ``modules``: the names that came with it, its own among them, as a tuple.
    ``error``: the exception as text if it failed, else ``None``. ``process``: the process id.
    """

    def __init__(self, name, kind, asker, thread, seconds, modules, error, process, started=0.0):
        self.name, self.kind, self.asker, self.thread, self.seconds = (
            name,
            kind,
            asker,
            thread,
            seconds,
        )
        self.modules, self.error, self.process, self.started = (
            tuple(modules),
            error,
            process,
            started,
        )

    def __repr__(self):
        return "<LateImport %s %s, asked for by %s in %s>" % (
            self.kind,
            self.name,
            self.asker,
            self.thread,
        )

    def as_dict(self):
        """Return the fields as a dictionary that ``json`` can write."""
        return dict(vars(self), modules=list(self.modules))


def describe(error):
    """Return an exception as text, ``"TypeName: message"``. Never raises an ``Exception``.

    The text is ASCII, with escapes: standard output may not be able to show more.
    """
    try:
        text = "%s: %s" % (type(error).__name__, error)
        if isinstance(text, bytes):
            if max(text) > "\x7f":  # not by decode(): it imports encodings.ascii
                raise ValueError("not ASCII")
            return text
        return str(text.encode("ascii", "backslashreplace").decode("ascii"))
    except Exception:  # a message beyond ASCII on 2.7; an error whose own __str__ fails
        try:
            return _ascii(error)
        except Exception:
            return type(error).__name__


_ascii = repr if str is bytes else ascii  # noqa: F821
