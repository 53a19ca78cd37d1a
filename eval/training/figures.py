"""Accuracy of scores over collected candidates; gold that is no candidate counts as missed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from locant.eval.metrics.statistics import Z_95, Interval, paired_bootstrap, wilson
from locant.eval.training.examples import Candidates
from locant.numeric import Floats, Ints, Mask

__all__ = ["CUTOFFS", "Figure", "accuracy", "compared", "worst_ranks"]

CUTOFFS = {"file": (1, 3, 5, 10), "function": (1, 5, 10)}
"""Ks of Acc@k at each level."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Acc@k of some rows, with 95 % bounds; `gain` is the paired difference to the plain fusion, where it was asked."""

    level: str
    cutoff: int
    rows: int
    accuracy: Interval
    gain: Interval | None = None


def worst_ranks(candidates: Candidates, scores: Floats) -> Floats:
    """Rank of the last gold candidate of each row (rows,): infinite when some gold is no candidate, nan without gold.

    Equal scores are ordered as the candidates are, best fused first. Where more candidates are right than there is gold
    (a class and its constructor are one), the best of them count.
    """
    starts = candidates.starts
    worst = np.full(len(candidates.sizes), np.nan)
    for row, total in enumerate(candidates.totals.tolist()):
        here = slice(starts[row], starts[row + 1])
        gold = candidates.gold[here]
        if total and gold.sum() < total:
            worst[row] = np.inf
        elif total:
            order = np.argsort(-scores[here], kind="stable")
            worst[row] = np.flatnonzero(gold[order])[total - 1] + 1
    return worst


def accuracy(level: str, worst: Floats, rows: Mask | Ints, against: Floats | None = None) -> list[Figure]:
    """Acc@k over some rows, of those that have gold.

    Args:
        level: file or function.
        worst: what `worst_ranks` gave.
        rows: which to count.
        against: the same of the plain fusion, for the paired difference.

    """
    counted = worst[rows]
    has_gold = ~np.isnan(counted)
    counted = counted[has_gold]
    figures = []
    for cutoff in CUTOFFS[level]:
        hits = (counted <= cutoff).astype(float)
        gain = None if against is None else _difference((against[rows][has_gold] <= cutoff).astype(float), hits)
        figures.append(Figure(level, cutoff, len(counted), wilson(float(hits.sum()), len(hits)), gain))
    return figures


def _difference(before: Floats, after: Floats) -> Interval:
    """Paired difference; resampled where rows are few, by the normal approximation where they are thousands."""
    if len(before) <= RESAMPLED_ROWS:
        return paired_bootstrap(before.tolist(), after.tolist()).difference
    change = after - before
    mean, half = float(change.mean()), Z_95 * float(change.std(ddof=1)) / math.sqrt(len(change))
    return Interval(mean, mean - half, mean + half)


RESAMPLED_ROWS = 1_000
"""Above, 10,000 resamples take seconds and agree with the normal approximation to a tenth of a point."""


def compared(level: str, systems: Mapping[str, Floats], rows: Mask, plain: str) -> dict[str, list[Figure]]:
    """Figures of several systems on the same rows, with differences to the one called `plain`."""
    return {
        name: accuracy(level, worst, rows, None if name == plain else systems[plain]) for name, worst in systems.items()
    }
