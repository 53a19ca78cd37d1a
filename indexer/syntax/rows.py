"""The lines of a text by number: where they start, whether they are blank, how long they are together."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

__all__ = ["Rows"]

_LINE_FEED = 10
_WORD = re.compile(rb"[\w\x80-\xff]")


class Rows:
    """Rows are 0-based; a row ends after its line feed. A last line without one counts, an empty one does not."""

    __slots__ = ("_ascii", "_ends", "_starts", "source", "starts")

    def __init__(self, source: bytes) -> None:
        self.source = source
        ends = np.flatnonzero(np.frombuffer(source, dtype=np.uint8) == _LINE_FEED)
        self._starts = np.concatenate(([0], ends + 1))
        self.starts: list[int] = self._starts.tolist()
        if self.starts[-1] == len(source):
            self.starts.pop()
        self._ends: list[int] = self.starts[1:]
        self._ends.append(len(source))
        self._ascii = source.decode("ascii") if source.isascii() else None

    def __len__(self) -> int:
        return len(self.starts)

    def start(self, row: int) -> int:
        return self.starts[row]

    def end(self, row: int) -> int:
        return self._ends[row]

    def byte_length(self, first: int, last: int) -> int:
        return self._ends[last] - self.starts[first]

    def is_blank(self, row: int) -> bool:
        return self.source[self.starts[row] : self._ends[row]].isspace()

    def only_punctuation(self, first: int, last: int) -> bool:
        """Whether the rows hold closing brackets and the like, no word."""
        return _WORD.search(self.source, self.starts[first], self.end(last)) is None

    def row_at(self, position: int) -> int:
        """The row that holds a byte."""
        return bisect_right(self.starts, position) - 1

    def lines_at(self, positions: Sequence[int]) -> list[int]:
        """The 1-based lines that hold bytes: many at once, since references are many."""
        lines: list[int] = np.searchsorted(self._starts, positions, side="right").tolist()
        return lines

    def text(self, start: int, end: int) -> str:
        if self._ascii is not None:
            return self._ascii[start:end]
        return self.source[start:end].decode("utf-8", "replace")

    def texts(self, spans: Sequence[tuple[int, int]]) -> list[str]:
        """The pieces of the text that lie between pairs of byte offsets."""
        text = self._ascii
        if text is not None:
            return [text[start:end] for start, end in spans]
        source = self.source
        return [source[start:end].decode("utf-8", "replace") for start, end in spans]

    def row_after_bytes(self, first: int, n_bytes: int) -> int:
        """The first row that no longer fits into `n_bytes` counted from the start of row `first`."""
        return bisect_right(self.starts, self.starts[first] + n_bytes) - 1

    def cut_bytes(self, start: int, end: int, n_bytes: int) -> int:
        """Where to end a piece of at most `n_bytes`: never inside a UTF-8 character."""
        if end - start <= n_bytes:
            return end
        cut = start + n_bytes
        while cut > start + 1 and self.source[cut] & 0xC0 == 0x80:
            cut -= 1
        return cut
