"""Measures by ir-measures, which wraps trec_eval: where it is installed and has one, its figure counts.

It is asked once for all queries of a run: one call for each query would cost more than all else in a report.
Acc@k (all gold in the top k) is not among its measures and stays ours.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from locant.eval.extras import has_library, library
from locant.eval.metrics.measures import Measure

__all__ = ["scores"]

LIBRARY = "ir_measures"
THEIRS = {"nDCG": "nDCG", "MRR": "RR", "Recall": "R", "Any": "Success"}
"""Our name -> theirs."""


def scores(
    measure: Measure, rankings: Sequence[Sequence[str]], golds: Sequence[Collection[str]], *, own: bool = False
) -> list[float]:
    """One score for each ranking; a ranking that is empty scores zero.

    own: never ask the library.
    """
    library_measure = None if own else _measure_of(measure)
    if library_measure is None or not all(golds):
        return [measure.score(ranking, gold) for ranking, gold in zip(rankings, golds, strict=True)]
    theirs = library(LIBRARY, str(measure))
    qrels = [theirs.Qrel(str(i), item, 1) for i, gold in enumerate(golds) for item in set(gold)]
    run = [
        theirs.ScoredDoc(str(i), item, -float(rank))
        for i, ranking in enumerate(rankings)
        for rank, item in enumerate(dict.fromkeys(ranking))
    ]
    found = {metric.query_id: float(metric.value) for metric in theirs.iter_calc([library_measure], qrels, run)}
    return [found.get(str(i), 0.0) for i in range(len(rankings))]


@lru_cache(maxsize=64)
def _measure_of(measure: Measure) -> Any:  # noqa: ANN401 - their class has no types
    """Their measure; None if they are not installed or do not have it."""
    if measure.name not in THEIRS or not has_library(LIBRARY):
        return None
    theirs = getattr(library(LIBRARY, str(measure)), THEIRS[measure.name])
    return theirs @ measure.cutoff if measure.cutoff else theirs
