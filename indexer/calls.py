"""Who calls whom, by name: edges between chunks, computed from an index when first asked for.

Names are resolved without types, so a name that many definitions share says little: it gives no edge beyond a handful
of definers (the cap of the evidence, five). Everything is array work over one numbering of names for all segments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from locant.indexer.store.segment import Segment
from locant.numeric import Ints, Mask

__all__ = ["MAX_DEFINERS", "CallEdges", "Numbered", "References", "call_edges", "references"]


MAX_DEFINERS = 5
"""A name that more definitions share (`get`, `run`) does not say which of them is meant."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """Segments under one numbering, as a snapshot has them.

    chunk_base: number of each segment's first chunk, and of all at the end. chunk_live: None when all are.
    symbol_chunk: chunk in which each symbol begins. symbol_live: which symbols are live.
    """

    segments: Sequence[Segment]
    chunk_base: Sequence[int]
    chunk_live: Mask | None
    symbol_chunk: Ints
    symbol_live: Mask


@dataclass(frozen=True, slots=True)
class CallEdges:
    """Chunk `source[i]` uses a name that chunk `target[i]` defines; ordered, no pair twice, none to itself."""

    source: Ints
    target: Ints


@dataclass(frozen=True, slots=True)
class References:
    """Chunk `source[i]` uses the name of `symbol[i]`, which `definers[i]` live definitions share."""

    source: Ints
    symbol: Ints
    definers: Ints


def call_edges(index: Numbered) -> CallEdges:
    """All edges between live chunks."""
    found = references(index, MAX_DEFINERS)
    target = index.symbol_chunk[found.symbol]
    return _distinct(found.source.astype(np.int64), target.astype(np.int64), index.chunk_base[-1])


def references(index: Numbered, max_definers: int) -> References:
    """Every use of a name with each live definition of it; none of a name that more than `max_definers` share."""
    names, total = _common_names(index)
    chunk, used = _uses(index, names)
    order, at = _definers(index, names, total)
    definers = (at[1:] - at[:-1])[used]
    kept = (definers > 0) & (definers <= max_definers)
    chunk, used, definers = chunk[kept], used[kept], definers[kept]
    position = np.repeat(np.arange(len(used)), definers)
    within = np.arange(len(position)) - np.repeat(np.cumsum(definers) - definers, definers)
    return References(chunk[position], order[at[used][position] + within], definers[position])


def _common_names(index: Numbered) -> tuple[list[Ints], int]:
    """For each segment the common number of each of its strings, and how many numbers there are."""
    if len(index.segments) == 1:
        count = len(index.segments[0].strings)
        return [np.arange(count)], count
    number: dict[bytes, int] = {}
    common = []
    for segment in index.segments:
        strings = segment.strings.all()
        common.append(np.array([number.setdefault(text, len(number)) for text in strings], dtype=np.int64))
    return common, len(number)


def _uses(index: Numbered, names: list[Ints]) -> tuple[Ints, Ints]:
    """Live (chunk, name) pairs."""
    chunks, used = [], []
    for segment, common, base in zip(index.segments, names, index.chunk_base, strict=False):
        counts = np.diff(segment.arrays["used_at"])
        chunks.append(np.repeat(np.arange(len(counts)) + base, counts))
        used.append(common[segment.arrays["used_name"]])
    chunk = np.concatenate(chunks) if chunks else np.zeros(0, dtype=np.int64)
    name = np.concatenate(used) if used else np.zeros(0, dtype=np.int64)
    if index.chunk_live is None:
        return chunk, name
    live = index.chunk_live[chunk]
    return chunk[live], name[live]


def _definers(index: Numbered, names: list[Ints], total: int) -> tuple[Ints, Ints]:
    """Live symbols in order of their name, and where each name's begin."""
    pieces = [common[segment.arrays["symbol_name"]] for segment, common in zip(index.segments, names, strict=True)]
    name = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int64)
    live = np.flatnonzero(index.symbol_live)
    order = live[np.argsort(name[live], kind="stable")]
    at = np.zeros(total + 1, dtype=np.int64)
    np.cumsum(np.bincount(name[live], minlength=total), out=at[1:])
    return order, at


def _distinct(source: Ints, target: Ints, chunks: int) -> CallEdges:
    keys = np.unique(source[source != target] * max(chunks, 1) + target[source != target])
    return CallEdges(keys // max(chunks, 1), keys % max(chunks, 1))
