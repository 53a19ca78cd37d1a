"""Keys: `lct_<id>_<secret>`, where the id finds the row and the secret proves the right.

The store holds the SHA-256 of the secret. A slow hash would add nothing: those are for words that people choose, of
which a thief of the store can try the likely ones. A secret here is 256 bits from the system's generator, and there are
no likely ones; but each request would pay for the slowness.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from locant.errors import QueryError
from locant.server.seams import SCOPES, Scope
from locant.server.store.database import Database, Row

__all__ = ["Key", "KeyTable", "parse_key"]

PREFIX = "lct"
ID_BYTES = 6
SECRET_BYTES = 32
MAX_NAME = 100
USED_SECONDS = 300.0
"""Between two notes that a key was used: a write for each request would cost more than the answer."""

_FORM = re.compile(rf"{PREFIX}_([0-9a-f]{{{2 * ID_BYTES}}})_([A-Za-z0-9_-]{{43}})")
_NOBODY = hashlib.sha256(b"").hexdigest()
"""What the secret of an unknown id is compared with, so that it takes as long as that of a known one."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret.

    Attributes:
        id: the public part.
        name: whose it is.
        scope: what it allows.
        repositories: names of those it sees; None for all.
        created_at: seconds since 1970, as the other times.
        used_at: about when it was last used.
        revoked_at: since when it counts no more.

    """

    id: str
    name: str
    scope: Scope
    repositories: tuple[str, ...] | None
    created_at: float
    used_at: float | None = None
    revoked_at: float | None = None


class KeyTable:
    """The keys of a server; a change counts at once in every process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, scope: str, repositories: Sequence[str] | None = None) -> tuple[Key, str]:
        """Make a key; the second is its full text, which cannot be had again.

        Raises:
            QueryError: the name, scope or list makes no sense.

        """
        if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
            raise QueryError(
                f"{name[:MAX_NAME]!r} is no name of a key: 1 to {MAX_NAME} printable characters are needed"
            )
        if scope not in SCOPES:
            raise QueryError(f"{scope!r} is no scope; use one of {', '.join(SCOPES)}")
        if scope == "admin" and repositories is not None:
            raise QueryError("an admin key makes keys for every repository; give no list of repositories")
        identity, secret = secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES)
        seen = None if repositories is None else tuple(dict.fromkeys(repositories))
        key = Key(identity, name, scope, seen, time.time())
        listed = None if seen is None else json.dumps(seen)
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO keys (id, name, digest, scope, repositories, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                (identity, name, _digest(secret), scope, listed, key.created_at),
            )
        return key, f"{PREFIX}_{identity}_{secret}"

    def all(self) -> list[Key]:
        """All keys, oldest first, also those that were revoked."""
        return [_key(row) for row in self._database.read("SELECT * FROM keys ORDER BY created_at, id")]

    def revoke(self, identity: str) -> bool:
        """Take a key back, at once and for good; whether there was one."""
        with self._database.writing() as connection:
            changed = connection.execute(
                "UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (time.time(), identity)
            )
            return changed.rowcount > 0

    def are_there(self) -> bool:
        """Whether a key was ever made: a server whose last key was revoked does not open itself again."""
        return bool(self._database.read("SELECT 1 FROM keys LIMIT 1"))

    def check(self, text: str) -> Key | None:
        """The key that this is, if it counts; takes the same time for every wrong secret."""
        parts = parse_key(text)
        if parts is None:
            return None
        identity, secret = parts
        rows = self._database.read("SELECT * FROM keys WHERE id = ?", (identity,))
        expected = str(rows[0]["digest"]) if rows else _NOBODY
        is_right = hmac.compare_digest(_digest(secret), expected)
        if not (is_right and rows) or rows[0]["revoked_at"] is not None:
            return None
        self._note_use(rows[0])
        return _key(rows[0])

    def _note_use(self, row: Row) -> None:
        now = time.time()
        if row["used_at"] is None or abs(now - row["used_at"]) > USED_SECONDS:
            with self._database.writing() as connection:
                connection.execute("UPDATE keys SET used_at = ? WHERE id = ?", (now, row["id"]))


def parse_key(text: str) -> tuple[str, str] | None:
    """Id and secret of a text that has the form of a key."""
    match = _FORM.fullmatch(text)
    return (match[1], match[2]) if match else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: Row) -> Key:
    listed = row["repositories"]
    return Key(
        id=row["id"],
        name=row["name"],
        scope=row["scope"],
        repositories=None if listed is None else tuple(json.loads(listed)),
        created_at=row["created_at"],
        used_at=row["used_at"],
        revoked_at=row["revoked_at"],
    )
