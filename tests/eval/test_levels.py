"""Scores at the level of files, modules, functions and lines."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from locant.eval.metrics.levels import LEVELS, has_gold, score, scores, span_of, span_text
from locant.eval.metrics.library import scores as by_library
from locant.eval.metrics.measures import Measure, parse_measure
from locant.eval.types import Outcome
from locant.types import Location

OUTCOME = Outcome(
    "i",
    "s",
    "o/n",
    "scored",
    files=("b.py", "a.py"),
    modules=("b.py:B", "a.py:A"),
    functions=("a.py:A.g", "a.py:A.f"),
    spans=("b.py:1-9", "a.py:1-4", "a.py:3-30"),
    gold_files=("a.py",),
    gold_modules=("a.py:A",),
    gold_functions=("a.py:A.f",),
    gold_spans=("a.py:4-5", "a.py:20-20", "c.py:1-1"),
)


@pytest.mark.parametrize(
    ("level", "measure", "expected"),
    [
        ("file", "MRR", 1 / 2),
        ("module", "Acc@1", 0.0),
        ("module", "Acc@2", 1.0),
        ("function", "MRR", 1 / 2),
        ("line", "Any@1", 0.0),
        ("line", "Any@2", 1.0),
        ("line", "Recall@2", 1 / 3),
        ("line", "Recall@3", 2 / 3),
        ("line", "Acc@3", 0.0),
        ("line", "MRR", 1 / 2),
    ],
)
def test_each_level_is_scored_by_its_own_items(level: str, measure: str, expected: float) -> None:
    assert score(OUTCOME, parse_measure(measure), level) == pytest.approx(expected)


def test_a_span_that_only_touches_the_gold_lines_from_outside_does_not_count() -> None:
    near = replace(OUTCOME, spans=("a.py:1-3", "a.py:6-19"), gold_spans=("a.py:4-5",))
    assert score(near, Measure("Any", 5), "line") == 0.0


@pytest.mark.parametrize("level", LEVELS)
def test_an_empty_answer_scores_zero_at_each_level(level: str) -> None:
    empty = replace(OUTCOME, files=(), modules=(), functions=(), spans=())
    assert scores([empty], Measure("nDCG", 10), level) == [0.0]


def test_rows_count_only_where_they_have_gold() -> None:
    assert all(has_gold(OUTCOME, level) for level in LEVELS)
    assert not has_gold(replace(OUTCOME, gold_spans=()), "line")
    assert not has_gold(replace(OUTCOME, status="impossible"), "file")


def test_a_span_is_read_back_as_it_was_written() -> None:
    span = Location("dir/a b:c.py", 3, 12)
    assert span_of(span_text(span)) == span


@pytest.mark.parametrize("name", ["nDCG@10", "nDCG", "MRR", "MRR@5", "Recall@3", "Any@5"])
def test_the_library_and_our_own_computation_agree(name: str) -> None:
    pytest.importorskip("ir_measures")
    dice = random.Random(7)
    items = [f"d{i}" for i in range(30)]
    rankings = [dice.sample(items, dice.randint(0, 30)) for _ in range(40)]
    golds = [dice.sample([*items, "elsewhere"], dice.randint(1, 6)) for _ in range(40)]
    rankings[0] = [*rankings[1][:3], *rankings[1][:3]]
    measure = parse_measure(name)
    theirs, ours = by_library(measure, rankings, golds), by_library(measure, rankings, golds, own=True)
    assert theirs == pytest.approx(ours, abs=1e-9)
    assert len(set(ours)) > 1
