"""Features of functions that only the file ranker can give; training and answering share this one way to make them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from locant.numeric import Floats, Ints, Singles

__all__ = ["STACKED", "stacked_names", "with_file_scores"]

STACKED = ("file_score", "file_rank", "file_gap")
"""Columns that are added, in order: score of its file; 1 / rank of its file; how far its file is behind the best one.
They are not numbers where a function's file is no candidate itself."""


def with_file_scores(values: Singles, file_scores: Floats, file_of: Ints) -> Singles:
    """Values of one query's function candidates (n, features) with the columns `STACKED`.

    Args:
        values: of the candidates.
        file_scores: score of each file candidate by the file ranker (files,).
        file_of: number of each candidate's file among the file candidates, -1 where it is none (n,).

    """
    added = np.full((len(values), len(STACKED)), np.nan, dtype=np.float32)
    inside = file_of >= 0
    if inside.any():
        own = file_of[inside]
        added[inside, 0] = file_scores[own]
        added[inside, 1] = 1.0 / _ranks(file_scores)[own]
        added[inside, 2] = file_scores.max() - file_scores[own]
    return np.concatenate((np.asarray(values, dtype=np.float32), added), axis=1)


def _ranks(scores: Floats) -> Floats:
    """Rank of each score from 1, the first of equals first."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks


def stacked_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names of the columns that `with_file_scores` returns."""
    return (*names, *STACKED)
