"""Answers of models, read leniently: JSON in prose, in code marks, cut off, with single quotes, or no JSON at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["labels_of", "number_of", "object_of", "texts_of"]

MAX_CHARACTERS = 100_000
"""An answer that is longer is none; its beginning is looked at."""

_FENCED = re.compile(r"```[a-zA-Z]*\n(.*?)(?:```|\Z)", re.DOTALL)
_LABEL = re.compile(r"(?<![A-Za-z0-9_])\[?([FS])[\s#_-]?(\d{1,4})(?![A-Za-z0-9_])")
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
    pieces = [*_FENCED.findall(text), text]
    for piece in pieces:
        for start in (match.start() for match in re.finditer(r"[{\[]", piece)):
            try:
                yield json.JSONDecoder().raw_decode(piece, start)[0]
            except (ValueError, RecursionError):
                continue
            break
    for piece in pieces:
        yield _mended(piece)


def _mended(text: str) -> Any:  # noqa: ANN401 - any JSON
    """What is left of broken JSON, where the extra `llm` is there to mend it; else None."""
    start = min((place for mark in "{[" if (place := text.find(mark)) >= 0), default=-1)
    if start < 0:
        return None
    try:
        from json_repair import repair_json

        return repair_json(text[start:], return_objects=True)
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
