"""The matches of a query, sorted into definitions, references, imports and comments.

References and comments are nine tenths of all matches. Their patterns capture nothing else, so their matches are put
aside by pattern and read together afterwards; what is left goes through a table of handlers, match by match. The
records are plain classes with slots: this runs hundreds of thousands of times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

    from locant.indexer.syntax.rows import Rows

__all__ = ["LANES", "Findings", "Lead", "RawDefinition", "RawImport", "collect", "last_component"]

Captures = dict[str, list["Node"]]
Match = tuple[int, Captures]
# First row, start, end, and whether it is a comment.
Lead = tuple[int, int, int, bool]

# A pattern that captures one of these and nothing else has its matches read together.
LANES = frozenset({"comment", "reference.call", "reference.inherit", "reference.type"})

_LAST_COMPONENT = re.compile(r"(\w[\w'!?]*)\W*$")
_TYPE_ARGUMENTS = re.compile(r"[\s]*[<\[(].*", re.DOTALL)
_QUOTES = "\"'`<>"
_LINE_FEED = 10
_BYTE_RANGE = attrgetter("byte_range")


class RawDefinition:
    """A definition or, when `kind` is empty, a scope that only lends its name.

    bases: text -> position. body: where it starts, or -1.
    """

    __slots__ = (
        "bases",
        "body",
        "doc",
        "end",
        "is_clause",
        "kind",
        "name",
        "name_start",
        "node",
        "pattern",
        "scope",
        "start",
    )

    def __init__(self, node: Node, kind: str, pattern: int, name: str, name_start: int) -> None:
        self.node = node
        self.start, self.end = node.byte_range
        self.kind = kind
        self.pattern = pattern
        self.name = name
        self.name_start = name_start
        self.scope = ""
        self.doc = b""
        self.body = -1
        self.is_clause = False
        self.bases: dict[str, int] | None = None


class RawImport:
    """One import; names may be added by several matches."""

    __slots__ = ("end", "level", "line", "module", "names", "start")

    def __init__(self, module: str, line: int, start: int, end: int) -> None:
        self.module = module
        self.line = line
        self.start = start
        self.end = end
        self.level = 0
        self.names: list[str] = []


class Findings:
    """All that the matches of one file say.

    definitions: by start of the name, so that several matches of one definition meet; imports by that of the module.
    references: (name, line) -> kind. inherited: those of kind `inherit`, until all are known.
    free_bases: (start byte, text) of bases that were captured outside a definition's pattern.
    decorators, comments: by the last row of each.
    decorator_docs: the documentation that a decorator holds, by its start.
    lanes: matches that are read together, by label.
    """

    __slots__ = (
        "comments",
        "decorator_docs",
        "decorators",
        "definitions",
        "error_bytes",
        "free_bases",
        "imports",
        "inherited",
        "lanes",
        "n_errors",
        "references",
        "rows",
    )

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.definitions: dict[int, RawDefinition] = {}
        self.references: dict[tuple[str, int], str] = {}
        self.inherited: dict[tuple[str, int], str] = {}
        self.imports: dict[int, RawImport] = {}
        self.free_bases: list[tuple[int, str]] = []
        self.decorators: dict[int, Lead] = {}
        self.decorator_docs: dict[int, bytes] = {}
        self.comments: dict[int, tuple[int, int]] = {}
        self.lanes: dict[str, list[Captures]] = {lane: [] for lane in LANES}
        self.n_errors = 0
        self.error_bytes = 0

    def lead_ending_at(self, row: int) -> Lead | None:
        """The comment or decorator that has its lines, the last of which is `row`, for itself."""
        lead = self.decorators.get(row)
        if lead is not None or row not in self.comments:
            return lead
        return _lead(self.rows, *self.comments[row], is_comment=True)


def collect(matches: Sequence[Match], rows: Rows, lanes: Sequence[str]) -> Findings:
    """Sort the matches of one file; `lanes` gives for each pattern of the query one of `LANES`, or the empty string."""
    found = Findings(rows)
    appends = [found.lanes[lane].append if lane else None for lane in lanes]
    for pattern, captures in matches:
        append = appends[pattern]
        if append is not None:
            append(captures)
            continue
        for label, nodes in captures.items():
            handler = _HANDLERS[label]
            if handler is not None:
                handler(found, pattern, label, nodes, captures)
    found.comments = _by_last_row(found.lanes["comment"], rows)
    # One name on one line counts once: as a base rather than a call, as a call rather than a type.
    found.references = _uses(found, "type")
    found.references.update(_uses(found, "call"))
    found.references.update(_uses(found, "inherit"))
    found.references.update(found.inherited)
    _drop_own_names(found)
    return found


def last_component(name: str) -> str:
    """`c` of `a.b::c[T]`."""
    bare = re.split(r"[<(\[]", name, maxsplit=1)[0]
    match = _LAST_COMPONENT.search(bare)
    return match.group(1) if match else bare


def _uses(found: Findings, kind: str) -> dict[tuple[str, int], str]:
    label = f"reference.{kind}"
    spans = _spans(found.lanes[label], label)
    if not spans:
        return {}
    lines = found.rows.lines_at([start for start, _ in spans])
    return dict.fromkeys(zip(found.rows.texts(spans), lines, strict=True), kind)


def _spans(lane: Iterable[Captures], label: str) -> list[tuple[int, int]]:
    """Where the nodes of a lane are, without a step of Python for each."""
    return list(map(_BYTE_RANGE, chain.from_iterable(map(itemgetter(label), lane))))


def _by_last_row(comments: list[Captures], rows: Rows) -> dict[int, tuple[int, int]]:
    """Comments by the last row that has a part of them; the line feed, which some grammars count in, is none.

    Of two on one row the first counts: Rust's grammar has the text of a doc comment as a comment inside it.
    """
    spans = _spans(reversed(comments), "comment")
    if not spans:
        return {}
    lines = rows.lines_at([max(start, end - 1) for start, end in spans])
    return {line - 1: span for line, span in zip(lines, spans, strict=True)}


def _drop_own_names(found: Findings) -> None:
    """Take away type references that are the names of definitions on their own line."""
    references = found.references
    if not found.definitions:
        return
    lines = found.rows.lines_at(list(found.definitions))
    for raw, line in zip(found.definitions.values(), lines, strict=True):
        key = (raw.name, line)
        if references.get(key) == "type":
            del references[key]


def _lead(rows: Rows, start: int, end: int, *, is_comment: bool) -> Lead | None:
    """A comment or decorator, unless it shares its lines with something else."""
    source = rows.source
    row = rows.row_at(start)
    if source[rows.start(row) : start].strip():
        return None
    if source[end - 1] != _LINE_FEED and source[end : rows.end(rows.row_at(end - 1))].strip():
        return None
    return row, start, end, is_comment


def _text(node: Node, rows: Rows) -> str:
    start, end = node.byte_range
    return rows.text(start, end)


def _on_definition(found: Findings, pattern: int, label: str, nodes: list[Node], captures: Captures) -> None:
    names = captures.get("name")
    if not names:
        return
    start, end = names[0].byte_range
    raw = found.definitions.get(start)
    if raw is None or pattern < raw.pattern:
        kind = label[11:] if label.startswith("definition.") else ""
        before, raw = raw, RawDefinition(nodes[0], kind, pattern, found.rows.text(start, end), start)
        if before is not None:  # the other patterns' details hold for this one too
            raw.bases, raw.scope, raw.doc, raw.body = before.bases, before.scope, before.doc, before.body
        found.definitions[start] = raw
    if len(captures) > 2:  # more than @name and the definition itself
        _add_details(found, raw, captures)


def _add_details(found: Findings, raw: RawDefinition, captures: Captures) -> None:
    for node in captures.get("base", ()):
        if raw.bases is None:
            raw.bases = {}
        raw.bases.setdefault(_base_text(node, found.rows), node.start_byte)
        _add_inherit(found, node)
    if "scope" in captures and not raw.scope:
        raw.scope = ".".join([_text(node, found.rows) for node in captures["scope"]])
    if "doc" in captures and not raw.doc:
        raw.doc = _doc(captures, found.rows.source)
    if "clause" in captures:
        raw.is_clause = True
    if "body" in captures and raw.body < 0:
        raw.body = captures["body"][0].start_byte


def _doc(captures: Captures, source: bytes) -> bytes:
    return b"\n".join([source[node.start_byte : node.end_byte] for node in captures["doc"]])


def _base_text(node: Node, rows: Rows) -> str:
    """`Base` of `Base<T>`, `pkg.Base` of `pkg.Base[T]`."""
    return _TYPE_ARGUMENTS.sub("", _text(node, rows))


def _add_inherit(found: Findings, node: Node) -> None:
    name = last_component(_base_text(node, found.rows))
    found.inherited[name, found.rows.row_at(node.end_byte) + 1] = "inherit"


def _on_lane(found: Findings, _: int, label: str, __: list[Node], captures: Captures) -> None:
    """A reference or comment in a pattern that captures more than it."""
    found.lanes[label].append(captures)


def _on_free_base(found: Findings, _: int, __: str, nodes: list[Node], captures: Captures) -> None:
    if "name" in captures:
        return
    for node in nodes:
        found.free_bases.append((node.start_byte, _base_text(node, found.rows)))
        _add_inherit(found, node)


def _on_import(found: Findings, _: int, __: str, nodes: list[Node], captures: Captures) -> None:
    modules = captures.get("import.module")
    start, end = nodes[0].byte_range
    key = modules[0].start_byte if modules else start
    raw = found.imports.get(key)
    if raw is None:
        # Scala's grammar gives a path as a row of identifiers.
        module = found.rows.text(modules[0].start_byte, modules[-1].end_byte).strip(_QUOTES) if modules else ""
        raw = RawImport(" ".join(module.split()), found.rows.row_at(start) + 1, start, end)
        found.imports[key] = raw
    for level in captures.get("import.level", ()):
        raw.level = level.end_byte - level.start_byte
    raw.names.extend([_text(name, found.rows) for name in captures.get("import.name", ())])


def _on_decorator(found: Findings, _: int, __: str, nodes: list[Node], captures: Captures) -> None:
    inner = captures.get("decorated")
    rows = found.rows
    for node in nodes:
        start, end = node.byte_range
        row = rows.row_at(start)
        if inner is None:
            lead = _lead(rows, start, end, is_comment=False)
            if lead is not None:
                found.decorators[rows.row_at(end - 1)] = lead
                if "doc" in captures:
                    found.decorator_docs[start] = _doc(captures, rows.source)
        elif row < (inner_row := rows.row_at(inner[0].start_byte)):
            found.decorators[inner_row - 1] = (row, start, start, False)


def _on_error(found: Findings, _: int, __: str, nodes: list[Node], ___: Captures) -> None:
    for node in nodes:
        found.n_errors += 1
        found.error_bytes += node.end_byte - node.start_byte


_Handler = Callable[[Findings, int, str, list["Node"], Captures], None]


class _Handlers(dict[str, "_Handler | None"]):
    """Label -> what to do with it; None for a label that another one's handler reads."""

    def __missing__(self, label: str) -> _Handler | None:
        self[label] = _on_definition if label.startswith(("definition.", "scope.")) else None
        return self[label]


_HANDLERS = _Handlers(
    {
        "base": _on_free_base,
        "import": _on_import,
        "decorator": _on_decorator,
        "error": _on_error,
        **dict.fromkeys(LANES, _on_lane),
    }
)
