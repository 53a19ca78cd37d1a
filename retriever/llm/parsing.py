"""Answers of models, read leniently: JSON in prose, in code marks, cut off, with single quotes, or no JSON at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
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
MOST_PIECES = 5
"""Of code marks in one answer."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def object_of(text: str, keys: Sequence[str]) -> dict[str, Any]:
    """The first JSON object that has one of the keys; empty where there is none.

    A bare list stands for the value of the first key.
    """
    for found in _values(text[:MAX_CHARACTERS]):
        if isinstance(found, dict) and any(key in found for key in keys):
            return found
        if isinstance(found, list) and found:
            return {keys[0]: found}
    return {}


def _values(text: str) -> Iterator[Any]:
    """JSON values in a text, those in code marks first, sound ones before mended ones."""
    pieces = [*_FENCED.findall(text)[:MOST_PIECES], text]
    for piece in pieces:
        yield from _sound(piece)
    for piece in pieces:
        yield _mended(piece)


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


def labels_of(text: str) -> list[tuple[str, int]]:
    """Labels of candidates (`F2`, `S13`, `[S3]`) in the order in which they are named, each once."""
    return list(dict.fromkeys((kind, int(number)) for kind, number in _LABEL.findall(text[:MAX_CHARACTERS])))


def number_of(text: str, key: str) -> float | None:
    """A number under a key, or else the first number of an answer; None where there is none."""
    found = object_of(text, (key,)).get(key)
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        return float(found)
    match = _NUMBER.search(found if isinstance(found, str) else text[:MAX_CHARACTERS])
    return float(match.group()) if match else None
