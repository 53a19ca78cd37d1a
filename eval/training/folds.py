"""Folds by repository: what a model is judged on comes from repositories that it has never seen."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from locant.numeric import Ints

__all__ = ["folds_by"]


def folds_by(owners: Ints, folds: int, seed: int = 0, weights: Ints | None = None) -> Ints:
    """Fold of each row (rows,); all rows of one owner in one fold, folds about equally heavy.

    Args:
        owners: repository of each row; names that differ in case alone are one.
        folds: how many.
        seed: breaks ties between owners of one size.
        weights: of each row, 1 when not given.

    """
    names = [str(owner).lower() for owner in owners]
    heavy: defaultdict[str, float] = defaultdict(float)
    for name, weight in zip(names, (np.ones(len(names)) if weights is None else weights).tolist(), strict=True):
        heavy[name] += weight
    shuffled = np.random.default_rng(seed).permutation(sorted(heavy)).tolist()
    loads = [0.0] * folds
    fold_of: dict[str, int] = {}
    for name in sorted(shuffled, key=lambda name: -heavy[name]):
        fold_of[name] = loads.index(min(loads))
        loads[fold_of[name]] += heavy[name]
    return np.array([fold_of[name] for name in names], dtype=np.int64)
