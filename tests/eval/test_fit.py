from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from locant.errors import ModelError
from locant.eval.cli import app
from locant.eval.errors import DatasetError
from locant.eval.extras import has_library
from locant.eval.training.crossval import Plan, out_of_fold
from locant.eval.training.examples import ISSUE, read_examples
from locant.eval.training.figures import accuracy, worst_ranks
from locant.eval.training.folds import folds_by
from locant.eval.training.lightgbm_trees import Settings, as_forest, train_booster
from locant.retriever.learning.forest import Forest, load_arrays
from locant.retriever.learning.rankers import FILES_MODEL, FUNCTIONS_MODEL
from locant.retriever.learning.stacking import STACKED, with_file_scores

needs_lightgbm = pytest.mark.skipif(not has_library("lightgbm"), reason="trains with LightGBM")

FILE_FEATURES = ("fused", "bm25", "query_code")
FUNCTION_FEATURES = ("fused", "text")
FILES, FUNCTIONS, ROWS = 20, 30, 16

SMALL = Settings(trees=12, leaves=7, learning_rate=0.2, least_rows=10, threads=1)


def write_arrays(path: Path, arrays: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        np.savez_compressed(target, **arrays)


def write_tables(path: Path, repository: str, source: str = "commit", language: str = "go", seed: int = 0) -> Path:
    """Rows whose right file has the largest `bm25`, though `fused` is noise, and whose right function is in it."""
    draw = np.random.default_rng(seed)
    files = draw.random((ROWS, FILES, len(FILE_FEATURES)))
    files[:, :, 0] = -np.sort(-files[:, :, 0])
    file_gold = files[:, :, 1] == files[:, :, 1].max(axis=1, keepdims=True)
    functions = draw.random((ROWS, FUNCTIONS, len(FUNCTION_FEATURES)))
    functions[:, :, 0] = -np.sort(-functions[:, :, 0])
    function_file = draw.integers(-1, FILES, (ROWS, FUNCTIONS))
    function_file[:, 0] = file_gold.argmax(axis=1)
    fit = functions[:, :, 1] + 10.0 * (function_file == file_gold.argmax(axis=1)[:, None])
    function_gold = fit == fit.max(axis=1, keepdims=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = {"repository": repository, "language": language, "source": source}
    arrays: dict[str, Any] = {
        "file_values": files.reshape(-1, len(FILE_FEATURES)).astype(np.float32),
        "file_group": np.full(ROWS, FILES),
        "file_gold": file_gold.ravel(),
        "function_values": functions.reshape(-1, len(FUNCTION_FEATURES)).astype(np.float32),
        "function_group": np.full(ROWS, FUNCTIONS),
        "function_gold": function_gold.ravel(),
        "function_file": function_file.ravel(),
        "gold_files": np.ones(ROWS, dtype=np.int64),
        "gold_functions": np.ones(ROWS, dtype=np.int64),
        "row_id": np.array([f"{repository}-{number}" for number in range(ROWS)]),
        "meta": np.array(json.dumps({"file_features": FILE_FEATURES, "function_features": FUNCTION_FEATURES})),
        **{name: np.array([text] * ROWS) for name, text in texts.items()},
    }
    write_arrays(path, arrays)
    return path


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    for number in range(6):
        source, language = (ISSUE, "python") if number < 2 else ("commit", ("go", "rust")[number % 2])
        write_tables(folder / f"o+r{number}" / "a.npz", f"o/r{number}", source, language, number)
    return folder


def tell_nobody(_: str) -> None:
    """Progress that no test reads."""


def fit(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, ["train", "fit", *map(str, arguments)])


@needs_lightgbm
def test_a_fit_finds_what_the_plain_fusion_does_not_know_and_writes_models_figures_and_a_card(
    tables: Path, tmp_path: Path
) -> None:
    out, card = tmp_path / "models", tmp_path / "card.md"
    done = fit(tables, "--out", out, "--card", card, "--trees", "20", "--folds", "2", "--threads", "1", "--ablate")
    assert (done.exit_code, done.exception) == (0, None), done.output
    figures = json.loads((out / "metrics.json").read_text())
    at_one = {name: found[0]["accuracy"][0] for name, found in figures["issues"]["file"].items()}
    assert at_one["trained on commits and issues"] > at_one["plain fusion"] + 20
    lost = figures["ablation"]["words of the text"]["commits"]["file"]["words of the text"][0]["gain"]
    assert lost[0] < -20
    files, functions = (Forest.from_arrays(load_arrays(out / name)) for name in (FILES_MODEL, FUNCTIONS_MODEL))
    assert (files.features, functions.features) == (FILE_FEATURES, (*FUNCTION_FEATURES, *STACKED))
    text = card.read_text()
    for part in ("Apache-2.0", "96", "| go |", "never seen", "words of the text", "Where they fail"):
        assert part in text


@needs_lightgbm
def test_an_ablation_that_was_stopped_goes_on_with_the_group_it_was_in(tables: Path, tmp_path: Path) -> None:
    """What is kept is taken as it stands, unless it was made with other settings."""

    def ablation(*options: str) -> dict[str, Any]:
        quick = ("--trees", "3", "--folds", "2", "--threads", "1", "--ablate")
        done = fit(tables, "--out", tmp_path, *quick, *options)
        assert (done.exit_code, done.exception) == (0, None), done.output
        found: dict[str, Any] = json.loads((tmp_path / "metrics.json").read_text())["ablation"]
        return found

    whole = ablation()
    kept = json.loads((tmp_path / "ablation.json").read_text())
    lost, other = list(whole)[:2]
    del kept["parts"][lost]
    kept["parts"][other]["commits"]["file"][other][0]["gain"] = [77.0, 76.0, 78.0]
    (tmp_path / "ablation.json").write_text(json.dumps(kept))
    again = ablation()
    assert again[lost] == whole[lost]
    assert again[other] == kept["parts"][other] != whole[other]
    assert 77.0 not in ablation("--seed", "1")[other]["commits"]["file"][other][0]["gain"]


@needs_lightgbm
def test_a_forest_scores_as_lightgbm_predicts(tables: Path) -> None:
    candidates = read_examples([tables], cap=100).files
    generator = np.random.default_rng(1)
    values = candidates.values.copy()
    values[generator.random(values.shape) < 0.1] = np.nan
    values[:, 0] = candidates.values[:, 0]  # the head start reads a number
    weights = np.ones(len(values))
    for holes in (values, candidates.values):
        boosters = train_booster(
            holes, candidates.gold, candidates.sizes, weights, FILE_FEATURES, (1, 0, 0), replace(SMALL, boosters=2)
        )
        forest = as_forest(boosters, SMALL)
        expected = np.mean([booster.predict(values) for booster in boosters], axis=0)
        expected += SMALL.head_start * values[:, 0].astype(float)
        assert forest.score(values) == pytest.approx(expected, abs=1e-6)
        assert forest.contributions(values).sum(axis=1) + forest.bias == pytest.approx(forest.score(values), abs=1e-9)


@needs_lightgbm
@pytest.mark.parametrize("feature", ["frame", "linked", "named_line"])
def test_what_a_text_points_at_counts_also_where_training_never_saw_it(tables: Path, feature: str) -> None:
    candidates = read_examples([tables], cap=100).files
    values = np.concatenate((candidates.values, np.zeros((len(candidates.values), 1), dtype=np.float32)), axis=1)
    names = (*FILE_FEATURES, feature)
    weights = np.ones(len(values))
    forest = as_forest(
        train_booster(values, candidates.gold, candidates.sizes, weights, names, (1, 0, 0, 1), SMALL), SMALL
    )
    pointed = values.copy()
    pointed[:, -1] = 1.0
    assert forest.score(pointed) == pytest.approx(forest.score(values) + 1.5)


@needs_lightgbm
def test_the_same_tables_and_seed_give_the_same_model(tables: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        fit(tables, "--out", tmp_path / name, "--trees", "3", "--folds", "2", "--threads", "1")
    one, two = ((tmp_path / name / FILES_MODEL).read_bytes() for name in ("one", "two"))
    assert one == two


@needs_lightgbm
def test_a_row_is_scored_by_models_that_never_saw_its_repository(tables: Path) -> None:
    """With its own gold turned round, a fold's scores stay: it taught nothing to the models that scored it."""
    examples = read_examples([tables], cap=100)
    folds, everything = folds_by(examples.repositories, 3), np.ones(examples.rows, dtype=np.bool_)
    plan = Plan(SMALL, SMALL)
    before = out_of_fold(examples, plan, folds, everything, tell_nobody)
    turned = examples.files.gold.copy()
    mine = np.repeat(folds == 0, examples.files.sizes)
    turned[mine] = turned[mine][::-1]
    after = out_of_fold(
        replace(examples, files=replace(examples.files, gold=turned)), plan, folds, everything, tell_nobody
    )
    assert after.files[mine].tolist() == before.files[mine].tolist()
    assert after.files[~mine].tolist() != before.files[~mine].tolist()


@needs_lightgbm
def test_trees_by_category_are_refused() -> None:
    class Categorical:
        def dump_model(self) -> dict[str, Any]:
            leaf = {"leaf_value": 0.0}
            node = {"decision_type": "==", "missing_type": "None", "left_child": leaf, "right_child": leaf}
            return {"feature_names": ["a"], "tree_info": [{"num_leaves": 2, "tree_structure": node}]}

    with pytest.raises(ModelError, match="without categories"):
        as_forest([Categorical()], SMALL)


def test_all_rows_of_a_repository_are_in_one_fold_and_folds_are_about_equal() -> None:
    owners = np.array([f"o/r{number % 10}" for number in range(200)] + ["O/R1"] * 5)
    folds = folds_by(owners, 5, seed=3)
    assert all(len(set(folds[np.char.lower(owners) == name].tolist())) == 1 for name in set(np.char.lower(owners)))
    assert np.bincount(folds).min() >= 40
    assert folds.tolist() == folds_by(owners, 5, seed=3).tolist()


def test_gold_that_is_no_candidate_counts_as_missed(tables: Path) -> None:
    files = read_examples([tables], cap=100).files
    scores = files.gold.astype(float)
    assert worst_ranks(files, scores).tolist() == [1.0] * len(files.sizes)
    missed = replace(files, totals=files.totals + (np.arange(len(files.totals)) == 0))
    assert worst_ranks(missed, scores)[:2].tolist() == [float("inf"), 1.0]
    none = replace(files, totals=files.totals * 0)
    assert accuracy("file", worst_ranks(none, scores), np.ones(len(files.sizes), dtype=np.bool_))[0].rows == 0


def test_equal_scores_keep_the_order_of_the_candidates(tables: Path) -> None:
    files = read_examples([tables], cap=100).files
    first = np.flatnonzero(files.gold)[:3] - files.starts[:3]
    assert worst_ranks(files, np.zeros(len(files.values)))[:3].tolist() == (first + 1).tolist()


def test_a_repository_gives_so_many_commits_and_all_its_issues(tables: Path) -> None:
    few = read_examples([tables], cap=5)
    names, counts = np.unique(few.repositories, return_counts=True)
    assert dict(zip(names.tolist(), counts.tolist(), strict=True)) == {
        f"o/r{n}": ROWS if n < 2 else 5 for n in range(6)
    }
    assert few.row_ids.tolist() == read_examples([tables], cap=5).row_ids.tolist()
    assert few.files.sizes.sum() == len(few.files.values) == few.rows * FILES


def test_functions_get_the_score_rank_and_distance_of_their_file() -> None:
    scores = np.array([0.5, 2.0, -1.0])
    values = with_file_scores(np.zeros((4, 1), dtype=np.float32), scores, np.array([1, 0, 2, -1]))
    assert values[:3, 1:].tolist() == [[2.0, 1.0, 0.0], [0.5, 0.5, 1.5], [-1.0, np.float32(1 / 3), 3.0]]
    assert np.isnan(values[3, 1:]).all()


@pytest.mark.parametrize("content", [b"", b"no table"])
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "o+r").mkdir()
    (tmp_path / "o+r" / "broken.npz").write_bytes(content)
    with pytest.raises(DatasetError, match=r"broken\.npz is no collected table.*collect again"):
        read_examples([tmp_path], cap=5)


def test_tables_of_two_versions_are_not_mixed(tmp_path: Path) -> None:
    write_tables(tmp_path / "o+a" / "a.npz", "o/a")
    path = write_tables(tmp_path / "o+b" / "b.npz", "o/b")
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    renamed = json.dumps({"file_features": ("fused", "bm25", "new"), "function_features": FUNCTION_FEATURES})
    write_arrays(path, {**arrays, "meta": np.array(renamed)})
    with pytest.raises(DatasetError, match=r"b\.npz has other features than .*a\.npz"):
        read_examples([tmp_path], cap=5)


def test_a_folder_without_tables_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no collected tables are there"):
        read_examples([tmp_path], cap=5)
