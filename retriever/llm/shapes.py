"""JSON Schemas of the answers that are asked for, for servers that hold a model to one.

A weak model seldom keeps a form by itself. A schema leaves it no other, so that what it knows is not lost to its prose.
Lengths are bounded, since a model that has nothing to say fills a list for ever.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = [
    "FOLDER_SHAPE",
    "REWORDING_SHAPE",
    "SCORE_SHAPE",
    "calls_or_places",
    "files_shape",
    "functions_shape",
    "labels_shape",
    "lines_shape",
    "packed_shape",
    "places_shape",
    "summary_shape",
]

MOST_FILES, MOST_FUNCTIONS, MOST_SPANS = 10, 15, 8
"""As the prompts say, or a little more."""

PATH, NAME, SENTENCE, CODE = 200, 100, 160, 1_000
"""Characters at most."""

MOST_CHOICES = 300
"""Texts of a choice: hosted services take no more than some hundreds, and what is shown in a question has fewer."""

LAST_LINE = 1_000_000

Schema = Mapping[str, Any]


def _object(**properties: Schema) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(item: Schema, most: int) -> dict[str, Any]:
    return {"type": "array", "items": item, "maxItems": most}


def _text(most: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": most}


def _text_of(schema: Schema) -> str:
    return json.dumps(schema, separators=(",", ":"))


_LINE_NUMBER = {"type": "integer", "minimum": 1, "maximum": LAST_LINE}
_FILES = _list(_text(PATH), MOST_FILES)
_FUNCTIONS = _list(_object(path=_text(PATH), name=_text(NAME)), MOST_FUNCTIONS)
_LINES = _list(_object(path=_text(PATH), start=_LINE_NUMBER, end=_LINE_NUMBER, why=_text(SENTENCE)), MOST_SPANS)
_ANSWER = _object(answer=_object(files=_FILES, functions=_FUNCTIONS, lines=_LINES))

SCORE_SHAPE = _text_of(_object(score={"type": "integer", "minimum": 0, "maximum": 10}))
FOLDER_SHAPE = _text_of(_object(folder=_text(SENTENCE)))
REWORDING_SHAPE = _text_of(_object(identifiers=_list(_text(NAME), 10), files=_list(_text(PATH), 5), code=_text(CODE)))


def labels_shape(files: int, functions: int) -> str:
    """Of an order of candidates: labels of files from F1, of functions from S1."""
    labels = {"files": [f"F{n + 1}" for n in range(files)], "functions": [f"S{n + 1}" for n in range(functions)]}
    shown = {name: _list({"type": "string", "enum": given}, len(given)) for name, given in labels.items() if given}
    return _text_of(_object(**shown))


def files_shape(paths: Sequence[str]) -> str:
    """Of a choice among files."""
    return _text_of(_object(files=_list(_one_of(paths, PATH), MOST_FILES)))


def functions_shape(names: Mapping[str, Sequence[str]]) -> str:
    """Of a choice among the definitions of files."""
    if not names or sum(map(len, names.values())) > MOST_CHOICES:
        return _text_of(_object(functions=_FUNCTIONS))
    choices = [_object(path={"const": path}, name=_one_of(found, NAME)) for path, found in names.items()]
    return _text_of(_object(functions=_list({"anyOf": choices}, MOST_FUNCTIONS)))


def lines_shape(paths: Sequence[str]) -> str:
    """Of spans of lines in files."""
    span = _object(path=_one_of(paths, PATH), start=_LINE_NUMBER, end=_LINE_NUMBER, why=_text(SENTENCE))
    return _text_of(_object(lines=_list(span, MOST_SPANS)))


def places_shape(paths: Sequence[str]) -> str:
    """Of an answer with files, functions and lines, in files that were seen."""
    path = _one_of(paths, PATH)
    functions = _list(_object(path=path, name=_text(NAME)), MOST_FUNCTIONS)
    span = _object(path=path, start=_LINE_NUMBER, end=_LINE_NUMBER, why=_text(SENTENCE))
    answer = _object(files=_list(path, MOST_FILES), functions=functions, lines=_list(span, MOST_SPANS))
    return _text_of(_object(answer=answer))


def packed_shape(paths: Sequence[str]) -> str:
    """Of files and functions among the files of a small repository."""
    path = _one_of(paths, PATH)
    functions = _list(_object(path=path, name=_text(NAME)), MOST_FUNCTIONS)
    return _text_of(_object(files=_list(path, MOST_FILES), functions=functions))


def _one_of(texts: Sequence[str], most: int) -> dict[str, Any]:
    """One of these texts; any text where they are too many for a grammar."""
    return {"type": "string", "enum": [*texts]} if 0 < len(texts) <= MOST_CHOICES else _text(most)


def summary_shape(names: Sequence[str]) -> str:
    """Of a sentence about a file and one about each of these definitions."""
    return _text_of(_object(file=_text(SENTENCE), definitions=_object(**{name: _text(SENTENCE) for name in names})))


def calls_or_places(tools: Mapping[str, Schema], most: int) -> str:
    """Of a turn: calls of tools, each with the schema of its arguments; or the answer."""
    calls = [_object(tool={"const": name}, arguments=arguments) for name, arguments in tools.items()]
    return _text_of({"anyOf": [_object(calls=_list({"anyOf": calls}, most)), _ANSWER]})
