"""Comment and docstring marks off, words kept."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["MAX_DOC_CHARS", "comment_text", "docstring_text"]

MAX_DOC_CHARS = 2_000
# A character has up to four bytes in UTF-8; decoding more than this would be thrown away.
_MAX_DOC_BYTES = 4 * MAX_DOC_CHARS

_LINE_MARK = re.compile(
    r"^[ \t]*(?:/\*+!?|\*+/|//[/!]*|\*+|#+!?|(?:--+|\{-+)(?:[ \t]*[|^](?=\s))?|;+|%+)?[ \t]?", re.MULTILINE
)
_END_MARK = re.compile(r"[ \t]*(?:\*+/|-\}|--\]\])[ \t]*$", re.MULTILINE)
_STRING_PREFIX = re.compile(r"^[A-Za-z~@]*(\"{3}|'{3}|\"|')")


def comment_text(comments: Iterable[bytes]) -> str:
    """Words of the comments that stand together before a definition."""
    raw = b"\n".join([comment.rstrip() for comment in comments])[:_MAX_DOC_BYTES]
    return _tidy(_LINE_MARK.sub("", _END_MARK.sub("", raw.decode("utf-8", "replace")))) if raw else ""


def docstring_text(string: bytes) -> str:
    """Words of a docstring, quotes and prefix off."""
    text = string[:_MAX_DOC_BYTES].decode("utf-8", "replace")
    match = _STRING_PREFIX.match(text)
    if match:
        text = text[match.end() :].removesuffix(match.group(1))
    return _tidy(text)


def _tidy(text: str) -> str:
    """Lines stripped, blank lines at both ends off, cut to the limit."""
    return "\n".join([line.strip() for line in text.strip().splitlines()])[:MAX_DOC_CHARS].rstrip()
