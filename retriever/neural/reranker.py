"""Scores of functions for a text by a model, and how they are put together with the ranking so far."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

import numpy as np

from locant.numeric import Floats, Singles
from locant.retriever.neural.cache import VectorCache, key_of
from locant.retriever.neural.encoder import Encoder
from locant.retriever.neural.records import FunctionText
from locant.retriever.neural.texts import function_words, query_words, title_words
from locant.retriever.neural.weights import Stored, read_weights
from locant.retriever.neural.wordpiece import WordPiece
from locant.retriever.query.records import Query

__all__ = ["BiEncoder", "Reranker", "SharedWords", "blended", "configured_reranker", "encoder_file", "standard"]

ENCODER_VARIABLE = "LOCANT_RERANKER"
SHIPPED = Path(__file__).with_name("model.npz")

TITLE_PIECES = 64
WHOLE_PIECES = 128
"""Of an issue the title is read, and once more with the words of its body: either is right where the other is not."""

FUNCTION_PIECES = 96
"""Longest function; what is beyond came late in its body."""


class Reranker(Protocol):
    """Anything that scores functions for a query."""

    def score(self, query: Query, functions: Sequence[FunctionText]) -> Floats:
        """One number for each function, any scale, higher is better."""
        ...


class SharedWords:
    """Share of a function's words that the query has: a stand-in for tests and for trying the seam."""

    def score(self, query: Query, functions: Sequence[FunctionText]) -> Floats:
        """See `Reranker`."""
        asked = set(query_words(query))
        read = [set(function_words(function)) for function in functions]
        return np.array([len(words & asked) / max(1, len(words)) for words in read])


class BiEncoder:
    """Cosines of a function's vector with that of the title and that of the whole text, added.

    Vectors of functions are kept in the cache, if there is one.
    """

    def __init__(self, stored: Stored, cache: VectorCache | None = None) -> None:
        self._encoder = Encoder(stored)
        self._pieces = WordPiece(stored.pieces)
        self._cache = cache

    def score(self, query: Query, functions: Sequence[FunctionText]) -> Floats:
        """See `Reranker`."""
        if not functions:
            return np.zeros(0)
        longest = self._encoder.longest
        title = self._pieces.numbers(title_words(query), min(TITLE_PIECES, longest))
        whole = self._pieces.numbers(query_words(query), min(WHOLE_PIECES, longest))
        asked = self._encoder.encode([title, whole]).sum(axis=0)
        texts = [
            self._pieces.numbers(function_words(function), min(FUNCTION_PIECES, longest)) for function in functions
        ]
        return np.asarray(self._vectors(texts) @ asked, dtype=np.float64)

    def _vectors(self, texts: Sequence[Sequence[int]]) -> Singles:
        keys = [key_of(text) for text in texts]
        known = self._cache.read(keys) if self._cache else {}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            made = dict(zip(missing, self._encoder.encode(list(missing.values())), strict=True))
            if self._cache:
                self._cache.write(made)
            known |= made
        return np.stack([known[key] for key in keys])


def encoder_file() -> Path:
    """The encoder that `LOCANT_RERANKER` names, else the one that ships."""
    named = os.environ.get(ENCODER_VARIABLE)
    return Path(named).expanduser() if named else SHIPPED


def configured_reranker(cache: Path) -> Reranker:
    """The encoder of `encoder_file`; vectors of functions are kept below the folder `cache`.

    Raises:
        ModelError: there is none, or the file is no encoder.

    """
    return _reranker(encoder_file(), cache)


@lru_cache(maxsize=1)
def _reranker(path: Path, cache: Path) -> Reranker:
    """One that is ready: reading it takes as long as a question, and words that it has seen need no taking apart."""
    stored = read_weights(path)
    digest = blake2b(path.read_bytes(), digest_size=6).hexdigest()
    return BiEncoder(stored, VectorCache(cache / f"vectors-{digest}.sqlite", stored.words.shape[1]))


def blended(ranked: Floats, neural: Floats, weight: float) -> Floats:
    """The scores of a ranking, handed out anew in the order of both rankings together.

    Both are brought to mean 0 and deviation 1 over the candidates, and added with `weight` for the second. The scores
    themselves stay those of the first, so that they compare with those of what was not ranked again.
    """
    both = (1 - weight) * standard(ranked) + weight * standard(neural)
    order = np.argsort(-both, kind="stable")
    scores = np.empty(len(ranked))
    scores[order] = np.sort(ranked)[::-1]
    return scores


def standard(values: Floats) -> Floats:
    """With mean 0 and deviation 1; zeros where all are equal."""
    spread = float(values.std()) if len(values) else 0.0
    return (values - values.mean()) / spread if spread > 0 else np.zeros(len(values))
