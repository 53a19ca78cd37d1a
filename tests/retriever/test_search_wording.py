"""Questions in other words than the code's: forms, abbreviations, words of like meaning, paths and declarations."""

from __future__ import annotations

from typing import Any

import pytest

import locant
from locant.retriever.query.forms import inflections, word_forms
from locant.retriever.query.related import GROUPS, related_words

OTHER = {f"other_{i}.py": f"def unrelated_{i}(value):\n    return value + {i}\n" for i in range(6)}


def paths(index: locant.Index, text: str) -> list[str]:
    return [hit.location.path for hit in index.search(text).hits]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("recovered", "recovery"),
        ("panics", "panic"),
        ("parsing", "parser"),
        ("retried", "retry"),
        ("stopped", "stop"),
        ("deletion", "delete"),
        ("validation", "validate"),
        ("caching", "cache"),
        ("queues", "queue"),
        ("serializing", "serializer"),
    ],
)
def test_a_word_finds_code_that_has_it_in_another_form(make_index: Any, asked: str, name: str) -> None:
    index = make_index({**OTHER, "wanted.py": f"def do_{name}(value):\n    return {name}(value)\n"})
    assert paths(index, f"where is it {asked}") == ["wanted.py"]


def test_the_word_as_it_was_asked_comes_before_its_other_forms(make_index: Any) -> None:
    code = "def {0}(value):\n    {0} = value\n    return {0}\n"
    index = make_index({**OTHER, "a.py": code.format("reservation"), "b.py": code.format("reserve")})
    assert paths(index, "reserve something") == ["b.py", "a.py"]
    assert paths(index, "the reservation of something") == ["a.py", "b.py"]


@pytest.mark.parametrize(
    ("asked", "name"), [("directory", "dir"), ("authentication", "auth"), ("removing", "delete"), ("eviction", "lru")]
)
def test_a_word_finds_what_programs_call_the_same_thing(make_index: Any, asked: str, name: str) -> None:
    index = make_index({**OTHER, "wanted.py": f"def do_{name}(value):\n    return {name}(value)\n"})
    assert paths(index, f"where is the {asked}") == ["wanted.py"]


def test_a_word_that_is_there_comes_before_one_of_like_meaning(make_index: Any) -> None:
    code = "def {0}_it(value):\n    return {0}(value)\n"
    index = make_index({**OTHER, "a.py": code.format("delete"), "b.py": code.format("discard")})
    assert paths(index, "discard it now") == ["b.py", "a.py"]


def test_forms_of_a_word_count_as_one_word(make_index: Any) -> None:
    """Five forms of one word are no better than the two words that were asked for."""
    index = make_index(
        {
            **OTHER,
            "forms.py": "def parse(a):\n    return parser, parsers, parsed, parsing, parses\n",
            "both.py": "def load(a):\n    return parse(a), schema\n",
        },
        encoder="none",  # for the static embedding, forms of one word are near each other
    )
    assert paths(index, "parse the schema")[0] == "both.py"


def test_a_path_alone_finds_a_file(make_index: Any) -> None:
    index = make_index({**OTHER, "billing/invoice.py": "def total(lines):\n    return sum(lines)\n"})
    assert paths(index, "invoices") == ["billing/invoice.py"]
    assert {item.signal for item in index.search("invoices").hits[0].evidence} >= {"path"}


def test_declarations_come_after_the_code_that_they_declare(make_index: Any) -> None:
    declared = "/** Opens a channel to the broker. */\nexport function openChannel(broker: Broker): Channel;\n"
    body = "/** Opens a channel to the broker. */\nexport function openChannel(broker) {\n  return dial(broker);\n}\n"
    index = make_index({**OTHER, "channel.d.ts": declared, "channel.js": body})
    assert paths(index, "open a channel to the broker") == ["channel.js", "channel.d.ts"]


def test_a_common_word_in_a_name_does_not_outrank_the_rare_words_of_the_question(make_index: Any) -> None:
    many = {f"get_{i}.py": f"def get_{i}(key):\n    return get(key)\n" for i in range(12)}
    index = make_index({**many, "lease.py": "def renew(key):\n    lease = get(key)\n    lease.renewed = True\n"})
    assert paths(index, "get the lease renewed")[0] == "lease.py"


def test_scores_of_one_file_do_not_depend_on_what_matches_better(make_index: Any) -> None:
    """Values are shares of the query, not of the best file: a filter that hides the best changes no other score."""
    files = {**OTHER, "a.py": "def renew(lease):\n    return lease\n", "b.py": "def lease():\n    pass\n"}
    index = make_index(files)
    together = {hit.location.path: hit.score for hit in index.search("renew the lease").hits}
    alone = index.search("renew the lease", paths=("b.py",)).hits[0]
    assert alone.score == pytest.approx(together["b.py"])


@pytest.mark.parametrize("word", ["use", "über", "数据", "a1b2", "x", ""])
def test_words_without_english_endings_stay_as_they_are(word: str) -> None:
    assert word_forms(word) == {word: 1.0}


@pytest.mark.parametrize("word", ["retry", "process", "class", "sss", "yyyy", "eeee", "ationation"])
def test_forms_hold_the_word_itself_as_the_surest(word: str) -> None:
    forms = word_forms(word)
    assert max(forms.values()) == forms.get(word, 1.0) == 1.0
    assert inflections(word)[0] == word


def test_related_words_hold_for_each_other_and_are_lower_case_words() -> None:
    words = {word for group in GROUPS for word in group}
    assert all(word.isalnum() and word == word.lower() for word in words)
    assert all(len(group) == len(set(group)) > 1 for group in GROUPS)
    assert "dir" in related_words("directories")
    assert "directory" in related_words("dir")
