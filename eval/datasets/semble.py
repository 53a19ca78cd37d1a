"""semble's annotations for natural-language code search: `repos.json` and `annotations/NAME.json`.

An annotation is `{query, relevant, secondary, category}`, a target a path or `{path, start_line, end_line}`. Both kinds
of target count as relevant, and targets with lines are gold spans, found by the first span that overlaps them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from locant.eval.datasets.fields import commit_of, paths_of, text_of
from locant.eval.datasets.jsonlines import Row, read_rows
from locant.eval.datasets.records import Complaint, attempt
from locant.eval.errors import DatasetError
from locant.eval.types import Instance
from locant.types import Location

__all__ = ["REPOSITORIES", "read_semble"]

REPOSITORIES, ANNOTATIONS = "repos.json", "annotations"


def read_semble(folder: Path) -> Iterator[Instance | Complaint]:
    """All annotations of a folder, by repository."""
    repositories: dict[str, Row] = {}
    for number, row in read_rows(folder / REPOSITORIES):
        name = attempt(lambda row: text_of(row, "name"), row, number, REPOSITORIES)
        if isinstance(name, Complaint):
            yield name
        elif not isinstance(row, str):
            repositories[name] = row
    for file in sorted((folder / ANNOTATIONS).glob("*.json")):
        for number, row in read_rows(file):
            read = partial(_instance, stem=file.stem, number=number, repositories=repositories)
            yield attempt(read, row, number, file.name)


def _instance(row: Row, stem: str, number: int, repositories: Mapping[str, Row]) -> Instance:
    name = text_of(row, "repo", default=stem)
    if name not in repositories:
        raise DatasetError(f"{REPOSITORIES} has no repository {name!r}")
    repository = repositories[name]
    root = text_of(repository, "benchmark_root", default="").strip("/")
    targets = [_target(item, root) for field in ("relevant", "secondary") for item in _list(row, field)]
    if not targets:
        raise DatasetError("field 'relevant' is empty: a query without an answer cannot be scored")
    return Instance(
        id=f"{stem}-{number}",
        repository=text_of(repository, "url"),
        base_commit=commit_of(repository, "revision"),
        text=text_of(row, "query"),
        gold_files=tuple(dict.fromkeys(target.path for target in targets)),
        gold_spans=tuple(target for target in targets if target.end_line),
        language=text_of(repository, "language", default=""),
        task="search",
        within=root,
        meta={"category": text_of(row, "category", default="")},
    )


def _list(row: Row, field: str) -> list[object]:
    value = row.get(field) or []
    if not isinstance(value, list):
        raise DatasetError(f"field {field!r} must be a list of paths or objects with 'path'")
    return value


def _target(item: object, root: str) -> Location:
    """A span; without lines it ends at line 0. Paths may be relative to the part that is searched."""
    row: dict[str, Any] = item if isinstance(item, dict) else {"path": item}
    path = paths_of({"path": [row.get("path")]}, "path")[0]
    if root and not PurePosixPath(path).is_relative_to(root):
        path = f"{root}/{path}"
    if row.get("start_line") is None or row.get("end_line") is None:
        return Location(path, 0, 0)
    try:
        start, end = int(row["start_line"]), int(row["end_line"])
    except (TypeError, ValueError):
        raise DatasetError(f"'start_line' and 'end_line' of {path} must be numbers") from None
    if not 1 <= start <= end:
        raise DatasetError(f"lines {start} to {end} of {path} are no span")
    return Location(path, start, end)
