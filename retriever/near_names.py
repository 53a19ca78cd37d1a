"""Names of definitions that look like a name that does not exist: what a typing error meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.indexer.store.segment import Segment
from locant.numeric import Ints, Mask

__all__ = ["near_names"]

CLOSE = 0.72
"""Ratio of difflib from which a name is worth naming: one wrong letter in four."""

COMPARED = 40
"""Names that are compared letter by letter, the best by shared pairs of letters."""

LENGTH_SHARE = 3
"""A name may be longer or shorter by a third, or by two letters if that is more."""


def near_names(snapshot: Snapshot, wanted: str, limit: int = 3) -> list[str]:
    """Names of definitions in the tree that are spelt nearly like `wanted`, nearest first."""
    pairs = _pairs(wanted)
    if not pairs:
        return []
    scored: list[tuple[float, str]] = []
    for name in _alike(snapshot, wanted):
        own = _pairs(name)
        scored.append((-2 * len(pairs & own) / (len(pairs) + len(own) or 1), name))
    scored.sort()
    best = {name.lower(): name for _, name in reversed(scored[:COMPARED])}
    close = difflib.get_close_matches(wanted.lower(), list(best), n=limit, cutoff=CLOSE)
    return [best[name] for name in close]


def _pairs(name: str) -> set[str]:
    lowered = f" {name.lower()} "
    return {lowered[i : i + 2] for i in range(len(lowered) - 1)} if name.strip() else set()


def _alike(snapshot: Snapshot, wanted: str) -> Iterable[str]:
    """Distinct names of definitions of about the same length that begin or end with the same letter.

    Both ends mistyped at once is rare; asking for one of them leaves an eighth of the names, found without reading any.
    """
    names: dict[str, None] = {}
    live = snapshot.doc_live[snapshot.symbol_doc]
    for number, segment in enumerate(snapshot.segments):
        own = live[snapshot.symbol_base[number] : snapshot.symbol_base[number + 1]]
        strings = np.unique(segment.arrays["symbol_name"][own])
        for string in strings[_begin_or_end_alike(segment, strings, wanted)].tolist():
            names.setdefault(segment.strings[string])
    names.pop(wanted, None)
    return names


def _begin_or_end_alike(segment: Segment, strings: Ints, wanted: str) -> Mask:
    raw = wanted.encode("utf-8", "surrogateescape")
    blob, at = segment.arrays["string_blob"], segment.arrays["string_at"]
    first, last = at[strings].astype(np.int64), at[strings + 1].astype(np.int64) - 1
    length = last - first + 1
    near = (length > 0) & (np.abs(length - len(raw)) <= max(2, len(raw) // LENGTH_SHARE))
    end = max(len(blob) - 1, 0)
    starts = np.isin(blob[np.minimum(first, end)], _both_cases(raw[0]))
    ends = np.isin(blob[np.clip(last, 0, end)], _both_cases(raw[-1]))
    alike: Mask = near & (starts | ends)
    return alike


def _both_cases(byte: int) -> list[int]:
    return list(bytes([byte]).lower() + bytes([byte]).upper())
