"""Briefs and maps never exceed their budget, whatever the tokenizer, the budget and the question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import locant
from locant.errors import QueryError
from locant.retriever.tokens import estimate_tokens, token_counter

FOLDER = Path(__file__).resolve().parents[2] / "retriever"
"""Real code: this project's own."""

COUNTERS: dict[str, Callable[[str], int]] = {
    "estimate": estimate_tokens,
    "characters": len,
    "words": lambda text: len(text.split()),
    "quarter": lambda text: -(-len(text) // 4),
    "bytes and a price for each line": lambda text: len(text.encode()) + 7 * text.count("\n"),
    "more than any budget": lambda text: 10**9,
    "dearer than its parts": lambda text: len(text) ** 2 // 50,
}
QUESTIONS = (
    "Snippets are cut in the wrong place\n\n`best_window` in `reading/snippets.py` shows the first lines only.",
    "stack frames of JavaScript are not read",
    "",
    "zzz qqq",
)
PLENTY = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[locant.Index]:
    with locant.open(FOLDER, cache_dir=tmp_path_factory.mktemp("cache"), workers=1) as index:
        index.update()
        index.close()
        yield index


@PLENTY
@given(st.integers(0, 20_000), st.sampled_from(sorted(COUNTERS)), st.sampled_from(QUESTIONS), st.booleans())
def test_a_brief_never_exceeds_its_budget(
    own: locant.Index, budget: int, counter: str, question: str, pinned: bool
) -> None:
    count = COUNTERS[counter]
    answer = own.brief(question, max_tokens=budget, pin=("search.py",) if pinned else (), count_tokens=count)
    assert answer.text == "" or count(answer.text) <= budget
    assert answer.tokens == (count(answer.text) if answer.text else 0)


@PLENTY
@given(
    st.integers(0, 20_000), st.sampled_from(sorted(COUNTERS)), st.sampled_from(QUESTIONS), st.booleans(), st.booleans()
)
def test_a_map_never_exceeds_its_budget_with_summaries_or_without(
    own: locant.Index, budget: int, counter: str, question: str, around: bool, summaries: bool
) -> None:
    count, files = COUNTERS[counter], ("search.py",) if around else ()
    answer = own.repo_map(focus=question, files=files, max_tokens=budget, count_tokens=count, summaries=summaries)
    assert answer.text == "" or count(answer.text) <= budget
    assert answer.tokens == (count(answer.text) if answer.text else 0)


def test_a_budget_is_used_as_far_as_there_is_something_to_say(own: locant.Index) -> None:
    for budget in (300, 1_000, 3_000):
        assert own.repo_map(max_tokens=budget).tokens > 0.9 * budget
        assert own.repo_map(max_tokens=budget, summaries=True).tokens > 0.8 * budget
        assert own.brief(QUESTIONS[0], max_tokens=budget).tokens > 0.7 * budget


def test_a_budget_without_an_end_gives_a_finite_answer(own: locant.Index) -> None:
    brief, drawn = own.brief(QUESTIONS[0], max_tokens=10**9), own.repo_map(max_tokens=10**9)
    assert 1_000 < brief.tokens < 200_000
    assert len(drawn.files) == drawn.total_files
    assert "more file" not in drawn.text


def test_a_budget_below_zero_is_refused(own: locant.Index) -> None:
    with pytest.raises(QueryError, match="-1 tokens"):
        own.brief("retry", max_tokens=-1)
    with pytest.raises(QueryError, match="-1 tokens"):
        own.repo_map(max_tokens=-1)


def test_what_did_not_fit_is_named_in_the_record_and_where_there_is_room_in_the_text(own: locant.Index) -> None:
    nothing = own.brief(QUESTIONS[0], max_tokens=0)
    assert nothing.text == ""
    assert nothing.left_out[-1] == "the map"
    some = own.brief(QUESTIONS[0], max_tokens=500)
    assert some.left_out
    assert f"Did not fit: {', '.join(some.left_out)}." in some.text


@given(st.text())
def test_the_estimate_counts_every_character_once_and_no_text_as_nothing(text: str) -> None:
    assert (estimate_tokens(text) > 0) == bool(text)
    assert estimate_tokens(text) <= len(text)


def test_a_tokenizer_that_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(QueryError, match="'gpt9' is not known"):
        token_counter("gpt9")
