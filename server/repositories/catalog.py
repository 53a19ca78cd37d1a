"""Adding, asking, refreshing and removing repositories: the rules, on top of the tables."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from locant.indexer.walk.layout import resolve_root
from locant.server.problems import ProblemError
from locant.server.records import Job, Repository
from locant.server.seams import Caller, GitSource, SourceFetcher
from locant.server.store.jobs import JobTable
from locant.server.store.repositories import RepositoryTable

if TYPE_CHECKING:
    from locant.facade import Index
    from locant.server.repositories.pool import IndexPool

__all__ = ["Catalog", "name_from"]

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")

MAX_NAME = 100

OPEN = ("queued", "running")
"""States of a job that has not ended."""

RETRY_SECONDS = 2


class Catalog:
    """The repositories of a server.

    Args:
        repositories: their table.
        jobs: the queue.
        allowed_roots: real paths of the folders in which a repository may be.
        fetcher: of git repositories.

    """

    def __init__(
        self, repositories: RepositoryTable, jobs: JobTable, allowed_roots: Sequence[Path], fetcher: SourceFetcher
    ) -> None:
        self._table = repositories
        self._jobs = jobs
        self._allowed_roots = tuple(allowed_roots)
        self._fetcher = fetcher
        self._lock = threading.Lock()

    # -- changing ------------------------------------------------------------------------------------------------

    def add_path(self, path: str, name: str | None) -> Repository:
        """Serve a folder of this machine.

        Raises:
            ProblemError: 403 outside the allowed roots, 409 when it or its name is served already.
            RepositoryError: it is no folder.

        """
        root = self._allowed(path)
        known = self._table.at(str(root))
        if known is not None:
            raise ProblemError(409, "served-already", f"this folder is served already, as {known.name!r}")
        return self._added(Repository(0, name or name_from(root.name), "path", str(root)), is_chosen=name is not None)

    def add_git(self, source: GitSource) -> Repository:
        """Serve a repository from elsewhere; the job fetches it."""
        self._fetcher.check(source)
        name = source.name or name_from(source.url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git"))
        wanted = Repository(
            0, name, "git", "", source.url, source.branch, source.revision, submodules=source.submodules
        )
        return self._added(wanted, is_chosen=bool(source.name))

    def _allowed(self, path: str) -> Path:
        """The real folder, if it is inside an allowed one. Outside, nothing is said about what is there."""
        if "\0" in path or not Path(path).is_absolute():
            raise ProblemError(422, "bad-path", "the path of a repository has to be absolute")
        real = Path(os.path.realpath(path))
        if not any(real.is_relative_to(root) for root in self._allowed_roots):
            raise ProblemError(403, "outside-roots", "this path is in none of the folders that this server may read")
        return resolve_root(real)

    def _added(self, wanted: Repository, *, is_chosen: bool) -> Repository:
        for name in [wanted.name] if is_chosen else _variants(wanted.name):
            made = self._table.add(_named(wanted, name))
            if made is not None:
                self._jobs.add(made.name, "index")
                return self.get(made.name)
        raise ProblemError(409, "name-taken", f"a repository is called {wanted.name!r} already; give another name")

    def refresh(self, name: str) -> Job:
        """Queue bringing its index up to date."""
        return self._jobs.add(self.get(name).name, "refresh")

    def behind(self, repository: Repository) -> None:
        """Queue a refresh unless one waits or runs: called by every process that sees an old index."""
        if not any(self._jobs.latest(repository=repository.name, state=state, limit=1) for state in OPEN):
            self._jobs.add(repository.name, "refresh")

    def remove(self, name: str) -> None:
        """Serve it no more: at once for who asks, while a job deletes what was stored."""
        repository = self.get(name)
        for state in OPEN:
            for job in self._jobs.latest(repository=name, state=state, limit=1_000):
                self._jobs.cancel(job.number)
        if self._table.remove(repository.number):
            self._jobs.add(name, "remove", json.dumps(_left(repository)))

    # -- asking --------------------------------------------------------------------------------------------------

    def get(self, name: str, caller: Caller | None = None) -> Repository:
        """One by name; a 404 when there is none, or none that the caller may know of."""
        found = self._table.get(name) if caller is None or caller.sees(name) else None
        if found is None:
            raise ProblemError(
                404,
                "unknown-repository",
                f"no repository {name[:MAX_NAME]!r} is served here; GET /v1/repositories lists those that are",
                error="NotFoundError",
            )
        return found

    def all(self, caller: Caller) -> list[Repository]:
        """Those that a caller may know of, by name."""
        return [repository for repository in self._table.all() if caller.sees(repository.name)]

    def opened(self, repository: Repository, pool: IndexPool) -> Index:
        """Its index, ready to be asked.

        Raises:
            ProblemError: 409 while there is none yet, 410 when the folder is gone.

        """
        if not repository.root or not os.path.isdir(repository.root):  # noqa: PTH112 - on every question: half the cost
            self._missing(repository, pool)
        if repository.source == "path" and os.path.realpath(repository.root) != repository.root:
            detail = f"the folder of repository {repository.name!r} leads elsewhere now; remove it and add it again"
            raise ProblemError(403, "outside-roots", detail)
        if repository.state == "gone":  # it is there again: what it holds now has to be seen
            self.behind(repository)
        index = pool.index(repository)
        if repository.indexed_at is None and not index.is_made:
            raise _not_ready(repository)
        return index

    def _missing(self, repository: Repository, pool: IndexPool) -> None:
        """Say that a folder is not there; note it for all others."""
        if not repository.root or (repository.source == "git" and repository.indexed_at is None):
            raise _not_ready(repository)
        detail = f"the folder of repository {repository.name!r} is not there any more"
        if repository.state != "gone":
            self._table.update(repository.number, state="gone", error=detail)
            pool.forget(repository.number)
        raise ProblemError(
            410, "gone", f"{detail}; put it back and refresh it, or remove it here", error="RepositoryError"
        )


def _not_ready(repository: Repository) -> ProblemError:
    reasons = {
        "failed": f"repository {repository.name!r} could not be indexed: {repository.error}",
        "queued": f"repository {repository.name!r} waits to be indexed",
    }
    detail = reasons.get(repository.state, f"repository {repository.name!r} is being indexed")
    return ProblemError(
        409,
        "not-ready",
        f"{detail}; GET /v1/jobs/{repository.job} tells more",
        error="RepositoryError",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


def name_from(text: str) -> str:
    """A name that can stand in a path of the API."""
    name = _UNFIT.sub("-", text).strip("-.")[:MAX_NAME]
    return name or "repository"


def _variants(name: str) -> list[str]:
    return [name, *(f"{name[: MAX_NAME - 4]}-{number}" for number in range(2, 100))]


def _named(repository: Repository, name: str) -> Repository:
    from dataclasses import replace

    return replace(repository, name=name)


def _left(repository: Repository) -> dict[str, object]:
    """What the job that removes it needs to know: by then, it is in no table."""
    return {
        "source": repository.source,
        "root": repository.root,
        "url": repository.url,
        "branch": repository.branch,
        "revision": repository.revision,
        "submodules": repository.submodules,
    }
