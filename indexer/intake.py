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

BATCH_BYTES = 1_500_000
"""A batch keeps a worker busy for a quarter of a second: the cost of a message vanishes, both cores end together."""

BATCH_FILES = 250
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
        key = (blob_id(data), document_variant(entry.path, self.options, entry.forced))
        self.keys[entry.path] = key
        if key in pending or self.is_known(key):
            self.reused += 1
            return None
        pending.add(key)
        return FileJob(entry.path, key, data, self.options, entry.forced)
