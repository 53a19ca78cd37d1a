"""What agents read until the gold was on screen: one line for each row and agent, appended and synced one by one.

A run that is killed loses at most the line that was being written, and goes on with the same command.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from locant.eval.errors import RunFileError

__all__ = ["Reached", "Walk", "WalkFile"]

FORMAT = 1
"""Raised when a line's fields change their meaning."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Tokens that were read, and tools that were called, until all of a level was on screen."""

    tokens: int
    calls: int


@dataclass(frozen=True, slots=True)
class Walk:
    """One agent on one row; `reached` has each level that there is gold for, and None where `cap` came first.

    note: why there was no walk; then `reached` is empty.
    """

    instance: str
    repository: str
    agent: str
    cap: int
    reached: Mapping[str, Reached | None] = field(default_factory=dict)
    note: str = ""


class WalkFile:
    """Walks on disk, over one dataset and with one cap."""

    def __init__(self, path: Path, fingerprint: str, cap: int) -> None:
        """Begin a file, or go on with one.

        Raises:
            RunFileError: it is no file of walks, or one over other rows or with another cap.

        """
        self._path = path
        head = {"locant_walks": FORMAT, "fingerprint": fingerprint, "cap": cap}
        lines = self._whole_lines()
        if not lines:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{json.dumps(head)}\n", encoding="utf-8")
        elif lines[0] != head:
            raise RunFileError(f"{path} holds walks over other rows or with another --cap: give another --out")

    def append(self, walk: Walk) -> None:
        """Add one and wait until it is on disk."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(asdict(walk))}\n")
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> list[Walk]:
        """All of them."""
        return [_walk(row) for row in self._whole_lines()[1:]]

    def _whole_lines(self) -> list[dict[str, object]]:
        """Lines that were written to their end; a torn last one is cut off."""
        if not self._path.exists():
            return []
        whole, _, torn = self._path.read_bytes().rpartition(b"\n")
        if torn:
            os.truncate(self._path, len(whole) + bool(whole))
        try:
            rows = [json.loads(line) for line in whole.splitlines()]
        except ValueError as error:
            raise RunFileError(f"{self._path} is no file of walks: {error}; give another --out") from error
        if not all(isinstance(row, dict) for row in rows):
            raise RunFileError(f"{self._path} is no file of walks; give another --out")
        return rows


def _walk(row: dict[str, object]) -> Walk:
    found = row.pop("reached")
    assert isinstance(found, dict)
    return Walk(**row, reached={level: Reached(**one) if one else None for level, one in found.items()})  # type: ignore[arg-type]
