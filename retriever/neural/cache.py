"""Vectors that were computed once, on disk: a function that did not change is not read by the model again.

A vector is found by what the model read, so nothing here can be stale, whatever file, branch or clone it came from.
The cache may be lost at any time: what cannot be read or written is computed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from locant.numeric import Singles

if TYPE_CHECKING:
    import sqlite3

__all__ = ["MAX_VECTORS", "VectorCache", "key_of"]

MAX_VECTORS = 40_000
"""Some 35 MB; the oldest go first. A question looks at fifty functions."""

WAIT_SECONDS = 0.25
"""For another process that writes: computing fifty vectors takes about as long."""

KEYS_AT_ONCE = 500
"""Of one statement: older versions of SQLite take at most 999."""

_TABLE = "CREATE TABLE IF NOT EXISTS vectors (number INTEGER PRIMARY KEY, key BLOB UNIQUE, vector BLOB)"


def key_of(numbers: Sequence[int]) -> bytes:
    """What a vector is kept under: a digest of the pieces that the model reads."""
    return blake2b(np.asarray(numbers, dtype=np.int32).tobytes(), digest_size=16).digest()


class VectorCache:
    """One file for one model; `limit` vectors at most."""

    def __init__(self, path: Path, width: int, limit: int = MAX_VECTORS) -> None:
        self._path, self._width, self._limit = path, width, limit

    def read(self, keys: Sequence[bytes]) -> dict[bytes, Singles]:
        """Those of the vectors that are there."""
        found: dict[bytes, Singles] = {}
        if not self._path.is_file():
            return found
        with self._opened() as database:
            for start in range(0, len(keys), KEYS_AT_ONCE):
                some = keys[start : start + KEYS_AT_ONCE]
                marks = ",".join("?" * len(some))
                rows = database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)  # noqa: S608
                for key, raw in rows:
                    if len(raw) == self._width * 2:
                        found[key] = np.frombuffer(raw, dtype=np.float16).astype(np.float32)
        return found

    def write(self, vectors: Mapping[bytes, Singles]) -> None:
        """Keep vectors, as 16-bit numbers; the oldest beyond the limit go."""
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
        rows = [(key, vector.astype(np.float16).tobytes()) for key, vector in vectors.items()]
        with self._opened() as database, database:
            database.execute(_TABLE)
            database.executemany("INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)", rows)
            database.execute(
                "DELETE FROM vectors WHERE number <= (SELECT max(number) FROM vectors) - ?", (self._limit,)
            )

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The file; one that is no database is removed, any other trouble ends the block in silence."""
        import sqlite3  # loaded with the model, not with every command

        database: sqlite3.Connection | None = None
        try:
            database = sqlite3.connect(self._path, timeout=WAIT_SECONDS)
            yield database
        except sqlite3.OperationalError:
            pass  # locked, read-only, full, or a table that is not there yet
        except sqlite3.DatabaseError:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
        finally:
            if database is not None:
                database.close()
