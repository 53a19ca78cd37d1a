"""Carries changed lines from one version of a file back to an older one.

A row's commit changed lines of its parent's tree; the row is asked on the anchor's tree, which is older. Lines that the
two versions share are known from their diff. A line that came after the anchor has no counterpart there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from locant.eval.datasets.diff import Change
from locant.eval.repositories.git import run_git

__all__ = ["LineMap", "line_map"]

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Old lines [old, old_end) became new lines [new, new_end); a side may be empty."""

    old: int
    old_end: int
    new: int
    new_end: int


@dataclass(frozen=True, slots=True)
class LineMap:
    """Lines of a newer version -> lines of an older one."""

    hunks: Sequence[_Hunk] = ()

    def line(self, number: int) -> int | None:
        """The line in the older version; None if it was put in later."""
        moved = 0
        for hunk in self.hunks:
            if number < hunk.new:
                break
            if number < hunk.new_end:  # replaced since: the line that stood in its place
                return min(hunk.old + number - hunk.new, hunk.old_end - 1) if hunk.old_end > hunk.old else None
            moved = hunk.old_end - hunk.new_end
        return number + moved

    def changes(self, changes: Iterable[Change]) -> list[Change]:
        """Changes in lines of the older version; what has no counterpart there is left out."""
        return [mapped for change in changes for mapped in self._mapped(change)] if self.hunks else list(changes)

    def _mapped(self, change: Change) -> Iterator[Change]:
        if change.inserted:
            line = self.line(change.start)
            if line is not None:
                yield Change(line, line, inserted=True, indent=change.indent)
            return
        lines = [line for number in range(change.start, change.end + 1) if (line := self.line(number)) is not None]
        start = 0
        for at in range(1, len(lines) + 1):  # runs: what was between two of them has gone since and was not changed
            if at == len(lines) or lines[at] > lines[at - 1] + 1:
                yield Change(lines[start], lines[at - 1], inserted=False, indent=change.indent)
                start = at


def line_map(git: Path, older: str, newer: str) -> LineMap:
    """How lines of a blob correspond to those of an older one."""
    if older == newer:
        return LineMap()
    text = run_git(git, "diff", "-U0", "--no-color", "--no-ext-diff", "--no-textconv", older, newer)
    return LineMap(tuple(map(_hunk, _HUNK.finditer(text))))


def _hunk(found: re.Match[str]) -> _Hunk:
    """Of `-o,c +n,d`; with a count of 0 the number is that of the line before."""
    old, old_count, new, new_count = (int(found[i]) if found[i] else 1 for i in range(1, 5))
    old += old_count == 0
    new += new_count == 0
    return _Hunk(old, old + old_count, new, new + new_count)
