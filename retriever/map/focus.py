"""What a map is to show: what a text is about, and what hangs together with files that the reader has already."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from locant.indexer.snapshot import Snapshot
from locant.types import FileHit, FunctionHit

__all__ = ["FOCUS_FILES", "FOCUS_FUNCTIONS", "Focus", "focus_of", "symbol_of"]

FOCUS_FILES = 100
FOCUS_FUNCTIONS = 200
"""Hits that a focus takes over; what comes after them is found by the walk, or not at all."""


@dataclass(frozen=True, slots=True)
class Focus:
    """Where to look: scores of files and of symbols by number, and files whose text the reader already has."""

    files: Mapping[int, float] = field(default_factory=dict)
    symbols: Mapping[int, float] = field(default_factory=dict)
    known: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked for in particular."""
        return not self.files and not self.known


def focus_of(
    snapshot: Snapshot, files: Sequence[FileHit], functions: Sequence[FunctionHit], known: frozenset[int] = frozenset()
) -> Focus:
    """What was found for a text, as a focus."""
    by_file = {snapshot.file_number[hit.path]: _of_rank(rank) for rank, hit in enumerate(files)}
    by_symbol: dict[int, float] = {}
    for rank, hit in enumerate(functions):
        number = symbol_of(snapshot, hit)
        if number is not None:
            by_symbol[number] = _of_rank(rank)
    return Focus(by_file, by_symbol, known)


def _of_rank(rank: int) -> float:
    """Score of a hit by its rank from 0: what rankers call a score has another scale in each of them."""
    return 1.0 / math.sqrt(1.0 + rank)


def symbol_of(snapshot: Snapshot, hit: FunctionHit) -> int | None:
    """Number of the definition that a hit names."""
    for number in snapshot.symbols_of_doc(int(snapshot.file_doc[snapshot.file_number[hit.path]])):
        symbol = snapshot.symbol(number, hit.path)
        if symbol.location.start_line == hit.start_line and symbol.qualified_name == hit.qualified_name:
            return number
    return None
