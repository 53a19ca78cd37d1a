"""When segments are merged: an edit adds a small one, and small ones are folded together before they slow queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from locant.indexer.store.segment import Segment
from locant.numeric import Ints

__all__ = ["MAX_SEGMENT_BYTES", "Compaction", "plan_compaction"]

MAX_SEGMENT_BYTES = 64_000_000
"""Source bytes in one segment: merging one takes some 400 MB of memory, so a 1 GB tree is a handful of segments."""

MAX_SMALL = 8
"""Small segments that may pile up; each costs every look-up a binary search."""

SMALL_SHARE = 0.1
"""A segment is small below this share of the whole, or of the largest that there may be; when small ones add up to more
than this share of the whole, they are merged with the rest; until then only with each other, which costs little."""

DEAD_SHARE = 0.5
"""Contents of other branches and old versions stay (switching back costs nothing) up to this share of the live ones."""

DEAD_BYTES = 1_000_000
"""So much may be dead in any tree: a small one would else be merged, and its branches parsed, at every switch."""


@dataclass(frozen=True, slots=True)
class Compaction:
    """groups: positions of segments, each group to become one. drop_dead: whether dead documents are left behind."""

    groups: tuple[tuple[int, ...], ...]
    drop_dead: bool


def plan_compaction(segments: Sequence[Segment], live: Sequence[Ints]) -> Compaction | None:
    """What to merge, or None; no merge takes in more than `MAX_SEGMENT_BYTES`.

    Args:
        segments: all segments of a tree.
        live: for each, which of its documents a file of the tree has (docs,).

    """
    alive = [int(s.arrays["doc_bytes"][mask].sum(dtype=np.int64)) for s, mask in zip(segments, live, strict=True)]
    sizes = [int(segment.arrays["doc_bytes"].sum(dtype=np.int64)) for segment in segments]
    total = sum(sizes)
    if total - sum(alive) > max(DEAD_SHARE * sum(alive), DEAD_BYTES):
        touched = [i for i, mask in enumerate(live) if not mask.all()]
        return Compaction(_groups(touched, alive), drop_dead=True)
    small = [i for i, size in enumerate(sizes) if size < SMALL_SHARE * min(total, MAX_SEGMENT_BYTES)]
    outgrown = sum(sizes[i] for i in small) > SMALL_SHARE * total
    if len(small) <= MAX_SMALL and not outgrown:
        return None
    chosen = range(len(sizes)) if outgrown and total <= MAX_SEGMENT_BYTES else small
    groups = tuple(group for group in _groups(chosen, sizes) if len(group) > 1)
    return Compaction(groups, drop_dead=False) if groups else None


def _groups(positions: Sequence[int], sizes: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Neighbours together as long as they fit."""
    groups: list[list[int]] = []
    room = 0
    for i in positions:
        if not groups or sizes[i] > room:
            groups.append([])
            room = MAX_SEGMENT_BYTES
        groups[-1].append(i)
        room -= sizes[i]
    return tuple(map(tuple, groups))
