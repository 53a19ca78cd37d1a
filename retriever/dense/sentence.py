"""Any model of sentence-transformers as an encoder (extra `models`). It runs here; a name may be downloaded once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from locant.errors import EncoderError
from locant.numeric import Singles
from locant.retriever.dense.encoder import TextKind, unit_rows

__all__ = ["SentenceEncoder"]

BATCH = 32
"""Texts at a time; more only take memory on a processor."""


class SentenceEncoder:
    """A model by name or folder, loaded when it is first needed."""

    def __init__(self, model: str) -> None:
        self.name = f"st:{model}"
        self._model_name = model

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._size

    @property
    def fingerprint(self) -> str:
        """Of the name, and of the weights' size and time where they lie in a folder."""
        return self._stamp

    @cached_property
    def _size(self) -> int:
        size = self._model.get_sentence_embedding_dimension()
        return int(size) if size else int(self.encode(["dimension"], "query").shape[1])

    @cached_property
    def _stamp(self) -> str:
        folder = Path(self._model_name)
        files = sorted(folder.rglob("*.safetensors")) if folder.is_dir() else []
        stamps = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
        return f"st-{hashlib.blake2b(repr((self._model_name, stamps)).encode(), digest_size=8).hexdigest()}"

    def encode(self, texts: Sequence[str], kind: TextKind) -> Singles:
        """Unit vectors; models with prompts of their own for questions and documents get them."""
        ask = {"query": "encode_query", "passage": "encode_document"}[kind]
        encode = getattr(self._model, ask, self._model.encode)
        found = encode(list(texts), batch_size=BATCH, convert_to_numpy=True, show_progress_bar=False)
        return unit_rows(np.asarray(found, dtype=np.float32))

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401 - their class, when the extra is installed
        try:
            library = import_module("sentence_transformers")
        except ModuleNotFoundError as error:
            raise EncoderError(
                f"{self.name} needs {error.name}, which is not installed: pip install 'locant[models]'"
            ) from error
        try:
            return library.SentenceTransformer(self._model_name, device="cpu")
        except (OSError, ValueError) as error:
            raise EncoderError(
                f"cannot load the model {self._model_name!r} ({error}): give a folder, or a name while online"
            ) from error
