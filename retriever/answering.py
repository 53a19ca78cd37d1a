"""Ranked numbers -> the records of an answer, with text read from disk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.indexer.terms import terms_of
from locant.retriever.context import Context
from locant.retriever.evidence import DIGITS, purpose_evidence
from locant.retriever.filters import Filters, file_mask
from locant.retriever.fusion import file_priors
from locant.retriever.localize import Again, LocalizationScores, localize
from locant.retriever.reading.enclosing import Enclosing
from locant.retriever.reading.grep import GrepRequest, grep_files
from locant.retriever.reading.signature import signature_at
from locant.retriever.reading.snippets import best_window
from locant.retriever.reading.text import SourceText, TextReader
from locant.retriever.search import FoundFile, search_words
from locant.types import Evidence, FileHit, FunctionHit, GrepFile, Hit, LeftOut, Location, SpanHit, Symbol

if TYPE_CHECKING:
    from locant.retriever.neural.reranker import Reranker

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
        start, end = _window(context, found, symbol, source, (start, end), snippet_lines)
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
    """Lines of the chunk, or of the definition to name if that is one of several in it."""
    snapshot = context.snapshot
    start, end = int(snapshot.chunk_start[found.chunk]), int(snapshot.chunk_end[found.chunk])
    if symbol is None or found.line is not None or not start < symbol.location.start_line <= end:
        return start, end
    owner = int(snapshot.chunk_symbol[found.chunk])
    owns_all = owner >= 0 and snapshot.symbol(owner, symbol.location.path).location == symbol.location
    if owns_all or (symbol.kind in SMALL_KINDS and not _is_asked(context, symbol)):
        return start, end
    return symbol.location.start_line, min(end, symbol.location.end_line)


def _window(
    context: Context, found: FoundFile, symbol: Symbol | None, source: SourceText, span: tuple[int, int], size: int
) -> tuple[int, int]:
    """Lines to show: around the line or from the definition that was asked for, else where the words are."""
    start, end = span[0], min(span[1], len(source.lines))
    if found.line is not None and start <= found.line <= end:
        first = max(start, min(found.line - size // LINES_ABOVE, end - size + 1))
        return first, min(end, first + size - 1)
    if symbol is not None and context.query.shape == "symbol" and _is_asked(context, symbol):
        first = symbol.location.start_line
        if start <= first <= end:
            return first, min(end, first + size - 1)
    return best_window(source.lines, start, end, context.text_terms, size)


LINES_ABOVE = 3
"""A third of the lines shown stand above the one that was asked for."""


def _symbol_of(context: Context, filters: Filters, found: FoundFile, path: str) -> Symbol | None:
    """The definition to name: around the line that was asked for, or the best of those in the chunk.

    The best is named in the query as it is written, or has most of its words in the qualified name; of equal ones,
    the chunk's own, then the first.
    """
    snapshot = context.snapshot
    if found.line is not None:
        return Enclosing(snapshot, found.file).symbol(found.line)
    owner = int(snapshot.chunk_symbol[found.chunk])
    of_doc = snapshot.symbols_of_doc(int(snapshot.chunk_doc[found.chunk]))
    begin_in = snapshot.symbol_chunk[of_doc.start : of_doc.stop] == found.chunk
    inside: list[int] = (np.flatnonzero(begin_in) + of_doc.start).tolist()
    if owner >= 0 and owner not in inside:
        inside.insert(0, owner)  # the chunk is a later part of it
    if filters.kinds:
        inside = [n for n in inside if snapshot.symbol_kind(n) in filters.kinds]
    symbols = [snapshot.symbol(number, path) for number in inside]
    mentioned = {mention.text: mention.weight for mention in context.query.mentions}
    named = {
        number: (mentioned.get(symbol.name, 0.0), round(_overlap(context, symbol), 9))
        for number, symbol in zip(inside, symbols, strict=True)
    }
    best = max(inside, key=lambda n: (*named[n], n == owner, -n), default=-1)
    if best < 0 or not (any(named[best]) or best == owner or filters.kinds):
        return None
    return symbols[inside.index(best)]


def _overlap(context: Context, symbol: Symbol) -> float:
    """Rarity of the words of the query that a qualified name has; its own name counts before its owners'."""
    own, whole = set(terms_of(symbol.name)), set(terms_of(symbol.qualified_name))
    weights = {term: context.lexicon.doc_idf(term) for term in whole if term in context.text_terms}
    total = sum(weight * (1.0 if term in own else OWNER_SHARE) for term, weight in weights.items())
    return total * SMALL_SHARE if symbol.kind in SMALL_KINDS and not _is_asked(context, symbol) else total


def _is_asked(context: Context, symbol: Symbol) -> bool:
    """Whether the query has the name as it is written."""
    is_name = len(context.words) <= NAME_WORDS and symbol.name in context.words
    return is_name or any(mention.text == symbol.name for mention in context.query.mentions)


NAME_WORDS = 2
"""Words of a query that is rather a name than a question; in a longer one, `pieces` is a word like any other."""


SMALL_KINDS = frozenset({"constant", "variable", "field", "property", "type", "key", "rule", "macro", "section"})
"""One line, mostly: what a question is about is rather the function beside it, unless it names the thing."""

SMALL_SHARE = 0.5
"""Of the words of such a name, when it was not asked for."""

OWNER_SHARE = 0.5
"""`Voucher.is_expired` answers "voucher expired" better than `Voucher` does, but not "voucher" alone."""


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
"""Matching lines that are asked for per hit; with a filter by kind, some fall away."""

MAX_ALSO_LINES = 10
"""Further lines named beside the first; `grep` lists them all."""


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
        also=tuple(Location(found.path, line, line) for line in lines[1 : MAX_ALSO_LINES + 1]),
    )


def _is_of(symbol: Symbol | None, kinds: tuple[str, ...]) -> bool:
    return symbol is not None and symbol.kind in kinds


def answer_localization(
    context: Context,
    reader: TextReader,
    scores: LocalizationScores,
    files: int,
    functions: int,
    reranker: Reranker | None = None,
) -> tuple[tuple[FileHit, ...], tuple[FunctionHit, ...], tuple[SpanHit, ...]]:
    """Files, functions with their signatures, and spans; ranked once more by a model, if one is given."""
    snapshot = context.snapshot
    again = None
    if reranker is not None:
        from locant.retriever.neural.stage import DEPTH, FILES, ranked_again  # only who asks for the model loads it

        again = Again(FILES, DEPTH, partial(ranked_again, reranker, context.query, reader, snapshot))
    file_hits, function_hits, spans = localize(context, scores, files, functions, again)
    signed = []
    for hit in function_hits:
        source = reader.read(snapshot.file_number[hit.path])
        if isinstance(source, SourceText) and not source.stale:
            hit = replace(hit, signature=signature_at(source.lines, hit.start_line))
        signed.append(hit)
    return file_hits, tuple(signed), spans
