"""When segments are merged: an edit adds a small one, and small ones are folded together before they slow queries down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from locant.indexer.store.segment import Segment

__all__ = ["MAX_SEGMENT_BYTES", "Compaction", "plan_compaction"]

MAX_SEGMENT_BYTES = 64_000_000
"""Source bytes in one segment: merging one takes some 400 MB of memory, so a 1 GB tree is a handful of segments."""

MAX_SMALL = 8
"""Small segments that may pile up; each costs every look-up a binary search."""

SMALL_SHARE = 0.1
"""A segment is small below this share of the whole; when small ones add up to more, all are merged."""

DEAD_SHARE = 0.5
"""Contents of other branches and old versions stay (switching back costs nothing) up to this share of the live ones."""


@dataclass(frozen=True, slots=True)
class Compaction:
    """merge: positions of the segments to merge into one. drop_dead: whether dead documents are left behind."""

    merge: tuple[int, ...]
    drop_dead: bool


def plan_compaction(segments: Sequence[Segment], live: Sequence[npt.NDArray[Any]]) -> Compaction | None:
    """What to merge, or None.

    Args:
        segments: all segments of a tree.
        live: for each, which of its documents a file of the tree has (docs,).

    """
    sizes = [int(segment.arrays["doc_bytes"].sum(dtype=np.int64)) for segment in segments]
    dead = [int(s.arrays["doc_bytes"][~mask].sum(dtype=np.int64)) for s, mask in zip(segments, live, strict=True)]
    total = sum(sizes)
    if sum(dead) > DEAD_SHARE * max(total - sum(dead), 1):
        touched = tuple(i for i, amount in enumerate(dead) if amount)
        return Compaction(touched, drop_dead=True)
    small = tuple(i for i, size in enumerate(sizes) if size < SMALL_SHARE * total)
    if total <= MAX_SEGMENT_BYTES and len(sizes) > 1 and sum(sizes[i] for i in small) > SMALL_SHARE * total:
        return Compaction(tuple(range(len(sizes))), drop_dead=False)
    if len(small) > MAX_SMALL:
        return Compaction(small, drop_dead=False)
    return None
