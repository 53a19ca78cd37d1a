"""In which order the files of a repository are worth reading: for a text, or by what everything else is built on."""

from __future__ import annotations

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.numeric import Floats, Ints, Mask
from locant.retriever.map.answer import rank_map
from locant.retriever.map.focus import Focus

__all__ = ["files_in_order"]

INTRODUCTIONS = ("readme", "readme.md", "readme.rst", "readme.txt", "readme.markdown", "readme.adoc")
"""Files at the root that say what the repository is: without a question they come first."""

DIGITS = 9
"""Ranks that differ later are the same: their sums depend on the machine."""


def files_in_order(snapshot: Snapshot, focus: Focus, allowed: Mask) -> Ints:
    """Numbers of the files that may be packed, most relevant first, ties by path."""
    usual = rank_map(snapshot, Focus()).files
    first = np.where(_introductions(snapshot), 2.0, usual) if focus.is_empty else rank_map(snapshot, focus).files
    order = np.lexsort((np.arange(len(usual)), -_rounded(usual), -_rounded(first)))
    return order[allowed[order]]


def _introductions(snapshot: Snapshot) -> Mask:
    return np.fromiter((path.lower() in INTRODUCTIONS for path in snapshot.paths), np.bool_, len(snapshot.paths))


def _rounded(values: Floats) -> Floats:
    return np.round(values, DIGITS)
