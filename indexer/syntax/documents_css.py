"""Rules, variables and imports of CSS, SCSS and Less: one pass over braces, semicolons, strings and comments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from locant.indexer.syntax.documents_build import Mark, Scan, one_line
from locant.indexer.syntax.documents_lines import Lines
from locant.indexer.syntax.records import Import

__all__ = ["scan_css"]

MAX_DEPTH = 3  # deeper nesting is style of one component: its text is found through the chunk

TOKEN = rb"""/\*|["']|url\(|#\{[^{}\n]{0,400}\}|[{};]"""
PLAIN = re.compile(TOKEN)
WITH_LINE_COMMENTS = re.compile(rb"//[^\n]*|" + TOKEN)
# What follows an opening mark, up to what closes it; never across a line, so a stray mark costs one line.
# Each takes what it can and needs nothing behind it: no backtracking.
CONTENT = {
    b'"': re.compile(rb'[^"\\\n]*(?:\\.[^"\\\n]*)*"?'),
    b"'": re.compile(rb"[^'\\\n]*(?:\\.[^'\\\n]*)*'?"),
    b"url(": re.compile(rb"[^)\n]*"),
}
NOT_SPACE = re.compile(rb"\S")
VARIABLE = re.compile(rb"(--[\w-]+|\$[\w-]+|@[\w-]+)\s*:")
CALLABLE = re.compile(rb"@(?:mixin|function)\s+([\w-]+)")
IMPORT = re.compile(rb"""@(?:import|use|forward|require)\s+(?:\([^)]*\)\s*)?(?:url\()?["']?([^"')\s;]{1,300})""")
KEYFRAME_STEPS = re.compile(rb"(?:from|to|[\d.]+%)(?:\s*,\s*(?:from|to|[\d.]+%))*$")


@dataclass(slots=True)
class State:
    """Rules still open (start and selector; empty for what is no definition) and what was found."""

    lines: Lines
    open_rules: list[tuple[int, bytes]] = field(default_factory=list)
    scan: Scan = field(default_factory=lambda: Scan(packed=True))


def scan_css(lines: Lines, line_comments: bool) -> Scan:
    """`line_comments`: whether `//` begins a comment, as in SCSS and Less."""
    pattern = WITH_LINE_COMMENTS if line_comments else PLAIN
    source, state = lines.source, State(lines)
    position = statement = 0  # where the selector or declaration that is being read begins
    while (token := pattern.search(source, position)) is not None:
        position = token.end()
        mark = token[0]
        if mark == b"/*":
            end = source.find(b"*/", position)
            position = end + 2 if end >= 0 else len(source)
        if mark[:1] == b"/":
            if NOT_SPACE.search(source, statement, token.start()) is None:
                statement = position
        elif mark in CONTENT:
            content = CONTENT[mark].match(source, position)
            position = content.end() if content is not None else position
        elif len(mark) == 1:
            _structure(state, mark, statement, token.start())
            statement = position
    for _ in range(len(state.open_rules)):
        _close(state, len(source))
    return state.scan


def _structure(state: State, mark: bytes, statement: int, end: int) -> None:
    if mark == b"}":
        if state.open_rules:
            _close(state, end + 1)
        return
    window = state.lines.source[statement : min(end, statement + 1_000)]
    text = window.lstrip()
    start = statement + len(window) - len(text)
    if mark == b"{":
        named = len(state.open_rules) < MAX_DEPTH and KEYFRAME_STEPS.match(text.rstrip()) is None
        state.open_rules.append((start, text if named else b""))
    else:
        _declaration(state, text, start, end)


def _close(state: State, end: int) -> None:
    start, selector = state.open_rules.pop()
    name = one_line(selector)
    if not name:
        return
    callable_name = CALLABLE.match(selector)
    if callable_name is not None:
        mark = Mark(callable_name[1].decode("utf-8", "replace"), "function", start, end, name)
    else:
        mark = Mark(name, "rule", start, end, name)
    state.scan.marks.append(mark)


def _declaration(state: State, text: bytes, start: int, end: int) -> None:
    variable = VARIABLE.match(text)
    if variable is not None and len(state.open_rules) < MAX_DEPTH:
        name = variable[1].decode("utf-8", "replace")
        state.scan.marks.append(Mark(name, "variable", start, end, one_line(text), cuts=False))
        return
    linked = IMPORT.match(text)
    if linked is not None:
        target = linked[1].decode("utf-8", "replace")
        state.scan.imports.append(Import(target, (), state.lines.index_of(start) + 1))
