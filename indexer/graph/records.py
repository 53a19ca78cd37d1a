"""Records and types of the file graph: edges as two aligned arrays, so that all later work is array work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from locant.indexer.graph.tree import FileTree
from locant.indexer.syntax.records import Import
from locant.numeric import Ints

__all__ = ["ImportEdges", "LanguageResolver", "Place"]


@dataclass(frozen=True, slots=True)
class ImportEdges:
    """`source[i]` imports `target[i]`; ordered by source, then target; no pair twice, none to itself."""

    source: Ints
    target: Ints


@dataclass(frozen=True, slots=True)
class Place:
    """The file that imports: its path, and its folder (`""` at the root, else without a slash at the end)."""

    path: str
    folder: str


LanguageResolver = Callable[[FileTree, Place, Import], Iterable[int]]
"""Finds the files that one import means; nothing when it is of another project or cannot be told."""
