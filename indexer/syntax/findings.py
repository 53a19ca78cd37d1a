"""The matches of a query, sorted into definitions, references, imports and comments.

Plain mutable records with slots: this loop runs for every match of every file, hundreds of thousands of times.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["Findings", "RawDefinition", "RawImport", "collect", "drop_own_names", "last_component"]

Captures = dict[str, list["Node"]]

_LAST_COMPONENT = re.compile(r"(\w[\w'!?]*)\W*$")
_TYPE_ARGUMENTS = re.compile(rb"[\s]*[<\[(].*", re.DOTALL)
_DEFINITION_LABELS = ("definition.", "scope.")
_QUOTES = "\"'`<>"


@dataclass(slots=True)
class RawDefinition:
    """A definition or, when `kind` is empty, a scope that only lends its name."""

    node: Node
    start: int
    end: int
    kind: str
    pattern: int
    name: bytes
    name_row: int
    scope: bytes = b""
    doc: bytes = b""
    body: int = -1
    bases: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class RawImport:
    module: str
    row: int
    start: int
    end: int
    level: int = 0
    names: list[str] = field(default_factory=list)

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


@dataclass(slots=True)
class Findings:
    """All that the matches of one file say.

    definitions: by start of the name, so that several matches of one definition meet; imports by that of the module.
    free_bases: (start byte, text) of bases that were captured outside a definition's pattern.
    lead_rows: last row of each comment or decorator that starts its line -> (first row, start, end, is comment).
    """

    definitions: dict[int, RawDefinition] = field(default_factory=dict)
    references: dict[tuple[bytes, int], str] = field(default_factory=dict)
    inherited: dict[tuple[bytes, int], str] = field(default_factory=dict)
    imports: dict[int, RawImport] = field(default_factory=dict)
    free_bases: list[tuple[int, str]] = field(default_factory=list)
    lead_rows: dict[int, tuple[int, int, int, bool]] = field(default_factory=dict)
    n_errors: int = 0
    error_bytes: int = 0


def collect(matches: list[tuple[int, Captures]], source: bytes) -> Findings:
    """Sort the matches of one file."""
    found = Findings()
    types: dict[tuple[bytes, int], str] = {}
    calls: dict[tuple[bytes, int], str] = {}
    stores = {"reference.type": types, "reference.call": calls, "reference.inherit": found.inherited}
    for pattern, captures in matches:
        for label, nodes in captures.items():
            store = stores.get(label)
            if store is not None:
                kind = label[10:]
                for node in nodes:
                    store[source[node.start_byte : node.end_byte], node.start_point[0]] = kind
                continue
            handler = _HANDLERS.get(label)
            if handler is not None:
                handler(found, nodes, captures, source)
            elif label.startswith(_DEFINITION_LABELS):
                _add_definition(found, pattern, label, nodes[0], captures, source)
    # One name on one line counts once: as a base rather than a call, as a call rather than a type.
    found.references = {**types, **calls, **found.inherited}
    return found


def drop_own_names(found: Findings) -> None:
    """Take away type references that are the names of definitions on their own line."""
    for raw in found.definitions.values():
        key = (raw.name, raw.name_row)
        if found.references.get(key) == "type":
            del found.references[key]


def last_component(name: str) -> str:
    """`c` of `a.b::c[T]`."""
    bare = re.split(r"[<(\[]", name, maxsplit=1)[0]
    match = _LAST_COMPONENT.search(bare)
    return match.group(1) if match else bare


def _text(node: Node, source: bytes) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _add_definition(found: Findings, pattern: int, label: str, node: Node, captures: Captures, source: bytes) -> None:
    names = captures.get("name")
    if not names:
        return
    name = names[0]
    kind = label[11:] if label.startswith("definition.") else ""
    raw = found.definitions.get(name.start_byte)
    if raw is None or pattern < raw.pattern:
        bases = raw.bases if raw is not None else {}
        text, row = source[name.start_byte : name.end_byte], name.start_point[0]
        raw = RawDefinition(node, node.start_byte, node.end_byte, kind, pattern, text, row, bases=bases)
        found.definitions[name.start_byte] = raw
    _add_details(found, raw, captures, source)


def _add_details(found: Findings, raw: RawDefinition, captures: Captures, source: bytes) -> None:
    for node in captures.get("base", ()):
        raw.bases.setdefault(_base_text(node, source), node.start_byte)
        _add_inherit(found, node, source)
    if "scope" in captures and not raw.scope:
        raw.scope = b".".join(source[node.start_byte : node.end_byte] for node in captures["scope"])
    if "doc" in captures and not raw.doc:
        raw.doc = b"\n".join(source[node.start_byte : node.end_byte] for node in captures["doc"])
    if "body" in captures and raw.body < 0:
        raw.body = captures["body"][0].start_byte


def _base_text(node: Node, source: bytes) -> str:
    """`Base` of `Base<T>`, `pkg.Base` of `pkg.Base[T]`."""
    text = source[node.start_byte : node.end_byte]
    return _TYPE_ARGUMENTS.sub(b"", text).decode("utf-8", "replace")


def _add_inherit(found: Findings, node: Node, source: bytes) -> None:
    name = last_component(_base_text(node, source))
    found.inherited[name.encode(), node.end_point[0]] = "inherit"


def _on_free_base(found: Findings, nodes: list[Node], captures: Captures, source: bytes) -> None:
    if "name" in captures:
        return
    for node in nodes:
        found.free_bases.append((node.start_byte, _base_text(node, source)))
        _add_inherit(found, node, source)


def _on_import(found: Findings, nodes: list[Node], captures: Captures, source: bytes) -> None:
    node = nodes[0]
    modules = captures.get("import.module")
    names = captures.get("import.name", [])
    key = modules[0].start_byte if modules else node.start_byte
    raw = found.imports.get(key)
    if raw is None:
        module = _text(modules[0], source).strip(_QUOTES) if modules else ""
        raw = found.imports[key] = RawImport(
            " ".join(module.split()), node.start_point[0], node.start_byte, node.end_byte
        )
    if "import.level" in captures:
        level = captures["import.level"][0]
        raw.level = level.end_byte - level.start_byte
    raw.names.extend(_text(name, source) for name in names)


def _on_comment(found: Findings, nodes: list[Node], captures: Captures, source: bytes) -> None:
    for node in nodes:
        _add_lead(found, node, source, is_comment=True)


def _on_decorator(found: Findings, nodes: list[Node], captures: Captures, source: bytes) -> None:
    inner = captures.get("decorated")
    for node in nodes:
        if inner is None:
            _add_lead(found, node, source, is_comment=False)
        elif node.start_point[0] < inner[0].start_point[0]:
            row, start = node.start_point[0], node.start_byte
            found.lead_rows[inner[0].start_point[0] - 1] = (row, start, start, False)


def _add_lead(found: Findings, node: Node, source: bytes, *, is_comment: bool) -> None:
    """Note a comment or decorator that has its lines for itself."""
    row, column = node.start_point
    start, end = node.start_byte, node.end_byte
    if column and source[start - column : start].strip():
        return
    end_row, end_column = node.end_point
    if end_column and source[end : source.find(b"\n", end)].strip():
        return
    if end_column == 0 and end_row > row:  # Rust's line comments include the line end
        end_row -= 1
    found.lead_rows[end_row] = (row, start, end, is_comment)


def _on_error(found: Findings, nodes: list[Node], captures: Captures, source: bytes) -> None:
    for node in nodes:
        found.n_errors += 1
        found.error_bytes += node.end_byte - node.start_byte


_HANDLERS: dict[str, Callable[[Findings, list[Node], Captures, bytes], None]] = {
    "base": _on_free_base,
    "import": _on_import,
    "comment": _on_comment,
    "decorator": _on_decorator,
    "error": _on_error,
}
