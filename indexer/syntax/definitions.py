"""Raw definitions of a file -> records: nesting, qualified names, signatures, doc comments, leads."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from locant.indexer.syntax.doc_comments import comment_text, docstring_text
from locant.indexer.syntax.findings import Findings, Lead, RawDefinition
from locant.indexer.syntax.records import Definition

if TYPE_CHECKING:
    from locant.indexer.syntax.rows import Rows

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
_SYMBOL = re.compile(r":\w+[?!=]?|\w+:\s*")  # `:name` of Ruby and Elixir, `name:` of an Elixir keyword
_NAME_MARKS = "\"'`#"
# They say how a name is reached, not where it belongs: `module.exports.f`, `A.prototype.f`, `this.f`.
_SCOPES_WITHOUT_MEANING = frozenset({"", "module", "exports", "prototype", "this", "self"})
_TYPE_ARGUMENTS = re.compile(r"<.*?>|\[.*?\]|[*&()\s]")
_MODIFIERS_BEFORE = re.compile(rb"[ \t]*(?:\w+[ \t]+)*\Z")
_WHITESPACE = b" \t\r\n"
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


def build_definitions(found: Findings) -> tuple[list[Definition], list[int]]:
    """Definitions in order of their start, each after what encloses it, and the first row of each with its lead."""
    builder = _Builder(found)
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
    def __init__(self, found: Findings) -> None:
        self.found = found
        self.rows = found.rows
        self.source = found.rows.source
        self.definitions: list[Definition] = []
        self.leads: list[int] = []
        self.stack = [_Open(-1, len(self.source) + 1, -1, "module", "", 0)]
        self.seen: set[str] = set()
        self.clauses: dict[int, int] = {}
        self.classes: dict[str, int] = {}
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
            # A class that stands before is the parent, as if it enclosed them, of what an `impl` of it holds.
            index = self.classes.get(qualified, outer.index)
            stack.append(_Open(raw.start, raw.end, index, "scope", qualified, outer.depth + 1))
            if raw.bases:
                self.scope_bases.append((qualified, raw.bases))
            return
        kind = _kind(raw.kind, name, outer.kind)
        if kind in _ONCE_KINDS and (qualified in self.seen or name == "_"):
            return
        self.seen.add(qualified)
        index = self._clause_before(raw, qualified, outer.index)
        if index >= 0:
            end_line = self._end_line(raw)
            self.definitions[index] = self.definitions[index]._replace(end_line=end_line, end_byte=raw.end)
        else:
            index = len(self.definitions)
            self._append(raw, name, qualified, kind, outer.index)
            if kind in CLASS_KINDS:
                self.classes.setdefault(qualified, index)
        self.clauses[outer.index] = index if raw.is_clause else -1
        stack.append(_Open(raw.start, raw.end, index, kind, qualified, outer.depth + 1))

    def _append(self, raw: RawDefinition, name: str, qualified: str, kind: str, parent: int) -> None:
        source, rows = self.source, self.rows
        first_row = rows.row_at(raw.start)
        line_start = rows.start(first_row)
        start, row = _statement_start(raw, first_row, rows)
        begins_line = _begins_line(source, line_start, raw.start)
        lead, comments, doc = self._lead(first_row, line_start) if begins_line else (first_row, [], b"")
        doc = raw.doc or doc
        self.definitions.append(
            Definition(
                name,
                qualified,
                kind,
                row + 1,
                self._end_line(raw),
                raw.start,
                raw.end,
                _signature(raw, kind, start, rows.start(row), rows),
                docstring_text(doc) if doc else comment_text(comments),
                parent,
                _ordered(raw.bases),
            )
        )
        self.leads.append(lead)

    def _end_line(self, raw: RawDefinition) -> int:
        """Last line with text: nodes of some grammars (Scala, Haskell) run on to where the next statement starts."""
        end = raw.end
        while end > raw.start and self.source[end - 1] in _WHITESPACE:
            end -= 1
        return self.rows.row_at(max(raw.start, end - 1)) + 1

    def _clause_before(self, raw: RawDefinition, qualified: str, parent: int) -> int:
        """Index of the definition of which `raw` is a further clause, its neighbour of the same name; or -1."""
        index = self.clauses.get(parent, -1) if raw.is_clause else -1
        return index if index >= 0 and self.definitions[index].qualified_name == qualified else -1

    def _is_doc_block(self, lead: Lead, start: int) -> bool:
        """A `/** */` that only a blank line parts from the definition: some code bases always write it so."""
        return self.source.startswith(b"/**", lead[1]) and not self.source[lead[2] : start].strip()

    def _lead(self, row: int, start: int) -> tuple[int, list[bytes], bytes]:
        """First row of the comments and decorators directly before `row`, the comments' text, a decorator's @doc."""
        comments: list[bytes] = []
        doc = b""
        lead_at = self.found.lead_ending_at
        detached = lead_at(row - 2)
        if detached is not None and lead_at(row - 1) is None and self._is_doc_block(detached, start):
            row -= 1
        while (above := lead_at(row - 1)) is not None and above[0] < row:
            row = above[0]
            if above[3]:
                comments.append(self.source[above[1] : above[2]])
            elif not doc:
                doc = self.found.decorator_docs.get(above[1], b"")
        comments.reverse()
        return row, comments, doc

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
            self.definitions[index] = definition._replace(bases=merged)


def _ordered(bases: dict[str, int] | None) -> tuple[str, ...]:
    """As they stand in the source; matches come in no such order."""
    return tuple(sorted(bases, key=bases.__getitem__)) if bases else ()


def _start_byte(definition: Definition) -> int:
    return definition.start_byte


def _split_name(raw: RawDefinition) -> tuple[str, str]:
    """Name and scope; a path as name gives its front part to the scope."""
    name, scope = raw.name.removeprefix("::"), raw.scope  # `class ::A` of Ruby
    if not name.isidentifier():
        path = _NAME_PATH.match(name)
        if path:
            scope = f"{scope}.{path.group()}" if scope else path.group()
            name = name[path.end() :]
        if _SYMBOL.fullmatch(name):
            name = name.strip(": ")
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


def _statement_start(raw: RawDefinition, row: int, rows: Rows) -> tuple[int, int]:
    """Byte and row of the definition proper: annotations that the grammar puts inside it are stepped over."""
    if rows.source[raw.start] in _ANNOTATION_MARKS:
        for child in raw.node.children:
            for part in child.children if child.type == "modifiers" else (child,):
                if part.type not in _ANNOTATION_TYPES:
                    return part.start_byte, part.start_point[0]
    return raw.start, row


def _signature(raw: RawDefinition, kind: str, start: int, line_start: int, rows: Rows) -> str:
    """Text up to the body on one line; modifiers before the node (`export default`, `const`) belong to it."""
    if _begins_line(rows.source, line_start, start):
        start = line_start
    end = raw.body if raw.body >= 0 else _body_start(raw, kind)
    text = rows.text(start, min(end, start + _SIGNATURE_BYTES))
    return " ".join(text.split())[:MAX_SIGNATURE_CHARS].rstrip(" :{=")


def _begins_line(source: bytes, line_start: int, start: int) -> bool:
    """Whether nothing but space and modifiers stands before a definition on its line."""
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
