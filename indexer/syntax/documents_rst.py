"""Section titles and links of reStructuredText.

docutils' rules, line by line: a title is one line underlined, perhaps overlined, by a repeated mark at least as
long; a style's level is the order of its first use. Indented text is never a title, which keeps literal blocks out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from locant.indexer.syntax.documents_build import Scan, one_line, sections
from locant.indexer.syntax.documents_lines import Lines
from locant.indexer.syntax.documents_markdown import file_link
from locant.indexer.syntax.records import Import

__all__ = ["scan_rst"]

HEAD_BYTES = 1_000
TRUSTED_RULE = 4  # docutils takes an underline shorter than its title only from this length on

RULE = re.compile(rb"([!-/:-@\[-`{-~])\1*[ \t]*$")
DIRECTIVE = re.compile(
    rb"[ \t]*\.\. (include|literalinclude|image|figure|automodule|module|currentmodule|toctree)::(.*)$"
)
ROLE = re.compile(rb":(?:doc|download):`([^`]{1,300})`")
EMBEDDED = re.compile(rb"`[^`<]{0,200}<([^<>`\s]{1,300})>`_")
ANGLED = re.compile(rb"<([^<>]+)>$")
TITLE_MARKS = re.compile(r":[\w:+.-]{1,40}:(?=`)|[`*]+|\|")


def scan_rst(lines: Lines) -> Scan:
    styles: dict[tuple[bytes, bool], int] = {}
    headings: list[tuple[int, int, str]] = []
    for start, style, title in _titles(lines):
        level = styles.setdefault(style, len(styles) + 1)
        headings.append((level, lines.starts[start], title))
    return Scan(sections(headings, len(lines.source)), list(_links(lines)))


def _titles(lines: Lines) -> Iterator[tuple[int, tuple[bytes, bool], str]]:
    """First line, style and text of each title; two lines are looked at before each rule, none twice as a title."""
    free = 0  # the first line that is not part of a title already
    before, title = b"", b""
    for index in range(lines.count):
        head = lines.head(index, HEAD_BYTES).rstrip()
        if index - 1 >= free and _underlines(title, head):
            overlined = index - 2 >= free and before[:1] == head[:1] and _is_rule(before)
            detached = not before or overlined or index - 1 == free or before.startswith(b"..")
            if (overlined or not title[:1].isspace()) and detached:
                start = index - 2 if overlined else index - 1
                yield start, (head[:1], overlined), _plain(title)
                free = index + 1
        before, title = title, head


def _is_rule(head: bytes) -> bool:
    return len(head) > 1 and RULE.match(head) is not None


def _underlines(title: bytes, head: bytes) -> bool:
    if not title.strip() or RULE.match(head) is None or RULE.match(title) is not None:
        return False
    return len(head) >= TRUSTED_RULE or len(head) >= len(title.strip().decode("utf-8", "replace"))


def _plain(title: bytes) -> str:
    text = one_line(title)
    return " ".join(TITLE_MARKS.sub("", text).split()) or text


def _links(lines: Lines) -> Iterator[Import]:
    tree_indent = -1  # indentation of the toctree directive that the line is in
    for index in range(lines.count):
        head = lines.head(index, HEAD_BYTES).rstrip()
        indent = len(head) - len(head.lstrip())
        if tree_indent >= 0 and head:
            if indent > tree_indent:
                yield from _entry(head, index + 1)
                continue
            tree_indent = -1
        directive = DIRECTIVE.match(head)
        if directive is not None and directive[1] == b"toctree":
            tree_indent = indent
        elif directive is not None:
            yield from _import(directive[2].strip(), index + 1)
        elif b"`" in head:
            for found in (*ROLE.finditer(head), *EMBEDDED.finditer(head)):
                yield from _import(found[1], index + 1)


def _entry(head: bytes, line: int) -> Iterator[Import]:
    """An entry of a toctree; its options begin with a colon."""
    entry = head.strip()
    return iter(()) if entry.startswith(b":") else _import(entry, line)


def _import(target: bytes, line: int) -> Iterator[Import]:
    angled = ANGLED.search(target)
    path = file_link(angled[1] if angled is not None else target)
    if path:
        yield Import(path, (), line)
