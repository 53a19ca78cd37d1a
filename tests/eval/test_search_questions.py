"""The hand-written search questions are rows that an evaluation can use, balanced, and clear of every held-out set."""

from __future__ import annotations

from pathlib import Path

import pytest

from locant.eval.datasets.load import load_dataset
from locant.eval.training.heldout import held_out
from locant.eval.types import Instance

DATA = Path(__file__).parents[2] / "docs" / "data"
KINDS = {"semantic", "symbol", "architecture"}
WORDINGS = {"plain", "domain"}


@pytest.fixture(scope="module")
def questions() -> tuple[Instance, ...]:
    dataset = load_dataset(DATA / "search-questions.jsonl")
    assert not dataset.complaints
    return dataset.instances


def test_every_question_says_what_an_evaluation_needs(questions: tuple[Instance, ...]) -> None:
    assert len({row.id for row in questions}) == len(questions)
    assert len({(row.repository, row.text) for row in questions}) == len(questions)
    for row in questions:
        assert row.task == "search"
        assert row.gold_files
        assert len(set(row.gold_files)) == len(row.gold_files)
        assert row.language == row.meta["language"]
        assert row.meta["kind"] in KINDS
        assert row.meta["wording"] in WORDINGS
        assert len(row.base_commit) == 40
        assert 1 <= len(row.text.split()) <= 16


def test_each_language_has_one_repository_to_tune_on_and_one_to_check(questions: tuple[Instance, ...]) -> None:
    sides = {(row.repository, row.base_commit, row.language, row.meta["split"]) for row in questions}
    assert len(sides) == len({repository.lower() for repository, *_ in sides})
    for language in {row.language for row in questions}:
        assert sorted(split for _, _, spoken, split in sides if spoken == language) == ["dev", "test"]


def test_no_question_is_about_a_held_out_repository(questions: tuple[Instance, ...]) -> None:
    assert held_out().refuses(["BurntSushi/ripgrep"])
    assert not held_out().refuses({row.repository for row in questions})
