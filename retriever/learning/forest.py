"""A forest of binary decision trees as a few small arrays: evaluated with numpy alone, explained path by path.

Trees are not walked. Leaves are numbered from left to right, so that a node is three numbers: it covers the leaves
`begin` to `end`, and those before `split` are on its left. All nodes are compared with all rows at once; a node that
sends a row to the right strikes out the leaves on its left, as bits of one integer per tree, and the first leaf that
is left over is the one the row falls into (QuickScorer; Lucchese and others, SIGIR 2015). That is some twenty array
operations per block of rows, whatever the number of trees.

A score is explained by differences of node means along the path (Saabas, 2014): from a node to the child that the row
goes to, the mean of the training rows below changes, and that change belongs to the node's feature. A mean is over an
interval of leaves, so nothing about inner nodes needs to be stored. Contributions and `bias` add up to the score.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from locant.errors import ModelError
from locant.numeric import Floats, Ints, Mask, Singles

__all__ = ["MAX_LEAVES", "Forest", "load_arrays", "save_arrays"]

MAX_LEAVES = 32
"""Leaves of a tree at most: one bit each of an unsigned 32-bit integer."""

ROW_BLOCK = 32
"""Rows that are evaluated together: the compared values of some 9,000 nodes then stay in the processor's cache."""

ALL_LEAVES = np.uint32(0xFFFFFFFF)
MANTISSA_BITS, EXPONENT_BIAS = 23, 127  # of a single: the exponent of a power of two is the number of its bit


@dataclass(frozen=True)
class Forest:
    """Trees over named features; a row's score is the sum of the leaves that it falls into, and a weighted sum.

    features: name of each column of the values.
    feature, threshold, nan_left: of each node (trees, nodes); a row goes left when its value is at most the
        threshold, or is not a number and `nan_left`.
    begin, split, end: leaves that each node covers, and where those on its right begin (trees, nodes); all 0 where a
        tree has fewer nodes than others.
    leaf, count: value of each leaf, and training rows in it (trees, leaves).
    slope: weight of each feature in the sum that the trees correct, 0 for most (features,).
    """

    features: tuple[str, ...]
    feature: Ints
    threshold: Singles
    nan_left: Mask
    begin: Ints
    split: Ints
    end: Ints
    leaf: Floats
    count: Floats
    slope: Floats

    def __post_init__(self) -> None:
        if self.leaf.shape[1] > MAX_LEAVES:
            raise ModelError(f"a tree has {self.leaf.shape[1]} leaves; train with at most {MAX_LEAVES}")
        if self.feature.size and int(self.feature.max()) >= len(self.features):
            raise ModelError(f"a tree asks for feature {int(self.feature.max())} of {len(self.features)}; train again")

    @property
    def trees(self) -> int:
        """How many trees there are."""
        return len(self.leaf)

    def score(self, values: Singles) -> Floats:
        """Score of each row (rows,) of values (rows, features); larger is better."""
        fallen: Floats = self.leaf.ravel()[self._leaves(values)]
        scores: Floats = fallen.sum(axis=0) + self._sloped(values).sum(axis=1)
        return scores

    def contributions(self, values: Singles) -> Floats:
        """What each feature adds to each row's score (rows, features); with `bias` they sum to it."""
        leaves = self._leaves(values)
        total = self._sloped(values)
        for of_tree in leaves:
            total += self._paths[of_tree]
        return total

    def _sloped(self, values: Singles) -> Floats:
        """Terms of the weighted sum (rows, features)."""
        terms = np.zeros(values.shape)
        used = np.flatnonzero(self.slope)
        terms[:, used] = self.slope[used] * values[:, used]
        return terms

    @cached_property
    def bias(self) -> float:
        """What each score starts with: the sum of the trees' means."""
        return float(self._means(np.zeros(self.trees, int), self._used)[:, 0].sum())

    @cached_property
    def lowest(self) -> float:
        """No row without negative values can score less: the sum of the trees' smallest leaves."""
        inside = np.arange(self.leaf.shape[1]) < self._used[:, None]
        return float(np.where(inside, self.leaf, np.inf).min(axis=1).sum())

    def used_features(self) -> Floats:
        """How many nodes ask for each feature (features,)."""
        real = self.end > 0
        return np.bincount(self.feature[real], minlength=len(self.features)).astype(float)

    def _leaves(self, values: Singles) -> Ints:
        """Leaf that each row falls into (trees, rows), numbered over all trees."""
        columns = np.ascontiguousarray(values.T, dtype=np.float32)
        has_nan = bool(np.isnan(columns).any())
        found = np.empty((self.trees, len(values)), dtype=np.int64)
        for first in range(0, len(values), ROW_BLOCK):
            block = slice(first, first + ROW_BLOCK)
            found[:, block] = self._exits(np.ascontiguousarray(columns[:, block]), has_nan=has_nan)
        found += np.arange(self.trees)[:, None] * self.leaf.shape[1]
        return found

    def _exits(self, columns: Singles, *, has_nan: bool) -> Ints:
        """Leaf of each row within each tree (trees, rows) of columns (features, rows)."""
        shape = (*self.feature.shape, columns.shape[1])
        asked = columns[self.feature.ravel()]
        goes_left = asked <= self.threshold.reshape(-1, 1)
        if has_nan:
            goes_left |= np.isnan(asked) & self.nan_left.reshape(-1, 1)
        kept = np.where(goes_left, ALL_LEAVES, self._left_struck).reshape(shape)
        open_leaves = np.bitwise_and.reduce(kept, axis=1)
        first = open_leaves & (~open_leaves + np.uint32(1))
        exits: Ints = (first.astype(np.float32).view(np.int32) >> MANTISSA_BITS) - EXPONENT_BIAS
        return exits

    @cached_property
    def _left_struck(self) -> Ints:
        """Bits of the leaves that stay when a row goes right (nodes of all trees, 1)."""
        below = (np.uint64(1) << np.arange(MAX_LEAVES + 1, dtype=np.uint64)) - np.uint64(1)
        left = below[self.split] & ~below[self.begin]
        stays: Ints = (~left).astype(np.uint32).reshape(-1, 1)
        return stays

    @cached_property
    def _used(self) -> Ints:
        """Leaves of each tree (trees,)."""
        used: Ints = np.maximum(self.end.max(axis=1, initial=0), 1).astype(np.int64)
        return used

    def _means(self, begin: Ints, end: Ints) -> Floats:
        """Mean of the leaves from `begin` to `end` by training rows, (trees, ...) as the arguments."""
        start = np.zeros((self.trees, 1))
        rows = np.concatenate((start, np.cumsum(self.count, axis=1)), axis=1)
        sums = np.concatenate((start, np.cumsum(self.count * self.leaf, axis=1)), axis=1)
        begin, end = begin.reshape(self.trees, -1), end.reshape(self.trees, -1)
        counted = np.take_along_axis(rows, end, 1) - np.take_along_axis(rows, begin, 1)
        summed = np.take_along_axis(sums, end, 1) - np.take_along_axis(sums, begin, 1)
        own = np.take_along_axis(self.leaf, np.minimum(begin, self.leaf.shape[1] - 1), 1)
        return np.where(end - begin == 1, own, summed / np.maximum(counted, 1.0))

    @cached_property
    def _paths(self) -> Floats:
        """What each feature adds on the way to each leaf (leaves of all trees, features).

        A node adds one amount for all leaves on its left and another for those on its right: the amounts are entered
        where an interval begins, taken back where it ends, and summed over the leaves.
        """
        begin, split, end = (bounds.astype(np.int64) for bounds in (self.begin, self.split, self.end))
        here = self._means(begin, end)
        left, right = self._means(begin, split) - here, self._means(split, end) - here
        leaves = self.leaf.shape[1]
        changes = np.zeros((self.trees, leaves + 1, len(self.features)))
        tree = np.broadcast_to(np.arange(self.trees)[:, None], begin.shape)
        real = end > 0
        for leaf, amount in ((begin, left), (split, right - left), (end, -right)):
            np.add.at(changes, (tree[real], leaf[real], self.feature[real]), amount[real])
        return np.cumsum(changes, axis=1)[:, :leaves].reshape(-1, len(self.features))

    def arrays(self) -> dict[str, Ints | Floats]:
        """What `from_arrays` takes, for a file."""
        return {
            "features": np.array(self.features),
            "feature": self.feature.astype(np.int16),
            "threshold": self.threshold.astype(np.float32),
            "nan_left": self.nan_left,
            "begin": self.begin.astype(np.uint8),
            "split": self.split.astype(np.uint8),
            "end": self.end.astype(np.uint8),
            "leaf": self.leaf,
            "count": self.count.astype(np.uint32),
            "slope": self.slope,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Ints | Floats]) -> Forest:
        """Read what `arrays` gave.

        Raises:
            ModelError: an array is missing or has the wrong shape.

        """
        names = ("feature", "threshold", "nan_left", "begin", "split", "end", "leaf", "count")
        missing = [name for name in ("features", "slope", *names) if name not in arrays]
        if missing:
            raise ModelError(f"the model has no array {missing[0]!r}; reinstall locant or train it again")
        found = [arrays[name] for name in names]
        if any(array.ndim != 2 or len(array) != len(found[0]) for array in found):
            raise ModelError("the arrays of the model do not belong together; reinstall locant or train it again")
        whole: dict[str, Any] = {
            name: array.astype(np.int64) if array.dtype.kind in "iu" else array
            for name, array in zip(names, found, strict=True)
        }
        features = tuple(str(name) for name in arrays["features"])
        if arrays["slope"].shape != (len(features),):
            raise ModelError(
                f"the model has {len(arrays['slope'])} slopes for {len(features)} features; train it again"
            )
        return cls(features=features, slope=arrays["slope"], **whole)


def save_arrays(path: Path, arrays: Mapping[str, Ints | Floats]) -> None:
    """Write named arrays as one compressed file."""
    with path.open("wb") as target:
        np.savez_compressed(target, allow_pickle=False, **dict(arrays))


def load_arrays(path: Path) -> dict[str, Ints | Floats]:
    """Read named arrays.

    Raises:
        ModelError: the file is missing, damaged, or something else.

    """
    try:
        with path.open("rb") as source, np.load(source, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"the model {path.name} cannot be read ({error}); reinstall locant or train it again"
        ) from error
