"""All segments of a tree in a row: documents, chunks and symbols under one numbering, live ones and dead ones alike."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from locant.indexer.store.segment import Segment
from locant.numeric import Ints, Mask

__all__ = ["Joined"]


class Joined:
    """What segments hold, by the numbers that it has in all of them together.

    doc_base, chunk_base, symbol_base: the number of the first one of each segment, and of all at the end.
    """

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segments)
        self.doc_base = _bases([segment.doc_count for segment in self.segments])
        self.chunk_base = _bases([segment.chunk_count for segment in self.segments])
        self.symbol_base = _bases([segment.symbol_count for segment in self.segments])

    # -- chunks --------------------------------------------------------------------------------------------------

    @property
    def chunk_count(self) -> int:
        """Chunks of all segments, dead ones among them."""
        return self.chunk_base[-1]

    @cached_property
    def chunk_doc(self) -> Ints:
        """Document of each chunk."""
        return self._owners("doc_chunk")

    @cached_property
    def chunk_runs(self) -> tuple[Ints, Ints]:
        """Documents that have chunks, and the first chunk of each: a document's chunks follow each other."""
        return np.unique(self.chunk_doc, return_index=True)

    @cached_property
    def chunk_symbol(self) -> Ints:
        """Innermost definition that a chunk belongs to, or -1."""
        return self._by_segment("chunk_symbol", self.symbol_base, signed=True)

    @cached_property
    def chunk_start(self) -> Ints:
        """First line of each chunk."""
        return self._by_segment("chunk_start")

    @cached_property
    def chunk_end(self) -> Ints:
        """Last line of each chunk."""
        return self._by_segment("chunk_end")

    def chunk_kind(self, chunk: int) -> str:
        """Kind of a chunk."""
        segment, local = self._place(chunk, self.chunk_base)
        return segment.strings[int(segment.arrays["chunk_kind"][local])]

    def chunks_of_doc(self, doc: int) -> range:
        """Chunks of a document."""
        segment, local = self._place(doc, self.doc_base)
        base = self.chunk_base[self._segment_of(doc, self.doc_base)]
        at = segment.arrays["doc_chunk"]
        return range(base + int(at[local]), base + int(at[local + 1]))

    def field_lengths(self, field: str) -> Ints:
        """Number of terms of each chunk in a field."""
        return self._by_segment(f"{field}_length")

    def names_used(self, chunk: int) -> list[str]:
        """Names that a chunk calls, types with or inherits from."""
        segment, local = self._place(chunk, self.chunk_base)
        at = segment.arrays["used_at"]
        numbers = segment.arrays["used_name"][int(at[local]) : int(at[local + 1])]
        return [segment.strings[number] for number in numbers.tolist()]

    # -- symbols -------------------------------------------------------------------------------------------------

    @cached_property
    def symbol_chunk(self) -> Ints:
        """Chunk in which each symbol begins."""
        return self._by_segment("symbol_chunk", self.chunk_base)

    @cached_property
    def symbol_doc(self) -> Ints:
        """Document of each symbol."""
        return self._owners("doc_symbol")

    @cached_property
    def symbol_parent(self) -> Ints:
        """Definition around each symbol, or -1."""
        return self._by_segment("symbol_parent", self.symbol_base, signed=True)

    @cached_property
    def symbol_lines(self) -> Ints:
        """Lines that each symbol spans."""
        return self._by_segment("symbol_end").astype(np.int64) - self._by_segment("symbol_start") + 1

    def symbols_of_doc(self, doc: int) -> range:
        """Symbols of a document, in order of their start."""
        number = self._segment_of(doc, self.doc_base)
        at = self.segments[number].arrays["doc_symbol"]
        local = doc - self.doc_base[number]
        base = self.symbol_base[number]
        return range(base + int(at[local]), base + int(at[local + 1]))

    def symbols_of_kind(self, kinds: Iterable[str]) -> Mask:
        """Which symbols (of all segments, dead ones too) are of one of these kinds."""
        wanted = list(kinds)
        pieces = []
        for segment in self.segments:
            numbers = [number for kind in wanted if (number := segment.strings.find(kind)) >= 0]
            pieces.append(np.isin(segment.arrays["symbol_kind"], numbers))
        return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.bool_)

    def symbol_kind(self, number: int) -> str:
        """Kind of a symbol."""
        segment, local = self._place(number, self.symbol_base)
        return segment.strings[int(segment.arrays["symbol_kind"][local])]

    def symbol_name(self, number: int) -> str:
        """Name of a symbol."""
        segment, local = self._place(number, self.symbol_base)
        return segment.strings[int(segment.arrays["symbol_name"][local])]

    def symbol_bases(self, number: int) -> list[str]:
        """Names of what a symbol inherits from."""
        segment, local = self._place(number, self.symbol_base)
        at = segment.arrays["symbol_base"]
        return [segment.strings[n] for n in segment.arrays["base_name"][int(at[local]) : int(at[local + 1])].tolist()]

    # -- numbering -----------------------------------------------------------------------------------------------

    def _segment_of(self, number: int, bases: list[int]) -> int:
        return bisect_right(bases, number) - 1

    def _place(self, number: int, bases: list[int]) -> tuple[Segment, int]:
        segment = self._segment_of(number, bases)
        return self.segments[segment], number - bases[segment]

    def _owners(self, ranges: str) -> Ints:
        """Document of each chunk or symbol, from where each document's begin."""
        counts = [np.diff(segment.arrays[ranges]) for segment in self.segments]
        each = np.concatenate(counts) if counts else np.zeros(0, dtype=np.int64)
        return np.repeat(np.arange(len(each), dtype=np.int64), each)

    def _by_segment(self, column: str, bases: list[int] | None = None, *, signed: bool = False) -> Ints:
        """A column of all segments in a row, its numbers shifted by `bases`; negative numbers stay."""
        pieces = []
        for i, segment in enumerate(self.segments):
            values = segment.arrays[column]
            if bases is not None and bases[i]:
                shifted = values.astype(np.int64) + bases[i]
                values = np.where(values < 0, values, shifted) if signed else shifted
            pieces.append(values)
        if len(pieces) == 1:
            return pieces[0]
        return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int64)


def _bases(counts: list[int]) -> list[int]:
    return [0, *np.cumsum(counts, dtype=np.int64).tolist()]
