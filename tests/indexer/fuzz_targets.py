"""A worker that forgets a chunk: the fuzzer has to notice."""

from __future__ import annotations

from dataclasses import replace

from locant.indexer import worker
from locant.indexer.worker import BatchResult, FileJob


def index_batch(jobs: list[FileJob]) -> BatchResult:
    result = worker.index_batch(jobs)
    chunks = {name: result.arrays[name][1:] for name in ("chunk_start", "chunk_end")}
    return replace(result, arrays={**result.arrays, **chunks})
