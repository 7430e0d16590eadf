"""Asks the sources what could be imported late; drops what is excluded, done or doubled; puts it in order."""
from __future__ import absolute_import, division, print_function

import sys

from warmup import _codecs, _deferred, _interpreter
from warmup._tables import EXCLUDED, exclusion, implicit
from warmup._values import ArgumentError, Plan, Target

unavailable = set()  # targets that cannot exist on this platform or build, in any later plan either
_kept = []  # what the scanner of the last preload() was allowed, and the scanner: one pair or none

_DEFAULTS = {"modules": (), "packages": (), "codecs": None, "exclude": (), "named_only": False, "strict": False,
             "lock_free_import": True}


class Settings(object):
    """The arguments of ``preload()`` and ``plan()``, checked. Nothing is imported for it.

    Raises ``TypeError`` for an argument that is unknown or of the wrong type, ``ValueError`` for a name that does
    not exist or is excluded; the message names the argument and the remedy.
    """

    def __init__(self, options):
        for name in sorted(set(options).difference(_DEFAULTS)):
            raise TypeError("there is no argument %r; the arguments are %s" % (name, ", ".join(sorted(_DEFAULTS))))
        options = dict(_DEFAULTS, **options)
        self.exclude = frozenset(_names("exclude", options["exclude"]))
        self.modules = self._importable("modules", options["modules"])
        self.packages = self._importable("packages", options["packages"])
        self.allowed = self.exclude, tuple(self.packages)
        codecs = options["codecs"]
        self.codecs = None if codecs is None else [self._codec(name) for name in _names("codecs", codecs)]
        self.named_only = _flag("named_only", options["named_only"])
        self.strict = _flag("strict", options["strict"])
        self.lock_free_import = _flag("lock_free_import", options["lock_free_import"])

    def _importable(self, argument, value):
        names = _names(argument, value)
        for name in names:
            reason = exclusion(name, self.exclude)
            if reason is not None:
                raise ArgumentError(argument, "%r is never preloaded: %s; leave it out, and import it yourself where "
                                    "it is needed" % (name, reason))
            if _interpreter.find(name) is False:
                raise ArgumentError(argument, "there is no module %r on sys.path; correct the name, or install it"
                                    % name)
        return names

    @staticmethod
    def _codec(spelling):
        name = _codecs.canonical(spelling)
        if name is None:
            raise ArgumentError("codecs", "unknown codec %r; see the standard encodings in the documentation of the "
                                "codecs module, or register it before" % (spelling,))
        return name


def _names(argument, value):
    if isinstance(value, (_interpreter.Text, bytes)):
        raise TypeError("%s: an iterable of names is needed, not one name: write %s=[%r]" % (argument, argument, value))
    try:
        names = list(value)
    except TypeError:
        raise TypeError("%s: an iterable of names is needed, not %r" % (argument, value))
    for name in names:
        if not isinstance(name, _interpreter.Text) or not name:
            raise TypeError("%s: %r is not a name; every item must be a non-empty string" % (argument, name))
    return names


def _flag(argument, value):
    if not isinstance(value, bool):
        raise TypeError("%s: True or False is needed, not %r" % (argument, value))
    return value


def scanner(settings):
    """A `_deferred.Scanner` for what these settings allow to be imported; ``None`` if nothing is to be looked for."""
    if settings.named_only:
        return None
    left_out = settings.exclude.union(EXCLUDED)
    standard = _interpreter.standard_modules(left_out)
    names = set(standard)
    for package in settings.packages:
        names.update(_interpreter.modules_of(package, left_out))
    return _deferred.Scanner(names, standard)


def kept_scanner(settings):
    """The one that the last ``preload()`` has left behind, if it had the same settings, else a new one."""
    if not settings.named_only:
        try:
            allowed, old = _kept.pop()  # taken away: another thread may preload as well
        except IndexError:
            pass
        else:
            if allowed == settings.allowed and old.begin_again():
                return old
    return scanner(settings)


def keep(settings, its_scanner):
    """Leave the scanner behind, after its last round."""
    if its_scanner is not None:
        _kept[:] = [(settings.allowed, its_scanner)]


def rounds(settings, its_scanner):
    """Yield plans until nothing is left to import; each is to be carried out before the next one is asked for.

    What one imports can import more late: the next one holds that, and nothing that was in one before.
    """
    targets = [Target("module", name, "asked for by name") for name in settings.modules]
    targets.extend(_codecs.targets(settings.codecs))
    planned = set(unavailable)
    while True:
        if its_scanner is not None:
            targets.extend(_implicit(settings))
            targets.extend(its_scanner.round())
        plan = Plan(target for target in _once(targets, planned)
                    if target.kind != "module" or sys.modules.get(target.name) is None)
        if not plan:
            return
        yield plan
        targets = []


def _once(targets, planned):
    for target in targets:
        if target not in planned:
            planned.add(target)
            yield target


def _implicit(settings):
    for owner, trigger, modules, why in implicit():
        for name in modules:
            if exclusion(name, settings.exclude) is None:
                yield Target("module", name, "%s (%s)" % (trigger, why), owner)


def plan(**options):
    """Return the `Plan` that ``preload(**options)`` would start with. Imports nothing.

    It holds what can be seen now. Modules that it names will, once imported, show what they import late in turn:
    ``python -m warmup plan`` imports them, in a process of its own, and shows all of it.
    Takes and raises what ``preload()`` does.
    """
    settings = Settings(options)
    return next(rounds(settings, scanner(settings)), Plan())
