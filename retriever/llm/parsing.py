"""Answers of models, read leniently: JSON in prose, in code marks, cut off, with single quotes, or no JSON at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

__all__ = ["labels_of", "number_of", "object_of", "texts_of"]

MAX_CHARACTERS = 20_000
"""Answers of a thousand tokens have fewer; of a longer one, the beginning is looked at."""

MENDED_CHARACTERS = 4_000
"""Mending takes time by the square of a text that was made to take it."""

MOST_STARTS = 20
"""Brackets from which JSON is tried to be read: prose before it has few."""

_FENCED = re.compile(r"```[a-zA-Z]*\n(.*?)(?:```|\Z)", re.DOTALL)
_BRACKET = re.compile(r"[{\[]")
_LABEL = re.compile(r"(?<![A-Za-z0-9_])\[?([FS])[\s#_-]?(\d{1,4})(?![A-Za-z0-9_])")
_LINE = re.compile(r"[\s\d.)*>#-]*\[?`?([FS])[\s#_-]?(\d{1,4})(?![A-Za-z0-9_])")
"""A label that begins a line, behind the marks and numbers of a list."""

LISTS = ("files", "functions")

LEAST_LINES = 2
"""That begin with a label: one alone may be the beginning of a sentence."""

WORDS_PER_LABEL = 8
"""More words are prose that speaks of candidates, in the order in which they were shown."""

MOST_PIECES = 5
"""Of code marks in one answer."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def object_of(text: str, keys: Sequence[str]) -> dict[str, Any]:
    """The first JSON object that has one of the keys; empty where there is none.

    Sound ones go before mended ones, and those in code marks before others. Where there is none, a bare list stands
    for the value of the first key: only then, since an object that was cut off has lists inside.
    """
    text = text[:MAX_CHARACTERS]
    pieces = [*_FENCED.findall(text)[:MOST_PIECES], text]
    lists: list[list[Any]] = []
    for found in chain((value for piece in pieces for value in _sound(piece)), map(_mended, pieces)):
        if isinstance(found, dict) and any(key in found for key in keys):
            return found
        if isinstance(found, list) and found:
            lists.append(found)
    return {keys[0]: lists[0]} if lists else {}


def _sound(text: str) -> Iterator[Any]:
    """Values of well-formed JSON, one after the other, with anything between them."""
    at = 0
    for _ in range(MOST_STARTS):
        match = _BRACKET.search(text, at)
        if match is None:
            return
        try:
            found, at = json.JSONDecoder().raw_decode(text, match.start())
        except (ValueError, RecursionError):
            at = match.end()
        else:
            yield found


def _mended(text: str) -> Any:  # noqa: ANN401 - any JSON
    """What is left of broken JSON, where the extra `llm` is there to mend it; else None."""
    start = min((place for mark in "{[" if (place := text.find(mark)) >= 0), default=-1)
    if start < 0:
        return None
    try:
        from json_repair import repair_json

        return repair_json(text[start : start + MENDED_CHARACTERS], return_objects=True)
    except (ImportError, ValueError, RecursionError):
        return None


def texts_of(value: Any, key: str = "path") -> list[str]:  # noqa: ANN401 - as a model wrote it
    """Texts of a list of texts, or of objects that have one under a key; anything else is left out."""
    items = value if isinstance(value, list) else [value]
    texts = [item.get(key) if isinstance(item, dict) else item for item in items]
    return [text.strip() for text in texts if isinstance(text, str) and text.strip()]


def labels_of(text: str, keys: Sequence[str] = LISTS) -> list[tuple[str, int]]:
    """Labels of candidates (`F2`, `S13`, `[S3]`) in the order in which they are put, each once.

    Those of the lists of a JSON object; else those that begin lines; else all of a text that has little beside them.
    Prose that speaks of candidates one after the other puts them in no order.
    """
    text = text[:MAX_CHARACTERS]
    found = object_of(text, keys) if any(key in text for key in keys) else {}
    items = [item for key in keys for item in _listed(found.get(key))]
    listed = [label for item in items for label in _labels(item)[:1]]
    begun = [label for line in text.splitlines() if (label := _LINE.match(line))]
    if listed:
        labels = listed
    elif len(begun) >= LEAST_LINES:
        labels = [(match[1], int(match[2])) for match in begun]
    else:
        labels = _labels(text)
        labels = labels if len(text.split()) <= WORDS_PER_LABEL * len(labels) else []
    return list(dict.fromkeys(labels))


def _listed(value: Any) -> list[str]:  # noqa: ANN401 - as a model wrote it
    """Items of a list as texts, whatever they are."""
    return [item if isinstance(item, str) else json.dumps(item) for item in value] if isinstance(value, list) else []


def _labels(text: str) -> list[tuple[str, int]]:
    return [(kind, int(number)) for kind, number in _LABEL.findall(text)]


def number_of(text: str, key: str) -> float | None:
    """A number under a key, or else the first number of an answer; None where there is none."""
    found = object_of(text, (key,)).get(key)
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        return float(found)
    match = _NUMBER.search(found if isinstance(found, str) else text[:MAX_CHARACTERS])
    return float(match.group()) if match else None
