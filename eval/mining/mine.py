"""Makes a dataset from a repository's own history: what a commit or a pull request says, and the places it changed.

The text is weaker than an issue (it is written with the fix at hand), so figures on mined rows compare systems on
*this* code; they are not comparable with issue benchmarks. Rows whose text names a gold file are kept and split off
in the report.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from locant.eval.datasets.diff import FileDiff, parse_diff
from locant.eval.datasets.gold import functions_changed
from locant.eval.errors import DatasetError
from locant.eval.mining.history import Commit, list_commits, read_blobs, read_patches
from locant.eval.mining.merges import brought_by, pull_request_text
from locant.eval.mining.message import is_chore, issue_text
from locant.eval.repositories.mirrors import git_folder
from locant.eval.scope import is_candidate, language_of
from locant.eval.types import Instance
from locant.indexer.syntax.parse import parse_file
from locant.indexer.walk import reasons
from locant.indexer.walk.content import classify
from locant.types import LeftOut, Location

__all__ = ["DEFAULT_COMMITS", "ID_LENGTH", "Mined", "git_directory_of", "mine", "rows_of", "sampled", "title_of"]

MAX_FILES = 3
"""Changed source files of a row: commits that touch more are about several places, or about none."""

MAX_LINES = 300
"""Old lines changed: beyond, it is a rewrite or a move."""

DEFAULT_COMMITS = 5_000
"""Commits looked at: older code has little left in common with the present."""

MAX_TITLE = 100
"""Characters of the text that a report shows beside a row's id."""

ID_LENGTH = 12
"""Of a commit id: enough to be unique in a dataset, short enough to read."""


@dataclass
class Mined:
    """Rows in order of time, newest first, and how many commits (or functions) fell to each filter."""

    rows: tuple[Instance, ...] = ()
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Told:
    """A commit that says enough, and what it says."""

    commit: Commit
    text: str


def mine(path: Path, count: int = 100, seed: int = 0, commits: int = DEFAULT_COMMITS, name: str = "") -> Mined:
    """Mine a repository; the same repository, commit and seed give the same rows.

    name: what rows call the repository, for datasets that others find clones for; its path if empty.
    """
    git = git_directory_of(path)
    listed = list_commits(git, limit=commits)
    mined = Mined()
    kept = rows_of(git, listed, brought_by(listed), name or str(path.resolve()), mined.left_out)
    mined.rows = tuple(_with_functions(git, sampled(kept, count, seed, mined.left_out), mined.left_out))
    return mined


def rows_of(
    git: Path, commits: Sequence[Commit], owners: Mapping[str, str], repository: str, left_out: Counter[str]
) -> list[Instance]:
    """Rows of those commits that say enough and change few places, in the given order, still without functions.

    owners: commit -> the merge that brought it. left_out: gets one more for every commit that makes no row.
    """
    told = list(_telling(commits, left_out))
    return _distinct(list(_rows(git, told, repository, left_out)), owners, left_out)


def git_directory_of(path: Path) -> Path:
    """The repository's git directory; raises where there is none."""
    git = git_folder(path)
    if git is None:
        raise DatasetError(f"{path} is no git repository: give its root folder, or a bare clone")
    return git


def sampled(rows: Sequence[Instance], count: int, seed: int, left_out: Counter[str]) -> list[Instance]:
    """So many rows at random, in their order."""
    if len(rows) <= count:
        return list(rows)
    left_out["sampled out"] = len(rows) - count
    kept = random.Random(seed).sample(range(len(rows)), count)  # noqa: S311 - a sample, not a secret
    return [rows[i] for i in sorted(kept)]


def title_of(text: str) -> str:
    """First line of a text, for a report."""
    return text.partition("\n")[0][:MAX_TITLE]


def _telling(commits: Sequence[Commit], left_out: Counter[str]) -> Iterator[_Told]:
    """Commits whose message says enough, judged before any patch is read."""
    for commit in commits:
        told = _told(commit)
        if isinstance(told, _Told):
            yield told
        else:
            left_out[told] += 1


def _told(commit: Commit) -> _Told | str:
    """A commit with its text, or the filter that left it out."""
    if not commit.parents:
        return "first commit"
    message = commit.message
    if len(commit.parents) > 1:
        message = pull_request_text(message)
        if not message:
            return "merge"
    if is_chore(commit.author, message):
        return "chore"
    text = issue_text(message)
    return _Told(commit, text) if text else "message says too little"


def _rows(git: Path, told: Sequence[_Told], repository: str, left_out: Counter[str]) -> Iterator[Instance]:
    patches = read_patches(git, [item.commit.id for item in told])
    for item, (_, patch) in zip(told, patches, strict=True):
        row = "content not in this clone" if patch is None else _row(item, patch, repository)
        if isinstance(row, Instance):
            yield row
        else:
            left_out[row] += 1


def _row(told: _Told, patch: str, repository: str) -> Instance | str:
    """A row, or the filter that left the commit out."""
    changed = [file for file in parse_diff(patch) if is_candidate(file.old_path or file.new_path or "")]
    gold = {file.old_path: file for file in changed if file.old_path and file.changes}
    if not gold:
        return "no source file that was there before"
    lines = sum(change.end - change.start + 1 for file in gold.values() for change in file.changes)
    if len(changed) > MAX_FILES or lines > MAX_LINES:
        return "bulk edit"
    return _instance(told, patch, repository, gold)


def _instance(told: _Told, patch: str, repository: str, gold: Mapping[str, FileDiff]) -> Instance:
    languages = {language_of(path) for path in gold}
    base, *others = told.commit.parents
    source = "pull request" if others else "commit"
    return Instance(
        id=told.commit.id[:ID_LENGTH],
        repository=repository,
        base_commit=base,
        text=told.text,
        gold_files=tuple(gold),
        gold_spans=tuple(Location(path, c.start, c.end) for path, file in gold.items() for c in file.changes),
        patch=patch,
        language=languages.pop() if len(languages) == 1 else "",
        meta={
            "time": str(told.commit.time),
            "source": source,
            "title": title_of(told.text),
        },
    )


def _distinct(found: Sequence[Instance], owners: Mapping[str, str], left_out: Counter[str]) -> list[Instance]:
    """Rows without the commits of a pull request that is a row itself, and without repeated messages (backports)."""
    merges = {row.id for row in found}
    short = {id_[:ID_LENGTH]: merge[:ID_LENGTH] for id_, merge in owners.items()}
    kept: dict[str, Instance] = {}
    for row in found:
        if short.get(row.id) in merges:
            left_out["part of a merged pull request"] += 1
        elif row.text in kept:
            left_out["repeated message"] += 1
        else:
            kept[row.text] = row
    return list(kept.values())


def _with_functions(git: Path, rows: Sequence[Instance], left_out: Counter[str]) -> Iterator[Instance]:
    """Rows with the functions that they changed, in every language that has a grammar.

    Nobody edits a generated file for its own sake: rows with one are left out.
    """
    wanted = [f"{row.base_commit}:{path}" for row in rows for path in row.gold_files]
    contents = dict(zip(wanted, read_blobs(git, wanted), strict=True))
    for row in rows:
        if any(_is_generated(path, contents[f"{row.base_commit}:{path}"]) for path in row.gold_files):
            left_out["generated file"] += 1
            continue
        changes = {file.old_path: file.changes for file in parse_diff(row.patch)}
        functions: dict[str, None] = {}
        for path in row.gold_files:
            source = contents[f"{row.base_commit}:{path}"]
            changed = functions_changed(parse_file(path, source), source.decode("utf-8", "replace"), changes[path])
            functions.update(dict.fromkeys(f"{path}:{name}" for name in changed))
        yield replace(row, gold_functions=tuple(functions))


def _is_generated(path: str, source: bytes) -> bool:
    judged = classify(path, source)
    return isinstance(judged, LeftOut) and judged.reason in (reasons.GENERATED, reasons.MINIFIED)
