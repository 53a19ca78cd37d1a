"""What a segment file holds: the names of its arrays, in one place.

Documents are distinct contents (blobs), chunks the pieces of them that are ranked, symbols the definitions in them.
All numbers are local to the segment; `locant.indexer.snapshot` adds offsets when it reads several as one.

    doc_key       (docs, 20) u1   git blob id
    doc_language  (docs)     u4   string number
    doc_variant   (docs)     u4   string number: what of name and options decided how it was parsed
    doc_bytes, doc_lines (docs) u4
    doc_note      (docs)     u4   string number: why only line chunks, how many syntax errors; "" when all is well
    doc_chunk, doc_symbol, doc_import (docs + 1) u4   where each document's chunks, symbols, imports begin

    chunk_start, chunk_end (chunks) u4   lines      chunk_symbol (chunks) i4    chunk_kind (chunks) u4 string number

    symbol_name, symbol_qualified, symbol_kind (symbols) u4 string numbers
    symbol_start, symbol_end (symbols) u4 lines
    symbol_parent (symbols) i4   number within the segment, or -1
    symbol_chunk  (symbols) u4   chunk in which it begins
    symbol_base   (symbols + 1) u4 and base_name u4   what it inherits from

    import_module, import_names, import_line, import_level  u4

    string_*  names, kinds, languages, modules      term_*  terms of the fields

    <field>_at (terms + 1) u4, <field>_chunk u4, <field>_tf u1   postings of each field, by term and then by chunk
    <field>_large_at u4, <field>_large_tf u4   counts over 255, by position
    <field>_length (chunks) u4                                   number of terms of the chunk in that field
    ref_at (strings + 1) u4, ref_chunk u4                        chunks that use a name
    used_at (chunks + 1) u4, used_name u4                        names that a chunk uses: the same, turned around

Signatures are terms only: their text is read from disk when it is shown, as all text is.
"""

from __future__ import annotations

__all__ = ["FIELDS", "INDEX_VERSION", "NAME_SEPARATOR", "STRING_COLUMNS"]

INDEX_VERSION = 3
"""Bump when any array of an index changes its meaning, comes or goes: an index of another version is built anew."""

FIELDS = ("body", "name", "signature", "comment")
"""Fields of a chunk with their own postings and lengths; paths belong to files and live in the snapshot."""

STRING_COLUMNS = (
    "doc_language",
    "doc_note",
    "doc_variant",
    "chunk_kind",
    "symbol_name",
    "symbol_qualified",
    "symbol_kind",
    "base_name",
    "import_module",
    "import_names",
    "used_name",
)
"""Columns that hold numbers of the string table."""

NAME_SEPARATOR = "\x1f"
"""Joins the names of one import into one string; it occurs in no identifier."""
