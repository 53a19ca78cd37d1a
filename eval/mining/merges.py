"""Merged pull requests: what their merge commits say, and which commits they brought.

A pull request is closer to an issue than its single commits: one text for one purpose. Where the merge makes a row,
the commits that it brought make none, so that no change counts twice. Squashed pull requests are plain commits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from locant.eval.mining.history import Commit

__all__ = ["brought_by", "pull_request_text"]

_MERGES = (
    re.compile(r"Merge pull request #\d+ from \S+\s+(?P<text>.*)", re.DOTALL),  # GitHub
    re.compile(r"Merge branch '[^\n]*\n+(?P<text>.*?)\n*See merge request \S+!\d+", re.DOTALL),  # GitLab
    re.compile(r"Merged in \S+ \(pull request #\d+\)\s+(?P<text>.*)", re.DOTALL),  # Bitbucket
)


def pull_request_text(message: str) -> str:
    """Title and body of the pull request that a merge message names; empty for any other message."""
    found = next(filter(None, (pattern.match(message.strip()) for pattern in _MERGES)), None)
    return found["text"].strip() if found else ""


def brought_by(commits: Sequence[Commit]) -> dict[str, str]:
    """Commit -> the merge on the main line (first parents) that brought it; what stands on that line is not in it."""
    known = {commit.id: commit for commit in commits}
    line: list[Commit] = []
    at = commits[0].id if commits else ""
    while at in known:
        line.append(known[at])
        at = next(iter(known[at].parents), "")
    owners: dict[str, str] = {}
    main = {commit.id for commit in line}
    for merge in reversed(line):
        waiting = list(merge.parents[1:])
        while waiting:
            id_ = waiting.pop()
            if id_ in known and id_ not in main and id_ not in owners:
                owners[id_] = merge.id
                waiting.extend(known[id_].parents)
    return owners
