"""Syntax tree -> definitions, references, imports: one pass of one query per language.

One query file per language (`queries/<name>.scm`), one tree-sitter cursor over the tree, all matches read in one loop:
walking the tree is most of the cost, so a second query would nearly double it (measured: 0.035 s per MB for the walk,
0.01 for reading what matched). Nothing here recurses over the tree, so depth of nesting costs no Python stack.

What a query file may capture. This is binding:

    @definition.<kind>   a whole definition; with @name in the same pattern. Kinds: see `records.Definition`.
    @name                its name node. A path (`A::f`, `M.f`, `a:b`) is split: what is before the last part is scope.
    @scope               a qualifier put before the name: Go receiver type, `impl` type, ...
    @base                what it inherits from; in the definition's pattern (one match per base is fine: merged),
                         or in a pattern of its own, then it goes to the innermost definition around it.
                         Every base is also a reference of kind `inherit`: do not capture it again.
    @doc                 a docstring node inside the definition, in the definition's pattern (optional, `?`); or
                         inside a @decorator, in its pattern.
    @clause              with a definition: neighbours of one name and parent are one definition.
    @body                where the body starts, if it is neither the field `body` nor a child whose type ends in block
                         or body.
    @scope.<anything>    a whole node that gives its @name to what it encloses and is no definition (Rust `impl`);
                         a @base in its pattern goes to the definition of that name in the file.
    @reference.call, @reference.type, @reference.inherit    directly on the name node, the last component of a path.
    @import              a whole import, with in the same pattern
    @import.module       the module's text (quotes and <> are taken off),
    @import.name         a name taken out of it (one match per name is fine, they are merged), and
    @import.level        the leading dots of a relative import. An @import inside another one is relative to it and
                         gets its module with `::` put before its own (Rust's `use a::{b::{c}}`).
    @decorator           a decorator or attribute that stands on its own lines before a definition; or, with @decorated
                         on a node inside it, a wrapper whose lines before that node belong to the definition.
    @_anything           for predicates only.

A first line `; inherits: <name>` puts the patterns of that query file after its own (TSX takes those of TypeScript).

What the engine adds, so that query files need not:
- comments (every node type of the grammar in `COMMENT_TYPES`) and errors are captured by themselves;
- when several patterns match one @name node, the pattern that stands first in the file gives the kind;
- a `function` directly inside a class-like definition or a scope becomes a `method`;
- a `variable` in capitals becomes a `constant`;
- variables, constants and fields inside functions are dropped; a value or type whose qualified name is taken, too;
- a reference of kind `type` to a name that is defined on the same line is dropped, so a pattern may capture every
  `(type_identifier)` without sparing the names of the definitions themselves.
"""

from __future__ import annotations

import importlib
import math
import re
import time
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from tree_sitter import Language as TreeSitterLanguage
from tree_sitter import Parser, Query, QueryCursor

from locant.indexer.syntax.definitions import build_definitions
from locant.indexer.syntax.findings import LANES, Findings, RawImport, collect
from locant.indexer.syntax.masking import mask_conditionals, mask_macros
from locant.indexer.syntax.records import Definition, Import, Reference
from locant.indexer.syntax.rows import Rows

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

    from locant.indexer.syntax.languages import Grammar, Language

__all__ = ["Extraction", "extract", "extraction_of", "load_grammar", "query_text"]

COMMENT_TYPES = ("comment", "line_comment", "block_comment", "multiline_comment", "doc_comment", "haddock")
# Real files with syntax errors stay far below; 30,000 loose brackets take the query cursor a second, 100,000 ten.
MAX_ERROR_TOKENS = 10_000
# Nothing is looked for deeper in the tree. tree-sitter counts depth in 16 bits, and past 32,767 a query of 150 kB of
# nested calls takes half a minute; code that people wrote stays below a hundred.
MAX_DEPTH = 10_000
_LABEL = re.compile(r"@([\w.]+)")
# How often tree-sitter asks whether to go on: for real files of all languages once in 40 to 220 bytes. A count gives
# the same answer each time, as a clock would not; the clock is for scanners that take their time between two looks.
BYTES_PER_LOOK = 4
MIN_LOOKS = 2_000
LOOKS_PER_CLOCK = 8
MAX_PARSE_SECONDS = 5.0
READ_BYTES = 65_536
_INHERITS = re.compile(r"; inherits: (\w+)")


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one file holds.

    leads: for each definition the first row (0-based) that belongs to it: its decorators and doc comment included.
    n_errors, error_bytes: syntax errors that the parser stepped over.
    tree, rows: for cutting long bodies at statement borders.
    """

    definitions: tuple[Definition, ...]
    references: tuple[Reference, ...]
    imports: tuple[Import, ...]
    leads: tuple[int, ...]
    n_errors: int
    error_bytes: int
    tree: Tree = field(repr=False)
    rows: Rows = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """lanes: for each pattern the one label of `LANES` that it captures, if nothing else counts."""

    parser: Parser
    query: Query
    lanes: tuple[str, ...]
    errors: Query


def extract(source: bytes, language: Language) -> Extraction:
    """Parse UTF-8 `source` and read what the query of `language` finds. `language` must have a grammar."""
    if language.grammar is None:
        raise ValueError(f"{language.name} has no grammar; give its files to locant.indexer.syntax.documents instead.")
    compiled = _compiled(language)
    tree = _parse(source, language, compiled)
    if _is_rubble(tree.root_node):
        return Extraction((), (), (), (), 1, len(source), tree, Rows(source))
    cursor = QueryCursor(compiled.query)
    cursor.set_max_start_depth(MAX_DEPTH)
    return extraction_of(collect(cursor.matches(tree.root_node), Rows(source), compiled.lanes), tree)


def _parse(source: bytes, language: Language, compiled: _Compiled) -> Tree:
    """Parse; if there are syntax errors, again without `#if` lines, and take the tree that has fewer."""
    masked = mask_macros(source, language.name)
    tree = parse_within_budget(compiled.parser, masked)
    if not tree.root_node.has_error:
        return tree
    bare = mask_conditionals(masked, language.name)
    if bare == masked:
        return tree
    return min((tree, parse_within_budget(compiled.parser, bare)), key=lambda found: _n_errors(found, compiled))


def _n_errors(tree: Tree, compiled: _Compiled) -> float:
    if not tree.root_node.has_error:
        return 0
    if _is_rubble(tree.root_node):
        return math.inf
    # Half an error for a token that was missing: it says so in the tree, yet matches no pattern.
    return 0.5 + len(QueryCursor(compiled.errors).captures(tree.root_node).get("error", ()))


def parse_within_budget(parser: Parser, source: bytes) -> Tree:
    """Parse, or raise ValueError when error recovery goes round and round instead of forward."""
    looks = MIN_LOOKS + len(source) // BYTES_PER_LOOK
    count = 0
    began = time.process_time()

    def read(offset: int, _: object) -> bytes:
        return source[offset : offset + READ_BYTES]

    def should_stop(_: int, __: bool) -> bool:
        nonlocal count
        count += 1
        return count > looks or (count % LOOKS_PER_CLOCK == 0 and time.process_time() - began > MAX_PARSE_SECONDS)

    try:
        return parser.parse(read, progress_callback=should_stop)
    except ValueError as error:
        parser.reset()
        raise ValueError("the parser does not come to an end") from error


def _is_rubble(root: Node) -> bool:
    """Whether one syntax error holds so many loose tokens that a query would take time quadratic in them."""
    if not root.has_error:
        return False
    return any(node.is_error and node.child_count > MAX_ERROR_TOKENS for node in (root, *root.children))


def extraction_of(found: Findings, tree: Tree) -> Extraction:
    """What the matches of a query say of a tree."""
    definitions, leads = build_definitions(found)
    return Extraction(
        definitions=tuple(definitions),
        references=_references(found),
        imports=_imports(found),
        leads=tuple(leads),
        n_errors=found.n_errors,
        error_bytes=found.error_bytes,
        tree=tree,
        rows=found.rows,
    )


def load_grammar(grammar: Grammar) -> TreeSitterLanguage:
    """Import a grammar's module and wrap its pointer."""
    module = importlib.import_module(grammar.module)
    return TreeSitterLanguage(getattr(module, grammar.function)())


@cache
def _compiled(language: Language) -> _Compiled:
    assert language.grammar is not None
    grammar = load_grammar(language.grammar)
    text = query_text(language.query) + _standing_patterns(grammar)
    query = Query(grammar, text)
    lanes = _lanes(query, text.encode())
    return _Compiled(Parser(grammar), query, lanes, Query(grammar, "(ERROR) @error"))


def _lanes(query: Query, text: bytes) -> tuple[str, ...]:
    lanes = []
    for pattern in range(query.pattern_count):
        own = text[query.start_byte_for_pattern(pattern) : query.end_byte_for_pattern(pattern)].decode()
        labels = {label for label in _LABEL.findall(own) if not label.startswith("_")}
        lanes.append(labels.pop() if len(labels) == 1 and labels <= LANES else "")
    return tuple(lanes)


def query_text(name: str) -> str:
    """A query file, with what it inherits put after it."""
    text = files("locant.indexer.syntax").joinpath("queries", f"{name}.scm").read_text("utf-8")
    inherits = _INHERITS.match(text)
    return f"{text}\n{query_text(inherits.group(1))}" if inherits else text


def _standing_patterns(grammar: TreeSitterLanguage) -> str:
    comments = [name for name in COMMENT_TYPES if grammar.id_for_node_kind(name, True)]
    return "".join(f"\n({name}) @comment" for name in comments) + "\n(ERROR) @error\n"


def _references(found: Findings) -> tuple[Reference, ...]:
    return tuple([Reference(name, line, kind) for (name, line), kind in found.references.items()])


def _imports(found: Findings) -> tuple[Import, ...]:
    imports = []
    outer: list[tuple[RawImport, str]] = []
    for raw in sorted(found.imports.values(), key=lambda raw: (raw.start, -raw.end)):
        while outer and (
            outer[-1][0].end <= raw.start or (outer[-1][0].start, outer[-1][0].end) == (raw.start, raw.end)
        ):
            outer.pop()
        module = f"{outer[-1][1]}::{raw.module}" if outer and raw.module else raw.module
        outer.append((raw, module))
        imports.append(Import(module, tuple(dict.fromkeys(raw.names)), raw.line, raw.level))
    return tuple(imports)


def _same_span(one: RawImport, other: RawImport) -> bool:
    return one.start == other.start and one.end == other.end
