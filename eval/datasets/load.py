"""Reads a dataset file, whatever known format it is in; a malformed row costs that row and is reported."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from locant.eval.datasets.jsonlines import read_rows
from locant.eval.datasets.own import from_own
from locant.eval.datasets.public import from_labels, from_multi_swe_bench, from_swe_bench
from locant.eval.errors import DatasetError
from locant.eval.types import Instance

__all__ = ["FORMATS", "Complaint", "Dataset", "Format", "load_dataset"]


@dataclass(frozen=True, slots=True)
class Format:
    """A row format: known by its fields, turned into an instance by `read`."""

    name: str
    fields: frozenset[str]
    read: Callable[[Mapping[str, object]], Instance]


_ISSUE = frozenset({"instance_id", "repo", "base_commit", "problem_statement"})

FORMATS = (
    Format("locant", frozenset({"id", "repository", "base_commit", "text", "gold_files"}), from_own),
    Format("labels", _ISSUE | {"gold_files"}, from_labels),
    Format("multi-swe-bench", frozenset({"org", "repo", "base", "fix_patch", "resolved_issues"}), from_multi_swe_bench),
    Format("swe-bench", _ISSUE | {"patch"}, from_swe_bench),
)
"""Tried in order: a row with labels is taken at its labels even if it also has a patch."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """A row that is left out, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows of one file, in order, with what could not be read. `fingerprint` names the content."""

    name: str
    fingerprint: str
    instances: tuple[Instance, ...]
    complaints: tuple[Complaint, ...]


def load_dataset(path: Path) -> Dataset:
    """Read a JSON-lines file of any known format; raises only when the file itself cannot be read."""
    instances: dict[str, Instance] = {}
    complaints: list[Complaint] = []
    for number, row in read_rows(path):
        found = _read(row)
        if isinstance(found, str):
            complaints.append(Complaint(number, found))
        elif found.id in instances:
            complaints.append(Complaint(number, f"a second row has the id {found.id!r}"))
        else:
            instances[found.id] = found
    name = path.name.removesuffix(".gz").removesuffix(".jsonl")
    return Dataset(name, hashlib.sha256(path.read_bytes()).hexdigest(), tuple(instances.values()), tuple(complaints))


def _read(row: Mapping[str, object] | str) -> Instance | str:
    """An instance, or why there is none."""
    if isinstance(row, str):
        return row
    for known in FORMATS:
        if known.fields <= row.keys():
            try:
                return known.read(row)
            except DatasetError as error:
                return str(error)
    nearest = min(FORMATS, key=lambda known: len(known.fields - row.keys()))
    missing = ", ".join(sorted(nearest.fields - row.keys()))
    return f"no known format; nearest is {nearest.name!r}, which also needs: {missing}"
