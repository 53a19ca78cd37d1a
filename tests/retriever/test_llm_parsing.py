"""Answers of models are read whatever they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locant.retriever.llm.parsing import labels_of, number_of, object_of, texts_of
from locant.retriever.llm.prompts import cut, quoted

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Other work of the machine is no fault of the code."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["files", "path", "score", "x"]), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"files": ["a"]}', ["a"]),
        ('Here: {"files": ["a", "b"]} as asked.', ["a", "b"]),
        ('```json\n{"files": ["a"]}\n```\nand {"files": ["z"]}', ["a"]),
        ("{'files': ['a', 'b']}", ["a", "b"]),
        ('{"files": ["a", "b"', ["a", "b"]),
        ('{"files": ["a", ]}', ["a"]),
        ('["a", "b"]', ["a", "b"]),
        ('{"files": ["a", "b"], "functions": [{"path": "a", "lines": [1, 2]}, {"pa', ["a", "b"]),
        ('{"thoughts": {}} {"files": ["a"]}', ["a"]),
        ('{x} in code, then {"files": ["a"]}', ["a"]),
    ],
)
def test_json_is_found_in_whatever_is_around_it(text: str, found: Any) -> None:
    assert object_of(text, ("files",)).get("files") == found


@UNHURRIED
@given(st.text() | JSON.map(json.dumps) | JSON.map(lambda value: json.dumps(value)[:-1]))
def test_no_answer_is_too_strange_to_be_read(text: str) -> None:
    found = object_of(text, ("files", "path"))
    assert isinstance(found, dict)
    assert all(isinstance(item, str) and item.strip() == item != "" for item in texts_of(found.get("files")))
    assert number_of(text, "score") is None or isinstance(number_of(text, "score"), float)
    assert all(kind in "FS" and number >= 0 for kind, number in labels_of(text))


def test_a_score_is_read_from_json_or_prose() -> None:
    texts = ('{"score": 7}', '{"score": "8 of 10"}', "Score: 3.5 because", "none", '{"score": true}')
    assert [number_of(text, "score") for text in texts] == [7.0, 8.0, 3.5, None, None]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('S1 comes to mind, and S2 does. {"files": [], "functions": ["S3", "S1"]}', [("S", 3), ("S", 1)]),
        ('{"functions": [{"label": "S2", "why": "as S9"}, {"label": "S4"}]}', [("S", 2), ("S", 4)]),
        (
            "1. S3: it computes the delay that S1 reads\n2. **F2**\n3. `S1` - it reads that",
            [("S", 3), ("F", 2), ("S", 1)],
        ),
        ("- F2\n- S1", [("F", 2), ("S", 1)]),
        ("The `S2` method is not allowed to return a value. " * 3 + "The `S3` method sends a job to the other.", []),
    ],
)
def test_labels_are_an_order_where_they_are_put_in_one(text: str, found: Any) -> None:
    assert labels_of(text) == found


def test_labels_are_whole_words() -> None:
    assert labels_of("S1, [F2] and S3 S1; not XS4, S5x, DS6 or S12345") == [("S", 1), ("F", 2), ("S", 3)]


@UNHURRIED
@given(st.text())
def test_no_text_ends_its_own_marks(text: str) -> None:
    whole = quoted("issue", text)
    head, tail = whole.splitlines()[0], whole.rsplit("\n", 1)[1]
    assert head.startswith("<data id=")
    assert tail not in text


def test_a_long_text_loses_its_middle() -> None:
    shown = cut("a" * 100 + "b" * 100, 40)
    assert shown == "a" * 30 + "\n[... 160 characters left out ...]\n" + "b" * 10
