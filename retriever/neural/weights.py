"""The weights of an encoder as named arrays, and as one file of 8-bit numbers.

words (vocabulary, width), places (longest text, width), norm.weight and norm.bias (width,); then for each layer `i` the
parts of `LAYER_PARTS`, each with a weight and a bias: `layer0.mix.weight` (width, 3 * width), ... Matrices are (inputs,
outputs), so that a row of numbers times a matrix is the next row.

In the file, large matrices are 8-bit with one scale for each column (each row of `words`): a quarter of the size, and a
search order that hardly changes. The rest stays as it is.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from locant.errors import ModelError
from locant.numeric import Ints, Singles

__all__ = ["HEADS", "LAYER_PARTS", "Stored", "layer_name", "read_weights", "write_weights"]

LAYER_PARTS = ("mix", "out", "norm_mix", "up", "down", "norm_down")
"""mix: queries, keys and values of attention in one; out: its result; up, down: the two steps of the perceptron."""

HEADS = 12
"""Of attention, in every model that this is written for."""

WORDS = "words"
PIECES = "pieces"
SCALE = ".scale"
LARGEST = 127
"""Of an 8-bit number, so that a scale is the same up and down."""


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """An encoder as read.

    pieces: the vocabulary. words: (vocabulary, width), 8-bit; words_scale (vocabulary, 1). arrays: all else, 32-bit.
    """

    pieces: tuple[str, ...]
    words: Ints
    words_scale: Singles
    arrays: Mapping[str, Singles]

    @property
    def layers(self) -> int:
        """How many there are."""
        return sum(name.endswith(".mix.weight") for name in self.arrays)


def layer_name(layer: int, part: str) -> str:
    """Prefix of the names of a layer's arrays."""
    return f"layer{layer}.{part}"


def write_weights(path: Path, pieces: Sequence[str], weights: Mapping[str, Singles]) -> None:
    """Write an encoder with 8-bit matrices."""
    stored: dict[str, np.ndarray] = {PIECES: np.frombuffer("\n".join(pieces).encode(), dtype=np.uint8)}
    for name, array in weights.items():
        if array.ndim == 1 or name == "places":
            stored[name] = array.astype(np.float32)
        else:
            stored[name], stored[name + SCALE] = _small(array, axis=1 if name == WORDS else 0)
    part = path.with_suffix(".part")
    with part.open("wb") as out:
        np.savez(out, allow_pickle=False, **stored)
    part.replace(path)


def _small(array: Singles, axis: int) -> tuple[Ints, Singles]:
    """8-bit numbers, and what each row or column is to be multiplied by."""
    scale = np.maximum(np.abs(array).max(axis=axis, keepdims=True), 1e-12) / LARGEST
    return np.round(array / scale).astype(np.int8), scale.astype(np.float32)


def read_weights(path: Path) -> Stored:
    """Read an encoder.

    Raises:
        ModelError: the file is not there, or is no such model.

    """
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as found:
            stored = dict(found)
        pieces = tuple(stored.pop(PIECES).tobytes().decode().split("\n"))
        words, words_scale = stored.pop(WORDS), stored.pop(WORDS + SCALE)
        scales = {name: stored.pop(name) for name in list(stored) if name.endswith(SCALE)}
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"{path} holds no encoder ({error}): give the model.npz that `locant eval train encoder` wrote"
        ) from error
    arrays = {name: array * scales[name + SCALE] if name + SCALE in scales else array for name, array in stored.items()}
    return Stored(pieces, words, words_scale, arrays)
