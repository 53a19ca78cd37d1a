"""Ranked numbers -> the records of an answer, with text read from disk."""

from __future__ import annotations

from dataclasses import replace

from locant.indexer.snapshot import Snapshot
from locant.retriever.context import Context
from locant.retriever.filters import Filters, file_mask
from locant.retriever.localize import LocalizationScores, localize
from locant.retriever.reading.grep import GrepRequest, enclosing, grep_files
from locant.retriever.reading.signature import signature_at
from locant.retriever.reading.snippets import best_window
from locant.retriever.reading.text import SourceText, TextReader
from locant.retriever.search import FoundFile, search_words
from locant.types import Evidence, FileHit, FunctionHit, GrepFile, Hit, Location, SpanHit, Symbol

__all__ = ["answer_lines", "answer_localization", "answer_words", "hint_for"]


def answer_words(
    context: Context, reader: TextReader, filters: Filters, limit: int, snippet_lines: int
) -> tuple[Hit, ...]:
    """Hits of a question or a symbol."""
    return tuple(_hit(context, reader, found, snippet_lines) for found in search_words(context, filters, limit))


def _hit(context: Context, reader: TextReader, found: FoundFile, snippet_lines: int) -> Hit:
    snapshot = context.snapshot
    path = snapshot.paths[found.file]
    start, end = int(snapshot.chunk_start[found.chunk]), int(snapshot.chunk_end[found.chunk])
    symbol = _symbol_of(context, found, path)
    if symbol is not None and symbol.location.start_line > start and symbol.kind in SMALL_KINDS:
        start, end = symbol.location.start_line, max(symbol.location.end_line, symbol.location.start_line)
    source = reader.read(found.file)
    snippet, stale = "", True
    if isinstance(source, SourceText):
        stale = source.stale
        end = min(end, len(source.lines))
        first, last = best_window(source.lines, start, end, context.text_terms, snippet_lines)
        snippet = source.between(first, last)
        if symbol is not None and not stale:
            symbol = replace(symbol, signature=signature_at(source.lines, symbol.location.start_line))
        start, end = first, last
    also = tuple(Location(path, int(snapshot.chunk_start[c]), int(snapshot.chunk_end[c])) for c in found.also)
    location = Location(path, start, end)
    return Hit(
        location,
        symbol,
        round(found.score, 6),
        found.evidence,
        snippet,
        snapshot.file_language[found.file],
        stale,
        also,
    )


SMALL_KINDS = frozenset({"constant", "variable", "field", "property", "type", "key", "rule", "macro", "section"})
"""Several of these share a chunk: the one that was asked for is shown, not the chunk's beginning."""


def _symbol_of(context: Context, found: FoundFile, path: str) -> Symbol | None:
    """The definition that a chunk belongs to, or, among several small ones, the first that the query names."""
    snapshot = context.snapshot
    owner = int(snapshot.chunk_symbol[found.chunk])
    if owner >= 0:
        return snapshot.symbol(owner, path)
    terms = context.text_terms
    doc = int(snapshot.chunk_doc[found.chunk])
    inside = [n for n in snapshot.symbols_of_doc(doc) if int(snapshot.symbol_chunk[n]) == found.chunk]
    named = [n for n in inside if snapshot.symbol_name(n).strip("_").lower() in terms]
    return snapshot.symbol(named[0], path) if named else None


def answer_lines(
    reader: TextReader, snapshot: Snapshot, request: GrepRequest, filters: Filters, limit: int, snippet_lines: int
) -> tuple[tuple[Hit, ...], bool]:
    """Hits of a literal or a regular expression: one per file, the other lines in `also`."""
    files, _, truncated = grep_files(reader, snapshot, request, file_mask(snapshot, filters), limit * LINES_PER_HIT)
    return tuple(_line_hit(reader, snapshot, file, snippet_lines) for file in files[:limit]), truncated


LINES_PER_HIT = 10


def _line_hit(reader: TextReader, snapshot: Snapshot, found: GrepFile, snippet_lines: int) -> Hit:
    number = snapshot.file_number[found.path]
    first = found.matches[0].line
    source = reader.read(number)
    assert isinstance(source, SourceText)  # it was read a moment ago, and the reader keeps what it read
    last = min(first + max(snippet_lines // 4, 1), len(source.lines))
    plural = "s" if found.total > 1 else ""
    evidence = (Evidence("match", f"{found.total} matching line{plural}", float(found.total)),)
    inside = enclosing(snapshot, number, first)
    symbol = _symbol_named(snapshot, number, inside) if inside else None
    also = tuple(Location(found.path, match.line, match.line) for match in found.matches[1:])
    snippet = source.between(first, last)
    language = snapshot.file_language[number]
    return Hit(
        Location(found.path, first, last), symbol, float(found.total), evidence, snippet, language, source.stale, also
    )


def _symbol_named(snapshot: Snapshot, file: int, qualified: str) -> Symbol | None:
    for number in snapshot.symbols_of_doc(int(snapshot.file_doc[file])):
        symbol = snapshot.symbol(number, snapshot.paths[file])
        if symbol.qualified_name == qualified:
            return symbol
    return None


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


def hint_for(context: Context, found: int) -> str:
    """What to try when nothing, or hardly anything, matched."""
    if context.query.is_blank:
        return "the text is empty; describe what you look for in a few words, or give the name of a symbol"
    known = [term for term in context.text_terms if len(context.lexicon.doc_postings(term)[0])]
    missing = [word for word in context.words if word.lower() not in known][:HINT_WORDS]
    if not found and not known:
        return f"no indexed file has any of these words ({', '.join(missing)}); try other words, or `locant grep` with a part of one"
    if not found:
        return "nothing matched with these filters; try fewer of them, or other words"
    if len(missing) > len(known):
        return f"not in the index: {', '.join(missing)}; results rest on the other words alone"
    return ""


HINT_WORDS = 5
