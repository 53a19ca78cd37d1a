"""The encoder that was asked for, as the facade holds it. Nothing of it is imported until it is used.

An encoder that is the default must never be what makes an answer fail or slow: one that cannot write its vectors keeps
them in memory. One that was asked for and cannot answer says so.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from locant.indexer.snapshot import Snapshot
from locant.indexer.store.folder import TreeStore
from locant.numeric import Singles
from locant.retriever.dense.choose import chosen_encoder
from locant.retriever.dense.encoder import Encoder
from locant.retriever.reading.text import TextReader

if TYPE_CHECKING:
    from locant.retriever.dense.index import DenseIndex, Told

__all__ = ["Meaning", "open_meaning"]


class Meaning:
    """An encoder and its vectors for one store."""

    def __init__(self, encoder: Encoder, store: TreeStore) -> None:
        self.encoder = encoder
        self._store = store

    @cached_property
    def _index(self) -> DenseIndex:
        from locant.retriever.dense.index import DenseIndex

        return DenseIndex(self.encoder, self._store.family)

    def prepare(self, snapshot: Snapshot, reader: TextReader, told: Told | None = None) -> None:
        """Make the vectors that are missing."""
        self._index.prepare(snapshot, reader, told)

    def scores(self, snapshot: Snapshot, reader: TextReader, told: Told | None, text: str) -> Singles:
        """How near every chunk is to a text, 0 to 1 (chunks,)."""
        return self._index.scores(snapshot, reader, text, told)


def open_meaning(spec: str | None, store: TreeStore) -> Meaning | None:
    """The encoder that was asked for, with its vectors; None when there is none.

    Raises:
        QueryError: there is no such encoder.

    """
    encoder = chosen_encoder(spec)
    return Meaning(encoder, store) if encoder is not None else None
