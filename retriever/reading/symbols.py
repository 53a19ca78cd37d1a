"""Definitions of a name, uses of a name, and the outline of a file."""

from __future__ import annotations

import re
from dataclasses import replace

from locant.indexer.areas import AREAS
from locant.indexer.snapshot import Snapshot
from locant.indexer.terms import split_identifier
from locant.retriever.fusion import AREA_PRIOR
from locant.retriever.reading.grep import enclosing
from locant.retriever.reading.signature import signature_at
from locant.retriever.reading.text import SourceText, TextReader
from locant.types import Location, Symbol, Usage

__all__ = ["find_definitions", "find_references", "outline_of", "with_signature"]

MAX_LINE = 400
"""Characters of a line that are shown."""


def with_signature(reader: TextReader, snapshot: Snapshot, symbol: Symbol) -> Symbol:
    """The same symbol with its signature as it stands on disk; without one when the file changed."""
    source = reader.read(snapshot.file_number[symbol.location.path])
    if not isinstance(source, SourceText) or source.stale:
        return symbol
    return replace(symbol, signature=signature_at(source.lines, symbol.location.start_line))


def find_definitions(reader: TextReader, snapshot: Snapshot, name: str, limit: int) -> tuple[Symbol, ...]:
    """Definitions of `name`, which may be qualified (`Class.method`, `Class::method`, `path.py:Class.method`).

    Exact spelling first; only when there is none, any spelling by case.
    """
    path, _, wanted = name.rpartition(":") if "::" not in name and ":" in name else ("", "", name)
    parts = [part for part in re.split(r"::|[.#/]", wanted) if part]
    if not parts:
        return ()
    numbers = snapshot.symbols_named(parts[-1]) or _ignoring_case(snapshot, parts[-1])
    found = []
    for number in numbers:
        for file in _files_of(snapshot, int(snapshot.symbol_doc[number])):
            symbol = snapshot.symbol(number, snapshot.paths[file])
            if _is_within(symbol.qualified_name, parts) and symbol.location.path.endswith(path):
                found.append((AREA_PRIOR[AREAS[int(snapshot.file_column("area")[file])]], symbol))
    found.sort(key=lambda item: (-item[0], item[1].location.path, item[1].location.start_line))
    return tuple(with_signature(reader, snapshot, symbol) for _, symbol in found[:limit])


def _files_of(snapshot: Snapshot, doc: int) -> list[int]:
    """Every file with a document's content."""
    return [int(file) for file in (snapshot.file_doc == doc).nonzero()[0]]


def _is_within(qualified: str, parts: list[str]) -> bool:
    """Whether the qualified name ends with the parts, compared without case."""
    own = [part.lower() for part in re.split(r"::|[.#/]| > ", qualified)]
    return own[-len(parts) :] == [part.lower() for part in parts] or parts[-1].lower() == qualified.lower()


def _ignoring_case(snapshot: Snapshot, name: str) -> list[int]:
    terms = split_identifier(name)
    if not terms:
        return []
    chunks = set(snapshot.postings("name", terms[0])[0].tolist())
    found = []
    for chunk in sorted(chunks):
        for number in snapshot.symbols_of_doc(int(snapshot.chunk_doc[chunk])):
            if int(snapshot.symbol_chunk[number]) == chunk and snapshot.symbol_name(number).lower() == name.lower():
                found.append(number)
    return found


def find_references(reader: TextReader, snapshot: Snapshot, name: str, limit: int) -> tuple[tuple[Usage, ...], bool]:
    """Lines that call, type with, inherit from or import a name, and whether some were cut off.

    The index says which chunks use the name; the lines are read from disk.
    """
    wanted = re.split(r"::|[.#/:]", name)[-1]
    files: dict[int, set[int]] = {}
    for chunk in snapshot.chunks_using(wanted).tolist():
        for file in _files_of(snapshot, int(snapshot.chunk_doc[chunk])):
            files.setdefault(file, set()).add(chunk)
    usages: list[tuple[float, Usage]] = []
    for file in files:
        prior = AREA_PRIOR[AREAS[int(snapshot.file_column("area")[file])]]
        source = reader.read(file)
        if isinstance(source, SourceText):
            usages.extend((prior, usage) for usage in _usages(snapshot, file, source, wanted))
    usages.sort(key=lambda item: (-item[0], item[1].location.path, item[1].location.start_line))
    return tuple(usage for _, usage in usages[:limit]), len(usages) > limit


def _usages(snapshot: Snapshot, file: int, source: SourceText, name: str) -> list[Usage]:
    """Uses that the parser saw; in a file that changed, lines with the name as a whole word."""
    if source.stale:
        word = re.compile(rf"\b{re.escape(name)}\b")
        numbered = [(n, "mention") for n, line in enumerate(source.lines, 1) if word.search(line)]
    else:
        numbered = [(ref.line, ref.kind) for ref in source.parsed.references if ref.name == name]
        numbered += [(found.line, "import") for found in source.parsed.imports if name in found.names]
    return [
        Usage(
            Location(source.path, line, line),
            kind,
            enclosing(snapshot, file, line),
            source.between(line, line)[:MAX_LINE].strip(),
        )
        for line, kind in sorted(set(numbered))
    ]


def outline_of(reader: TextReader, snapshot: Snapshot, file: int) -> tuple[Symbol, ...]:
    """Definitions of a file in order; with signatures unless the file changed since it was indexed."""
    path = snapshot.paths[file]
    source = reader.read(file)
    doc = int(snapshot.file_doc[file])
    symbols = [snapshot.symbol(number, path) for number in snapshot.symbols_of_doc(doc)]
    if not isinstance(source, SourceText) or source.stale:
        return tuple(symbols)
    return tuple(replace(s, signature=signature_at(source.lines, s.location.start_line)) for s in symbols)
