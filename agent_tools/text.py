"""How foreign text stands in an answer: as data, in marks, on numbered lines, with nothing in it that steers a reader.

A line of code always begins with its number, so no text in a repository can close the marks around it or pass for
something that the tool says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from locant.retriever.reading.visible import visible
from locant.retriever.reasons import reasons
from locant.types import Evidence, Freshness

__all__ = ["code_block", "count", "freshness_lines", "one_line", "place", "why"]

MAX_LINE = 400
"""Characters of one line: longer ones are data, not code that is read."""

TOLD_SIGNALS = 3
"""Reasons of one hit: three are read, nine are not."""

TOLD_STALE = 5
"""Changed paths that are named; the rest is counted."""

SHORT_COMMIT = 10


def one_line(text: str) -> str:
    """Foreign text for the middle of a line, such as a path or a name."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def count(number: int, noun: str) -> str:
    """`1 file`, `12 files`, `2 matches`."""
    plural = f"{noun}es" if noun.endswith(("ch", "s")) else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def place(path: str, start: int, end: int) -> str:
    """`src/retry.py:4-6`, or `src/retry.py:4` for one line."""
    return f"{one_line(path)}:{start}" + (f"-{end}" if end > start else "")


def code_block(path: str, numbered: Sequence[tuple[int, str]]) -> str:
    """Lines of one file in marks; `numbered` is not empty, its numbers ascend."""
    first, last = numbered[0][0], numbered[-1][0]
    name = one_line(path).replace('"', '\\"')
    digits = len(str(last))
    body = "\n".join(f"{number:>{digits}}| {_cut(line)}".rstrip() for number, line in numbered)
    return f'<code path="{name}" lines="{first}-{last}">\n{body}\n</code>'


def _cut(line: str) -> str:
    shown = visible(line.replace("\r", ""))
    rest = len(shown) - MAX_LINE
    return shown if rest <= 0 else f"{shown[:MAX_LINE]} … ({rest:,} more characters)"


def why(evidence: Iterable[Evidence]) -> str:
    """The strongest reasons in words."""
    return one_line("; ".join(item.detail or item.signal for item in reasons(evidence)[:TOLD_SIGNALS]))


def freshness_lines(fresh: Freshness) -> str:
    """Which state of the tree the answer is from, and what it lacks."""
    parts = [_commit(fresh)]
    if fresh.coverage < 1.0:
        parts.append(f"only {100 * fresh.coverage:.3g} % of the files are indexed")
    if fresh.left_out:
        parts.append(f"{sum(fresh.left_out.values()):,} files left out on purpose")
    line = f"[state: {'; '.join(parts)}]"
    if not fresh.stale:
        return line
    named = ", ".join(one_line(path) for path in fresh.stale[:TOLD_STALE])
    more = len(fresh.stale) - TOLD_STALE
    rest = f" and {more} or more others" if more > 0 else ""
    return f"{line}\n[changed and not searched anew yet: {named}{rest}; lines shown are as they are on disk]"


def _commit(fresh: Freshness) -> str:
    if fresh.commit is None:
        return "not under git" if fresh.dirty is None else "no commit yet"
    return f"commit {fresh.commit[:SHORT_COMMIT]}{' with uncommitted changes' if fresh.dirty else ''}"
