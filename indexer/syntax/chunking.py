"""Definitions -> chunks: the pieces of a file that are indexed and ranked.

Rows, not bytes, are dealt out: every row gets one owner (the innermost function, class or module around it), runs of
rows with one owner are chunks, and runs that are too long are split at statement borders. So chunks are disjoint, in
order, and cover every line that is not blank by construction. Only a single line that is longer than a chunk may be
is split by bytes; then several chunks carry the same line number.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import starmap
from typing import TYPE_CHECKING

from locant.indexer.syntax.borders import Border, statement_borders
from locant.indexer.syntax.definitions import CLASS_KINDS, FUNCTION_KINDS
from locant.indexer.syntax.records import ChunkSpan, Definition

if TYPE_CHECKING:
    from tree_sitter import Node

    from locant.indexer.syntax.engine import Extraction
    from locant.indexer.syntax.rows import Rows

__all__ = ["MAX_CHUNK_BYTES", "chunk_source"]

# A function up to this many lines is read and ranked as one; 95 % of real functions are shorter.
MAX_FUNCTION_LINES = 80
# What stands between definitions is less coherent than a function, so its pieces are smaller.
MAX_MODULE_LINES = 60
# Cap on the pieces of either kind: about 1,500 tokens, which fits an encoder's window and an agent's patience.
TARGET_CHUNK_BYTES = 6_000
# No chunk is ever larger than this; a line between the two limits stays whole.
MAX_CHUNK_BYTES = 16_000
# Lines between the members of a class that are fewer than this join the chunk before them (`__repr__ = __str__`).
SMALL_GAP_LINES = 3
# Neighbours of one class or module that are smaller than this share a chunk up to the second limit: a getter alone has
# too few words to be ranked by, and such runs were 40 % of all chunks of the Python standard library.
TINY_CHUNK_BYTES = 220
TINY_GROUP_BYTES = 800
# A constant or other value of at least this many lines is a table worth a chunk of its own.
OWN_CHUNK_LINES = 8
# A border one level deeper in the tree is taken only if it is this many lines nearer to where a cut is wanted.
DEPTH_COST_LINES = 8

_MODULE_KINDS = frozenset({"module", "namespace"})


class _Run:
    """Consecutive rows of one owner; `last` is inclusive."""

    __slots__ = ("first", "is_group", "last", "owner")

    def __init__(self, first: int, last: int, owner: int) -> None:
        self.first = first
        self.last = last
        self.owner = owner
        self.is_group = False


def chunk_source(extraction: Extraction) -> tuple[ChunkSpan, ...]:
    """Cut a parsed file into chunks."""
    rows = extraction.rows
    definitions = extraction.definitions
    runs = _merge_small(_runs(rows, definitions, extraction.leads), rows, definitions)
    chunks: list[ChunkSpan] = []
    root = extraction.tree.root_node
    for run in runs:
        kind = _chunk_kind(run.owner, definitions)
        for first, last in _split(run, rows, kind, root):
            chunks.extend(_spans(rows, first, last, run.owner, kind))
    return tuple(chunks)


def _runs(rows: Rows, definitions: tuple[Definition, ...], leads: tuple[int, ...]) -> list[_Run]:
    """Stretches of rows with one owner, without the blank rows at their ends.

    What is nested in a function stays in its chunk, unless the function is too long for one anyway.
    """
    dealt = _Dealt(len(rows))
    function_end = -1
    for index, definition in enumerate(definitions):
        if definition.start_byte < function_end:
            continue
        first, last = leads[index], definition.end_line - 1
        if not _owns_chunk(definition, first):
            continue
        dealt.open(first, last, index)
        n_bytes = definition.end_byte - definition.start_byte
        if definition.kind in FUNCTION_KINDS and last - first < MAX_FUNCTION_LINES and n_bytes <= TARGET_CHUNK_BYTES:
            function_end = definition.end_byte
    dealt.deal(len(rows))
    return [run for run in starmap(partial(_trimmed, rows), dealt.stretches()) if run is not None]


class _Dealt:
    """Rows dealt out from the top: each to the innermost definition that is open there, -1 when none is."""

    __slots__ = ("ends", "open_owners", "owners")

    def __init__(self, n_rows: int) -> None:
        self.open_owners = [(n_rows, -1)]
        self.owners: list[int] = []
        self.ends = [0]

    def open(self, first: int, last: int, owner: int) -> None:
        self.deal(first)
        self.open_owners.append((last, owner))

    def deal(self, until: int) -> None:
        """Give the rows before `until` to the open definitions, closing those that end before it."""
        open_owners = self.open_owners
        while len(open_owners) > 1 and open_owners[-1][0] < until:
            last, owner = open_owners.pop()
            self._give(last + 1, owner)
        self._give(until, open_owners[-1][1])

    def _give(self, until: int, owner: int) -> None:
        if until <= self.ends[-1]:
            return
        if self.owners and self.owners[-1] == owner:
            self.ends[-1] = until
        else:
            self.owners.append(owner)
            self.ends.append(until)

    def stretches(self) -> Iterator[tuple[int, int, int]]:
        """First row, last row, owner."""
        for i, owner in enumerate(self.owners):
            yield self.ends[i], self.ends[i + 1] - 1, owner


def _owns_chunk(definition: Definition, first_row: int) -> bool:
    n_rows = definition.end_line - first_row
    if definition.kind in FUNCTION_KINDS or definition.kind in CLASS_KINDS or definition.kind in _MODULE_KINDS:
        return n_rows > 1
    return n_rows >= OWN_CHUNK_LINES


def _trimmed(rows: Rows, first: int, last: int, owner: int) -> _Run | None:
    while first <= last and rows.is_blank(first):
        first += 1
    while last > first and rows.is_blank(last):
        last -= 1
    return _Run(first, last, owner) if first <= last else None


def _merge_small(runs: list[_Run], rows: Rows, definitions: tuple[Definition, ...]) -> list[_Run]:
    """Closing brackets, and a line or two between members, join the chunk before them."""
    merged: list[_Run] = []
    for run in runs:
        before = merged[-1] if merged else None
        if before is None:
            merged.append(run)
        elif _joins(run, before, rows, definitions):
            before.last = run.last
        elif _both_tiny(run, before, rows) and _home(run.owner, definitions) == _home(before.owner, definitions):
            before.owner = _home(run.owner, definitions)
            before.last = run.last
            before.is_group = True
        else:
            merged.append(run)
    return merged


def _both_tiny(run: _Run, before: _Run, rows: Rows) -> bool:
    if rows.byte_length(run.first, run.last) > TINY_CHUNK_BYTES:
        return False
    limit = TINY_GROUP_BYTES - TINY_CHUNK_BYTES if before.is_group else TINY_CHUNK_BYTES
    return rows.byte_length(before.first, before.last) <= limit


def _home(owner: int, definitions: tuple[Definition, ...]) -> int:
    """The class or module that a run stands in; a class's own lines stand in the class, an `impl` outside it."""
    if owner < 0 or definitions[owner].kind not in FUNCTION_KINDS:
        return owner
    start, home = definitions[owner].start_byte, definitions[owner].parent
    while home >= 0 and definitions[home].end_byte <= start:
        home = definitions[home].parent
    return home


def _joins(run: _Run, before: _Run, rows: Rows, definitions: tuple[Definition, ...]) -> bool:
    if rows.byte_length(before.first, run.last) > TARGET_CHUNK_BYTES:
        return False
    if rows.only_punctuation(run.first, run.last):
        return True
    if run.owner < 0 or before.owner < 0 or run.last - run.first >= SMALL_GAP_LINES:
        return False
    return definitions[run.owner].kind in CLASS_KINDS and definitions[before.owner].parent == run.owner


def _chunk_kind(owner: int, definitions: tuple[Definition, ...]) -> str:
    if owner < 0:
        return "module"
    kind = definitions[owner].kind
    if kind in FUNCTION_KINDS:
        return "function"
    return "class" if kind in CLASS_KINDS else "module"


def _split(run: _Run, rows: Rows, kind: str, root: Node) -> Iterator[tuple[int, int]]:
    """Rows of the pieces of a run, balanced in size, cut at the statement border nearest to the wanted place."""
    max_lines = MAX_MODULE_LINES if kind == "module" else MAX_FUNCTION_LINES
    first, last = run.first, run.last
    if last - first < max_lines and rows.byte_length(first, last) <= TARGET_CHUNK_BYTES:
        yield first, last
        return
    borders = statement_borders(root, rows, first, last, max_lines, TARGET_CHUNK_BYTES)
    while first <= last:
        cut = _next_cut(borders, rows, first, last, max_lines)
        piece = _trimmed(rows, first, cut - 1, run.owner)
        if piece is not None:
            yield piece.first, piece.last
        first = cut


def _next_cut(borders: list[Border], rows: Rows, first: int, last: int, max_lines: int) -> int:
    """First row of the next piece."""
    n_lines, n_bytes = last + 1 - first, rows.byte_length(first, last)
    n_pieces = max(-(-n_lines // max_lines), -(-n_bytes // TARGET_CHUNK_BYTES))
    if n_pieces <= 1:
        return last + 1
    furthest = max(first + 1, min(first + max_lines, rows.row_after_bytes(first, TARGET_CHUNK_BYTES)))
    wanted = min(furthest, first + max(1, n_lines // n_pieces))
    nearest = first + max(1, (wanted - first) // 2)  # or a row of shallow borders would make pieces of single lines
    window = borders[_lower_bound(borders, nearest) : _lower_bound(borders, furthest + 1)]
    if not window:
        return furthest
    return min(window, key=lambda border: abs(border.row - wanted) + DEPTH_COST_LINES * border.depth).row


def _lower_bound(borders: list[Border], row: int) -> int:
    low, high = 0, len(borders)
    while low < high:
        middle = (low + high) // 2
        if borders[middle].row < row:
            low = middle + 1
        else:
            high = middle
    return low


def _spans(rows: Rows, first: int, last: int, owner: int, kind: str) -> Iterator[ChunkSpan]:
    start, end = rows.start(first), rows.end(last)
    if end - start <= MAX_CHUNK_BYTES:
        yield ChunkSpan(first + 1, last + 1, start, end, owner, kind)
        return
    while start < end:
        cut = rows.cut_bytes(start, end, MAX_CHUNK_BYTES)
        yield ChunkSpan(rows.row_at(start) + 1, rows.row_at(cut - 1) + 1, start, cut, owner, kind)
        start = cut
