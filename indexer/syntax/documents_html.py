"""Headings, ids, scripts, styles and links of HTML.

Tags are found one after the other, without a tree: pages in a repository are mostly templates that no parser
accepts. Headings make sections; an inline script or style is a section of its own; an id is a name to find.
"""

from __future__ import annotations

import html
import re

from locant.indexer.syntax.documents_build import Mark, Scan, one_line, sections
from locant.indexer.syntax.documents_lines import Lines
from locant.indexer.syntax.documents_markdown import file_link
from locant.indexer.syntax.records import Import

__all__ = ["scan_html"]

MAX_HEADING = 2_000  # bytes between <h1> and </h1>; beyond, the heading is taken as not closed
MIN_CUT_LINES = 5  # a shorter script stays in the chunk around it

TOKEN = re.compile(rb"<!--|<([a-zA-Z][a-zA-Z0-9:-]{0,30})(?=[\s/>])([^<>]{0,4000})>")
ID = re.compile(rb"""(?:^|\s)id\s?=\s?["']?([^"'\s<>{}]{1,200})""")
LINKED = re.compile(rb"""(?:^|\s)(?:src|href)\s?=\s?["']?([^"'\s<>{}]{1,300})""")
NOT_SPACE = re.compile(rb"\S")
TAG = re.compile(rb"<[^<>]*>")
RAW = {b"script": re.compile(rb"</script", re.IGNORECASE), b"style": re.compile(rb"</style", re.IGNORECASE)}
HEADING_END = re.compile(rb"</h[1-6]", re.IGNORECASE)
HEADINGS = {b"h1": 1, b"h2": 2, b"h3": 3, b"h4": 4, b"h5": 5, b"h6": 6}


def scan_html(lines: Lines) -> Scan:
    source = lines.source
    headings: list[tuple[int, int, str]] = []
    scan = Scan()
    position = 0
    while (token := TOKEN.search(source, position)) is not None:
        position = token.end()
        tag = (token[1] or b"").lower()
        if not tag:
            position = _after(source, b"-->", position)
        elif tag in RAW:
            position = _raw(lines, token, RAW[tag], scan)
        elif tag in HEADINGS:
            title = _title(source, position)
            if title:
                headings.append((HEADINGS[tag], _line_start(lines, token.start()), title))
        else:
            _named(lines, token, scan)
    scan.marks.extend(sections(headings, len(source)))
    return scan


def _line_start(lines: Lines, position: int) -> int:
    """The start of the line when nothing but indentation is before: a section ends with a whole line then."""
    start = lines.starts[lines.index_of(position)]
    return position if NOT_SPACE.search(lines.source, start, position) is not None else start


def _after(source: bytes, mark: bytes, position: int) -> int:
    """Behind the next `mark`; what is never closed reaches to the end, as in a browser."""
    found = source.find(mark, position)
    return found + len(mark) if found >= 0 else len(source)


def _title(source: bytes, position: int) -> str:
    end = HEADING_END.search(source, position, position + MAX_HEADING)
    text = TAG.sub(b" ", source[position : end.start()]) if end is not None else b""
    return html.unescape(one_line(text))


def _raw(lines: Lines, token: re.Match[bytes], closing: re.Pattern[bytes], scan: Scan) -> int:
    """A script or style: linked from elsewhere, or written here. Its content is no HTML."""
    end = closing.search(lines.source, token.end())
    stop = end.start() if end is not None else len(lines.source)
    _link(lines, token, scan)
    body = lines.source[token.end() : stop].strip()
    if body:
        found = ID.search(token[2])
        name = (found[1] if found is not None else token[1]).decode("utf-8", "replace")
        mark = Mark(name, "section", token.start(), stop, one_line(token[0]), cuts=body.count(b"\n") >= MIN_CUT_LINES)
        scan.marks.append(mark)
    return stop


def _named(lines: Lines, token: re.Match[bytes], scan: Scan) -> None:
    found = ID.search(token[2])
    if found is not None:
        name = found[1].decode("utf-8", "replace")
        scan.marks.append(Mark(name, "element", token.start(), token.end(), one_line(token[0]), cuts=False))
    _link(lines, token, scan)


def _link(lines: Lines, token: re.Match[bytes], scan: Scan) -> None:
    found = LINKED.search(token[2])
    path = file_link(found[1]) if found is not None else ""
    if path:
        scan.imports.append(Import(path, (), lines.index_of(token.start()) + 1))
