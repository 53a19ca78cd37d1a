"""Read access to one segment's arrays: look-ups by term and by name, nothing else."""

from __future__ import annotations

import numpy as np

from locant.indexer.store.arrays import Arrays
from locant.indexer.store.postings import counts_in, starts_of
from locant.indexer.store.strings import StringTable
from locant.numeric import Ints

__all__ = ["Segment"]


class Segment:
    """One segment, mapped or in memory. All numbers are local to it."""

    def __init__(self, name: str, arrays: Arrays) -> None:
        self.name = name
        self.arrays = arrays
        self.strings = StringTable(arrays, "string")
        self.terms = StringTable(arrays, "term")
        self.doc_count = len(arrays["doc_key"])
        self.chunk_count = len(arrays["chunk_start"])
        self.symbol_count = len(arrays["symbol_name"])
        self._by_name: tuple[Ints, Ints] | None = None

    def postings(self, field: str, term: int) -> tuple[Ints, Ints]:
        """Chunks that have a term in a field, in order, and how often."""
        at = self.arrays[f"{field}_at"]
        first, last = int(at[term]), int(at[term + 1])
        return self.arrays[f"{field}_chunk"][first:last], counts_in(self.arrays, field, first, last)

    def chunks_with(self, field: str, term: int) -> Ints:
        """Chunks that have a term in a field, in order."""
        at = self.arrays[f"{field}_at"]
        return self.arrays[f"{field}_chunk"][int(at[term]) : int(at[term + 1])]

    def chunks_using(self, name: int) -> Ints:
        """Chunks that call or otherwise use a name."""
        at = self.arrays["ref_at"]
        return self.arrays["ref_chunk"][int(at[name]) : int(at[name + 1])]

    def symbols_named(self, name: int) -> Ints:
        """Symbols that define a name."""
        if self._by_name is None:
            names = self.arrays["symbol_name"]
            order = np.argsort(names, kind="stable")
            self._by_name = order, starts_of(names, len(self.strings))
        order, at = self._by_name
        return order[int(at[name]) : int(at[name + 1])]

    def keys(self) -> list[bytes]:
        """Blob ids of the documents, in order."""
        blob = self.arrays["doc_key"].tobytes()
        return [blob[i : i + 20] for i in range(0, len(blob), 20)]
