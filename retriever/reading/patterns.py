"""What a grep looks for, compiled once, and whether the pattern can be trusted to end.

Python's `re` backtracks: `(a+)+$` takes longer than anyone lives on one line of 40 letters, and holds the interpreter's
lock meanwhile. A pattern is run here when its form bounds it (at most one repetition, and none of a group); any other
is run in a worker process under a timer (see `locant.retriever.reading.grep_worker`). The judgement reads the text of
the pattern, errs on the safe side, and costs at most the start of a process.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from locant.errors import QueryError

__all__ = ["GrepRequest", "is_bounded", "required_literal"]

MAX_PATTERN = 10_000
"""Characters of a pattern: nobody types more, and compiling takes time that grows with them."""

MAX_OPTIONAL = 4
"""Each `?` can double the work; sixteen-fold on one line is still nothing."""

_ESCAPE = re.compile(r"\\.", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_FLAGS = re.compile(r"\(\?[aiLmsux-]+[:)]")
_GROUP_REPEAT = re.compile(r"\)(?:[*+?]|\{)")
_REPEAT = re.compile(r"[*+]|\{\d*,?\d*\}")
_OPTIONAL = re.compile(r"\?")
_BACK_REFERENCE = re.compile(r"\\[1-9]|\(\?P=")
_GROUP_MARK = re.compile(r"\(\?(?:P?<[A-Za-z_]\w*>|[:=!>]|<[=!])")

_PLAIN = re.compile(r"[A-Za-z0-9_ ,;:=<>@%!\"'/&~`-]{3,}")
_NOT_LITERAL = re.compile(r"[|]|\(\?|\)[*?{]")
"""Choices, groups that may be absent, look-arounds and inline flags: what stands in them need not stand in a match."""


@dataclass(frozen=True, slots=True)
class GrepRequest:
    """What to look for."""

    pattern: str
    fixed: bool
    ignore_case: bool

    @property
    def source(self) -> str:
        """The regular expression in Python's syntax."""
        return re.escape(self.pattern.replace("\r\n", "\n")) if self.fixed else self.pattern

    @property
    def flags(self) -> int:
        """Flags of `re`: `^` and `$` are the borders of lines, as for grep."""
        return re.MULTILINE | (re.IGNORECASE if self.ignore_case else 0)

    @property
    def spans_lines(self) -> bool:
        """Whether a match may hold a line end, as of a literal of several lines."""
        return "\n" in self.pattern or (not self.fixed and r"\n" in self.pattern.replace("\\\\", ""))

    def compiled(self) -> re.Pattern[str]:
        """The regular expression.

        Raises:
            QueryError: it is empty, too long, or cannot be read.

        """
        if not self.pattern:
            raise QueryError("the pattern is empty; give some text to look for")
        if len(self.pattern) > MAX_PATTERN:
            raise QueryError(
                f"the pattern has {len(self.pattern):,} characters, {MAX_PATTERN:,} are allowed; look for a part of it"
            )
        try:
            return re.compile(self.source, self.flags)
        except (re.error, RecursionError, OverflowError) as error:
            raise QueryError(
                f"the regular expression {self.pattern!r} cannot be read: {error}; "
                "to look for it as it stands, say that it is fixed text"
            ) from error


def is_bounded(request: GrepRequest) -> bool:
    """Whether the form of the pattern alone bounds the time that a line can take."""
    if request.fixed:
        return True
    if request.spans_lines or _BACK_REFERENCE.search(request.pattern):
        return False
    bare = _GROUP_MARK.sub("(", _FLAGS.sub("(", _CLASS.sub("x", _ESCAPE.sub("x", request.pattern))))
    repeats = len(_REPEAT.findall(bare))
    return not _GROUP_REPEAT.search(bare) and repeats <= 1 and len(_OPTIONAL.findall(bare)) <= MAX_OPTIONAL


def required_literal(request: GrepRequest) -> str:
    """Text that every match holds, or empty when none is plain to see; lets most lines be passed over."""
    if request.fixed:
        return request.pattern
    if _NOT_LITERAL.search(request.pattern):
        return ""
    bare = _CLASS.sub("\0", _ESCAPE.sub("\0", request.pattern))
    found = []
    for match in _PLAIN.finditer(bare):
        after = bare[match.end() : match.end() + 1]
        found.append(match.group()[:-1] if after in ("*", "?", "{") else match.group())
    return max(found, key=len, default="")
