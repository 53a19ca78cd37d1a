"""What reading a dataset yields besides instances."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from locant.eval.datasets.jsonlines import Row
from locant.eval.errors import DatasetError
from locant.eval.types import Instance

__all__ = ["Complaint", "Dataset", "attempt"]

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Complaint:
    """A row that is left out, and why. `line` is that of the file, or the row's number."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows of one dataset, in order, with what could not be read. `fingerprint` names the content."""

    name: str
    fingerprint: str
    instances: tuple[Instance, ...]
    complaints: tuple[Complaint, ...]


def attempt(read: Callable[[Row], Read], row: Row | str, line: int, file: str = "") -> Read | Complaint:
    """What a row reads as, or the complaint about it, with the name of its file where there are several."""
    where = f"{file}: " if file else ""
    if isinstance(row, str):
        return Complaint(line, f"{where}{row}")
    try:
        return read(row)
    except DatasetError as error:
        return Complaint(line, f"{where}{error}")
