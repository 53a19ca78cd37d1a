"""What a brief is made of: pieces of text, each with what it is worth to who reads it.

A piece is worth the chance that its place is one that has to be changed, which falls with its rank, times what showing
it so saves: a name and a line number save a search, code saves opening the file too. docs/context.md says how the
numbers were chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from locant.types import BriefPlace

__all__ = ["Piece", "Section", "worth_of"]


class Section(Enum):
    """Parts of a brief, in the order in which they stand; the value is what a heading and a place call it."""

    CANDIDATES = "candidates"
    CODE = "code"
    NEIGHBOURS = "neighbours"
    TESTS = "tests"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: `lines` of text under a key; a piece of greater `form` takes the place of one with the same key.

    key: what it is about. needs: key of a piece that has to stand above it, or None.
    rank: place within its section. worth: see the module.
    """

    section: Section
    key: str
    form: int
    rank: int
    worth: float
    lines: tuple[str, ...]
    place: BriefPlace
    needs: Piece | None = None


@dataclass(frozen=True, slots=True)
class _Worth:
    """Worth at rank r from 0: `scale / (r + 1) ** power`."""

    scale: float
    power: float


WORTHS = {
    "file": _Worth(0.55, 1.3),
    "file reason": _Worth(0.15, 1.0),
    "function": _Worth(0.50, 0.9),
    "function lines": _Worth(0.05, 1.0),
    "function reason": _Worth(0.05, 1.0),
    "code": _Worth(2.5, 0.9),
    "more code": _Worth(0.8, 0.9),
    "neighbour": _Worth(0.12, 0.5),
    "test": _Worth(0.15, 0.5),
}


def worth_of(kind: str, rank: int) -> float:
    """Worth of a piece of a kind at a rank, counted from 0."""
    worth = WORTHS[kind]
    return float(worth.scale / (rank + 1.0) ** worth.power)
