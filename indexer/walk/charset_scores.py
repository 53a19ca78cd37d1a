"""How much text looks like writing when a guessed encoding is right.

General detectors weigh letter frequencies and need a page; comments in code are a few words. What separates the
encodings of source files is coarser and needs only those: common characters of a national standard stand in its
first level, Cyrillic words do not change case inside, Japanese has kana, and a wrong guess mixes scripts.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

__all__ = ["SCORED", "score_text"]

JUDGED_CHARACTERS = 400
"""As many characters beyond ASCII decide; more would only take time."""

COMMON, LIKELY, POSSIBLE, RARE, WRONG = 1.0, 0.95, 0.5, -0.3, -1.0
"""Worth of a character: sure in such text, nearly so, doubtful, seldom, or a sign of a wrong guess."""

_SHARED_SIGNS = "\u2018\u2019\u201c\u201d\u2026\u2014\u00b7"
_CYRILLIC_SIGNS = "\u00ab\u00bb\u2013\u2014\u2116\u201c\u201d"
_LATIN_SIGNS = "\u00a0\u00a1\u00a9\u00ab\u00b0\u00bb\u00bf\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u20ac"

Worth = Callable[[str, str], float]
"""Worth of a character, given the one before it."""


def score_text(text: str, encoding: str) -> float:
    """Mean worth of the characters beyond ASCII when `encoding` is taken to be right; 1 is certain, 0 is noise."""
    worth = _WORTH[encoding]
    total, count, before = 0.0, 0, " "
    for character in text:
        if character > "~":
            total += worth(character, before)
            count += 1
            if count == JUDGED_CHARACTERS:
                break
        before = character
    return total / max(count, 1) - _HANDICAP.get(encoding, 0.0)


def _is_sign(character: str) -> bool:
    """CJK punctuation and full-width forms, at home in all East Asian text."""
    return "\u3000" <= character <= "\u303f" or "\uff01" <= character <= "\uff5e" or character in _SHARED_SIGNS


def _lead_byte(character: str, encoding: str) -> int:
    """First byte of a character in a standard, which tells its level; 0 when it is not in it."""
    try:
        coded = character.encode(encoding)
    except UnicodeEncodeError:
        return 0
    return coded[0] if len(coded) == 2 else 0


def _chinese(character: str, _before: str) -> float:
    if _is_sign(character):
        return COMMON
    lead = _lead_byte(character, "gb2312")
    if 0xB0 <= lead <= 0xD7:
        return COMMON
    return RARE if 0xD8 <= lead <= 0xF7 else WRONG


def _taiwanese(character: str, _before: str) -> float:
    if _is_sign(character):
        return COMMON
    lead = _lead_byte(character, "big5")
    if 0xA4 <= lead <= 0xC6 and character >= "\u4e00":
        return COMMON if character.encode("big5")[1] < 0x80 else LIKELY  # no other of the standards has low trail bytes
    return RARE if lead >= 0xC9 else WRONG


def _japanese(character: str, _before: str) -> float:
    if "\u3041" <= character <= "\u30ff" or _is_sign(character):
        return COMMON
    lead = _lead_byte(character, "euc_jp")
    if 0xB0 <= lead <= 0xCF:
        return LIKELY
    return RARE if 0xD0 <= lead <= 0xF4 else WRONG


def _korean(character: str, _before: str) -> float:
    if 0xB0 <= _lead_byte(character, "euc_kr") <= 0xC8 or _is_sign(character):
        return COMMON
    return WRONG


def _cyrillic(character: str, before: str) -> float:
    if not "\u0400" <= character <= "\u04ff":
        return COMMON if character in _CYRILLIC_SIGNS else WRONG
    if before.isascii() and before.isalpha():
        return WRONG
    if character.isupper() and before.isalpha():
        return POSSIBLE if before.isupper() else WRONG
    return COMMON


def _latin(character: str, before: str) -> float:
    if character in _LATIN_SIGNS:
        return COMMON
    if not character.isalpha():
        return WRONG if before.isalpha() or character < "\u00a0" else POSSIBLE
    if character.isupper() and before.islower():
        return WRONG
    return POSSIBLE if before > "~" and before.isalpha() else COMMON  # accented letters seldom touch


_WORTH: MappingProxyType[str, Worth] = MappingProxyType(
    {
        "cp949": _korean,
        "gb18030": _chinese,
        "big5": _taiwanese,
        "cp932": _japanese,
        "euc_jp": _japanese,
        "cp1251": _cyrillic,
        "koi8_r": _cyrillic,
        "cp866": _cyrillic,
        "cp1252": _latin,
        "cp1250": _latin,
        "iso8859_2": _latin,
    }
)

_HANDICAP = MappingProxyType({"cp1250": 0.04, "iso8859_2": 0.04})
"""They give a letter to bytes that are signs elsewhere, and fewer files are written in them."""

SCORED = ("cp1252", "cp1250", "iso8859_2", "cp1251", "koi8_r", "cp866", "cp949", "gb18030", "cp932", "euc_jp", "big5")
"""In the order of preference among equals: all of Korean also reads as common Chinese, but not the other way."""
