"""Use all that is public, as a program with types does. CI checks this file with ``mypy --strict``, and runs it.

A line with ``type: ignore`` is a wrong use that a type checker must find: mypy reports an ignored error that is none.
"""

from __future__ import absolute_import, division, print_function

import os

import warmup

TYPE_CHECKING = False
if TYPE_CHECKING:  # Python 2.7 has no typing
    from typing import List, Optional, Tuple  # noqa: F401

if hasattr(os, "register_at_fork"):  # 3.7
    with warmup.guard_fork(timeout=1.0) as guard:
        seconds = guard.timeout  # type: Optional[float]

report = warmup.preload(
    modules=["json"],
    packages=(),
    codecs=None,
    exclude={"readline"},
    manifest=None,
    scan=True,
    strict=False,
    lock_free_import=True,
)
modules = report.modules  # type: Tuple[str, ...]
memory = report.memory  # type: Optional[int]
text = report.summary() + report.to_json()  # type: str
for outcome in report.warmed + report.unavailable + report.failed + report.excluded + report.stale:
    line = "%s %s %s %.3f %s" % (
        outcome.target.kind,
        outcome.target.name,
        outcome.status,
        outcome.seconds,
        outcome.error,
    )
    chain = report.chain(outcome)  # type: List[warmup.Target]
for target, why in report.left_out:
    why_not = target.name + ": " + why  # type: str

late = []  # type: List[warmup.LateImport]
with warmup.watch(late.append) as watch:
    with watch.allowed():
        import sched  # noqa: F401
    names = [one.name for one in watch.late]  # type: List[str]
with warmup.watch("record"):
    pass

try:
    warmup.preload(codecs=[], strict=True)
except warmup.PreloadError as error:
    failed = error.report.failed  # type: Tuple[warmup.Outcome, ...]
except (warmup.LateImportError, warmup.LateCodecError):
    raise

version = warmup.__version__  # type: str


def use_wrongly():
    # type: () -> None
    warmup.preload(module=["json"])  # type: ignore[call-arg]
    warmup.preload(modules=[7])  # type: ignore[list-item]
    warmup.preload(strict="no")  # type: ignore[arg-type]
    warmup.watch(7)  # type: ignore[arg-type]
    print(report.no_such_attribute)  # type: ignore[attr-defined]
