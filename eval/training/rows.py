"""Rows of one anchor: what each following commit says, and the places that it changed, in the anchor's own tree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from locant.eval.datasets.diff import Change, parse_diff
from locant.eval.datasets.gold import functions_changed
from locant.eval.mining.history import Commit, read_blobs
from locant.eval.mining.mine import ID_LENGTH, rows_of, title_of
from locant.eval.repositories.git import run_git
from locant.eval.sources import list_blobs
from locant.eval.training.anchors import Anchor
from locant.eval.training.lines import line_map
from locant.eval.types import Instance
from locant.indexer.syntax.parse import parse_file
from locant.types import Location

__all__ = ["MOVED", "NEW_FILE", "NEW_LINES", "RELEASE", "anchor_rows", "asked"]

NEW_FILE = "a gold file is not there at the anchor"
NEW_LINES = "what it changed is not there at the anchor"
RELEASE = "a release"
MOVED = "file edited since the anchor"
"""Reasons why a row is left out, and the mark of rows whose lines had to be carried back."""

BATCH = 100
"""Commits whose patches are read at a time: they often give all the rows that an anchor needs."""

_NUMBERS = re.compile(
    r"\s*\(\s*(?:(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?|refs?|see|related to|part of|issue|pr)\b:?\s*)?"
    r"(?:[\w.-]+/[\w.-]+)?(?:#|gh-)\d+\s*\)"
    r"|https?://\S+/(?:issues?|pull|pulls|merge_requests|bugs?)/\d+\S*"
    r"|\b[\w.-]+/[\w.-]+#\d+\b|(?<!\w)#\d+\b|\bgh-\d+\b",
    re.IGNORECASE,
)


_RELEASE = re.compile(r"\bversion bump|\bbump(?:ed|ing|s)?\b.{0,30}\bversion|^(?:upgrade|update) to\b", re.IGNORECASE)
_RULE = re.compile(r"[-=*_]{3,}")


@dataclass(frozen=True, slots=True)
class _Gold:
    """Where a row's commit changed one file, in the anchor's lines; `moved` if they had to be carried back."""

    path: str
    changes: Sequence[Change]
    moved: bool


def anchor_rows(
    git: Path, anchor: Anchor, owners: Mapping[str, str], repository: str, limit: int, left_out: Counter[str]
) -> list[Instance]:
    """The nearest commits that make a row, so many at most; each asked on the anchor's tree.

    left_out: gets one more for every commit that makes no row, and for `MOVED`, which is a count of kept rows.
    """
    tree = list_blobs(git, anchor.commit.id)
    kept: list[tuple[Instance, list[_Gold]]] = []
    for commits in _batches(anchor.following):
        found = rows_of(git, commits, owners, repository, left_out)
        for row, gold in zip(found, _golds(git, found, tree), strict=True):
            if isinstance(gold, str):
                left_out[gold] += 1
                continue
            kept.append((row, gold))
            left_out[MOVED] += any(item.moved for item in gold)
            if len(kept) == limit:
                return list(_settled(git, anchor.commit.id, tree, kept))
    return list(_settled(git, anchor.commit.id, tree, kept))


def _batches(steps: Sequence[Sequence[Commit]]) -> Iterator[list[Commit]]:
    """Commits in order; a merge and what it brought stay together, so that no change becomes two rows."""
    batch: list[Commit] = []
    for step in steps:
        batch += step
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def asked(text: str) -> str:
    """A message as somebody would ask who knows no number of an issue or pull request yet.

    A squashed pull request repeats its title as the first of its commits: that says nothing twice.
    """
    title, *body = (re.sub(r"(?<=\S)[ \t]{2,}", " ", _NUMBERS.sub("", line)).rstrip() for line in text.splitlines())
    said = [line for line in body if line.lstrip("*- ") != title.strip() and not _RULE.fullmatch(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join([title, *said])).strip()


def _golds(git: Path, rows: Sequence[Instance], tree: Mapping[str, str]) -> Iterator[list[_Gold] | str]:
    """For each row its places at the anchor, or why it has none; lazily, since finding them runs git."""
    wanted = [f"{row.base_commit}:{path}" for row in rows for path in row.gold_files]
    before = dict(zip(wanted, _blob_ids(git, wanted), strict=True))
    for row in rows:
        if _RELEASE.search(title_of(row.text)):
            yield RELEASE
            continue
        if any(path not in tree for path in row.gold_files):
            yield NEW_FILE
            continue
        changes = {file.old_path: file.changes for file in parse_diff(row.patch)}
        places = [_gold(git, path, changes[path], tree, before[f"{row.base_commit}:{path}"]) for path in row.gold_files]
        yield places if all(place.changes for place in places) else NEW_LINES


def _gold(git: Path, path: str, changes: Sequence[Change], tree: Mapping[str, str], before: str) -> _Gold:
    mapped = line_map(git, tree[path], before).changes(changes)
    return _Gold(path, mapped, moved=tree[path] != before)


def _blob_ids(git: Path, names: Sequence[str]) -> list[str]:
    """Ids of objects named `COMMIT:PATH`."""
    asked = "\n".join(name if "\n" not in name else "missing" for name in names)
    said = run_git(git, "cat-file", "--batch-check=%(objectname)", given=asked.encode("utf-8", "surrogateescape"))
    return said.splitlines() if names else []


def _settled(
    git: Path, anchor: str, tree: Mapping[str, str], kept: Sequence[tuple[Instance, list[_Gold]]]
) -> Iterator[Instance]:
    """Rows with their functions; each file of the anchor is parsed once."""
    paths = sorted({gold.path for _, golds in kept for gold in golds})
    sources = dict(zip(paths, read_blobs(git, [tree[path] for path in paths]), strict=True))
    parsed = {path: parse_file(path, source) for path, source in sources.items()}
    for row, golds in kept:
        functions: dict[str, None] = {}
        for gold in golds:
            text = sources[gold.path].decode("utf-8", "replace")
            names = functions_changed(parsed[gold.path], text, gold.changes)
            functions.update(dict.fromkeys(f"{gold.path}:{name}" for name in names))
        text = asked(row.text)
        yield replace(
            row,
            id=f"{row.repository}@{row.id[:ID_LENGTH]}",
            base_commit=anchor,
            text=text,
            gold_functions=tuple(functions),
            gold_spans=tuple(Location(g.path, max(1, c.start), max(1, c.end)) for g in golds for c in g.changes),
            patch="",
            meta={**row.meta, "title": title_of(text), "commit": row.id},
        )
