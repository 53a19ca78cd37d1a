"""From listed files to what has to be parsed: read once, hash, and skip what the family has parsed already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from locant.indexer.blobs import blob_id
from locant.indexer.syntax.languages import detect_language
from locant.indexer.syntax.longtail import longtail_language
from locant.indexer.walk.names import extension
from locant.indexer.walk.reading import read_file
from locant.indexer.walk.records import Entry, WalkOptions
from locant.indexer.worker import FileJob
from locant.types import LeftOut

__all__ = ["DocKey", "Intake", "document_variant"]

MAX_BATCH_BYTES = 3_000_000
"""Words are split and sorted once per batch, so large ones cost less; beyond this little is saved, and memory grows."""

MIN_BATCH_BYTES = 400_000
"""Below this the message and the merging of its segment cost more than they spread."""

BATCHES_LEFT = 3
"""A batch takes this part of what is left for each worker, so that batches shrink and all workers end together
(guided self-scheduling, Polychronopoulos and Kuck 1987)."""

BATCH_FILES = 500
"""Many small files cost by their number rather than by their bytes."""

DocKey = tuple[bytes, str]
"""Blob id and variant (see `document_variant`): one content under names of two languages is two documents."""


def document_variant(path: str, options: WalkOptions, forced: bool) -> str:
    """What decides, besides a content, how it is judged and parsed: language and extension of the name; and options.

    A name without extension counts as a whole (`Makefile`, `.npmrc`). A document that was admitted by force is another
    than the same content under the usual rules, so that what an index holds never depends on how it came about.
    """
    language = detect_language(path)
    name = language.name if language else ""
    suffix = extension(path) or path[path.rfind("/") + 1 :]
    rules = "!" * forced + "g" * options.include_generated
    return f"{name}/{longtail_language(path) or ''}/{suffix}/{rules}"


@dataclass
class Intake:
    """Reads entries and yields batches of those that nobody has parsed, for so many workers.

    keys: what each file that was read is stored under, filled while iterating.
    refused: files that could not be read.
    """

    root: Path
    options: WalkOptions
    is_known: Callable[[DocKey], bool]
    workers: int = 1
    keys: dict[str, DocKey] = field(default_factory=dict)
    refused: list[LeftOut] = field(default_factory=list)
    reused: int = 0
    bytes_read: int = 0

    def batches(self, entries: Iterable[Entry]) -> Iterator[list[FileJob]]:
        """Batches of new contents, each content once."""
        entries = list(entries)
        left = sum(entry.signature.size for entry in entries)
        enough = self._batch_bytes(left)
        batch: list[FileJob] = []
        size = 0
        pending: set[DocKey] = set()
        for entry in entries:
            left -= entry.signature.size
            job = self._job(entry, pending)
            if job is None:
                continue
            batch.append(job)
            size += len(job.data)
            if size >= enough or len(batch) >= BATCH_FILES:
                yield batch
                batch, size, enough = [], 0, self._batch_bytes(left)
        if batch:
            yield batch

    def _batch_bytes(self, left: int) -> int:
        return min(max(left // (BATCHES_LEFT * self.workers), MIN_BATCH_BYTES), MAX_BATCH_BYTES)

    def _job(self, entry: Entry, pending: set[DocKey]) -> FileJob | None:
        data = read_file(self.root, entry, self.options)
        if isinstance(data, LeftOut):
            self.refused.append(data)
            return None
        self.bytes_read += len(data)
        key = (blob_id(data), document_variant(entry.path, self.options, entry.forced))
        self.keys[entry.path] = key
        if key in pending or self.is_known(key):
            self.reused += 1
            return None
        pending.add(key)
        return FileJob(entry.path, key, data, self.options, entry.forced)
