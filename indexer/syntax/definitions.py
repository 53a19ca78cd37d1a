"""Raw definitions of a file -> records: nesting, qualified names, signatures, doc comments, leads."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from locant.indexer.syntax.doc_comments import comment_text, docstring_text
from locant.indexer.syntax.findings import Findings, RawDefinition
from locant.indexer.syntax.records import Definition

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["CLASS_KINDS", "FUNCTION_KINDS", "VALUE_KINDS", "build_definitions"]

FUNCTION_KINDS = frozenset({"function", "method", "constructor"})
CLASS_KINDS = frozenset({"class", "interface", "trait", "struct", "enum", "union", "object", "protocol", "extension"})
VALUE_KINDS = frozenset({"variable", "constant", "field", "property"})

MAX_SIGNATURE_CHARS = 300
# Bytes of source read for a signature: whitespace is collapsed afterwards, and a character has up to four bytes.
_SIGNATURE_BYTES = 4 * MAX_SIGNATURE_CHARS

# Deeper nesting than this is generated or hostile; names stop growing there, or n levels would cost n * n characters.
_MAX_NAME_DEPTH = 20

# `x = x + 1` and `typedef struct s {} s` do not define anything again.
_ONCE_KINDS = VALUE_KINDS | {"type"}
_LOCAL_KINDS = frozenset({"variable", "constant", "field", "prototype"})
_BODY_SUFFIXES = ("block", "body", "declaration_list", "variant_list", "enumerator_list", "member_list", "_statement")
_PATH_SEPARATOR = re.compile(r"::|\.|:|\\")
_NAME_PATH = re.compile(r"(?:[\w~$@?!]+(?:<[^()]*>)?(?:::|\.|:|\\))+(?=[\w~$@?!])")
# A conversion operator of C++ has its parameter list in the name node: `operator bool() const`.
_CONVERSION_TAIL = re.compile(r"(?<=^operator )([^()]+)\(.*", re.DOTALL)
# Private names of JavaScript, names given as strings, symbols: nobody asks for the mark.
_NAME_MARKS = "\"'`#"
# They say how a name is reached, not where it belongs: `module.exports.f`, `A.prototype.f`, `this.f`.
_SCOPES_WITHOUT_MEANING = frozenset({"", "module", "exports", "prototype", "this", "self"})
_TYPE_ARGUMENTS = re.compile(r"<.*?>|\[.*?\]|[*&()\s]")
_MODIFIERS_BEFORE = re.compile(rb"[ \t]*(?:\w+[ \t]+)*\Z")
_ANNOTATION_MARKS = b"@[#"
_ANNOTATION_TYPES = frozenset(
    {
        "annotation",
        "attribute",
        "attribute_item",
        "attribute_list",
        "block_comment",
        "comment",
        "decorator",
        "line_comment",
        "marker_annotation",
    }
)


def build_definitions(found: Findings, source: bytes) -> tuple[list[Definition], list[int]]:
    """Definitions in order of their start, each after what encloses it, and the first row of each with its lead."""
    builder = _Builder(found, source)
    for raw in sorted(found.definitions.values(), key=lambda raw: (raw.start, -raw.end, raw.pattern)):
        builder.add(raw)
    return builder.finish()


class _Open:
    """A definition or scope that may still enclose what follows."""

    __slots__ = ("depth", "end", "index", "kind", "qualified", "start")

    def __init__(self, start: int, end: int, index: int, kind: str, qualified: str, depth: int) -> None:
        self.start = start
        self.end = end
        self.index = index
        self.kind = kind
        self.qualified = qualified
        self.depth = depth


class _Builder:
    def __init__(self, found: Findings, source: bytes) -> None:
        self.found = found
        self.source = source
        self.definitions: list[Definition] = []
        self.leads: list[int] = []
        self.stack = [_Open(-1, len(source) + 1, -1, "module", "", 0)]
        self.seen: set[str] = set()
        self.scope_bases: list[tuple[str, dict[str, int]]] = []

    def add(self, raw: RawDefinition) -> None:
        stack = self.stack
        while stack[-1].end <= raw.start or (stack[-1].start == raw.start and stack[-1].end == raw.end):
            stack.pop()  # `a, b = 1, 2` defines two names with one span: neither encloses the other
        outer = stack[-1]
        if raw.kind in _LOCAL_KINDS and outer.kind in FUNCTION_KINDS:
            return
        name, scope = _split_name(raw)
        qualified = _qualify(outer, scope, name)
        if not raw.kind:
            stack.append(_Open(raw.start, raw.end, outer.index, "scope", qualified, outer.depth + 1))
            if raw.bases:
                self.scope_bases.append((qualified, raw.bases))
            return
        kind = _kind(raw.kind, name, outer.kind)
        if kind in _ONCE_KINDS and (qualified in self.seen or name == "_"):
            return
        self.seen.add(qualified)
        index = len(self.definitions)
        self._append(raw, name, qualified, kind, outer.index)
        stack.append(_Open(raw.start, raw.end, index, kind, qualified, outer.depth + 1))

    def _append(self, raw: RawDefinition, name: str, qualified: str, kind: str, parent: int) -> None:
        start, row = _statement_start(raw.node, raw.start, self.source)
        first_row = raw.node.start_point[0]
        begins_line = _begins_line(self.source, raw.start)
        line_start = self.source.rfind(b"\n", 0, raw.start) + 1
        lead, comments = self._lead(first_row, line_start) if begins_line else (first_row, [])
        doc = docstring_text(raw.doc) if raw.doc else comment_text(comments)
        self.definitions.append(
            Definition(
                name=name,
                qualified_name=qualified,
                kind=kind,
                start_line=row + 1,
                end_line=_end_row(raw.node) + 1,
                start_byte=raw.start,
                end_byte=raw.end,
                signature=_signature(raw, kind, start, self.source),
                doc=doc,
                parent=parent,
                bases=_ordered(raw.bases),
            )
        )
        self.leads.append(lead)

    def _is_doc_block(self, lead: tuple[int, int, int, bool], start: int) -> bool:
        """A `/** */` that only a blank line parts from the definition: some code bases always write it so."""
        return self.source.startswith(b"/**", lead[1]) and not self.source[lead[2] : start].strip()

    def _lead(self, row: int, start: int) -> tuple[int, list[bytes]]:
        """First row of the comments and decorators that stand directly before `row`, and the comments' text."""
        comments: list[bytes] = []
        lead_rows = self.found.lead_rows
        detached = lead_rows.get(row - 2)
        if detached is not None and row - 1 not in lead_rows and self._is_doc_block(detached, start):
            row -= 1
        while (above := lead_rows.get(row - 1)) is not None and above[0] < row:
            row = above[0]
            if above[3]:
                comments.append(self.source[above[1] : above[2]])
        comments.reverse()
        return row, comments

    def finish(self) -> tuple[list[Definition], list[int]]:
        for position, base in self.found.free_bases:
            self._add_base(self._innermost(position), (base,))
        if self.scope_bases:
            by_name = {definition.qualified_name: i for i, definition in reversed(list(enumerate(self.definitions)))}
            for qualified, bases in self.scope_bases:
                self._add_base(by_name.get(qualified, -1), _ordered(bases))
        return self.definitions, self.leads

    def _innermost(self, position: int) -> int:
        """Index of the innermost definition around a byte position, or -1."""
        index = bisect_right(self.definitions, position, key=_start_byte) - 1
        while index >= 0 and self.definitions[index].end_byte <= position:
            index = self.definitions[index].parent
        return index

    def _add_base(self, index: int, bases: tuple[str, ...]) -> None:
        if index >= 0:
            definition = self.definitions[index]
            merged = tuple(dict.fromkeys(definition.bases + bases))
            self.definitions[index] = replace(definition, bases=merged)


def _ordered(bases: dict[str, int]) -> tuple[str, ...]:
    """As they stand in the source; matches come in no such order."""
    return tuple(sorted(bases, key=bases.__getitem__)) if bases else ()


def _start_byte(definition: Definition) -> int:
    return definition.start_byte


def _split_name(raw: RawDefinition) -> tuple[str, str]:
    """Name and scope; a path as name gives its front part to the scope."""
    name = raw.name.decode("utf-8", "replace")
    scope = raw.scope.decode("utf-8", "replace") if raw.scope else ""
    if not name.isidentifier():
        path = _NAME_PATH.match(name)
        if path:
            scope = f"{scope}.{path.group()}" if scope else path.group()
            name = name[path.end() :]
        name = " ".join(_CONVERSION_TAIL.sub(r"\1", name.strip(_NAME_MARKS)).split())
    return name, _clean_scope(scope) if scope else ""


def _clean_scope(scope: str) -> str:
    parts = _PATH_SEPARATOR.split(_TYPE_ARGUMENTS.sub("", scope))
    return ".".join(part for part in parts if part not in _SCOPES_WITHOUT_MEANING)


def _qualify(outer: _Open, scope: str, name: str) -> str:
    own = f"{scope}.{name}" if scope else name
    return f"{outer.qualified}.{own}" if outer.qualified and outer.depth < _MAX_NAME_DEPTH else own


def _kind(kind: str, name: str, outer_kind: str) -> str:
    if kind == "function" and (outer_kind in CLASS_KINDS or outer_kind == "scope"):
        return "method"
    if kind == "variable" and name.isupper():
        return "constant"
    return kind


def _end_row(node: Node) -> int:
    row, column = node.end_point
    return row - 1 if column == 0 and row > node.start_point[0] else row


def _statement_start(node: Node, start: int, source: bytes) -> tuple[int, int]:
    """Byte and row of the definition proper: annotations that the grammar puts inside it are stepped over."""
    if source[start] in _ANNOTATION_MARKS:
        for child in node.children:
            for part in child.children if child.type == "modifiers" else (child,):
                if part.type not in _ANNOTATION_TYPES:
                    return part.start_byte, part.start_point[0]
    return start, node.start_point[0]


def _signature(raw: RawDefinition, kind: str, start: int, source: bytes) -> str:
    """Text up to the body on one line; modifiers before the node (`export default`, `const`) belong to it."""
    if _begins_line(source, start):
        start = source.rfind(b"\n", 0, start) + 1
    end = raw.body if raw.body >= 0 else _body_start(raw, kind)
    text = source[start : min(end, start + _SIGNATURE_BYTES)].decode("utf-8", "replace")
    return " ".join(text.split())[:MAX_SIGNATURE_CHARS].rstrip(" :{=")


def _begins_line(source: bytes, start: int) -> bool:
    """Whether nothing but space and modifiers stands before a definition on its line."""
    line_start = source.rfind(b"\n", 0, start) + 1
    return start == line_start or _MODIFIERS_BEFORE.match(source, line_start, start) is not None


def _body_start(raw: RawDefinition, kind: str) -> int:
    if kind in VALUE_KINDS:
        return raw.end
    body = raw.node.child_by_field_name("body")
    if body is not None:
        return body.start_byte
    for child in raw.node.children:
        if child.type.endswith(_BODY_SUFFIXES) and child.start_byte > raw.start:
            return child.start_byte
    return raw.end
