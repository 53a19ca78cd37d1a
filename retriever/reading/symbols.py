"""Definitions of a name, uses of a name, and the outline of a file."""

from __future__ import annotations

import re
from dataclasses import replace

from locant.errors import NotFoundError
from locant.indexer.areas import AREAS
from locant.indexer.snapshot import Snapshot
from locant.indexer.syntax.records import Import
from locant.indexer.terms import split_identifier
from locant.retriever.fusion import AREA_PRIOR
from locant.retriever.reading.enclosing import Enclosing
from locant.retriever.reading.signature import signature_at
from locant.retriever.reading.text import SourceText, TextReader
from locant.types import LeftOut, Location, Symbol, Usage

__all__ = ["find_definitions", "find_references", "outline_of"]

MAX_LINE = 400
"""Characters of a line that are shown."""

_SEPARATORS = re.compile(r"::|->|[.#/\\]| > ")
_WITH_PATH = re.compile(r"(?P<path>.+[^:]):(?P<name>[^:/\\].*)")
"""`path.py:Class.method`, but not `Class::method`."""


def find_definitions(reader: TextReader, snapshot: Snapshot, name: str, limit: int) -> tuple[Symbol, ...]:
    """Definitions of `name`, which may be qualified (`Class.method`, `Class::method`, `path.py:Class.method`).

    Exact spelling first; only when there is none, any spelling by case. What stands in a file that cannot be read any
    more is left out.
    """
    path, parts = _taken_apart(name)
    if not parts:
        return ()
    found = _defined(snapshot, snapshot.symbols_named(parts[-1]), path, parts)
    found = found or _defined(snapshot, _ignoring_case(snapshot, parts[-1]), path, parts)
    found.sort(key=_definition_order)
    signed = (_with_signature(reader, snapshot, symbol) for _, symbol in found[:limit])
    return tuple(symbol for symbol in signed if symbol is not None)


def _definition_order(item: tuple[float, Symbol]) -> tuple[float, bool, str, int]:
    """Code before tests, functions and types before variables that hold or import one."""
    prior, symbol = item
    return -prior, symbol.kind in ("variable", "field", "key"), symbol.location.path, symbol.location.start_line


def _taken_apart(name: str) -> tuple[str, list[str]]:
    """The path and the parts of a qualified name."""
    name = name.strip().removesuffix("()")
    match = _WITH_PATH.fullmatch(name)
    path, wanted = (match["path"].removeprefix("./"), match["name"]) if match else ("", name)
    return path, [part for part in _SEPARATORS.split(wanted) if part]


def _defined(snapshot: Snapshot, numbers: list[int], path: str, parts: list[str]) -> list[tuple[float, Symbol]]:
    areas = snapshot.file_column("area")
    found = []
    for number in numbers:
        for file in _files_of(snapshot, int(snapshot.symbol_doc[number])):
            symbol = snapshot.symbol(number, snapshot.paths[file])
            if _ends_with_path(symbol.location.path, path) and _is_within(symbol, parts):
                found.append((AREA_PRIOR[AREAS[int(areas[file])]], symbol))
    return found


def _ends_with_path(path: str, wanted: str) -> bool:
    return not wanted or path == wanted or path.endswith(f"/{wanted}")


def _files_of(snapshot: Snapshot, doc: int) -> list[int]:
    """Every file with a document's content."""
    return [int(file) for file in (snapshot.file_doc == doc).nonzero()[0]]


def _is_within(symbol: Symbol, parts: list[str]) -> bool:
    """Whether the name, qualified by the file's folders and stem, ends with the parts; compared without case.

    So `module.function` and `package::Type` find what stands at the top of a file.
    """
    stem = symbol.location.path.rsplit(".", 1)[0].removesuffix("/__init__")
    own = [part.lower() for part in (*stem.split("/"), *_SEPARATORS.split(symbol.qualified_name))]
    wanted = [part.lower() for part in parts]
    qualified = own[-len(wanted) :] == wanted
    # a Go or Java package is a folder, not a file: `gin.Default` stands in `gin/utils.go`
    in_folder = len(wanted) > 1 and symbol.parent is None and own[-1:] == wanted[-1:] and wanted[-2] in own[:-2]
    return qualified or in_folder


def _ignoring_case(snapshot: Snapshot, name: str) -> list[int]:
    terms = split_identifier(name)
    if not terms:
        return []
    chunks = set(snapshot.postings("name", terms[0])[0].tolist())
    docs = sorted({int(snapshot.chunk_doc[chunk]) for chunk in chunks})
    return [
        number
        for doc in docs
        for number in snapshot.symbols_of_doc(doc)
        if snapshot.symbol_name(number).lower() == name.lower()
    ]


def _with_signature(reader: TextReader, snapshot: Snapshot, symbol: Symbol) -> Symbol | None:
    """The symbol with its signature as it stands on disk; without one when the file changed; None when it is gone."""
    source = reader.read(snapshot.file_number[symbol.location.path])
    if isinstance(source, LeftOut):
        return None
    if source.stale:
        return symbol
    return replace(symbol, signature=signature_at(source.lines, symbol.location.start_line))


def find_references(reader: TextReader, snapshot: Snapshot, name: str, limit: int) -> tuple[tuple[Usage, ...], bool]:
    """Lines that call, type with, inherit from or import a name, and whether some were cut off.

    The index says which files use the name; the lines are read from disk.
    """
    _, parts = _taken_apart(name)
    if not parts:
        return (), False
    wanted = parts[-1]
    areas = snapshot.file_column("area")
    usages: list[tuple[float, Usage]] = []
    for file in sorted(_files_using(snapshot, wanted) | _files_importing(snapshot, wanted)):
        source = reader.read(file)
        if isinstance(source, SourceText):
            prior = AREA_PRIOR[AREAS[int(areas[file])]]
            usages.extend((prior, usage) for usage in _usages(snapshot, file, source, wanted))
    usages.sort(key=lambda item: (-item[0], item[1].location.path, item[1].location.start_line, item[1].kind))
    return tuple(usage for _, usage in usages[:limit]), len(usages) > limit


def _files_using(snapshot: Snapshot, name: str) -> set[int]:
    docs = {int(snapshot.chunk_doc[chunk]) for chunk in snapshot.chunks_using(name).tolist()}
    return {file for doc in docs for file in _files_of(snapshot, doc)}


def _files_importing(snapshot: Snapshot, name: str) -> set[int]:
    """Files with the name in an import; only those are asked that have it as a word at all."""
    terms = split_identifier(name)
    if not terms:
        return set()
    docs = {int(snapshot.chunk_doc[chunk]) for chunk in snapshot.postings("body", terms[0])[0].tolist()}
    files = (file for doc in docs for file in _files_of(snapshot, doc))
    return {file for file in files if any(_imports(found, name) for found in snapshot.imports(file))}


def _imports(found: Import, name: str) -> bool:
    """Whether an import takes in the name: `from m import name`, `import a.b.name`."""
    return name in found.names or (not found.names and _SEPARATORS.split(found.module)[-1] == name)


def _usages(snapshot: Snapshot, file: int, source: SourceText, name: str) -> list[Usage]:
    """Uses that the parser saw; in a file that changed, lines with the name as a whole word."""
    if source.stale:
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        numbered = {(n, "mention") for n, line in enumerate(source.lines, 1) if word.search(line)}
    else:
        numbered = {(ref.line, ref.kind) for ref in source.parsed.references if ref.name == name}
        numbered |= {(found.line, "import") for found in source.parsed.imports if _imports(found, name)}
    around = Enclosing(snapshot, file)
    return [
        Usage(
            Location(source.path, line, line),
            kind,
            None if source.stale else around.name(line),
            source.between(line, line)[:MAX_LINE].strip(),
        )
        for line, kind in sorted(numbered)
    ]


def outline_of(reader: TextReader, snapshot: Snapshot, file: int) -> tuple[Symbol, ...]:
    """Definitions of a file in order; with signatures unless the file changed since it was indexed.

    Raises:
        NotFoundError: the file cannot be read any more.

    """
    path = snapshot.paths[file]
    source = reader.read(file)
    if isinstance(source, LeftOut):
        raise NotFoundError(f"{path!r} cannot be shown: {source.reason} {source.detail}".rstrip())
    doc = int(snapshot.file_doc[file])
    symbols = [snapshot.symbol(number, path) for number in snapshot.symbols_of_doc(doc)]
    if source.stale:
        return tuple(symbols)
    return tuple(replace(s, signature=signature_at(source.lines, s.location.start_line)) for s in symbols)
