"""The lines of a chunk that say most about the query."""

from __future__ import annotations

from collections.abc import Mapping

from locant.indexer.terms import terms_of

__all__ = ["SNIPPET_LINES", "best_window"]

SNIPPET_LINES = 12
"""Lines of a snippet: enough to recognise a place, few enough that ten of them are read."""

MAX_LINE = 500
"""Characters of a line that are looked at."""


def best_window(lines: list[str], start: int, end: int, weights: Mapping[str, float], size: int) -> tuple[int, int]:
    """First and last line (1-based) of the `size` lines within `start` to `end` with most weight of query terms.

    The first window wins a tie, so a definition without a match shows its beginning.
    """
    if end - start + 1 <= size:
        return start, end
    wanted = tuple(weights)
    scores = [_worth(line[:MAX_LINE], wanted, weights) for line in lines[start - 1 : end]]
    window = sum(scores[:size])
    best, first = window, 0
    for i in range(1, len(scores) - size + 1):
        window += scores[i + size - 1] - scores[i - 1]
        if window > best + 1e-9:
            best, first = window, i
    return start + first, start + first + size - 1


def _worth(line: str, wanted: tuple[str, ...], weights: Mapping[str, float]) -> float:
    if line.isascii():  # whose terms stand in it as they are, but for capitals; most lines have none that is wanted
        lowered = line.lower()
        for term in wanted:
            if term in lowered:
                break
        else:
            return 0.0
    return sum(weights.get(term, 0.0) for term in set(terms_of(line)))
