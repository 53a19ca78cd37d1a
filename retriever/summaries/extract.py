"""What a file says of itself: the first sentence of its own comment and of those of its definitions. Content alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from locant.indexer.syntax.doc_comments import comment_text, docstring_text
from locant.retriever.pack.skeleton import SHOWN_KINDS, doc_lines
from locant.types import Symbol

__all__ = ["Said", "first_sentence", "said_by"]

LONGEST = 200
"""Characters of a sentence; what is longer is cut."""

HEAD = 40
"""Lines in which a file says what it is, if it does."""

_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9`\"'(])|\n\s*\n")
_COMMENT = re.compile(r"\s*(?://|/\*|\*|#|--|;|%|<!--)")
_QUOTES = re.compile(r"\s*[A-Za-z]{0,2}(\"\"\"|''')")
_LICENCE = re.compile(r"copyright|licen[cs]e|spdx|all rights reserved|coding[:=]|^!|eslint|noqa|pylint", re.IGNORECASE)
_HEADING = re.compile(r"\s{0,3}(#{1,6}\s+|[=\-~^]{3,}\s*$|!?\[|<|\||`{3}|\.\.\s|:)")


@dataclass(frozen=True, slots=True)
class Said:
    """The sentence of a file, and those of its definitions by qualified name; empty where nothing is said."""

    file: str = ""
    definitions: dict[str, str] = field(default_factory=dict)


def said_by(source: Sequence[str], symbols: Iterable[Symbol], *, is_document: bool) -> Said:
    """What a file says of itself.

    Args:
        source: its lines.
        symbols: its definitions.
        is_document: whether it is prose, which speaks for itself.

    """
    definitions: dict[str, str] = {}
    for symbol in () if is_document else symbols:
        start, end = symbol.location.start_line, min(symbol.location.end_line, len(source))
        if symbol.kind in SHOWN_KINDS and start <= len(source):
            sentence = _of_lines([source[line - 1] for line in sorted(doc_lines(source, start, end))])
            if sentence:
                definitions.setdefault(symbol.qualified_name, sentence)
    return Said(_of_document(source) if is_document else _of_head(source), definitions)


def first_sentence(text: str) -> str:
    """The first sentence on one line, cut where it is too long."""
    sentence = " ".join(_END.split(text.strip(), maxsplit=1)[0].split())
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…"


def _of_lines(lines: Sequence[str]) -> str:
    """The first sentence of comment lines, or of the lines of a docstring."""
    raw = "\n".join(lines).strip().encode("utf-8", "replace")
    if not raw:
        return ""
    text = docstring_text(raw) if raw.lstrip(b"rRbBuUfF")[:1] in b"\"'" else comment_text([raw])
    return first_sentence(text.strip("\"' "))


def _of_head(source: Sequence[str]) -> str:
    """Of the first comment or string in a file that is not a licence."""
    for block in _blocks(source[:HEAD]):
        sentence = _unless_licence(block)
        if sentence:
            return sentence
    return ""


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Comments and strings before the first line of code, each by itself."""
    block: list[str] = []
    quotes = ""
    for line in lines:
        opened = _QUOTES.match(line) if not quotes else None
        if opened or not (quotes or _COMMENT.match(line)):
            yield block
            block = []
        if not (quotes or opened or _COMMENT.match(line) or not line.strip()):
            return
        block.append(line)
        if opened:
            quotes = "" if opened[1] in line[opened.end() :] else opened[1]
        elif quotes and quotes in line:
            quotes = ""
    yield block


def _unless_licence(block: Sequence[str]) -> str:
    kept = [line for line in block if not line.startswith("#!")]
    return "" if _LICENCE.search("\n".join(kept)) else _of_lines(kept)


def _of_document(source: Sequence[str]) -> str:
    """The first paragraph that is prose, after the first heading."""
    paragraph: list[str] = []
    for line in source[: 2 * HEAD]:
        is_prose = bool(line.strip()) and not _HEADING.match(line)
        if is_prose:
            paragraph.append(line)
        elif paragraph and (not line.strip() or len(paragraph) > 1):
            break
        else:
            paragraph = []  # what stands above a rule is a heading
    return first_sentence("\n".join(paragraph))
