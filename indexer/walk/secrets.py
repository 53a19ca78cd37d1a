"""Keys, tokens and passwords in text: where they are, and the text with asterisks in their place.

Hiding only the value keeps a source file searchable and its syntax whole, so a false alarm costs one literal.
Literals are looked for first (memory speed); regular expressions run only where one stands.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from locant.indexer.walk.secret_rules import (
    ANCHORED_RULES,
    ASSIGNMENT,
    ASSIGNMENT_WORDS,
    CONNECTION,
    KEY_LINE,
    PLACEHOLDER,
    PRIVATE_KEY,
)

__all__ = ["Secret", "find_secrets", "mask_secrets", "mask_spans"]

TOKEN_RUN = b"a" * 20
"""The shortest token (an AWS key id) is a run of 20 letters and digits; few lines of code have one."""

MIN_TOKEN_KINDS = 9
"""Different characters in a real token; `AKIAXXXXXXXXXXXXXXXX` has three."""

MIN_ENTROPY_BITS = 3.5
"""Bits per character: words joined by underscores stay near 3.2, random base64 of 20 characters near 4.1."""

MIN_DIGITS = 3
"""Random values of 16 characters nearly always have as many; identifiers and words seldom do."""

MIN_KEY_LINE = 40
"""Keys are wrapped at 64 characters; no word of code is as long."""

_RUN_MAP = bytes(97 if chr(byte).isalnum() and byte < 128 else 32 for byte in range(256))
_WORDY = re.compile(rb"[A-Za-z]+\d{0,3}(?:[-_./:@#+=][A-Za-z]*\d{0,3})*")
_VALUE = re.compile(rb"[A-Za-z0-9+/=_.~!@#$^&*-]+")
_DIGEST_NAME = re.compile(rb"hash|sha|md5|digest|checksum|fingerprint|integrity|uuid|pattern|regex", re.IGNORECASE)
_UUID = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LOCAL_HOST = re.compile(rb"localhost|127\.|0\.0\.0\.0|example|invalid|test|host|server|domain|proxy", re.IGNORECASE)
_STAR = ord("*")


@dataclass(frozen=True, slots=True)
class Secret:
    """A value to hide: byte span, what it is, and whether its form alone proves it (a provider's key)."""

    start: int
    end: int
    kind: str
    is_certain: bool


def find_secrets(text: bytes) -> list[Secret]:
    """All secrets in UTF-8 text, in order."""
    found = [*_provider_tokens(text), *_connections(text), *_assignments(text)]
    if b" PRIVATE KEY" in text:
        found.extend(_private_keys(text))
    return sorted(found, key=lambda secret: (secret.start, secret.end)) if found else found


def mask_secrets(text_utf8: bytes) -> bytes:
    """Text of the same length and lines, each secret replaced by asterisks."""
    found = find_secrets(text_utf8)
    return mask_spans(text_utf8, found)[0] if found else text_utf8


def mask_spans(text: bytes, secrets: Sequence[Secret]) -> tuple[bytes, tuple[int, ...]]:
    """Put asterisks over the secrets, line ends kept; also answer the 1-based lines that changed."""
    masked = bytearray(text)
    lines: set[int] = set()
    for secret in secrets:
        first = text.count(b"\n", 0, secret.start) + 1
        lines.update(range(first, first + text.count(b"\n", secret.start, secret.end) + 1))
        for position in range(secret.start, secret.end):
            if masked[position] not in b"\r\n":
                masked[position] = _STAR
    return bytes(masked), tuple(sorted(lines))


def _provider_tokens(text: bytes) -> Iterator[Secret]:
    has_run = TOKEN_RUN in text.translate(_RUN_MAP)
    for rule in ANCHORED_RULES:
        if rule.needs_run and not has_run:
            continue
        for anchor in rule.anchors:
            for position in _positions(text, anchor):
                match = rule.pattern.match(text, position)
                if match and _is_random_token(match.group(1)):
                    yield Secret(*match.span(1), rule.kind, True)


def _positions(text: bytes, literal: bytes) -> Iterator[int]:
    position = text.find(literal)
    while position >= 0:
        yield position
        position = text.find(literal, position + 1)


def _is_random_token(value: bytes) -> bool:
    return len(set(value)) >= MIN_TOKEN_KINDS and not PLACEHOLDER.search(value)


def _private_keys(text: bytes) -> Iterator[Secret]:
    for armour in PRIVATE_KEY.finditer(text):
        lines = list(KEY_LINE.finditer(text, *armour.span(1)))
        longest = max((line.group() for line in lines), key=len, default=b"")
        if len(longest) >= MIN_KEY_LINE and _entropy(longest) >= MIN_ENTROPY_BITS:
            yield from (Secret(*line.span(), "private key", True) for line in lines)


def _connections(text: bytes) -> Iterator[Secret]:
    if b"://" not in text or b"@" not in text:
        return
    for position in _positions(text, b"://"):
        match = CONNECTION.match(text, position)
        if match is None or PLACEHOLDER.search(match.group(1)) or _LOCAL_HOST.search(match.group(2)):
            continue
        if any(48 <= byte <= 57 for byte in match.group(1)):
            yield Secret(*match.span(1), "password in a connection string", False)


def _assignments(text: bytes) -> Iterator[Secret]:
    lowered = text.lower()
    seen = -1
    for word in ASSIGNMENT_WORDS:
        for position in _positions(lowered, word):
            match = ASSIGNMENT.match(text, position)
            if match is None:
                continue
            group = 1 if match.group(1) is not None else 2
            if match.start(group) != seen and _is_secret_value(text[position : match.start(group)], match.group(group)):
                seen = match.start(group)
                yield Secret(*match.span(group), "value of a secret setting", False)


def _is_secret_value(name: bytes, value: bytes) -> bool:
    """Whether a quoted value is random enough: neither words, nor a path, a hash, a placeholder or an expression."""
    if not _VALUE.fullmatch(value) or _WORDY.fullmatch(value) or _UUID.fullmatch(value):
        return False
    if sum(48 <= byte <= 57 for byte in value) < MIN_DIGITS or value.isdigit():
        return False
    if _DIGEST_NAME.search(name) or PLACEHOLDER.search(value):
        return False
    return _entropy(value) >= MIN_ENTROPY_BITS


def _entropy(value: bytes) -> float:
    """Shannon entropy in bits per byte."""
    size = len(value)
    return -sum(count / size * math.log2(count / size) for count in Counter(value).values())
