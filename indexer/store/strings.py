"""Sorted tables of distinct strings inside an array file: one blob, one offset array, binary search.

A table is two arrays, `<name>_blob` (UTF-8) and `<name>_at` (offsets, one more than strings). Sorting by bytes makes
look-up a handful of comparisons on the mapping and makes the union of tables the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise

import numpy as np

from locant.indexer.store.arrays import Arrays
from locant.numeric import Ints

__all__ = ["StringTable", "encode_table", "union"]

ASKED_BEFORE_DICT = 1_500
"""Look-ups by binary search before a dictionary is made: a query from the shell never pays for it, a server does."""


class StringTable:
    """Read access to one table; strings are numbered in byte order."""

    def __init__(self, arrays: Arrays, name: str) -> None:
        self._blob = arrays[f"{name}_blob"].data
        self._at = arrays[f"{name}_at"]
        self._asked = 0
        self._numbers: dict[bytes, int] | None = None

    def __len__(self) -> int:
        return len(self._at) - 1

    def __getitem__(self, number: int) -> str:
        return self.raw(number).decode("utf-8", "surrogateescape")

    def raw(self, number: int) -> bytes:
        """Bytes of one string."""
        return bytes(self._blob[int(self._at[number]) : int(self._at[number + 1])])

    def find(self, text: str) -> int:
        """Number of a string, or -1."""
        wanted = text.encode("utf-8", "surrogateescape")
        if self._numbers is None and self._asked >= ASKED_BEFORE_DICT:
            self._numbers = {raw: number for number, raw in enumerate(self.all())}
        if self._numbers is not None:
            return self._numbers.get(wanted, -1)
        self._asked += 1
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.raw(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self.raw(low) == wanted else -1

    def all(self) -> list[bytes]:
        """Every string, in order."""
        blob = bytes(self._blob)
        bounds = self._at.tolist()
        return [blob[a:b] for a, b in pairwise(bounds)]


def encode_table(name: str, ordered: Sequence[bytes]) -> Arrays:
    """Arrays of a table out of distinct strings in byte order."""
    lengths = np.fromiter(map(len, ordered), dtype=np.int64, count=len(ordered))
    at = np.zeros(len(ordered) + 1, dtype=np.uint32)
    np.cumsum(lengths, out=at[1:])
    return {f"{name}_blob": np.frombuffer(b"".join(ordered), dtype=np.uint8), f"{name}_at": at}


def union(tables: Iterable[Sequence[bytes]]) -> tuple[list[bytes], list[Ints]]:
    """All strings of several tables in order, and for each table the new number of each of its strings."""
    listed = list(tables)
    # Each table is a run in order: sorting them end to end merges runs, which costs half of sorting their union.
    merged = list(dict.fromkeys(sorted(chain.from_iterable(listed))))
    number = {text: i for i, text in enumerate(merged)}
    maps = [np.fromiter(map(number.__getitem__, table), dtype=np.uint32, count=len(table)) for table in listed]
    return merged, maps
