"""Signals -> one score: a weighted sum with named constants, times what the file's purpose is worth.

A `Ranker` is the seam for a learned model: it gets the same named arrays and returns one score per row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from locant.indexer.areas import AREAS
from locant.indexer.snapshot import Snapshot
from locant.retriever.context import Floats

__all__ = ["FILE_WEIGHTS", "FUNCTION_WEIGHTS", "Ranker", "WeightedSum", "file_priors"]

# Weights were set by hand from the evidence (equal weights for BM25, best function, path and mention) and then
# adjusted by coordinate search on the development issues; those of earlier commits and of forms of words are two round
# numbers on a plateau that development issues and mined commits share. docs/ranking.md has the figures.
FILE_WEIGHTS: Mapping[str, float] = {
    "bm25": 1.0,
    "title": 0.5,
    "function": 1.0,
    "function_title": 0.5,
    "functions": 0.5,
    "code": 0.3,
    "names": 0.5,
    "path": 0.7,
    "path_title": 0.5,
    "mentioned": 0.7,
    "pairs": 0.5,
    "named_path": 1.5,
    "frame": 1.0,
    "linked": 1.0,
    "scope": 0.5,
    "imports": 0.2,
    "recency": 0.3,
    "changes": 0.2,
    "centrality": 0.1,
    "past_title": 0.5,
    "past_near": 0.5,
    "past_words": 0.5,
    "past_words_title": 0.5,
    "title_forms": 0.3,
    "function_title_forms": 0.3,
    "names_title_forms": 0.3,
    "path_title_forms": 0.3,
    "function_salient_forms": 0.3,
}

FUNCTION_WEIGHTS: Mapping[str, float] = {
    "text": 1.0,
    "title": 0.7,
    "code": 0.3,
    "names": 0.7,
    "fields": 0.3,
    "mentioned": 0.7,
    "pairs": 0.7,
    "frame": 1.0,
    "named_line": 1.0,
    "calls": 0.3,
    "title_forms": 0.3,
    "names_title_forms": 0.3,
    "title_covered": 0.3,
    "salient_forms": 0.3,
    "file": 1.5,
}

AREA_PRIOR = {"code": 1.0, "tests": 0.25, "docs": 0.3, "config": 0.5}
"""Issues are mended in code; tests and docs repeat its words and would otherwise outrank it."""

EXAMPLE_PRIOR = 0.6  # examples, benchmarks, scripts: code that is shown or run aside, seldom at fault
VENDORED_PRIOR = 0.5  # somebody else's code in the tree: seldom changed here


class Ranker(Protocol):
    """Turns named signals, each (rows,), into one score per row (rows,), larger is better."""

    def score(self, signals: Mapping[str, Floats]) -> Floats:
        """Score every row."""
        ...


class WeightedSum:
    """The ranker without a learned model: a fixed weight per signal."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self.weights = weights

    def score(self, signals: Mapping[str, Floats]) -> Floats:
        """Sum of weight * signal; a signal that has no weight counts nothing."""
        rows = len(next(iter(signals.values())))
        total = np.zeros(rows)
        for name, values in signals.items():
            total += self.weights.get(name, 0.0) * values
        return total

    def shares(self, signals: Mapping[str, Floats], row: int) -> dict[str, float]:
        """What each signal adds to one row's score."""
        return {name: self.weights.get(name, 0.0) * float(values[row]) for name, values in signals.items()}


def file_priors(snapshot: Snapshot) -> Floats:
    """Factor of each file for what it is for (files,)."""
    areas = np.array([AREA_PRIOR[area] for area in AREAS])[snapshot.file_column("area")]
    example = np.where(snapshot.file_column("example"), EXAMPLE_PRIOR, 1.0)
    vendored = np.where(snapshot.file_column("vendored"), VENDORED_PRIOR, 1.0)
    factors: Floats = areas * example * vendored
    return factors
