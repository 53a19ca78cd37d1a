"""Code folded to what matters: the signature, the lines that match the text, and marks where lines were left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from locant.indexer.terms import terms_of

__all__ = ["SIGNATURE_LINES", "Folded", "fold", "folded_to", "shown_line", "signature_end"]

MAX_LINE = 240
"""Characters of a line that are shown, and looked at: longer ones are data."""

AROUND = 2
"""Lines above and below a matching line that are shown with it, as far as there is room."""

SIGNATURE_LINES = 8
"""Lines of a signature at most; a longer one has a parameter on each."""

FIRST_LINES = 12
"""Lines that are shown of code in which nothing matches."""

LEAST_GAP = 2
"""Lines that are worth leaving out: the mark takes one itself."""

MEMBER_WEIGHT = 1.0
"""Of the first line of something nested, in the weight of the best matching line."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Lines of code with marks, and how many lines were left out."""

    lines: tuple[str, ...]
    left_out: int


def fold(
    source: Sequence[str], start: int, end: int, weights: Mapping[str, float], room: int, members: Iterable[int] = ()
) -> Folded:
    """Lines `start` to `end` of a file (1-based), at most about `room` of them.

    Args:
        source: all lines of the file.
        start: first line of the definition.
        end: its last line.
        weights: weight of each term of the text that the reader works on.
        room: lines to show, marks not counted.
        members: first lines of what is nested in the definition; they say what there is.

    """
    end = min(end, len(source))
    if end - start + 1 <= room + LEAST_GAP:
        kept = set(range(start, end + 1))
    else:
        kept = _kept(source, start, end, weights, room, [line for line in members if start < line <= end])
    return folded_to(source, start, end, kept)


def folded_to(source: Sequence[str], start: int, end: int, kept: Collection[int], *, numbered: bool = True) -> Folded:
    """Lines `start` to `end` of a file (1-based) of which only `kept` are shown, with marks for the others.

    numbered: whether a mark says which lines it stands for.
    """
    lines: list[str] = []
    at = start
    for line in sorted(kept):
        lines.extend(_mark(source, at, line - 1, numbered=numbered))
        lines.append(shown_line(source[line - 1]))
        at = line + 1
    lines.extend(_mark(source, at, end, numbered=numbered))
    return Folded(tuple(lines), end - start + 1 - len(kept))


def _kept(
    source: Sequence[str], start: int, end: int, weights: Mapping[str, float], room: int, members: Sequence[int]
) -> set[int]:
    """The signature, then the best lines with what is around them."""
    kept = set(range(start, signature_end(source, start, min(end, start + SIGNATURE_LINES - 1)) + 1))
    scores = {line: _score(source[line - 1], weights) for line in range(start, end + 1)}
    top = max(scores.values(), default=0.0) or 1.0
    for line in members:
        scores[line] += MEMBER_WEIGHT * top
    for line in sorted(scores, key=lambda line: (-scores[line], line)):
        if scores[line] <= 0 or len(kept) >= room:
            break
        margin = 0 if line in members else AROUND
        around = [n for n in range(line - margin, line + margin + 1) if start <= n <= end and n not in kept]
        kept.update(around if len(kept) + len(around) <= room + AROUND else [line])
    for line in range(start, end + 1):  # little else matches: its first lines say what it is about
        if len(kept) >= min(room, FIRST_LINES):
            break
        kept.add(line)
    return _without_holes(kept)


def _without_holes(kept: set[int]) -> set[int]:
    """Lines with the gaps filled that a mark would not shorten."""
    ordered = sorted(kept)
    filled = set(kept)
    for one, other in pairwise(ordered):
        if 1 < other - one <= LEAST_GAP:
            filled.update(range(one + 1, other))
    return filled


def signature_end(source: Sequence[str], start: int, last: int) -> int:
    """Line on which the brackets of a signature are closed."""
    depth = 0
    for line in range(start, last + 1):
        text = source[line - 1]
        depth += sum(text.count(c) for c in "([") - sum(text.count(c) for c in ")]")
        if depth <= 0:
            return line
    return last


def _score(line: str, weights: Mapping[str, float]) -> float:
    return sum(weights.get(term, 0.0) for term in set(terms_of(line[:MAX_LINE])))


def _mark(source: Sequence[str], first: int, last: int, *, numbered: bool) -> list[str]:
    """Says which lines are not there, or only that some are not, indented as the first of them."""
    if last < first:
        return []
    text = source[first - 1]
    indent = text[: len(text) - len(text.lstrip())][:MAX_LINE]
    if not numbered:
        return [f"{indent}…"]
    return [f"{indent}… lines {first}-{last}" if last > first else f"{indent}… line {first}"]


def shown_line(line: str) -> str:
    """A line of code, cut where it is data rather than code."""
    line = line.rstrip()
    return line if len(line) <= MAX_LINE else f"{line[: MAX_LINE - 1]}…"
