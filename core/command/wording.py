"""How states and numbers are put into words; every command uses the same ones."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from locant.command.screen import Screen
from locant.retriever.reasons import CONSTANT, reasons
from locant.types import Evidence, Freshness

__all__ = ["age", "count", "evidence_lines", "freshness_line", "megabytes", "more_line", "why"]

SHORT_COMMIT = 10

TOLD_SIGNALS = 3
"""A line of reasons is read, a list of nine is not; --explain shows all."""

_SIZES = (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000))

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 file`, `12,000 files`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def megabytes(size: int) -> str:
    """Size in the unit that leaves few digits."""
    if size < 1_000:
        return f"{size} B"
    unit, divisor = next(((unit, divisor) for unit, divisor in _SIZES if size >= divisor))
    return f"{size / divisor:.1f} {unit}"


def age(moment: float, now: float | None = None) -> str:
    """`3 minutes ago`."""
    passed = max(0, int((time.time() if now is None else now) - moment))
    for size, unit in _UNITS:
        if passed >= size:
            return f"{count(passed // size, unit)} ago"
    return "just now"


def why(evidence: Sequence[Evidence]) -> str:
    """The strongest reasons, in words."""
    return "; ".join(item.detail or item.signal for item in reasons(evidence)[:TOLD_SIGNALS])


def evidence_lines(screen: Screen, evidence: Sequence[Evidence], indent: str) -> Iterator[str]:
    """Every signal with its share of what sets the place apart: what all candidates start with is left out."""
    apart = [item for item in evidence if item.signal != CONSTANT]
    total = sum(abs(item.weight) for item in apart) or 1.0
    for item in sorted(apart, key=lambda item: -abs(item.weight)):
        share = screen.paint("score", f"{100 * item.weight / total:5.1f} %")
        yield f"{indent}{share}  {item.signal:<12}  {screen.paint('dim', item.detail)}".rstrip()


def freshness_line(screen: Screen, fresh: Freshness) -> str:
    """Which state of the tree the answer is from, and how much of it."""
    parts = [_commit(fresh)]
    parts.append(f"{100 * fresh.coverage:.3g} % indexed, checked {age(fresh.checked_at)}")
    if fresh.left_out:
        total = sum(fresh.left_out.values())
        reasons = ", ".join(f"{number} {reason.replace('_', ' ')}" for reason, number in _largest(fresh.left_out))
        parts.append(f"left out {total:,}: {reasons}")
    line = screen.paint("dim", " · ".join(parts))
    if fresh.stale:
        line += "\n" + screen.paint("warning", f"changed meanwhile and not searched anew: {', '.join(fresh.stale)}")
    return line


def _commit(fresh: Freshness) -> str:
    if fresh.commit is None:
        return "not under git" if fresh.dirty is None else "no commit yet"
    state = " with uncommitted changes" if fresh.dirty else ""
    return f"commit {fresh.commit[:SHORT_COMMIT]}{state}"


def _largest(left_out: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(left_out.items(), key=lambda item: (-item[1], item[0]))


def more_line(screen: Screen, hidden: int, how: str) -> Iterator[str]:
    """What a limit cut off, and how to see it."""
    if hidden > 0:
        yield screen.paint("dim", f"… {hidden:,} more ({how})")
