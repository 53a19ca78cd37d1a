"""Macros that no C or C++ grammar can read, blanked out before parsing.

`class LEVELDB_EXPORT DB { ... }` is two type names in a row to a parser that does not run the preprocessor, and the
whole class is lost in a syntax error. Each mask keeps the length of the text, so all positions still hold; what is
shown is always cut from the text itself.
"""

from __future__ import annotations

import re

__all__ = ["mask_macros"]

# `class FOO_EXPORT Name {`, `struct FOO_API(x) Name : Base`
_CLASS_MACRO = re.compile(
    rb"(?:\bclass|\bstruct)[ \t]+([A-Z][A-Z0-9_]{2,}(?:\([^()\n]*\))?)(?=\s+[A-Za-z_]\w*(?:\s+final)?\s*[:{<\n])"
)
# `LUA_API int lua_f(...)`, `FOO_EXPORT void f();` at the start of a line
_LINE_MACRO = re.compile(
    rb"^(?:[ \t]*)([A-Z][A-Z0-9_]*(?:_API|_EXPORT|_EXTERN|_PUBLIC|_INLINE|_FORCE_INLINE|_ALWAYS_INLINE|_NODISCARD))"
    rb"(?=[ \t]+[A-Za-z_])",
    re.MULTILINE,
)
_MASKS = {"c": (_LINE_MACRO,), "cpp": (_CLASS_MACRO, _LINE_MACRO)}


def mask_macros(source: bytes, language: str) -> bytes:
    """The text to parse: as long as `source`, export macros replaced by spaces."""
    for pattern in _MASKS.get(language, ()):
        source = pattern.sub(_blank, source)
    return source


def _blank(match: re.Match[bytes]) -> bytes:
    text = match.group()
    start, end = match.span(1)
    offset = match.start()
    return text[: start - offset] + b" " * (end - start) + text[end - offset :]
