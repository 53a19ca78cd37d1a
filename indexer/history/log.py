"""The log as git prints it, and the state made of it.

A state is made from commits in git's order with sorted paths, so that it does not depend on which of them
were read now and which were known before (`splice.py`): that is why an incremental state equals a rebuilt one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from locant.indexer.history.records import HistoryLimits, HistoryState
from locant.indexer.history.said import said_in

__all__ = [
    "LIST_FORMAT",
    "LOG_FORMAT",
    "Commit",
    "LogHead",
    "build_state",
    "parse_list",
    "parse_log",
    "parse_time",
]

LIST_FORMAT = "%H %ct"
LOG_FORMAT = "%x01%H %ct%n%B"
"""A record starts with a byte that no status letter is; a message cannot hold the NUL that ends it."""

MAX_MESSAGE = 100_000
"""Bytes of a message whose words count: what is longer is a log or a dump."""

LATEST_TIME = 2**53


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: id in hex, POSIX time, paths that it touched, those that it moved as (old, new), and its message."""

    id: str
    time: int
    paths: tuple[str, ...]
    renames: tuple[tuple[str, str], ...] = ()
    message: bytes = b""


@dataclass(frozen=True, slots=True)
class LogHead:
    """Where a log starts, and where a shallow clone ends it."""

    id: str
    time: int
    boundary: str
    cut_off: frozenset[str]


def parse_log(output: bytes) -> Iterator[Commit]:
    """Read `git log -z --name-status --format=LOG_FORMAT`."""
    tokens = iter(output.split(b"\0"))
    header, paths, renames = b"", list[str](), list[tuple[str, str]]()
    for token in tokens:
        status = token.lstrip(b"\n")
        if status.startswith(b"\x01"):
            if header:
                yield _commit(header, paths, renames)
            header, paths, renames = status[1:], [], []
        elif status:
            moved = status[:1] == b"R"
            path = os.fsdecode(next(tokens, b""))
            if moved:
                old, path = path, os.fsdecode(next(tokens, b""))
                renames.append((old, path))
            paths.append(path)
    if header:
        yield _commit(header, paths, renames)


def parse_list(output: bytes) -> list[str]:
    """Read `git log --format=LIST_FORMAT`: the ids."""
    return [line.partition(" ")[0] for line in output.decode("ascii").splitlines()]


def build_state(head: LogHead, commits: Sequence[Commit], limits: HistoryLimits, note: str) -> HistoryState:
    """Lay the commits out in arrays; those where a shallow clone was cut off seem to add every file, and go."""
    kept = [commit for commit in commits if commit.id not in head.cut_off]
    names = {path for commit in kept for path in commit.paths}
    names.update(path for commit in kept for pair in commit.renames for path in pair)
    paths = tuple(sorted(names))
    ids = {path: i for i, path in enumerate(paths)}
    rows = [(i, ids[old], ids[new]) for i, commit in enumerate(kept) for old, new in sorted(commit.renames)]
    touched = [sorted({ids[path] for path in commit.paths}) for commit in kept]
    return HistoryState(
        head=head.id,
        head_time=head.time,
        boundary=head.boundary,
        max_commits=limits.max_commits,
        said=said_in([commit.message for commit in kept]),
        commits=np.frombuffer(bytes.fromhex("".join(c.id for c in kept)), np.uint8).reshape(-1, len(head.id) // 2),
        times=np.array([commit.time for commit in kept], dtype=np.int64),
        starts=np.cumsum([0, *map(len, touched)], dtype=np.int64),
        files=np.array([i for row in touched for i in row], dtype=np.int32),
        paths=paths,
        renames=np.array(rows, dtype=np.int32).reshape(-1, 3),
        note=note,
    )


def parse_time(text: str) -> int:
    """Commit time, kept inside what an array holds: a commit may claim any number."""
    return min(int(text), LATEST_TIME)


def _commit(header: bytes, paths: list[str], renames: list[tuple[str, str]]) -> Commit:
    first, _, message = header.partition(b"\n")
    name, _, time = first.decode("ascii").partition(" ")
    return Commit(name, parse_time(time), tuple(paths), tuple(renames), message[:MAX_MESSAGE])
