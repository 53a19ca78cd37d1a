"""Bytes to text: valid UTF-8 costs one decode; everything else is declared, marked, or guessed from a bounded sample.

A guess must decode the whole file and look like writing, else the file counts as binary.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from locant.indexer.walk.charset_scores import SCORED, score_text
from locant.indexer.walk.charset_tables import BYTE_ORDER_MARKS, CANDIDATES, DECLARED, UPGRADES

__all__ = ["Decoded", "decode_text"]

SNIFF_BYTES = 8_192
"""As much as git looks at for the same decision."""

DETECT_BYTES = 4_096
"""Lines with letters beyond ASCII that the detector sees; more makes it slower, not better."""

MAX_CONTROL_SHARE = 0.02
"""Terminal captures and form feeds stay below; compressed data has about a tenth."""

MIN_UTF16_ZERO_SHARE = 0.3
"""Share of zero bytes in one half of the byte pairs: every ASCII character of UTF-16 has one."""

MAX_ODD_CHARACTERS = 0.05
"""Share of unassigned, private or control characters among those beyond ASCII in a believable guess."""

SEARCHED_BYTES = 262_144
"""Where lines beyond ASCII are looked for."""

MIN_SCORE = 0.5
"""Right guesses score 0.8 to 1, wrong ones mostly below 0.4 from a dozen characters on."""

JUDGED_CHARACTERS = 65_536
"""Enough to know; judging takes a Python step for each character beyond ASCII."""

_ODD_CATEGORIES = frozenset({"Cc", "Cn", "Co", "Cs"})
_CONTROLS = bytes(set(range(32)) - {7, 8, 9, 10, 11, 12, 13, 27}) + b"\x7f"
_COOKIE = re.compile(rb"coding[:=][ \t]*([-\w.]+)")
_META = re.compile(rb"(?:<meta[^>]{0,200}?charset=|<\?xml[^>]{0,200}?encoding=|@charset )[ \t\"']{0,3}([-\w.]+)", re.I)
_COOKIE_LINES = 2


@dataclass(frozen=True, slots=True)
class Decoded:
    """UTF-8 text without a byte order mark, and the encoding it had."""

    text_utf8: bytes
    encoding: str
    note: str = ""


def decode_text(data: bytes) -> Decoded | None:
    """Text of the bytes, or None when they are not text."""
    if data[:4].startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        return _decode_marked(data)
    if 0 in data:
        return _decode_unmarked_utf16(data)
    if _control_share(data[:SNIFF_BYTES]) > MAX_CONTROL_SHARE:
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_declared(data) or _decode_guessed(data)
    return Decoded(data, "utf-8")


def _control_share(sample: bytes) -> float:
    return (len(sample) - len(sample.translate(None, _CONTROLS))) / max(len(sample), 1)


def _decode_marked(data: bytes) -> Decoded | None:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            text = _strict(data[len(mark) :], encoding)
            if text is not None and _looks_written(text):
                return Decoded(text.encode(), encoding, f"decoded from {encoding} with a byte order mark")
    return None


def _decode_unmarked_utf16(data: bytes) -> Decoded | None:
    sample = data[:SNIFF_BYTES]
    half = max(len(sample) // 2, 1)
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if sample[first::2].count(0) / half < MIN_UTF16_ZERO_SHARE or 0 in sample[1 - first :: 2]:
            continue
        text = _strict(data, encoding)
        if text is not None and _looks_written(text):
            return Decoded(text.encode(), encoding, f"decoded from {encoding}")
    return None


def _decode_declared(data: bytes) -> Decoded | None:
    head = data[:1_024]
    match = _COOKIE.search(b"\n".join(head.splitlines()[:_COOKIE_LINES])) or _META.search(head)
    name = _known_encoding(match.group(1).decode("ascii", "replace")) if match else None
    text = _strict(data, name) if name else None
    if name is None or text is None or not _looks_written(text):
        return None
    return Decoded(text.encode(), name, f"decoded from {name}, as it declares")


def _known_encoding(name: str) -> str | None:
    """Codec for a declared name, or None when it is unknown or no plain text encoding."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return UPGRADES.get(found, found) if found in DECLARED else None


def _decode_guessed(data: bytes) -> Decoded | None:
    for encoding in _guesses(data):
        text = _strict(data, encoding)
        if text is not None and _looks_written(text):
            return Decoded(text.encode(), encoding, f"decoded from {encoding}, a guess")
    return None


def _guesses(data: bytes) -> list[str]:
    """Encodings to try, likeliest first; Latin-1 accepts any bytes, so it stands last."""
    # Not a regular expression: it would look for the byte beyond ASCII anew from each byte of a long line.
    lines = data[:SEARCHED_BYTES].splitlines(keepends=True)
    sample = b"".join(line for line in lines if not line.isascii())[:DETECT_BYTES]
    scored = [(_score(sample, encoding), encoding) for encoding in SCORED]
    sure = [encoding for score, encoding in sorted(scored, key=_by_score) if score >= MIN_SCORE]
    if sure:
        return [*sure, "cp1252", "latin-1"]
    from charset_normalizer import from_bytes  # costs every start of the command otherwise

    matches = from_bytes(sample, cp_isolation=list(CANDIDATES))
    return [*(UPGRADES.get(match.encoding, match.encoding) for match in matches), "cp1252", "latin-1"]


def _by_score(scored: tuple[float, str]) -> float:
    return -scored[0]


def _score(sample: bytes, encoding: str) -> float:
    """Score of the sample; its last character may be cut, and a few bytes may be damaged."""
    text = sample.decode(encoding, "replace")
    return score_text(text, encoding) - text.count("\ufffd", 0, -2)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
        text.encode("utf-8")
    except (UnicodeError, LookupError):
        return None
    return text


def _looks_written(text: str) -> bool:
    """Whether what is beyond ASCII are letters and signs, not the dust that a wrong decoding makes."""
    if "\0" in text or _control_share(text[:SNIFF_BYTES].encode()) > MAX_CONTROL_SHARE:
        return False
    beyond = [character for character in text[:JUDGED_CHARACTERS] if character > "~"]
    odd = sum(1 for character in beyond if unicodedata.category(character) in _ODD_CATEGORIES)
    return odd <= len(beyond) * MAX_ODD_CHARACTERS
