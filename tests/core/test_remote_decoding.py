"""Records go to JSON and come back the same, whatever they hold; what is no record is refused by name."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locant import types
from locant.errors import ServerError
from locant.jsontext import SCORE_DIGITS, json_text, to_json
from locant.remote.decoding import decode, decode_all
from locant.types import Evidence, Freshness, Hit, Location, SearchResult, Symbol

RECORDS = [kind for name in types.__all__ if dataclasses.is_dataclass(kind := getattr(types, name))]

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=8)
"""Names that JSON shows as they are: others are shown in an escaped form, which is not taken back."""

NUMBERS = st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: round(value, SCORE_DIGITS))

st.register_type_strategy(str, TEXTS)
st.register_type_strategy(float, NUMBERS)


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_a_record_comes_back_from_json_as_it_was(kind: type) -> None:
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(st.from_type(kind))
    def same(record: object) -> None:
        document = json.loads(json_text(to_json(record)))
        assert decode(kind, document) == record

    same()


def test_a_place_that_is_spread_into_its_owner_is_gathered_again() -> None:
    symbol = Symbol("delay", "Retry.delay", "method", Location("a.py", 3, 4), "def delay()", "Retry")
    hit = Hit(Location("a.py", 3, 9), symbol, 1.5, (Evidence("body", "its words match", 0.75),), "x", also=())
    assert decode(Hit, {**to_json(hit), "repository": "service"}) == hit


def test_what_a_newer_server_adds_is_passed_over_and_what_has_a_default_may_be_missing() -> None:
    assert decode(Evidence, {"signal": "a", "detail": "b", "weight": 1, "since": "2.0"}) == Evidence("a", "b", 1.0)
    assert decode(types.Related, {"path": "a", "relation": "imports it", "weight": 0.5}).detail == ""


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (None, "Freshness is null"),
        ({}, "without 'commit'"),
        ({"commit": 1}, "Freshness.commit is int, not str"),
        ({"commit": None, "dirty": "yes"}, "Freshness.dirty is str, not bool"),
        ({"commit": None, "dirty": None, "indexed_at": True}, "Freshness.indexed_at is bool"),
    ],
)
def test_what_is_no_record_is_refused_with_the_name_of_the_field(document: object, where: str) -> None:
    with pytest.raises(ServerError, match=where):
        decode(Freshness, document)


def test_a_wrong_value_deep_inside_is_named_by_its_way() -> None:
    hit = {"path": "a", "start_line": 1, "end_line": 1, "symbol": None, "score": 1, "evidence": [{}], "snippet": ""}
    with pytest.raises(ServerError, match=r"SearchResult\.hits\.0\.evidence\.0 is an object without 'signal'"):
        decode(SearchResult, {"query": "", "mode": "", "hits": [hit], "freshness": {}})
    with pytest.raises(ServerError, match="not a list"):
        decode_all(Evidence, {"signal": "a"})
