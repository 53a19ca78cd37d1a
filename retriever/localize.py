"""Issue -> files -> functions -> lines: signals, plain fusion, learned ranking of the best candidates, evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.retriever.context import Context, Floats
from locant.retriever.filters import Filters
from locant.retriever.first_stage import FirstStage, first_stage, tables_of
from locant.retriever.fusion import FILE_WEIGHTS, FUNCTION_WEIGHTS, Ranker, WeightedSum
from locant.retriever.learning.rankers import LearnedRankers, Ranked, purpose_handicaps, shipped_rankers
from locant.retriever.learning.reasons import files_because, functions_because
from locant.retriever.order import DIGITS, best_first
from locant.types import Evidence, FileHit, FunctionHit, RankerName, SpanHit, Symbol

__all__ = ["Again", "LocalizationScores", "Rankers", "localize", "score"]


@dataclass(frozen=True, slots=True)
class Rankers:
    """The stages: the plain fusion of both levels, and the learned rankers of its best candidates, or None."""

    files: Ranker
    functions: Ranker
    learned: LearnedRankers | None = None

    @classmethod
    def default(cls) -> Rankers:
        """Weighted sums with the shipped constants, alone."""
        return cls(WeightedSum(FILE_WEIGHTS), WeightedSum(FUNCTION_WEIGHTS))

    @classmethod
    def named(cls, name: RankerName) -> Rankers:
        """`fusion`: the weighted sums alone; `learned`: the shipped models on top, where they are installed.

        Raises:
            ModelError: the models are damaged.

        """
        plain = cls.default()
        return replace(plain, learned=shipped_rankers()) if name == "learned" else plain


@dataclass(frozen=True, slots=True)
class LocalizationScores:
    """Scores of all files (files,) and definitions (symbols,), and what they are made of.

    stage: signals and plain fusion. file_factor, function_factor: what plain scores were multiplied by, which puts
    them below those of the candidates of a learned ranker. ranked_files, ranked_functions: these candidates, or None.
    """

    stage: FirstStage
    files: Floats
    functions: Floats
    file_factor: float = 1.0
    function_factor: float = 1.0
    ranked_files: Ranked | None = None
    ranked_functions: Ranked | None = None


def score(
    context: Context, rankers: Rankers, filters: Filters | None = None, without: frozenset[str] = frozenset()
) -> LocalizationScores:
    """Score every file and definition.

    Args:
        context: the query.
        rankers: how signals become scores.
        filters: what may be answered at all; the rest scores 0.
        without: signals to switch off, by name, for ablation.

    """
    learned = rankers.learned
    every = learned is not None
    stage = first_stage(context, rankers.files, rankers.functions, filters, without, every_signal=every)
    if learned is None:
        return LocalizationScores(stage, stage.files, stage.functions)
    handicaps = purpose_handicaps(context.snapshot, stage.priors)
    of_files, of_functions = learned.rank(tables_of(context, stage, filters), handicaps, context.snapshot)
    files, file_factor = of_files.above(stage.files)
    functions, function_factor = of_functions.above(stage.functions)
    return LocalizationScores(stage, files, functions, file_factor, function_factor, of_files, of_functions)


@dataclass(frozen=True, slots=True)
class Again:
    """A last stage that ranks hits once more.

    files, functions: so many it is given at least. rank: hits -> files with new scores, best first; old places of the
    functions in their new order; functions with new scores in that order.
    """

    files: int
    functions: int
    rank: Callable[
        [Sequence[FileHit], Sequence[FunctionHit]], tuple[Sequence[FileHit], Sequence[int], Sequence[FunctionHit]]
    ]


def localize(
    context: Context, scores: LocalizationScores, files: int, functions: int, again: Again | None = None
) -> tuple[tuple[FileHit, ...], tuple[FunctionHit, ...], tuple[SpanHit, ...]]:
    """The best files, functions and spans, each best first, ties by path and line.

    Args:
        context: the query.
        scores: of all files and definitions.
        files: files at most.
        functions: functions at most.
        again: a last stage that ranks both once more.

    """
    snapshot = context.snapshot
    top_files = best_first(scores.files, max(files, again.files if again else 0), snapshot.paths)
    because = files_because(context, scores.stage, scores.ranked_files, scores.file_factor, top_files)
    file_hits: Sequence[FileHit] = tuple(
        FileHit(snapshot.paths[i], round(float(scores.files[i]), SCORE_DIGITS), evidence)
        for i, evidence in zip(top_files, because, strict=True)
    )
    path_of = _PathOf(snapshot, scores.files)
    top_functions = _best_functions(path_of, scores.functions, max(functions, again.functions if again else 0))
    because = functions_because(context, scores.stage, scores.ranked_functions, scores.function_factor, top_functions)
    function_hits: Sequence[FunctionHit] = tuple(
        _function_hit(path_of.symbol(number), float(scores.functions[number]), evidence)
        for number, evidence in zip(top_functions, because, strict=True)
    )
    if again is not None:
        file_hits, order, function_hits = again.rank(file_hits, function_hits)
        top_functions = [top_functions[place] for place in order]
    spans = _spans(context, scores, path_of, top_functions[: min(SPANS, functions)])
    return tuple(file_hits[:files]), tuple(function_hits[:functions]), spans


SCORE_DIGITS = 6


class _PathOf:
    """Path under which a definition is answered: of several files with one content, the best that may be answered."""

    def __init__(self, snapshot: Snapshot, file_scores: Floats) -> None:
        self._snapshot = snapshot
        worst_first = np.lexsort((np.arange(len(file_scores)), -np.round(file_scores, DIGITS)))[::-1]
        self._best = np.zeros(len(snapshot.doc_live), dtype=np.int64)
        self._best[snapshot.file_doc[worst_first]] = worst_first  # the last one written stays

    def symbol(self, number: int) -> Symbol:
        """The record of a definition, under that path."""
        file = int(self._best[int(self._snapshot.symbol_doc[number])])
        return self._snapshot.symbol(number, self._snapshot.paths[file])


SPANS = 10
"""Functions whose likeliest lines are named; an agent reads no more at once."""


def _best_functions(path_of: _PathOf, scores: Floats, limit: int) -> list[int]:
    """Best definitions; ties, which are common among overloads, by path and line."""
    rounded = np.round(scores, DIGITS)
    positive = np.flatnonzero(rounded > 0)
    if len(positive) > limit:
        edge = np.partition(rounded[positive], len(positive) - limit)[len(positive) - limit]
        positive = positive[rounded[positive] >= edge]
    kept: list[int] = positive.tolist()
    symbols = {i: path_of.symbol(i).location for i in kept}
    kept.sort(key=lambda i: (-rounded[i], symbols[i].path, symbols[i].start_line, -symbols[i].end_line))
    return kept[:limit]


def _function_hit(symbol: Symbol, score: float, evidence: tuple[Evidence, ...]) -> FunctionHit:
    return FunctionHit(
        path=symbol.location.path,
        qualified_name=symbol.qualified_name,
        kind=symbol.kind,
        start_line=symbol.location.start_line,
        end_line=symbol.location.end_line,
        score=round(score, SCORE_DIGITS),
        evidence=evidence,
    )


def _spans(context: Context, scores: LocalizationScores, path_of: _PathOf, functions: list[int]) -> tuple[SpanHit, ...]:
    """Lines that the text names first, then the chunk of each of the best functions that matches most."""
    snapshot = context.snapshot
    spans = [
        SpanHit(snapshot.paths[file], line, line, "the text names this line")
        for path, line in context.query.path_lines
        if (file := _file_meant(context, scores.files, path)) is not None
        and 1 <= line <= int(snapshot.file_lines[file])
    ]
    for number in functions:
        chunks = context.chunks_of_symbol(number)
        best = max(chunks, key=lambda chunk: (float(context.chunk_text[chunk]), -chunk))
        start, end = int(snapshot.chunk_start[best]), int(snapshot.chunk_end[best])
        spans.append(SpanHit(path_of.symbol(number).location.path, start, end, "its words match the text best"))
    return tuple(dict.fromkeys(spans))


def _file_meant(context: Context, scores: Floats, path: str) -> int | None:
    """The likeliest file that may be answered among those that a path with a line can mean."""
    found = [file for file in context.files_named(path) if scores[file] > 0]
    return max(found, key=lambda file: (scores[file], context.snapshot.paths[file]), default=None)
