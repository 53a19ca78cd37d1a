"""LambdaMART by LightGBM, and its trees as the arrays that the product evaluates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from locant.errors import ModelError
from locant.eval.extras import library
from locant.numeric import Floats, Ints, Mask, Singles
from locant.retriever.learning.forest import Forest

__all__ = ["FUSED", "Settings", "as_forest", "head_start", "joined", "library_version", "train_booster"]

FUSED = "fused"
"""Feature that holds the score of the plain fusion."""

FRAME = "frame"
"""Feature that holds 1 / (1 + distance) of the nearest stack frame."""

POINTED = ("linked", "named_line")
"""Features that hold what the text points at: files that it links to, definitions around a line that it names."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How trees are grown; small and strongly regularised, because repositories differ more than rows do.

    trees, leaves, learning_rate: of each booster.
    least_rows: candidates in a leaf at least.
    feature_share, row_share: drawn for each tree.
    ridge: L2 penalty of leaf values.
    truncation: ranks at the top that the loss is about.
    head_start: weight of the plain fusion's score, which the trees correct: where nothing was learnt, its order stays.
    frame_start: the same of a stack frame. Commits, most of the training, have none, issues with one are few: without
        it the trees take from the fusion's score what the frame had given.
    pointed_start: the same of a link or a named line, for the same reason.
    boosters: with different seeds, averaged.
    bins: values of a feature that are told apart; a quarter of LightGBM's own number, at half the time.
    """

    trees: int = 150
    leaves: int = 8
    learning_rate: float = 0.08
    least_rows: int = 100
    feature_share: float = 0.6
    row_share: float = 0.8
    ridge: float = 5.0
    truncation: int = 20
    head_start: float = 4.0
    frame_start: float = 1.5
    pointed_start: float = 1.5
    boosters: int = 1
    bins: int = 63
    seed: int = 0
    threads: int = 2

    def parameters(self, monotone: Sequence[int], number: int) -> dict[str, Any]:
        """LightGBM's parameters of one booster of several."""
        return {
            "objective": "lambdarank",
            "label_gain": [0, 1],
            "lambdarank_truncation_level": self.truncation,
            "num_leaves": self.leaves,
            "max_bin": self.bins,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.least_rows,
            "feature_fraction": self.feature_share,
            "bagging_fraction": self.row_share,
            "bagging_freq": 1,
            "bagging_by_query": True,
            "lambda_l2": self.ridge,
            "monotone_constraints": list(monotone),
            "seed": self.seed + number,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": self.threads,
            "verbose": -1,
        }


def train_booster(
    values: Singles,
    gold: Mask,
    sizes: Ints,
    weights: Floats,
    names: Sequence[str],
    monotone: Sequence[int],
    settings: Settings,
) -> list[Any]:
    """Boosters over candidates (n, features) that lie query after query, `sizes` (queries,) of them each.

    Args:
        values: features of each candidate.
        gold: which candidates are right.
        sizes: candidates of each query.
        weights: of each candidate (the same throughout a query).
        names: of the features.
        monotone: 1 for a feature that may only raise the score, else 0.
        settings: how trees are grown.

    """
    lightgbm = library("lightgbm", "training a ranker")
    data = lightgbm.Dataset(
        values,
        gold.astype(np.int8),
        group=sizes,
        weight=weights,
        init_score=head_start(values, names, settings),
        feature_name=list(names),
        free_raw_data=False,
    )
    return [
        lightgbm.train(settings.parameters(monotone, number), data, settings.trees)
        for number in range(settings.boosters)
    ]


def head_start(values: Singles, names: Sequence[str], settings: Settings) -> Floats:
    """Score of each candidate before the first tree (n,)."""
    slope = _slope(names, settings)
    used = np.flatnonzero(slope)  # others may be no number
    return values[:, used].astype(np.float64) @ slope[used]


def _slope(names: Sequence[str], settings: Settings) -> Floats:
    """Weight of each feature before the first tree (features,)."""
    starts = {FUSED: settings.head_start, FRAME: settings.frame_start, **dict.fromkeys(POINTED, settings.pointed_start)}
    return np.array([starts.get(name, 0.0) for name in names])


def library_version() -> str:
    """Which LightGBM trains."""
    return str(library("lightgbm", "training a ranker").__version__)


def as_forest(boosters: Sequence[Any], settings: Settings) -> Forest:
    """Mean of boosters over the same features, with their head start.

    Raises:
        ModelError: a booster splits by category or takes zero for missing, which `Forest` does not know.

    """
    forest = joined([_forest(booster.dump_model()) for booster in boosters])
    return replace(forest, slope=_slope(forest.features, settings))


def joined(forests: Sequence[Forest]) -> Forest:
    """One forest whose score is the mean of several."""
    nodes = max(forest.feature.shape[1] for forest in forests)
    leaves = max(forest.leaf.shape[1] for forest in forests)
    wide = {"feature": nodes, "threshold": nodes, "nan_left": nodes, "begin": nodes, "split": nodes, "end": nodes}
    wide |= {"leaf": leaves, "count": leaves}
    parts = {name: np.concatenate([_widened(getattr(f, name), width) for f in forests]) for name, width in wide.items()}
    parts["leaf"] = parts["leaf"] / len(forests)
    return Forest(forests[0].features, **parts, slope=np.mean([forest.slope for forest in forests], axis=0))


def _widened(array: Ints, columns: int) -> Ints:
    return np.pad(array, ((0, 0), (0, columns - array.shape[1])))


def _forest(dump: Mapping[str, Any]) -> Forest:
    trees = [tree["tree_structure"] for tree in dump["tree_info"]]
    leaves = max(tree["num_leaves"] for tree in dump["tree_info"])
    shape = (len(trees), max(leaves - 1, 1))
    arrays = {
        **{name: np.zeros(shape, dtype=np.int64) for name in ("feature", "begin", "split", "end")},
        "threshold": np.zeros(shape, dtype=np.float32),
        "nan_left": np.zeros(shape, dtype=np.bool_),
        **{name: np.zeros((len(trees), leaves)) for name in ("leaf", "count")},
    }
    for number, root in enumerate(trees):
        _enter_leaves(arrays, number, root)
        for place, node in enumerate(_nodes(root, 0)):
            for name, value in node.items():
                arrays[name][number, place] = value
    features = tuple(dump["feature_names"])
    return Forest(features, **arrays, slope=np.zeros(len(features)))


def _enter_leaves(arrays: Mapping[str, Any], number: int, root: Mapping[str, Any]) -> None:
    for place, leaf in enumerate(_leaves(root)):
        arrays["leaf"][number, place] = leaf["leaf_value"]
        arrays["count"][number, place] = leaf.get("leaf_count", 1)


def _leaves(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Leaves from left to right."""
    if "leaf_value" in node:
        yield node
    else:
        yield from _leaves(node["left_child"])
        yield from _leaves(node["right_child"])


def _nodes(node: Mapping[str, Any], begin: int) -> Iterator[dict[str, Any]]:
    """Inner nodes below one whose first leaf is `begin`, parents first."""
    if "leaf_value" in node:
        return
    if node["decision_type"] != "<=" or node["missing_type"] == "Zero":
        raise ModelError(f"a tree decides by {node['decision_type']!r}: train without categories and zero_as_missing")
    left, right = (sum(1 for _ in _leaves(node[side])) for side in ("left_child", "right_child"))
    yield {
        "feature": node["split_feature"],
        "threshold": _single_below(node["threshold"]),
        # without missing values in training, LightGBM reads what is not a number as zero
        "nan_left": node["default_left"] if node["missing_type"] == "NaN" else node["threshold"] >= 0,
        "begin": begin,
        "split": begin + left,
        "end": begin + left + right,
    }
    yield from _nodes(node["left_child"], begin)
    yield from _nodes(node["right_child"], begin + left)


def _single_below(threshold: float) -> np.float32:
    """The largest single that is no larger: a single is at most the one exactly when it is at most the other."""
    largest = float(np.finfo(np.float32).max)
    nearest = np.float32(min(max(threshold, -largest), largest))
    return nearest if float(nearest) <= threshold else np.nextafter(nearest, np.float32(-np.inf))
