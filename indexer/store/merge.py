"""Several segments -> one, keeping chosen documents: the one operation behind building, updating and compacting.

Workers return a small segment per batch; merging them is what builds an index. Everything is array arithmetic: numbers
of strings and terms are translated through the union of the tables, postings are put in order by one sort.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from locant.indexer.store.arrays import Arrays
from locant.indexer.store.layout import FIELDS, STRING_COLUMNS
from locant.indexer.store.postings import COUNT_BITS, COUNT_MAX, all_counts, encode_postings, starts_of
from locant.indexer.store.strings import StringTable, encode_table, union
from locant.numeric import Ints, Mask

__all__ = ["merge_segments"]

TF_MASK = np.uint64(COUNT_MAX)
CHUNK_SHIFT = np.uint64(COUNT_BITS)
TERM_SHIFT = np.uint64(40)
NUMBER_MASK = np.uint64((1 << 24) - 1)  # chunks, and terms, of a segment: some 60 times those of 64 MB of source


@dataclass
class _Part:
    """One input: its arrays, what is kept of it, and where its numbers go."""

    arrays: Arrays
    docs: Mask
    chunks: Mask
    symbols: Mask
    imports: Mask
    bases: Mask
    used: Mask
    strings: Ints
    terms: Ints
    new_chunk: Ints
    new_symbol: Ints


def merge_segments(segments: Sequence[Arrays], keep: Sequence[Mask]) -> Arrays:
    """Merge segments.

    Args:
        segments: arrays as `locant.indexer.store.layout` describes them.
        keep: for each segment, which of its documents (docs,) to keep.

    Returns:
        Arrays of one segment with the kept documents in order of input.

    """
    strings, string_maps = union(StringTable(arrays, "string").all() for arrays in segments)
    terms, term_maps = union(StringTable(arrays, "term").all() for arrays in segments)
    parts: list[_Part] = []
    counts = [0, 0]  # chunks, symbols
    for arrays, docs, string_map, term_map in zip(segments, keep, string_maps, term_maps, strict=True):
        parts.append(_part(arrays, docs, string_map, term_map, counts))
    merged = {**encode_table("string", strings), **encode_table("term", terms)}
    merged.update(_documents(parts))
    merged.update(_chunks(parts))
    merged.update(_symbols(parts))
    merged.update(_imports(parts))
    for name in FIELDS:
        merged.update(_field(parts, name, len(terms), counts[0]))
    merged.update(_references(parts, len(strings)))
    return _without_unused(merged) if not all(mask.all() for mask in keep) else merged


def _part(arrays: Arrays, docs: Mask, strings: Ints, terms: Ints, counts: list[int]) -> _Part:
    chunks = np.repeat(docs, np.diff(arrays["doc_chunk"]))
    symbols = np.repeat(docs, np.diff(arrays["doc_symbol"]))
    new_chunk, new_symbol = _numbering(chunks, counts[0]), _numbering(symbols, counts[1])
    counts[0] += int(chunks.sum())
    counts[1] += int(symbols.sum())
    return _Part(
        arrays=arrays,
        docs=docs,
        chunks=chunks,
        symbols=symbols,
        imports=np.repeat(docs, np.diff(arrays["doc_import"])),
        bases=np.repeat(symbols, np.diff(arrays["symbol_base"])),
        used=np.repeat(chunks, np.diff(arrays["used_at"])),
        strings=strings,
        terms=terms,
        new_chunk=new_chunk,
        new_symbol=new_symbol,
    )


def _numbering(mask: Mask, start: int) -> Ints:
    return np.cumsum(mask, dtype=np.int64) - 1 + start


def _join(pieces: Sequence[Ints], dtype: type) -> Ints:
    return np.concatenate(pieces).astype(dtype) if pieces else np.zeros(0, dtype=dtype)


def _ranges(parts: Sequence[_Part], column: str, masks: Sequence[Mask]) -> Ints:
    """A range column (one more entry than rows), counted anew."""
    lengths = _join([np.diff(part.arrays[column])[mask] for part, mask in zip(parts, masks, strict=True)], np.int64)
    at = np.zeros(len(lengths) + 1, dtype=np.uint32)
    np.cumsum(lengths, out=at[1:])
    return at


def _column(parts: Sequence[_Part], column: str, masks: Sequence[Mask]) -> Ints:
    pieces = []
    for part, mask in zip(parts, masks, strict=True):
        values = part.arrays[column][mask]
        pieces.append(part.strings[values] if column in STRING_COLUMNS else values)
    return _join(pieces, np.uint32)


def _pointers(parts: Sequence[_Part], column: str, masks: Sequence[Mask], numbering: str) -> Ints:
    """A column of row numbers, where -1 means none."""
    pieces = []
    for part, mask in zip(parts, masks, strict=True):
        values = part.arrays[column][mask].astype(np.int64)
        target: Ints = getattr(part, numbering)
        pieces.append(np.where(values < 0, -1, target[np.maximum(values, 0)]) if len(target) else values)
    return _join(pieces, np.int32)


def _documents(parts: Sequence[_Part]) -> Arrays:
    masks = [part.docs for part in parts]
    columns = ("doc_language", "doc_bytes", "doc_lines", "doc_note", "doc_variant")
    keys = [part.arrays["doc_key"][part.docs] for part in parts]
    merged: Arrays = {"doc_key": np.concatenate(keys)}
    merged.update({name: _column(parts, name, masks) for name in columns})
    merged.update({name: _ranges(parts, name, masks) for name in ("doc_chunk", "doc_symbol", "doc_import")})
    return merged


def _chunks(parts: Sequence[_Part]) -> Arrays:
    masks = [part.chunks for part in parts]
    merged = {name: _column(parts, name, masks) for name in ("chunk_start", "chunk_end", "chunk_kind")}
    merged["chunk_symbol"] = _pointers(parts, "chunk_symbol", masks, "new_symbol")
    return merged


def _symbols(parts: Sequence[_Part]) -> Arrays:
    masks = [part.symbols for part in parts]
    columns = ("symbol_name", "symbol_qualified", "symbol_kind", "symbol_start", "symbol_end")
    merged = {name: _column(parts, name, masks) for name in columns}
    merged["symbol_chunk"] = _pointers(parts, "symbol_chunk", masks, "new_chunk").astype(np.uint32)
    merged["symbol_parent"] = _pointers(parts, "symbol_parent", masks, "new_symbol")
    merged["symbol_base"] = _ranges(parts, "symbol_base", masks)
    merged["base_name"] = _column(parts, "base_name", [part.bases for part in parts])
    return merged


def _imports(parts: Sequence[_Part]) -> Arrays:
    masks = [part.imports for part in parts]
    columns = ("import_module", "import_names", "import_line", "import_level")
    return {name: _column(parts, name, masks) for name in columns}


def _field(parts: Sequence[_Part], name: str, terms: int, chunks: int) -> Arrays:
    """Postings in order of term and chunk. One sort of packed 64-bit keys is several times faster than an argsort."""
    keys = []
    for part in parts:
        chunk = part.arrays[f"{name}_chunk"]
        kept = part.chunks[chunk]
        term = np.repeat(part.terms, np.diff(part.arrays[f"{name}_at"]))[kept].astype(np.uint64)
        number = part.new_chunk[chunk[kept]].astype(np.uint64)
        tf = all_counts(part.arrays, name)[kept].astype(np.uint64)
        keys.append((term << TERM_SHIFT) | (number << CHUNK_SHIFT) | tf)
    packed = np.sort(np.concatenate(keys))
    chunk = (packed >> CHUNK_SHIFT) & NUMBER_MASK
    return encode_postings(
        name,
        (packed >> TERM_SHIFT).astype(np.int64),
        chunk.astype(np.int64),
        (packed & TF_MASK).astype(np.int64),
        terms,
        chunks,
    )


def _references(parts: Sequence[_Part], strings: int) -> Arrays:
    used_at = _ranges(parts, "used_at", [part.chunks for part in parts])
    used = _column(parts, "used_name", [part.used for part in parts])
    chunk = np.repeat(np.arange(len(used_at) - 1, dtype=np.uint32), np.diff(used_at))
    order = np.argsort(used, kind="stable")
    return {"used_at": used_at, "used_name": used, "ref_at": starts_of(used, strings), "ref_chunk": chunk[order]}


def _without_unused(merged: Arrays) -> Arrays:
    """Drop strings and terms that only dropped documents used, so that a merge equals a rebuild to the byte."""
    used_terms = np.zeros(len(merged["term_at"]) - 1, dtype=np.bool_)
    for name in FIELDS:
        used_terms |= np.diff(merged[f"{name}_at"]) > 0
    used_strings = np.zeros(len(merged["string_at"]) - 1, dtype=np.bool_)
    for column in STRING_COLUMNS:
        used_strings[merged[column]] = True
    string_number = _numbering(used_strings, 0)
    for column in STRING_COLUMNS:
        merged[column] = string_number[merged[column]].astype(np.uint32)
    for name in FIELDS:
        merged[f"{name}_at"] = _kept_starts(merged[f"{name}_at"], used_terms)
    merged["ref_at"] = _kept_starts(merged["ref_at"], used_strings)
    merged.update(_kept_table(merged, "term", used_terms))
    merged.update(_kept_table(merged, "string", used_strings))
    return merged


def _kept_starts(at: Ints, kept: Mask) -> Ints:
    return np.append(at[:-1][kept], at[-1]).astype(np.uint32)


def _kept_table(merged: Arrays, name: str, kept: Mask) -> Arrays:
    table = StringTable(merged, name).all()
    return encode_table(name, [table[i] for i in np.flatnonzero(kept)])
