"""Runs a small encoder of the BERT family in numpy: a text's pieces -> one vector of length one.

Texts of a part are put in one row of pieces without padding: matrices do not care where a text ends, and attention goes
text by text. So a short function costs what it is long, and no library is needed: at this size numpy's matrix product
is what any runtime would spend its time in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from locant.numeric import Singles
from locant.retriever.neural.weights import HEADS, Stored, layer_name

__all__ = ["Encoder"]

PIECES_AT_ONCE = 1_024
"""Of a part: what is between two matrices (6 MB) stays in the cache of the processor."""

EPSILON = 1e-12
GELU = math.sqrt(2 / math.pi)
GELU_CUBE = 0.044715


class Encoder:
    """A model that is ready to run; it has no state and may be shared."""

    def __init__(self, stored: Stored) -> None:
        self._words, self._scale = stored.words, stored.words_scale
        self._arrays = stored.arrays
        self._layers = stored.layers
        self.width = stored.words.shape[1]
        self.longest = len(stored.arrays["places"])

    def encode(self, texts: Sequence[Sequence[int]]) -> Singles:
        """Vectors (texts, width) of length one; texts are numbers of pieces, at least one and at most `longest`."""
        vectors = np.zeros((len(texts), self.width), dtype=np.float32)
        for part in _parts([len(text) for text in texts]):
            vectors[part] = self._encode_part([texts[i] for i in part])
        return vectors

    def _encode_part(self, texts: list[Sequence[int]]) -> Singles:
        numbers = np.concatenate([np.asarray(text, dtype=np.int64) for text in texts])
        lengths = np.array([len(text) for text in texts], dtype=np.int64)
        ends = np.cumsum(lengths)
        starts = ends - lengths
        places = np.concatenate([np.arange(len(text)) for text in texts])
        state = self._words[numbers] * self._scale[numbers] + self._arrays["places"][places]
        state = self._norm("norm", state)
        spans = [slice(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        for layer in range(self._layers):
            state = self._layer(layer, state, spans)
        means = np.add.reduceat(state, starts, axis=0) / lengths[:, None]
        return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), dtype=np.float32)

    def _layer(self, layer: int, state: Singles, spans: list[slice]) -> Singles:
        heard = _attend(self._linear(layer, "mix", state), spans)
        state = self._norm(layer_name(layer, "norm_mix"), state + self._linear(layer, "out", heard))
        inner = _gelu(self._linear(layer, "up", state))
        return self._norm(layer_name(layer, "norm_down"), state + self._linear(layer, "down", inner))

    def _linear(self, layer: int, part: str, state: Singles) -> Singles:
        name = layer_name(layer, part)
        product = state @ self._arrays[f"{name}.weight"]
        product += self._arrays[f"{name}.bias"]
        return product

    def _norm(self, name: str, state: Singles) -> Singles:
        state = state - state.mean(axis=1, keepdims=True)
        spread = np.sqrt(np.einsum("ij,ij->i", state, state)[:, None] / state.shape[1] + EPSILON)
        state *= self._arrays[f"{name}.weight"] / spread
        state += self._arrays[f"{name}.bias"]
        return state


def _parts(lengths: Sequence[int]) -> list[list[int]]:
    """Places of texts, in parts of so many pieces."""
    parts: list[list[int]] = []
    room = 0
    for place, length in enumerate(lengths):
        if length > room:
            parts.append([])
            room = PIECES_AT_ONCE
        parts[-1].append(place)
        room -= length
    return parts


def _attend(mixed: Singles, spans: list[slice]) -> Singles:
    """What each piece hears of its own text; `mixed` (pieces, 3 * width) are queries, keys and values."""
    width = mixed.shape[1] // 3
    heads = mixed.reshape(len(mixed), 3, HEADS, width // HEADS)
    heard = np.empty((len(mixed), HEADS, width // HEADS), dtype=np.float32)
    shrink = np.float32(1 / math.sqrt(width // HEADS))
    for span in spans:
        asked, known, told = heads[span].transpose(1, 2, 0, 3)
        scores = (asked * shrink) @ known.transpose(0, 2, 1)
        scores -= scores.max(axis=2, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=2, keepdims=True)
        heard[span] = (scores @ told).transpose(1, 0, 2)
    return heard.reshape(len(mixed), width)


def _gelu(state: Singles) -> Singles:
    """The activation, in its form with tanh; changes its argument."""
    inner = state * state
    inner *= np.float32(GELU * GELU_CUBE)
    inner += np.float32(GELU)
    inner *= state
    np.tanh(inner, out=inner)
    inner += np.float32(1)
    inner *= np.float32(0.5)
    inner *= state
    return inner
