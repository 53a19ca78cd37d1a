"""From named spans that a scanner found to definitions and chunks.

The scanners of the document languages know only where something begins, where it ends and what it is called.
Nesting, qualified names and chunks are made here, once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from locant.indexer.syntax.documents_lines import Lines, chunks_between
from locant.indexer.syntax.records import ChunkSpan, Definition, Import, ParsedFile

__all__ = ["Mark", "Scan", "build", "one_line", "sections"]

MAX_DEFINITIONS = 2_000  # lock files and data name thousands of keys; no one looks for the rest by name
MAX_IMPORTS = 2_000
MAX_NAME = 200
MAX_SIGNATURE = 300
MAX_QUALIFIED = 1_000  # a hostile nesting of long names must not cost more than the file
PACK_LINES = 40  # rules and keys are short: one chunk holds as many as fit on a screen
HALF_PACK = PACK_LINES // 2
PACK_BYTES = 6_000
COMMENT_MARKS = (b"#", b"--", b"//", b"/*", b"*")  # of the languages whose chunks are packed


@dataclass(frozen=True, slots=True)
class Mark:
    """A named span. `cuts`: whether a chunk may begin at it; `qualified` replaces the name made by nesting."""

    name: str
    kind: str
    start: int
    end: int
    signature: str = ""
    cuts: bool = True
    qualified: str = ""


@dataclass(slots=True)
class Scan:
    """What a scanner found. `packed`: short neighbours share a chunk; `separator` joins qualified names."""

    marks: list[Mark] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    note: str = ""
    packed: bool = False
    separator: str = " > "


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines (from 0, end exclusive) of which `owner` is the innermost definition."""

    start: int
    end: int
    owner: int


def one_line(source: bytes, limit: int = MAX_SIGNATURE) -> str:
    """Text on one line, at most `limit` characters; bytes that are not UTF-8 are replaced."""
    return " ".join(source[: limit * 4].decode("utf-8", "replace").split())[:limit]


def sections(headings: Iterable[tuple[int, int, str]], end: int) -> list[Mark]:
    """Marks of (level, start, title): each reaches to the next heading that is not below it."""
    marks: list[Mark] = []
    open_headings: list[tuple[int, int, str]] = []

    def close(level: int, at: int) -> None:
        while open_headings and open_headings[-1][0] >= level:
            _, start, title = open_headings.pop()
            marks.append(Mark(title, "section", start, at, title[:MAX_SIGNATURE]))

    for heading in headings:
        close(heading[0], heading[1])
        open_headings.append(heading)
    close(0, end)
    return marks


def build(language: str, lines: Lines, scan: Scan) -> ParsedFile:
    """Definitions nested by their spans, and chunks that follow them."""
    marks = sorted(scan.marks, key=lambda mark: (mark.start, -mark.end))
    note = scan.note
    if len(marks) > MAX_DEFINITIONS:
        note = note or f"only the first {MAX_DEFINITIONS} of {len(marks)} definitions are kept"
        marks = marks[:MAX_DEFINITIONS]
    definitions = _nest(marks, lines, scan.separator)
    pieces = list(_pieces([mark.cuts for mark in marks], definitions, lines.count))
    if scan.packed:
        pieces = list(_packed(_led(pieces, definitions, lines), definitions, lines))
    chunks = [chunk for piece in pieces for chunk in _chunks(piece, definitions, lines)]
    imports = tuple(scan.imports[:MAX_IMPORTS])
    return ParsedFile(language, tuple(definitions), (), imports, tuple(chunks), note)


def _nest(marks: list[Mark], lines: Lines, separator: str) -> list[Definition]:
    definitions: list[Definition] = []
    enclosing: list[int] = []
    for mark in marks:
        while enclosing and definitions[enclosing[-1]].end_byte <= mark.start:
            enclosing.pop()
        parent = enclosing[-1] if enclosing else -1
        end = min(mark.end, definitions[parent].end_byte) if parent >= 0 else mark.end
        name = mark.name[:MAX_NAME]
        outer = definitions[parent].qualified_name + separator if parent >= 0 else ""
        enclosing.append(len(definitions))
        definitions.append(
            Definition(
                name=name,
                qualified_name=mark.qualified or (outer + name)[-MAX_QUALIFIED:],
                kind=mark.kind,
                start_line=lines.index_of(mark.start) + 1,
                end_line=lines.index_of(max(mark.start, end - 1)) + 1,
                start_byte=mark.start,
                end_byte=end,
                signature=mark.signature,
                parent=parent,
            )
        )
    return definitions


def _pieces(cuts: list[bool], definitions: list[Definition], line_count: int) -> Iterator[Piece]:
    """Runs of lines with the same innermost definition that cuts; of those on one line, the first counts."""
    position = 0
    cut_line = 0
    enclosing: list[int] = []

    def upto(end: int, owner: int) -> Iterator[Piece]:
        nonlocal position
        if end > position:
            yield Piece(position, end, owner)
            position = end

    for index, definition in enumerate(definitions):
        if not cuts[index] or definition.start_line == cut_line:
            continue
        cut_line = definition.start_line
        while enclosing and definitions[enclosing[-1]].end_line < definition.start_line:
            closed = enclosing.pop()
            yield from upto(definitions[closed].end_line, closed)
        yield from upto(definition.start_line - 1, enclosing[-1] if enclosing else -1)
        enclosing.append(index)
    while enclosing:
        closed = enclosing.pop()
        yield from upto(definitions[closed].end_line, closed)
    yield from upto(line_count, -1)


def _led(pieces: list[Piece], definitions: list[Definition], lines: Lines) -> Iterator[Piece]:
    """Comment lines right above a definition go with it, not with what stands before."""
    moved = 0
    for index, piece in enumerate(pieces):
        start, end = piece.start - moved, piece.end
        moved = 0
        following = pieces[index + 1].owner if index + 1 < len(pieces) else -1
        if following >= 0 and definitions[following].parent == piece.owner:
            lowest = max(start, end - PACK_LINES)
            if piece.owner >= 0:
                lowest = max(lowest, definitions[piece.owner].start_line)
            while end > lowest and lines.text(end - 1).lstrip().startswith(COMMENT_MARKS):
                end -= 1
            moved = piece.end - end
        if end > start:
            yield Piece(start, end, piece.owner)


def _packed(pieces: Iterable[Piece], definitions: list[Definition], lines: Lines) -> Iterator[Piece]:
    """Neighbours joined as long as they fit one chunk; the whole belongs to what encloses them all."""
    pending: Piece | None = None
    for piece in pieces:
        if pending is None:
            pending = piece
        elif _fits(pending.start, piece.end, lines) and not _is_break(pending, piece, definitions):
            pending = Piece(pending.start, piece.end, _common(pending, piece, definitions, lines))
        else:
            yield pending
            pending = piece
    if pending is not None:
        yield pending


def _is_break(pending: Piece, piece: Piece, definitions: list[Definition]) -> bool:
    """Whether a chunk that is half full may as well end before an uppermost definition too large for its rest."""
    if pending.end - pending.start < HALF_PACK or piece.owner < 0:
        return False
    owner = definitions[piece.owner]
    return owner.parent < 0 and owner.start_line > piece.start and owner.end_line - pending.start > PACK_LINES


def _fits(start: int, end: int, lines: Lines) -> bool:
    return end - start <= PACK_LINES and lines.starts[end] - lines.starts[start] <= PACK_BYTES


def _common(left: Piece, right: Piece, definitions: list[Definition], lines: Lines) -> int:
    for piece, other in ((left, right), (right, left)):
        if other.owner < 0 and all(lines.is_blank(line) for line in range(other.start, other.end)):
            return piece.owner
    ancestors = set(_ancestors(left.owner, definitions))
    return next((owner for owner in _ancestors(right.owner, definitions) if owner in ancestors), -1)


def _ancestors(owner: int, definitions: list[Definition]) -> Iterator[int]:
    while owner >= 0:
        yield owner
        owner = definitions[owner].parent


def _chunks(piece: Piece, definitions: list[Definition], lines: Lines) -> Iterator[ChunkSpan]:
    kind = definitions[piece.owner].kind if piece.owner >= 0 else "lines"
    return chunks_between(lines, piece.start, piece.end, piece.owner, kind)
