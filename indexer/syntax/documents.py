"""Documents and data: what has no functions, but headings, rules, tables or keys that people name.

No parser library is used: those of the default install give no spans, and a line scanner reads what a strict parser
refuses (templates, comments in JSON, half-written pages). Anything else is cut into chunks of lines.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from locant.indexer.syntax.documents_build import Scan, build
from locant.indexer.syntax.documents_css import scan_css
from locant.indexer.syntax.documents_html import scan_html
from locant.indexer.syntax.documents_keys import scan_json, scan_toml, scan_yaml
from locant.indexer.syntax.documents_lines import MAX_CHUNK_BYTES, Lines, line_chunks
from locant.indexer.syntax.documents_markdown import scan_markdown
from locant.indexer.syntax.documents_rst import scan_rst
from locant.indexer.syntax.documents_sql import scan_sql
from locant.indexer.syntax.records import ParsedFile

__all__ = ["DOCUMENT_LANGUAGES", "MAX_CHUNK_BYTES", "line_chunks", "parse_document"]

SCANNERS: dict[str, Callable[[Lines], Scan]] = {
    "markdown": scan_markdown,
    "rst": scan_rst,
    "html": scan_html,
    "css": partial(scan_css, line_comments=False),
    "scss": partial(scan_css, line_comments=True),
    "less": partial(scan_css, line_comments=True),
    "sql": scan_sql,
    "json": scan_json,
    "yaml": scan_yaml,
    "toml": scan_toml,
}
PLAIN_TEXT = frozenset({"text", ""})

DOCUMENT_LANGUAGES = frozenset(SCANNERS) | {"text"}
"""Languages that are read here and not by a grammar."""


def parse_document(path: str, source: bytes, language: str) -> ParsedFile:
    """Definitions, links and chunks of one document; a language without a scanner gets chunks of lines."""
    scanner = SCANNERS.get(language)
    if scanner is None:
        note = "" if language in PLAIN_TEXT else f"{language} has no grammar here: chunks of lines only"
        return ParsedFile(language, (), (), (), line_chunks(source), note)
    lines = Lines.of(source)
    return build(language, lines, scanner(lines))
