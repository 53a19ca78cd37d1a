"""Pieces of a brief: candidates with their reasons, code, neighbours and tests, each with what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from locant.indexer.snapshot import Snapshot
from locant.indexer.walk.names import display_path
from locant.retriever.brief.folding import fold
from locant.retriever.brief.neighbours import neighbours_of, tests_of
from locant.retriever.brief.pieces import Piece, Section, worth_of
from locant.retriever.map.focus import symbol_of
from locant.retriever.reading.signature import signature_at
from locant.retriever.reading.text import SourceText, TextReader
from locant.retriever.reasons import reasons
from locant.types import BriefPlace, Evidence, FileHit, FunctionHit

__all__ = ["TESTS_EACH", "Found", "Pieces", "fenced"]

CODE_ROOMS = (12, 40, 160)
"""Lines of code of one candidate: at a glance, what matters, all of it. More room is used only when there is some."""

CODE_FUNCTIONS = 25
RELATED_FUNCTIONS = 10
RELATED_FILES = 5
"""Candidates whose code may be shown, and whose neighbours and tests are looked for."""

MAX_NEIGHBOURS = 40
MAX_TESTS = 12
TESTS_EACH = 4
"""Neighbours, test files, and test functions named of one file."""

REASONS = {"file": 2, "function": 2}
"""Reasons told of each candidate: the strongest ones."""

MAX_SIGNATURE = 120


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a text, best first, and the files that the reader already knows of."""

    files: Sequence[FileHit]
    functions: Sequence[FunctionHit]
    pinned: frozenset[str]
    terms: Mapping[str, float]


class Pieces:
    """Makes the pieces of one brief."""

    def __init__(self, snapshot: Snapshot, reader: TextReader, found: Found) -> None:
        self._snapshot = snapshot
        self._reader = reader
        self._found = found
        numbered = ((hit, symbol_of(snapshot, hit)) for hit in found.functions)
        self._functions = [(hit, number) for hit, number in numbered if number is not None]

    def all(self) -> list[Piece]:
        """Every piece, section by section."""
        makers: tuple[Callable[[], Iterator[Piece]], ...] = (
            self._files,
            self._candidates,
            self._code,
            self._neighbours,
            self._tests,
        )
        return [piece for make in makers for piece in make()]

    def _files(self) -> Iterator[Piece]:
        for rank, hit in enumerate(self._found.files):
            yield self._file(hit.path, rank)
            reason = _why(hit.evidence, REASONS["file"])
            if hit.path in self._found.pinned:
                reason = f"pinned; {reason}" if reason else "pinned"
            if reason:
                yield self._file(hit.path, rank, f" — {reason}", reason)

    def _file(self, path: str, rank: int, tail: str = "", reason: str = "") -> Piece:
        lines = int(self._snapshot.file_lines[self._snapshot.file_number[path]])
        return Piece(
            Section.CANDIDATES,
            f"file {path}",
            1 if tail else 0,
            rank,
            worth_of("file", rank) + (worth_of("file reason", rank) if tail else 0.0),
            (f"{display_path(path)}{tail}",),
            BriefPlace(Section.CANDIDATES.value, path, 1, max(lines, 1), detail=reason),
        )

    def _candidates(self) -> Iterator[Piece]:
        ranks = {hit.path: rank for rank, hit in enumerate(self._found.files)}
        for rank, (hit, _) in enumerate(self._functions):
            owner = self._file(hit.path, ranks.get(hit.path, len(ranks) + rank))
            worth = 0.0
            for form, (kind, text, reason) in enumerate(_forms(hit)):
                worth += worth_of(kind, rank)
                yield Piece(
                    Section.CANDIDATES,
                    f"function {hit.path}:{hit.start_line}:{hit.qualified_name}",
                    form,
                    rank,
                    worth,
                    (text,),
                    _place(Section.CANDIDATES, hit, reason),
                    needs=owner,
                )

    def _code(self) -> Iterator[Piece]:
        for rank, (hit, number) in enumerate(self._functions[:CODE_FUNCTIONS]):
            source = self._source(hit.path)
            if source is None:
                continue
            shown, members, owner = -1, self._members(number), self._owner_line(source, number)
            for form, room in enumerate(CODE_ROOMS):
                folded = fold(source.lines, hit.start_line, hit.end_line, self._found.terms, room, members)
                if len(folded.lines) == shown:
                    continue
                shown = len(folded.lines)
                head = f"{display_path(hit.path)}:{_lines(hit.start_line, hit.end_line)} {hit.qualified_name}"
                yield Piece(
                    Section.CODE,
                    f"code {hit.path}:{hit.start_line}:{hit.end_line}",
                    form,
                    rank,
                    worth_of("code", rank) + form * worth_of("more code", rank),
                    (f"{head}{owner}", *fenced(folded.lines, self._language(hit.path))),
                    _place(Section.CODE, hit, "", folded=folded.left_out > 0),
                )

    def _members(self, number: int) -> list[int]:
        """First lines of what is nested in a definition."""
        symbol = self._snapshot.symbol(number)
        inside = self._snapshot.symbols_of_doc(int(self._snapshot.symbol_doc[number]))
        symbols = (self._snapshot.symbol(other) for other in inside if other != number)
        return [s.location.start_line for s in symbols if s.parent == symbol.qualified_name and s.kind not in FIELDS]

    def _owner_line(self, source: SourceText, number: int) -> str:
        """The first line of what a method belongs to."""
        symbol = self._snapshot.symbol(number)
        for other in self._snapshot.symbols_of_doc(int(self._snapshot.symbol_doc[number])):
            owner = self._snapshot.symbol(other)
            if owner.qualified_name == symbol.parent:
                start = owner.location.start_line
                return f" in line {start}: {signature_at(source.lines, start)[:MAX_SIGNATURE]}"
        return ""

    def _neighbours(self) -> Iterator[Piece]:
        names = {number: hit.qualified_name for hit, number in self._functions}
        top = [number for _, number in self._functions[:RELATED_FUNCTIONS]]
        for rank, found in enumerate(neighbours_of(self._snapshot, self._reader, top)[:MAX_NEIGHBOURS]):
            symbol = self._snapshot.symbol(found.symbol)
            source = self._source(symbol.location.path)
            if source is None:
                continue
            start, end = symbol.location.start_line, symbol.location.end_line
            signature = signature_at(source.lines, start)[:MAX_SIGNATURE]
            detail = f"{found.relation} {names[found.candidate]}"
            yield Piece(
                Section.NEIGHBOURS,
                f"neighbour {found.symbol}",
                0,
                rank,
                worth_of("neighbour", rank),
                (f"{display_path(symbol.location.path)}:{_lines(start, end)} {signature} — {detail}",),
                BriefPlace(Section.NEIGHBOURS.value, symbol.location.path, start, end, symbol.qualified_name, detail),
            )

    def _tests(self) -> Iterator[Piece]:
        top = [number for _, number in self._functions[:RELATED_FUNCTIONS]]
        files = [self._snapshot.file_number[hit.path] for hit in self._found.files[:RELATED_FILES]]
        for rank, found in enumerate(tests_of(self._snapshot, self._reader, top, files)[:MAX_TESTS]):
            symbols = [self._snapshot.symbol(number) for number in list(found.tests)[:TESTS_EACH]]
            named = ", ".join(f"{symbol.location.start_line} {symbol.qualified_name}" for symbol in symbols)
            detail = ", ".join(list(found.uses)[:TESTS_EACH])
            path = self._snapshot.paths[found.file]
            yield Piece(
                Section.TESTS,
                f"test {path}",
                0,
                rank,
                worth_of("test", rank),
                (f"{display_path(path)}{f': {named}' if named else ''} — {detail}",),
                BriefPlace(
                    Section.TESTS.value, path, 1, max(int(self._snapshot.file_lines[found.file]), 1), "", detail
                ),
            )

    def _source(self, path: str) -> SourceText | None:
        """Text of a file if it is still as it was indexed: line numbers of any other would be wrong."""
        source = self._reader.read(self._snapshot.file_number[path])
        return source if isinstance(source, SourceText) and not source.stale else None

    def _language(self, path: str) -> str:
        return self._snapshot.file_language[self._snapshot.file_number[path]]


FIELDS = ("field", "variable", "key")


def _forms(hit: FunctionHit) -> list[tuple[str, str, str]]:
    """What can be said of a candidate, more and more: its name; its lines, too; the reasons, too."""
    reason = _why(hit.evidence, REASONS["function"])
    line = f"  {_lines(hit.start_line, hit.end_line)} {hit.qualified_name}"
    forms = [("function", hit.qualified_name, ""), ("function lines", line, "")]
    return [*forms, ("function reason", f"{line} — {reason}", reason)] if reason else forms


def fenced(lines: Sequence[str], language: str) -> list[str]:
    """Lines between fences that nothing in them can end."""
    ticks = max((_longest_run(line) for line in lines), default=0)
    fence = "`" * max(3, ticks + 1)
    return [f"{fence}{language}", *lines, fence]


def _longest_run(line: str) -> int:
    longest = run = 0
    for character in line:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest


def _lines(start: int, end: int) -> str:
    return f"{start}-{end}" if end > start else str(start)


def _why(evidence: Sequence[Evidence], most: int) -> str:
    """The strongest reasons, in words, each once."""
    told = (item.detail or item.signal for item in reasons(evidence) if item.weight > 0)
    return "; ".join(list(dict.fromkeys(told))[:most])


def _place(section: Section, hit: FunctionHit, detail: str, *, folded: bool = False) -> BriefPlace:
    return BriefPlace(section.value, hit.path, hit.start_line, hit.end_line, hit.qualified_name, detail, folded)
