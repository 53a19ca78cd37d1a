"""A window of a long answer: `--offset` and `--limit`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Window", "window"]

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Window(Generic[Item]):
    """Items to show; `more` when some follow."""

    items: tuple[Item, ...]
    more: bool


def window(found: Sequence[Item], offset: int, limit: int) -> Window[Item]:
    """The part to show of what was asked with one item more than needed, which tells whether any follow."""
    return Window(tuple(found[offset : offset + limit]), len(found) > offset + limit)
