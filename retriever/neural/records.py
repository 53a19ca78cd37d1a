"""What the neural stage is told about a function."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["FunctionText"]


class FunctionText(NamedTuple):
    """A function or class as text.

    path: POSIX, relative to the repository. name: its qualified name. signature, doc: as the parser gives them.
    body: its source text from the start, cut at `BODY_CHARACTERS`.
    """

    path: str
    name: str
    signature: str
    doc: str
    body: str


BODY_CHARACTERS = 3_000
"""A model reads the first hundred different words; few functions have more in so many characters."""
