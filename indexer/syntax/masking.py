"""Macros that no C or C++ grammar can read, blanked out before parsing.

`class LEVELDB_EXPORT DB { ... }` is two type names in a row to a parser that does not run the preprocessor, and the
whole class is lost in a syntax error. Each mask keeps the length of the text, so all positions still hold; what is
shown is always cut from the text itself.
"""

from __future__ import annotations

import re

__all__ = ["mask_conditionals", "mask_macros"]

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
# `int f(void) FOO_ATTR;`, `void f() NOEXCEPT {` after a parameter list
_TAIL_MACRO = re.compile(rb"\)[ \t]*([A-Z][A-Z0-9_]{3,})(?=[ \t]*[;{])")
# `bool f(int x) LOCKS_EXCLUDED(mu_) {`, `size_t usage_ GUARDED_BY(mu_);`: with such an annotation unmasked, it is what
# the parser takes for the name of the function. The names are those that Clang documents.
_LOCK_NAMES = (
    rb"(?:PT_)?GUARDED_(?:BY|VAR)|ACQUIRED_(?:BEFORE|AFTER)|(?:EXCLUSIVE|SHARED)_LOCKS_REQUIRED|LOCKS_EXCLUDED"
    rb"|LOCK_RETURNED|(?:EXCLUSIVE|SHARED)_(?:TRY)?LOCK_FUNCTION|UNLOCK_FUNCTION|ASSERT_(?:EXCLUSIVE|SHARED)_LOCK"
    rb"|(?:TRY_)?ACQUIRE(?:_SHARED)?|RELEASE(?:_SHARED|_GENERIC)?|REQUIRES(?:_SHARED)?|EXCLUDES|RETURN_CAPABILITY"
)
_LOCK_MACRO = re.compile(
    rb"(?<=[\w)\]>][ \t\n])\s*((?:ABSL_|TSA_)?(?:" + _LOCK_NAMES + rb")\([^()\n]*\))(?=\s*[;{=A-Z])"
)
_MASKS = {"c": (_LINE_MACRO, _TAIL_MACRO), "cpp": (_CLASS_MACRO, _LINE_MACRO, _LOCK_MACRO, _TAIL_MACRO)}
# Lines of the preprocessor that choose between texts, with their continuations.
_CONDITIONAL = re.compile(
    rb"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b(?:[^\n]*\\\r?\n)*[^\n]*", re.MULTILINE
)
_WITH_CONDITIONALS = frozenset({"c", "cpp", "csharp"})
_NOT_LINE_FEED = re.compile(rb"[^\n]")


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


def mask_conditionals(source: bytes, language: str) -> bytes:
    """The text without its `#if` and `#endif` lines, both branches kept.

    For a file in which they stand where no grammar takes them: between a block and its `else if`, in a list of values.
    """
    if language not in _WITH_CONDITIONALS:
        return source
    return _CONDITIONAL.sub(lambda match: _NOT_LINE_FEED.sub(b" ", match.group()), source)
