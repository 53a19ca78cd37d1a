"""The SQLite file: one connection for each thread, write-ahead log, and failures as errors of ours."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from locant.errors import StoreBusyError, StoreCorruptError, StoreError, StoreReadOnlyError
from locant.server.store.schema import MIGRATIONS

__all__ = ["Database", "Row"]

Row = sqlite3.Row

BUSY_SECONDS = 10.0
"""Writes take milliseconds; who waits longer is told."""


class Database:
    """The store of a server; may be used from any thread of any number of processes.

    Raises:
        StoreReadOnlyError: the folder cannot be written, or the disk is full.
        StoreCorruptError: the file is no store, or one of a later version.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreReadOnlyError(
                f"cannot make the folder {str(path.parent)!r}: {error.strerror}; set state_dir to another"
            ) from error
        with self._translated():
            self._migrate()

    def read(self, statement: str, values: Any = ()) -> list[Row]:  # noqa: ANN401 - as sqlite3 takes them
        """Rows of a query."""
        with self._translated():
            return self._connection().execute(statement, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it counts, or nothing."""
        with self._translated():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def version(self) -> int:
        """A number that changes when another connection has written; costs microseconds."""
        with self._translated():
            return int(self._connection().execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Close the connection of this thread."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
        return connection

    def _connect(self) -> sqlite3.Connection:
        old = os.umask(0o077)  # keys are in it, if only as digests
        try:
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        finally:
            os.umask(old)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _migrate(self) -> None:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            known = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if known > len(MIGRATIONS):
                raise StoreCorruptError(
                    f"the store {str(self.path)!r} was written by a later locant; use that, or another state_dir"
                )
            for step in MIGRATIONS[known:]:
                for statement in filter(str.strip, step.split(";")):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _error(self.path, error) from error


def _error(path: Path, error: sqlite3.Error) -> StoreError:
    said = str(error)
    if "full" in said:
        return StoreReadOnlyError(f"no space is left for the store {str(path)!r}; make room on that disk")
    if "locked" in said:
        return StoreBusyError(f"the store {str(path)!r} is being written; try again")
    if "readonly" in said or "unable to open" in said or "disk I/O" in said:
        return StoreReadOnlyError(
            f"cannot write the store {str(path)!r}: {said}; check the folder's rights and its disk"
        )
    if isinstance(error, sqlite3.DatabaseError) and ("malformed" in said or "not a database" in said):
        return StoreCorruptError(
            f"the store {str(path)!r} is damaged ({said}); move it away to begin with an empty one"
        )
    return StoreError(f"the store {str(path)!r} failed: {said}")
