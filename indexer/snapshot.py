"""One tree as the retriever sees it: files, and the live part of all segments under one numbering.

Documents, chunks and symbols are numbered through the segments in manifest order. A document that no file of the tree
has (an old version, another branch's) is dead: its postings are masked out, so statistics are those of the tree alone
and scores do not depend on how the index came about.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np

from locant.indexer.calls import CallEdges, Numbered, call_edges
from locant.indexer.store.arrays import Arrays
from locant.indexer.store.folder import OpenedTree
from locant.indexer.store.layout import NAME_SEPARATOR
from locant.indexer.store.segment import Segment
from locant.indexer.store.strings import StringTable
from locant.indexer.syntax.records import Import
from locant.numeric import Ints, Mask
from locant.types import LeftOut, Location, Symbol

__all__ = ["NO_DOC", "Snapshot"]

NO_DOC = 0xFFFFFFFF
"""`entry_segment` of a file that was listed but left out for its content."""

MAX_NAMED = 50_000
"""Names whose symbols are remembered; the parts of one query ask for the same ones again and again."""


class Snapshot:
    """Read access to an opened index; cheap to make, everything large is mapped or computed on first use."""

    def __init__(self, opened: OpenedTree) -> None:
        self.opened = opened
        self.segments: tuple[Segment, ...] = opened.segments
        self.arrays: Arrays = opened.files["snapshot"].arrays
        self.meta: dict[str, Any] = opened.files["snapshot"].meta
        self._named: dict[str, list[int]] = {}
        self.doc_base = _bases([segment.doc_count for segment in self.segments])
        self.chunk_base = _bases([segment.chunk_count for segment in self.segments])
        self.symbol_base = _bases([segment.symbol_count for segment in self.segments])

    # -- files ---------------------------------------------------------------------------------------------------

    @cached_property
    def entry_paths(self) -> list[str]:
        """Every listed file, indexed or left out for its content, in order."""
        return os.fsdecode(self.arrays["entry_paths"].tobytes()).split("\0")[:-1]

    @cached_property
    def indexed_entries(self) -> Ints:
        """Numbers of the entries that are indexed: file `f` is entry `indexed_entries[f]`."""
        return np.flatnonzero(self.arrays["entry_segment"] != NO_DOC)

    @cached_property
    def paths(self) -> list[str]:
        """Indexed files in order; a file's number is its place here."""
        paths = self.entry_paths
        return [paths[i] for i in self.indexed_entries.tolist()]

    @cached_property
    def file_number(self) -> dict[str, int]:
        """Number of each indexed file."""
        return {path: i for i, path in enumerate(self.paths)}

    @cached_property
    def file_doc(self) -> Ints:
        """Document of each file."""
        entries = self.indexed_entries
        segment = self.arrays["entry_segment"][entries].astype(np.int64)
        return np.asarray(self.doc_base)[segment] + self.arrays["entry_doc"][entries]

    @cached_property
    def doc_file(self) -> Ints:
        """First file of each document, -1 for a dead one."""
        first = np.full(self.doc_base[-1], -1, dtype=np.int64)
        docs = self.file_doc
        first[docs[::-1]] = np.arange(len(docs) - 1, -1, -1)
        return first

    @cached_property
    def doc_live(self) -> Mask:
        """Whether any file of the tree has the document."""
        return self.doc_file >= 0

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Files that are not indexed, and why."""
        return tuple(LeftOut(*item) for item in self.meta["left_out"])

    @cached_property
    def files_by_name(self) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
        """Files with their folders by last path component, and by that component up to its first dot."""
        found: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        for number, path in enumerate(self.paths):
            *folders, name = path.split("/")
            entry = (number, tuple(folders))
            for key in {name, name.split(".", 1)[0]}:
                found.setdefault(key, []).append(entry)
        return found

    @cached_property
    def file_folder(self) -> Ints:
        """Number of each file's folder; files side by side have the same."""
        number: dict[str, int] = {}
        folders = (path.rpartition("/")[0] for path in self.paths)
        return np.array([number.setdefault(folder, len(number)) for folder in folders], dtype=np.int64)

    @cached_property
    def calls(self) -> CallEdges:
        """Edges between chunks by the names that they use and define."""
        symbol_live = self.doc_live[self.symbol_doc]
        return call_edges(Numbered(self.segments, self.chunk_base, self.chunk_live, self.symbol_chunk, symbol_live))

    @cached_property
    def callers(self) -> Ints:
        """How many chunks call each chunk (chunks,)."""
        return np.bincount(self.calls.target, minlength=self.chunk_count)

    @cached_property
    def callees(self) -> Ints:
        """How many chunks each chunk calls (chunks,)."""
        return np.bincount(self.calls.source, minlength=self.chunk_count)

    def file_column(self, name: str) -> Ints:
        """A per-file array of the snapshot: area, changes, decayed, last_change, in_degree, pagerank."""
        return self.arrays[f"file_{name}"]

    @cached_property
    def file_language(self) -> list[str]:
        """Language of each file."""
        numbers = self._by_segment("doc_language")[self.file_doc]
        segment = np.searchsorted(self.doc_base, self.file_doc, side="right") - 1
        names: dict[tuple[int, int], str] = {}
        found = []
        for key in zip(segment.tolist(), numbers.tolist(), strict=True):
            if key not in names:
                names[key] = self.segments[key[0]].strings[key[1]]
            found.append(names[key])
        return found

    @cached_property
    def file_bytes(self) -> Ints:
        """Bytes of each file."""
        return self._by_segment("doc_bytes")[self.file_doc]

    @cached_property
    def file_lines(self) -> Ints:
        """Lines of each file."""
        return self._by_segment("doc_lines")[self.file_doc]

    def blob(self, file: int) -> bytes:
        """Blob id of a file's content."""
        segment, local = self._place(int(self.file_doc[file]), self.doc_base)
        return bytes(segment.arrays["doc_key"][local].data)

    def note(self, file: int) -> str:
        """What is to be told about how a file was parsed."""
        segment, local = self._place(int(self.file_doc[file]), self.doc_base)
        return segment.strings[int(segment.arrays["doc_note"][local])]

    # -- chunks --------------------------------------------------------------------------------------------------

    @property
    def chunk_count(self) -> int:
        """Chunks of all segments, dead ones among them."""
        return self.chunk_base[-1]

    @cached_property
    def chunk_doc(self) -> Ints:
        """Document of each chunk."""
        return self._owners("doc_chunk")

    @cached_property
    def chunk_runs(self) -> tuple[Ints, Ints]:
        """Documents that have chunks, and the first chunk of each: a document's chunks follow each other."""
        return np.unique(self.chunk_doc, return_index=True)

    @cached_property
    def chunk_live(self) -> Mask | None:
        """Which chunks are live; None when all are, which is the common case and the fast one."""
        return None if self.doc_live.all() else self.doc_live[self.chunk_doc]

    @cached_property
    def live_chunks(self) -> int:
        """Number of live chunks."""
        return self.chunk_count if self.chunk_live is None else int(self.chunk_live.sum())

    @cached_property
    def chunk_file(self) -> Ints:
        """First file that has the chunk, -1 for a dead one."""
        return self.doc_file[self.chunk_doc]

    @cached_property
    def chunk_symbol(self) -> Ints:
        """Innermost definition that a chunk belongs to, or -1."""
        return self._by_segment("chunk_symbol", self.symbol_base, signed=True)

    @cached_property
    def chunk_start(self) -> Ints:
        """First line of each chunk."""
        return self._by_segment("chunk_start")

    @cached_property
    def chunk_end(self) -> Ints:
        """Last line of each chunk."""
        return self._by_segment("chunk_end")

    def chunk_kind(self, chunk: int) -> str:
        """Kind of a chunk."""
        segment, local = self._place(chunk, self.chunk_base)
        return segment.strings[int(segment.arrays["chunk_kind"][local])]

    def chunks_of_doc(self, doc: int) -> range:
        """Chunks of a document."""
        segment, local = self._place(doc, self.doc_base)
        base = self.chunk_base[self._segment_of(doc, self.doc_base)]
        at = segment.arrays["doc_chunk"]
        return range(base + int(at[local]), base + int(at[local + 1]))

    # -- postings ------------------------------------------------------------------------------------------------

    def postings(self, field: str, term: str) -> tuple[Ints, Ints]:
        """Live chunks with a term in a field, in order, and how often each has it."""
        pieces = []
        for segment, base in zip(self.segments, self.chunk_base, strict=False):
            number = segment.terms.find(term)
            if number >= 0:
                chunks, tf = segment.postings(field, number)
                pieces.append((chunks + np.uint32(base), tf))
        return self._live(pieces)

    def occurs(self, field: str, term: str) -> bool:
        """Whether a live chunk has a term in a field: asked of many forms of a word, most of which no text has."""
        for segment, base in zip(self.segments, self.chunk_base, strict=False):
            number = segment.terms.find(term)
            if number < 0:
                continue
            chunks = segment.chunks_with(field, number)
            if len(chunks) and (self.chunk_live is None or self.chunk_live[chunks + np.uint32(base)].any()):
                return True
        return False

    def _live(self, pieces: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
        if not pieces:
            return np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.uint16)
        chunks = pieces[0][0] if len(pieces) == 1 else np.concatenate([piece[0] for piece in pieces])
        values = pieces[0][1] if len(pieces) == 1 else np.concatenate([piece[1] for piece in pieces])
        if self.chunk_live is None:
            return chunks, values
        kept = self.chunk_live[chunks]
        return chunks[kept], values[kept]

    def field_lengths(self, field: str) -> Ints:
        """Number of terms of each chunk in a field."""
        return self._by_segment(f"{field}_length")

    def chunks_using(self, name: str) -> Ints:
        """Live chunks that call, type with or inherit from a name, in order."""
        pieces = []
        for segment, base in zip(self.segments, self.chunk_base, strict=False):
            number = segment.strings.find(name)
            if number >= 0:
                chunks = segment.chunks_using(number) + np.uint32(base)
                pieces.append((chunks, chunks))
        return self._live(pieces)[0]

    def names_used(self, chunk: int) -> list[str]:
        """Names that a chunk calls, types with or inherits from."""
        segment, local = self._place(chunk, self.chunk_base)
        at = segment.arrays["used_at"]
        numbers = segment.arrays["used_name"][int(at[local]) : int(at[local + 1])]
        return [segment.strings[number] for number in numbers.tolist()]

    # -- symbols -------------------------------------------------------------------------------------------------

    @cached_property
    def symbol_chunk(self) -> Ints:
        """Chunk in which each symbol begins."""
        return self._by_segment("symbol_chunk", self.chunk_base)

    @cached_property
    def symbol_doc(self) -> Ints:
        """Document of each symbol."""
        return self._owners("doc_symbol")

    @cached_property
    def symbol_parent(self) -> Ints:
        """Definition around each symbol, or -1."""
        return self._by_segment("symbol_parent", self.symbol_base, signed=True)

    @cached_property
    def symbol_lines(self) -> Ints:
        """Lines that each symbol spans."""
        return self._by_segment("symbol_end").astype(np.int64) - self._by_segment("symbol_start") + 1

    def symbols_named(self, name: str) -> list[int]:
        """Live symbols with exactly this name."""
        known = self._named.get(name)
        if known is None:
            if len(self._named) >= MAX_NAMED:
                self._named.clear()
            known = self._named[name] = self._find_symbols(name)
        return known

    def _find_symbols(self, name: str) -> list[int]:
        found: list[int] = []
        for segment, base in zip(self.segments, self.symbol_base, strict=False):
            number = segment.strings.find(name)
            if number >= 0:
                found.extend((segment.symbols_named(number) + base).tolist())
        return [symbol for symbol in found if self.doc_live[self.symbol_doc[symbol]]]

    def symbols_of_doc(self, doc: int) -> range:
        """Symbols of a document, in order of their start."""
        number = self._segment_of(doc, self.doc_base)
        at = self.segments[number].arrays["doc_symbol"]
        local = doc - self.doc_base[number]
        base = self.symbol_base[number]
        return range(base + int(at[local]), base + int(at[local + 1]))

    def symbol(self, number: int, path: str | None = None) -> Symbol:
        """The record of a symbol; `path` when its content stands in several files."""
        segment, local = self._place(number, self.symbol_base)
        arrays, strings = segment.arrays, segment.strings
        parent = int(arrays["symbol_parent"][local])
        if path is None:
            path = self.paths[int(self.doc_file[self.symbol_doc[number]])]
        return Symbol(
            name=strings[int(arrays["symbol_name"][local])],
            qualified_name=strings[int(arrays["symbol_qualified"][local])],
            kind=strings[int(arrays["symbol_kind"][local])],
            location=Location(path, int(arrays["symbol_start"][local]), int(arrays["symbol_end"][local])),
            parent=strings[int(arrays["symbol_qualified"][parent])] if parent >= 0 else None,
        )

    def symbols_of_kind(self, kinds: Iterable[str]) -> Mask:
        """Which symbols (of all segments, dead ones too) are of one of these kinds."""
        wanted = list(kinds)
        pieces = []
        for segment in self.segments:
            numbers = [number for kind in wanted if (number := segment.strings.find(kind)) >= 0]
            pieces.append(np.isin(segment.arrays["symbol_kind"], numbers))
        return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.bool_)

    def symbol_kind(self, number: int) -> str:
        """Kind of a symbol."""
        segment, local = self._place(number, self.symbol_base)
        return segment.strings[int(segment.arrays["symbol_kind"][local])]

    def symbol_name(self, number: int) -> str:
        """Name of a symbol."""
        segment, local = self._place(number, self.symbol_base)
        return segment.strings[int(segment.arrays["symbol_name"][local])]

    def symbol_bases(self, number: int) -> list[str]:
        """Names of what a symbol inherits from."""
        segment, local = self._place(number, self.symbol_base)
        at = segment.arrays["symbol_base"]
        return [segment.strings[n] for n in segment.arrays["base_name"][int(at[local]) : int(at[local + 1])].tolist()]

    @property
    def live_symbols(self) -> int:
        """Number of live symbols."""
        return int(self.doc_live[self.symbol_doc].sum())

    # -- imports and paths ---------------------------------------------------------------------------------------

    def imports(self, file: int) -> tuple[Import, ...]:
        """Imports of a file, as written."""
        segment, local = self._place(int(self.file_doc[file]), self.doc_base)
        return imports_of(segment, local)

    @cached_property
    def path_terms(self) -> StringTable:
        """Terms of the files' paths."""
        return StringTable(self.arrays, "pathterm")

    def path_postings(self, term: str) -> Ints:
        """Files whose path has a term."""
        number = self.path_terms.find(term)
        if number < 0:
            return np.zeros(0, dtype=np.uint32)
        at = self.arrays["pathterm_files_at"]
        return self.arrays["pathterm_files"][int(at[number]) : int(at[number + 1])]

    # -- history -------------------------------------------------------------------------------------------------

    @cached_property
    def past_terms(self) -> StringTable:
        """Terms of commit messages."""
        return StringTable(self.arrays, "pastterm")

    def past_postings(self, term: str) -> Ints:
        """Past commits whose message has a term, newest first."""
        number = self.past_terms.find(term)
        if number < 0:
            return np.zeros(0, dtype=np.int32)
        at = self.arrays["pastterm_commits_at"]
        return self.arrays["pastterm_commits"][int(at[number]) : int(at[number + 1])]

    # -- numbering -----------------------------------------------------------------------------------------------

    def _segment_of(self, number: int, bases: list[int]) -> int:
        return bisect_right(bases, number) - 1

    def _place(self, number: int, bases: list[int]) -> tuple[Segment, int]:
        segment = self._segment_of(number, bases)
        return self.segments[segment], number - bases[segment]

    def _owners(self, ranges: str) -> Ints:
        """Document of each chunk or symbol, from where each document's begin."""
        counts = [np.diff(segment.arrays[ranges]) for segment in self.segments]
        each = np.concatenate(counts) if counts else np.zeros(0, dtype=np.int64)
        return np.repeat(np.arange(len(each), dtype=np.int64), each)

    def _by_segment(self, column: str, bases: list[int] | None = None, *, signed: bool = False) -> Ints:
        """A column of all segments in a row, its numbers shifted by `bases`; negative numbers stay."""
        pieces = []
        for i, segment in enumerate(self.segments):
            values = segment.arrays[column]
            if bases is not None and bases[i]:
                shifted = values.astype(np.int64) + bases[i]
                values = np.where(values < 0, values, shifted) if signed else shifted
            pieces.append(values)
        if len(pieces) == 1:
            return pieces[0]
        return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int64)


def imports_of(segment: Segment, local: int) -> tuple[Import, ...]:
    """Imports of one document of a segment."""
    arrays, strings = segment.arrays, segment.strings
    run = slice(int(arrays["doc_import"][local]), int(arrays["doc_import"][local + 1]))
    columns = (arrays[f"import_{name}"][run].tolist() for name in ("module", "names", "line", "level"))
    return tuple(
        Import(strings[module], tuple(filter(None, strings[names].split(NAME_SEPARATOR))), line, level)
        for module, names, line, level in zip(*columns, strict=True)
    )


def _bases(counts: list[int]) -> list[int]:
    return [0, *np.cumsum(counts, dtype=np.int64).tolist()]
