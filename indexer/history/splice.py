"""A state of history made of an older one and of commits that it lacks, without taking either apart.

Only arrays are moved: ten thousand commits are spliced in some 20 ms, where making objects of them takes 200.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from locant.indexer.history.records import HistoryState, Said
from locant.indexer.history.said import spans
from locant.numeric import Ints, Mask

__all__ = ["commit_ids", "splice"]


def commit_ids(state: HistoryState) -> list[str]:
    """Ids of a state's commits in hex, in its order."""
    width = 2 * state.commits.shape[1]
    digits = state.commits.tobytes().hex()
    return [digits[at : at + width] for at in range(0, len(digits), width)]


def splice(old: HistoryState, fresh: HistoryState, ids: Sequence[str]) -> HistoryState:
    """The commits `ids`, in that order, each from one of two states; ids that neither has are passed over.

    What concerns the log as a whole (head, limit, boundary, note) is that of `fresh`.
    """
    states = (old, fresh)
    row_of = {name: row for row, name in enumerate(chain.from_iterable(map(commit_ids, states)))}
    rows = np.array([row_of[name] for name in ids if name in row_of], dtype=np.int64)
    paths = sorted({*old.paths, *fresh.paths})
    sizes = np.concatenate([np.diff(state.starts) for state in states])
    files = np.concatenate([_renumbered(state, state.files, paths) for state in states])
    renames = _renames(states, paths, rows, len(sizes))
    files = files[spans(np.cumsum(sizes) - sizes, sizes, rows)]
    used = np.zeros(len(paths), dtype=np.bool_)
    used[files] = True
    used[renames[:, 1:].ravel()] = True
    number = np.cumsum(used, dtype=np.int32) - 1
    renames[:, 1:] = number[renames[:, 1:]]
    return replace(
        fresh,
        commits=np.concatenate([state.commits for state in states if len(state.commits)] or [fresh.commits])[rows],
        times=np.concatenate([state.times for state in states])[rows],
        starts=np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes[rows], dtype=np.int64)]),
        files=number[files],
        paths=_chosen(paths, used),
        renames=renames,
        said=_said([state.said for state in states], rows),
    )


def _renumbered(state: HistoryState, files: Ints, paths: Sequence[str]) -> Ints:
    """Files of a state as numbers of a table that has all its paths; ascending ones stay so, both being sorted."""
    number = {path: i for i, path in enumerate(paths)}
    table: Ints = np.fromiter((number[path] for path in state.paths), dtype=np.int32, count=len(state.paths))
    return table[files]


def _said(parts: Sequence[Said], rows: Ints) -> Said:
    """Words of the rows, in one vocabulary without what no row says."""
    terms = sorted({term for part in parts for term in part.terms})
    number = {term: i for i, term in enumerate(terms)}
    tables = [np.fromiter((number[term] for term in part.terms), np.int32, len(part.terms)) for part in parts]
    sizes = np.concatenate([np.diff(part.starts) for part in parts])
    words = np.concatenate([table[part.words] for table, part in zip(tables, parts, strict=True)])
    words = words[spans(np.cumsum(sizes) - sizes, sizes, rows)]
    used = np.zeros(len(terms), dtype=np.bool_)
    used[words] = True
    renumbered = np.cumsum(used, dtype=np.int32) - 1
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes[rows], dtype=np.int64)])
    return Said(_chosen(terms, used), starts, renumbered[words])


def _renames(states: Sequence[HistoryState], paths: Sequence[str], rows: Ints, total: int) -> Ints:
    """Renames of the rows that are kept, by their new place, then by name."""
    place = np.full(total, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    parts, before = [], 0
    for state in states:
        moved = np.empty((len(state.renames), 3), dtype=np.int32)
        moved[:, 0] = place[state.renames[:, 0] + before]
        moved[:, 1:] = _renumbered(state, state.renames[:, 1:], paths)
        parts.append(moved[moved[:, 0] >= 0])
        before += len(state.times)
    renames = np.concatenate(parts)
    ordered: Ints = renames[np.lexsort((renames[:, 2], renames[:, 1], renames[:, 0]))]
    return ordered


def _chosen(paths: Sequence[str], used: Mask) -> tuple[str, ...]:
    return tuple(path for path, wanted in zip(paths, used.tolist(), strict=True) if wanted)
