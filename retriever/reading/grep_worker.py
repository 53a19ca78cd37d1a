"""Matching in a worker process, where a pattern that backtracks for ever can be stopped.

`re` looks for signals while it matches, so a timer of processor time ends one search without losing the process. What
even that cannot stop is ended by the deadline of the pool.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from locant.retriever.reading.matching import MatchedText, match_text

__all__ = ["TARGET", "MatchJob", "MatchOutcome", "match_batch"]

TARGET = "locant.retriever.reading.grep_worker:match_batch"

FILE_SECONDS = 0.5
"""Processor time for one file; 1 MB takes some 50 ms with a pattern that does not backtrack."""

MAX_SLOW = 3
"""A pattern that was stopped in so many files of a batch will not do better in the next."""


@dataclass(frozen=True, slots=True)
class MatchJob:
    """A file's number and text, and what to look for in it."""

    file: int
    text: bytes
    source: str
    flags: int
    literal: str
    keep: int
    spans_lines: bool


@dataclass(frozen=True, slots=True)
class MatchOutcome:
    """Matches by file number; `slow` counts files that were given up, `unread` those after them."""

    matched: dict[int, MatchedText]
    slow: int
    unread: int


class _TooSlowError(Exception):
    """The timer ran out."""


def match_batch(jobs: list[MatchJob]) -> MatchOutcome:
    """Search some files; called in a worker process."""
    matched: dict[int, MatchedText] = {}
    slow = 0
    for done, job in enumerate(jobs):
        if slow >= MAX_SLOW:
            return MatchOutcome(matched, slow, len(jobs) - done)
        pattern = re.compile(job.source, job.flags)
        try:
            with _limited(FILE_SECONDS):
                text = job.text.decode("utf-8", "replace")
                found = match_text(text, pattern, job.literal, job.keep, spans_lines=job.spans_lines)
        except _TooSlowError:
            slow += 1
            continue
        if found is not None:
            matched[job.file] = found
    return MatchOutcome(matched, slow, 0)


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise after so much processor time."""
    previous = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, previous)


def _stop(number: int, frame: FrameType | None) -> None:
    raise _TooSlowError
