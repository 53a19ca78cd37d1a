"""What several tests of the index need: one pool of workers for all, and an index's content as plain data."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from locant.indexer.pool import WorkerPool
from locant.indexer.snapshot import Snapshot
from locant.indexer.store.folder import TreeStore
from locant.indexer.update import Updater, make_pool
from locant.indexer.walk.records import WalkOptions
from locant.indexer.walk.repository import repository_identity

MakeUpdater = Callable[..., Updater]

UNCOMPARED = frozenset({"entry_segment", "entry_doc", "entry_flags", "folder_mtime"})
"""Arrays of a snapshot that say how the index came about, or when it was last looked at."""


@pytest.fixture(scope="session")
def workers() -> Iterator[WorkerPool]:
    """One worker process for all tests: starting one costs more than most of them."""
    pool = make_pool(1)
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def store_of() -> Callable[[Path, Path], TreeStore]:
    """The store of a root in a cache folder."""
    return lambda root, cache: TreeStore(root.resolve(), cache, repository_identity)


@pytest.fixture(scope="session")
def updater_of(workers: WorkerPool) -> MakeUpdater:
    """An updater of a root in a cache folder; it behaves as one of a new process."""

    def make(root: Path, cache: Path, options: WalkOptions | None = None) -> Updater:
        return Updater(TreeStore(root.resolve(), cache, repository_identity), workers, options or WalkOptions())

    return make


@pytest.fixture(scope="session")
def content_of() -> Callable[[TreeStore], dict[str, Any]]:
    """All that an index says about its tree, in a form that does not depend on how it came about."""
    return _content


@pytest.fixture(scope="session")
def git() -> Callable[..., str]:
    """Run git in a folder, as a user without configuration."""
    return _git


def _git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    run = subprocess.run(
        ["git", *identity, "-c", "init.defaultBranch=main", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


def _content(store: TreeStore) -> dict[str, Any]:
    opened = store.open()
    assert opened is not None
    snapshot = Snapshot(opened)
    arrays = {name: array.tolist() for name, array in snapshot.arrays.items() if name not in UNCOMPARED}
    meta = {name: value for name, value in snapshot.meta.items() if name != "controls"}
    files = {path: _file(snapshot, number, path) for number, path in enumerate(snapshot.paths)}
    return {"files": files, "arrays": arrays, "meta": meta}


def _file(snapshot: Snapshot, number: int, path: str) -> dict[str, Any]:
    doc = int(snapshot.file_doc[number])
    chunks = snapshot.chunks_of_doc(doc)
    return {
        "blob": snapshot.blob(number).hex(),
        "language": snapshot.file_language[number],
        "note": snapshot.note(number),
        "size": (int(snapshot.file_bytes[number]), int(snapshot.file_lines[number])),
        "symbols": [asdict(snapshot.symbol(symbol, path)) for symbol in snapshot.symbols_of_doc(doc)],
        "bases": [snapshot.symbol_bases(symbol) for symbol in snapshot.symbols_of_doc(doc)],
        "chunks": [
            (int(snapshot.chunk_start[i]), int(snapshot.chunk_end[i]), snapshot.chunk_kind(i), snapshot.names_used(i))
            for i in chunks
        ],
        "lengths": {
            field: snapshot.field_lengths(field)[chunks.start : chunks.stop].tolist() for field in ("body", "name")
        },
        "imports": [tuple(found) for found in snapshot.imports(number)],
    }
