from __future__ import annotations

from collections.abc import Iterable

import pytest

import locant
from locant.types import Evidence, RankerName

SUM_TOLERANCE = 0.002
"""Weights are rounded to four digits, and an answer has some twenty."""

ISSUE = """Voucher is refused too early

`Voucher.is_expired` in shop/basket.py compares with today, see tests/test_engine.py.
"""


def weight(evidence: Iterable[Evidence]) -> float:
    return sum(item.weight for item in evidence)


@pytest.mark.parametrize(
    "text",
    [
        "where is the retry delay computed",
        "voucher expired article pieces",
        "PriceEngine.total",
        "tests/test_engine.py",
        "engine.py:27",
        '"voucher"',
        r"/def \w+/",
    ],
)
def test_the_evidence_of_a_hit_adds_up_to_its_score(shop: locant.Index, text: str) -> None:
    hits = shop.search(text, limit=30).hits
    assert hits
    for hit in hits:
        assert weight(hit.evidence) == pytest.approx(hit.score, abs=SUM_TOLERANCE)


@pytest.mark.parametrize("ranker", ["learned", "fusion"])
@pytest.mark.parametrize("text", [ISSUE, "retry", "frobnicated quuxes", f"{ISSUE}\n" * 200])
def test_the_evidence_of_files_and_functions_adds_up_to_their_scores(
    shop: locant.Index, text: str, ranker: RankerName
) -> None:
    found = shop.localize(text, files=50, ranker=ranker)
    for file in found.files:
        assert weight(file.evidence) == pytest.approx(file.score, abs=SUM_TOLERANCE)
    for function in found.functions:
        assert weight(function.evidence) == pytest.approx(function.score, abs=SUM_TOLERANCE)


def test_evidence_comes_largest_first_and_what_the_purpose_takes_away_last(shop: locant.Index) -> None:
    hit = shop.search("expired voucher", areas=("tests",)).hits[0]
    weights = [item.weight for item in hit.evidence if item.signal not in ("other", "purpose")]
    assert weights == sorted(weights, reverse=True)
    assert hit.evidence[-1].signal == "purpose"
    assert hit.evidence[-1].weight < 0
    assert "tests" in hit.evidence[-1].detail


def test_code_has_no_purpose_that_changes_its_score(shop: locant.Index) -> None:
    assert "purpose" not in {item.signal for item in shop.search("tax_rate").hits[0].evidence}


@pytest.mark.parametrize(
    ("path", "word"), [("vendor/slug.py", "vendored"), ("scripts/seed.py", "script"), ("docs/pricing.md", "docs")]
)
def test_the_purpose_of_a_file_is_named(shop: locant.Index, path: str, word: str) -> None:
    hits = shop.search("words articles tax rounded slugs", paths=(path,)).hits
    assert word in hits[0].evidence[-1].detail


def test_evidence_says_what_is_true_of_the_file(shop: locant.Index) -> None:
    found = {
        hit.path: {item.signal: item.detail for item in hit.evidence} for hit in shop.localize(ISSUE, files=40).files
    }
    assert found["shop/basket.py"]["mentioned"] == "defines is_expired, Voucher, which the text mentions"
    assert "named_path" in found["shop/basket.py"]
    assert "pairs" in found["shop/basket.py"]
    assert "mentioned" not in found["web/cart.js"]
    assert "named_path" not in found["shop/pricing/tax.py"]


def test_a_learned_reason_is_said_only_of_a_signal_that_is_there(shop: locant.Index) -> None:
    text = "Basket pieces\n\nAll pieces of a basket are lost."
    for hit in shop.localize(text, files=50).files:
        said = {item.signal for item in hit.evidence}
        assert not said & {"frame", "named_path", "pairs", "errors", "code", "mentioned"}  # the text has none of these
        assert all(item.weight > 0 for item in hit.evidence if item.signal not in ("other", "against", "purpose"))


def test_candidates_of_the_learned_ranker_say_what_they_start_with_and_what_speaks_against_them(
    shop: locant.Index,
) -> None:
    files = shop.localize(ISSUE, files=50).files
    assert len({item.weight for hit in files for item in hit.evidence if item.signal == "base"}) == 1
    assert any(item.signal == "against" and item.weight < 0 for hit in files for item in hit.evidence)
    documents = [hit for hit in files if hit.path.startswith(("docs/", "tests/"))]
    assert all(hit.evidence[-1].signal == "purpose" and hit.evidence[-1].weight < 0 for hit in documents)
    assert all("set back behind code" in hit.evidence[-1].detail for hit in documents)


def test_a_definition_that_was_asked_for_is_named(shop: locant.Index) -> None:
    details = {item.signal: item.detail for item in shop.search("cartTotal").hits[0].evidence}
    assert details["definition"] == "defines cartTotal"


def test_a_word_that_happens_to_be_a_name_weighs_less_than_a_name_that_was_asked_for(shop: locant.Index) -> None:
    asked = {e.signal: e.weight for e in shop.search("`lookup`").hits[0].evidence}
    said = {e.signal: e.weight for e in shop.search("lookup of articles by all words").hits[0].evidence}
    assert 0 < said["definition"] < asked["definition"] / 2


def test_matching_lines_are_counted(shop: locant.Index) -> None:
    hit = shop.search('"voucher"', paths=("shop/pricing/engine.py",)).hits[0]
    assert hit.evidence[0].detail == "8 matching lines"
    assert len(hit.also) == 7
