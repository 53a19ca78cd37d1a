"""The last stage of localization: the best functions once more, by a model that reads their code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.retriever.neural.records import BODY_CHARACTERS, FunctionText
from locant.retriever.neural.reranker import Reranker, blended
from locant.retriever.query.records import Query
from locant.retriever.reading.text import SourceText, TextReader
from locant.types import Evidence, FunctionHit

__all__ = ["DEPTH", "ranked_again"]

DEPTH = 50
"""Functions that are ranked again: a cold model reads so many in half a second."""

WEIGHT = 0.3
"""Of the model beside the ranking so far; chosen over folds of repositories (docs/models/encoder.md)."""

SCORE_DIGITS = 6

SIGNAL = "neural"

COMMENT_LINES = 8
"""Above a definition, at most: what stands there is what its language calls a doc comment, or a decorator."""

COMMENT_MARKS = ("//", "/*", "*", "#", "--", ";", "@", '"""')


def ranked_again(
    reranker: Reranker, query: Query, reader: TextReader, snapshot: Snapshot, hits: Sequence[FunctionHit]
) -> tuple[list[int], list[FunctionHit]]:
    """Functions in their new order, the first `DEPTH` of them ranked again: their old places, and the hits.

    Scores are handed out anew in the new order; what a function gains or loses by it is an item of its evidence.
    """
    first = hits[:DEPTH]
    texts = [function_text(hit, reader, snapshot) for hit in first]
    before = np.array([hit.score for hit in first], dtype=np.float64)
    after = blended(before, reranker.score(query, texts), WEIGHT) if len(first) > 1 else before
    order = np.argsort(-after, kind="stable").tolist()
    moved = [_moved(first[place], round(float(after[place]), SCORE_DIGITS)) for place in order]
    return [*order, *range(len(first), len(hits))], [*moved, *hits[len(first) :]]


def _moved(hit: FunctionHit, score: float) -> FunctionHit:
    """A hit with its new score, and why it changed."""
    change = round(score - hit.score, SCORE_DIGITS)
    if not change:
        return hit
    said = "its code reads like the text" if change > 0 else "its code reads less like the text than others"
    return replace(hit, score=score, evidence=(*hit.evidence, Evidence(SIGNAL, said, change)))


def function_text(hit: FunctionHit, reader: TextReader, snapshot: Snapshot) -> FunctionText:
    """What the model reads of a function: its lines on disk now, and the comment above them."""
    source = reader.read(snapshot.file_number[hit.path])
    if not isinstance(source, SourceText):
        return FunctionText(hit.path, hit.qualified_name, "", "", "")
    body = source.between(hit.start_line, hit.end_line)[:BODY_CHARACTERS]
    return FunctionText(hit.path, hit.qualified_name, "", _comment_above(source.lines, hit.start_line), body)


def _comment_above(lines: Sequence[str], start: int) -> str:
    """Lines directly above a definition that look like a comment."""
    found: list[str] = []
    for line in reversed(lines[max(0, start - 1 - COMMENT_LINES) : start - 1]):
        if not line.strip().startswith(COMMENT_MARKS):
            break
        found.append(line)
    return "\n".join(reversed(found))
