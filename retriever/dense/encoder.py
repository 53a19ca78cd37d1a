"""What turns text into vectors, as the rest of the retriever sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from locant.numeric import Singles

__all__ = ["Encoder", "TextKind", "unit_rows"]

TextKind = Literal["query", "passage"]
"""What a text is: some models read a question in another way than the code that answers it."""


class Encoder(Protocol):
    """A model of meaning: texts that mean the same have nearly the same direction.

    name: how it is asked for (`static`, `st:NAME`). dimension: length of a vector. fingerprint: changes whenever the
    same text may give another vector; vectors on disk are kept under it.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def fingerprint(self) -> str: ...

    def encode(self, texts: Sequence[str], kind: TextKind) -> Singles:
        """Unit vectors of texts, (texts, dimension); zero for a text that says nothing to the model."""
        ...


def unit_rows(vectors: Singles) -> Singles:
    """Rows divided by their length; zero rows stay zero."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    rows: Singles = (vectors / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
    return rows
