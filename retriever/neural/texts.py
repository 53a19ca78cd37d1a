"""What the encoder reads of a query and of a function: words alone, identifiers taken apart, hardly any twice.

The encoder was first trained on prose and sees a hundred words or so. Punctuation says little to it, and a body repeats
few words many times: without marks and repetitions it sees three times as much of a function.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import PurePosixPath

from locant.retriever.neural.records import FunctionText
from locant.retriever.query.records import Query

__all__ = ["function_words", "query_words", "title_words"]

MAX_WORD = 40
"""Longer runs of letters are data."""

CACHED_WORDS = 1 << 16
"""Distinct words of a large repository's functions."""

DOC_CHARACTERS = 400
"""The first sentences say what a function is for; what follows are arguments and examples."""

BODY_READ = 1_600
"""Characters of a body: they hold a hundred distinct words, and rarely is more room."""

_WORD = re.compile(r"[^\W_]+")
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\W\d_A-Za-z]+")


def function_words(function: FunctionText) -> list[str]:
    """Words of path, name, doc comment and body, in this order; each but the first ones once."""
    folder = PurePosixPath(function.path)
    head = [*_words("/".join(folder.parts[-PATH_PARTS:-1])), *_words(folder.stem), *_words(function.name)]
    rest = _words(f"{function.doc[:DOC_CHARACTERS]} {function.signature} {function.body[:BODY_READ]}")
    return head + _new(rest, set(head))


PATH_PARTS = 4
"""Of a path, counted from its end: what all files of a repository begin with tells none apart."""


def query_words(query: Query) -> list[str]:
    """Words of the title as they stand; then those of the prose, names and error messages that are new."""
    title = list(_words(query.title))
    names = " ".join(mention.text for mention in query.mentions[:MENTIONS])
    rest = _words(f"{query.prose} {' '.join(query.errors)} {names}")
    return (title + _new(rest, set(title))) or _new(_words(query.text[:TEXT_CHARACTERS]), set())


def title_words(query: Query) -> list[str]:
    """Words of the title alone, as messages in training mostly are one; the first of everything where there is none."""
    return list(_words(query.title)) or query_words(query)[:WORDS_WITHOUT_TITLE]


WORDS_WITHOUT_TITLE = 16
"""About as many as a title has."""

MENTIONS = 40
"""Best first; a pasted log has hundreds."""

TEXT_CHARACTERS = 2_000
"""Of a text that is all code or all trace, where nothing else is left to read."""


def _new(words: Iterable[str], seen: set[str]) -> list[str]:
    """Words that have not been there, in order; single letters and numbers say nothing."""
    kept = []
    for word in words:
        if word not in seen and len(word) > 1 and not word.isdigit():
            seen.add(word)
            kept.append(word)
    return kept


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        yield from _parts(word)


@lru_cache(maxsize=CACHED_WORDS)
def _parts(word: str) -> tuple[str, ...]:
    """An identifier's words, lower-cased."""
    if word.islower():
        return (word,) if len(word) <= MAX_WORD else ()
    return tuple(part.lower() for part in _PARTS.findall(word) if len(part) <= MAX_WORD)
