"""Intervals and tests against published or hand-computed values."""

from __future__ import annotations

import pytest

from locant.eval.errors import EvaluationError
from locant.eval.metrics.statistics import bootstrap_mean, mcnemar, paired_bootstrap, wilson


def test_wilson_gives_the_textbook_interval() -> None:
    interval = wilson(8, 10)
    assert (interval.value, interval.low, interval.high) == pytest.approx((0.8, 0.4902, 0.9433), abs=1e-4)


def test_wilson_stays_inside_zero_and_one() -> None:
    assert wilson(0, 10).low == 0.0
    assert wilson(10, 10).high == pytest.approx(1.0)
    assert wilson(0, 10).high == pytest.approx(0.2775, abs=1e-4)


def test_of_no_trials_nothing_is_known() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("wins", "losses", "p"), [(0, 0, 1.0), (5, 5, 1.0), (1, 0, 1.0), (0, 6, 2 / 64), (9, 1, 22 / 1024)]
)
def test_mcnemar_is_the_exact_two_sided_binomial(wins: int, losses: int, p: float) -> None:
    assert mcnemar(wins, losses) == pytest.approx(p)


def test_mcnemar_holds_for_many_rows() -> None:
    assert 0 < mcnemar(1500, 800) < 1e-40


def test_a_paired_comparison_counts_wins_of_the_second_system() -> None:
    paired = paired_bootstrap([0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, 1.0])
    assert (paired.wins, paired.losses, paired.ties) == (2, 1, 1)
    assert paired.difference.value == pytest.approx(0.25)
    assert paired.p_value == pytest.approx(1.0)


def test_only_scores_of_zero_and_one_have_a_mcnemar_p() -> None:
    assert paired_bootstrap([0.5, 0.2], [1.0, 0.0]).p_value is None


def test_the_same_difference_everywhere_has_no_spread() -> None:
    difference = paired_bootstrap([0.1, 0.2, 0.3], [0.2, 0.3, 0.4]).difference
    assert (difference.low, difference.high) == pytest.approx((0.1, 0.1))


def test_bootstrap_is_the_same_for_the_same_seed_and_near_the_normal_interval() -> None:
    values = [0.0] * 150 + [1.0] * 150
    first, second = bootstrap_mean(values, seed=7), bootstrap_mean(values, seed=7)
    assert first == second
    assert (first.low, first.high) == pytest.approx((0.4434, 0.5566), abs=0.006)


def test_unequal_rows_cannot_be_paired() -> None:
    with pytest.raises(EvaluationError, match="2 against 1"):
        paired_bootstrap([0.0, 1.0], [1.0])
