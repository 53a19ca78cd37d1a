"""Names of definitions that look like a name that does not exist: what a typing error meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import numpy as np

from locant.indexer.snapshot import Snapshot

__all__ = ["near_names"]

CLOSE = 0.72
"""Ratio of difflib from which a name is worth naming: one wrong letter in four."""

COMPARED = 40
"""Names that are compared letter by letter, the best by shared pairs of letters."""

MAX_NAMES = 200_000
"""Names that are looked at: some 100 ms, spent only when nothing was found."""


def near_names(snapshot: Snapshot, wanted: str, limit: int = 3) -> list[str]:
    """Names of definitions in the tree that are spelt nearly like `wanted`, nearest first."""
    pairs = _pairs(wanted)
    if not pairs:
        return []
    scored: list[tuple[float, str]] = []
    for name in _names(snapshot):
        if abs(len(name) - len(wanted)) <= max(2, len(wanted) // 3) and name != wanted:
            own = _pairs(name)
            scored.append((-2 * len(pairs & own) / (len(pairs) + len(own) or 1), name))
    scored.sort()
    best = {name.lower(): name for _, name in reversed(scored[:COMPARED])}
    close = difflib.get_close_matches(wanted.lower(), list(best), n=limit, cutoff=CLOSE)
    return [best[name] for name in close]


def _pairs(name: str) -> set[str]:
    lowered = f" {name.lower()} "
    return {lowered[i : i + 2] for i in range(len(lowered) - 1)} if name.strip() else set()


def _names(snapshot: Snapshot) -> Iterable[str]:
    """Distinct names of definitions, whatever segment they are in."""
    names: dict[str, None] = {}
    live = snapshot.doc_live[snapshot.symbol_doc]
    for number, segment in enumerate(snapshot.segments):
        own = live[snapshot.symbol_base[number] : snapshot.symbol_base[number + 1]]
        for string in np.unique(segment.arrays["symbol_name"][own]).tolist():
            names.setdefault(segment.strings[string])
            if len(names) >= MAX_NAMES:
                return names
    return names
