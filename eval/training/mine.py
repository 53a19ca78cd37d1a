"""Training rows from many clones: one dataset file per repository, and a record from which all of it can be rebuilt.

A repository's file is done when its record (`NAME.json`) stands beside it, so a run that was stopped goes on with the
next one. A text that several repositories have (forks, vendored code) stays in the first of them by name.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from locant.eval.datasets.jsonlines import read_rows, write_rows
from locant.eval.datasets.own import from_own, to_own
from locant.eval.errors import DatasetError
from locant.eval.mining.history import list_commits
from locant.eval.mining.merges import brought_by
from locant.eval.repositories.git import run_git, try_git
from locant.eval.scope import is_candidate, language_of
from locant.eval.training.anchors import choose_anchors
from locant.eval.training.clones import Clone
from locant.eval.training.rows import anchor_rows
from locant.eval.types import Instance

__all__ = ["MinedRecord", "Settings", "Task", "drop_repeated", "mine_clone", "read_records", "write_repositories"]

FULL_BYTES = 25_000_000
"""Source of a tree up to which all anchors are used; a larger one gets fewer, since each has to be indexed."""

MIN_ANCHORS = 2
"""Of a large repository: one would tie all its rows to one state."""

REPOSITORIES = "repositories.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """What rows depend on beside the history: anchors of each repository, rows of each anchor, and the seed."""

    anchors: int = 8
    rows: int = 40
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """A clone to be mined into a folder; `marked` repositories occur in the development rows."""

    clone: Clone
    out: Path
    settings: Settings
    marked: bool = False

    @property
    def rows_file(self) -> Path:
        """The repository's dataset."""
        return self.out / f"{self.clone.file_name}.jsonl"

    @property
    def record_file(self) -> Path:
        """Its record; the dataset is whole when this is there."""
        return self.out / f"{self.clone.file_name}.json"

    def is_done(self) -> bool:
        """Whether the same was mined before, from the same history."""
        try:
            said = json.loads(self.record_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        head = try_git(self.clone.git, "rev-parse", "HEAD").stdout.decode().strip()
        same = said.get("settings") == asdict(self.settings) and said.get("head") == head
        return same and self.rows_file.is_file()


@dataclass(frozen=True, slots=True)
class MinedRecord:
    """What was mined from a repository; with the settings and the clone it can be rebuilt."""

    repository: str
    head: str
    anchors: tuple[str, ...]
    rows: int
    languages: dict[str, int]
    settings: dict[str, int]
    development: bool
    left_out: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def mine_clone(task: Task) -> MinedRecord:
    """Mine one clone and write its rows and its record.

    Raises:
        DatasetError: the repository is held out.
        MirrorError: its history cannot be read.

    """
    if task.clone.held_out:
        raise DatasetError(f"{task.clone.held_out} is held out: no training row may come from it; leave it out")
    began = time.monotonic()
    git, name = task.clone.git, task.clone.name
    commits = list_commits(git)
    owners = brought_by(commits)
    left_out: Counter[str] = Counter()
    anchors = choose_anchors(commits, owners, _anchor_count(git, task.settings.anchors), task.settings.seed)
    found = [row for a in anchors for row in anchor_rows(git, a, owners, name, task.settings.rows, left_out)]
    rows = _distinct(found, left_out)
    record = MinedRecord(
        repository=name,
        head=commits[0].id if commits else "",
        anchors=tuple(anchor.commit.id for anchor in anchors),
        rows=len(rows),
        languages=_languages(rows),
        settings=asdict(task.settings),
        development=task.marked,
        left_out=dict(left_out.most_common()),
        seconds=round(time.monotonic() - began, 1),
    )
    task.out.mkdir(parents=True, exist_ok=True)
    _write_rows(task.rows_file, rows)
    _write_text(task.record_file, json.dumps(asdict(record), indent=1) + "\n")
    return record


def drop_repeated(out: Path) -> int:
    """Keep a text that several repositories have in the first of them by name alone; returns how many were dropped."""
    seen: set[str] = set()
    dropped = 0
    for file in sorted(out.glob("*.jsonl")):
        rows = _rows_in(file)
        kept = [row for row in rows if _digest(row.text) not in seen]
        seen.update(_digest(row.text) for row in kept)
        if len(kept) < len(rows):
            dropped += len(rows) - len(kept)
            _write_rows(file, kept)
            _correct_record(file.with_suffix(".json"), kept)
    return dropped


def read_records(out: Path) -> list[dict[str, object]]:
    """Records of all repositories in a folder, by name."""
    files = (file for file in sorted(out.glob("*.json")) if file.name != REPOSITORIES)
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def write_repositories(out: Path) -> Path:
    """Write the list of repositories, commits and counts from which the rows can be mined again; no text, no code."""
    kept = ("repository", "head", "anchors", "rows", "languages", "settings", "development")
    rows = [json.dumps({name: record[name] for name in kept}) for record in read_records(out) if record["rows"]]
    path = out / REPOSITORIES
    _write_text(path, "[\n" + ",\n".join(rows) + "\n]\n")
    return path


def _anchor_count(git: Path, wanted: int) -> int:
    """Anchors that a repository of this size gets."""
    total = 0
    for line in run_git(git, "ls-tree", "-r", "-z", "-l", "--full-tree", "HEAD").split("\0")[:-1]:
        described, _, path = line.partition("\t")
        size = described.split()[-1]
        if size.isdigit() and is_candidate(path):
            total += int(size)
    return wanted if total <= FULL_BYTES else max(min(MIN_ANCHORS, wanted), wanted * FULL_BYTES // total)


def _distinct(rows: Sequence[Instance], left_out: Counter[str]) -> list[Instance]:
    """Rows without those whose text an earlier anchor had."""
    kept = {_digest(row.text): row for row in reversed(rows)}
    left_out["repeated message at another anchor"] += len(rows) - len(kept)
    chosen = {row.id for row in kept.values()}
    return [row for row in rows if row.id in chosen]


def _digest(text: str) -> str:
    """Of a text's words alone: forks change case, blanks and numbers."""
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    return hashlib.sha256(" ".join(words).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _languages(rows: Iterable[Instance]) -> dict[str, int]:
    return dict(Counter(row.language or language_of(row.gold_files[0]) for row in rows).most_common())


def _rows_in(file: Path) -> list[Instance]:
    return [from_own(row) for _, row in read_rows(file) if not isinstance(row, str)]


def _correct_record(file: Path, rows: Sequence[Instance]) -> None:
    said = json.loads(file.read_text(encoding="utf-8"))
    said |= {"rows": len(rows), "languages": _languages(rows)}
    _write_text(file, json.dumps(said, indent=1) + "\n")


def _write_rows(file: Path, rows: Iterable[Instance]) -> None:
    temporary = file.with_name(f".{file.name}.part")
    write_rows(temporary, map(to_own, rows))
    temporary.replace(file)


def _write_text(file: Path, text: str) -> None:
    temporary = file.with_name(f".{file.name}.part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)
