"""Anchors: the commits at whose trees rows are asked, each with the commits that follow it.

One index per anchor serves all its rows, which makes training data cheap. Everything that a ranker sees (files, change
counts, recency) is as of the anchor; rows are what came after it. Windows of anchors do not overlap.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from locant.eval.mining.history import Commit

__all__ = ["Anchor", "choose_anchors", "main_line"]

MAX_LINE = 6_000
"""Newest commits of the main line that are used: older code has little left in common with the present."""

YOUNG = 300
"""Commits before the first anchor: change counts and recency say nothing in a young tree ..."""

YOUNG_SHARE = 0.3
"""... but a short history keeps most of itself."""

STRIDE = 80
"""Commits between two anchors at least: about as many as give a full window of rows."""

MAX_WINDOW = 400
"""Commits after an anchor that are looked at: further on, the tree is another one."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A commit, and what follows on the main line, oldest first: each a merge after what it brought, or one commit."""

    commit: Commit
    following: tuple[tuple[Commit, ...], ...]


def main_line(commits: Sequence[Commit]) -> list[Commit]:
    """First parents from the newest commit, oldest first."""
    known = {commit.id: commit for commit in commits}
    line: list[Commit] = []
    at = commits[0].id if commits else ""
    while at in known:
        line.append(known[at])
        at = next(iter(known[at].parents), "")
    return line[::-1]


def choose_anchors(commits: Sequence[Commit], owners: Mapping[str, str], count: int, seed: int) -> list[Anchor]:
    """Anchors spread over the history, oldest first; fewer, or none, where it is short.

    Args:
        commits: all of them, newest first.
        owners: commit -> the merge on the main line that brought it.
        count: anchors at most.
        seed: moves each anchor within its stretch of the history.

    """
    line = main_line(commits)
    first = max(len(line) - MAX_LINE, min(YOUNG, int(YOUNG_SHARE * len(line))))
    stretches = max(1, min(count, (len(line) - first) // STRIDE))
    width = (len(line) - 1 - first) // stretches
    if width < 1:
        return []
    brought = defaultdict(list)
    for commit in reversed(commits):
        if owner := owners.get(commit.id):
            brought[owner].append(commit)
    chooser = random.Random(seed)  # noqa: S311 - a sample, not a secret
    slack = max(0, width - STRIDE)
    starts = [first + stretch * width + chooser.randint(0, slack) for stretch in range(stretches)]
    ends = [*starts[1:], len(line) - 1]
    return [_anchor(line, start, end, brought) for start, end in zip(starts, ends, strict=True)]


def _anchor(line: Sequence[Commit], start: int, end: int, brought: Mapping[str, list[Commit]]) -> Anchor:
    following: list[tuple[Commit, ...]] = []
    left = MAX_WINDOW
    for commit in line[start + 1 : end + 1]:
        step = (*brought.get(commit.id, ()), commit)
        left -= len(step)
        if left < 0:
            break
        following.append(step)
    return Anchor(line[start], tuple(following))
