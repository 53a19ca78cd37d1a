"""Measures of a ranking, declared as values: `Acc@5`, `MRR`, `nDCG@10`.

Relevance is binary. An empty answer scores zero in all of them; a query without gold has no score, and asking
for one is an error of the caller. Acc@k follows the papers on localization: a case counts only if *all* its gold
is in the top k.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from locant.eval.errors import EvaluationError

__all__ = ["DEFAULT_MEASURES", "Measure", "parse_measure"]

Compute = Callable[[Sequence[str], Collection[str]], float]


def _all(top: Sequence[str], gold: Collection[str]) -> float:
    return float(set(gold) <= set(top))


def _any(top: Sequence[str], gold: Collection[str]) -> float:
    return float(not set(gold).isdisjoint(top))


def _recall(top: Sequence[str], gold: Collection[str]) -> float:
    return len(set(gold) & set(top)) / len(gold)


def _reciprocal_rank(top: Sequence[str], gold: Collection[str]) -> float:
    return next((1 / rank for rank, item in enumerate(top, start=1) if item in gold), 0.0)


def _dcg(ranks: Sequence[int]) -> float:
    return sum(1 / math.log2(rank + 1) for rank in ranks)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure and its cutoff (0: the whole ranking); equal when both are."""

    name: str
    cutoff: int = 0

    def __str__(self) -> str:
        return f"{self.name}@{self.cutoff}" if self.cutoff else self.name

    @property
    def is_proportion(self) -> bool:
        """Whether each case scores 0 or 1, so that a Wilson interval applies."""
        return self.name in ("Acc", "Any")

    def score(self, ranking: Sequence[str], gold: Collection[str]) -> float:
        """Score of one ranking, 0 to 1. Repeated items count at their first rank only."""
        if not gold:
            raise EvaluationError(f"{self} has no value for a query without gold: leave such queries out")
        distinct = list(dict.fromkeys(ranking))
        top = distinct[: self.cutoff] if self.cutoff else distinct
        if self.name == "nDCG":
            return _ndcg(top, gold, self.cutoff)
        return _COMPUTE[self.name](top, gold)


def _ndcg(top: Sequence[str], gold: Collection[str], cutoff: int) -> float:
    wanted = set(gold)
    ideal = min(len(wanted), cutoff) if cutoff else len(wanted)
    found = [rank for rank, item in enumerate(top, start=1) if item in wanted]
    return _dcg(found) / _dcg(range(1, ideal + 1))


_COMPUTE: dict[str, Compute] = {"Acc": _all, "Any": _any, "Recall": _recall, "MRR": _reciprocal_rank}
_NAMES = {name.lower(): name for name in (*_COMPUTE, "nDCG")}

DEFAULT_MEASURES = (
    *(Measure("Acc", k) for k in (1, 3, 5, 10, 20)),
    Measure("Any", 5),
    Measure("Recall", 10),
    Measure("MRR"),
    Measure("nDCG", 10),
)


def parse_measure(text: str) -> Measure:
    """`acc@5` -> `Measure("Acc", 5)`; names in any case."""
    name, at, cutoff = text.strip().partition("@")
    if name.lower() not in _NAMES or (at and not (cutoff.isdigit() and int(cutoff) > 0)):
        raise EvaluationError(f"no measure {text!r}: use one of {', '.join(_NAMES.values())}, with @k for a cutoff")
    return Measure(_NAMES[name.lower()], int(cutoff) if at else 0)
