"""One ranking out of the answers of several repositories."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from locant.payloads import Searched, merge, search_json
from locant.types import Localization, SearchResult

__all__ = ["Found", "merged_files", "merged_hits"]


@dataclass(frozen=True, slots=True)
class Found:
    """The localization of one repository."""

    repository: str
    result: Localization


def merged_hits(text: str, answers: Sequence[Searched], share: int, limit: int) -> dict[str, Any]:
    """Hits of all repositories, best first; at most `share` of each and `limit` of all."""
    cut = [Searched(answer.root, _first(answer.result, share)) for answer in answers]
    if not cut:
        return {
            "query": text,
            "mode": "",
            "hits": [],
            "truncated": False,
            "hint": "",
            "freshness": None,
            "repositories": [],
        }
    return search_json(cut, *merge(cut, 0, limit))


def _first(result: SearchResult, share: int) -> SearchResult:
    return SearchResult(
        result.query,
        result.mode,
        result.hits[:share],
        result.freshness,
        result.truncated or len(result.hits) > share,
        result.hint,
    )


def merged_files(answers: Sequence[Found], limit: int) -> dict[str, Any]:
    """Files and functions of all repositories, best first."""
    lists: dict[str, list[dict[str, Any]]] = {"files": [], "functions": []}
    for answer in answers:
        for key, hits in (("files", answer.result.files), ("functions", answer.result.functions)):
            lists[key] += [{"repository": answer.repository, "hit": hit} for hit in hits]
    merged = {
        key: [_spread(one) for one in sorted(hits, key=lambda one: -one["hit"].score)[:limit]]
        for key, hits in lists.items()
    }
    fresh = [{"repository": answer.repository, "freshness": answer.result.freshness} for answer in answers]
    return {**merged, "repositories": fresh}


def _spread(one: dict[str, Any]) -> dict[str, Any]:
    hit = one["hit"]
    return {
        "repository": one["repository"],
        **{field.name: getattr(hit, field.name) for field in dataclasses.fields(hit)},
    }
