"""Names of modules in a text: from imports, and the beginnings of dotted names."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["find_imports", "find_modules"]

MAX_MODULES = 200
MIN_PACKAGE = 3  # shorter owners are aliases and variables: `np`, `pd`, `x`

_IMPORTS = (
    re.compile(r"^\s*(?:>>> |In \[\d+\]: )?from (?P<m>\.*[\w.]+) import (?P<names>\(?[\w, ]*)", re.M),
    re.compile(r"^\s*(?:>>> |In \[\d+\]: )?import (?:static )?(?P<m>\w+(?:\.\w+)*)", re.M),
    re.compile(r"\b(?:from|require|import)\s?\(?\s?['\"](?P<m>[\w@./-]+)['\"]"),
    re.compile(r"^\s*(?:pub )?use (?P<m>\w+(?:(?:::|\\)\w+)*)", re.M),
)


def find_imports(code: Iterable[str]) -> tuple[str, ...]:
    """Modules that code imports, and what it imports from them where that may be a module itself."""
    found: dict[str, None] = {}
    for text in code:
        for regex in _IMPORTS:
            for match in regex.finditer(text):
                found[match["m"]] = None
                names = match.groupdict().get("names") or ""
                found.update({f"{match['m']}.{name}": None for name in re.findall(r"\w+", names) if name.islower()})
    return tuple(found)[:MAX_MODULES]


def find_modules(dotted: Iterable[str]) -> tuple[str, ...]:
    """Candidates, longest form first; `a.b.C.d` gives `a.b`, `a.b.c` may itself be a module or a name in `a.b`."""
    found = dict.fromkeys(filter(None, map(_beginning, dotted)))
    return tuple(found)[:MAX_MODULES]


def _beginning(name: str) -> str:
    """The part of a chain before its first class or member mark."""
    separator = "::" if "::" in name else "."
    kept = []
    for part in re.split(r"#|->|\\", name)[0].split(separator):
        if not part or part[0].isupper():
            break
        kept.append(part)
    return separator.join(kept) if len(kept) > 1 and len(kept[0]) >= MIN_PACKAGE else ""
