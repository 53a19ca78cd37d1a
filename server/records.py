"""Records of the server, as its store holds and its answers show them. Times are POSIX seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from locant.types import Progress

__all__ = ["Job", "JobKind", "JobState", "Repository", "RepositoryState", "SourceKind"]

SourceKind = Literal["path", "git"]

RepositoryState = Literal["queued", "indexing", "ready", "failed", "gone"]
"""`ready` can be asked, also while it is indexed again; `gone`: its folder is not there any more."""

JobKind = Literal["index", "refresh", "remove"]
"""`remove` deletes what was stored of a repository that is not served any more."""

JobState = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository that is served.

    number: of the row; never used again. name: what clients call it. root: the folder that is indexed.
    url, branch, revision, submodules: of a git source, as they were asked for.
    commit, dirty, files, chunks, indexed_at: of the index that answers now; unknown before there is one.
    error: why the last job failed, or why it is gone. job: number of the last job.
    """

    number: int
    name: str
    source: SourceKind
    root: str
    url: str | None = None
    branch: str | None = None
    revision: str | None = None
    submodules: bool = False
    state: RepositoryState = "queued"
    commit: str | None = None
    dirty: bool | None = None
    files: int | None = None
    chunks: int | None = None
    indexed_at: float | None = None
    error: str | None = None
    job: int | None = None
    created_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """Work on a repository.

    change: grows with every change of any job, so that who follows them knows what is new.
    attempts: how often a process was started for it. wants_cancel: somebody asked to end it.
    """

    number: int
    repository: str
    kind: JobKind
    state: JobState
    progress: Progress | None
    error: str | None
    created_at: float
    started_at: float | None
    ended_at: float | None
    change: int
    attempts: int = 0
    wants_cancel: bool = False
