"""What holds for any text at all."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locant.retriever.query.analyse import analyse
from locant.types import SearchMode

PIECES = (
    "```python\n",
    "```\n",
    "~~~\n",
    "<!--",
    "-->",
    "### Environment\n",
    "- [x] done\n",
    "> quoted\n",
    "Foo.bar()",
    "a->b",
    '  File "/x/y.py", line 3, in f\n',
    "    at f (file:///x/y.js:1:2)\n",
    "\tat a.b.C.m(C.java:12)\n",
    "goroutine 1 [running]:\n",
    "main.f(0x1)\n\t/p/f.go:12 +0x1d\n",
    "Traceback (most recent call last):\n",
    "x.rb:10:in `m'\n",
    "`code`",
    "**bold**\n",
    "| a | b |\n",
    "https://github.com/o/r/blob/main/x.py#L3",
    "C:\\a\\b.py:3",
    "ValueError: bad\n",
    "numpy==1.2\n",
    "\r\n",
    "\0",
    "漢字",
    "🎉",
    "$",
    "_",
    "::",
    "<pre>",
    "</pre>",
    "--- a/x\n+++ b/x\n@@ -1 +1 @@\n",
    "/",
    "\\",
    "(",
    ")",
    "[",
    "]",
    '"',
    "'",
    "#",
    "1.2.3",
    " ",
    "\n",
)
TEXTS = st.one_of(st.text(max_size=400), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from(["auto", "words", "symbol", "literal", "regex"]))
def test_any_text_is_read_the_same_way_twice_without_an_error(text: str, mode: SearchMode) -> None:
    query = analyse(text, mode=mode)
    assert query == analyse(text, mode=mode)
    assert query.text == text


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_names_are_as_written_and_come_best_first(text: str) -> None:
    query = analyse(text)
    assert all(mention.text in text for mention in query.mentions)
    assert all(dotted in text for dotted in query.dotted)
    weights = [mention.weight for mention in query.mentions]
    assert weights == sorted(weights, reverse=True)
    assert all(0 < weight <= 1.5 for weight in weights)
    assert len({mention.text for mention in query.mentions}) == len(weights)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_paths_are_relative_and_without_empty_parts(text: str) -> None:
    query = analyse(text)
    for path in (*query.paths, *(frame.path for frame in query.frames)):
        assert path
        assert not set(path.split("/")) & {"", ".", ".."}
    assert all(line >= 0 for _, line in query.path_lines)
    assert [frame.distance for frame in query.frames] == sorted(frame.distance for frame in query.frames)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a.",
        "`",
        "(",
        "[",
        "[a](",
        "<!--",
        "**a ",
        "a:1:",
        "_a ",
        '"a ',
        "/",
        "\\n",
        "a::",
        "at ",
        "= ",
        "|-",
        "AError",
        "\t\n",
    ],
)
def test_text_that_repeats_itself_ends(piece: str) -> None:
    """A pattern that rescans would take minutes here; the run itself is the test."""
    query = analyse(piece * (100_000 // len(piece)))
    assert query.note == ""


def test_random_bytes_as_text_end() -> None:
    noise = random.Random(7).randbytes(200_000)
    assert analyse(noise.decode("latin-1")).text
