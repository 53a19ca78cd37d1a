"""Reading files through a window of 100 lines, and their outlines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from locant.agent_tools.functions.paths import inside, refuse_unfit
from locant.agent_tools.text import code_block, count, one_line
from locant.agent_tools.types import Block, Call, Draft, Range
from locant.errors import NotFoundError, QueryError
from locant.indexer.walk.presence import is_file
from locant.retriever.reading.visible import visible
from locant.types import Symbol, View

__all__ = ["WINDOW", "goto", "open_file", "outline", "scroll"]

WINDOW = 100
"""Lines of a window: what agents read at once without losing their place."""

ABOVE = 6
"""A line that is asked for stands a sixth from the top: what follows it matters more than what precedes it."""

OVERLAP = 2
"""Lines that stay when the window scrolls, so that the reader sees where he is."""

SMALLER = (200, 100, 50, 20, 8)
"""Windows to try when the whole one does not fit."""

MOST_LINES = 100_000_000

LineNumber = Annotated[int, Range(0, MOST_LINES)]

MOST_RANGE = 400
"""Lines of a range that is asked for: more would not fit into the tool's own limit."""

_AT_LINE = re.compile(r"(?P<path>.+?):(?P<line>-?\d+)(?::\d+|-(?P<last>\d+))?")
"""As editors and tracebacks write a place: `path:12`, `path:12:5`, `path:12-20`."""


def open_file(call: Call, path: str, line: LineNumber = 0) -> Draft:
    """Show lines of a file as they are on disk now, with line numbers and the number of lines above and below: a
    window of 100 lines, a range, or one definition. Use it to read code at a place that another tool named; a range or
    a definition costs fewer tokens than a window. Secrets are masked.

    Args:
        path: a path in the repository. "src/retry.py:120" is the window around that line, "src/retry.py:12-40" these
            lines, "src/retry.py:Class.method" that definition.
        line: the line to show; it stands a sixth from the top. 0 is the beginning, or what the path names.

    """
    wanted = _target(call, path)
    start = line or wanted.line
    if line or not wanted.last:
        return _window(call, wanted.path, max(1, start - WINDOW // ABOVE) if start else 1, start)
    return _window(call, wanted.path, start, start, wanted.last - start + 1)


def scroll(call: Call, direction: Literal["down", "up"] = "down", path: str = "", line: LineNumber = 0) -> Draft:
    """Move the window of the open file down or up by 100 lines. Needs a file that was opened before in this
    session, or the path and the first line of the window that is shown.

    Args:
        direction: where the window moves.
        path: the file, where no session keeps the one that is open.
        line: first line of the present window, where no session keeps it.

    """
    wanted, at = _open_place(call, path, line)
    step = WINDOW - OVERLAP
    total = call.index.view(wanted, 1, 1).total_lines
    if direction == "down" and at + WINDOW > total:
        raise NotFoundError(
            f"{one_line(wanted)} ends at line {total}: nothing is below. Scroll up, or open another file"
        )
    if direction == "up" and at <= 1:
        raise NotFoundError(f"the window is at the top of {one_line(wanted)}: nothing is above. Scroll down instead")
    return _window(call, wanted, max(1, at + step if direction == "down" else at - step), 0)


def goto(call: Call, line: Annotated[int, Range(1, MOST_LINES)], path: str = "") -> Draft:
    """Show the window around a line of the open file. Needs a file that was opened before in this session, or its path.

    Args:
        line: the line to show.
        path: the file, where no session keeps the one that is open.

    """
    wanted, _ = _open_place(call, path, line)
    return _window(call, wanted, max(1, line - WINDOW // ABOVE), line)


@dataclass(frozen=True, slots=True)
class _Target:
    """A file, the line that was named with it or 0, and the last line of a range or a definition or 0."""

    path: str
    line: int = 0
    last: int = 0


def _target(call: Call, text: str) -> _Target:
    """What `path`, `path:12`, `path:12-40` or `path:Symbol` names; a file whose name looks so is taken as it is."""
    refuse_unfit(text)
    if is_file(call.index.root / text):
        return _Target(inside(call.index, text))
    match = _AT_LINE.fullmatch(text)
    if match is not None:
        return _range(call, match)
    path, colon, symbol = text.rpartition(":")
    if not colon or not path or not symbol:
        return _Target(inside(call.index, text))
    path = inside(call.index, path)
    found = call.index.definitions(f"{path}:{symbol}", limit=1)
    if not found:
        call.index.outline(path)  # says so when there is no such file
        raise NotFoundError(f"{one_line(path)} defines no {one_line(symbol)!r}; `outline` lists what it defines")
    at = found[0].location
    return _Target(at.path, at.start_line, min(at.end_line, at.start_line + WINDOW - 1))


def _range(call: Call, match: re.Match[str]) -> _Target:
    first, last = int(match["line"]), int(match["last"] or 0)
    if first < 0 or (last and not first) or 0 < last < first:
        raise QueryError(f"there are no lines {_lines_of(match)}: they are counted from 1, and the first comes first")
    return _Target(inside(call.index, match["path"]), first, min(last, first + MOST_RANGE - 1) if last else 0)


def _lines_of(match: re.Match[str]) -> str:
    """The lines of a place as they were written."""
    return match["line"] + (f"-{match['last']}" if match["last"] else "")


def _open_place(call: Call, path: str, line: int) -> tuple[str, int]:
    if path:
        return inside(call.index, path), line or 1
    session = call.session
    if not session.path:
        raise QueryError("no file is open: call `open` with a path first, or give path here")
    return session.path, session.line


def _window(call: Call, path: str, top: int, marked: int, size: int = WINDOW) -> Draft:
    """The lines that begin at `top`, and ever smaller windows around the same line."""
    view = _view(call, path, top, marked, size)
    session = call.session
    session.path, session.line = view.path, view.start_line
    steps = [("", [_view_block(view, view.start_line, view.end_line, marked)])]
    for smaller in SMALLER:
        if smaller < view.end_line - view.start_line + 1:
            first = max(view.start_line, (marked or view.start_line) - smaller // ABOVE)
            last = min(view.end_line, first + smaller - 1)
            steps.append((f"a window of {smaller} lines", [_view_block(view, first, last, marked)]))
    counts = f"{one_line(view.path)} has {count(view.total_lines, 'line')}"
    return Draft(steps, counts, call.index.freshness())


def _view(call: Call, path: str, top: int, marked: int, size: int) -> View:
    if marked:
        total = call.index.view(path).total_lines
        if marked > total:
            raise NotFoundError(f"{one_line(path)} has {count(total, 'line')}; there is no line {marked}")
    return call.index.view(path, top, top + size - 1) if top > 1 else call.index.view(path, None, size)


def _view_block(view: View, first: int, last: int, marked: int) -> Block:
    lines = view.text.split("\n")[first - view.start_line : last - view.start_line + 1]
    numbered = list(enumerate(lines, start=first))
    below = view.total_lines - last
    within = f", in {one_line(view.inside)}" if view.inside and first == view.start_line > 1 else ""
    parts = [
        f"{one_line(view.path)} ({count(view.total_lines, 'line')}){within}",
        f"({count(first - 1, 'line')} above)" if first > 1 else "",
        code_block(view.path, numbered) if view.total_lines else "(the file is empty)",
        f"({count(below, 'line')} below)" if below > 0 else "",
        *(f"[note: {one_line(note)}]" for note in view.notes),
    ]
    data = {
        "path": one_line(view.path),
        "start_line": first,
        "end_line": last,
        "total_lines": view.total_lines,
        "line": marked or None,
        "inside": one_line(view.inside) if view.inside else None,
        "text": visible("\n".join(lines)),
    }
    return Block("\n".join(part for part in parts if part), "windows", data)


def outline(call: Call, path: str) -> Draft:
    """List the definitions of a file in order, with line numbers and signatures, indented as they are nested. Use
    it before reading a long file, to open only what matters.

    Args:
        path: a file in the repository.

    """
    wanted = inside(call.index, path)
    symbols = call.index.outline(wanted)
    depths = _depths(symbols)
    pairs = list(zip(symbols, depths, strict=True))
    outer = [pair for pair in pairs if not pair[1]]
    head = f"{one_line(wanted)}: {count(len(symbols), 'definition')}"
    steps = [
        ("", [_symbol(symbol, depth, signed=True) for symbol, depth in pairs]),
        ("names without signatures", [_symbol(symbol, depth, signed=False) for symbol, depth in pairs]),
        ("top level only", [_symbol(symbol, depth, signed=False) for symbol, depth in outer]),
    ]
    hint = "" if symbols else "no definitions are known in this file; `open` shows its text"
    with_head = [(given_up, [Block(head), *blocks]) for given_up, blocks in steps]
    fields = {"path": one_line(wanted), "symbols": []}
    return Draft(with_head, head, call.index.freshness(), fields, hint, bool(symbols))


def _depths(symbols: tuple[Symbol, ...]) -> list[int]:
    depth: dict[str, int] = {}
    for symbol in symbols:
        depth[symbol.qualified_name] = depth.get(symbol.parent, 0) + 1 if symbol.parent is not None else 0
    return [depth[symbol.qualified_name] for symbol in symbols]


def _symbol(symbol: Symbol, depth: int, *, signed: bool) -> Block:
    at = symbol.location
    said = symbol.signature if signed and symbol.signature else f"{symbol.kind} {symbol.name}"
    data = {
        "qualified_name": one_line(symbol.qualified_name),
        "kind": symbol.kind,
        "start_line": at.start_line,
        "end_line": at.end_line,
        "signature": one_line(symbol.signature) if signed else "",
    }
    return Block(f"{at.start_line}-{at.end_line}| {'  ' * depth}{one_line(said)}", "symbols", data)
