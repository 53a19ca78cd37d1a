"""Makes a dataset from a repository's own history: a commit's message, and the places that it changed.

The text is weaker than an issue (it is written with the fix at hand), so figures on mined rows compare systems on
*this* code; they are not comparable with issue benchmarks. Rows whose text names a gold file are kept and split off
in the report.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from locant.eval.datasets.diff import FileDiff, parse_diff
from locant.eval.errors import DatasetError
from locant.eval.mining.history import Commit, read_commits
from locant.eval.mining.message import is_chore, issue_text
from locant.eval.repositories.mirrors import git_folder
from locant.eval.scope import is_candidate, language_of
from locant.eval.types import Instance
from locant.types import Location

__all__ = ["DEFAULT_COMMITS", "Mined", "mine"]

MAX_FILES = 3
"""Changed source files of a row: commits that touch more are about several places, or about none."""

MAX_LINES = 300
"""Old lines changed: beyond, it is a rewrite or a move."""

DEFAULT_COMMITS = 5_000
"""Commits looked at: older code has little left in common with the present."""


@dataclass
class Mined:
    """Rows in order of time, newest first, and how many commits fell to each filter."""

    rows: tuple[Instance, ...] = ()
    left_out: Counter[str] = field(default_factory=Counter)


def mine(path: Path, count: int = 100, seed: int = 0, commits: int = DEFAULT_COMMITS) -> Mined:
    """Mine a repository; the same repository, commit and seed give the same rows."""
    git = git_folder(path)
    if git is None:
        raise DatasetError(f"{path} is no git repository: give its root folder, or a bare clone")
    mined = Mined()
    found = list(_rows(read_commits(git, limit=commits), str(path.resolve()), mined.left_out))
    if len(found) > count:
        kept = sorted(random.Random(seed).sample(range(len(found)), count))  # noqa: S311 - a sample, not a secret
        mined.left_out["sampled out"] = len(found) - count
        found = [found[i] for i in kept]
    mined.rows = tuple(found)
    return mined


def _rows(commits: Iterable[Commit], repository: str, left_out: Counter[str]) -> Iterator[Instance]:
    seen: set[str] = set()
    for commit in commits:
        row = _row(commit, repository)
        if isinstance(row, Instance) and row.text not in seen:
            seen.add(row.text)  # backports repeat a message with the same change
            yield row
        else:
            left_out["repeated message" if isinstance(row, Instance) else row] += 1


def _row(commit: Commit, repository: str) -> Instance | str:
    """A row, or the filter that left the commit out."""
    if is_chore(commit.author, commit.message):
        return "chore"
    text = issue_text(commit.message)
    if not text:
        return "message says too little"
    changed = [file for file in parse_diff(commit.patch) if is_candidate(file.old_path or file.new_path or "")]
    gold = {file.old_path: file for file in changed if file.old_path and file.changes}
    if not gold:
        return "no source file that was there before"
    lines = sum(change.end - change.start + 1 for file in gold.values() for change in file.changes)
    if len(changed) > MAX_FILES or lines > MAX_LINES:
        return "bulk edit"
    return _instance(commit, repository, text, gold)


def _instance(commit: Commit, repository: str, text: str, gold: Mapping[str, FileDiff]) -> Instance:
    languages = {language_of(path) for path in gold}
    return Instance(
        id=commit.id[:12],
        repository=repository,
        base_commit=commit.parent,
        text=text,
        gold_files=tuple(gold),
        gold_spans=tuple(Location(path, c.start, c.end) for path, file in gold.items() for c in file.changes),
        patch=commit.patch,
        language=languages.pop() if len(languages) == 1 else "",
        meta={"time": str(commit.time)},
    )
