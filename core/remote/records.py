"""What a server says beyond the answers of an index: its repositories, its jobs, answers of several repositories."""

from __future__ import annotations

from dataclasses import dataclass

from locant.types import FileHit, Freshness, FunctionHit, Hit

__all__ = [
    "About",
    "Across",
    "AcrossLocalization",
    "AcrossSearch",
    "Caller",
    "FailedRepository",
    "RemoteFileHit",
    "RemoteFunctionHit",
    "RemoteHit",
    "RemoteJob",
    "RemoteJobProgress",
    "RemoteRepository",
]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: its scope is read, write or admin; `repositories` are those it may ask, None for all."""

    name: str
    scope: str
    repositories: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class About:
    """A server: its version, whether it asks for keys, and who is asking."""

    version: str
    keys: bool
    caller: Caller | None = None


@dataclass(frozen=True, slots=True)
class RemoteRepository:
    """A repository of a server.

    source: path or git; `path` is shown to callers who may write. state: queued, indexing, ready, failed or gone.
    commit, dirty, files, chunks, indexed_at: of the index that answers now; None before there is one.
    error: why the last job failed. job: the last one.
    """

    name: str
    source: str
    state: str
    path: str | None = None
    url: str | None = None
    branch: str | None = None
    revision: str | None = None
    commit: str | None = None
    dirty: bool | None = None
    files: int | None = None
    chunks: int | None = None
    indexed_at: float | None = None
    error: str | None = None
    job: int | None = None


@dataclass(frozen=True, slots=True)
class RemoteJobProgress:
    """How far a job is: `done` of `total` in a phase."""

    phase: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """Work on a repository: `state` is queued, running, done, failed or cancelled; times are POSIX seconds."""

    id: int
    repository: str
    kind: str
    state: str
    created_at: float
    progress: RemoteJobProgress | None = None
    error: str | None = None
    started_at: float | None = None
    ended_at: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.state not in ("queued", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteHit(Hit):
    """A place that answers a search, with its repository."""

    repository: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFileHit(FileHit):
    """A file that an issue is probably about, with its repository."""

    repository: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFunctionHit(FunctionHit):
    """A function, method or class that an issue is probably about, with its repository."""

    repository: str


@dataclass(frozen=True, slots=True)
class FailedRepository:
    """A repository that gave no answer, and why."""

    repository: str
    status: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Across:
    """A repository that was asked, and which state of its tree the answer is from."""

    repository: str
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class AcrossSearch:
    """Answer of a search in several repositories, best hit first."""

    query: str
    hits: tuple[RemoteHit, ...]
    repositories: tuple[Across, ...]
    truncated: bool = False
    hint: str = ""
    failed: tuple[FailedRepository, ...] = ()


@dataclass(frozen=True, slots=True)
class AcrossLocalization:
    """Files and functions of several repositories that an issue is about, best first."""

    files: tuple[RemoteFileHit, ...]
    functions: tuple[RemoteFunctionHit, ...]
    repositories: tuple[Across, ...]
    failed: tuple[FailedRepository, ...] = ()
