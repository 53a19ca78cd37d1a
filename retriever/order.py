"""Scores -> an order that depends on nothing but scores and names.

Sums of floats differ in the last digits with the order of addition, and documents are numbered by when they were
indexed. Rounding before comparing and breaking ties by path makes an updated index answer exactly as a rebuilt one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from locant.retriever.context import Floats

__all__ = ["DIGITS", "best_first"]

DIGITS = 9
"""Digits after the point that count; scores are of the order of 1 to 1,000, doubles carry 15."""


def best_first(scores: Floats, limit: int, names: Sequence[str]) -> list[int]:
    """Rows with a positive score, largest first, ties by name; at most `limit`."""
    rounded = np.round(scores, DIGITS)
    positive = np.flatnonzero(rounded > 0)
    if len(positive) > limit > 0:
        edge = np.partition(rounded[positive], len(positive) - limit)[len(positive) - limit]
        positive = positive[rounded[positive] >= edge]
    rows: list[int] = positive.tolist()
    rows.sort(key=lambda row: (-rounded[row], names[row]))
    return rows[:limit]
