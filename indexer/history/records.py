"""Records of history: what a repository's log says, and what that means for the files of one snapshot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from locant.numeric import Ints, Singles

__all__ = ["FileHistory", "HistoryLimits", "HistoryState", "PastChanges", "Said", "empty_history", "nothing_said"]


@dataclass(frozen=True, slots=True)
class HistoryLimits:
    """How much of the log is read.

    max_commits: newest commits that are no merges. Ten thousand of a repository of 24,000 take git 0.7 s, which
        parsing the files hides; older ones weigh next to nothing after the decay.
    seconds: after this long git is stopped and there is no history; a log that slow is on a sick disk.
    """

    max_commits: int = 10_000
    seconds: float = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """The words of commit messages: what was said when something was changed.

    terms: sorted, distinct, each in some message. starts, words: commit i has the terms
    `words[starts[i]:starts[i + 1]]`, ascending, none twice.
    """

    terms: tuple[str, ...]
    starts: Ints
    words: Ints


@dataclass(frozen=True, slots=True, eq=False)
class HistoryState:
    """The newest commits of one branch, as plain data that can be stored; the same for every way of getting there.

    head: commit that the log starts from, `""` when there is none; head_time: its time, POSIX seconds.
    boundary: digest of the list of commits where a shallow clone was cut off, `""` for a whole one.
    max_commits: the limit that it was read with.
    commits: ids as rows of bytes, newest first in git's order; times: POSIX seconds.
    starts, files: the paths of commit i are `files[starts[i]:starts[i + 1]]`, ascending.
    paths: sorted; relative to the repository's top, not to a sub-folder that is indexed.
    renames: rows (commit, old path, new path) of files moved without a change.
    said: words of the messages.
    note: why there is no history, or less than there was; empty when all is well.
    """

    head: str
    head_time: int
    boundary: str
    max_commits: int
    commits: Ints
    times: Ints
    starts: Ints
    files: Ints
    paths: tuple[str, ...]
    renames: Ints
    said: Said
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PastChanges:
    """Commits of a snapshot's files with what was said, newest first: those over a few files, with some words.

    starts, files: commit i changed the files `files[starts[i]:starts[i + 1]]`. days: age before HEAD (commits,).
    lengths: different words of its message (commits,). terms: sorted, distinct; the commits that say term t are
    `sayers[said_starts[t]:said_starts[t + 1]]`, ascending.
    """

    starts: Ints
    files: Ints
    days: Singles
    lengths: Ints
    terms: tuple[str, ...]
    said_starts: Ints
    sayers: Ints


@dataclass(frozen=True, slots=True, eq=False)
class FileHistory:
    """History of the files of one snapshot, aligned with its paths.

    changes: commits that touched the file. decayed: the same, each halved per half-life of age before HEAD.
    last_change: POSIX seconds, 0 when no commit that was read touched it.
    The files that changed together with file i stand in `partners[starts[i]:starts[i + 1]]`, strongest first;
    `joint` is in how many commits, `strength` that number over the smaller of the two files' own.
    past: the commits with their words.
    """

    changes: Ints
    decayed: Singles
    last_change: Ints
    starts: Ints
    partners: Ints
    joint: Ints
    strength: Singles
    past: PastChanges


def nothing_said(commits: int = 0) -> Said:
    """No message has a word."""
    return Said((), np.zeros(commits + 1, dtype=np.int64), np.zeros(0, dtype=np.int32))


def empty_history(note: str, limits: HistoryLimits | None = None) -> HistoryState:
    """A state without commits, which says why."""
    return HistoryState(
        head="",
        head_time=0,
        boundary="",
        max_commits=(limits or HistoryLimits()).max_commits,
        commits=np.zeros((0, 20), dtype=np.uint8),
        times=np.zeros(0, dtype=np.int64),
        starts=np.zeros(1, dtype=np.int64),
        files=np.zeros(0, dtype=np.int32),
        paths=(),
        renames=np.zeros((0, 3), dtype=np.int32),
        said=nothing_said(),
        note=note,
    )
