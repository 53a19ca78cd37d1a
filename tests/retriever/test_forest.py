from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locant.errors import ModelError
from locant.retriever.learning.forest import MAX_LEAVES, Forest, load_arrays, save_arrays

NAMES = ("words", "path", "age")


def small_forest() -> Forest:
    """Two trees, without a weighted sum.

    words <= 0.5 ? (path <= 0.25 ? -1.0 [40] : 0.5 [10]) : 2.0 [50];     age <= 3 ? 0.25 [75] : -0.25 [25]
    """
    return Forest(
        NAMES,
        feature=np.array([[0, 1], [2, 0]]),
        threshold=np.array([[0.5, 0.25], [3.0, 0.0]], dtype=np.float32),
        nan_left=np.array([[True, False], [False, False]]),
        begin=np.array([[0, 0], [0, 0]]),
        split=np.array([[2, 1], [1, 0]]),
        end=np.array([[3, 2], [2, 0]]),
        leaf=np.array([[-1.0, 0.5, 2.0], [0.25, -0.25, 0.0]]),
        count=np.array([[40.0, 10.0, 50.0], [75.0, 25.0, 0.0]]),
        slope=np.zeros(3),
    )


def rows(*values: tuple[float, float, float]) -> Any:
    return np.array(values, dtype=np.float32)


def test_a_row_scores_the_sum_of_the_leaves_that_it_falls_into() -> None:
    scores = small_forest().score(rows((0.0, 0.0, 0.0), (0.5, 0.3, 3.1), (0.6, 9.0, 3.0)))
    assert scores.tolist() == [-0.75, 0.25, 2.25]


def test_what_is_not_a_number_goes_where_the_node_sends_it() -> None:
    nan = float("nan")
    assert small_forest().score(rows((nan, nan, nan), (0.0, 0.0, nan))).tolist() == [0.25, -1.25]


def test_a_contribution_is_the_change_of_the_mean_on_the_way() -> None:
    forest = small_forest()
    mean = (-1.0 * 40 + 0.5 * 10 + 2.0 * 50) / 100
    left = (-1.0 * 40 + 0.5 * 10) / 50
    assert forest.bias == pytest.approx(mean + 0.125)
    assert forest.contributions(rows((0.0, 0.0, 5.0)))[0] == pytest.approx([left - mean, -1.0 - left, -0.375])


def random_forest(draw: Any) -> Forest:
    """Trees of random shape: leaves are split at random until there are enough."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    trees, leaves = draw(st.integers(1, 6)), draw(st.integers(2, MAX_LEAVES))
    arrays = {name: np.zeros((trees, leaves - 1), dtype=np.int64) for name in ("begin", "split", "end")}
    for tree in range(trees):
        open_spans = [(0, leaves)]
        for node in range(leaves - 1):
            begin, end = open_spans.pop()
            split = int(generator.integers(begin + 1, end))
            arrays["begin"][tree, node], arrays["split"][tree, node], arrays["end"][tree, node] = begin, split, end
            open_spans += [span for span in ((split, end), (begin, split)) if span[1] - span[0] > 1]
    shape = (trees, leaves - 1)
    return Forest(
        NAMES,
        feature=generator.integers(0, len(NAMES), shape),
        threshold=generator.normal(size=shape).astype(np.float32),
        nan_left=generator.random(shape) < 0.5,
        leaf=generator.normal(size=(trees, leaves)),
        count=generator.integers(1, 1000, (trees, leaves)).astype(float),
        slope=np.array([0.0, 0.0, generator.random()]),
        **arrays,
    )


def walked(forest: Forest, row: Any) -> float:
    """The score by walking each tree, as its nodes say."""
    total = 0.0
    for tree in range(forest.trees):
        nodes = {
            (int(begin), int(end)): (int(feature), float(limit), int(split), bool(nan_left))
            for begin, end, feature, limit, split, nan_left in zip(
                forest.begin[tree],
                forest.end[tree],
                forest.feature[tree],
                forest.threshold[tree],
                forest.split[tree],
                forest.nan_left[tree],
                strict=True,
            )
        }
        begin, end = 0, max(span[1] for span in nodes)
        while end - begin > 1:
            feature, limit, split, nan_left = nodes[begin, end]
            value = float(row[feature])
            begin, end = (begin, split) if value <= limit or (value != value and nan_left) else (split, end)
        total += float(forest.leaf[tree, begin])
    return total + float(row[2] * forest.slope[2])


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_scores_are_those_of_walking_the_trees_and_the_sum_of_their_contributions(data: Any) -> None:
    forest = random_forest(data.draw)
    value = st.one_of(st.floats(-3, 3, width=32), st.just(float("nan")))
    known = st.floats(0, 3, width=32)  # what a weighted sum reads is always a number, and not negative
    values = rows(*data.draw(st.lists(st.tuples(value, value, known), min_size=1, max_size=80)))
    scores = forest.score(values)
    assert scores == pytest.approx([walked(forest, row) for row in values], abs=1e-12)
    assert forest.contributions(values).sum(axis=1) + forest.bias == pytest.approx(scores, abs=1e-9)
    assert forest.lowest <= scores.min()


def test_a_weighted_sum_adds_to_the_score_and_to_its_features_contribution() -> None:
    plain, sloped = small_forest(), replace(small_forest(), slope=np.array([0.0, 2.0, 0.0]))
    values = rows((0.0, 0.5, 0.0), (0.6, 0.0, 9.0))
    assert (sloped.score(values) - plain.score(values)).tolist() == [1.0, 0.0]
    assert sloped.contributions(values)[0] == pytest.approx(plain.contributions(values)[0] + [0.0, 1.0, 0.0])


def test_a_forest_is_the_same_after_a_file(tmp_path: Path) -> None:
    forest, values = small_forest(), rows((0.1, 0.2, 4.0), (0.9, 0.2, 1.0))
    save_arrays(tmp_path / "model.npz", forest.arrays())
    again = Forest.from_arrays(load_arrays(tmp_path / "model.npz"))
    assert again.features == NAMES
    assert again.score(values).tolist() == forest.score(values).tolist()
    assert again.contributions(values).tolist() == forest.contributions(values).tolist()


def test_no_rows_are_no_scores() -> None:
    assert small_forest().score(np.zeros((0, 3), dtype=np.float32)).shape == (0,)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"not a model at all"])
def test_a_damaged_file_is_told_from_a_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.npz cannot be read.*reinstall"):
        load_arrays(path)


def test_arrays_that_are_no_forest_are_refused() -> None:
    whole = small_forest().arrays()
    with pytest.raises(ModelError, match="no array 'leaf'"):
        Forest.from_arrays({name: array for name, array in whole.items() if name != "leaf"})
    with pytest.raises(ModelError, match="feature 2 of 1"):
        Forest.from_arrays({**whole, "features": np.array(["words"]), "slope": np.zeros(1)})
    with pytest.raises(ModelError, match="3 slopes for 2 features"):
        Forest.from_arrays({**whole, "features": np.array(["words", "path"])})
    with pytest.raises(ModelError, match="do not belong together"):
        Forest.from_arrays({**whole, "count": whole["count"][:1]})
