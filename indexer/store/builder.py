"""Parsed files -> the arrays of one segment.

Words are numbered as they come (one C loop per chunk), and only distinct words are split into terms: splitting every
occurrence in Python would cost as much as parsing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from locant.indexer.store.arrays import Arrays
from locant.indexer.store.layout import FIELDS, NAME_SEPARATOR
from locant.indexer.store.postings import COUNT_MAX, encode_postings, starts_of
from locant.indexer.store.strings import encode_table
from locant.indexer.syntax.records import ChunkSpan, Definition, ParsedFile
from locant.indexer.terms import Vocabulary, split_identifier, words_in
from locant.numeric import Ints

__all__ = ["SegmentBuilder"]

NO_SYMBOL = -1

KEY_BITS = 32
KEY_MASK = (1 << KEY_BITS) - 1
"""Term and chunk share one 64-bit key, so that one plain sort orders postings."""


@dataclass
class _Words:
    """Word numbers of one field, chunk after chunk."""

    words: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)


class SegmentBuilder:
    """Collects documents, then yields the arrays described in `locant.indexer.store.layout`."""

    def __init__(self) -> None:
        self._words = Vocabulary()
        self._strings = Vocabulary()
        self._fields = {name: _Words() for name in FIELDS}
        self._keys: list[bytes] = []
        self._columns: dict[str, list[int]] = {}
        self._chunks = 0
        self._symbols = 0
        self._imports = 0
        for name in ("doc_chunk", "doc_symbol", "doc_import", "symbol_base"):
            self._columns[name] = [0]

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, key: tuple[bytes, str], size: int, text: bytes, parsed: ParsedFile, note: str = "") -> None:
        """Add one document.

        Args:
            key: its 20-byte blob id, and what of its name decided how it was parsed.
            size: bytes on disk.
            text: UTF-8 text that was parsed.
            parsed: what syntax says about it.
            note: what else is to be told about the file.

        """
        first_chunk, first_symbol = self._chunks, self._symbols
        self._keys.append(key[0])
        self._put("doc_variant", self._strings[key[1]])
        self._put("doc_language", self._strings[parsed.language])
        self._put("doc_bytes", size)
        self._put("doc_lines", text.count(b"\n") + 1)
        self._put("doc_note", self._strings[note or parsed.note])
        owners = _owning_chunks(parsed)
        self._add_chunks(parsed.chunks, text, first_symbol)
        self._add_symbols(parsed.definitions, first_symbol, [first_chunk + chunk for chunk in owners])
        self._add_definition_words(parsed, owners)
        self._add_references(parsed, first_chunk)
        self._add_imports(parsed)
        self._put("doc_chunk", self._chunks)
        self._put("doc_symbol", self._symbols)
        self._put("doc_import", self._imports)

    def _put(self, column: str, value: int) -> None:
        self._columns.setdefault(column, []).append(value)

    def _extend(self, column: str, values: Iterable[int]) -> None:
        self._columns.setdefault(column, []).extend(values)

    def _add_chunks(self, spans: Sequence[ChunkSpan], text: bytes, first_symbol: int) -> None:
        number = self._strings.__getitem__
        self._extend("chunk_start", [span.start_line for span in spans])
        self._extend("chunk_end", [span.end_line for span in spans])
        self._extend("chunk_symbol", [first_symbol + s.definition if s.definition >= 0 else NO_SYMBOL for s in spans])
        self._extend("chunk_kind", [number(span.kind) for span in spans])
        for span in spans:
            self._add_words("body", text[span.start_byte : span.end_byte])
        self._chunks += len(spans)

    def _add_words(self, name: str, text: bytes) -> None:
        words = words_in(text)
        column = self._fields[name]
        column.words.extend(map(self._words.__getitem__, words))
        column.counts.append(len(words))

    def _add_symbols(self, definitions: Sequence[Definition], first: int, chunks: list[int]) -> None:
        number = self._strings.__getitem__
        self._extend("symbol_name", [number(d.name) for d in definitions])
        self._extend("symbol_qualified", [number(d.qualified_name) for d in definitions])
        self._extend("symbol_kind", [number(d.kind) for d in definitions])
        self._extend("symbol_start", [d.start_line for d in definitions])
        self._extend("symbol_end", [d.end_line for d in definitions])
        self._extend("symbol_parent", [first + d.parent if d.parent >= 0 else NO_SYMBOL for d in definitions])
        self._extend("symbol_chunk", chunks)
        bases = self._columns.setdefault("base_name", [])
        for definition in definitions:
            bases.extend(map(number, definition.bases))
            self._put("symbol_base", len(bases))
        self._symbols += len(definitions)

    def _add_definition_words(self, parsed: ParsedFile, owners: list[int]) -> None:
        """Names, signatures and doc comments go to the chunk in which the definition begins."""
        names: list[list[str]] = [[] for _ in parsed.chunks]
        signatures: list[list[str]] = [[] for _ in parsed.chunks]
        docs: list[list[str]] = [[] for _ in parsed.chunks]
        for definition, chunk in zip(parsed.definitions, owners, strict=True):
            names[chunk].append(definition.qualified_name)
            signatures[chunk].append(definition.signature)
            docs[chunk].append(definition.doc)
        for number, span in enumerate(parsed.chunks):
            if span.definition >= 0 and owners[span.definition] != number:
                names[number].append(parsed.definitions[span.definition].qualified_name)
        for column, texts in (("name", names), ("signature", signatures), ("comment", docs)):
            for parts in texts:
                self._add_words(column, "\n".join(parts).encode("utf-8", "replace"))

    def _add_references(self, parsed: ParsedFile, first_chunk: int) -> None:
        starts = np.array([span.start_line for span in parsed.chunks], dtype=np.int64)
        if not len(starts):
            return
        lines = [reference.line for reference in parsed.references]
        chunk = np.maximum(np.searchsorted(starts, lines, side="right") - 1, 0) + first_chunk
        self._extend("reference_chunk", chunk.tolist())
        self._extend("reference_name", [self._strings[reference.name] for reference in parsed.references])

    def _add_imports(self, parsed: ParsedFile) -> None:
        for found in parsed.imports:
            self._put("import_module", self._strings[found.module])
            self._put("import_names", self._strings[NAME_SEPARATOR.join(found.names)])
            self._put("import_line", found.line)
            self._put("import_level", found.level)
            self._imports += 1

    def finish(self) -> Arrays:
        """Arrays of the segment; the builder is used up."""
        renumber, strings = _sorted_table(self._strings)
        arrays = encode_table("string", strings)
        arrays["doc_key"] = np.frombuffer(b"".join(self._keys), dtype=np.uint8).reshape(len(self._keys), 20)
        references = self._column("reference_chunk"), renumber[self._column("reference_name")]
        for column, convert in _COLUMNS.items():
            arrays[column] = convert(self._column(column), renumber)
        arrays.update(_reference_arrays(*references, len(strings), self._chunks))
        arrays.update(self._field_arrays())
        return arrays

    def _column(self, name: str) -> Ints:
        return np.asarray(self._columns.get(name, ()), dtype=np.int64)

    def _field_arrays(self) -> Arrays:
        split = [split_identifier(word) for word in self._words]
        terms = Vocabulary()
        flat = np.fromiter((terms[t] for word in split for t in word), dtype=np.int64)
        renumber, ordered = _sorted_table(terms)
        lengths = np.fromiter(map(len, split), dtype=np.int64, count=len(split))
        expansion = _Expansion(renumber[flat] if len(flat) else flat, np.concatenate(([0], np.cumsum(lengths))))
        arrays = encode_table("term", ordered)
        for name in FIELDS:
            arrays.update(_postings(name, self._fields[name], expansion, len(ordered), self._chunks))
        return arrays


def _plain(values: Ints, _: Ints) -> Ints:
    return values.astype(np.uint32)


def _signed(values: Ints, _: Ints) -> Ints:
    return values.astype(np.int32)


def _string(values: Ints, renumber: Ints) -> Ints:
    return renumber[values].astype(np.uint32)


_COLUMNS: dict[str, Callable[[Ints, Ints], Ints]] = {
    "doc_language": _string,
    "doc_note": _string,
    "doc_variant": _string,
    "doc_bytes": _plain,
    "doc_lines": _plain,
    "doc_chunk": _plain,
    "doc_symbol": _plain,
    "doc_import": _plain,
    "chunk_start": _plain,
    "chunk_end": _plain,
    "chunk_symbol": _signed,
    "chunk_kind": _string,
    "symbol_name": _string,
    "symbol_qualified": _string,
    "symbol_kind": _string,
    "symbol_start": _plain,
    "symbol_end": _plain,
    "symbol_parent": _signed,
    "symbol_chunk": _plain,
    "symbol_base": _plain,
    "base_name": _string,
    "import_module": _string,
    "import_names": _string,
    "import_line": _plain,
    "import_level": _plain,
}


def _owning_chunks(parsed: ParsedFile) -> list[int]:
    """For each definition the chunk in which its first line stands."""
    starts = [span.start_line for span in parsed.chunks]
    return [max(bisect_right(starts, definition.start_line) - 1, 0) for definition in parsed.definitions]


def _sorted_table(vocabulary: Vocabulary) -> tuple[Ints, list[bytes]]:
    """New number of each old one, and the strings in byte order."""
    encoded = [text.encode("utf-8", "surrogateescape") for text in vocabulary]
    order = sorted(range(len(encoded)), key=encoded.__getitem__)
    renumber = np.empty(len(order), dtype=np.int64)
    renumber[order] = np.arange(len(order))
    return renumber, [encoded[i] for i in order]


@dataclass
class _Expansion:
    """Terms of each word: `terms[at[w]:at[w + 1]]`."""

    terms: Ints
    at: Ints

    def expand(self, words: Ints) -> tuple[Ints, Ints]:
        """Position in `words` of each resulting term, and the terms."""
        counts = self.at[words + 1] - self.at[words]
        position = np.repeat(np.arange(len(words)), counts)
        within = np.arange(len(position)) - np.repeat(np.cumsum(counts) - counts, counts)
        return position, self.terms[self.at[words][position] + within]


def _postings(name: str, column: _Words, expansion: _Expansion, terms: int, chunks: int) -> Arrays:
    position, term = expansion.expand(np.asarray(column.words, dtype=np.int64))
    chunk = np.repeat(np.arange(len(column.counts)), column.counts)[position]
    keys, tf = _count((term << KEY_BITS) | chunk)
    return encode_postings(name, keys >> KEY_BITS, keys & KEY_MASK, np.minimum(tf, COUNT_MAX), terms, chunks)


def _count(keys: Ints) -> tuple[Ints, Ints]:
    """Distinct keys in order, and how often each occurs."""
    if not len(keys):
        return keys, keys
    ordered = np.sort(keys)
    first = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return ordered[first], np.diff(np.append(first, len(ordered)))


def _reference_arrays(chunk: Ints, name: Ints, strings: int, chunks: int) -> Arrays:
    keys, _ = _count((name << KEY_BITS) | chunk)
    by_name, by_chunk = keys >> KEY_BITS, keys & KEY_MASK
    order = np.argsort(by_chunk, kind="stable")
    return {
        "ref_at": starts_of(by_name, strings),
        "ref_chunk": by_chunk.astype(np.uint32),
        "used_at": starts_of(by_chunk, chunks),
        "used_name": by_name[order].astype(np.uint32),
    }
