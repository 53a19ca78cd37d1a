"""The last stage of localization: the best functions once more, by a model that reads their code, then their files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.numeric import Floats
from locant.retriever.neural.records import BODY_CHARACTERS, FunctionText
from locant.retriever.neural.reranker import Reranker, blended, standard
from locant.retriever.query.records import Query
from locant.retriever.reading.text import SourceText, TextReader
from locant.types import Evidence, FileHit, FunctionHit

__all__ = ["DEPTH", "FILES", "ranked_again"]

DEPTH = 50
"""Functions that are ranked again: a cold model reads so many in half a second."""

WEIGHT = 0.4
"""Of the model beside the ranking so far, for functions and for files; what is likeliest over folds of repositories,
over three first stages (docs/models/encoder.md)."""

FILES = 30
"""Files that are ranked again; few others have one of the best functions."""

SCORE_DIGITS = 6

SIGNAL = "neural"

FUNCTION_WORDS = ("its code reads like the text", "its code reads less like the text than others")
FILE_WORDS = ("its best function reads like the text", "its best function reads less like the text than others")
"""Said of what gained, and of what lost."""

COMMENT_LINES = 8
"""Above a definition, at most: what stands there is what its language calls a doc comment, or a decorator."""

COMMENT_MARKS = ("//", "/*", "*", "#", "--", ";", "@", '"""')


def ranked_again(
    reranker: Reranker,
    query: Query,
    reader: TextReader,
    snapshot: Snapshot,
    files: Sequence[FileHit],
    functions: Sequence[FunctionHit],
) -> tuple[list[FileHit], list[int], list[FunctionHit]]:
    """Files in their new order, the old places of functions in theirs, and the functions.

    Of functions the first `DEPTH` are ranked again, of files the first `FILES`. Scores are handed out anew in the new
    order; what a hit gains or loses by it is an item of its evidence.
    """
    first = functions[:DEPTH]
    values = standard(reranker.score(query, [function_text(hit, reader, snapshot) for hit in first]))
    order, moved = _reordered(first, values, WEIGHT, FUNCTION_WORDS)
    of_files = _best_of_files([hit.path for hit in files[:FILES]], [hit.path for hit in first], values)
    _, moved_files = _reordered(files[:FILES], of_files, WEIGHT, FILE_WORDS)
    return (
        [*moved_files, *files[FILES:]],
        [*order, *range(len(first), len(functions))],
        [*moved, *functions[len(first) :]],
    )


def _best_of_files(paths: Sequence[str], functions: Sequence[str], values: Floats) -> Floats:
    """What the model says of files: the value of their best function, the least of all where none was read."""
    best: dict[str, float] = {}
    for path, value in zip(functions, values.tolist(), strict=True):
        best[path] = max(value, best.get(path, value))
    least = min(best.values(), default=0.0)
    return np.array([best.get(path, least) for path in paths], dtype=np.float64)


AnyHit = TypeVar("AnyHit", FileHit, FunctionHit)


def _reordered(
    hits: Sequence[AnyHit], values: Floats, weight: float, words: tuple[str, str]
) -> tuple[list[int], list[AnyHit]]:
    """Old places in the new order, and the hits with their new scores."""
    before = np.array([hit.score for hit in hits], dtype=np.float64)
    after = blended(before, values, weight) if len(hits) > 1 else before
    order: list[int] = np.argsort(-after, kind="stable").tolist()
    return order, [_moved(hits[place], round(float(after[place]), SCORE_DIGITS), words) for place in order]


def _moved(hit: AnyHit, score: float, words: tuple[str, str]) -> AnyHit:
    """A hit with its new score, and why it changed."""
    change = round(score - hit.score, SCORE_DIGITS)
    if not change:
        return hit
    return replace(hit, score=score, evidence=(*hit.evidence, Evidence(SIGNAL, words[change < 0], change)))


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
