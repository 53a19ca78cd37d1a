"""Encodings that files declare or are guessed to have. Tables only; `charset.py` applies them."""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["BYTE_ORDER_MARKS", "CANDIDATES", "DECLARED", "UPGRADES"]

BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
"""Longest first where one begins another."""

CANDIDATES = (
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "cp874",
    "cp1251",
    "koi8_r",
    "cp1250",
    "cp1252",
    "gb18030",
    "cp932",
)
"""What the general detector may answer where our own table of scores is not sure: the rest of the world's scripts."""

UPGRADES = MappingProxyType(
    {
        "gb2312": "gb18030",
        "gbk": "gb18030",
        "shift_jis": "cp932",
        "euc_kr": "cp949",
        "iso8859-1": "cp1252",
        "latin_1": "cp1252",
        "ascii": "cp1252",
    }
)
"""Declared name to the superset that real files use under that name."""

_DECLARED_GROUPS = (
    # East Asian
    "gb18030 gb2312 gbk big5 big5hkscs cp950 shift_jis cp932 euc_jp iso2022_jp euc_kr cp949 johab",
    # Cyrillic, DOS and Macintosh
    "koi8-r koi8-u cp866 cp437 cp850 cp852 mac-roman mac-cyrillic",
    # Windows
    "cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258",
    # ISO
    "iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10",
    "iso8859-11 iso8859-13 iso8859-14 iso8859-15 iso8859-16 tis-620 ascii",
)
DECLARED = frozenset(name for group in _DECLARED_GROUPS for name in group.split())
"""Names, as `codecs.lookup` spells them, that a declaration may ask for: text encodings without side effects."""
