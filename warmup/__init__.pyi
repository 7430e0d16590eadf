from typing import Any, Dict, Iterable, List, Optional, Tuple

class PreloadWarning(UserWarning): ...

class PreloadError(Exception):
    report: Report

class Target:
    kind: str
    name: str
    reason: str
    owner: Optional[str]
    def __init__(self, kind: str, name: str, reason: str, owner: Optional[str] = ...) -> None: ...
    def as_dict(self) -> Dict[str, Any]: ...

class Outcome:
    target: Target
    status: str
    seconds: float
    modules: Tuple[str, ...]
    error: Optional[str]
    def as_dict(self) -> Dict[str, Any]: ...

class Plan(Tuple[Target, ...]):
    def to_json(self) -> str: ...

class Report:
    outcomes: Tuple[Outcome, ...]
    seconds: float
    memory: Optional[int]
    @property
    def modules(self) -> Tuple[str, ...]: ...
    @property
    def warmed(self) -> Tuple[Outcome, ...]: ...
    @property
    def unavailable(self) -> Tuple[Outcome, ...]: ...
    @property
    def failed(self) -> Tuple[Outcome, ...]: ...
    def chain(self, outcome: Outcome) -> List[Target]: ...
    def why(self) -> str: ...
    def to_json(self) -> str: ...

def preload(
    *,
    modules: Iterable[str] = ...,
    packages: Iterable[str] = ...,
    codecs: Optional[Iterable[str]] = ...,
    exclude: Iterable[str] = ...,
    named_only: bool = ...,
    strict: bool = ...,
    lock_free_import: bool = ...,
) -> Report: ...
def plan(
    *,
    modules: Iterable[str] = ...,
    packages: Iterable[str] = ...,
    codecs: Optional[Iterable[str]] = ...,
    exclude: Iterable[str] = ...,
    named_only: bool = ...,
    strict: bool = ...,
    lock_free_import: bool = ...,
) -> Plan: ...
