"""What parsing a file yields. These records stay inside the indexer; `locant.types` holds the public ones.

Lines are 1-based and inclusive. Byte offsets count in the UTF-8 text that was parsed, end exclusive.
What a file has by the thousand is a NamedTuple: making a frozen dataclass takes several times as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["ChunkSpan", "Definition", "Import", "ParsedFile", "Reference"]


class Definition(NamedTuple):
    """A named definition.

    kind: function, method, class, interface, trait, struct, enum, union, module, namespace, type, macro,
        constant, variable, field, property, constructor, section, key, rule, table, ...
    signature: source text from the start of the definition up to its body, on one line, at most 300 characters.
    doc: its doc comment or docstring as plain words, comment marks taken off, at most 2,000 characters.
    parent: index into `ParsedFile.definitions` of the innermost enclosing definition, or -1.
    bases: names of what it inherits from, implements or embeds, as written (`Base`, `pkg.Base`).
    """

    name: str
    qualified_name: str
    kind: str
    start_line: int
    end_line: int
    start_byte: int
    end_byte: int
    signature: str = ""
    doc: str = ""
    parent: int = -1
    bases: tuple[str, ...] = ()


class Reference(NamedTuple):
    """A use of a name: `kind` is call, type or inherit; for `a.b.c()` the name is `c`."""

    name: str
    line: int
    kind: str


class Import(NamedTuple):
    """An import: `module` as written (`a.b`, `./util`, `java.util.List`, `<stdio.h>` without the marks).

    names: what is taken out of it, when the language says so (`from m import a, b`).
    level: leading dots of a relative Python import, else 0.
    """

    module: str
    names: tuple[str, ...]
    line: int
    level: int = 0


class ChunkSpan(NamedTuple):
    """A piece of the file that is indexed as one document.

    definition: index into `ParsedFile.definitions` of the innermost definition that it belongs to, or -1.
    kind: function, class, module, section, lines, ...
    """

    start_line: int
    end_line: int
    start_byte: int
    end_byte: int
    definition: int
    kind: str


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """All that syntax says about one file.

    definitions: ordered by start, an enclosing one before what it encloses.
    chunks: in order, disjoint, together covering every line that is not blank.
    note: why the file has only line chunks, or that it has syntax errors; empty when all is well.
    """

    language: str
    definitions: tuple[Definition, ...]
    references: tuple[Reference, ...]
    imports: tuple[Import, ...]
    chunks: tuple[ChunkSpan, ...]
    note: str = ""
