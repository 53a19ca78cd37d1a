"""The process of one job: fetch where there is something to fetch, index, note the outcome in the store.

    python -m locant.server.jobs.worker NUMBER < settings.json

The settings come as one line of JSON. Stdin stays open as long as the supervisor lives: when it ends, so does the job.
Outcomes that are expected to go wrong are written to the store; whatever else ends the process, the supervisor notices.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import locant
from locant.errors import LocantError, RepositoryError
from locant.server.assembly import make_fetcher
from locant.server.records import Job, Repository
from locant.server.seams import GitSource, SourceFetcher
from locant.server.settings import Settings
from locant.server.store.database import Database
from locant.server.store.jobs import Ended, JobTable
from locant.server.store.repositories import RepositoryTable
from locant.types import Progress

__all__ = ["main"]

REPORT_SECONDS = 0.2
"""Between two notes of progress: often enough to watch, seldom enough for the store."""


ALLOWED = "that are allowed (job_memory_mb)"


class _Work:
    """One job with what it needs."""

    def __init__(self, settings: Settings, database: Database, job: Job) -> None:
        self._settings = settings
        self._jobs = JobTable(database)
        self._repositories = RepositoryTable(database)
        self._fetcher: SourceFetcher = make_fetcher(settings, database)
        self._job = job
        self._reported = 0.0

    def run(self) -> Ended:
        """Do it."""
        if self._job.kind == "remove":
            return self._remove()
        repository = self._repositories.get(self._job.repository)
        if repository is None:
            return Ended("cancelled", "the repository was removed")
        try:
            self._index(repository)
        except MemoryError:
            error: Exception = LocantError(f"it needed more than the {self._settings.job_memory_mb} MB {ALLOWED}")
        except (LocantError, OSError) as failure:
            error = failure
        else:
            return Ended("done")
        self._failed(repository, error)
        return Ended("failed", str(error))

    def _index(self, repository: Repository) -> None:
        if repository.indexed_at is None:
            self._repositories.update(repository.number, state="indexing")
        if repository.source == "git":
            fetched = self._fetcher.fetch(_source(repository), self._tell)
            if str(fetched.root) != repository.root:
                repository = replace(repository, root=str(fetched.root))
                self._repositories.update(repository.number, root=repository.root)
        with locant.open(
            repository.root, cache_dir=self._settings.cache_dir, workers=self._settings.job_parsers
        ) as index:
            index.update(progress=self._tell)
            status = index.status()
        self._repositories.update(
            repository.number,
            state="ready",
            error=None,
            commit=status.freshness.commit,
            dirty=status.freshness.dirty,
            files=status.files,
            chunks=status.chunks,
            indexed_at=status.freshness.indexed_at,
        )

    def _failed(self, repository: Repository, error: Exception) -> None:
        is_gone = repository.source == "path" and not Path(repository.root).is_dir()
        state = "gone" if is_gone else "failed" if repository.indexed_at is None else "ready"
        self._repositories.update(repository.number, state=state, error=str(error))

    def _remove(self) -> Ended:
        left: dict[str, Any] = json.loads(self._jobs.details(self._job.number) or "{}")
        if left.get("root") and self._repositories.at(left["root"]) is None:
            with suppress(RepositoryError):  # the folder may be gone: `locant clear` cleans up after those
                locant.open(left["root"], cache_dir=self._settings.cache_dir).clear()
        if left.get("source") == "git":
            source = GitSource(
                self._job.repository, left["url"], left["branch"], left["revision"], submodules=left["submodules"]
            )
            self._fetcher.remove(source)
        return Ended("done")

    def _tell(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._reported >= REPORT_SECONDS or progress.stage == "done":
            self._reported = now
            self._jobs.report(self._job.number, progress)


def _source(repository: Repository) -> GitSource:
    assert repository.url is not None
    return GitSource(
        repository.name, repository.url, repository.branch, repository.revision, submodules=repository.submodules
    )


def _end_with_supervisor() -> None:
    """Wait in a thread for the end of stdin; then nobody is there to watch this process, and it ends with its own."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def main(number: int) -> None:
    """Run a job to its end."""
    line = b""
    while not line.endswith(b"\n"):  # unbuffered: the watch reads on where this ends
        line += os.read(0, 1)
    settings = Settings.model_validate_json(line)
    _end_with_supervisor()
    database = Database(settings.database)
    jobs = JobTable(database)
    job = jobs.get(number)
    if job is not None and job.state == "running":
        jobs.end(number, _Work(settings, database, job).run())


if __name__ == "__main__":
    main(int(sys.argv[1]))
