"""Embeddings of a service as an encoder, through litellm (extra `llm`). Texts of the index leave this machine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np

from locant.errors import EncoderError
from locant.numeric import Singles
from locant.retriever.dense.encoder import TextKind, unit_rows

__all__ = ["ServiceEncoder"]

RETRIES = 3
"""Services refuse for a moment when they are busy; litellm waits longer each time."""

SECONDS = 60.0
"""For one batch of texts."""

EMPTY = " "
"""Services refuse an empty text."""


class ServiceEncoder:
    """A model by litellm's name (`openai/text-embedding-3-small`); keys come from the environment as litellm has it."""

    def __init__(self, model: str) -> None:
        self.name = f"litellm:{model}"
        self._model = model

    @property
    def dimension(self) -> int:
        """Length of a vector: one text is encoded to see it."""
        return self._size

    @cached_property
    def _size(self) -> int:
        return int(self.encode(["dimension"], "query").shape[1])

    @property
    def fingerprint(self) -> str:
        """Of the name: a service does not tell when it changes a model."""
        return f"litellm-{hashlib.blake2b(self._model.encode(), digest_size=8).hexdigest()}"

    def encode(self, texts: Sequence[str], kind: TextKind) -> Singles:
        """Unit vectors of texts, queries and passages alike."""
        library = self._library
        try:
            answer = library.embedding(
                model=self._model, input=[text or EMPTY for text in texts], num_retries=RETRIES, timeout=SECONDS
            )
            found = np.array([item["embedding"] for item in answer.data], dtype=np.float32)
        except Exception as error:  # litellm raises classes of many services, and has no base for all of them
            raise EncoderError(
                f"{self.name} did not answer ({type(error).__name__}: {error}): check the model's name and key, "
                "or use --encoder none"
            ) from error
        if found.shape[:1] != (len(texts),) or found.ndim != 2:
            raise EncoderError(f"{self.name} gave {len(found)} vectors for {len(texts)} texts: try another model")
        return unit_rows(found)

    @cached_property
    def _library(self) -> Any:  # noqa: ANN401 - their module, when the extra is installed
        try:
            return import_module("litellm")
        except ModuleNotFoundError as error:
            raise EncoderError(
                f"{self.name} needs {error.name}, which is not installed: pip install 'locant[llm]'"
            ) from error
