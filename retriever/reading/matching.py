"""Lines of one text that match a pattern; the same in this process and in a worker, so it imports next to nothing.

A pattern sees one line at a time, as with grep: no match reaches over a line end unless the pattern asks for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["MatchedLine", "MatchedText", "match_text"]

MAX_LINE = 2_000
"""Longer lines are searched up to here only: patterns can take quadratic time, and nobody reads further."""


@dataclass(frozen=True, slots=True)
class MatchedLine:
    """Line number and the first match in it: columns are 1-based, end exclusive."""

    line: int
    text: str
    start_column: int
    end_column: int


@dataclass(frozen=True, slots=True)
class MatchedText:
    """The first matching lines of a text, and how many there are in all."""

    lines: tuple[MatchedLine, ...]
    total: int


def match_text(
    text: str, pattern: re.Pattern[str], literal: str, keep: int, *, spans_lines: bool = False
) -> MatchedText | None:
    """Matching lines of a text, or None.

    Args:
        text: the text.
        pattern: what to look for.
        literal: text that every match holds, or empty.
        keep: how many lines to return.
        spans_lines: the pattern may match line ends; a match counts for the line in which it begins.

    """
    kept: list[MatchedLine] = []
    total = 0
    matches = _over_lines(text, pattern) if spans_lines else _by_line(text, pattern, literal)
    for found in matches:
        total += 1
        if len(kept) < keep:
            kept.append(found)
    return MatchedText(tuple(kept), total) if total else None


def _by_line(text: str, pattern: re.Pattern[str], literal: str) -> Iterator[MatchedLine]:
    for number, line in _candidates(text, literal, ignore_case=bool(pattern.flags & re.IGNORECASE)):
        line = line[:MAX_LINE]
        match = pattern.search(line)
        if match is not None:
            yield MatchedLine(number, line, match.start() + 1, match.end() + 1)


def _candidates(text: str, literal: str, *, ignore_case: bool) -> Iterator[tuple[int, str]]:
    """Numbered lines that hold the literal; all lines when there is none, or when the case is open."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()  # what stands behind the last line end is no line
    if not literal:
        yield from enumerate(lines, start=1)
        return
    wanted = literal.casefold() if ignore_case else literal
    if wanted not in (text.casefold() if ignore_case else text):
        return
    for number, line in enumerate(lines, start=1):
        if wanted in (line.casefold() if ignore_case else line):
            yield number, line


def _over_lines(text: str, pattern: re.Pattern[str]) -> Iterator[MatchedLine]:
    number, counted, last = 1, 0, 0
    for match in pattern.finditer(text):
        number += text.count("\n", counted, match.start())
        counted = match.start()
        if number == last:
            continue
        last = number
        begin = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", begin)
        line = text[begin : end if end >= 0 else len(text)]
        start = match.start() - begin
        stop = min(match.end() - begin, len(line))
        yield MatchedLine(number, line[:MAX_LINE], start + 1, max(stop, start) + 1)
