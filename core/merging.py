"""One ranking out of the answers of several repositories.

A score says which share of a question's words a place has, of those words that its repository has at all: where only
`the` of `the quantum scheduler` occurs, a place that is full of it scores as high as one that has all three elsewhere.
So each score is multiplied by the share of the whole question that its repository has. Words weigh by their rarity over
all repositories that were asked, as if these were one collection.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from locant.payloads import Searched, merge, search_json
from locant.types import Evidence, FileHit, FunctionHit, Hit, Localization, SearchResult, Vocabulary

__all__ = ["Comparable", "Found", "compared", "merged_files", "merged_hits", "shares_known"]

SCORE_DIGITS = 6

AnyHit = TypeVar("AnyHit", Hit, FileHit, FunctionHit)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Found:
    """The localization of one repository."""

    root: str
    result: Localization


@dataclass(frozen=True, slots=True)
class Comparable(Generic[Answer]):
    """An answer with what its repository has of the words."""

    answer: Answer
    vocabulary: Vocabulary


def shares_known(vocabularies: Sequence[Vocabulary]) -> list[float]:
    """For each repository, the share of the question that it has words for, 0 to 1; 1 for all where none has any."""
    files = sum(vocabulary.files for vocabulary in vocabularies)
    holders: dict[str, int] = {}
    for vocabulary in vocabularies:
        for word, count in vocabulary.holders.items():
            holders[word] = holders.get(word, 0) + count
    rarity = {word: math.log1p((files - count + 0.5) / (count + 0.5)) for word, count in holders.items() if count}
    total = sum(rarity.values())
    if total <= 0:
        return [1.0] * len(vocabularies)
    return [
        sum(rarity[word] for word, count in vocabulary.holders.items() if count) / total for vocabulary in vocabularies
    ]


def merged_hits(text: str, found: Sequence[Comparable[Searched]], share: int, limit: int) -> dict[str, Any]:
    """Hits of all repositories, best first; at most `share` of each and `limit` of all."""
    if not found:
        nothing = {"query": text, "mode": "", "hits": [], "truncated": False, "hint": ""}
        return {**nothing, "freshness": None, "repositories": []}
    cut = compared(found, share)
    return search_json(cut, *merge(cut, 0, limit))


def compared(found: Sequence[Comparable[Searched]], share: int | None = None) -> list[Searched]:
    """The answers with scores that mean the same in all of them; `share` hits of each at most, all without."""
    known = shares_known([one.vocabulary for one in found])
    return [
        Searched(one.answer.root, _comparable(one.answer.result, share, factor))
        for one, factor in zip(found, known, strict=True)
    ]


def _comparable(result: SearchResult, share: int | None, factor: float) -> SearchResult:
    hits = tuple(_scaled(hit, factor) for hit in result.hits[:share])
    return replace(result, hits=hits, truncated=result.truncated or len(result.hits) > len(hits))


def _scaled(hit: AnyHit, factor: float) -> AnyHit:
    """A hit whose score and reasons are those of the common ranking; reasons still add up to the score."""
    if factor == 1.0:
        return hit
    score = round(hit.score * factor, SCORE_DIGITS)
    detail = f"its repository has words for {factor:.0%} of the question"
    reason = Evidence("repository", detail, round(score - hit.score, SCORE_DIGITS))
    return replace(hit, score=score, evidence=(*hit.evidence, reason))


def merged_files(found: Sequence[Comparable[Found]], limit: int) -> dict[str, Any]:
    """Files and functions of all repositories, best first."""
    known = shares_known([one.vocabulary for one in found])
    files: list[tuple[str, FileHit]] = []
    functions: list[tuple[str, FunctionHit]] = []
    for one, factor in zip(found, known, strict=True):
        files += [(one.answer.root, _scaled(hit, factor)) for hit in one.answer.result.files]
        functions += [(one.answer.root, _scaled(hit, factor)) for hit in one.answer.result.functions]
    asked = [{"repository": one.answer.root, "freshness": one.answer.result.freshness} for one in found]
    return {"files": _first(files, limit), "functions": _first(functions, limit), "repositories": asked}


def _first(hits: Sequence[tuple[str, AnyHit]], limit: int) -> list[dict[str, Any]]:
    best = sorted(hits, key=lambda one: -one[1].score)[:limit]
    return [
        {"repository": name, **{field.name: getattr(hit, field.name) for field in dataclasses.fields(hit)}}
        for name, hit in best
    ]
