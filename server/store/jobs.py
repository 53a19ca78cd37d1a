"""The table of jobs: a queue, its progress and its history."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

from locant.server.records import Job, JobKind, JobState
from locant.server.store.database import Database, Row
from locant.types import Progress

__all__ = ["Ended", "JobTable"]

_COLUMNS = (
    "number, repository, kind, state, stage, done, total, error, created_at, started_at, ended_at, change, attempts, "
    "wants_cancel"
)
_NEXT = "(SELECT coalesce(max(change), 0) + 1 FROM jobs)"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended."""

    state: JobState
    error: str | None = None


class JobTable:
    """Jobs by number. Those of one repository run one after the other, oldest first.

    Args:
        database: the store.
        clock: POSIX seconds. It may be set back while a job runs: its times are told to people, and never go backwards.

    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def add(self, repository: str, kind: JobKind, details: str | None = None) -> Job:
        """Queue a job; one of the same kind that waits already for this repository serves both."""
        with self._database.writing() as connection:
            waiting = connection.execute(
                "SELECT number FROM jobs WHERE repository = ? AND kind = ? AND state = 'queued'", (repository, kind)
            ).fetchone()
            number = waiting[0] if waiting else self._insert(connection, repository, kind, details)
        found = self.get(int(number))
        assert found is not None
        return found

    def _insert(self, connection: sqlite3.Connection, repository: str, kind: JobKind, details: str | None) -> int:
        cursor = connection.execute(
            f"INSERT INTO jobs (repository, kind, created_at, change, details) VALUES (?, ?, ?, {_NEXT}, ?)",  # noqa: S608
            (repository, kind, self._clock(), details),
        )
        number = int(cursor.lastrowid or 0)
        connection.execute("UPDATE repositories SET job = ? WHERE name = ?", (number, repository))
        return number

    def get(self, number: int) -> Job | None:
        """One by number."""
        rows = self._database.read(f"SELECT {_COLUMNS} FROM jobs WHERE number = ?", (number,))  # noqa: S608
        return _job(rows[0]) if rows else None

    def details(self, number: int) -> str | None:
        """What a job needs to know besides its repository."""
        rows = self._database.read("SELECT details FROM jobs WHERE number = ?", (number,))
        return rows[0]["details"] if rows else None

    def latest(
        self, *, repository: str | None = None, state: str | None = None, before: int | None = None, limit: int = 50
    ) -> list[Job]:
        """Jobs, latest first.

        Args:
            repository: only those of this one.
            state: only those in this state.
            before: only those with smaller numbers.
            limit: jobs at most.

        """
        rows = self._database.read(
            f"SELECT {_COLUMNS} FROM jobs WHERE (:repository IS NULL OR repository = :repository) "  # noqa: S608
            "AND (:state IS NULL OR state = :state) AND (:before IS NULL OR number < :before) "
            "ORDER BY number DESC LIMIT :limit",
            {"repository": repository, "state": state, "before": before, "limit": limit},
        )
        return [_job(row) for row in rows]

    def changed(self, since: int) -> list[Job]:
        """Jobs that changed after a `change`, in the order of their changes."""
        rows = self._database.read(
            f"SELECT {_COLUMNS} FROM jobs WHERE change > ? ORDER BY change LIMIT 1000",  # noqa: S608
            (since,),
        )
        return [_job(row) for row in rows]

    def latest_change(self) -> int:
        """The `change` of what changed last."""
        return int(self._database.read("SELECT coalesce(max(change), 0) AS latest FROM jobs")[0]["latest"])

    # -- for the supervisor --------------------------------------------------------------------------------------

    def claim(self) -> Job | None:
        """Start the oldest job whose repository is not being worked on."""
        with self._database.writing() as connection:
            row = connection.execute(
                "SELECT number FROM jobs AS waiting WHERE state = 'queued' AND NOT EXISTS "
                "(SELECT 1 FROM jobs WHERE state = 'running' AND repository = waiting.repository) "
                "ORDER BY number LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            connection.execute(
                f"UPDATE jobs SET state = 'running', attempts = attempts + 1, change = {_NEXT}, "  # noqa: S608
                "started_at = max(created_at, ?) WHERE number = ?",
                (self._clock(), row["number"]),
            )
        return self.get(int(row["number"]))

    def report(self, number: int, progress: Progress) -> None:
        """Note how far a running job is."""
        with self._database.writing() as connection:
            connection.execute(
                f"UPDATE jobs SET stage = ?, done = ?, total = ?, change = {_NEXT} "  # noqa: S608
                "WHERE number = ? AND state = 'running'",
                (progress.stage, progress.done, progress.total, number),
            )

    def end(self, number: int, ended: Ended) -> None:
        """Note how a job ended; what has ended before stays as it is."""
        with self._database.writing() as connection:
            connection.execute(
                f"UPDATE jobs SET state = ?, error = ?, change = {_NEXT}, "  # noqa: S608
                "ended_at = max(coalesce(started_at, created_at), ?) "
                "WHERE number = ? AND state IN ('queued', 'running')",
                (ended.state, ended.error, self._clock(), number),
            )

    def put_back(self, number: int, *, counts: bool) -> None:
        """Queue a running job again; `counts`: the attempt was its own failure."""
        with self._database.writing() as connection:
            connection.execute(
                f"UPDATE jobs SET state = 'queued', started_at = NULL, stage = NULL, change = {_NEXT}, "  # noqa: S608
                "attempts = attempts - ? WHERE number = ? AND state = 'running'",
                (0 if counts else 1, number),
            )

    def running(self) -> list[Job]:
        """Jobs that run, or did when the last supervisor ended without a word."""
        rows = self._database.read(f"SELECT {_COLUMNS} FROM jobs WHERE state = 'running'")  # noqa: S608
        return [_job(row) for row in rows]

    def cancel(self, number: int) -> Job | None:
        """Cancel what waits, and ask the supervisor to end what runs."""
        with self._database.writing() as connection:
            connection.execute(
                f"UPDATE jobs SET state = 'cancelled', ended_at = max(created_at, ?), change = {_NEXT} "  # noqa: S608
                "WHERE number = ? AND state = 'queued'",
                (self._clock(), number),
            )
            connection.execute(
                f"UPDATE jobs SET wants_cancel = 1, change = {_NEXT} "  # noqa: S608
                "WHERE number = ? AND state = 'running' AND wants_cancel = 0",
                (number,),
            )
        return self.get(number)

    def to_cancel(self) -> set[int]:
        """Running jobs that somebody wants to end."""
        rows = self._database.read("SELECT number FROM jobs WHERE state = 'running' AND wants_cancel = 1")
        return {int(row["number"]) for row in rows}

    def forget(self, keep: int) -> None:
        """Remove ended jobs but the latest."""
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND number NOT IN "
                "(SELECT number FROM jobs WHERE state NOT IN ('queued', 'running') ORDER BY number DESC LIMIT ?)",
                (keep,),
            )


def _job(row: Row) -> Job:
    progress = Progress(row["stage"], row["done"] or 0, row["total"] or 0) if row["stage"] else None
    return Job(
        number=row["number"],
        repository=row["repository"],
        kind=row["kind"],
        state=row["state"],
        progress=progress,
        error=row["error"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        change=row["change"],
        attempts=row["attempts"],
        wants_cancel=bool(row["wants_cancel"]),
    )
