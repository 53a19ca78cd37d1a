"""What a worker process does with a batch of files: classify, decode, parse, and make one small segment of them."""

from __future__ import annotations

from dataclasses import dataclass

from locant.indexer.store.arrays import Arrays
from locant.indexer.store.builder import SegmentBuilder
from locant.indexer.syntax.parse import parse_file
from locant.indexer.walk.content import classify
from locant.indexer.walk.records import WalkOptions
from locant.types import LeftOut

__all__ = ["BatchResult", "FileJob", "index_batch"]


@dataclass(frozen=True, slots=True)
class FileJob:
    """A file to parse: its path, the key of its content (see `locant.indexer.intake`) and its bytes, read once."""

    path: str
    key: tuple[bytes, str]
    data: bytes
    options: WalkOptions
    forced: bool = False


@dataclass(frozen=True, slots=True)
class BatchResult:
    """arrays: a segment of the files that were indexed, in order. left_out: the others, by path."""

    arrays: Arrays
    indexed: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def index_batch(jobs: list[FileJob]) -> BatchResult:
    """Index a batch of files; an exception here is blamed on one of them by bisection (see `locant.indexer.pool`)."""
    builder = SegmentBuilder()
    indexed: list[str] = []
    left_out: list[LeftOut] = []
    for job in jobs:
        content = classify(job.path, job.data, job.options, job.forced)
        if isinstance(content, LeftOut):
            left_out.append(content)
            continue
        parsed = parse_file(job.path, content.text_utf8)
        note = "; ".join(part for part in (parsed.note, *content.notes) if part)
        builder.add(job.key, len(job.data), content.text_utf8, parsed, note)
        indexed.append(job.path)
    return BatchResult(builder.finish(), tuple(indexed), tuple(left_out))
