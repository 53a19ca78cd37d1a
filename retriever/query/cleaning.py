"""Makes a text safe to scan: bounded, one kind of line end, without comments and machine-made blobs.

Every step is a single pass. Patterns are written so that a failed match never rescans what it has read.
"""

from __future__ import annotations

import re

__all__ = ["MAX_CHARACTERS", "clean", "plain_prose", "without_addresses", "without_links"]

# An issue is below 65,536 characters on the large forges; a longer text is a pasted log. The head says what the
# matter is, the tail holds the error that ended the log.
MAX_CHARACTERS = 262_144
TAIL_CHARACTERS = 65_536

# Shorter runs of hexadecimal or base64 are ids or words; longer ones are never something to search for.
_LONG_RUN = re.compile(r"[A-Za-z0-9+/=_-]{32,}")
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
_BASE64_LENGTH = 64
_MAX_SLASH_SHARE = 0.05  # a path of this length has more slashes, base64 has one in 64
_MIN_CLASS_SHARE = 0.08  # share of upper case and of digits that words and paths do not reach together

_ODD_SPACE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00a0\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
# A log in JSON holds the whole trace in one line.
_ESCAPED_TRACE = re.compile(r"^.*(?:Traceback \(most recent call last\):|\\n\s{0,8}(?:\\t)?at ).*\\n.*$", re.MULTILINE)
_TERMINAL_CODE = re.compile(r"\x1b\[[0-9;]{0,16}[A-Za-z]")

_URL = re.compile(r"(?:https?|ftp|ssh|git|file)://[^\s<>\"'`)\]}]+|\bwww\.[^\s<>\"'`)\]}]+")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\s]{0,600}\)")
_LINK = re.compile(r"\[([^\[\]\n]{0,300})\]\([^()\s]{0,600}\)")
_TAG = re.compile(
    r"</?(?:details|summary|br|p|div|img|a|b|i|em|strong|code|pre|kbd|sub|sup|ul|ol|li|h[1-6]|table|t[rdh]|hr|span)"
    r"(?:\s[^<>\n]{0,400})?/?>",
    re.IGNORECASE,
)
_MACHINE_WORD = re.compile(
    r"\b0x[0-9a-fA-F]{5,}\b|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    r"|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?Z?"
)
_EMOJI_NAME = re.compile(r"(?<!\S):[a-z0-9_+-]{2,40}:(?!\S)")
_PICTOGRAPH = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f]")
_MARK = re.compile(r"[`*|]+|(?<!\w)_{1,3}(?=[A-Za-z][^_\n]{0,200}\s[^_\n]{0,200}_{1,3}(?!\w))|~~")
_SPACES = re.compile(r"[ \t]{2,}")


def clean(text: str) -> tuple[str, str]:
    """The text to scan, and a note on what was cut off (empty when nothing was)."""
    note = ""
    if len(text) > MAX_CHARACTERS:
        note = (
            f"read {MAX_CHARACTERS:,} of {len(text):,} characters: the first "
            f"{MAX_CHARACTERS - TAIL_CHARACTERS:,} and the last {TAIL_CHARACTERS:,}"
        )
        text = text[: MAX_CHARACTERS - TAIL_CHARACTERS] + "\n" + text[-TAIL_CHARACTERS:]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _ODD_SPACE.sub(" ", _TERMINAL_CODE.sub("", text))
    text = _LONG_RUN.sub(_without_blob, _without_comments(text))
    return (_ESCAPED_TRACE.sub(_unescaped, text) if "\\n" in text else text), note


def without_links(text: str) -> str:
    """The text with links reduced to their words; pictures and bare addresses go."""
    if "](" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub(" ", text))
    return without_addresses(text)


def without_addresses(text: str) -> str:
    """The text without bare addresses; brackets stay, since in code they are no links."""
    return _URL.sub(" ", text) if "://" in text or "www." in text else text


def plain_prose(text: str) -> str:
    """Natural language without marks, links' addresses, emoji and words that only a machine reads."""
    text = _TAG.sub(" ", without_links(text))
    text = _MACHINE_WORD.sub(" ", text)
    text = _PICTOGRAPH.sub("", _EMOJI_NAME.sub(" ", text))
    return _SPACES.sub(" ", _MARK.sub(" ", text)).strip()


def _without_comments(text: str) -> str:
    """The text without HTML comments; one that is never closed stays, as it may be code."""
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        parts += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 3
    return "".join([*parts, text[at:]])


def _without_blob(match: re.Match[str]) -> str:
    run = match.group()
    return " " if _is_blob(run) else run


def _unescaped(match: re.Match[str]) -> str:
    return match.group().replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')


def _is_blob(run: str) -> bool:
    if _HEXADECIMAL.issuperset(run):
        return True
    if len(run) < _BASE64_LENGTH or run.count("/") > _MAX_SLASH_SHARE * len(run) or "_" in run:
        return False
    sample = run[:1000]
    if len(set(sample)) <= 2:  # a rule such as ======
        return True
    enough = _MIN_CLASS_SHARE * len(sample)
    return sum(c.isupper() for c in sample) > enough and sum(c.isdigit() for c in sample) > enough / 2
