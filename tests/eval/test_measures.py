"""Measures against cases computed by hand."""

from __future__ import annotations

import math

import pytest

from locant.eval.errors import EvaluationError
from locant.eval.metrics.measures import Measure, parse_measure

RANKING = ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("measure", "gold", "expected"),
    [
        ("Acc@1", {"a"}, 1.0),
        ("Acc@1", {"b"}, 0.0),
        ("Acc@3", {"a", "c"}, 1.0),
        ("Acc@2", {"a", "c"}, 0.0),
        ("Acc@5", {"a", "z"}, 0.0),
        ("Any@2", {"b", "z"}, 1.0),
        ("Any@1", {"b", "z"}, 0.0),
        ("Recall@3", {"a", "c", "z", "e"}, 0.5),
        ("MRR", {"c", "e"}, 1 / 3),
        ("MRR@2", {"c"}, 0.0),
        ("nDCG@10", {"a"}, 1.0),
        ("nDCG@10", {"b"}, 1 / math.log2(3)),
        ("nDCG@10", {"b", "d"}, (1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3))),
        ("nDCG@1", {"a", "b"}, 1.0),
        ("nDCG@10", {"z"}, 0.0),
    ],
)
def test_a_measure_gives_the_value_computed_by_hand(measure: str, gold: set[str], expected: float) -> None:
    assert parse_measure(measure).score(RANKING, gold) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("measure", ["Acc@5", "Any@5", "Recall@5", "MRR", "nDCG@10"])
def test_a_missing_answer_scores_zero(measure: str) -> None:
    assert parse_measure(measure).score([], {"a"}) == 0.0


def test_a_repeated_item_counts_at_its_first_rank_only() -> None:
    assert parse_measure("nDCG@10").score(["a", "a", "b"], {"a", "b"}) == 1.0


def test_a_query_without_gold_is_refused() -> None:
    with pytest.raises(EvaluationError, match="without gold"):
        Measure("MRR").score(["a"], ())


def test_measures_are_values_with_readable_names() -> None:
    assert parse_measure("acc@5") == Measure("Acc", 5)
    assert str(parse_measure("NDCG@10")) == "nDCG@10"
    assert {parse_measure("mrr"), Measure("MRR")} == {Measure("MRR")}


@pytest.mark.parametrize("text", ["map", "acc@0", "acc@x", "acc@"])
def test_an_unknown_measure_is_named_in_the_error(text: str) -> None:
    with pytest.raises(EvaluationError, match=text):
        parse_measure(text)


def test_measures_agree_with_ir_measures() -> None:
    library = pytest.importorskip("ir_measures")
    qrels = [library.Qrel("q", item, 1) for item in ("b", "d", "z")]
    run = [library.ScoredDoc("q", item, -float(rank)) for rank, item in enumerate(RANKING)]
    theirs = library.calc_aggregate([library.nDCG @ 10, library.RR, library.R @ 3], qrels, run)
    ours = [parse_measure(name).score(RANKING, {"b", "d", "z"}) for name in ("nDCG@10", "MRR", "Recall@3")]
    assert ours == pytest.approx([theirs[library.nDCG @ 10], theirs[library.RR], theirs[library.R @ 3]], abs=1e-9)
