"""What can be shown of each file: all of it, its skeleton, or that it is a copy of another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from locant.indexer.snapshot import Snapshot
from locant.indexer.walk.names import display_path
from locant.retriever.brief.folding import folded_to, shown_line
from locant.retriever.map.focus import symbol_of
from locant.retriever.pack.records import Block
from locant.retriever.pack.skeleton import BODIES, skeleton_lines
from locant.retriever.reading.text import SourceText, TextReader
from locant.retriever.reading.visible import visible
from locant.types import FunctionHit

__all__ = ["LEVELS", "Blocks", "Level", "Matched", "Span", "leading", "matched_functions"]

MATCHED_FUNCTIONS = 60
"""Functions that stay whole in a folded file: what stands below these ranks is seldom right. No types: a whole one is
most of its file."""

FOUND_LINES, MORE_LINES = 120, 400
"""Of these functions, where they are all that is shown of a file: of the best ones, and of more. The first one stands
whatever its length."""

WORTH_FOLDING = 0.75
"""Share of a file's lines from which on a skeleton says little less than the file."""

MASKED_TOLD = "secrets are masked"
SPELLED_TOLD = "control characters are spelled out"
"""What is said of a file whose lines are not quite those on disk."""

Level = Literal["found", "more", "signed", "folded", "whole"]
LEVELS: tuple[Level, ...] = ("found", "more", "signed", "folded", "whole")
"""How much is shown of a file: the best of the functions that were found, with what they belong to; more of them; all
of them, and all signatures; docs with these; all."""

_LINES: dict[Level, int] = {"found": FOUND_LINES, "more": MORE_LINES}
"""Lines of functions at the levels that have nothing else."""

Span = tuple[str, int, int]
"""Qualified name, first line, last line."""

Matched = dict[int, list[Span]]
"""File -> the functions that were found for the text, best first."""


def matched_functions(snapshot: Snapshot, functions: Sequence[FunctionHit]) -> Matched:
    """The best functions and methods, by file."""
    found: Matched = defaultdict(list)
    for hit in functions[:MATCHED_FUNCTIONS]:
        if hit.kind in BODIES and symbol_of(snapshot, hit) is not None:
            found[snapshot.file_number[hit.path]].append((hit.qualified_name, hit.start_line, hit.end_line))
    return dict(found)


def leading(matched: Sequence[Span], room: int = FOUND_LINES) -> list[Span]:
    """The best functions of a file, as many as stand there when little is shown of it."""
    kept = list[Span]()
    for name, start, end in matched:
        if kept and end - start >= room:
            break
        room -= end - start + 1
        kept.append((name, start, end))
    return kept


@dataclass(frozen=True, slots=True)
class Blocks:
    """Makes blocks of the files of one snapshot; a file that cannot be read has none.

    matched: functions that stay whole. numbered: whether lines have their numbers.
    """

    snapshot: Snapshot
    reader: TextReader
    matched: Matched
    numbered: bool

    def make(self, file: int, level: Level) -> Block | None:
        """A file to a level; None when it cannot be shown so."""
        source = self.reader.read(file)
        if not isinstance(source, SourceText):
            return None
        if level != "whole":
            return self._folded(file, source, level)
        lines = self._whole(source.lines)
        return self._safe(Block(file, "whole", lines, len(source.lines)), source)

    def _safe(self, block: Block, source: SourceText) -> Block:
        """A block that can be shown anywhere, and which says what was done for that."""
        spelled = len(visible(source.decoded)) != len(source.decoded)
        lines = tuple(map(visible, block.lines)) if spelled else block.lines
        notes = (*([MASKED_TOLD] if source.masked else []), *([SPELLED_TOLD] if spelled else []))
        return replace(block, lines=lines, altered=", ".join(notes))

    def copy(self, file: int, original: int) -> Block:
        """That a file has the content of another one."""
        said = f"the same content as {visible(display_path(self.snapshot.paths[original]))}"
        return Block(file, "copy", (said,), int(self.snapshot.file_lines[file]))

    def _whole(self, lines: Sequence[str]) -> tuple[str, ...]:
        if not self.numbered:
            return tuple(lines)
        digits = len(str(len(lines)))
        return tuple(f"{number:>{digits}}| {line}" for number, line in enumerate(lines, start=1))

    def _folded(self, file: int, source: SourceText, level: Level) -> Block | None:
        """The skeleton, or what was found alone, unless that is nearly the whole file, or spans would be wrong."""
        total = len(source.lines)
        if source.stale:
            return None
        path, doc = self.snapshot.paths[file], int(self.snapshot.file_doc[file])
        symbols = [self.snapshot.symbol(number, path) for number in self.snapshot.symbols_of_doc(doc)]
        matched = self.matched.get(file, ())
        if level in _LINES:
            matched = leading(matched, min(_LINES[level], total // 2))
            owners = {name.rpartition(".")[0] for name, _, _ in matched}
            symbols = [symbol for symbol in symbols if symbol.qualified_name in owners]
        spans = [(start, end) for _, start, end in matched]
        kept = skeleton_lines(source.lines, symbols, spans, docs=level != "signed")
        if len(kept) > WORTH_FOLDING * total:
            return None
        if self.numbered:
            lines = tuple(self._numbered(source.lines, kept))
        else:  # numbers in the marks would take a quarter of a skeleton's tokens
            lines = folded_to(source.lines, 1, total, kept, numbered=False).lines
        block = Block(file, "folded", lines, total, tuple(name for name, _, _ in matched))
        return self._safe(block, source)

    def _numbered(self, lines: Sequence[str], kept: Collection[int]) -> Iterable[str]:
        """Lines with their numbers, which say where some are left out."""
        digits, before = len(str(len(lines))), 0
        for number in sorted(kept):
            if number != before + 1:
                yield f"{'':>{digits}}| …"
            yield f"{number:>{digits}}| {shown_line(lines[number - 1])}"
            before = number
        if before < len(lines):
            yield f"{'':>{digits}}| …"
