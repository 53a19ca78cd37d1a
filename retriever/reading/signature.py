"""The signature of a definition, read from its first lines: up to where its body begins."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["signature_at"]

MAX_LINES = 8
MAX_CHARACTERS = 200


def signature_at(lines: Sequence[str], start: int) -> str:
    """Text from line `start` (1-based) until its brackets are closed, without a trailing `{` or `:`, on one line."""
    parts: list[str] = []
    depth = 0
    for line in lines[start - 1 : start - 1 + MAX_LINES]:
        text = line.strip()
        parts.append(text)
        depth += sum(text.count(c) for c in "([") - sum(text.count(c) for c in ")]")
        if depth <= 0:
            break
    joined = " ".join(" ".join(parts).split())
    return joined[:MAX_CHARACTERS].rstrip(" {:=")
