"""The static encoder: one learned vector for each word of code, added up. numpy alone, no model library.

    v(text) = sum over terms t of  (1 + ln tf) * weight(t) * E(t), divided by its length

Words are the index's own terms, so the vectors of a whole index come out of its postings: no text is read, none is
taken apart a second time. Queries and passages share E and have weights of their own: what makes a question specific
("where", "handled") is not what makes code specific ("self", "return"). `locant eval train embedding` makes the table.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from locant.indexer.store.arrays import ArrayFile, write_arrays
from locant.indexer.store.postings import all_counts
from locant.indexer.store.segment import Segment
from locant.indexer.store.strings import StringTable, encode_table
from locant.indexer.terms import terms_of
from locant.numeric import Ints, Singles
from locant.retriever.dense.encoder import TextKind, unit_rows

__all__ = ["SHIPPED", "StaticEncoder", "StaticTable", "write_table"]

SHIPPED = Path(__file__).with_name("static.arr")
"""The table in the wheel; docs/models/ has its card."""

INT8 = 127

CHUNKS_AT_ONCE = 8_192
"""Vectors made at a time: some 4 MB of them, and ten times that of what is added up."""

TERMS_OF_A_CHUNK = 64
"""Different known words that a chunk has, roughly; sets how many postings are gathered at a time."""


@dataclass(frozen=True, slots=True)
class StaticTable:
    """words: sorted, distinct (V). vectors: (V, d). query, passage: weight of each word (V,).

    name_share: how often the names that a chunk defines count besides standing in its text.
    """

    words: tuple[str, ...]
    vectors: Singles
    query: Singles
    passage: Singles
    name_share: float


def write_table(path: Path, table: StaticTable, meta: Mapping[str, object]) -> None:
    """Write a table with 8-bit vectors; the file must not exist yet."""
    raw = [word.encode() for word in table.words]
    order = sorted(range(len(raw)), key=raw.__getitem__)
    scale = np.abs(table.vectors).max(axis=1) / INT8
    numbers = np.rint(table.vectors / np.where(scale > 0, scale, 1.0)[:, None]).astype(np.int8)
    arrays = {
        **encode_table("word", [raw[i] for i in order]),
        "vectors": numbers[order],
        "query": (table.query * scale)[order].astype(np.float32),
        "passage": (table.passage * scale)[order].astype(np.float32),
    }
    digest = hashlib.blake2b(b"".join(arrays[name].tobytes() for name in sorted(arrays)), digest_size=8)
    digest.update(repr(table.name_share).encode())
    write_arrays(path, arrays, {**meta, "name_share": table.name_share, "digest": digest.hexdigest()})


class StaticEncoder:
    """A table of word vectors from disk; opened lazily, mapped, never read whole for a query.

    Args:
        path: of the table.
        name: how it was asked for.

    Raises:
        StoreCorruptError: on first use, when the file is no table.

    """

    def __init__(self, path: Path = SHIPPED, name: str = "static") -> None:
        self.name = name
        self._path = path

    @cached_property
    def _file(self) -> ArrayFile:
        return ArrayFile.open(self._path, verify=False)

    @cached_property
    def _words(self) -> StringTable:
        return StringTable(self._file.arrays, "word")

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._file.arrays["vectors"].shape[1])

    @property
    def fingerprint(self) -> str:
        """Changes with the table, whatever it was trained from."""
        return f"static-{self._file.meta['digest']}"

    def encode(self, texts: Sequence[str], kind: TextKind) -> Singles:
        """Unit vectors of texts; names in passages count as their words do."""
        bags = [Counter(terms_of(text)) for text in texts]
        rows = [self.of_terms({term: 1 + float(np.log(tf)) for term, tf in bag.items()}, kind) for bag in bags]
        return np.stack(rows) if rows else np.zeros((0, self.dimension), dtype=np.float32)

    def of_terms(self, terms: Mapping[str, float], kind: TextKind) -> Singles:
        """Unit vector of weighted terms (d,); zero when none is known."""
        known = [(row, weight) for term, weight in terms.items() if (row := self._words.find(term)) >= 0]
        if not known:
            return np.zeros(self.dimension, dtype=np.float32)
        rows = np.array([row for row, _ in known])
        weights = np.array([weight for _, weight in known], dtype=np.float32) * self._file.arrays[kind][rows]
        vector = weights @ self._file.arrays["vectors"][rows].astype(np.float32)
        found: Singles = unit_rows(vector[None, :])[0]
        return found

    def of_segment(self, segment: Segment) -> Iterator[Singles]:
        """Unit vectors of a segment's chunks in order, a block of chunks at a time."""
        chunk, row, weight = self._postings(segment)
        starts = np.searchsorted(chunk, np.arange(segment.chunk_count + 1))
        vectors = self._file.arrays["vectors"]
        for first in range(0, segment.chunk_count, CHUNKS_AT_ONCE):
            last = min(first + CHUNKS_AT_ONCE, segment.chunk_count)
            yield unit_rows(_sums(vectors, row, weight, starts[first : last + 1]))

    def _postings(self, segment: Segment) -> tuple[Ints, Ints, Singles]:
        """Chunk, row of the table and weight of every posting of a known word, by chunk."""
        share = float(self._file.meta["name_share"])
        rows = self._rows_of(segment)
        parts = [_field(segment, "body", rows, 1.0), _field(segment, "name", rows, share)]
        chunk, row, weight = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        order = np.argsort(chunk, kind="stable")
        return chunk[order], row[order], (weight * self._file.arrays["passage"][row])[order].astype(np.float32)

    def _rows_of(self, segment: Segment) -> Ints:
        """Row of the table of each of a segment's terms, -1 for what is not in it."""
        known = {word: row for row, word in enumerate(self._words.all())}
        terms = segment.terms.all()
        return np.fromiter((known.get(term, -1) for term in terms), dtype=np.int64, count=len(terms))


def _field(segment: Segment, name: str, rows: Ints, share: float) -> tuple[Ints, Ints, Singles]:
    """Postings of one field whose terms are known: chunk, row of the table, weight."""
    at = segment.arrays[f"{name}_at"].astype(np.int64)
    row = np.repeat(rows, np.diff(at))
    kept = row >= 0
    tf = all_counts(segment.arrays, name)[kept]
    weight = (share * (1 + np.log(np.maximum(tf, 1)))).astype(np.float32)
    return segment.arrays[f"{name}_chunk"][kept], row[kept], weight


def _sums(vectors: Ints, row: Ints, weight: Singles, starts: Ints) -> Singles:
    """Weighted sums of the rows between each two starts; (len(starts) - 1, d)."""
    sums = np.zeros((len(starts) - 1, vectors.shape[1]), dtype=np.float32)
    step = max(1, CHUNKS_AT_ONCE // 8)
    for first in range(0, len(sums), step):
        some = starts[first : first + step + 1]
        if some[-1] == some[0]:
            continue
        terms = vectors[row[some[0] : some[-1]]] * weight[some[0] : some[-1], None]
        filled = np.flatnonzero(np.diff(some))  # reduceat gives an empty run the next one's first row
        sums[first + filled] = np.add.reduceat(terms, some[filled] - some[0], axis=0)
    return sums
