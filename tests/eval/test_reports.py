"""Figures of a report come from the run file, and only from it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from locant.eval.ablation import ablation_systems, ablation_table
from locant.eval.errors import EvaluationError, RunFileError
from locant.eval.reports.compare import compare
from locant.eval.reports.render import RENDERERS
from locant.eval.reports.scores import summarize
from locant.eval.reports.verdict import verdicts
from locant.eval.runs.runfile import Header, Run, merge_runs
from locant.eval.types import Outcome


def outcome(instance: str, files: str = "", status: str = "scored", system: str = "one", **more: object) -> Outcome:
    base: dict[str, object] = {
        "gold_files": ("a",),
        "gold_functions": ("a:f",),
        "candidates": 100,
        "language": "python",
    }
    return Outcome(instance, system, "o/n", status, files=tuple(files.split()), **(base | more))  # type: ignore[arg-type]


OUTCOMES = (
    outcome("1", "a b", tokens_to_gold=100, seconds=0.2, functions=("a:f",)),
    outcome("2", "b a", tokens_to_gold=300, seconds=0.4, gold_functions=()),
    outcome("3", status="failed", note="crashed", named=True),
    outcome("4", status="impossible", note="gold is not there"),
)


def figure(outcomes: tuple[Outcome, ...], level: str, measure: str) -> tuple[float, int]:
    summary = summarize("one", outcomes)
    found = next(item for item in summary.figures if (item.level, item.measure) == (level, measure))
    return found.interval.value, found.rows


def test_a_failed_row_scores_zero_and_an_impossible_one_does_not_count() -> None:
    assert figure(OUTCOMES, "file", "Acc@1") == pytest.approx((1 / 3, 3))
    assert figure(OUTCOMES, "file", "Acc@3") == pytest.approx((2 / 3, 3))
    summary = summarize("one", OUTCOMES)
    assert (summary.rows, summary.failed, summary.impossible) == (3, 1, 1)


def test_the_function_level_counts_rows_with_gold_functions_only() -> None:
    assert figure(OUTCOMES, "function", "Acc@1") == pytest.approx((0.5, 2))


def test_medians_of_time_are_over_rows_with_an_answer() -> None:
    assert summarize("one", OUTCOMES).query_seconds == pytest.approx(0.3)


def test_gold_that_is_never_held_takes_more_tokens_than_any_other() -> None:
    assert summarize("one", OUTCOMES).tokens_to_gold == 300
    assert summarize("one", OUTCOMES[1:]).tokens_to_gold is None


def test_a_verdict_says_who_is_ahead_and_what_failed_and_that_rows_are_few() -> None:
    said = "\n".join(verdicts(run_of(*OUTCOMES, *(outcome(row, "x", system="two") for row in "123"))))
    assert "one has all gold files among its first 5 in 67 % of 3 rows." in said
    assert "one gave no answer in 1 rows, which count as wrong." in said
    assert "two: 0 %; one is +67 points" in said
    assert "ahead in 2 rows, behind in 0" in said
    assert "With 3 rows only large differences" in said


def test_wins_and_losses_lead_to_both_answers() -> None:
    title = {"title": "Totals are \x1b[31mwrong"}
    page = RENDERERS["html"](run_of(outcome("w", "a", meta=title), outcome("w", "b", system="two", meta=title)))
    (link,) = re.findall(r'<a href="#(row-\d+)">Totals are \\x1b\[31mwrong</a>', page)
    target = page[page.index(f'id="{link}"') :]
    assert target.index("<h3>one</h3>") < target.index("<h3>two</h3>")
    assert "Only one: 1 of 1" in page
    assert "Only two: 0 of 1" in page


@pytest.mark.parametrize("by", ["language", "repository", "gold files"])
def test_the_page_plots_a_split_that_parts_the_rows(by: str) -> None:
    other = replace(OUTCOMES[0], instance="5", language="go", repository="o/m", gold_files=("a", "b"))
    page = RENDERERS["html"](run_of(*OUTCOMES, other))
    assert f"File Acc@5 by {by}</figcaption>" in page
    alone = RENDERERS["html"](run_of(OUTCOMES[0]))
    assert (f"File Acc@5 by {by}</figcaption>" in alone) == (by == "language")


def run_of(*outcomes: Outcome) -> Run:
    return Run(Path("r.jsonl"), Header("data", "f" * 64, 4, left_out=2), outcomes)


def test_text_and_markdown_show_figures_splits_and_notes() -> None:
    run = run_of(*OUTCOMES, outcome("1", "a", system="two"))
    for name in ("text", "markdown"):
        shown = RENDERERS[name](run)
        assert "33.3 [6.1, 79.2]" in shown
        assert "4 (impossible): gold is not there" in shown
        assert "3 (one): crashed" in shown
        assert "2 rows could not be read" in shown
        assert "python (3)" in shown


def test_json_holds_every_figure_of_every_system() -> None:
    data = json.loads(RENDERERS["json"](run_of(*OUTCOMES)))
    whole = data["systems"]["one"]["all"]
    assert whole["rows"] == 3
    assert {item["measure"] for item in whole["figures"]} >= {"Acc@5", "MRR", "nDCG@10"}
    assert data["systems"]["one"]["splits"]["text names gold"]["yes"]["rows"] == 1


def test_a_run_without_outcomes_still_has_a_report() -> None:
    for render in RENDERERS.values():
        assert "data" in render(run_of())


def test_a_comparison_is_by_row_and_a_missing_row_scores_zero() -> None:
    one = {item.instance: item for item in OUTCOMES}
    two = {"1": outcome("1", "b a"), "3": outcome("3", "a")}
    comparison = compare(("one", one), ("two", two))
    row = next(item for item in comparison.rows if (item.level, item.measure) == ("file", "Acc@1"))
    assert (row.rows, row.first, row.second) == pytest.approx((3, 1 / 3, 1 / 3))
    assert (row.paired.wins, row.paired.losses, row.paired.ties) == (1, 1, 1)
    assert comparison.missing == 1


def test_runs_without_a_common_row_cannot_be_compared() -> None:
    with pytest.raises(EvaluationError, match="share no row"):
        compare(("one", {"1": OUTCOMES[0]}), ("two", {"2": OUTCOMES[1]}))


def test_systems_with_different_rows_are_not_shown_without_a_warning() -> None:
    whole = run_of(*OUTCOMES)
    partial = run_of(*OUTCOMES, outcome("1", "a", system="two"))
    for name in ("text", "markdown", "html"):
        assert "Not finished: of 4 rows, these have fewer: two 1" in RENDERERS[name](partial)
        assert "Not finished" not in RENDERERS[name](whole)


def test_an_unfinished_run_can_be_compared_on_common_rows() -> None:
    one = {item.instance: item for item in OUTCOMES}
    comparison = compare(("one", one), ("two", {"1": outcome("1", "b a")}), common=True)
    assert {row.rows for row in comparison.rows} == {1}
    assert comparison.missing == 0


def test_the_page_needs_nothing_but_itself_and_escapes_what_it_shows() -> None:
    page = RENDERERS["html"](run_of(outcome("<script>1", "a<b>", system="x&y"), outcome("2", "b", system="x&y")))
    assert "<script" not in page
    assert "http" not in page
    assert "&lt;script&gt;1" in page
    assert "a&lt;b&gt;" in page
    assert "x&amp;y" in page


def test_the_page_marks_gold_and_puts_the_largest_difference_first() -> None:
    same = [outcome("same", "a", system=name) for name in ("one", "two")]
    differs = [outcome("zzz", "b a", system="one"), outcome("zzz", "c d", system="two")]
    page = RENDERERS["html"](run_of(*same, *differs))
    assert page.index("<summary>zzz") < page.index("<summary>same")
    assert '<li class="gold">a</li>' in page
    assert "two not found" in page


def test_runs_over_one_dataset_are_merged_and_others_are_refused() -> None:
    one = run_of(*OUTCOMES)
    again = Run(Path("later.jsonl"), one.header, (OUTCOMES[0],))
    assert merge_runs([one, again]).systems == ("one", "one (later)")
    with pytest.raises(RunFileError, match="another dataset"):
        merge_runs([one, Run(Path("x.jsonl"), Header("data", "0" * 64, 4), ())])


def test_an_ablation_shows_what_the_removal_of_each_signal_costs() -> None:
    assert ablation_systems(["path", "title"]) == ["locant", "locant:without=path", "locant:without=title"]
    table = ablation_table(
        run_of(
            *(outcome(row, "a", system="locant") for row in "12"),
            *(outcome(row, "a", system="locant:without=title") for row in "12"),
            *(outcome(row, "b", system="locant:without=path") for row in "12"),
        )
    )
    assert [row[:2] for row in table.rows] == [("path", "-100.0 [-100.0, -100.0]"), ("title", "0.0 [0.0, 0.0]")]
