"""A map for a snapshot: graph, ranks, entries, text."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

from locant.indexer.snapshot import Snapshot
from locant.retriever.map.entries import entries_of
from locant.retriever.map.focus import Focus
from locant.retriever.map.graph import map_graph
from locant.retriever.map.layout import Drawn, Told, fit
from locant.retriever.map.rank import Ranks, rank
from locant.retriever.reading.signature import signature_at
from locant.retriever.reading.text import SourceText, TextReader
from locant.retriever.tokens import TokenCounter
from locant.types import Symbol

__all__ = ["Mapped", "draw_map", "rank_map"]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A drawn map and the number of files that it could have shown."""

    drawn: Drawn
    total_files: int


_plain: weakref.WeakKeyDictionary[Snapshot, Ranks] = weakref.WeakKeyDictionary()
"""Ranks without a focus, which are the same for every map of a snapshot; two threads may both make them."""


def rank_map(snapshot: Snapshot, focus: Focus) -> Ranks:
    """Importance of all files and definitions."""
    if not focus.is_empty:
        return rank(snapshot, map_graph(snapshot), focus)
    ranks = _plain.get(snapshot)
    if ranks is None:
        ranks = _plain[snapshot] = rank(snapshot, map_graph(snapshot), focus)
    return ranks


def draw_map(
    snapshot: Snapshot,
    reader: TextReader,
    focus: Focus,
    max_tokens: int,
    count: TokenCounter,
    told: Told | None = None,
) -> Mapped:
    """The map that fits into a budget; with what is `told` of the things in it, if that is wanted."""
    ranks = rank_map(snapshot, focus)
    scores = ranks.files
    entries = entries_of(snapshot, ranks, focused=not focus.is_empty)
    signatures = _Signatures(snapshot, reader)
    drawn = fit(snapshot, entries, lambda file: float(scores[file]), signatures, max_tokens, count, told)
    return Mapped(drawn, int((scores > 0).sum()))


class _Signatures:
    """Signatures as they are on disk; empty for a file that changed since it was indexed."""

    def __init__(self, snapshot: Snapshot, reader: TextReader) -> None:
        self._snapshot = snapshot
        self._reader = reader

    def __call__(self, symbol: Symbol) -> str:
        source = self._reader.read(self._snapshot.file_number[symbol.location.path])
        if not isinstance(source, SourceText) or source.stale:
            return ""
        return signature_at(source.lines, symbol.location.start_line)
