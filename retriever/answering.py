"""Ranked numbers -> the records of an answer, with text read from disk."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.retriever.context import Context
from locant.retriever.evidence import DIGITS, purpose_evidence
from locant.retriever.filters import Filters, file_mask
from locant.retriever.fusion import file_priors
from locant.retriever.localize import LocalizationScores, localize
from locant.retriever.reading.enclosing import Enclosing
from locant.retriever.reading.grep import GrepRequest, grep_files
from locant.retriever.reading.signature import signature_at
from locant.retriever.reading.snippets import best_window
from locant.retriever.reading.text import SourceText, TextReader
from locant.retriever.search import FoundFile, search_words
from locant.types import Evidence, FileHit, FunctionHit, GrepFile, Hit, LeftOut, Location, SpanHit, Symbol

__all__ = ["LineAnswer", "answer_lines", "answer_localization", "answer_words"]

SCORE_DIGITS = 6


def answer_words(
    context: Context, reader: TextReader, filters: Filters, limit: int, snippet_lines: int
) -> tuple[tuple[Hit, ...], bool]:
    """Hits of a question or a symbol, and whether more matched."""
    found, truncated = search_words(context, filters, limit)
    return tuple(_hit(context, reader, filters, file, snippet_lines) for file in found), truncated


def _hit(context: Context, reader: TextReader, filters: Filters, found: FoundFile, snippet_lines: int) -> Hit:
    snapshot = context.snapshot
    path = snapshot.paths[found.file]
    symbol = _symbol_of(context, filters, found, path)
    start, end = _span(context, found, symbol)
    source = reader.read(found.file)
    snippet, stale = "", True
    if isinstance(source, SourceText):
        stale = source.stale
        start, end = _window(context, found, source, start, end, snippet_lines)
        snippet = source.between(start, end)
        if symbol is not None and not stale:
            symbol = replace(symbol, signature=signature_at(source.lines, symbol.location.start_line))
    also = tuple(Location(path, int(snapshot.chunk_start[c]), int(snapshot.chunk_end[c])) for c in found.also)
    return Hit(
        location=Location(path, start, end),
        symbol=symbol,
        score=round(found.score, SCORE_DIGITS),
        evidence=found.evidence,
        snippet=snippet,
        language=snapshot.file_language[found.file],
        stale=stale,
        also=also,
    )


def _span(context: Context, found: FoundFile, symbol: Symbol | None) -> tuple[int, int]:
    """Lines of the chunk, or of the definition if that is one of several in it."""
    snapshot = context.snapshot
    start, end = int(snapshot.chunk_start[found.chunk]), int(snapshot.chunk_end[found.chunk])
    if found.line is None and symbol is not None and symbol.kind in SMALL_KINDS and symbol.location.start_line > start:
        return symbol.location.start_line, symbol.location.end_line
    return start, end


SMALL_KINDS = frozenset({"constant", "variable", "field", "property", "type", "key", "rule", "macro", "section"})
"""Several of these share a chunk: the one that was asked for is shown, not the chunk's beginning."""


def _window(
    context: Context, found: FoundFile, source: SourceText, start: int, end: int, size: int
) -> tuple[int, int]:
    """Lines to show: around the line that was asked for, or where the words are."""
    end = min(end, len(source.lines))
    if found.line is None or not start <= found.line <= end:
        return best_window(source.lines, start, end, context.text_terms, size)
    first = max(start, min(found.line - size // LINES_ABOVE, end - size + 1))
    return first, min(end, first + size - 1)


LINES_ABOVE = 3
"""A third of the lines shown stand above the one that was asked for."""


def _symbol_of(context: Context, filters: Filters, found: FoundFile, path: str) -> Symbol | None:
    """The definition that a chunk belongs to, or, among several small ones, the one that the query names."""
    snapshot = context.snapshot
    if found.line is not None:
        return Enclosing(snapshot, found.file).symbol(found.line)
    owner = int(snapshot.chunk_symbol[found.chunk])
    inside = snapshot.symbols_of_doc(int(snapshot.chunk_doc[found.chunk]))
    inside = [n for n in inside if n != owner and int(snapshot.symbol_chunk[n]) == found.chunk]
    if filters.kinds:
        inside = [n for n in inside if snapshot.symbol_kind(n) in filters.kinds]
        owner = owner if owner >= 0 and snapshot.symbol_kind(owner) in filters.kinds else -1
    named = [n for n in inside if _names(context, snapshot.symbol_name(n))]
    if owner >= 0:
        exact = [n for n in named if snapshot.symbol_name(n) in _asked(context)]
        return snapshot.symbol(exact[0] if exact and not _names(context, snapshot.symbol_name(owner)) else owner, path)
    chosen = named or (inside if filters.kinds else [])
    return snapshot.symbol(chosen[0], path) if chosen else None


def _names(context: Context, name: str) -> bool:
    return name.strip("_").lower() in context.text_terms


def _asked(context: Context) -> set[str]:
    """Identifiers of the query; a method whose class shares its chunk is the answer when it was asked for by name."""
    return {mention.text for mention in context.query.mentions}


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """Hits of a literal or a regular expression; `is_slow` when the pattern was stopped in some files."""

    hits: tuple[Hit, ...]
    truncated: bool
    is_slow: bool


def answer_lines(
    reader: TextReader, snapshot: Snapshot, request: GrepRequest, filters: Filters, limit: int, snippet_lines: int
) -> LineAnswer:
    """Hits of a literal or a regular expression: one per file, the other lines in `also`."""
    allowed = file_mask(snapshot, filters)
    if filters.kinds:
        docs = np.zeros(len(snapshot.doc_live), dtype=np.bool_)
        docs[snapshot.symbol_doc[snapshot.symbols_of_kind(filters.kinds)]] = True
        allowed &= docs[snapshot.file_doc]
    found = grep_files(reader, snapshot, request, allowed, limit * LINES_PER_HIT)
    hits: list[Hit] = []
    for file, score in zip(found.files, found.scores, strict=True):
        hit = _line_hit(reader, snapshot, filters, file, score, snippet_lines)
        if hit is not None:
            hits.append(hit)
    return LineAnswer(tuple(hits[:limit]), found.truncated or len(hits) > limit, found.is_slow)


LINES_PER_HIT = 20


def _line_hit(
    reader: TextReader, snapshot: Snapshot, filters: Filters, found: GrepFile, score: float, snippet_lines: int
) -> Hit | None:
    """The first matching line (inside a definition of a wanted kind), or None."""
    number = snapshot.file_number[found.path]
    source = reader.read(number)
    if isinstance(source, LeftOut):  # it vanished since it was searched
        return None
    around = Enclosing(snapshot, number)
    symbols = {match.line: around.symbol(match.line) for match in found.matches}
    lines = [line for line, symbol in symbols.items() if not filters.kinds or _is_of(symbol, filters.kinds)]
    if not lines:
        return None
    first = lines[0]
    last = min(first + max(snippet_lines // 4, 1), len(source.lines))
    symbol = symbols[first]
    if symbol is not None and not source.stale:
        symbol = replace(symbol, signature=signature_at(source.lines, symbol.location.start_line))
    prior = float(file_priors(snapshot)[number])
    share = score / prior if prior else 0.0
    detail = f"{found.total} matching line{'s' if found.total > 1 else ''}"
    return Hit(
        location=Location(found.path, first, last),
        symbol=symbol,
        score=round(score, SCORE_DIGITS),
        evidence=(Evidence("match", detail, round(share, DIGITS)), *purpose_evidence(snapshot, number, prior, share)),
        snippet=source.between(first, last),
        language=snapshot.file_language[number],
        stale=source.stale,
        also=tuple(Location(found.path, line, line) for line in lines[1:]),
    )


def _is_of(symbol: Symbol | None, kinds: tuple[str, ...]) -> bool:
    return symbol is not None and symbol.kind in kinds


def answer_localization(
    context: Context, reader: TextReader, scores: LocalizationScores, files: int, functions: int
) -> tuple[tuple[FileHit, ...], tuple[FunctionHit, ...], tuple[SpanHit, ...]]:
    """Files, functions with their signatures, and spans."""
    snapshot = context.snapshot
    file_hits, function_hits, spans = localize(context, scores, files, functions)
    signed = []
    for hit in function_hits:
        source = reader.read(snapshot.file_number[hit.path])
        if isinstance(source, SourceText) and not source.stale:
            hit = replace(hit, signature=signature_at(source.lines, hit.start_line))
        signed.append(hit)
    return file_hits, tuple(signed), spans
