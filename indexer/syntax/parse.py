"""One file's text -> its definitions, references, imports and chunks. No I/O, no state."""

from __future__ import annotations

from locant.indexer.syntax.chunking import chunk_source
from locant.indexer.syntax.definitions import CLASS_KINDS, FUNCTION_KINDS
from locant.indexer.syntax.documents import line_chunks, parse_document
from locant.indexer.syntax.engine import Extraction, extract
from locant.indexer.syntax.languages import detect_language
from locant.indexer.syntax.longtail import extract_longtail, longtail_language
from locant.indexer.syntax.records import ParsedFile

__all__ = ["parse_file"]

PLAIN_TEXT = "text"
# Text that is looked at to tell C from C++ and to find an interpreter.
HEAD_BYTES = 8_192
# Above this share of bytes inside syntax errors, a tree without any function or class says nothing reliable: wrong
# language, template, macro file. With some it does: one bad macro may put a file of good functions inside an error.
MAX_ERROR_SHARE = 0.5
RELIABLE_KINDS = FUNCTION_KINDS | CLASS_KINDS


def parse_file(path: str, source: bytes) -> ParsedFile:
    """Parse the UTF-8 text of one file; a language without grammar, or a failed parse, gives sections or lines."""
    language = detect_language(path, source[:HEAD_BYTES])
    if language is None or language.name == PLAIN_TEXT:
        return _parse_longtail(path, source)
    if language.grammar is None:
        return parse_document(path, source, language.name)
    try:
        extraction = extract(source, language)
    except (ValueError, RuntimeError) as error:
        return _line_chunks(source, language.name, f"not parsed: {error}")
    return _parsed(source, language.name, extraction)


def _parse_longtail(path: str, source: bytes) -> ParsedFile:
    """What the table does not know or calls text: grammars of the extra, if they are there and know it, else lines."""
    name = longtail_language(path)
    extraction = extract_longtail(source, name) if name is not None else None
    if name is None or extraction is None:
        return parse_document(path, source, PLAIN_TEXT)
    return _parsed(source, name, extraction)


def _parsed(source: bytes, language: str, extraction: Extraction) -> ParsedFile:
    if _is_unreliable(extraction, source):
        return _line_chunks(source, language, f"not parsed as {language}: most of it is syntax errors")
    return ParsedFile(
        language=language,
        definitions=extraction.definitions,
        references=extraction.references,
        imports=extraction.imports,
        chunks=chunk_source(extraction),
        note=_note(extraction),
    )


def _is_unreliable(extraction: Extraction, source: bytes) -> bool:
    if extraction.error_bytes <= MAX_ERROR_SHARE * len(source):
        return False
    return not any(definition.kind in RELIABLE_KINDS for definition in extraction.definitions)


def _note(extraction: Extraction) -> str:
    if not extraction.n_errors:
        return ""
    return f"{extraction.n_errors} syntax error{'s' if extraction.n_errors > 1 else ''}"


def _line_chunks(source: bytes, language: str, note: str) -> ParsedFile:
    return ParsedFile(language, (), (), (), line_chunks(source), note)
