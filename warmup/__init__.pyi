from os import PathLike
from types import TracebackType
from typing import Any, Callable, ContextManager, Dict, Iterable, List, Literal, Optional, Tuple, Type, Union

__version__: str

class PreloadWarning(UserWarning): ...

class PreloadError(Exception):
    report: Report
    def __init__(self, report: Report) -> None: ...

class LateImportError(ImportError): ...
class LateCodecError(LookupError): ...

class Target:
    kind: str
    name: str
    reason: str
    owner: Optional[str]
    def __init__(self, kind: str, name: str, reason: str, owner: Optional[str] = None) -> None: ...
    def __eq__(self, other: object) -> bool: ...
    def __ne__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def as_dict(self) -> Dict[str, Any]: ...

class Outcome:
    target: Target
    status: str
    seconds: float
    started: float
    modules: Tuple[str, ...]
    error: Optional[str]
    def __init__(
        self,
        target: Target,
        status: str,
        seconds: float,
        modules: Iterable[str],
        error: Optional[str] = None,
        started: float = 0.0,
    ) -> None: ...
    def as_dict(self) -> Dict[str, Any]: ...

class LateImport:
    name: str
    kind: str
    asker: str
    thread: str
    seconds: float
    started: float
    modules: Tuple[str, ...]
    error: Optional[str]
    process: int
    def __init__(
        self,
        name: str,
        kind: str,
        asker: str,
        thread: str,
        seconds: float,
        modules: Iterable[str],
        error: Optional[str],
        process: int,
        started: float = 0.0,
    ) -> None: ...
    def as_dict(self) -> Dict[str, Any]: ...

class Watch:
    dropped: int
    def __init__(
        self,
        action: Union[Literal["record", "log", "raise"], Callable[[LateImport], object]] = "record",
        exclude: Iterable[str] = (),
    ) -> None: ...
    @property
    def late(self) -> Tuple[LateImport, ...]: ...
    def stop(self) -> None: ...
    def __enter__(self) -> Watch: ...
    def __exit__(self, *exception: object) -> None: ...
    def allowed(self) -> ContextManager[None]: ...
    def summary(self) -> str: ...
    def to_json(self) -> str: ...
    def to_trace(self) -> str: ...
    def write(self, path: Union[str, PathLike[str]]) -> None: ...

class Guard:
    timeout: Optional[float]
    def stop(self) -> None: ...
    def __enter__(self) -> Guard: ...
    def __exit__(self, *exception: object) -> None: ...

class Report:
    outcomes: Tuple[Outcome, ...]
    seconds: float
    memory: Optional[int]
    compiled: int
    left_out: Tuple[Tuple[Target, str], ...]
    notes: Tuple[str, ...]
    def __init__(
        self,
        outcomes: Iterable[Outcome],
        seconds: float,
        memory: Optional[int] = None,
        compiled: int = 0,
        left_out: Iterable[Tuple[Target, str]] = (),
        notes: Iterable[str] = (),
    ) -> None: ...
    @property
    def modules(self) -> Tuple[str, ...]: ...
    @property
    def warmed(self) -> Tuple[Outcome, ...]: ...
    @property
    def unavailable(self) -> Tuple[Outcome, ...]: ...
    @property
    def failed(self) -> Tuple[Outcome, ...]: ...
    @property
    def excluded(self) -> Tuple[Outcome, ...]: ...
    @property
    def stale(self) -> Tuple[Outcome, ...]: ...
    def chain(self, outcome: Outcome) -> List[Target]: ...
    def why(self, name: Optional[str] = None) -> str: ...
    def summary(self) -> str: ...
    def to_json(self) -> str: ...
    def to_trace(self) -> str: ...

def preload(
    modules: Iterable[str] = (),
    packages: Iterable[str] = (),
    codecs: Optional[Iterable[str]] = None,
    exclude: Iterable[str] = (),
    manifest: Optional[Union[str, PathLike[str]]] = None,
    scan: bool = True,
    strict: bool = False,
    lock_free_import: bool = True,
) -> Report: ...
def watch(
    action: Union[Literal["record", "log", "raise"], Callable[[LateImport], object]] = "record",
    exclude: Iterable[str] = (),
) -> Watch: ...
def guard_fork(timeout: float = 5.0) -> Guard: ...
