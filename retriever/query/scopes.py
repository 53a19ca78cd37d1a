"""What a title begins with to say which part it is about: `parser: ...`, `fix(parser): ...`, `[net/http] ...`."""

from __future__ import annotations

import re

__all__ = ["find_scope"]

_SCOPE = re.compile(
    r"\s*(?:\w{2,12}!?\((?P<inner>[\w./ ,-]{2,60})\)!?:|\[(?P<marked>[\w./ ,-]{2,60})\]"
    r"|(?P<bare>[\w./+, -]{2,60}?)\s?:(?=\s))"
)
_SEPARATOR = re.compile(r"\s*,\s*|\s+and\s+")

_words = str.split
_KINDS = frozenset(
    _words(
        "bug bugfix feat feature fix chore refactor perf docs doc test tests build ci style revert hotfix cleanup wip "
        "question issue regression enh enhancement rfc request help todo note warning error urgent minor major"
    )
)
"""What a title is, not where."""

MAX_WORDS = 2
"""Of one scope; more are a sentence that happens to have a colon."""


def find_scope(title: str) -> tuple[str, ...]:
    """The parts that a title names first, as they may stand in a path; none for most titles."""
    match = _SCOPE.match(title)
    said = match and (match["inner"] or match["marked"] or match["bare"])
    parts = [part.strip(" ./") for part in _SEPARATOR.split(said)] if said else []
    kept = [part.replace(" ", "_") for part in parts if part and part.lower() not in _KINDS and _is_short(part)]
    return tuple(dict.fromkeys(kept))


def _is_short(part: str) -> bool:
    return len(part.split()) <= MAX_WORDS
