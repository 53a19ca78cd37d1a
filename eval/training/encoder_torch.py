"""The encoder in torch, for training: the same arrays and the same sums as `locant.retriever.neural.encoder`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from locant.eval.extras import library
from locant.retriever.neural.weights import HEADS, layer_name

__all__ = ["embed", "load_torch", "padded"]

EPSILON = 1e-12
LEAST = -1e4
"""Score of a piece that is not there."""


def load_torch() -> Any:  # noqa: ANN401 - a module
    """The library, or an error that says what to install."""
    return library("torch", "training an encoder")


def padded(torch: Any, texts: Sequence[Sequence[int]]) -> tuple[Any, Any]:  # noqa: ANN401
    """Numbers (texts, longest) and which of them are there."""
    longest = max(map(len, texts))
    numbers = torch.zeros((len(texts), longest), dtype=torch.long)
    there = torch.zeros((len(texts), longest), dtype=torch.bool)
    for row, text in enumerate(texts):
        numbers[row, : len(text)] = torch.tensor(text)
        there[row, : len(text)] = True
    return numbers, there


def embed(torch: Any, weights: Mapping[str, Any], layers: int, texts: Sequence[Sequence[int]]) -> Any:  # noqa: ANN401
    """Vectors of length one (texts, width): the mean over each text's pieces."""
    numbers, there = padded(torch, texts)
    state = weights["words"][numbers] + weights["places"][: numbers.shape[1]]
    state = _norm(torch, weights, "norm", state)
    for layer in range(layers):
        state = _layer(torch, weights, layer, state, there)
    counted = there.unsqueeze(-1).to(state.dtype)
    mean = (state * counted).sum(1) / counted.sum(1)
    return torch.nn.functional.normalize(mean.float(), dim=-1)


def _layer(torch: Any, weights: Mapping[str, Any], layer: int, state: Any, there: Any) -> Any:  # noqa: ANN401
    """One layer. Attention is written out: at this size its backward step takes a third of what the fused one takes."""

    def part(name: str, given: Any) -> Any:  # noqa: ANN401
        prefix = layer_name(layer, name)
        return given @ weights[f"{prefix}.weight"] + weights[f"{prefix}.bias"]

    texts, longest, width = state.shape
    mixed = part("mix", state).view(texts, longest, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
    scores = (mixed[0] / math.sqrt(width // HEADS)) @ mixed[1].transpose(-1, -2)
    scores = scores.masked_fill(~there[:, None, None, :], LEAST)
    heard = torch.softmax(scores, -1).to(mixed.dtype) @ mixed[2]
    heard = heard.transpose(1, 2).reshape(texts, longest, width)
    state = _norm(torch, weights, layer_name(layer, "norm_mix"), state + part("out", heard))
    inner = torch.nn.functional.gelu(part("up", state), approximate="tanh")
    return _norm(torch, weights, layer_name(layer, "norm_down"), state + part("down", inner))


def _norm(torch: Any, weights: Mapping[str, Any], name: str, state: Any) -> Any:  # noqa: ANN401
    scale, shift = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return torch.nn.functional.layer_norm(state.float(), scale.shape, scale, shift, EPSILON)
