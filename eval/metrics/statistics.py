"""How sure a figure is: Wilson intervals, exact McNemar, paired bootstrap.

No normal approximation where counts are small: dev sets have some hundred rows, and wins and losses some ten.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from locant.eval.errors import EvaluationError

__all__ = ["Z_95", "Interval", "Paired", "bootstrap_mean", "mcnemar", "paired_bootstrap", "wilson"]

Z_95 = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""

RESAMPLES = 10_000
"""Enough that the bounds move by less than a tenth of a point between seeds at 300 rows."""

SEED = 20_240_601
"""Any fixed number: two people must get the same interval from the same runs."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % bounds."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Paired:
    """Two systems on the same rows: difference (second minus first) with bounds, and who wins where.

    p_value: exact McNemar for measures of 0 or 1, else None.
    """

    difference: Interval
    wins: int
    losses: int
    ties: int
    p_value: float | None


def wilson(successes: float, trials: int) -> Interval:
    """Interval of a proportion; of nothing it is the whole range."""
    if trials == 0:
        return Interval(0.0, 0.0, 1.0)
    share, square = successes / trials, Z_95 * Z_95
    centre = (share + square / (2 * trials)) / (1 + square / trials)
    half = Z_95 / (1 + square / trials) * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


def mcnemar(wins: int, losses: int) -> float:
    """Two-sided exact p-value: the chance that fair coins split wins and losses at least this unevenly."""
    discordant = wins + losses
    tail = sum(math.comb(discordant, k) for k in range(min(wins, losses) + 1))
    return min(1.0, 2 * tail / (1 << discordant))


def bootstrap_mean(values: Sequence[float], seed: int = SEED) -> Interval:
    """Mean with percentile bounds from resampled rows."""
    if not values:
        return Interval(0.0, 0.0, 0.0)
    array = np.asarray(values, dtype=np.float64)
    generator = np.random.default_rng(seed)
    rows = generator.integers(0, len(array), size=(RESAMPLES, len(array)), dtype=np.int32)
    low, high = np.percentile(array[rows].mean(axis=1), [2.5, 97.5])
    return Interval(float(array.mean()), float(low), float(high))


def paired_bootstrap(first: Sequence[float], second: Sequence[float], seed: int = SEED) -> Paired:
    """Compare two systems row by row; both sequences are in the same order of rows."""
    if len(first) != len(second):
        raise EvaluationError(f"paired scores need the same rows: {len(first)} against {len(second)}")
    differences = [b - a for a, b in zip(first, second, strict=True)]
    wins, losses = sum(d > 0 for d in differences), sum(d < 0 for d in differences)
    binary = set(first) | set(second) <= {0.0, 1.0}
    return Paired(
        difference=bootstrap_mean(differences, seed),
        wins=wins,
        losses=losses,
        ties=len(differences) - wins - losses,
        p_value=mcnemar(wins, losses) if binary else None,
    )
