r"""JSON of the answers: one envelope, records as they are in `locant.types`; docs/json.md describes it.

    {"schema": 1, "command": "...", "repository": "/abs/path" or null, ...fields of the answer}

A `location` is spread into its owner (`path`, `start_line`, `end_line`), so a place looks the same everywhere. Paths
are display forms: a name that is not UTF-8 has `\xNN` for each such byte.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from locant.indexer.walk.names import display_path

__all__ = ["SCHEMA", "compact_json", "envelope", "json_text", "to_json"]

SCHEMA = 1
"""Raised when a field is renamed, removed or given another meaning; new fields come without raising it."""

_PATH_FIELDS = frozenset({"path", "root", "store", "repository"})
_PATH_LISTS = frozenset({"stale", "paths", "removed", "named"})

_WHEN_SAID = frozenset({"summary"})
"""Left out where empty: most answers are asked for without."""

# JSON leaves these as they are, but some of them steer terminals and a lone surrogate cannot be encoded.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

SCORE_DIGITS = 6
"""More digits are noise that differs between machines."""


def to_json(value: Any) -> Any:  # noqa: ANN401 - any record
    """A record as JSON values."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is float:
        return round(value, SCORE_DIGITS)
    if names := _field_names(kind):
        return _record({name: getattr(value, name) for name in names})
    if isinstance(value, Mapping):
        return _record(value)
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    if isinstance(value, Path):
        return display_path(str(value))
    return round(value, SCORE_DIGITS) if isinstance(value, float) else value


_PLAIN = frozenset({str, int, bool, type(None)})
"""Most of what is in an answer: looked at first, since a server makes thousands of such values for each."""


_names: dict[type, tuple[str, ...]] = {}


def _field_names(kind: type) -> tuple[str, ...]:
    """Fields of a record; none of anything else."""
    found = _names.get(kind)
    if found is None:
        found = tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()
        _names[kind] = found
    return found


def _record(fields: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in fields.items():
        if name in _WHEN_SAID and not value:
            continue
        if type(value) in _PLAIN and name not in _PATH_FIELDS:
            result[name] = value
        elif name == "location":
            result.update(to_json(value))
        elif name in _PATH_FIELDS and isinstance(value, str):
            result[name] = display_path(value)
        elif name in _PATH_LISTS and isinstance(value, (list, tuple)):
            result[name] = [display_path(str(item)) for item in value]
        else:
            result[name] = to_json(value)
    return result


def envelope(command: str, repository: Path | None, answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer with what it answers."""
    head = {"schema": SCHEMA, "command": command, "repository": repository}
    return {**to_json(head), **to_json(answer)}


def json_text(document: Mapping[str, Any]) -> str:
    """Indented JSON that any parser reads and no terminal obeys."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def compact_json(document: object) -> str:
    """JSON on one line, with the same safety; for programs."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
