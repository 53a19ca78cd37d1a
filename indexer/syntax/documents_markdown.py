"""Headings and links of Markdown, as CommonMark reads them line by line.

Kept from CommonMark: ATX and setext headings, fences, HTML blocks that hide headings. Left out: headings inside
block quotes and list items, which structure no document. Added: `<h1>` on one line, usual in READMEs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from locant.indexer.syntax.documents_build import Scan, one_line, sections
from locant.indexer.syntax.documents_lines import Lines
from locant.indexer.syntax.records import Import

__all__ = ["file_link", "plain", "scan_markdown"]

HEAD_BYTES = 1_000  # patterns see no more of a line: a heading or a link is shorter, a hostile line is not

ATX = re.compile(rb" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
CLOSING_HASHES = re.compile(r"(^|[ \t])#+$")
SETEXT = re.compile(rb" {0,3}(?:(=+)|-+)[ \t]*$")
FENCE = re.compile(rb"[ \t>]*(`{3,}|~{3,})([^\n]*)$")
HTML_HEADING = re.compile(rb"[ \t]*<h([1-6])\b[^>]*>(.*)</h[1-6]>")
NOT_PARAGRAPH = re.compile(rb" {0,3}(?:[-+*>|<]|\d{1,9}[.)][ \t]|#{1,6}[ \t])|\t| {4}")
RULE = re.compile(rb" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
HIDING_BLOCKS = (
    (re.compile(rb" {0,3}<!--"), re.compile(rb"-->")),
    (
        re.compile(rb" {0,3}<(?:pre|script|style|textarea)\b", re.IGNORECASE),
        re.compile(rb"</(?:pre|script|style|text)"),
    ),
)
LINK = re.compile(rb"\]\([ \t]{0,3}<?([^)\s<>]{1,300})")
LINK_DEFINITION = re.compile(rb" {0,3}\[[^\]\s][^\]]{0,200}\]:[ \t]{1,20}<?([^\s<>]{1,300})")
# Another scheme or host, a place on this page, a template's expression.
NOT_A_FILE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|[#?${]")

MARKED = re.compile(r"[\[<{`*]|__")  # without one of these nothing below applies
INLINE_MARKS = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)"), ""),
    (re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])"), r"\1"),
    (re.compile(r"<[^<>]*>"), " "),
    (re.compile(r"\{[#.:][^}]*\}\s*$"), ""),
    (re.compile(r"[`*]+|__"), ""),
)


def plain(text: str) -> str:
    """Heading text without links, images, tags, attributes and emphasis; the text itself if nothing remains."""
    if MARKED.search(text) is None:
        return text
    bare = text
    for pattern, replacement in INLINE_MARKS:
        bare = pattern.sub(replacement, bare)
    return " ".join(bare.split()) or text


def file_link(target: bytes) -> str:
    """A link target as a path of the repository, or an empty text when it leads elsewhere."""
    path = target.decode("utf-8", "replace")
    if NOT_A_FILE.match(path):
        return ""
    return path.split("#", 1)[0].split("?", 1)[0]


def scan_markdown(lines: Lines) -> Scan:
    headings: list[tuple[int, int, str]] = []
    imports: list[Import] = []
    paragraph = -1  # first line of the paragraph that the line before belongs to
    for index, head in _visible(lines):
        heading = _atx(head) or _html_heading(head)
        underline = SETEXT.match(head) if paragraph >= 0 else None
        if heading is not None:
            headings.append((heading[0], lines.starts[index], heading[1]))
            paragraph = -1
        elif underline is not None:
            start = lines.starts[paragraph]
            title = plain(one_line(lines.source[start : lines.starts[index]]))
            headings.append((1 if underline[1] else 2, start, title))
            paragraph = -1
        elif paragraph < 0 or not head.strip() or _interrupts(head):
            paragraph = -1 if not head.strip() or NOT_PARAGRAPH.match(head) or RULE.match(head) else index
        imports.extend(_links(head, index + 1))
    return Scan(sections(headings, len(lines.source)), imports)


def _visible(lines: Lines) -> Iterator[tuple[int, bytes]]:
    """Lines that are neither front matter nor hidden by a fence or an HTML block; hidden ones come as empty."""
    until: re.Pattern[bytes] | None = None
    for index in range(_after_front_matter(lines), lines.count):
        head = lines.head(index, HEAD_BYTES)
        if until is not None:
            if until.search(head):
                until = None
            yield index, b""
            continue
        until = _hides(head)
        yield index, b"" if until is not None else head


def _after_front_matter(lines: Lines) -> int:
    if lines.count == 0 or lines.head(0, HEAD_BYTES).rstrip() != b"---":
        return 0
    for index in range(1, lines.count):
        if lines.head(index, HEAD_BYTES).rstrip() in (b"---", b"..."):
            return index + 1
    return 0


def _hides(head: bytes) -> re.Pattern[bytes] | None:
    """The pattern that ends what begins on this line, or None."""
    fence = FENCE.match(head)
    if fence is not None and not (fence[1][:1] == b"`" and b"`" in fence[2]):
        mark = re.escape(fence[1][:1])
        return re.compile(rb"^[ \t>]*" + mark + rb"{%d,}[ \t]*$" % len(fence[1]))
    for opening, closing in HIDING_BLOCKS:
        found = opening.match(head)
        if found is not None and not closing.search(head, found.end()):
            return closing
    return None


def _atx(head: bytes) -> tuple[int, str] | None:
    found = ATX.match(head)
    if found is None:
        return None
    title = CLOSING_HASHES.sub("", one_line(found[2] or b""))
    return (len(found[1]), plain(title)) if title.strip() else None


def _html_heading(head: bytes) -> tuple[int, str] | None:
    found = HTML_HEADING.match(head)
    title = plain(one_line(found[2])) if found is not None else ""
    return (int(found[1]), title) if found is not None and title.strip("< >") else None


def _interrupts(head: bytes) -> bool:
    """Whether a line ends the paragraph before it (a plain line continues it)."""
    return NOT_PARAGRAPH.match(head) is not None and not head.startswith((b"    ", b"\t"))


def _links(head: bytes, line: int) -> Iterator[Import]:
    if b"](" not in head and b"]:" not in head:
        return
    targets = [found[1] for found in LINK.finditer(head)]
    definition = LINK_DEFINITION.match(head)
    if definition is not None:
        targets.append(definition[1])
    for target in targets:
        path = file_link(target)
        if path:
            yield Import(path, (), line)
