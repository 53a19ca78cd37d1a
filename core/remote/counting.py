"""A budget in the caller's own tokens, of a server that counts by its estimate: asked again until the text fits.

The estimate counts rather too many (docs/context.md), so what a server gives fits at once nearly always, and leaves
room: it is then asked once more with as much as seems to fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from locant.errors import QueryError
from locant.types import Brief, Pack, RepoMap

__all__ = ["TokenCounter", "fitted"]

TokenCounter = Callable[[str], int]

Text = TypeVar("Text", Brief, Pack, RepoMap)

REQUESTS = 6
"""At most; the last of them asks for nothing, which fits every budget."""

CAREFUL = 0.97
"""Of what seems to fit: another text has another share of what the estimate counts too much."""

ROOMY = 0.9
"""A text that fills less than this of its budget may be made longer."""


def fitted(ask: Callable[[int | None], Text], max_tokens: int | None, count: TokenCounter | None) -> Text:
    """What a server gives within a budget: the longest of the answers that fit by the caller's count.

    Args:
        ask: for an answer of so many tokens by the server's count; None for what the server chooses.
        max_tokens: tokens at most.
        count: of the caller; without one, the server's count holds.

    """
    found = ask(max_tokens)
    if count is None:
        return found
    limit = asked = found.max_tokens
    best: Text | None = None
    for left in range(REQUESTS - 1, 0, -1):
        tokens = count(found.text)
        is_full = tokens >= ROOMY * limit or found.tokens < ROOMY * asked  # or there is nothing more to be shown
        if tokens <= limit:
            if best is None or tokens > best.tokens:
                best = replace(found, tokens=tokens, max_tokens=limit)
            if is_full or asked > limit:
                return best
        elif best is not None:
            return best
        asked = int(CAREFUL * found.tokens * limit / max(tokens, 1)) if left > 1 else 0
        try:
            found = ask(asked)
        except QueryError:  # more than the server gives
            if best is None:
                raise
            return best
    return best or replace(found, tokens=count(found.text), max_tokens=limit)
