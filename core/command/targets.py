"""What a person types to name a place: `path`, `path:12`, `path:12-40`, `path:Symbol`."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Target", "parse_target"]

AROUND = 10
"""Lines before and after a single line that is asked for: what it does is seldom said by itself."""

_LINES = re.compile(r"(?P<path>.+):(?P<start>\d+)(?P<dash>-(?P<end>\d+)?)?")


@dataclass(frozen=True, slots=True)
class Target:
    """A path with the lines or the symbol in it that are meant; `line` is one that was asked for alone."""

    path: str
    start: int | None = None
    end: int | None = None
    line: int | None = None
    symbol: str = ""


def parse_target(text: str) -> Target:
    """Take a target apart; a colon that leads to nothing belongs to the path."""
    match = _LINES.fullmatch(text)
    if match is None:
        path, colon, symbol = text.rpartition(":")
        return Target(path, symbol=symbol) if colon and path and symbol else Target(text)
    start = int(match["start"])
    if match["dash"] is None:
        return Target(match["path"], max(1, start - AROUND), start + AROUND, line=start)
    return Target(match["path"], start, int(match["end"]) if match["end"] else None)
