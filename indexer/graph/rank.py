"""Centrality and neighbourhood over a directed graph that is held as two index arrays.

Array work only: one `bincount` per step, no graph library, and the same result on every run.
"""

from __future__ import annotations

import numpy as np

from locant.numeric import Floats, Ints

__all__ = ["DAMPING", "in_degree", "pagerank", "propagate"]

DAMPING = 0.85
"""Share of the walk that follows an edge; the value of Brin and Page, and of every later tool."""

TOLERANCE = 1e-10
MAX_STEPS = 100


def pagerank(
    n: int,
    source: Ints,
    target: Ints,
    weights: Floats | None = None,
    personalisation: Floats | None = None,
    *,
    damping: float = DAMPING,
    tolerance: float = TOLERANCE,
) -> Floats:
    """Stationary distribution of the random surfer (Brin and Page 1998; personalised: Haveliwala 2002).

        p = d * (P^T p + t * dangling mass of p) + (1 - d) * t

    P is row-normalised by weight; t, the personalisation normalised to 1, is uniform when absent or all zero.
    A node without outgoing weight gives its mass to t. Sums to 1; stops when the L1 change is below the tolerance.
    """
    if n == 0:
        return np.zeros(0)
    teleport = _distribution(n, personalisation)
    weight = np.ones(len(source)) if weights is None else np.asarray(weights, dtype=np.float64)
    outgoing = np.bincount(source, weights=weight, minlength=n)
    share = weight / np.where(outgoing > 0, outgoing, 1.0)[source]
    dangling = outgoing == 0
    rank: Floats = teleport
    for _ in range(MAX_STEPS):
        followed = np.bincount(target, weights=rank[source] * share, minlength=n)
        moved: Floats = damping * (followed + rank[dangling].sum() * teleport) + (1.0 - damping) * teleport
        if float(np.abs(moved - rank).sum()) < tolerance:
            return moved
        rank = moved
    return rank


def in_degree(n: int, target: Ints) -> Ints:
    """Number of edges that end at each node."""
    return np.bincount(target, minlength=n).astype(np.int64, copy=False)


def propagate(scores: Floats, source: Ints, target: Ints, n: int) -> tuple[Floats, Floats]:
    """One step of each node's score to its neighbours: (along the edges, against them).

    Degree-normalised as in graph convolution, `D_out^-1/2 A D_in^-1/2` (Kipf and Welling 2017): neither what
    imports everything nor what everything imports drowns the rest. `forward[j]` sums what importers of j scored,
    `backward[i]` what the imports of i scored.
    """
    values = np.asarray(scores, dtype=np.float64)
    outgoing = np.bincount(source, minlength=n)
    incoming = np.bincount(target, minlength=n)
    norm = 1.0 / np.sqrt(outgoing[source] * incoming[target].astype(np.float64))
    forward = np.bincount(target, weights=values[source] * norm, minlength=n)
    backward = np.bincount(source, weights=values[target] * norm, minlength=n)
    return forward.astype(np.float64, copy=False), backward.astype(np.float64, copy=False)


def _distribution(n: int, personalisation: Floats | None) -> Floats:
    if personalisation is None:
        return np.full(n, 1.0 / n)
    values = np.asarray(personalisation, dtype=np.float64)
    total = float(values.sum())
    if total <= 0:
        return np.full(n, 1.0 / n)
    return np.asarray(values / total, dtype=np.float64)
