"""Sentences of contents on disk: `<family>/summaries/<maker>.sqlite`, a row for each content under its way of parsing.

All branches and clones share them; a run that is killed keeps what it had written. What is damaged is made again.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Protocol

from locant.retriever.dense.vectors import DocumentKey
from locant.retriever.summaries.extract import Said

__all__ = ["Kept", "SaidStore", "SummaryStore", "folder_key"]

AT_ONCE = 500
"""Keys in one statement: SQLite takes 999 values."""

BUSY_SECONDS = 5.0

_TABLE = "CREATE TABLE IF NOT EXISTS said (key BLOB PRIMARY KEY, text TEXT NOT NULL)"


class SaidStore(Protocol):
    """What was said of contents, and a place for more."""

    def get(self, keys: Sequence[DocumentKey]) -> Mapping[DocumentKey, Said]:
        """What is known of contents."""
        ...

    def add(self, said: Mapping[DocumentKey, Said]) -> None:
        """Keep what was said."""
        ...


def folder_key(path: str, spoken: Sequence[str]) -> DocumentKey:
    """Key of a folder: what was said of its files makes it another one."""
    return hashlib.blake2b("\0".join((path, *spoken)).encode("utf-8", "surrogateescape"), digest_size=24).digest()


class SummaryStore:
    """What one maker said of contents; in memory alone where the folder cannot be written.

    Args:
        folder: of the family's summaries.
        maker: changes whenever the same content may be summarised in another way.

    """

    def __init__(self, folder: Path, maker: str) -> None:
        self._path = folder / f"{maker}.sqlite"
        self._known: dict[DocumentKey, Said] = {}

    def get(self, keys: Sequence[DocumentKey]) -> Mapping[DocumentKey, Said]:
        """What is known of contents."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._known]
        if missing and self._path.exists():
            with suppress(sqlite3.Error, ValueError, TypeError, OSError), closing(self._open()) as table:
                self._known.update(_read(table, missing))
        return {key: self._known[key] for key in keys if key in self._known}

    def add(self, said: Mapping[DocumentKey, Said]) -> None:
        """Keep what was said."""
        self._known.update(said)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._write(said)
        except sqlite3.OperationalError:  # another writes for long, or the disk is full: what is there stays
            return
        except sqlite3.DatabaseError:  # no database any more: what was in it is made again
            with suppress(OSError, sqlite3.Error):
                self._path.unlink(missing_ok=True)
                self._write(said)
        except OSError:
            return

    def _write(self, said: Mapping[DocumentKey, Said]) -> None:
        rows = [(key, json.dumps([item.file, item.definitions])) for key, item in said.items()]
        with closing(self._open()) as table, table:
            table.execute(_TABLE)
            table.executemany("INSERT OR REPLACE INTO said VALUES (?, ?)", rows)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=BUSY_SECONDS)


class Kept:
    """What anybody said of contents: models before the files themselves, who asked last first.

    Args:
        folder: of the family's summaries.
        maker: under whom more is kept: that of the sentences that are taken out of files.

    """

    def __init__(self, folder: Path, maker: str) -> None:
        self._own = SummaryStore(folder, maker)
        others = [path for path in folder.glob("*.sqlite") if path.stem != maker]
        latest = sorted(others, key=lambda path: (-_changed(path), path.name))
        self._stores = (*(SummaryStore(folder, path.stem) for path in latest), self._own)

    def get(self, keys: Sequence[DocumentKey]) -> Mapping[DocumentKey, Said]:
        """What is known of contents, by the first who said something."""
        found: dict[DocumentKey, Said] = {}
        for store in self._stores:
            found.update(store.get([key for key in keys if key not in found]))
        return found

    def add(self, said: Mapping[DocumentKey, Said]) -> None:
        """Keep what was taken out of files."""
        self._own.add(said)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _read(table: sqlite3.Connection, keys: Sequence[DocumentKey]) -> Iterator[tuple[DocumentKey, Said]]:
    for first in range(0, len(keys), AT_ONCE):
        some = keys[first : first + AT_ONCE]
        marks = ",".join("?" * len(some))
        rows: Iterable[tuple[bytes, str]] = table.execute(f"SELECT key, text FROM said WHERE key IN ({marks})", some)  # noqa: S608 - marks alone
        for key, text in rows:
            file, definitions = json.loads(text)
            yield bytes(key), Said(str(file), {str(name): str(line) for name, line in definitions.items()})
