"""The long tail of languages: grammars of `tree-sitter-language-pack`, read without a query file for each.

Installed by the extra `locant[languages]`; without it nothing here is imported and such files get line chunks. Node
types are named alike in most grammars (`function_definition`, `class_declaration`, ...), so a type that sounds like a
definition is one; `longtail_names` finds its name. Grammars that do not follow the custom say so in `longtail_table`.
What comes out is what the engine yields, so chunking works on it.

The query of a grammar is a list of node types and nothing else: patterns with children are checked against the whole
grammar when a query is made, which takes a minute for Verilog. Only grammars in the table are ever loaded, since some
of the pack hang or crash on some input (cobol, typst).
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from tree_sitter import Language as TreeSitterLanguage
from tree_sitter import Parser, Query, QueryCursor

from locant.indexer.syntax.engine import COMMENT_TYPES, Extraction, extraction_of
from locant.indexer.syntax.findings import collect
from locant.indexer.syntax.longtail_names import callee_node, definition_of_form, module_node, name_node
from locant.indexer.syntax.longtail_table import LONGTAIL, LongtailRow
from locant.indexer.syntax.records import Import
from locant.indexer.syntax.rows import Rows

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

__all__ = ["available", "extract_longtail", "longtail_language"]

_PACK = "tree_sitter_language_pack"

# What a node type is about -> kind of what it defines; the endings tell a definition from its parts and its uses.
_SUBJECTS = (
    ("constructor", "constructor"),
    ("method", "method"),
    ("function|func|fun|subroutine|procedure|proc|rpc|modifier|event|task", "function"),
    ("macro", "macro"),
    ("class|contract|actor", "class"),
    ("interface|service", "interface"),
    ("trait|mixin", "trait"),
    ("struct|record|message|entity|error", "struct"),
    ("enum", "enum"),
    ("union", "union"),
    ("object", "object"),
    ("module|package|namespace|library|architecture|program", "module"),
    ("type|typedef|type_alias|alias", "type"),
)
_ENDINGS = "definition|declaration|decl|def|defn|item|implementation"
_DEFINITION_TYPES = tuple(
    (re.compile(rf"(?:\w+_)?(?:{subjects})_(?:{_ENDINGS})"), kind) for subjects, kind in _SUBJECTS
)
_PARTS = re.compile(r"preproc_|anonymous_|formal_|end_|forward_|using_|import|use_|return|default|\w*_call_")
_CALL_TYPES = re.compile(
    r"(?:\w+_)?(?:call|invocation|application|apply)(?:_expression|_statement)?|call_\w*expression"
)
_NO_CALLS = re.compile(r"preproc_|ms_|macro_call_args|type_|pat_")
_IMPORT_TYPES = re.compile(
    r"(?:import|include|use|using|open|preproc_include|require)"
    r"(?:_(?:statement|declaration|directive|attribute|clause|module|or_export|command|spec|import))?"
)


@dataclass(frozen=True, slots=True)
class _Compiled:
    parser: Parser
    query: Query
    row: LongtailRow


def available() -> bool:
    """Whether the extra with the grammars is installed."""
    return importlib.util.find_spec(_PACK) is not None


def longtail_language(path: str) -> str | None:
    """Name of the grammar for a file, by exact name or extension; None when unknown or the extra is absent."""
    filename = path.rsplit("/", 1)[-1]
    _, dot, extension = filename.rpartition(".")
    grammar = _BY_FILENAME.get(filename) or _BY_EXTENSION.get(f"{dot}{extension.lower()}")
    return grammar if grammar is not None and available() else None


def extract_longtail(source: bytes, grammar: str) -> Extraction | None:
    """Definitions, calls and imports of UTF-8 `source`; None when the extra is absent."""
    if grammar not in LONGTAIL:
        known = ", ".join(sorted(LONGTAIL))
        raise ValueError(f"{grammar!r} is not in the table of grammars; choose one of: {known}.")
    if not available():
        return None
    compiled = _compiled(grammar)
    return _extraction(compiled, compiled.parser.parse(source), source)


_BY_EXTENSION = {extension: name for name, row in LONGTAIL.items() for extension in row.extensions}
_BY_FILENAME = {filename: name for name, row in LONGTAIL.items() for filename in row.filenames}


@cache
def _compiled(name: str) -> _Compiled:
    grammar: TreeSitterLanguage = importlib.import_module(_PACK).get_language(name)
    row = LONGTAIL[name]
    patterns = [f"({node_type}) @{label}" for node_type in _node_types(grammar) for label in _labels(node_type, row)]
    return _Compiled(Parser(grammar), Query(grammar, "\n".join([*patterns, "(ERROR) @error"])), row)


def _node_types(grammar: TreeSitterLanguage) -> list[str]:
    ids = [i for i in range(grammar.node_kind_count) if grammar.node_kind_is_named(i)]
    names = {grammar.node_kind_for_id(i) for i in ids if grammar.node_kind_is_visible(i)}
    return sorted(name for name in names if name and name != "ERROR")


def _labels(node_type: str, row: LongtailRow) -> list[str]:
    """What a node of this type may be: a definition, a call, an import, a comment."""
    if node_type in COMMENT_TYPES:
        return ["comment"]
    if node_type in row.forms:
        return ["form"]
    labels = []
    kind = row.kinds.get(node_type, _kind_by_name(node_type))
    if kind:
        labels.append(f"definition.{kind}")
    if _CALL_TYPES.fullmatch(node_type) and not _NO_CALLS.match(node_type):
        labels.append("call")
    if _IMPORT_TYPES.fullmatch(node_type) and not kind:
        labels.append("import")
    return labels


def _kind_by_name(node_type: str) -> str:
    if _PARTS.match(node_type):
        return ""
    return next((kind for pattern, kind in _DEFINITION_TYPES if pattern.fullmatch(node_type)), "")


def _extraction(compiled: _Compiled, tree: Tree, source: bytes) -> Extraction:
    found_nodes = QueryCursor(compiled.query).captures(tree.root_node)
    matches: list[tuple[int, dict[str, list[Node]]]] = []
    for label, nodes in found_nodes.items():
        for node in nodes:
            captures = _captures(label, node, compiled.row)
            if captures:
                matches.append((0, captures))
    # An outer node before an inner one: of two nodes that claim one name, the engine takes the first.
    matches.sort(key=_extent)
    found = collect(matches, Rows(source), ("",))
    imports = tuple([Import(raw.module, (), raw.line) for raw in found.imports.values()])
    return replace(extraction_of(found, tree), imports=imports)


def _extent(match: tuple[int, dict[str, list[Node]]]) -> tuple[int, int]:
    node = next(iter(match[1].values()))[0]
    return node.start_byte, -node.end_byte


def _captures(label: str, node: Node, row: LongtailRow) -> dict[str, list[Node]]:
    """The captures that a query file would have made for one node; empty when it is none of those after all."""
    if label.startswith("definition."):
        name = name_node(node, row)
        return {label: [node], "name": [name]} if name is not None else {}
    if label == "form":
        return definition_of_form(node)
    if label == "call":
        callee = callee_node(node)
        return {"reference.call": [callee]} if callee is not None else {}
    if label == "import":
        module = module_node(node)
        return {"import": [node], "import.module": [module]} if module is not None else {}
    return {label: [node]}
