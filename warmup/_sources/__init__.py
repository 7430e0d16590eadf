"""Hold one source for each kind of target. A source finds targets, warms them, and says which may be missing.

A source has five methods. `_preload` calls them in this order. ``rules`` is a `warmup._python.rules.Rules`.

``find(rules)``
    Return the targets in the order in which to warm them. Import nothing. `_preload` skips those that are done. A
    source leaves them out only where that is faster. An ``Exception`` becomes a note of the report, and this source
    then has no targets in this round. `codec.CodecSource.find` takes the names of codecs before ``rules``.
``is_done(target)``
    Return whether the target was warmed already, for example by the import of another target. Raise nothing.
``module_of(target)``
    Return the name of the module that the target imports first, ``None`` if it is unknown. Raise nothing.
``warm(target)``
    Import or prime what the target stands for. Return nothing. Any exception says that the target was not warmed.
``status_of(target, error, traceback, rules)``
    Return the status of a target for which ``warm`` has raised ``error``: ``UNAVAILABLE``, ``STALE`` or ``FAILED``
    of `warmup._values`. Raise nothing.
"""
