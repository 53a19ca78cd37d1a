"""A run file: a header, then one JSON line for each instance and system, appended and synced one by one.

Killing a run loses at most the line that was being written; the next start cuts it off and goes on. When a
pair occurs twice (a failure that was tried again), the later line counts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from filelock import FileLock

from locant.eval.errors import RunFileError
from locant.eval.types import Outcome

__all__ = ["FORMAT", "Header", "Run", "RunFile", "merge_runs"]

FORMAT = 1
"""Raised when a line's fields change their meaning; other versions are refused, not guessed."""

_LISTS = ("files", "functions", "modules", "spans")
_TUPLES = (*_LISTS, *(f"gold_{name}" for name in _LISTS))
_FIELDS = frozenset(field.name for field in fields(Outcome))


@dataclass(frozen=True, slots=True)
class Header:
    """Which dataset a run is over; `left_out` counts rows that could not be read."""

    dataset: str
    fingerprint: str
    instances: int
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """A run file's content: the last outcome of each (system, instance), in order of first appearance."""

    path: Path
    header: Header
    outcomes: tuple[Outcome, ...]

    @property
    def systems(self) -> tuple[str, ...]:
        """Names of the systems, in order of first appearance."""
        return tuple(dict.fromkeys(outcome.system for outcome in self.outcomes))

    def of(self, system: str) -> dict[str, Outcome]:
        """Instance id -> outcome of one system."""
        return {outcome.instance: outcome for outcome in self.outcomes if outcome.system == system}


def merge_runs(runs: Sequence[Run]) -> Run:
    """Several runs over one dataset as one; a system that an earlier run has as well gets its file's name added."""
    first, taken = runs[0], set(runs[0].systems)
    outcomes = list(first.outcomes)
    for run in runs[1:]:
        if run.header.fingerprint != first.header.fingerprint:
            raise RunFileError(f"{run.path} is over another dataset than {first.path}: report them apart")
        names = {name: f"{name} ({run.path.stem})" if name in taken else name for name in run.systems}
        outcomes.extend(replace(outcome, system=names[outcome.system]) for outcome in run.outcomes)
        taken.update(names.values())
    return Run(first.path, first.header, tuple(outcomes))


@dataclass(frozen=True, slots=True)
class RunFile:
    """Reads and appends; safe for several processes at a time."""

    path: Path

    def start(self, header: Header) -> None:
        """Write the header of a new file, or check that an existing one is over the same dataset."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock():
            self._cut_torn_line()
            if not self.path.exists() or self.path.stat().st_size == 0:
                self._write({"locant_run": FORMAT} | asdict(header))
                return
        existing = self.read().header
        if existing.fingerprint != header.fingerprint:
            raise RunFileError(
                f"{self.path} is a run over {existing.dataset!r} with other content than {header.dataset!r}: "
                "give another output file, or delete this one"
            )

    def append(self, outcome: Outcome) -> None:
        """Add one outcome and wait until it is on disk."""
        with self._lock():
            self._cut_torn_line()
            self._write(asdict(outcome))

    def read(self) -> Run:
        """Everything that is whole; a torn last line is ignored, a bad one in the middle is an error."""
        try:
            lines = self.path.read_bytes().split(b"\n")[:-1]
        except OSError as error:
            raise RunFileError(f"cannot read the run file {self.path}: {error.strerror}") from error
        rows = [self._parse(number, line) for number, line in enumerate(lines, start=1)]
        if not rows:
            raise RunFileError(f"{self.path} is empty: it is no run file yet")
        return Run(self.path, self._header(rows[0]), tuple(self._latest(rows[1:])))

    def _lock(self) -> FileLock:
        return FileLock(f"{self.path}.lock")

    def _write(self, row: Mapping[str, object]) -> None:
        with self.path.open("ab") as file:
            file.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _cut_torn_line(self) -> None:
        if not self.path.exists():
            return
        with self.path.open("rb+") as file:
            size = file.seek(0, os.SEEK_END)
            if size == 0:
                return
            file.seek(size - 1)
            if file.read(1) != b"\n":
                file.seek(0)
                file.truncate(file.read().rfind(b"\n") + 1)

    def _parse(self, number: int, line: bytes) -> dict[str, object]:
        try:
            row = json.loads(line)
        except ValueError as error:
            raise RunFileError(f"{self.path}, line {number} is damaged: {error}. Remove that line.") from error
        if not isinstance(row, dict):
            raise RunFileError(f"{self.path}, line {number} is no JSON object. Remove that line.")
        return row

    def _header(self, row: dict[str, object]) -> Header:
        if row.pop("locant_run", None) != FORMAT:
            raise RunFileError(f"{self.path} is no run file of version {FORMAT}: run the evaluation anew")
        try:
            return Header(**row)  # type: ignore[arg-type]
        except TypeError as error:
            raise RunFileError(f"{self.path} has a damaged header: {error}. Run the evaluation anew.") from error

    def _latest(self, rows: Iterable[dict[str, object]]) -> Iterable[Outcome]:
        latest: dict[tuple[object, object], Outcome] = {}
        for row in rows:
            known = {name: value for name, value in row.items() if name in _FIELDS}
            for name in _TUPLES:
                value = known.get(name, ())
                known[name] = tuple(value) if isinstance(value, list) else ()
            try:
                outcome = Outcome(**known)  # type: ignore[arg-type]
            except TypeError as error:
                raise RunFileError(f"{self.path} has a line that is no outcome: {error}. Remove it.") from error
            latest[outcome.system, outcome.instance] = outcome
        return latest.values()
