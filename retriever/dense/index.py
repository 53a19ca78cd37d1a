"""Vectors of one tree's chunks: made where they are missing, kept, and compared with a query.

The static encoder's vectors come out of the postings. Any other encoder reads the text of a chunk as an answer would
show it: what was left out for holding secrets is not there, and secrets in what was taken are masked. Nothing else
leaves this machine for an encoder that is a service.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.numeric import Singles
from locant.retriever.dense.encoder import Encoder
from locant.retriever.dense.nearest import Nearest
from locant.retriever.dense.static import StaticEncoder
from locant.retriever.dense.vectors import DocumentKey, Quantised, VectorStore, document_key, quantise
from locant.retriever.reading.text import TextReader
from locant.types import LeftOut, Progress

__all__ = ["DenseIndex", "passages"]

CHUNK_CHARACTERS = 4_000
"""Of a chunk: models cut after some hundred tokens, and a service is paid for what it cuts."""

BATCH = 128
"""Chunks for each call of an encoder; services take a few hundred at most."""

KEEP_SECONDS = 20.0
"""After so long what is done is written: that much is lost when the run is killed."""

Told = Callable[[Progress], None]


class DenseIndex:
    """An encoder with the vectors that it made for one family of trees. Any number of threads may ask.

    Args:
        encoder: makes the vectors.
        family: folder of the index that all trees of the repository share.

    """

    def __init__(self, encoder: Encoder, family: Path) -> None:
        self.encoder = encoder
        self._family = family
        self._lock = threading.Lock()
        self._current: tuple[Snapshot, Nearest] | None = None

    def prepare(self, snapshot: Snapshot, reader: TextReader, told: Told | None = None) -> Nearest:
        """Vectors of a snapshot's chunks, made where they are missing.

        Raises:
            EncoderError: the encoder cannot be loaded or does not answer.

        """
        with self._lock:
            if self._current is None or self._current[0] is not snapshot:
                vectors = self._vectors(snapshot, reader, told or _tell_nobody)
                self._current = (snapshot, Nearest(vectors))
            return self._current[1]

    def scores(self, snapshot: Snapshot, reader: TextReader, text: str, told: Told | None = None) -> Singles:
        """Cosine of every chunk with a text, at least 0 (chunks,); 0 for a chunk without words that the model knows."""
        return self.prepare(snapshot, reader, told).scores(self.encoder.encode([text], "query")[0])

    def _vectors(self, snapshot: Snapshot, reader: TextReader, told: Told) -> Quantised:
        keys = _keys(snapshot)
        counts = np.diff(np.append(_chunk_starts(snapshot), snapshot.chunk_count))
        live = {keys[doc]: int(counts[doc]) for doc in np.flatnonzero(snapshot.doc_live).tolist()}
        store = VectorStore(self._family / "vectors" / self.encoder.fingerprint, self.encoder.dimension)
        store.refresh()
        missing = set(store.missing(live))
        if missing:
            docs = [doc for doc, key in enumerate(keys) if key in missing and snapshot.doc_live[doc]]
            self._make(store, snapshot, reader, docs, keys, told)
            store.tidy(live)
        return store.gather(keys, counts)

    def _make(
        self,
        store: VectorStore,
        snapshot: Snapshot,
        reader: TextReader,
        docs: list[int],
        keys: list[DocumentKey],
        told: Told,
    ) -> None:
        """Encode documents and keep their vectors, those that are ready every few seconds."""
        if isinstance(self.encoder, StaticEncoder):
            made = _of_postings(self.encoder, snapshot, set(docs))
        else:
            made = _of_texts(self.encoder, snapshot, reader, docs)
        ready: list[tuple[DocumentKey, Quantised]] = []
        since = time.monotonic()
        for done, (doc, vectors) in enumerate(made, start=1):
            ready.append((keys[doc], vectors))
            if time.monotonic() - since > KEEP_SECONDS:
                store.add(ready)
                ready, since = [], time.monotonic()
            if done % TOLD_EVERY == 0:
                told(Progress("encoding", done, len(docs)))
        store.add(ready)


TOLD_EVERY = 20
"""Documents between two words on how far it is."""


def _tell_nobody(_: Progress) -> None:
    """Nobody wants to know."""


def _keys(snapshot: Snapshot) -> list[DocumentKey]:
    """Key of each document, dead ones included, in order."""
    found: list[DocumentKey] = []
    for segment in snapshot.segments:
        variants = segment.arrays["doc_variant"].tolist()
        named = {number: segment.strings[number] for number in set(variants)}
        found.extend(document_key(key, named[v]) for key, v in zip(segment.keys(), variants, strict=True))
    return found


def _chunk_starts(snapshot: Snapshot) -> list[int]:
    return [
        base + start
        for segment, base in zip(snapshot.segments, snapshot.chunk_base, strict=False)
        for start in segment.arrays["doc_chunk"][:-1].tolist()
    ]


def _of_postings(encoder: StaticEncoder, snapshot: Snapshot, docs: set[int]) -> Iterator[tuple[int, Quantised]]:
    """Vectors of documents; a segment is gone through once, and not at all when it holds none of them."""
    for segment, base in zip(snapshot.segments, snapshot.doc_base, strict=False):
        own = [doc for doc in range(base, base + segment.doc_count) if doc in docs]
        if not own:
            continue
        blocks = [quantise(np.zeros((0, encoder.dimension), dtype=np.float32))]  # all its documents may be empty
        blocks += [quantise(block) for block in encoder.of_segment(segment)]
        numbers = np.concatenate([block.numbers for block in blocks])
        scale = np.concatenate([block.scale for block in blocks])
        at = segment.arrays["doc_chunk"]
        for doc in own:
            rows = slice(int(at[doc - base]), int(at[doc - base + 1]))
            yield doc, Quantised(numbers[rows], scale[rows])


def _of_texts(
    encoder: Encoder, snapshot: Snapshot, reader: TextReader, docs: list[int]
) -> Iterator[tuple[int, Quantised]]:
    """Vectors of documents out of their text; what cannot be read as it was indexed is left for another time."""
    waiting: list[tuple[int, list[str]]] = []
    size = 0
    for doc in docs:
        texts = passages(snapshot, reader, doc)
        if texts is None:
            continue
        waiting.append((doc, texts))
        size += len(texts)
        if size >= BATCH:
            yield from _encoded(encoder, waiting)
            waiting, size = [], 0
    yield from _encoded(encoder, waiting)


def _encoded(encoder: Encoder, waiting: list[tuple[int, list[str]]]) -> Iterator[tuple[int, Quantised]]:
    texts = [text for _, some in waiting for text in some]
    blocks = [quantise(encoder.encode(texts[i : i + BATCH], "passage")) for i in range(0, len(texts), BATCH)]
    numbers = [row for block in blocks for row in block.numbers]
    scale = [value for block in blocks for value in block.scale.tolist()]
    first = 0
    for doc, some in waiting:
        rows = slice(first, first + len(some))
        first += len(some)
        stacked = np.stack(numbers[rows]) if some else np.zeros((0, encoder.dimension), dtype=np.int8)
        yield doc, Quantised(stacked, np.array(scale[rows], dtype=np.float32))


def passages(snapshot: Snapshot, reader: TextReader, doc: int) -> list[str] | None:
    """What an encoder reads of each chunk: its definition's name, then its text; None if that is not as indexed."""
    source = reader.read(int(snapshot.doc_file[doc]))
    if isinstance(source, LeftOut) or source.stale:
        return None
    return [_passage(snapshot, chunk, source.between) for chunk in snapshot.chunks_of_doc(doc)]


def _passage(snapshot: Snapshot, chunk: int, between: Callable[[int, int], str]) -> str:
    symbol = int(snapshot.chunk_symbol[chunk])
    name = snapshot.symbol(symbol).qualified_name if symbol >= 0 else ""
    text = between(int(snapshot.chunk_start[chunk]), int(snapshot.chunk_end[chunk]))
    return f"{name}\n{text}"[:CHUNK_CHARACTERS]
