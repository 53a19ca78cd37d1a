"""Embeddings alone: chunks of our indexer, any sentence-transformers model, cosine; a file scores as its best chunk."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from locant.eval.datasets.gold import canonical_name, is_function
from locant.eval.errors import EvaluationError
from locant.eval.extras import library, require
from locant.eval.sources import read_bytes
from locant.eval.systems.protocol import DEPTH, Question, count_tokens
from locant.eval.types import Ranking
from locant.types import Location

__all__ = ["DEFAULT_MODEL", "Dense"]

LIBRARY = "sentence_transformers"
DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
"""The model that people mean by "just embed it"."""

BATCH = 64
"""Chunks for each call of the model; more only take memory on a CPU."""

CHARACTERS = 4_000
"""Of a chunk: models cut after some hundred tokens, and tokenizing what they cut takes as long as the rest."""

FILES_LISTED = 20
"""Paths that an agent would be shown, for the tokens of the answer."""

Vectors = npt.NDArray[np.float32]


class _Embedded(NamedTuple):
    """Chunks of one file: vectors (chunks, dimensions); lines of each, and its function (empty if none)."""

    vectors: Vectors
    places: list[tuple[tuple[int, int], str]]


class Dense:
    """A model by name or folder. It is loaded when first asked; a name that is not on this machine is downloaded."""

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        self._model_name = model
        self._model: Any = None
        self.name = f"dense:{Path(model).name}"
        require(LIBRARY, self.name)

    def rank(self, question: Question) -> Ranking:
        """Embed what is new, then compare."""
        began = time.perf_counter()
        embedded = [
            (path, question.cache.get(self.name, f"{blob}{Path(path).suffix}", partial(self._embed, question, path)))
            for path, blob in question.files.items()
        ]
        ready = time.perf_counter()
        if not any(found.places for _, found in embedded) or not question.text.strip():
            return Ranking((), index_seconds=ready - began)
        scores = np.concatenate([found.vectors for _, found in embedded]) @ self._encode([question.text])[0]
        places = [(path, *place) for path, found in embedded for place in found.places]
        order = np.lexsort((np.arange(len(places)), -scores))
        ranked = [places[i] for i in order]
        files = tuple(dict.fromkeys(path for path, _, _ in ranked))[:DEPTH]
        return Ranking(
            files=files,
            functions=tuple(dict.fromkeys(f"{path}:{name}" for path, _, name in ranked if name))[:DEPTH],
            spans=tuple(Location(path, *lines) for path, lines, _ in ranked[:DEPTH]),
            seconds=time.perf_counter() - ready,
            index_seconds=ready - began,
            answer_tokens=count_tokens("\n".join(files[:FILES_LISTED])),
        )

    def _embed(self, question: Question, path: str) -> _Embedded:
        source = read_bytes(question.tree, path)
        parsed = question.cache.parsed(question.tree, path, question.files[path])
        texts: list[str] = []
        places: list[tuple[tuple[int, int], str]] = []
        for chunk in parsed.chunks:
            texts.append(f"{path}\n{source[chunk.start_byte : chunk.end_byte].decode('utf-8', 'replace')[:CHARACTERS]}")
            at = chunk.definition
            inside = at >= 0 and is_function(parsed.definitions[at])
            name = canonical_name(parsed.definitions, at) if inside else ""
            places.append(((chunk.start_line, chunk.end_line), name))
        return _Embedded(self._encode(texts), places)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, (texts, dimensions)."""
        model = self._loaded()
        if not texts:
            return np.zeros((0, int(model.get_sentence_embedding_dimension() or 0)), dtype=np.float32)
        found: Any = model.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(found, dtype=np.float32)

    def _loaded(self) -> Any:  # noqa: ANN401 - their class, when the extra is installed
        if self._model is None:
            try:
                self._model = library(LIBRARY, self.name).SentenceTransformer(self._model_name, device="cpu")
            except (OSError, ValueError) as error:
                raise EvaluationError(
                    f"cannot load the model {self._model_name!r}: {error}. Give a folder, or a name while online."
                ) from error
        return self._model
