"""Which lines of a file remain when it is folded: how it begins, signatures with their docs, what was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from locant.retriever.brief.folding import SIGNATURE_LINES, signature_end
from locant.retriever.map.entries import LISTED
from locant.types import Symbol

__all__ = ["BODIES", "SHOWN_KINDS", "doc_lines", "skeleton_lines"]

SHOWN_KINDS = frozenset({*LISTED, "field", "section"})
"""Kinds whose first lines remain; variables and keys of data files are too many."""

BODIES = frozenset({"function", "method", "constructor"})
"""What is defined inside of these is nobody else's."""

DOC_LINES = 3
"""Of a comment or docstring: what it says first is what it is about."""

MARK_LINES = 3
"""Decorators and attributes above a definition."""

HEAD_LINES = 6
"""Of a file's beginning: its own comment, in most languages; all that is shown of text without definitions."""

_COMMENT = re.compile(r"\s*(?://|/\*|\*|#(?!\[)|--|;|%|\"\"\"|'''|<!--)")
_DECORATOR = re.compile(r"\s*(?:@\w|#\[|\[\w+.*\]\s*$)")
_DOCSTRING = re.compile(r"\s*[A-Za-z]{0,2}(\"\"\"|'''|\")")


def skeleton_lines(
    source: Sequence[str], symbols: Iterable[Symbol], whole: Iterable[tuple[int, int]], *, docs: bool = True
) -> set[int]:
    """Numbers of the lines that remain, from 1.

    Args:
        source: all lines of the file.
        symbols: its definitions in order.
        whole: spans that stay whole.
        docs: whether what is said of the file and of definitions remains, or signatures alone.

    """
    kept = set(range(1, min(HEAD_LINES, len(source)) + 1)) if docs else set[int]()
    bodies: set[str] = set()
    for symbol in symbols:
        if symbol.kind in BODIES:
            bodies.add(symbol.qualified_name)
        start = symbol.location.start_line
        if symbol.kind in SHOWN_KINDS and symbol.parent not in bodies and start <= len(source):
            end = min(symbol.location.end_line, len(source))
            kept |= _definition(source, start, end) if docs else _signature(source, start, end)
    for start, end in whole:
        kept.update(range(start, min(end, len(source)) + 1))
        kept |= _above(source, start)
    return kept


def _signature(source: Sequence[str], start: int, end: int) -> set[int]:
    return set(range(start, signature_end(source, start, min(end, start + SIGNATURE_LINES - 1)) + 1))


def _definition(source: Sequence[str], start: int, end: int) -> set[int]:
    """Lines of one signature, with the docs above and below it."""
    last = signature_end(source, start, min(end, start + SIGNATURE_LINES - 1))
    return {*range(start, last + 1), *_above(source, start), *_docstring(source, last + 1, end)}


def doc_lines(source: Sequence[str], start: int, end: int) -> set[int]:
    """The first lines of what is said about a definition: in the comment above it, or else in its docstring."""
    above = {line for line in _above(source, start) if _COMMENT.match(source[line - 1])}
    last = signature_end(source, start, min(end, start + SIGNATURE_LINES - 1))
    return above or _docstring(source, last + 1, end)


def _above(source: Sequence[str], start: int) -> set[int]:
    """Decorators, and the first lines of the comment, that stand directly above a line."""
    marks: list[int] = []
    line = start - 1
    while line >= 1 and _DECORATOR.match(source[line - 1]):
        marks.append(line)
        line -= 1
    comment: list[int] = []
    while line >= 1 and _COMMENT.match(source[line - 1]):
        comment.append(line)
        line -= 1
    return {*marks[:MARK_LINES], *comment[::-1][:DOC_LINES]}


def _docstring(source: Sequence[str], first: int, end: int) -> set[int]:
    """The first lines of a string that a body begins with."""
    if first > end:
        return set()
    match = _DOCSTRING.match(source[first - 1])
    if match is None:
        return set()
    kept: set[int] = set()
    for line in range(first, min(end, first + DOC_LINES - 1) + 1):
        text = source[line - 1]
        kept.add(line)
        if not text.strip() or match[1] in (text[match.end() :] if line == first else text):
            break
    return kept
