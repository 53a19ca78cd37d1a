"""Issue -> files -> functions -> lines, without a model: signals, fusion, priors, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.retriever.context import Context, Floats
from locant.retriever.evidence import file_evidence, function_evidence
from locant.retriever.filters import Filters, file_mask
from locant.retriever.fusion import FILE_WEIGHTS, FUNCTION_WEIGHTS, Ranker, WeightedSum, file_priors
from locant.retriever.order import best_first
from locant.retriever.signals.files import FILE_SIGNALS, file_signals
from locant.retriever.signals.functions import FUNCTION_SIGNALS, function_signals
from locant.types import FileHit, FunctionHit, SpanHit

__all__ = ["LocalizationScores", "Rankers", "localize", "score"]


@dataclass(frozen=True, slots=True)
class Rankers:
    """The two stages; a learned model replaces either."""

    files: Ranker
    functions: Ranker

    @classmethod
    def default(cls) -> Rankers:
        """Weighted sums with the shipped constants."""
        return cls(WeightedSum(FILE_WEIGHTS), WeightedSum(FUNCTION_WEIGHTS))


@dataclass(frozen=True, slots=True)
class LocalizationScores:
    """Signals and fused scores of all files (files,) and definitions (symbols,)."""

    file_signals: Mapping[str, Floats]
    files: Floats
    function_signals: Mapping[str, Floats]
    functions: Floats


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
    snapshot = context.snapshot
    by_file = file_signals(context, [name for name in FILE_SIGNALS if name not in without])
    files = rankers.files.score(by_file) * _priors(context, by_file)
    if filters is not None:
        files = np.where(file_mask(snapshot, filters), files, 0.0)
    by_function = function_signals(context, files, [name for name in FUNCTION_SIGNALS if name not in without])
    functions = rankers.functions.score(by_function) * (by_function["file"] > 0)
    return LocalizationScores(by_file, files, by_function, functions)


def _priors(context: Context, signals: Mapping[str, Floats]) -> Floats:
    """What files are for, unless the text names the file itself: then it is meant, whatever it is for."""
    priors = file_priors(context.snapshot)
    named = signals.get("named_path")
    if named is None:
        return priors
    return np.where(context.names_exactly(), np.maximum(priors, NAMED_PRIOR), priors)


NAMED_PRIOR = 0.8  # of a test or document that the text names by its path


def localize(
    context: Context, scores: LocalizationScores, files: int, functions: int
) -> tuple[tuple[FileHit, ...], tuple[FunctionHit, ...], tuple[SpanHit, ...]]:
    """The best files, functions and spans, each best first, ties by path and line."""
    snapshot = context.snapshot
    top_files = best_first(scores.files, files, snapshot.paths)
    file_hits = tuple(
        FileHit(snapshot.paths[i], float(scores.files[i]), file_evidence(context, scores.file_signals, i))
        for i in top_files
    )
    top_functions = _best_functions(snapshot, scores.functions, functions)
    function_hits = tuple(_function_hit(context, scores, number) for number in top_functions)
    return file_hits, function_hits, _spans(context, top_functions[:SPANS])


SPANS = 10
"""Functions whose likeliest lines are named; an agent reads no more at once."""


def _best_functions(snapshot: Snapshot, scores: Floats, limit: int) -> list[int]:
    """Best definitions; ties, which are common among overloads, by path and line."""
    rounded = np.round(scores, 9)
    positive = np.flatnonzero(rounded > 0)
    if len(positive) > limit:
        edge = np.partition(rounded[positive], len(positive) - limit)[len(positive) - limit]
        positive = positive[rounded[positive] >= edge]
    kept: list[int] = positive.tolist()
    symbols = {i: snapshot.symbol(i).location for i in kept}
    kept.sort(key=lambda i: (-rounded[i], symbols[i].path, symbols[i].start_line, -symbols[i].end_line))
    return kept[:limit]


def _function_hit(context: Context, scores: LocalizationScores, number: int) -> FunctionHit:
    symbol = context.snapshot.symbol(number)
    return FunctionHit(
        path=symbol.location.path,
        qualified_name=symbol.qualified_name,
        kind=symbol.kind,
        start_line=symbol.location.start_line,
        end_line=symbol.location.end_line,
        score=float(scores.functions[number]),
        evidence=function_evidence(context, scores.function_signals, number),
    )


def _spans(context: Context, functions: list[int]) -> tuple[SpanHit, ...]:
    """Lines that a stack frame names first, then the chunk of each of the best functions that matches most."""
    snapshot = context.snapshot
    spans: list[SpanHit] = []
    for path, line in context.query.path_lines:
        for file in context.files_ending(path)[:1]:
            if 1 <= line <= int(snapshot.file_lines[file]):
                spans.append(SpanHit(snapshot.paths[file], line, line, "the text names this line"))
    for number in functions:
        chunks = context.chunks_of_symbol(number)
        best = max(chunks, key=lambda chunk: (float(context.chunk_text[chunk]), -chunk))
        path = snapshot.symbol(number).location.path
        span = SpanHit(
            path, int(snapshot.chunk_start[best]), int(snapshot.chunk_end[best]), "its words match the text best"
        )
        spans.append(span)
    return tuple(dict.fromkeys(spans))
