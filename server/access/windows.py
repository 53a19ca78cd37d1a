"""Counts of requests that all processes of a server share: a storage of the library `limits` in an SQLite file.

Its own storages are for one process alone or need a service. The file is apart from the store, and losing it costs
nothing, so nothing waits for the disk here. Windows are of the monotonic clock, which all processes of a machine share
and no correction of the time moves; it begins anew with the machine, so what is in the future is from an earlier life.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport

__all__ = ["SqliteWindows"]

BUSY_SECONDS = 0.2
"""A count takes microseconds; a request does not wait longer for it than this."""

SWEEP_SECONDS = 60

LONGEST_SECONDS = 3_600
"""No window that is begun now ends later than that."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS windows (
    key TEXT NOT NULL, number INTEGER NOT NULL, count INTEGER NOT NULL, ends REAL NOT NULL, PRIMARY KEY (key, number)
) WITHOUT ROWID
"""
_COUNT = """
INSERT INTO windows (key, number, count, ends) VALUES (:key, :number, :amount, :ends)
ON CONFLICT (key, number) DO UPDATE SET count = count + :amount RETURNING count
"""


class SqliteWindows(Storage, SlidingWindowCounterSupport):
    """Counts in windows of time, by key.

    Args:
        path: of the file.
        clock: seconds that pass for all who share the file.

    """

    STORAGE_SCHEME = ["locant-sqlite"]  # noqa: RUF012 - as the library declares it

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._path = path
        self._clock = clock
        self._local = threading.local()
        self._swept = float("-inf")

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong here."""
        return sqlite3.Error

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count it if the window before, by the share of it that still counts, and this one leave room for it."""
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._sweep(connection)
            previous, share, current, _ = self.get_sliding_window(key, expiry)
            fits = previous * share / expiry + current + amount <= limit
            if fits:
                number = int(self._clock() // expiry)
                values = {"key": key, "number": number, "amount": amount, "ends": (number + 2) * expiry}
                connection.execute(_COUNT, values).fetchall()
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return fits

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Count and seconds left of the window before, then of this one."""
        now = self._clock()
        number = int(now // expiry)
        left = (number + 1) * expiry - now
        rows = self._connection().execute(
            "SELECT number, count FROM windows WHERE key = ? AND number >= ?", (key, number - 1)
        )
        counts = dict(rows.fetchall())
        return counts.get(number - 1, 0), left, counts.get(number, 0), left + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forget a key."""
        self.clear(key)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count in a window of fixed bounds."""
        number = int(self._clock() // expiry)
        values = {"key": key, "number": number, "amount": amount, "ends": (number + 1) * expiry}
        return int(self._connection().execute(_COUNT, values).fetchall()[0][0])

    def get(self, key: str) -> int:
        """The count of the newest window."""
        return int(self._newest(key)[0])

    def get_expiry(self, key: str) -> float:
        """When the newest window ends."""
        return float(self._newest(key)[1])

    def check(self) -> bool:
        """Whether the file can be read."""
        return bool(self._connection().execute("SELECT 1").fetchone())

    def reset(self) -> int:
        """Forget all."""
        return self._connection().execute("DELETE FROM windows").rowcount

    def clear(self, key: str) -> None:
        """Forget a key."""
        self._connection().execute("DELETE FROM windows WHERE key = ?", (key,))

    def _newest(self, key: str) -> tuple[int, float]:
        statement = "SELECT count, ends FROM windows WHERE key = ? AND ends > ? ORDER BY number DESC LIMIT 1"
        found: Any = self._connection().execute(statement, (key, self._clock())).fetchone()
        return (found[0], found[1]) if found else (0, self._clock())

    def _sweep(self, connection: sqlite3.Connection) -> None:
        now = self._clock()
        if abs(now - self._swept) > SWEEP_SECONDS:
            self._swept = now
            connection.execute("DELETE FROM windows WHERE ends < ? OR ends > ?", (now, now + LONGEST_SECONDS))

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            old = os.umask(0o077)
            try:
                connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
            finally:
                os.umask(old)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(_SCHEMA)
            self._local.connection = connection
        return connection
