"""What a model is shown of the repository, and whether what it names is there: paths, functions and lines it invents
never reach an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from locant.errors import NotFoundError
from locant.indexer.snapshot import Snapshot
from locant.numeric import Mask
from locant.retriever.brief.folding import fold
from locant.retriever.reading.files import file_of
from locant.retriever.reading.signature import signature_at
from locant.retriever.reading.symbols import outline_of
from locant.retriever.reading.text import SourceText, TextReader
from locant.retriever.reading.visible import visible
from locant.types import FileHit, FunctionHit, SpanHit, Symbol

__all__ = ["Places"]

MAX_PATH = 500
"""Characters of a path that is looked for at all."""

MAX_REASON = 300
"""Characters of a reason that a model gives."""

LOCAL = frozenset({"variable", "field", "key", "section"})
"""Kinds that an outline for a model leaves out, unless there is nothing else."""


class Places:
    """Files, functions and lines of one snapshot that may be answered."""

    def __init__(self, snapshot: Snapshot, reader: TextReader, allowed: Mask, terms: Mapping[str, float]) -> None:
        self._snapshot = snapshot
        self._reader = reader
        self._allowed = allowed
        self._terms = terms

    # -- checking ------------------------------------------------------------------------------------------------

    def file(self, named: str) -> str | None:
        """The path that is meant, or None: it does not exist, could be several, or may not be answered."""
        name = named.strip().strip("`'\"").split(":", 1)[0].strip()
        if not name or len(name) > MAX_PATH or "\0" in name:
            return None
        for candidate in (name, name.lstrip("/"), name.split("/", 1)[-1]):
            try:
                number = file_of(self._snapshot, candidate)
            except NotFoundError:
                continue
            return self._snapshot.paths[number] if self._allowed[number] else None
        return None

    def is_path(self, path: str) -> bool:
        """Whether a text is, letter by letter, the path of a file that may be answered."""
        number = self._snapshot.file_number.get(path)
        return number is not None and bool(self._allowed[number])

    def function(self, path: str, named: str) -> Symbol | None:
        """The definition of a file that is meant by a name, qualified or not; None when there is none."""
        parts = named.strip().strip("`'\"").removesuffix("()").replace("::", ".").replace("#", ".").split(".")
        doc = int(self._snapshot.file_doc[self._snapshot.file_number[path]])
        found = [self._snapshot.symbol(number, path) for number in self._snapshot.symbols_of_doc(doc)]
        named_so = [symbol for symbol in found if symbol.qualified_name.split(".")[-len(parts) :] == parts]
        return min(named_so, key=lambda symbol: (symbol.kind in LOCAL, symbol.location.start_line), default=None)

    def span(self, path: str, start: object, end: object, why: object) -> SpanHit | None:
        """Lines of a file, cut to its length; None when they are not there."""
        first, final = _line_number(start), _line_number(start if end is None else end)
        if first is None or final is None:
            return None
        last = len(self.source(path))
        first, final = max(first, 1), min(final, last)
        if first > last or final < first:
            return None
        reason = " ".join(visible(why).split())[:MAX_REASON] if isinstance(why, str) else ""
        return SpanHit(path, first, final, reason or "named by the model")

    # -- showing -------------------------------------------------------------------------------------------------

    def source(self, path: str) -> list[str]:
        """Lines of a file as they are on disk now; none when it cannot be read."""
        found = self._reader.read(self._snapshot.file_number[path])
        return found.lines if isinstance(found, SourceText) else []

    def folded(self, hit: FunctionHit, room: int) -> list[str]:
        """Lines of a function that matter for the text."""
        source = self.source(hit.path)
        return list(fold(source, hit.start_line, hit.end_line, self._terms, room).lines) if source and room else []

    def numbered(self, path: str, start: int, end: int, room: int) -> list[str]:
        """So many lines of a file, with their numbers."""
        lines = self.source(path)[start - 1 : min(end, start - 1 + room)]
        return [f"{number:>5}| {line.rstrip()[:MAX_LINE]}" for number, line in enumerate(lines, start)]

    def outline(self, path: str) -> tuple[Symbol, ...]:
        """Definitions of a file; functions and types, or all where there are none of these."""
        try:
            symbols = outline_of(self._reader, self._snapshot, self._snapshot.file_number[path])
        except NotFoundError:
            return ()
        return tuple(symbol for symbol in symbols if symbol.kind not in LOCAL) or symbols

    def file_hit(self, path: str) -> FileHit:
        """A file that the search had not found."""
        return FileHit(path, 0.0, ())

    def function_hit(self, symbol: Symbol) -> FunctionHit:
        """A function that the search had not found."""
        place, source = symbol.location, self.source(symbol.location.path)
        hit = FunctionHit(
            place.path, symbol.qualified_name, symbol.kind, place.start_line, place.end_line, 0.0, (), symbol.signature
        )
        return replace(hit, signature=signature_at(source, place.start_line)) if source else hit


def _line_number(value: object) -> int | None:
    """A number as models write it: 12, 12.0 or "12"; None for anything else."""
    if isinstance(value, str) and len(value) < MAX_DIGITS and value.strip().isdecimal():
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


MAX_DIGITS = 12

MAX_LINE = 240
"""Characters of a line that a model is shown."""


def code_of(lines: Sequence[str]) -> str:
    """Lines as text that steers nothing."""
    return visible("\n".join(lines))
