"""Reads the weights that training starts from: a small sentence encoder, as `model.safetensors` and `vocab.txt`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from locant.eval.errors import DatasetError
from locant.numeric import Singles
from locant.retriever.neural.weights import LAYER_PARTS, layer_name
from locant.retriever.neural.wordpiece import CLS, SEP, UNKNOWN

__all__ = ["read_start"]

KEPT = re.compile(r"(?:##)?[a-z0-9]+")
"""Pieces that texts can have: they are lower-cased words without marks. A tenth of the vocabulary goes."""

_LAYER = "encoder.layer.{layer}.{part}.{kind}"
_PARTS: Mapping[str, Sequence[str]] = {
    "mix": ("attention.self.query", "attention.self.key", "attention.self.value"),
    "out": ("attention.output.dense",),
    "up": ("intermediate.dense",),
    "down": ("output.dense",),
    "norm_mix": ("attention.output.LayerNorm",),
    "norm_down": ("output.LayerNorm",),
}


def read_start(folder: Path, layers: Sequence[int]) -> tuple[list[str], dict[str, Singles]]:
    """Vocabulary and weights, with these of its layers.

    Raises:
        DatasetError: a file is missing, or holds no such model.

    """
    try:
        pieces = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
        tensors = _tensors((folder / "model.safetensors").read_bytes())
        kept = [i for i, piece in enumerate(pieces) if KEPT.fullmatch(piece) or piece in (CLS, SEP, UNKNOWN)]
        weights = _tables(tensors, kept)
        for place, layer in enumerate(layers):
            for part in LAYER_PARTS:
                weights |= _layer_part(tensors, place, layer, part)
    except (OSError, KeyError, ValueError) as error:
        raise DatasetError(
            f"{folder} holds no encoder to start from ({error}): give a folder with "
            "model.safetensors and vocab.txt of a MiniLM"
        ) from error
    return [pieces[i] for i in kept], weights


def _tensors(raw: bytes) -> dict[str, Singles]:
    """Arrays of a safetensors file: eight bytes of length, a JSON table of names and offsets, then the numbers."""
    size = int.from_bytes(raw[:8], "little")
    table = json.loads(raw[8 : 8 + size])
    body = memoryview(raw)[8 + size :]
    return {
        name: np.frombuffer(body[slice(*entry["data_offsets"])], dtype=np.float32).reshape(entry["shape"])
        for name, entry in table.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }


def _tables(tensors: Mapping[str, Singles], kept: Sequence[int]) -> dict[str, Singles]:
    """Words, places (with the one kind of text that there is), and the first norm."""
    kind = tensors["embeddings.token_type_embeddings.weight"][0]
    return {
        "words": tensors["embeddings.word_embeddings.weight"][kept].copy(),
        "places": tensors["embeddings.position_embeddings.weight"][:MAX_PLACES] + kind,
        "norm.weight": tensors["embeddings.LayerNorm.weight"].copy(),
        "norm.bias": tensors["embeddings.LayerNorm.bias"].copy(),
    }


MAX_PLACES = 256
"""Longest text in pieces."""


def _layer_part(tensors: Mapping[str, Singles], place: int, layer: int, part: str) -> dict[str, Singles]:
    """One part of a layer; what reads the same input is one matrix. Matrices are (inputs, outputs)."""
    found = {}
    for kind in ("weight", "bias"):
        pieces = [tensors[_LAYER.format(layer=layer, part=name, kind=kind)] for name in _PARTS[part]]
        array = np.concatenate(pieces)
        found[f"{layer_name(place, part)}.{kind}"] = np.ascontiguousarray(array.T)
    return found
