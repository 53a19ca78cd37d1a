"""An encoder without a model, for tests of everything around encoders: words have directions out of their hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from locant.indexer.terms import terms_of
from locant.numeric import Singles
from locant.retriever.dense.encoder import TextKind, unit_rows

__all__ = ["FakeEncoder"]


class FakeEncoder:
    """Texts that share words are near each other. `asked` counts the texts of each kind that it was given."""

    name = "fake"
    dimension = 32
    fingerprint = "fake-1"

    def __init__(self) -> None:
        self.asked: dict[TextKind, int] = {"query": 0, "passage": 0}

    def encode(self, texts: Sequence[str], kind: TextKind) -> Singles:
        """Sums of the words' directions, the same on every machine."""
        self.asked[kind] += len(texts)
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for term in set(terms_of(text)):
                raw = hashlib.blake2b(term.encode(), digest_size=self.dimension).digest()
                row += np.frombuffer(raw, dtype=np.int8).astype(np.float32)
        return unit_rows(rows)
