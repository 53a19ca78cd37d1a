"""Typed reads of a row's fields: a wrong type is a complaint that names the field and the value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath

from locant.eval.errors import DatasetError
from locant.types import Location

__all__ = ["TASKS", "commit_of", "paths_of", "spans_of", "strings_of", "task_of", "text_of"]

TASKS = ("issue", "search", "documents")
"""What a row asks for; the first when it does not say."""

SHOWN = 60
"""Characters of a bad value that a complaint repeats."""

HEXADECIMAL = frozenset("0123456789abcdef")


def text_of(row: Mapping[str, object], *names: str, default: str | None = None) -> str:
    """The first of these fields that is there, as text."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str):
            return value
        if value is not None:
            raise DatasetError(f"field {name!r} must be text, not {_shown(value)}")
    if default is None:
        raise DatasetError(f"field {names[0]!r} is missing")
    return default


def commit_of(row: Mapping[str, object], name: str = "base_commit") -> str:
    """A commit id; anything that git could take for an option or a branch is refused."""
    commit = text_of(row, name).strip().lower()
    if not (7 <= len(commit) <= 64 and set(commit) <= HEXADECIMAL):
        raise DatasetError(f"field {name!r} must be a commit id in hexadecimal, not {_shown(commit)}")
    return commit


def task_of(row: Mapping[str, object]) -> str:
    """One of `TASKS`."""
    task = text_of(row, "task", default=TASKS[0])
    if task not in TASKS:
        raise DatasetError(f"field 'task' must be one of {', '.join(TASKS)}, not {_shown(task)}")
    return task


def strings_of(row: Mapping[str, object], name: str) -> tuple[str, ...]:
    """A list of texts, also as JSON inside a text; empty when the field is missing."""
    value = row.get(name)
    if value is None:
        return ()
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise DatasetError(f"field {name!r} must be a list, not {_shown(value)}") from None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise DatasetError(f"field {name!r} must be a list of texts, not {_shown(value)}")
    return tuple(value)


def paths_of(row: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Relative POSIX paths that stay inside the repository, without repetition."""
    found: dict[str, None] = {}
    for raw in strings_of(row, name):
        path = PurePosixPath(raw.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise DatasetError(f"field {name!r} must hold paths inside the repository, not {_shown(raw)}")
        found.setdefault(path.as_posix())
    return tuple(found)


def spans_of(row: Mapping[str, object], name: str) -> tuple[Location, ...]:
    """Line spans, each `[path, start, end]`."""
    value = row.get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise DatasetError(f"field {name!r} must be a list of [path, start, end], not {_shown(value)}")
    return tuple(_span(name, item) for item in value)


def _span(name: str, item: object) -> Location:
    match item:
        case [str(path), int(start), int(end)] if 0 <= start <= end:
            return Location(path, start, end)
    raise DatasetError(f"field {name!r} must hold [path, start, end] with start <= end, not {_shown(item)}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."
