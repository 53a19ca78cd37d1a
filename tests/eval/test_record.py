"""The standing record is a function of the summaries beside it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from locant.eval.errors import RunFileError
from locant.eval.metrics.levels import LEVELS, has_gold, score
from locant.eval.metrics.measures import DEFAULT_MEASURES
from locant.eval.reports.record import record_page, write_summary
from locant.eval.reports.summary import read_summary, summary_text
from locant.eval.runs.runfile import Header, Run
from locant.eval.types import Outcome

DOCS = Path(__file__).parents[2] / "docs"


def outcome(instance: str, system: str, **more: object) -> Outcome:
    base: dict[str, object] = {
        "status": "scored",
        "repository": "o/n",
        "language": "go",
        "gold_files": ("a.go", "b.go"),
        "gold_functions": ("a.go:F",),
        "gold_modules": ("a.go:F",),
        "gold_spans": ("a.go:4-5", "a.go:9-9", "b.go:1-2"),
        "candidates": 40,
        "meta": {"title": "what somebody wrote", "source": "commit"},
    }
    return Outcome(instance=instance, system=system, **(base | more))  # type: ignore[arg-type]


OUTCOMES = (
    outcome(
        "1",
        "locant",
        files=("x.go", "b.go", "a.go"),
        functions=("a.go:G", "a.go:F"),
        modules=("a.go:F",),
        spans=("c.go:1-9", "a.go:1-9", "a.go:9-9", "b.go:2-2"),
        tokens_to_gold=900,
        seconds=0.25,
        answer_tokens=70,
        version="0.1.0 at 0123456789ab",
    ),
    outcome("1", "grep", files=("a.go",), seconds=0.5),
    outcome("2", "locant", status="failed", note="crashed \x1b[31m" + "x" * 500),
    outcome("2", "grep", files=()),
    outcome("3", "locant", status="impossible", note="gold file a.go is not there"),
)
RUN = Run(Path("some.run.jsonl"), Header("some", "f" * 64, 3, left_out=1), OUTCOMES)


def test_a_summary_gives_every_figure_that_its_run_gives(tmp_path: Path) -> None:
    again = read_summary(write_summary(RUN, tmp_path))
    assert again.header == RUN.header
    assert again.systems == RUN.systems
    for system in RUN.systems:
        for id_, before in RUN.of(system).items():
            after = again.of(system)[id_]
            assert (after.status, after.seconds, after.tokens_to_gold) == (
                before.status,
                before.seconds,
                before.tokens_to_gold,
            )
            for level in (level for level in LEVELS if has_gold(before, level)):
                for measure in DEFAULT_MEASURES:
                    assert score(after, measure, level) == score(before, measure, level), (id_, level, measure)


def test_a_summary_holds_no_text_and_no_path_of_this_machine(tmp_path: Path) -> None:
    local = [
        outcome("1", "grep", repository="/home/someone/work/shop.git", files=("secret/place.go",)),
        outcome("2", "grep", status="impossible", note="commit ab12 is not in /home/someone/clones/o+n/repo: fetch it"),
        outcome("3", "grep", status="impossible", note="no clone of 'o/n' under /home/someone: see https://a.b/c/d"),
    ]
    text = write_summary(Run(Path("some.jsonl"), RUN.header, tuple(local)), tmp_path).read_text()
    assert "what somebody wrote" not in text
    assert "/home" not in text
    assert "secret" not in text
    assert '"repository":"shop"' in text
    assert "commit ab12 is not in o+n/repo: fetch it" in text
    assert "no clone of 'o/n' under someone: see https://a.b/c/d" in text


def test_the_page_shows_figures_comparison_languages_and_what_was_not_scored(tmp_path: Path) -> None:
    write_summary(RUN, tmp_path / "runs")
    page = record_page(tmp_path / "runs")
    assert "| some | locant | 2 | 0.0 [0.0, 65.8] | 50.0 [9.5, 90.5] | 50.0 [9.5, 90.5] |" in page
    assert "locant against grep" in page
    assert "go (2)" in page
    assert "`3`: gold file a.go is not there" in page
    assert "`2`, locant: crashed \\x1b[31m" in page
    assert "2 rows of 1 repositories (o/n 2)" in page


def test_the_page_says_which_locant_answered(tmp_path: Path) -> None:
    write_summary(RUN, tmp_path)
    assert "Made by locant 0.1.0 at 0123456789ab (locant)." in record_page(tmp_path)


def test_a_folder_without_summaries_or_with_a_damaged_one_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunFileError, match="no summary in"):
        record_page(tmp_path)
    (tmp_path / "bad.json").write_text('{"locant_summary": 1, "rows": []}')
    with pytest.raises(RunFileError, match=r"bad\.json is no summary"):
        record_page(tmp_path)


def test_the_record_in_the_documents_is_what_its_run_files_give() -> None:
    assert (DOCS / "evaluation.md").read_text(encoding="utf-8") == record_page(DOCS / "runs")


def test_the_summaries_in_the_documents_are_as_this_version_writes_them() -> None:
    for path in sorted((DOCS / "runs").glob("*.json")):
        run = read_summary(path)
        assert summary_text(run) == path.read_text(encoding="utf-8"), path.name
        for row in json.loads(path.read_text(encoding="utf-8"))["rows"]:
            assert not re.search(r"\s", row["id"])
            assert not row["repository"].startswith("/")


def test_the_record_is_over_python_and_at_least_five_other_languages() -> None:
    runs = [read_summary(path) for path in sorted((DOCS / "runs").glob("*.json"))]
    languages = {outcome.language for run in runs for outcome in run.outcomes if outcome.status == "scored"} - {""}
    assert "python" in languages
    assert len(languages - {"python"}) >= 5
