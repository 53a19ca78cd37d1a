"""From listed files to what has to be parsed: read once, hash, and skip what the family has parsed already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from locant.indexer.syntax.languages import detect_language
from locant.indexer.walk.names import extension
from locant.indexer.walk.reading import read_file
from locant.indexer.walk.records import Entry, WalkOptions
from locant.indexer.worker import FileJob
from locant.types import LeftOut

__all__ = ["DocKey", "Intake", "blob_id", "parse_variant"]

BATCH_BYTES = 1_500_000
"""A batch keeps a worker busy for a quarter of a second: the cost of a message vanishes, both cores end together."""

BATCH_FILES = 250
"""Many small files cost by their number rather than by their bytes."""

DocKey = tuple[bytes, str]
"""Blob id and parse variant: one content under names of two languages is two documents."""


def blob_id(data: bytes) -> bytes:
    """The 20 bytes by which git calls this content: SHA-1 of `blob <size>\\0<data>`."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).digest()


def parse_variant(path: str) -> str:
    """What of a path decides how its content is parsed: the language that the name says, or else the suffix."""
    language = detect_language(path)
    return language.name if language else extension(path)


@dataclass
class Intake:
    """Reads entries and yields batches of those that nobody has parsed.

    keys: what each file that was read is stored under, filled while iterating.
    refused: files that could not be read.
    """

    root: Path
    options: WalkOptions
    is_known: Callable[[DocKey], bool]
    keys: dict[str, DocKey] = field(default_factory=dict)
    refused: list[LeftOut] = field(default_factory=list)
    reused: int = 0
    bytes_read: int = 0

    def batches(self, entries: Iterable[Entry]) -> Iterator[list[FileJob]]:
        """Batches of new contents, each content once."""
        batch: list[FileJob] = []
        size = 0
        pending: set[DocKey] = set()
        for entry in entries:
            job = self._job(entry, pending)
            if job is None:
                continue
            batch.append(job)
            size += len(job.data)
            if size >= BATCH_BYTES or len(batch) >= BATCH_FILES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _job(self, entry: Entry, pending: set[DocKey]) -> FileJob | None:
        data = read_file(self.root, entry, self.options)
        if isinstance(data, LeftOut):
            self.refused.append(data)
            return None
        self.bytes_read += len(data)
        key = (blob_id(data), parse_variant(entry.path))
        self.keys[entry.path] = key
        if key in pending or self.is_known(key):
            self.reused += 1
            return None
        pending.add(key)
        return FileJob(entry.path, key, data, self.options, entry.forced)
