"""The segments at hand during one update, and in which of them each document stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from locant.indexer.intake import DocKey
from locant.indexer.store.folder import FileRecord
from locant.indexer.store.segment import Segment
from locant.numeric import Ints, Mask

__all__ = ["Holdings", "KeyTable"]


Found = Callable[[], Iterable[tuple[Segment, FileRecord]]]


class KeyTable:
    """Keys of each segment's documents, kept between updates: segments never change."""

    def __init__(self) -> None:
        self._known: dict[str, list[DocKey]] = {}

    def keys(self, segment: Segment) -> list[DocKey]:
        """Keys of a segment's documents, in order."""
        if segment.name not in self._known:
            variants: list[int] = segment.arrays["doc_variant"].tolist()
            names = {number: segment.strings[number] for number in set(variants)}
            keys = zip(segment.keys(), (names[number] for number in variants), strict=True)
            self._known[segment.name] = list(keys)
        return self._known[segment.name]

    def retain(self, segments: Iterable[Segment]) -> None:
        """Forget all but these."""
        names = {segment.name for segment in segments}
        self._known = {name: keys for name, keys in self._known.items() if name in names}


class Holdings:
    """Segments with their records, and `where` each document is: (segment, document); the first that has it counts.

    Args:
        table: keys by segment.
        foreign: yields the segments of other trees of the family; asked when a document is not at hand.

    """

    def __init__(self, table: KeyTable, foreign: Found) -> None:
        self.segments: list[Segment] = []
        self.records: list[FileRecord] = []
        self.where: dict[DocKey, tuple[int, int]] = {}
        self._table = table
        self._foreign: Found | None = foreign

    def append(self, segment: Segment, record: FileRecord) -> None:
        """Take in a segment."""
        number = len(self.segments)
        self.segments.append(segment)
        self.records.append(record)
        for local, key in enumerate(self._table.keys(segment)):
            self.where.setdefault(key, (number, local))

    def knows(self, key: DocKey) -> bool:
        """Whether any tree of the family has parsed the document."""
        if key not in self.where and self._foreign is not None:
            foreign, self._foreign = self._foreign, None
            for segment, record in foreign():
                self.append(segment, record)
        return key in self.where

    def keep(self, positions: Sequence[int]) -> None:
        """Let go of all other segments."""
        if len(positions) == len(self.segments):
            return
        kept = [(self.segments[i], self.records[i]) for i in positions]
        self.segments, self.records, self.where = [], [], {}
        for segment, record in kept:
            self.append(segment, record)

    def live(self, keys: Iterable[DocKey]) -> list[Mask]:
        """For each segment, which of its documents are among these."""
        chosen: list[list[int]] = [[] for _ in self.segments]
        for key in keys:
            segment, local = self.where[key]
            chosen[segment].append(local)
        masks: list[Ints] = [np.zeros(segment.doc_count, dtype=np.bool_) for segment in self.segments]
        for mask, locals_ in zip(masks, chosen, strict=True):
            mask[locals_] = True
        return masks
