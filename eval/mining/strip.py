"""Takes doc comments out of source text without moving anything: what they say becomes blanks, line by line.

What counts as a doc comment is what the indexer's own parser took for one, so this holds for every language with a
grammar: a comment whose words are in some definition's doc, or a string that is one (docstrings, Elixir's `@doc`).
Strings keep their quotes, so that a function whose whole body is its docstring stays a function.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node, Parser

from locant.indexer.syntax.doc_comments import comment_text, docstring_text
from locant.indexer.syntax.engine import load_grammar
from locant.indexer.syntax.languages import detect_language
from locant.indexer.syntax.records import ParsedFile

__all__ = ["without_docs"]

STRINGS = frozenset({"string", "sigil"})
COMMENT = "comment"
"""Part of the name of every grammar's nodes for comments, but for Haskell's."""

HADDOCK = "haddock"

_OPENING = re.compile(rb"^[A-Za-z~@]*(\"{3}|'{3}|\"|')")
_INK = re.compile(rb"[^\n\r]")


def without_docs(path: str, source: bytes, parsed: ParsedFile) -> bytes:
    """The text with its doc comments blanked, of the same length; unchanged where there is nothing to take out."""
    docs = {definition.doc for definition in parsed.definitions if definition.doc}
    language = detect_language(path, source)
    if not docs or language is None or language.grammar is None:
        return source
    everything = "\n".join(docs)
    text = bytearray(source)
    for node in _nodes(Parser(load_grammar(language.grammar)).parse(source).root_node):
        raw = source[node.start_byte : node.end_byte]
        if node.type in STRINGS:
            start, end = _quoted(raw) if docstring_text(raw) in docs else (0, 0)
        else:
            words = comment_text([raw])
            start, end = (0, len(raw)) if words and words in everything else (0, 0)
        text[node.start_byte + start : node.start_byte + end] = _INK.sub(b" ", raw[start:end])
    return bytes(text)


def _nodes(root: Node) -> Iterator[Node]:
    """Comments and strings in order; a loop, since trees are deeper than Python's stack."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if COMMENT in node.type or node.type == HADDOCK or node.type in STRINGS:
            yield node
        else:
            waiting.extend(reversed(node.children))


def _quoted(raw: bytes) -> tuple[int, int]:
    """Where the words between the quotes begin and end."""
    opening = _OPENING.match(raw)
    if opening is None:
        return 0, 0
    return opening.end(), max(opening.end(), len(raw) - len(opening[1]))
