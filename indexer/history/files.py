"""From commits to signals per file: how often, how recently, and together with what.

All ages count back from HEAD's own time, so that the same commit gives the same numbers on any day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from locant.indexer.history.records import FileHistory, HistoryState, PastChanges
from locant.indexer.history.said import spans
from locant.numeric import Ints, Singles

__all__ = ["HALF_LIFE_SECONDS", "MAX_FILES_TOGETHER", "MIN_JOINT", "file_history"]

HALF_LIFE_SECONDS = 180 * 86_400
"""Half a year: about how long a fault stays near recent work in the defect-prediction literature."""

DAY_SECONDS = 86_400

MAX_FILES_TOGETHER = 30
"""Commits over more files are renames, formatting and releases; they tie everything to everything
(the same cut as Zimmermann et al. 2005, "Mining version histories to guide software changes")."""

MIN_JOINT = 2
"""Two files in one commit once may be chance."""


@dataclass(frozen=True, slots=True)
class _Touches:
    """Pairs (commit, file of the snapshot), ordered by commit, no pair twice."""

    commit: Ints
    file: Ints


def file_history(state: HistoryState, paths: Sequence[str], prefix: str = "") -> FileHistory:
    """History of a snapshot's paths, which are relative to the folder `prefix` of the repository."""
    touches = _touches(state, _snapshot_index(state, paths, prefix), len(paths))
    n = len(paths)
    when = state.times[touches.commit]
    age = np.maximum(state.head_time - when, 0)
    last_change = np.zeros(n, dtype=np.int64)
    np.maximum.at(last_change, touches.file, when)
    small = _small_commits(state, touches)
    starts, partners, joint, strength = _partners(small, n)
    return FileHistory(
        changes=np.bincount(touches.file, minlength=n).astype(np.int32),
        decayed=np.bincount(touches.file, weights=0.5 ** (age / HALF_LIFE_SECONDS), minlength=n).astype(np.float32),
        last_change=last_change,
        starts=starts,
        partners=partners,
        joint=joint,
        strength=strength,
        past=_past(state, small),
    )


def _snapshot_index(state: HistoryState, paths: Sequence[str], prefix: str) -> Ints:
    """For each path of the log the file of the snapshot that it is now, or -1."""
    folder = prefix.strip("/")
    below = f"{folder}/" if folder else ""
    present = {below + path: i for i, path in enumerate(paths)}
    now = dict[str, str]()
    for _, old, new in state.renames.tolist():
        now.setdefault(state.paths[old], state.paths[new])
    found = (present.get(_current_name(path, present, now), -1) for path in state.paths)
    return np.fromiter(found, dtype=np.int64, count=len(state.paths))


def _current_name(path: str, present: Mapping[str, int], now: Mapping[str, str]) -> str:
    """Follow moves until a name that exists; a name that is in use again is taken for the same file."""
    seen = {path}
    while path not in present and path in now and now[path] not in seen:
        path = now[path]
        seen.add(path)
    return path


def _touches(state: HistoryState, snapshot_index: Ints, n: int) -> _Touches:
    commit = np.repeat(np.arange(len(state.times), dtype=np.int64), np.diff(state.starts))
    file = snapshot_index[state.files]
    known = file >= 0
    both = np.unique(commit[known] * max(n, 1) + file[known])
    return _Touches(both // max(n, 1), both % max(n, 1))


def _small_commits(state: HistoryState, touches: _Touches) -> _Touches:
    small = (np.diff(state.starts) <= MAX_FILES_TOGETHER)[touches.commit]
    return _Touches(touches.commit[small], touches.file[small])


def _past(state: HistoryState, touches: _Touches) -> PastChanges:
    """The commits of these touches that say something, with what they say."""
    said = state.said
    spoken = np.diff(said.starts)
    commits, place = np.unique(touches.commit, return_inverse=True)
    heard = spoken[commits] > 0
    touched = heard[place]
    commits = commits[heard]
    own = np.bincount((np.cumsum(heard) - 1)[place[touched]], minlength=len(commits))
    words = said.words[spans(said.starts[:-1], spoken, commits)]
    order = np.argsort(words, kind="stable")  # by term, then by commit
    sayers = np.repeat(np.arange(len(commits)), spoken[commits])[order]
    used, counts = np.unique(words, return_counts=True)
    return PastChanges(
        starts=np.concatenate(([0], np.cumsum(own))).astype(np.int64),
        files=touches.file[touched].astype(np.int32),
        days=(np.maximum(state.head_time - state.times[commits], 0) / DAY_SECONDS).astype(np.float32),
        lengths=spoken[commits].astype(np.int32),
        terms=tuple(said.terms[term] for term in used.tolist()),
        said_starts=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        sayers=sayers.astype(np.int32),
    )


def _partners(touches: _Touches, n: int) -> tuple[Ints, Ints, Ints, Singles]:
    pairs, joint = np.unique(_pairs(touches, n), return_counts=True)
    kept = joint >= MIN_JOINT
    source, target, joint = pairs[kept] // max(n, 1), pairs[kept] % max(n, 1), joint[kept]
    own = np.bincount(touches.file, minlength=n)
    strength = joint / np.minimum(own[source], own[target])
    order = np.lexsort((target, -joint, -strength, source))
    starts = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(source, minlength=n), out=starts[1:])
    return starts, target[order].astype(np.int32), joint[order].astype(np.int32), strength[order].astype(np.float32)


def _pairs(touches: _Touches, n: int) -> Ints:
    """`a * n + b` for every ordered pair of different files of one commit, over all commits."""
    _, first, size = np.unique(touches.commit, return_index=True, return_counts=True)
    times = np.repeat(size, size)
    source = np.repeat(touches.file, times)
    within = np.arange(len(source), dtype=np.int64) - np.repeat(np.cumsum(times) - times, times)
    target = touches.file[np.repeat(np.repeat(first, size), times) + within]
    different = source != target
    pairs: Ints = source[different] * n + target[different]
    return pairs
