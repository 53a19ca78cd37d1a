"""One tree as the retriever sees it: files, and the live part of all segments under one numbering.

Documents, chunks and symbols are numbered through the segments in manifest order. A document that no file of the tree
has (an old version, another branch's) is dead: its postings are masked out, so statistics are those of the tree alone
and scores do not depend on how the index came about.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any

import numpy as np

from locant.indexer.calls import CallEdges, Numbered, call_edges
from locant.indexer.joined import Joined
from locant.indexer.store.arrays import Arrays
from locant.indexer.store.derived import derived_arrays
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

CALLS_KIND = "calls1"
"""Name of the stored edges; the number is raised when a rule for them changes."""

MAX_NAMED = 50_000
"""Names whose symbols are remembered; the parts of one query ask for the same ones again and again."""


class Snapshot(Joined):
    """Read access to an opened index; cheap to make, everything large is mapped or computed on first use."""

    def __init__(self, opened: OpenedTree) -> None:
        super().__init__(opened.segments)
        self.opened = opened
        self.arrays: Arrays = opened.files["snapshot"].arrays
        self.meta: dict[str, Any] = opened.files["snapshot"].meta
        self._named: dict[str, list[int]] = {}

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
        """Edges between chunks by the names that they use and define; of a large repository they are kept on disk."""
        kept = derived_arrays(self.opened.files["snapshot"].path, CALLS_KIND, self._call_arrays)
        return CallEdges(kept["source"].astype(np.int64), kept["target"].astype(np.int64))

    def _call_arrays(self) -> Arrays:
        symbol_live = self.doc_live[self.symbol_doc]
        numbered = Numbered(self.segments, self.chunk_base, self.chunk_live, self.symbol_chunk, symbol_live)
        edges = call_edges(numbered)
        return {"source": edges.source.astype(np.int32), "target": edges.target.astype(np.int32)}

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

    def chunks_using(self, name: str) -> Ints:
        """Live chunks that call, type with or inherit from a name, in order."""
        pieces = []
        for segment, base in zip(self.segments, self.chunk_base, strict=False):
            number = segment.strings.find(name)
            if number >= 0:
                chunks = segment.chunks_using(number) + np.uint32(base)
                pieces.append((chunks, chunks))
        return self._live(pieces)[0]

    # -- symbols -------------------------------------------------------------------------------------------------

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


def imports_of(segment: Segment, local: int) -> tuple[Import, ...]:
    """Imports of one document of a segment."""
    arrays, strings = segment.arrays, segment.strings
    run = slice(int(arrays["doc_import"][local]), int(arrays["doc_import"][local + 1]))
    columns = (arrays[f"import_{name}"][run].tolist() for name in ("module", "names", "line", "level"))
    return tuple(
        Import(strings[module], tuple(filter(None, strings[names].split(NAME_SEPARATOR))), line, level)
        for module, names, line, level in zip(*columns, strict=True)
    )
