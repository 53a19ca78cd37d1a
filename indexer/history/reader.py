"""Reads the log while files are parsed, and only what is new of it.

A rebuild reads the newest commits in one `git log`. An update lists their ids, which costs no diffs (a fifth
of the time), and has only those diffed that the last state does not hold. What a rebuild would
hold is thus known, so the update equals it after a commit, an amend, a rebase or a switch of branch alike.

Files moved without a change keep their history (`-M100%` compares ids and costs nothing; looking for moves with
changes would read every blob, and make a partial clone fetch them). Merges say nothing that their parents
do not. A submodule's own log is not read: its files have no history here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from locant.indexer.history.git import GitError, GitProcess
from locant.indexer.history.log import (
    LIST_FORMAT,
    LOG_FORMAT,
    Commit,
    LogHead,
    build_state,
    parse_list,
    parse_log,
    parse_time,
)
from locant.indexer.history.records import HistoryLimits, HistoryState, empty_history
from locant.indexer.history.splice import commit_ids, splice

__all__ = ["HistoryReader", "read_history"]

LOG = ("log", "--no-merges", "--no-color", "--no-show-signature", "--no-notes", "--no-ext-diff", "--no-textconv")
DIFFS = ("-z", "--name-status", "-M100%", "--no-relative", f"--format={LOG_FORMAT}")

SHALLOW_NOTE = "shallow clone: history reaches back only to where it was cut off"
START_SECONDS = 10.0
"""For the two questions that are asked before the log is started; they take milliseconds."""


class HistoryReader:
    """Starts git at once, is asked for the result later, and kills git when closed before."""

    def __init__(self, root: Path, since: HistoryState | None = None, limits: HistoryLimits | None = None) -> None:
        self._root = root
        self._limits = limits or HistoryLimits()
        self._since = since if since is not None and since.max_commits == self._limits.max_commits else None
        self._head: LogHead | None = None
        self._process: GitProcess | None = None
        self._failure = ""
        self._state: HistoryState | None = None

    def start(self) -> HistoryReader:
        """Look where HEAD is, and start reading when it has moved."""
        try:
            self._head = _read_head(self._root)
            if not self._is_current(self._head):
                self._process = GitProcess(self._root, self._arguments(self._head.id))
        except GitError as error:
            self._failure = f"no history: {error}"
        return self

    def result(self) -> HistoryState:
        """The state at the HEAD that `start` saw; never an exception, an empty state has a note."""
        if self._state is None:
            if self._head is None and not self._failure:
                self.start()
            self._state = self._finish()
        return self._state

    def close(self) -> None:
        """Stop git if it still runs; a result that was not asked for by then is empty. May be called again."""
        if self._process is not None:
            self._process.close()
        if self._state is None:
            self._state = empty_history("no history: the reader was closed before it was read", self._limits)

    def __enter__(self) -> HistoryReader:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _finish(self) -> HistoryState:
        if self._head is None or self._failure:
            return empty_history(self._failure, self._limits)
        if self._process is None:
            assert self._since is not None
            return self._since
        try:
            return self._collect(self._head, self._process.output(self._limits.seconds))
        except GitError as error:
            return empty_history(f"no history: {error}", self._limits)

    def _is_current(self, head: LogHead) -> bool:
        return self._since is not None and (self._since.head, self._since.boundary) == (head.id, head.boundary)

    def _arguments(self, head: str) -> list[str]:
        shown = DIFFS if self._since is None else (f"--format={LIST_FORMAT}",)
        return [*LOG, *shown, f"--max-count={self._limits.max_commits}", head, "--"]

    def _collect(self, head: LogHead, output: bytes) -> HistoryState:
        note = SHALLOW_NOTE if head.cut_off else ""
        if self._since is None:
            return build_state(head, list(parse_log(output)), self._limits, note)
        ids = [name for name in parse_list(output) if name not in head.cut_off]
        known = frozenset(commit_ids(self._since))
        fresh = build_state(head, self._read_commits([i for i in ids if i not in known]), self._limits, note)
        return splice(self._since, fresh, ids)

    def _read_commits(self, ids: Sequence[str]) -> Sequence[Commit]:
        if not ids:
            return ()
        wanted = "".join(f"{name}\n" for name in ids).encode("ascii")
        process = GitProcess(self._root, [*LOG, *DIFFS, "--no-walk=unsorted", "--stdin"], wanted)
        return list(parse_log(process.output(self._limits.seconds)))


def read_history(root: Path, since: HistoryState | None = None, limits: HistoryLimits | None = None) -> HistoryState:
    """The newest commits of the repository that holds `root`; `since` is the last state, reused where it fits."""
    with HistoryReader(root, since, limits) as reader:
        return reader.result()


def _read_head(root: Path) -> LogHead:
    line = _answer(root, "log", "-1", "--no-color", "--no-show-signature", f"--format={LIST_FORMAT}", "HEAD", "--")
    name, _, time = line.partition(" ")
    cut_off = _cut_off(root, _answer(root, "rev-parse", "--git-path", "shallow"))
    boundary = hashlib.sha256("\n".join(sorted(cut_off)).encode("ascii")).hexdigest() if cut_off else ""
    return LogHead(name, parse_time(time), boundary, cut_off)


def _answer(root: Path, *arguments: str) -> str:
    return GitProcess(root, arguments).output(START_SECONDS).decode("utf-8", "surrogateescape").rstrip("\n")


def _cut_off(root: Path, shallow_file: str) -> frozenset[str]:
    try:
        return frozenset((root / shallow_file).read_text("ascii").split())
    except (OSError, UnicodeDecodeError):
        return frozenset()
