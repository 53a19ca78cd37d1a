"""What the answers of an index are as JSON objects, before they are put into an envelope: one shape for all surfaces.

`locant --json` and the server print these; docs/json.md describes them. Values are records; `jsontext.to_json` turns
them into JSON.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from locant.types import (
    Brief,
    Freshness,
    GrepResult,
    Hit,
    Localization,
    Pack,
    Related,
    RepoMap,
    SearchResult,
    SummaryTree,
    Symbol,
    Usage,
    View,
    Vocabulary,
)

__all__ = [
    "FoundHit",
    "Searched",
    "Window",
    "brief_json",
    "definitions_json",
    "find_json",
    "grep_json",
    "localization_json",
    "map_json",
    "merge",
    "outline_json",
    "pack_json",
    "references_json",
    "related_json",
    "search_json",
    "summaries_json",
    "view_json",
    "vocabulary_json",
    "window",
    "with_freshness",
]

Item = TypeVar("Item")

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Window(Generic[Item]):
    """Items to show; `more` when some follow."""

    items: tuple[Item, ...]
    more: bool


def window(found: Sequence[Item], offset: int, limit: int) -> Window[Item]:
    """The part to show of what was asked with one item more than needed, which tells whether any follow."""
    return Window(tuple(found[offset : offset + limit]), len(found) > offset + limit)


# -- search ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Searched:
    """The answer of one repository: its root, or the name that it is served under."""

    root: Path | str
    result: SearchResult


@dataclass(frozen=True, slots=True)
class FoundHit:
    """A hit and the repository it is in."""

    root: Path | str
    hit: Hit


def merge(answers: Sequence[Searched], offset: int, limit: int) -> tuple[list[FoundHit], bool]:
    """The window of the hits of all repositories by score, and whether more follow."""
    found = [FoundHit(answer.root, hit) for answer in answers for hit in answer.result.hits]
    if len(answers) > 1:
        found.sort(key=lambda item: -item.hit.score)
    cut = any(answer.result.truncated for answer in answers)
    return found[offset : offset + limit], cut or len(found) > offset + limit


def search_json(answers: Sequence[Searched], shown: Sequence[FoundHit], more: bool) -> Payload:
    """The answer of `search`, the same shape for one repository and for many."""
    first = answers[0].result
    return {
        "query": first.query,
        "mode": first.mode,
        "hits": [_hit_json(item) for item in shown],
        "truncated": more,
        "hint": next((answer.result.hint for answer in answers if answer.result.hint), ""),
        "freshness": first.freshness if len(answers) == 1 else None,
        "repositories": [
            {"repository": answer.root, "freshness": answer.result.freshness, "model": answer.result.model}
            for answer in answers
        ],
    }


def _hit_json(item: FoundHit) -> Payload:
    hit = item.hit
    return {
        "repository": item.root,
        "location": hit.location,
        "symbol": hit.symbol,
        "language": hit.language,
        "score": hit.score,
        "evidence": hit.evidence,
        "snippet": hit.snippet,
        "stale": hit.stale,
        "also": hit.also,
    }


# -- the other methods -----------------------------------------------------------------------------------------------


def localization_json(answer: Localization) -> Payload:
    """The answer of `localize`: its lists stand at the top of the object."""
    return {
        "files": answer.files,
        "functions": answer.functions,
        "spans": answer.spans,
        "hint": answer.hint,
        "freshness": answer.freshness,
        "model": answer.model,
    }


def brief_json(answer: Brief) -> Payload:
    """The answer of `brief`."""
    return {
        "text": answer.text,
        "tokens": answer.tokens,
        "max_tokens": answer.max_tokens,
        "places": answer.places,
        "map_files": answer.map_files,
        "left_out": answer.left_out,
        "hint": answer.hint,
        "freshness": answer.freshness,
    }


def summaries_json(answer: SummaryTree) -> Payload:
    """The answer of `summarize`."""
    return {
        "path": answer.path,
        "summaries": answer.summaries,
        "freshness": answer.freshness,
        "model": answer.model,
    }


def pack_json(answer: Pack, output: Path | None = None) -> Payload:
    """A pack; without its text where that was written to a file."""
    return {
        "text": "" if output is not None else answer.text,
        "tokens": answer.tokens,
        "max_tokens": answer.max_tokens,
        "files": answer.files,
        "named": list(answer.named),
        "output": output,
        "hint": answer.hint,
        "freshness": answer.freshness,
    }


def map_json(answer: RepoMap, svg: Path | None = None) -> Payload:
    """The answer of `map`; `svg` is the file that a picture was written to."""
    return {
        "text": answer.text,
        "tokens": answer.tokens,
        "max_tokens": answer.max_tokens,
        "files": answer.files,
        "total_files": answer.total_files,
        "svg": svg,
        "freshness": answer.freshness,
    }


def view_json(answer: View) -> Payload:
    """The answer of `view`."""
    return {"view": answer}


def outline_json(path: str, symbols: Sequence[Symbol], told: str = "") -> Payload:
    """The answer of `outline`; the path is that of the index when there is anything in the file.

    `told` is what the file is, where that was asked for.
    """
    return {"path": symbols[0].location.path if symbols else path, "summary": told, "symbols": symbols}


def find_json(pattern: str, paths: Window[str]) -> Payload:
    """The answer of `find`."""
    return {"pattern": pattern, "paths": paths.items, "truncated": paths.more}


def grep_json(answer: GrepResult) -> Payload:
    """The answer of `grep`."""
    return {field.name: getattr(answer, field.name) for field in dataclasses.fields(answer)}


def definitions_json(name: str, found: Window[Symbol]) -> Payload:
    """The answer of `definitions`."""
    return {"name": name, "definitions": found.items, "truncated": found.more}


def references_json(name: str, found: Window[Usage]) -> Payload:
    """The answer of `references`."""
    return {"name": name, "references": found.items, "truncated": found.more}


def related_json(target: str, found: Sequence[Related]) -> Payload:
    """The answer of `related`."""
    return {"target": target, "related": found}


def vocabulary_json(answer: Vocabulary) -> Payload:
    """The answer of `vocabulary`, which is asked of servers only."""
    return {"files": answer.files, "holders": answer.holders}


def with_freshness(payload: Mapping[str, Any], freshness: Freshness) -> Payload:
    """An answer that does not say by itself how fresh it is."""
    return {**payload, "freshness": freshness}
