"""How a short text is read when the mode is left to `auto`."""

from __future__ import annotations

import pytest

from locant.retriever.query.analyse import analyse


@pytest.mark.parametrize(
    "text",
    [
        "where is the session cookie parsed",
        "login",
        "Authentication",
        "how does a->b work in C++?",
        "what calls foo()?",
        "List<String>",
        "std::vector<int> v",
        "*.py",
        "utils.py",
        "src/app/main.py",
        "/api/v1/users/",
        "/usr/lib/python3/",
        "java.util.*",
        "import foo.*",
        "C++",
        "a + b",
        "arr[i]",
        "(optional) argument",
        "why does foo.*bar not match anything here",
        "C:\\work\\src\\data",
        "C:\\a\\d\\b",
        "cost in $",
        "What is this.",
        "string | number",
        "int *p",
        "does it work?",
        "f(x)",
        "e.g. this (one)",
        "搜索用户登录",
        "[bug] crash",
        "$HOME",
    ],
)
def test_ordinary_text_is_a_question(text: str) -> None:
    assert analyse(text).shape == "question"


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("getUser", "getUser"),
        ("parse_args", "parse_args"),
        ("Foo.bar", "Foo.bar"),
        ("Foo::bar", "Foo::bar"),
        ("Foo#bar", "Foo#bar"),
        ("a->b", "a->b"),
        ("a.b.c", "a.b.c"),
        ("foo()", "foo"),
        ("`Session`", "Session"),
        ("__init__", "__init__"),
        ("MAX_SIZE", "MAX_SIZE"),
        ("HTTPServer", "HTTPServer"),
        ("@app.route", "app.route"),
    ],
)
def test_one_token_of_identifier_shape_is_a_symbol(text: str, symbol: str) -> None:
    query = analyse(text)
    assert (query.shape, query.pattern) == ("symbol", symbol)
    assert query.mentions


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        (r"\w+\(", r"\w+\("),
        ("foo.*bar", "foo.*bar"),
        ("^def ", "^def "),
        (r"^class \w+\(Base\)", r"^class \w+\(Base\)"),
        (r"raise \w+Error", r"raise \w+Error"),
        ("[a-z]+_id", "[a-z]+_id"),
        ("(get|set)_name", "(get|set)_name"),
        (r"foo\.bar", r"foo\.bar"),
        (r"\bfoo\b", r"\bfoo\b"),
        ("/timeout/", "timeout"),
        ("/time.?out/i", "(?i)time.?out"),
        (r"/api\/v\d+/", r"api/v\d+"),
    ],
)
def test_text_that_only_makes_sense_as_an_expression_is_a_regex(text: str, pattern: str) -> None:
    query = analyse(text)
    assert (query.shape, query.pattern) == ("regex", pattern)


def test_an_expression_that_does_not_compile_is_not_a_regex() -> None:
    assert analyse(r"\w+(").shape == "question"


def test_text_in_double_quotes_is_a_literal() -> None:
    query = analyse('"connection reset by peer"')
    assert (query.shape, query.pattern) == ("literal", "connection reset by peer")


def test_two_quoted_words_are_a_question() -> None:
    assert analyse('"a" or "b"').shape == "question"


def test_a_mode_that_was_asked_for_takes_the_text_as_it_stands() -> None:
    assert analyse('"a"', mode="literal").pattern == '"a"'
    assert analyse("/a/ ", mode="regex").pattern == "/a/ "
    assert analyse("login", mode="symbol").shape == "symbol"
    assert [mention.text for mention in analyse("login", mode="symbol").mentions] == ["login"]
    assert analyse("foo.*bar", mode="words").shape == "question"


def test_long_text_and_text_with_a_trace_are_issues() -> None:
    assert analyse("word " * 41).shape == "issue"
    assert analyse("word " * 40).shape == "question"
    assert analyse('It fails\n  File "a.py", line 3, in f').shape == "issue"
    assert analyse("Title\n### Steps").shape == "issue"
