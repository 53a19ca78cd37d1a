"""Answers kept on disk by the content of their requests, so that a question asked twice is paid once.

SQLite of the standard library: the one library for this that is in wide use (diskcache) unpickles what it reads, and a
cache folder must not be able to run code.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from locant.retriever.models.ledger import Ledger
from locant.retriever.models.protocol import DEFAULT_SECONDS, LanguageModel, Price, Reply
from locant.types import ModelRequest

__all__ = ["AnswerCache", "Cached", "request_key"]

MAX_ANSWERS = 50_000
"""About 50 MB; the oldest go first."""

BUSY_SECONDS = 5.0
"""Another process writes one row at a time."""

_TABLE = "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, reply TEXT NOT NULL)"


def request_key(identity: str, request: ModelRequest) -> str:
    """Under which an answer is kept: model and everything that is sent, without what it is for."""
    text = json.dumps([identity, asdict(replace(request, purpose=""))], sort_keys=True)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


class AnswerCache:
    """A file of answers. Whatever is wrong with it costs the answers in it and nothing else."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def get(self, key: str) -> Reply | None:
        """A kept answer."""
        try:
            with self._opened() as table:
                row = table.execute("SELECT reply FROM answers WHERE key = ?", (key,)).fetchone()
            return replace(Reply(**json.loads(row[0])), is_cached=True, seconds=0.0) if row else None
        except (sqlite3.Error, OSError, ValueError, TypeError):
            return None

    def put(self, key: str, reply: Reply) -> None:
        """Keep an answer; drop the oldest where there are too many."""
        try:
            with self._opened() as table:
                table.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, json.dumps(asdict(reply))))
                table.execute("DELETE FROM answers WHERE rowid <= (SELECT max(rowid) FROM answers) - ?", (MAX_ANSWERS,))
        except (sqlite3.Error, OSError):
            return

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection for one statement: there are few of them, and each takes seconds less than the call it saves."""
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS)
            try:
                connection.execute(_TABLE)
                with connection:
                    yield connection
            finally:
                connection.close()


class Cached:
    """A model whose answers are kept; answers that were cut are asked for again."""

    def __init__(self, model: LanguageModel, cache: AnswerCache, ledger: Ledger) -> None:
        self._model = model
        self._cache = cache
        self._ledger = ledger
        self.name, self.identity = model.name, model.identity

    @property
    def price(self) -> Price | None:
        """Of the model."""
        return self._model.price

    def complete(self, request: ModelRequest, seconds: float = DEFAULT_SECONDS) -> Reply:
        """The kept answer, or a new one."""
        key = request_key(self.identity, request)
        kept = self._cache.get(key)
        if kept is not None:
            self._ledger.answered(request, kept)
            return kept
        reply = self._model.complete(request, seconds)
        if not reply.is_cut and reply.text.strip():
            self._cache.put(key, reply)
        return reply
