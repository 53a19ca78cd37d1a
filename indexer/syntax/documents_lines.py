"""Lines of a text and how it is cut into chunks without a grammar.

Chunks are whole lines, cut where a reader would: before the least indented line of a window, best after a
blank one. Only a line too long for one chunk is cut by bytes; its pieces then share the line number. Every
step looks at a bounded window, so the cost is linear in the bytes whatever the text holds.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from locant.indexer.syntax.records import ChunkSpan

__all__ = ["MAX_CHUNK_BYTES", "Lines", "chunks_between", "line_chunks"]

TARGET_LINES = 40  # about one screen: what a reader takes in at once
MAX_LINES = 60  # half as much again, so that a good place to cut is nearly always in reach
SOFT_BYTES = 6_000  # lines of prose are long: 60 of 100 bytes are as much as one chunk should say
MAX_CHUNK_BYTES = 16_000  # no chunk is longer: statistics of one huge chunk say nothing about a place
TAIL_BYTES = 200  # how far back from the limit a cut inside a long line looks for the end of a word
UTF8_TAIL_BYTES = 3  # a character is at most one byte and three that continue it

NEWLINE = re.compile(rb"\n")
WORD_END = re.compile(rb"[^\w\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Lines:
    """A text with the byte offset of each line; lines are counted from 0 here, and only here."""

    source: bytes
    starts: list[int]

    @classmethod
    def of(cls, source: bytes) -> Lines:
        starts = [0, *(found.end() for found in NEWLINE.finditer(source))]
        if starts[-1] != len(source):
            starts.append(len(source))
        return cls(source, starts)

    @property
    def count(self) -> int:
        return len(self.starts) - 1

    def text(self, index: int) -> bytes:
        return self.source[self.starts[index] : self.starts[index + 1]]

    def head(self, index: int, limit: int) -> bytes:
        """The line without its end, at most `limit` bytes of it: what scanners match patterns on."""
        start = self.starts[index]
        return self.source[start : min(self.starts[index + 1], start + limit)].rstrip(b"\r\n")

    def is_blank(self, index: int) -> bool:
        return not self.text(index).strip()

    def indent(self, index: int) -> int:
        text = self.text(index)
        return len(text) - len(text.lstrip())

    def index_of(self, offset: int) -> int:
        """The line that holds a byte; the end of the text counts as its last line."""
        return max(0, min(bisect_right(self.starts, offset) - 1, self.count - 1))


def line_chunks(source: bytes) -> tuple[ChunkSpan, ...]:
    """Chunks of about 40 lines for a text of which nothing is known."""
    lines = Lines.of(source)
    return tuple(chunks_between(lines, 0, lines.count))


def chunks_between(
    lines: Lines, first: int, last: int, definition: int = -1, kind: str = "lines"
) -> Iterator[ChunkSpan]:
    """Chunks of the lines from `first` up to, not including, `last`; blank lines at their ends are left out."""
    for start, end in _windows(lines, first, last):
        for start_byte, end_byte in _pieces(lines.source, lines.starts[start], lines.starts[end]):
            yield ChunkSpan(start + 1, end, start_byte, end_byte, definition, kind)


def _windows(lines: Lines, first: int, last: int) -> Iterator[tuple[int, int]]:
    start = first
    while True:
        while start < last and lines.is_blank(start):
            start += 1
        if start >= last:
            return
        by_bytes = bisect_right(lines.starts, lines.starts[start] + SOFT_BYTES) - 1
        limit = max(start + 1, min(start + MAX_LINES, by_bytes))
        end = last if limit >= last else _best_cut(lines, start, limit)
        filled = end
        while lines.is_blank(filled - 1):
            filled -= 1
        yield start, filled
        start = end


def _best_cut(lines: Lines, start: int, limit: int) -> int:
    """The line in the second half of the window before which to cut."""
    lowest = start + max(1, (limit - start) // 2)
    candidates = [line for line in range(lowest, limit + 1) if not lines.is_blank(line)]
    if not candidates:
        return limit

    def cost(line: int) -> tuple[int, bool, int]:
        return lines.indent(line), not lines.is_blank(line - 1), abs(line - start - TARGET_LINES)

    return min(candidates, key=cost)


def _pieces(source: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > MAX_CHUNK_BYTES:
        cut = _cut_in_line(source, start + MAX_CHUNK_BYTES)
        yield start, cut
        start = cut
    yield start, end


def _cut_in_line(source: bytes, limit: int) -> int:
    """The last place at or before `limit` that splits no word, or at least no character."""
    ends = [found.end() for found in WORD_END.finditer(source, limit - TAIL_BYTES, limit)]
    if ends:
        return ends[-1]
    for _ in range(UTF8_TAIL_BYTES):
        if source[limit] & 0xC0 != 0x80:
            break
        limit -= 1
    return limit
