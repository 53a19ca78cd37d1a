"""Lines that match a literal or a regular expression, in ranked files, each with the definition around it.

Files are read from disk: an index of terms cannot answer for text between words. Where the literal holds whole words,
the index says which files can have it at all, and only those are read.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.indexer.terms import split_identifier
from locant.numeric import Mask
from locant.retriever.fusion import file_priors
from locant.retriever.reading.enclosing import Enclosing
from locant.retriever.reading.grep_worker import TARGET, MatchJob, MatchOutcome
from locant.retriever.reading.matching import MatchedText, match_text
from locant.retriever.reading.patterns import GrepRequest, is_bounded, required_literal
from locant.retriever.reading.text import SourceText, TextReader
from locant.types import GrepFile, GrepMatch

__all__ = ["GrepFound", "GrepRequest", "grep_files"]

SECONDS = 10.0
"""A search that takes longer than this ends with what it has, and the answer says so."""

MATCHES_PER_FILE = 20
"""Lines shown of one file among several; one file alone may fill the whole answer."""

BATCH_BYTES = 1_000_000
BATCH_SECONDS = 30.0
"""What a worker gets at once, and when it is killed: many times what its own timers allow."""

_INNER_WORDS = re.compile(r"(?<=\W)\w+(?=\W)")


@dataclass(frozen=True, slots=True)
class GrepFound:
    """files: likeliest first, with `scores` beside them. total: all matching lines. truncated: some are not shown.

    is_slow: the pattern was stopped in some files, whose lines are missing.
    """

    files: tuple[GrepFile, ...]
    scores: tuple[float, ...]
    total: int
    truncated: bool
    is_slow: bool


def grep_files(
    reader: TextReader,
    snapshot: Snapshot,
    request: GrepRequest,
    allowed: Mask,
    limit: int,
) -> GrepFound:
    """Matching files, likeliest first: those with more matches, weighed by what the file is for.

    Args:
        reader: reads the files.
        snapshot: the index.
        request: the pattern.
        allowed: which files may be answered (files,).
        limit: matching lines in all.

    """
    pattern = request.compiled()
    candidates: list[int] = np.flatnonzero(allowed & _may_match(snapshot, request)).tolist()
    deadline = _Deadline(SECONDS)
    texts = _texts(reader, candidates, deadline)
    if is_bounded(request):
        matched = _match_here(texts, pattern, request, limit)
    else:
        matched = _match_in_worker(texts, request, limit, deadline)
    priors = file_priors(snapshot)
    scores = {file: float(priors[file]) * found.total / (found.total + 1.0) for file, found in matched.items()}
    order = sorted(matched, key=lambda file: (-round(scores[file], 9), snapshot.paths[file]))
    total = sum(found.total for found in matched.values())
    kept = list(_cut(snapshot, order, matched, limit))
    shown = sum(len(file.matches) for file in kept)
    return GrepFound(
        files=tuple(kept),
        scores=tuple(scores[file] for file in order[: len(kept)]),
        total=total,
        truncated=deadline.is_over or shown < total,
        is_slow=deadline.is_over,
    )


class _Deadline:
    """When to give up; `is_over` tells afterwards whether that happened."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self.is_over = False

    def passed(self) -> bool:
        self.is_over = self.is_over or time.monotonic() > self._end
        return self.is_over

    def give_up(self) -> None:
        self.is_over = True


def _texts(reader: TextReader, files: Iterable[int], deadline: _Deadline) -> Iterator[tuple[int, SourceText]]:
    for file in files:
        if deadline.passed():
            return
        source = reader.read(file)
        if isinstance(source, SourceText):
            yield file, source


def _may_match(snapshot: Snapshot, request: GrepRequest) -> Mask:
    """Files that hold every whole word of a literal; all files where there is none."""
    mask = np.ones(len(snapshot.paths), dtype=np.bool_)
    if not request.fixed:
        return mask
    for word in _INNER_WORDS.findall(request.pattern):
        terms = split_identifier(word)
        if terms and terms[0].isascii():
            docs = np.zeros(len(snapshot.doc_live), dtype=np.bool_)
            docs[snapshot.chunk_doc[snapshot.postings("body", terms[0])[0]]] = True
            mask &= docs[snapshot.file_doc]
    return mask


def _match_here(
    texts: Iterator[tuple[int, SourceText]], pattern: re.Pattern[str], request: GrepRequest, keep: int
) -> dict[int, MatchedText]:
    literal = required_literal(request)
    matched: dict[int, MatchedText] = {}
    for file, source in texts:
        found = match_text(source.decoded, pattern, literal, keep, spans_lines=request.spans_lines)
        if found is not None:
            matched[file] = found
    return matched


def _match_in_worker(
    texts: Iterator[tuple[int, SourceText]], request: GrepRequest, keep: int, deadline: _Deadline
) -> dict[int, MatchedText]:
    """Like `_match_here`, in a process that can be stopped; the first batch that is given up ends the search."""
    from locant.indexer.pool import WorkerPool  # most searches need no process

    literal = required_literal(request)
    matched: dict[int, MatchedText] = {}

    def job(file: int, source: SourceText) -> MatchJob:
        return MatchJob(file, source.text, request.source, request.flags, literal, keep, request.spans_lines)

    with WorkerPool(1, TARGET) as pool, closing(pool.map(_batches(texts, job), timeout=lambda _: BATCH_SECONDS)) as run:
        for outcome in run:
            result: MatchOutcome | None = outcome.result
            if result is not None:
                matched.update(result.matched)
            if result is None or result.slow:
                deadline.give_up()
            if result is None or result.unread or deadline.passed():
                break
    return matched


def _batches(
    texts: Iterator[tuple[int, SourceText]], job: Callable[[int, SourceText], MatchJob]
) -> Iterator[list[MatchJob]]:
    batch: list[MatchJob] = []
    size = 0
    for file, source in texts:
        batch.append(job(file, source))
        size += len(source.text)
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _cut(snapshot: Snapshot, order: list[int], matched: Mapping[int, MatchedText], limit: int) -> Iterator[GrepFile]:
    """Files until the limit is reached, each line with the definition around it."""
    per_file = max(MATCHES_PER_FILE, limit // max(len(order), 1))
    left = limit
    for file in order:
        if left <= 0:
            return
        around = Enclosing(snapshot, file)
        lines = matched[file].lines[: min(left, per_file)]
        matches = tuple(GrepMatch(m.line, m.text, m.start_column, m.end_column, around.name(m.line)) for m in lines)
        left -= len(matches)
        yield GrepFile(snapshot.paths[file], matches, matched[file].total)
