"""Gold functions from changed lines: the innermost enclosing definition, by old line numbers.

Names are compared in one canonical form for gold and answers alike: `Class.__init__` counts as `Class`, as the
papers do it, and what is defined inside a function counts as that function.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from locant.eval.datasets.diff import Change
from locant.indexer.syntax.records import Definition, ParsedFile

__all__ = ["CALLABLES", "Names", "canonical_name", "canonical_names", "functions_changed", "is_function", "names_of"]

CALLABLES = frozenset({"function", "method", "constructor", "macro", "getter", "setter", "test", "lambda"})
TYPES = frozenset({"class", "interface", "trait", "struct", "enum", "union", "object", "protocol", "extension", "impl"})
CONSTRUCTOR_SUFFIX = ".__init__"


def is_function(definition: Definition) -> bool:
    """Whether a definition can be gold: something callable, or a type."""
    return definition.kind in CALLABLES or definition.kind in TYPES


def functions_changed(parsed: ParsedFile, source: str, changes: Iterable[Change]) -> list[str]:
    """Canonical names of the definitions that changes touch, in order of first touch."""
    lines = source.split("\n")
    found: dict[str, None] = {}
    for change in changes:
        for index in _touched(parsed, lines, change):
            found.setdefault(canonical_name(parsed.definitions, index))
    return list(found)


def canonical_name(definitions: Sequence[Definition], index: int) -> str:
    """The name under which a definition is compared."""
    outermost = index
    at = definitions[index].parent
    while at >= 0:
        if definitions[at].kind in CALLABLES:
            outermost = at
        at = definitions[at].parent
    return definitions[outermost].qualified_name.removesuffix(CONSTRUCTOR_SUFFIX)


def canonical_names(parsed: ParsedFile) -> dict[str, str]:
    """Qualified name -> canonical name, of everything that can be gold in a file."""
    definitions = parsed.definitions
    return {
        definition.qualified_name: canonical_name(definitions, index)
        for index, definition in enumerate(definitions)
        if is_function(definition)
    }


@dataclass(frozen=True, slots=True)
class Names:
    """What an answer's names in one file are compared by.

    canonical: qualified name -> canonical name. modules: canonical name -> the outermost type or function around it,
    as LocAgent's paper counts modules. sizes: canonical name -> bytes of its own text.
    """

    canonical: Mapping[str, str]
    modules: Mapping[str, str]
    sizes: Mapping[str, int]


def names_of(parsed: ParsedFile) -> Names:
    """Names of everything in a file that can be gold."""
    definitions = parsed.definitions
    canonical = canonical_names(parsed)
    modules: dict[str, str] = {}
    sizes: dict[str, int] = {}
    for index, definition in enumerate(definitions):
        if is_function(definition):
            name = canonical[definition.qualified_name]
            modules.setdefault(name, _outermost(definitions, index))
            sizes.setdefault(name, _own_bytes(definitions, index, canonical))
    return Names(canonical, modules, sizes)


def _own_bytes(definitions: Sequence[Definition], index: int, canonical: Mapping[str, str]) -> int:
    """Bytes of a definition without what is opened under another name: a type's methods are read one by one."""
    own = definitions[index]
    inside = (
        item.end_byte - item.start_byte
        for item in definitions[index + 1 :]
        if item.parent == index
        and is_function(item)
        and canonical[item.qualified_name] != canonical[own.qualified_name]
    )
    return max(0, own.end_byte - own.start_byte - sum(inside))


def _outermost(definitions: Sequence[Definition], index: int) -> str:
    """Qualified name of the outermost type or function around a definition; namespaces do not count."""
    outermost, at = index, definitions[index].parent
    while at >= 0:
        if is_function(definitions[at]):
            outermost = at
        at = definitions[at].parent
    return definitions[outermost].qualified_name


def _touched(parsed: ParsedFile, lines: list[str], change: Change) -> list[int]:
    definitions = parsed.definitions
    if change.inserted:
        around = [i for i in _enclosing(definitions, change.start) if _holds_insertion(definitions[i], lines, change)]
        return around[-1:]
    touched: dict[int, None] = {}
    for line in range(change.start, min(change.end, len(lines)) + 1):
        if lines[line - 1].strip():
            touched.update(dict.fromkeys(_enclosing(definitions, line)[-1:]))
    return list(touched)


def _enclosing(definitions: Sequence[Definition], line: int) -> list[int]:
    """What encloses a line, outermost first: definitions come in order of their start."""
    return [i for i, item in enumerate(definitions) if item.start_line <= line <= item.end_line and is_function(item)]


def _holds_insertion(definition: Definition, lines: list[str], change: Change) -> bool:
    """Text put in after the last line belongs to a definition only if it is indented deeper than its head."""
    return change.start < definition.end_line or change.indent > _indent(lines[definition.start_line - 1])


def _indent(line: str) -> int:
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())
