"""A model's order and locant's own, made into one; and answers of several samples, made into one by their votes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from locant.types import Evidence, FileHit, FunctionHit, Hit

__all__ = ["SIGNAL", "counts_up", "fused", "reordered", "voted"]

Key = TypeVar("Key", bound=Hashable)
AnyHit = TypeVar("AnyHit", bound=FileHit | FunctionHit | Hit)

SIGNAL = "model"

MODEL_WEIGHT = 0.7
"""Of a model's rank beside locant's own.

The most with which a model that is wrong cannot push what locant is sure of out of sight: of the ten files that are
ranked, its first one stands sixth at the lowest, whatever a model says, and eighth of twenty places (with 0.8: seventh
and eleventh); and an order that a model gives to the first three is heeded. No strong model could be reached where this
was made: only the harm of a weak one was measured (docs/models-llm.md). SweRank takes a trained model's order alone.
"""

RANK_OFFSET = 5
"""Added to ranks before they are inverted: the first places count more than the others, but not beyond measure."""

SCORE_DIGITS = 6

LEAST_COUNTED = 4
"""Places: three that follow each other may well be meant."""


def fused(count: int, named: Sequence[int], weight: float = MODEL_WEIGHT) -> list[int]:
    """Places 0 to count - 1 in their new order, given those that the model named, best first.

    Those that it did not name share the mean of the ranks that are left.
    """
    of_model = {place: rank for rank, place in enumerate(named, 1)}
    last = (len(named) + 1 + count) / 2

    def worth(place: int) -> float:
        own, models = place + 1, of_model.get(place, last)
        return weight / (RANK_OFFSET + models) + (1.0 - weight) / (RANK_OFFSET + own)

    return sorted(range(count), key=lambda place: (-worth(place), place)) if named else list(range(count))


def counts_up(named: Sequence[int]) -> bool:
    """Whether an order only counts through the candidates, as models do that have nothing to say: 2, 3, 4, 5, ..."""
    steps = {after - before for before, after in pairwise(named)}
    return len(named) >= LEAST_COUNTED and (steps == {1} or steps == {-1})


def voted(answers: Iterable[Sequence[Key]]) -> list[Key]:
    """Items of several answers, by the sum of their inverted ranks; ties as first named."""
    votes: dict[Key, float] = defaultdict(float)
    for answer in answers:
        for rank, item in enumerate(dict.fromkeys(answer), 1):
            votes[item] += 1.0 / rank
    return sorted(votes, key=lambda item: -votes[item])


def reordered(hits: Sequence[AnyHit], order: Sequence[int], said: Callable[[int], str]) -> tuple[AnyHit, ...]:
    """Hits in a new order; scores are handed out anew, and what each gained or lost is an item of its evidence.

    Args:
        hits: in the old order; those that were not found before have a score of 0.
        order: old places, best first.
        said: words for what the model said of an old place; empty where it said nothing.

    """
    scores = sorted((hit.score for hit in hits if hit.score), reverse=True) or [0.0]
    moved = []
    for rank, place in enumerate(order):
        hit, score = hits[place], scores[min(rank, len(scores) - 1)]
        change, words = round(score - hit.score, SCORE_DIGITS), said(place)
        evidence = (*hit.evidence, Evidence(SIGNAL, words, change)) if words and change >= 0 else hit.evidence
        moved.append(replace(hit, score=score, evidence=evidence))
    return tuple(moved)
