"""What an agent without a model would grep for: tokens of an issue that look like code, and names of files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["IssueTokens", "issue_tokens", "name_parts"]

_WORD = re.compile(r"[^\W\d]\w*")
_MARKED = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_TAG = re.compile(r"(?:^|\berror: )\[([^\W\d]\w*)\]", re.MULTILINE | re.IGNORECASE)
_NOISE = re.compile(
    r"^\s*(?:[-*] \[[ xX]\] |\[(?:debug|info|trace|verbose)\]).*$",
    re.MULTILINE | re.IGNORECASE,
)
"""Lines that nobody greps for: check boxes of an issue form, and what a program logs about itself."""
_SNAKE = re.compile(r"[A-Za-z0-9]_+[A-Za-z0-9]|^_+[A-Za-z]")
_CAMEL = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2,}[a-z]")
_DOTTED = re.compile(r"(?<![\w/@.])[^\W\d]\w*(?:\.[^\W\d]\w*)+")
_CALL = re.compile(r"\b([^\W\d]\w*)\(")
_PATH = re.compile(r"[\w.+-]*(?:[/\\][\w.+-]+)+|\b[\w-]+\.[a-z]{1,4}\b")
_URL_START = re.compile(r"https?://[^\s/)>\]]+")

MIN_LENGTH = 3
"""Shorter names are loop variables; grep for them prints the whole repository."""

_STOP = """
the and for with from that this have has had not are was were will would can could should when what which
where who why how then than but all any one two out get got use used using does did doing done its it's into
also only just like some such same other more most very here there been being you your they them their our
about after before between because while each both over under again still even def class self import return
print true false none null str int float bool dict list set tuple else elif try except raise assert lambda
pass break continue yield async await file line lines module
"""

STOPWORDS = frozenset(_STOP.split())
"""Words that a person would not grep for, in English and in Python."""

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
MIN_PART = 4
"""Shorter parts of names are inside of everything."""


@dataclass(frozen=True, slots=True)
class IssueTokens:
    """Distinct tokens of an issue: of code shape, other words with the number of times, and what looks like a path.

    tags: lower-case names in brackets that begin a title or a line of output, as programs print what part they are in.
    """

    code: dict[str, int]
    words: dict[str, int]
    paths: tuple[str, ...]
    title: frozenset[str]
    tags: frozenset[str] = frozenset()


def issue_tokens(text: str) -> IssueTokens:
    """Read an issue as an agent does before its first grep."""
    plain = _URL_START.sub(" ", _NOISE.sub("", text))
    title = plain.lstrip().split("\n", 1)[0]
    code: dict[str, int] = {}
    for token in _code_shaped(plain):
        if len(token) >= MIN_LENGTH and token.lower() not in STOPWORDS:
            code[token] = code.get(token, 0) + 1
    words: dict[str, int] = {}
    for word in _WORD.findall(plain):
        if len(word) >= MIN_LENGTH and word.lower() not in STOPWORDS and word not in code:
            words[word] = words.get(word, 0) + 1
    paths = dict.fromkeys(match.replace("\\", "/").lstrip("./").rstrip(".") for match in _PATH.findall(plain))
    tags = frozenset(tag.lower() for tag in _TAG.findall(plain))
    return IssueTokens(code, words, tuple(path for path in paths if path), frozenset(_WORD.findall(title)), tags)


def name_parts(tokens: IssueTokens) -> dict[str, int]:
    """Words of all tokens in lower case, with times: what is left to look for when no token is there as it stands."""
    parts: dict[str, int] = {}
    for name, times in (*tokens.code.items(), *tokens.words.items()):
        for part in {found.lower() for found in _PART.findall(name)}:
            if len(part) >= MIN_PART and part not in STOPWORDS:
                parts[part] = parts.get(part, 0) + times
    return parts


def _code_shaped(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        if _SNAKE.search(word) or _CAMEL.search(word):
            yield word
    for name in _DOTTED.findall(text):
        yield from name.split(".")
    yield from _CALL.findall(text)
    for marked in _MARKED.findall(text):
        yield from _WORD.findall(marked)
