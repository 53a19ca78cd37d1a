"""Measures of a ranking, declared as values: `Acc@5`, `MRR`, `nDCG@10`.

Relevance is binary. An empty answer scores zero in all of them; a query without gold has no score, and asking
for one is an error of the caller. Acc@k follows the papers on localization: a case counts only if *all* its gold
is in the top k.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from locant.eval.errors import EvaluationError

__all__ = ["DEFAULT_MEASURES", "Measure", "parse_measure"]

Compute = Callable[[Sequence[int], int], float]


def _all(ranks: Sequence[int], total: int) -> float:
    return float(len(ranks) == total)


def _any(ranks: Sequence[int], total: int) -> float:
    return float(bool(ranks))


def _recall(ranks: Sequence[int], total: int) -> float:
    return len(ranks) / total


def _reciprocal_rank(ranks: Sequence[int], total: int) -> float:
    return 1 / min(ranks) if ranks else 0.0


def _dcg(ranks: Iterable[int]) -> float:
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
        wanted = set(gold)
        found = [rank for rank, item in enumerate(dict.fromkeys(ranking), start=1) if item in wanted]
        return self.of_ranks(found, len(wanted))

    def of_ranks(self, ranks: Sequence[int], total: int) -> float:
        """Score by the ranks (from 1) at which gold items were found, and how many gold items there are."""
        if not total:
            raise EvaluationError(f"{self} has no value for a query without gold: leave such queries out")
        seen = [rank for rank in ranks if not self.cutoff or rank <= self.cutoff]
        if self.name == "nDCG":
            ideal = min(total, self.cutoff) if self.cutoff else total
            return _dcg(set(seen)) / _dcg(range(1, ideal + 1))
        return _COMPUTE[self.name](seen, total)


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
