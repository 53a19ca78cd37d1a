"""Tables of the store. A change of them raises VERSION and adds a step to MIGRATIONS."""

from __future__ import annotations

__all__ = ["MIGRATIONS"]

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE repositories (
        number      INTEGER PRIMARY KEY AUTOINCREMENT,
        name        TEXT NOT NULL UNIQUE,
        source      TEXT NOT NULL,
        root        TEXT NOT NULL,
        url         TEXT,
        branch      TEXT,
        revision    TEXT,
        submodules  INTEGER NOT NULL DEFAULT 0,
        state       TEXT NOT NULL DEFAULT 'queued',
        "commit"    TEXT,
        dirty       INTEGER,
        files       INTEGER,
        chunks      INTEGER,
        indexed_at  REAL,
        error       TEXT,
        job         INTEGER,
        created_at  REAL NOT NULL
    ) STRICT;

    CREATE TABLE jobs (
        number       INTEGER PRIMARY KEY AUTOINCREMENT,
        repository   TEXT NOT NULL,
        kind         TEXT NOT NULL,
        state        TEXT NOT NULL DEFAULT 'queued',
        stage        TEXT,
        done         INTEGER,
        total        INTEGER,
        error        TEXT,
        created_at   REAL NOT NULL,
        started_at   REAL,
        ended_at     REAL,
        change       INTEGER NOT NULL,
        attempts     INTEGER NOT NULL DEFAULT 0,
        wants_cancel INTEGER NOT NULL DEFAULT 0,
        details      TEXT
    ) STRICT;
    CREATE INDEX jobs_by_state ON jobs (state);
    CREATE INDEX jobs_by_repository ON jobs (repository);
    CREATE INDEX jobs_by_change ON jobs (change);

    CREATE TABLE keys (
        id           TEXT PRIMARY KEY,
        name         TEXT NOT NULL,
        digest       TEXT NOT NULL,
        scope        TEXT NOT NULL,
        repositories TEXT,
        created_at   REAL NOT NULL,
        used_at      REAL,
        revoked_at   REAL
    ) STRICT;
    """,
    """
    CREATE TABLE deliveries (
        digest  TEXT PRIMARY KEY,
        at      REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
)
"""Step by step from an empty file; `PRAGMA user_version` counts those that were done."""
